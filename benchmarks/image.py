"""How long images take to write, load, push and start, against `tar`, Docker and plain virtual environments.

    python benchmarks/image.py [--rounds N]

Each row is printed when it is done; one that this machine can't run says why. All but the first two need root (a
docker engine is started for them) and Debian's docker.io, and pushing its docker-registry. Nothing is downloaded.

1. The archive of the root example's image, by the program that `nix build .#image` runs: digests included, evaluation
   not. Peers: GNU tar of the same store paths; `docker build` of a Dockerfile that copies them, and `docker save`.
   The processor's seconds are beside those of the clock: a busy machine changes them less.
2. The size of the packages of the server and the kernel py313, without the interpreter and what lies below it. Peer:
   virtual environments with the same wheels by uv, byte-compiled, no cache left.
3. From the start of a container until the server's API answers, and until a kernel has returned a cell's result.
   Peer: a container with a virtual environment of the same wheels, on the same interpreter.
4. One small wheel more in that kernel: `jupyflake image load`, that is evaluation, the environment made anew, planning,
   and the engine's unpacking. Peer: `docker build`, all but one step cached, of a Dockerfile that installs by uv what a
   file of requirements with one line more says; the wheels are in the image already.
5. Pushing both to a registry that has the images from before. Bytes are what its directory grew by.

"Changed" is what the new store paths take up in a tar, where each file has a header and is filled up to 512 bytes: the
least that can be sent uncompressed. The new wheel is another one in each round, so that no store has anything of it.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import json
import os
import resource
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from engines import EngineUnavailableError, running  # noqa: E402  (the tests' own, below the line above)
from registries import registry  # noqa: E402
from support import free_port  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engines import RunningEngine

CLI = Path(sys.executable).with_name("jupyflake")
UV = Path(sys.executable).with_name("uv")
KERNEL = "py313"
TOKEN = "a-token-of-the-benchmark"
MODULES = 40
MEGA = 1e6
DEADLINE = 120.0
SETTINGS = "extra-experimental-features = nix-command flakes\nsubstitute = false" + (
    "\nbuild-users-group =" if os.geteuid() == 0 else ""
)
EXPRESSION = f"""
let
  project = (import {ROOT}/nix {{ }}).fromManifest {{ src = {ROOT}; system = builtins.currentSystem; }};
in
map (environment: {{
  path = "${{environment}}";
  python = "${{environment.python}}";
  program = "${{environment.python}}/bin/python${{environment.pythonVersion}}";
  wheels = map (wheel: {{ inherit (wheel) file pname; src = "${{wheel.src}}"; }}) environment.wheels;
}}) [ project.environments.{KERNEL} project.environments.jupyter ]
"""


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def run(*words: str | Path, **variables: str) -> str:
    """Run a program; give what it prints."""
    completed = subprocess.run(
        [str(word) for word in words],
        cwd=ROOT,
        env={**os.environ, "NIX_CONFIG": SETTINGS, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    if completed.returncode:
        sys.exit(f"error: {' '.join(str(word) for word in words[:3])} failed\n{completed.stderr[-2000:]}")
    return completed.stdout


def measured(function: Callable[[], object]) -> tuple[float, float]:
    """Give the clock's seconds, and the processor's of all programs that ended meanwhile."""

    def used() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before, started = used(), time.perf_counter()
    function()
    return time.perf_counter() - started, used() - before


def timed(function: Callable[[], object]) -> float:
    """Give the clock's seconds."""
    return measured(function)[0]


def row(label: str, seconds: Sequence[float], more: str = "") -> float:
    """Print the median of some times, and give it."""
    single = " ".join(f"{value:.2f}" for value in seconds)
    median = statistics.median(seconds)
    say(f"  {label:<24}{median:7.2f} s  ({single}){more}")
    return median


def ratio(label: str, value: float, target: float, *, at_most: bool = True) -> None:
    """Print a ratio, and whether it is what was wanted."""
    met = value <= target if at_most else value >= target
    say(f"  {label}: {value:.2f}; target at {'most' if at_most else 'least'} {target}: {'met' if met else 'MISSED'}")


def size_of(*paths: str | Path) -> int:
    """Count the bytes of all files below some paths."""
    total = 0
    for path in map(Path, paths):
        files = [path] if path.is_file() else path.rglob("*")
        total += sum(file.lstat().st_size for file in files if file.is_symlink() or file.is_file())
    return total


def tar(target: Path, paths: Sequence[str]) -> str:
    """Write a plain tar; hard links, which a store has by chance only, are files as in an image."""
    return run("tar", "--hard-dereference", "-C", "/", "-cf", target, *(path.lstrip("/") for path in paths))


def new_wheel(directory: Path) -> tuple[Path, str]:
    """Make a pure wheel of some modules that nobody has seen."""
    name = f"benchmark_{secrets.token_hex(4)}"
    info = f"{name}-1.0.dist-info"
    files = {f"{name}/m{index}.py": f"x = {secrets.token_hex(2000)!r}\n" for index in range(MODULES)}
    files |= {
        f"{name}/__init__.py": "",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: benchmark\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for file, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{file},sha256={digest},{len(text)}\n"
    path = directory / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(file, text)
    return path, name


def changed_project(directory: Path, wheel: Path, name: str) -> Path:
    """Copy the root project with the wheel in its lock, and put the wheel into the store."""
    run("nix-store", "--add-fixed", "sha256", wheel)
    project = directory / name
    project.mkdir()
    shutil.copy(ROOT / "jupyter.toml", project)
    lock = json.loads((ROOT / "jupyter.lock").read_text(encoding="utf-8"))
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    line = {"name": name.replace("_", "-"), "version": "1.0", "file": wheel.name, "size": wheel.stat().st_size}
    # As `jupyflake add` numbers it.
    since = max(wheel.get("since", 0) for wheel in lock["wheels"]) + 1
    lock["wheels"].append({**line, "sha256": digest, "since": since, "use": {KERNEL: [f"{os.uname().machine}-linux"]}})
    (project / "jupyter.lock").write_text(json.dumps(lock), encoding="utf-8")
    return project


@dataclass(frozen=True)
class Environment:
    """What a kernel or the server is made of."""

    path: str
    python: str
    program: str
    wheels: list[dict[str, str]]


class Peer:
    """Dockerfiles of what a person would write."""

    def __init__(self, engine: RunningEngine, directory: Path, paths: list[str]) -> None:
        """Copy the store paths where `docker build` finds them."""
        self.engine = engine
        self._directory = directory
        store = directory / "tree" / "nix" / "store"
        store.mkdir(parents=True)
        run("cp", "-a", *paths, store)

    def build(self, tag: str, context: Path, *lines: str) -> float:
        """Build a Dockerfile and give the seconds."""
        (context / "Dockerfile").write_text("\n".join(lines) + "\n", encoding="utf-8")
        words = ("docker", "build", "--quiet", "--network=host", "--tag", tag, context)
        return timed(lambda: run(*words, **self.engine.variables, DOCKER_BUILDKIT="0"))

    def tree(self) -> float:
        """Build the image that has the store paths."""
        return self.build("peer-tree", self._directory / "tree", "FROM scratch", "COPY nix /nix")

    def install(self, wheels: dict[str, str], new: list[Path], program: str) -> None:
        """Put uv and all wheels into an image, and install those that aren't new."""
        base = self._directory / "base"
        for name in ("wheels", "tmp", "root"):
            (base / name).mkdir(parents=True)
        for path in new:
            shutil.copy(path, base / "wheels")
        for file, source in wheels.items():
            shutil.copyfile(source, base / "wheels" / file)
        shutil.copy(UV, base / "uv")
        # What a dynamically linked program needs in an image of nothing.
        words = [word for line in run("ldd", UV).splitlines() for word in line.split() if word.startswith("/")]
        for word in words:
            (base / word.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(word, base / word.lstrip("/"))
        venv = json.dumps(["/uv", "venv", "--no-config", "--offline", "--no-cache", "--python", program, "/venv"])
        self.build("peer-base", base, "FROM peer-tree", "COPY . /", "ENV HOME=/root", f"RUN {venv}")
        shutil.rmtree(base)
        self._requirements = [f"/wheels/{file}" for file in wheels]
        self.change()

    def change(self, *new: Path) -> float:
        """Build the image with these wheels more."""
        context = self._directory / "context"
        context.mkdir(exist_ok=True)
        lines = [*self._requirements, *(f"/wheels/{path.name}" for path in new)]
        (context / "requirements.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        words = ["/uv", "pip", "install", "--no-config", "--offline", "--no-cache", "--no-deps", "--compile-bytecode"]
        install = json.dumps([*words, "--python", "/venv/bin/python", "-r", "/requirements.txt"])
        return self.build("peer", context, "FROM peer-base", "COPY requirements.txt /", f"RUN {install}")


def archive_and_tar(directory: Path, paths: list[str], rounds: int) -> float:
    """Measure the archive and the plain tar; give the archive's seconds."""
    source = json.loads(run(CLI, "build", "imageSource", "--frozen", "--json"))["path"]
    # The program and the files that it reads are what the script of the plan calls.
    words = (Path(source) / "plan").read_text(encoding="utf-8").splitlines()[-1].split()
    place = words.index("plan")
    program, files = words[1:place], words[place + 1 : place + 3]
    ours, plain = directory / "ours.tar", directory / "plain.tar"

    def once() -> tuple[tuple[float, float], tuple[float, float]]:
        own = measured(lambda: run(*program, "build", *files, ours, ""))
        ours.unlink()
        their = measured(lambda: tar(plain, paths))
        plain.unlink()
        return own, their

    # The first round brings all files into memory.
    times = [once() for _ in range(rounds + 1)][1:]
    say(f"archive of {size_of(*paths) / MEGA:.0f} MB in {len(paths)} store paths, medians of {rounds}")
    processor = [statistics.median(each[side][1] for each in times) for side in (0, 1)]
    own, their = (
        row(label, [each[side][0] for each in times], f"; processor {processor[side]:.2f} s")
        for side, label in enumerate(("jupyflake", "tar"))
    )
    ratio("jupyflake / tar", own / their, 1.5)
    return own


def archive_and_docker(peer: Peer, directory: Path, own: float) -> None:
    """Measure `docker build` and `docker save` of the same tree."""
    target = directory / "saved.tar"
    build = peer.tree()
    save = timed(lambda: run("docker", "save", "-o", target, "peer-tree", **peer.engine.variables))
    target.unlink()
    say("the same tree by Docker")
    say(f"  docker build and save   {build + save:7.2f} s  ({build:.2f} + {save:.2f})")
    ratio("docker / jupyflake", (build + save) / own, 3.0, at_most=False)


def sizes(directory: Path, environments: Sequence[Environment]) -> None:
    """Compare what packages take up."""
    own: set[str] = set()
    base: set[str] = set()
    for environment in environments:
        own |= set(run("nix-store", "--query", "--requisites", environment.path).splitlines())
        base |= set(run("nix-store", "--query", "--requisites", environment.python).splitlines())
    names = {name for environment in environments for name in (wheel["pname"] for wheel in environment.wheels)}
    wheels = [wheel["src"] for environment in environments for wheel in environment.wheels]
    ours = size_of(*own - base)
    theirs = 0
    options = ("--quiet", "--no-config", "--offline", "--no-cache")
    for number, environment in enumerate(environments):
        target = directory / f"venv-{number}"
        run(UV, "venv", *options, "--python", environment.program, target)
        files = []
        for wheel in environment.wheels:
            files.append(directory / wheel["file"])
            shutil.copyfile(wheel["src"], files[-1])
        install = ("pip", "install", *options, "--no-deps", "--compile-bytecode", "--python", target / "bin" / "python")
        run(UV, *install, *files)
        theirs += size_of(target)
        shutil.rmtree(target)
    say(f"size of {len(set(wheels))} wheels ({len(names)} packages) in two environments")
    say(f"  jupyflake               {ours / MEGA:7.1f} MB")
    say(f"  uv, two environments    {theirs / MEGA:7.1f} MB")
    ratio("jupyflake / uv", ours / theirs, 0.8)
    say("  whole images not run: the peer's base, Debian slim, would have to be downloaded")


def start(
    engine: RunningEngine, client: subprocess.Popen[str], kernel: str, *words: str, **variables: str
) -> tuple[float, float]:
    """Give the seconds from the container's start to the API's answer and to a cell's result."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = {"JUPYTER_TOKEN": TOKEN, "JUPYTER_PORT": str(port), **variables}
    options = [f"--env={name}={value}" for name, value in settings.items()]
    assert client.stdin is not None
    assert client.stdout is not None
    started = time.perf_counter()
    name = engine.run("run", "--detach", "--network=host", *options, *words).stdout.split()[-1]
    try:
        while True:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/api", timeout=DEADLINE):
                break
            if time.perf_counter() - started > DEADLINE:
                sys.exit(f"error: the server in {words[0]} does not answer\n{engine.run('logs', name).stderr[-2000:]}")
            time.sleep(0.005)
        answered = time.perf_counter() - started
        client.stdin.write(f"{address} {kernel}\n")
        client.stdin.flush()
        assert client.stdout.readline() == "42\n"
        return answered, time.perf_counter() - started
    finally:
        engine.run("rm", "--force", name)


def starts(engine: RunningEngine, image: str, server: Environment, rounds: int) -> None:
    """Measure how long the servers in containers take to start."""
    # The client is the other benchmark's, started once: its own start is in no time.
    words = [f"{server.path}/bin/python3", str(ROOT / "benchmarks" / "startup-lab.py"), "--client"]
    lab = ["/venv/bin/jupyter", "lab", "--allow-root", "--no-browser"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as client:
        try:
            times = [
                (start(engine, client, KERNEL, image), start(engine, client, "python3", "peer", *lab))
                for _ in range(rounds)
            ]
        finally:
            client.terminate()
    for index, what in enumerate(("API answers", "first cell returns")):
        say(f"container started until {what}, medians of {rounds}")
        own, their = (
            row(label, [each[side][index] for each in times])
            for side, label in enumerate(("jupyflake", "venv in a container"))
        )
        ratio("jupyflake / venv", own / their, 1.0)


class Change:
    """One wheel more, again and again."""

    def __init__(self, peer: Peer, directory: Path) -> None:
        """Remember what the image has without it."""
        self._peer = peer
        self._directory = directory
        self._old = self._paths(ROOT)

    def ours(self, *words: str | Path, project: Path = ROOT) -> dict[str, Any]:
        """Run a command on a project and give its result."""
        options = ("--frozen", "--json", "--directory", project)
        answer: dict[str, Any] = json.loads(run(CLI, *words, *options, **self._peer.engine.variables))
        return answer

    def _paths(self, project: Path) -> set[str]:
        return {path for layer in self.ours("image", "inspect", project=project)["layers"] for path in layer["paths"]}

    def load(self, wheel: Path, name: str) -> tuple[Path, float, float, int, int]:
        """Give the project, the seconds of both, bytes sent and bytes changed."""
        project = changed_project(self._directory, wheel, name)
        sent = 0

        def load() -> None:
            nonlocal sent
            sent = self.ours("image", "load", "--engine", "docker", project=project)["sent"]

        own = timed(load)
        their = self._peer.change(wheel)
        new = sorted(self._paths(project) - self._old)
        changed = int(run("sh", "-c", 'tar --hard-dereference -C / -cf - "$@" | wc -c', "tar", *(p[1:] for p in new)))
        return project, own, their, sent, changed

    def push(self, project: Path, address: str) -> float:
        """Push ours."""
        return timed(lambda: self.ours("image", "push", f"{address}/ours:latest", project=project))

    def push_peer(self, address: str) -> float:
        """Push the peer's."""
        target, variables = f"{address}/peer:latest", self._peer.engine.variables
        run("docker", "tag", "peer", target, **variables)
        return timed(lambda: run("docker", "push", "--quiet", target, **variables))


def changes(change: Change, directory: Path, wheels: list[tuple[Path, str]]) -> None:
    """Measure one wheel more: loaded, then pushed."""
    lacking = [program for program in ("docker-registry", "skopeo") if shutil.which(program) is None]
    loads, pushes = [], []
    with contextlib.ExitStack() as stack:
        address = "" if lacking else stack.enter_context(registry(directory / "registry", closed=False))
        data = directory / "registry" / "data"
        if address:
            change.push_peer(address)
            change.push(ROOT, address)
        for wheel, name in wheels:
            project, *figures = change.load(wheel, name)
            loads.append(figures)
            if address:
                start = size_of(data)
                own = change.push(project, address)
                middle = size_of(data)
                their = change.push_peer(address)
                pushes.append((own, their, middle - start, size_of(data) - middle))
    rounds = len(wheels)
    # Of the bytes the worst round: all should be alike.
    changed = min(each[3] for each in loads)
    sent = max(each[2] for each in loads)
    say(f"one wheel more, {changed / MEGA:.1f} MB changed: built and loaded, medians of {rounds}")
    own = row("jupyflake", [each[0] for each in loads], f"; {sent / MEGA:.1f} MB sent")
    their = row("docker build, warm", [each[1] for each in loads])
    ratio("docker / jupyflake", their / own, 5.0, at_most=False)
    ratio("bytes sent / changed", sent / changed, 1.2)
    if not pushes:
        say(f"push not run: {' and '.join(lacking)} missing: sudo apt install {' '.join(lacking)}")
        return
    sent, theirs = (max(each[side] for each in pushes) for side in (2, 3))
    say(f"push of that change, medians of {rounds}")
    own = row("jupyflake", [each[0] for each in pushes], f"; {sent / MEGA:.1f} MB in the registry")
    their = row("docker push", [each[1] for each in pushes], f"; {theirs / MEGA:.1f} MB in the registry")
    ratio("bytes / changed", sent / changed, 1.2)
    ratio("jupyflake / docker push", own / their, 1.0)


def with_engine(
    directory: Path, paths: list[str], environments: Sequence[Environment], own: float, rounds: int
) -> None:
    """Measure what needs an engine."""
    with running("docker") as engine:
        peer = Peer(engine, directory / "peer", paths)
        archive_and_docker(peer, directory, own)
        run("chmod", "-R", "u+w", directory / "peer" / "tree")
        shutil.rmtree(directory / "peer" / "tree")
        kernel, server = environments
        wheels = [new_wheel(directory) for _ in range(rounds)]
        # One environment for both: the server's version of what both have.
        together = {wheel["pname"]: wheel for wheel in [*kernel.wheels, *server.wheels]}
        files = {wheel["file"]: wheel["src"] for wheel in together.values()}
        peer.install(files, [path for path, _ in wheels], server.program)
        change = Change(peer, directory)
        image = change.ours("image", "load", "--engine", "docker")["reference"]
        starts(engine, image, server, rounds)
        changes(change, directory, wheels)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds: int = parser.parse_args().rounds
    plan = json.loads(run(CLI, "image", "inspect", "--frozen", "--json"))
    paths = sorted(path for layer in plan["layers"] for path in layer["paths"])
    found = run("nix-instantiate", "--eval", "--strict", "--json", "--read-write-mode", "--expr", EXPRESSION)
    environments = [Environment(**each) for each in json.loads(found)]
    directory = Path(tempfile.mkdtemp(prefix="jupyflake-benchmark-"))
    try:
        own = archive_and_tar(directory, paths, rounds)
        sizes(directory, environments)
        try:
            with_engine(directory, paths, environments, own, rounds)
        except EngineUnavailableError as error:
            say(f"Docker, start, load and push not run: {error}")
    finally:
        # Directories of a store can't be written to, so they can't be emptied either.
        subprocess.run(["chmod", "-R", "u+w", str(directory)], check=False)
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
