"""Container engines of their own for tests, started in a temporary directory: nothing of the machine's is touched.

For what needs root and has no network of its own to give to containers: a virtual machine, a container of a CI.

    python tests/e2e/engines.py docker make demo
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# "rootless" is podman of an ordinary user.
NEEDED = {
    "docker": ("docker", "dockerd", "containerd"),
    "podman": ("podman", "runc"),
    "rootless": ("podman", "runc", "newuidmap", "setpriv", "unshare"),
}
PACKAGES = {"docker": "docker.io", "podman": "podman runc", "rootless": "podman runc uidmap"}
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
# In kilobytes, as /proc/meminfo has it.
_MUCH_MEMORY = 10_000_000

# Debian's crun fails where there are two versions of cgroups; the limits are those that a restricted machine allows.
CONTAINERS_CONF = """\
[containers]
netns = "host"
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]

[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"

[network]
network_config_dir = "{directory}/networks"
"""

# Podman as nobody would run it: the numbers for its containers stand in a view of /etc that this process alone has.
ROOTLESS = """\
#!/bin/sh
cd {directory}
exec unshare --mount sh -c '
  mount --make-shared / || exit 125
  for file in /etc/subuid /etc/subgid; do mount --bind {directory}/numbers "$file" || exit 125; done
  exec setpriv --reuid={user} --regid={group} --clear-groups {podman} "$@"
' podman "$@"
"""

STORAGE_CONF = """\
[storage]
driver = "overlay"
graphroot = "{directory}/graph"
rootless_storage_path = "{directory}/graph"
runroot = "{directory}/run"
"""


class EngineUnavailableError(Exception):
    """The engine can't be started on this machine; the message says what is missing."""


@dataclass(frozen=True)
class RunningEngine:
    """An engine, and the variables by which its client and whatever calls it find it."""

    name: str
    variables: Mapping[str, str]

    def environment(self) -> dict[str, str]:
        """Give the whole environment for programs that are to use this engine."""
        return {**os.environ, **self.variables}

    def run(self, *words: str | Path, check: bool = True, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Run the engine's client to its end."""
        completed = subprocess.run(
            [self.name, *(str(word) for word in words)],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
        if check:
            assert completed.returncode == 0, f"{words}\n{completed.stdout}\n{completed.stderr}"
        return completed


@contextlib.contextmanager
def running(name: str, *, megabytes: int | None = None) -> Iterator[RunningEngine]:
    """Start an engine and stop it at the end, with its containers and images; with `megabytes` it has no more space."""
    missing = [program for program in NEEDED[name] if shutil.which(program) is None]
    if missing:
        raise EngineUnavailableError(f"{', '.join(missing)} is missing: sudo apt install {PACKAGES[name]}")
    if os.geteuid() != 0:
        raise EngineUnavailableError(f"starting {name} for tests needs root")
    # A short path: sockets lie below it, and their names have an upper length.
    directory = Path(tempfile.mkdtemp(prefix="jf-"))
    if megabytes is not None:
        _mount(directory, f"{megabytes}m")
    elif (name != "rootless" or _overlay_in_memory()) and _much_memory():
        # Removing an image from a disk can take a minute.
        _mount(directory, "50%")
    try:
        with {"docker": _docker, "podman": _podman, "rootless": _rootless}[name](directory) as engine:
            try:
                yield engine
            finally:
                _remove_containers(engine)
    finally:
        _unmount_below(directory)
        shutil.rmtree(directory, ignore_errors=True)


@contextlib.contextmanager
def _docker(directory: Path) -> Iterator[RunningEngine]:
    address = f"unix://{directory}/socket"
    log = directory / "log"
    words = ["dockerd", "--iptables=false", "--ip6tables=false", "--bridge=none", "--host", address]
    words += ["--data-root", f"{directory}/data", "--exec-root", f"{directory}/exec", "--pidfile", f"{directory}/pid"]
    with log.open("wb") as output:
        # A session of its own: Ctrl-C in the terminal reaches the test first, which still needs the daemon.
        daemon = subprocess.Popen(words, stdout=output, stderr=output, start_new_session=True)
    engine = RunningEngine("docker", {"DOCKER_HOST": address})
    try:
        end = time.monotonic() + _START_SECONDS
        while engine.run("version", check=False).returncode != 0:
            if daemon.poll() is not None or time.monotonic() > end:
                raise EngineUnavailableError(f"dockerd does not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)
        yield engine
    finally:
        daemon.send_signal(signal.SIGTERM)
        try:
            daemon.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()


@contextlib.contextmanager
def _podman(directory: Path) -> Iterator[RunningEngine]:
    (directory / "networks").mkdir()
    variables = {}
    for variable, text in (("CONTAINERS_CONF", CONTAINERS_CONF), ("CONTAINERS_STORAGE_CONF", STORAGE_CONF)):
        file = directory / f"{variable.lower()}.conf"
        file.write_text(text.format(directory=directory), encoding="utf-8")
        variables[variable] = str(file)
    yield RunningEngine("podman", variables)


@contextlib.contextmanager
def _rootless(directory: Path) -> Iterator[RunningEngine]:
    nobody = pwd.getpwnam("nobody")
    directory.chmod(0o755)
    (directory / "numbers").write_text("nobody:200000:65536\n", encoding="utf-8")
    wrapper = directory / "bin" / "podman"
    wrapper.parent.mkdir()
    values = {"directory": directory, "user": nobody.pw_uid, "group": nobody.pw_gid, "podman": shutil.which("podman")}
    wrapper.write_text(ROOTLESS.format(**values), encoding="utf-8")
    wrapper.chmod(0o755)
    with _podman(directory) as engine:
        # Of the home's caches one may be made by root, whose command line the tests run.
        for name in ("graph", "home", "home/.cache", "networks", "run"):
            (directory / name).mkdir(exist_ok=True)
            os.chown(directory / name, nobody.pw_uid, nobody.pw_gid)
        home = {"HOME": f"{directory}/home", "XDG_RUNTIME_DIR": f"{directory}/run"}
        path = f"{wrapper.parent}:{os.environ['PATH']}"
        rootless = RunningEngine("podman", {**engine.variables, **home, "PATH": path})
        try:
            yield rootless
        finally:
            # Ends the process that keeps its namespaces.
            rootless.run("system", "migrate", check=False)


def _remove_containers(engine: RunningEngine) -> None:
    names = engine.run("ps", "--all", "--quiet", check=False).stdout.split()
    if names:
        engine.run("rm", "--force", "--volumes", *names, check=False)


def _much_memory() -> bool:
    fields = (line.split() for line in Path("/proc/meminfo").read_text(encoding="utf-8").splitlines())
    return next(int(field[1]) for field in fields if field[0] == "MemAvailable:") > _MUCH_MEMORY


def _mount(directory: Path, size: str) -> None:
    """Keep what the engine stores in memory."""
    words = ["mount", "-t", "tmpfs", "-o", f"mode=711,size={size}", "jupyflake-tests", str(directory)]
    subprocess.run(words, check=False, capture_output=True)


def _overlay_in_memory() -> bool:
    """Tell whether the kernel lets an ordinary user lay a file system over one in memory, as it does since 6.6."""
    major, minor = os.uname().release.split(".")[:2]
    return (int(major), int(minor)) >= (6, 6)


def _unmount_below(directory: Path) -> None:
    """Unmount what is mounted at and below the directory, the innermost first."""
    lines = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    points = [line.split()[1] for line in lines]
    for point in sorted((point for point in points if f"{point}/".startswith(f"{directory}/")), reverse=True):
        subprocess.run(["umount", "--lazy", point], check=False, capture_output=True)


def main(arguments: list[str]) -> int:
    """Run a command with an engine of its own."""
    if len(arguments) < 2 or arguments[0] not in NEEDED:
        print(__doc__, file=sys.stderr)  # noqa: T201
        return 2
    try:
        with running(arguments[0]) as engine:
            return subprocess.run(arguments[1:], env=engine.environment(), check=False).returncode
    except EngineUnavailableError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
