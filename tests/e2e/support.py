"""What the end-to-end tests share: the project under test, and ways to run things as a person would."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol

    class Develop(Protocol):
        """Runs a command in the project's shell."""

        def __call__(self, *command: str | Path, **options: Any) -> Result:
            """Run it; the options are those of `run`."""
            ...


ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "examples" / "multi-kernel"
ARTIFACTS = ROOT / "build" / "artifacts"
CLI = Path(sys.executable).with_name("jupyflake")

MANIFEST: dict[str, Any] = tomllib.loads((ROOT / "jupyter.toml").read_text(encoding="utf-8"))
KERNELS = sorted(MANIFEST["kernels"])
DISPLAY_NAMES = {name: kernel["display-name"] for name, kernel in MANIFEST["kernels"].items()}

EXECUTE = ("jupyter", "nbconvert", "--to", "notebook", "--execute", "--log-level=ERROR")

# What Nix is told here, and nothing else: flakes on, and no build users, which a machine without a daemon has not.
BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
NIX_CONFIG = "extra-experimental-features = nix-command flakes\nbuild-users-group =\nsubstitute = false"

PORT_IN_URL = re.compile(r"http://127\.0\.0\.1:(\d+)/\S*token=(\w+)")


@dataclass(frozen=True)
class Result:
    """A program that has ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def text(self) -> str:
        """Give both streams, for messages."""
        return f"exit code {self.code}\n{self.stdout}\n{self.stderr}"


def environment(**changes: str | None) -> dict[str, str]:
    """Give this process's environment without what a developer's shell may have left in it, and with some changes."""
    left = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "JUPYFLAKE", "IPYTHON", "PYTHON", "NIX_CONFIG", "VIRTUAL_ENV", "PYTEST"))
    }
    left |= {"NIX_CONFIG": NIX_CONFIG, "NO_COLOR": "1"}
    for name, value in changes.items():
        left.pop(name, None)
        if value is not None:
            left[name] = value
    return left


def trusting(**changes: str | None) -> dict[str, str]:
    """Give the same for uv and npm, which would trust a list of their own and not whom the machine trusts."""
    bundle = next((path for path in BUNDLES if Path(path).is_file()), None)
    return environment(UV_SYSTEM_CERTS="1", UV_NATIVE_TLS="1", NODE_EXTRA_CA_CERTS=bundle, **changes)


def run(
    *command: str | Path,
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    timeout: float = 600,
    check: bool = True,
) -> Result:
    """Run a program to its end; with `check` it must succeed."""
    completed = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment() if env is None else env,
        input=stdin or "",
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout,
        check=False,
    )
    result = Result(completed.returncode, completed.stdout, completed.stderr)
    if check:
        assert result.code == 0, f"{' '.join(str(word) for word in command)}\n{result.text}"
    return result


def cli(*words: str | Path, **options: Any) -> Result:
    """Run our command line."""
    return run(CLI, *words, **options)


def build(part: str, project: Path = ROOT) -> Path:
    """Build a part of a project and give its place in the store."""
    answer = cli("build", part, "--json", cwd=project)
    return Path(json.loads(answer.stdout)["path"])


def lock() -> dict[str, Any]:
    """Read the lock of the root project."""
    content: dict[str, Any] = json.loads((ROOT / "jupyter.lock").read_text(encoding="utf-8"))
    return content


def copy_toolkit(target: Path) -> Path:
    """Copy what would be committed of this repository, as a published flake would be."""
    files = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z").stdout.split("\0")
    for name in filter(None, files):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    return target


def copy_project(target: Path) -> Path:
    """Copy manifest, lock and notebooks of the root project: a project of its own, with no flake of its own."""
    target.mkdir(parents=True)
    for name in ("jupyter.toml", "jupyter.lock"):
        shutil.copy(ROOT / name, target / name)
    for path in NOTEBOOKS.iterdir():
        shutil.copy(path, target / path.name)
    return target


def has_plot(notebook: Path) -> bool:
    """Tell whether an executed notebook holds a picture that is one."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    pictures = [
        output["data"]["image/png"]
        for cell in cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    # The first bytes of a PNG, in base64; an empty canvas would be shorter.
    return any("".join(picture).startswith("iVBORw0KGgo") and len("".join(picture)) > 4000 for picture in pictures)


def false_driver(python: Path, directory: Path) -> Path:
    """Make what goes for the library of a graphics card's driver: any library that this Python has loaded."""
    maps = run(python, "-c", "import zlib; print(open('/proc/self/maps').read())").stdout
    driver = directory / "libcuda.so.1"
    shutil.copy(next(word for word in maps.split() if "/libz.so" in word), driver)
    return driver


def wait_for(address: str, log: Path, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Wait until a server answers; a server that has ended fails at once."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(encoding="utf-8", errors="replace")
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"{address} does not answer\n{log.read_text(encoding='utf-8', errors='replace')}")


def get_json(address: str, *, data: Mapping[str, Any] | None = None) -> Any:
    """Ask a server; with `data` by POST."""
    body = None if data is None else json.dumps(data).encode()
    request = urllib.request.Request(address, data=body, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def free_port() -> int:
    """Give a port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def snapshot(directory: Path) -> dict[str, bytes]:
    """Read all files below a directory, with what they hold."""
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def without(programs: Sequence[str], directory: Path) -> str:
    """Make a directory for PATH that has all programs of this PATH but these."""
    directory.mkdir()
    for entry in reversed(os.environ["PATH"].split(os.pathsep)):
        for program in Path(entry).glob("*") if entry else ():
            if program.name not in programs and not any(program.name.startswith(f"{name}-") for name in programs):
                link = directory / program.name
                link.unlink(missing_ok=True)
                link.symlink_to(program)
    return str(directory)
