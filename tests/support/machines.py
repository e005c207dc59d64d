"""Other machines, played by this one: a /nix of their own, a server of files, and one that takes ssh."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import shlex
import shutil
import subprocess
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support import CLI, ROOT, environment, free_port, run

from jupyflake.fetch.plan import artifacts
from jupyflake.lock import loads

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from support import Result

MANIFEST = """\
[project]
name = "small"
base = "debian/trixie"

[jupyter]
packages = ["jupyterlab"]

[kernels.py313]
language = "python"
python = "3.13"
display-name = "small"
packages = []
"""
# A directory of our own in the place of /nix, for one program and its children only.
_ENTER = 'mount --bind "$0" /nix && exec "$@"'
NIX_CONFIG = "extra-experimental-features = nix-command flakes\nbuild-users-group ="


def _namespace() -> list[str]:
    return ["unshare", *([] if os.geteuid() == 0 else ["--map-root-user"]), "--mount"]


@dataclass(frozen=True)
class Machine:
    """A machine with an empty Nix store and an empty home directory."""

    directory: Path
    # Where Nix' own programs are, if they are in the store.
    programs: Path | None = None

    @property
    def nix(self) -> Path:
        """What is /nix there."""
        return self.directory / "nix"

    @property
    def home(self) -> Path:
        """The user's home directory."""
        return self.directory / "home"

    def words(self, *command: str | Path) -> list[str]:
        """Give the command that runs a command there."""
        path = f"PATH={self.programs}:{os.environ['PATH']}" if self.programs else "PATH=" + os.environ["PATH"]
        return [*_namespace(), "sh", "-c", _ENTER, str(self.nix), "env", path, *(str(word) for word in command)]

    def run(self, *command: str | Path, env: Mapping[str, str] | None = None, **options: Any) -> Result:
        """Run a command there, by a user who has set nothing about caches."""
        changed = environment(NIX_CONFIG=NIX_CONFIG, HOME=str(self.home), XDG_CONFIG_HOME=None, XDG_CACHE_HOME=None)
        return run(*self.words(*command), env={**changed, **(env or {})}, **options)

    def cli(self, *words: str | Path, **options: Any) -> Result:
        """Run our command line there."""
        return self.run(CLI, *words, **options)

    def names(self) -> set[str]:
        """List what the store has, without the hashes and what is not a store path."""
        store = self.nix / "store"
        names = {path.name for path in store.iterdir()} if store.is_dir() else set()
        return {name[33:] for name in names if not name.endswith((".lock", ".chroot")) and name != ".links"}

    def has(self, path: str | Path) -> bool:
        """Tell whether its store has a path."""
        return self.run("nix-store", "--check-validity", path, check=False).code == 0

    def built(self) -> set[str]:
        """List the derivations that it has built itself: builds leave a log, even an empty one."""
        logs = self.nix / "var" / "log" / "nix" / "drvs"
        return {path.name.removesuffix(".bz2")[31:] for path in logs.rglob("*.drv*")} if logs.is_dir() else set()

    def made(self, path: str | Path) -> bool:
        """Tell whether its store has a path because it was built there, and did not come from elsewhere."""
        answer = self.run("nix", "path-info", "--json", path, check=False)
        if answer.code:
            return False
        rows = json.loads(answer.stdout)
        row = rows[0] if isinstance(rows, list) else rows[str(path)]
        return bool(row and row.get("ultimate"))

    def give(self, paths: Sequence[str | Path]) -> None:
        """Bring paths of this machine's store there; all that they refer to must be among them."""
        archive = self.directory / "archive"
        run("sh", "-c", 'nix-store --export "$@" > "$0"', archive, *paths)
        self.run("sh", "-c", 'nix-store --import < "$0"', archive)
        archive.unlink()


@contextlib.contextmanager
def machine(directory: Path, nix: Path | None = None) -> Iterator[Machine]:
    """Make a machine, and remove it afterwards; Nix goes with it where it is itself in the store."""
    found = (nix or Path(program("nix"))).resolve()
    made = Machine(directory, found.parent if found.is_relative_to("/nix") else None)
    made.nix.mkdir(parents=True)
    made.home.mkdir()
    try:
        if made.programs:
            closure = run("nix-store", "--query", "--requisites", found).stdout.split()
            (made.nix / "store").mkdir()
            run("cp", "-a", *closure, made.nix / "store")
            registration = run("nix-store", "--dump-db", *closure).stdout
            made.run("nix-store", "--load-db", stdin=registration)
        yield made
    finally:
        if os.geteuid() != 0:
            run("chmod", "-R", "u+w", directory)
        run("rm", "-rf", directory)


def program(name: str) -> str:
    """Find a program, where Debian hides it from ordinary users too."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/local/sbin:/usr/sbin:/sbin")
    assert found, f"{name} is not installed: make/setup.sh --test"
    return found


@contextlib.contextmanager
def _server(*command: str | Path, port: int, log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen([str(word) for word in command], stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + 30
        while not _listens(port):
            assert process.poll() is None, log.read_text(encoding="utf-8", errors="replace")
            assert time.monotonic() < deadline, f"{command[0]} does not listen"
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _listens(port: int) -> bool:
    import socket  # noqa: PLC0415  (one use)

    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def nginx(root: Path, directory: Path, *, login: str | None = None) -> Iterator[str]:
    """Serve a directory by nginx, and give the address; `login` is `user:password`."""
    directory.mkdir()
    port = free_port()
    protect = ""
    if login:
        user, password = login.split(":")
        (directory / "passwords").write_text(f"{user}:{{PLAIN}}{password}\n", encoding="utf-8")
        protect = f'auth_basic "cache"; auth_basic_user_file "{directory}/passwords";'
    temporary = "".join(
        f'{kind}_temp_path "{directory}/{kind}";\n' for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (directory / "nginx.conf").write_text(
        f"""\
daemon off;
{f"user {getpass.getuser()};" if os.geteuid() == 0 else ""}
worker_processes 1;
pid "{directory}/pid";
error_log stderr;
events {{}}
http {{
  access_log "{directory}/access.log";
  {temporary}
  server {{ listen 127.0.0.1:{port}; root "{root}"; {protect} }}
}}
""",
        encoding="utf-8",
    )
    command = (program("nginx"), "-e", "stderr", "-c", directory / "nginx.conf")
    with _server(*command, port=port, log=directory / "log"):
        yield f"http://127.0.0.1:{port}"


@dataclass(frozen=True)
class Ssh:
    """How to come to a machine by ssh: the address for Nix, and what its ssh must be told."""

    url: str
    options: str


@contextlib.contextmanager
def sshd(target: Machine, directory: Path) -> Iterator[Ssh]:
    """Let people come to a machine by OpenSSH's server; whatever they start runs there."""
    directory.mkdir()
    port = free_port()
    for name in ("host", "client"):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", directory / name)
    enter = directory / "enter"
    words = shlex.join(target.words("sh", "-c"))
    setting = shlex.quote(f"{NIX_CONFIG}\nsubstitute = false")
    enter.write_text(f'#!/bin/sh\nNIX_CONFIG={setting} exec {words} "$SSH_ORIGINAL_COMMAND"\n', encoding="utf-8")
    enter.chmod(0o755)
    (directory / "config").write_text(
        f"""\
Port {port}
ListenAddress 127.0.0.1
HostKey "{directory}/host"
AuthorizedKeysFile "{directory}/client.pub"
ForceCommand {enter}
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PidFile none
""",
        encoding="utf-8",
    )
    options = (
        f"-p {port} -i {directory}/client -o IdentitiesOnly=yes -o BatchMode=yes -o LogLevel=ERROR "
        f"-o UserKnownHostsFile={directory}/known -o StrictHostKeyChecking=accept-new"
    )
    with contextlib.ExitStack() as stack:
        # Debian's sshd wants this directory, which only its service makes.
        empty = Path("/run/sshd")
        if os.geteuid() == 0 and not empty.exists():
            empty.mkdir(mode=0o755)
            stack.callback(empty.rmdir)
        command = (program("sshd"), "-D", "-e", "-f", directory / "config")
        stack.enter_context(_server(*command, port=port, log=directory / "log"))
        yield Ssh(f"ssh://{getpass.getuser()}@127.0.0.1", options)


@dataclass(frozen=True)
class Small:
    """A project with one kernel, built in this machine's own store."""

    directory: Path
    settings: Path
    shell: Path
    system: str

    @classmethod
    def make(cls, directory: Path) -> Small:
        """Lock and build it."""
        project = directory / "project"
        project.mkdir()
        (project / "jupyter.toml").write_text(MANIFEST, encoding="utf-8")
        # The versions that the root project has are in the store already.
        shutil.copy(ROOT / "jupyter.lock", project)
        made = cls(project, directory / "settings", Path(), f"{os.uname().machine}-linux")
        made.cli("lock")
        shell = Path(json.loads(made.cli("build", "--json").stdout)["path"])
        return replace(made, shell=shell)

    def cli(self, *words: str | Path, cwd: Path | None = None, ssh: str | None = None, check: bool = True) -> Result:
        """Run our command line on it, or on a changed copy, without the settings of who runs the tests."""
        env = environment(JUPYFLAKE_CONFIG_DIR=str(self.settings), NIX_SSHOPTS=ssh)
        return run(CLI, *words, cwd=cwd or self.directory, env=env, timeout=900, check=check)

    def changed(self, target: Path, display_name: str) -> Path:
        """Copy the project and give its kernel another name for people, so that the kernel has to be built."""
        target.mkdir()
        shutil.copy(self.directory / "jupyter.lock", target)
        text = MANIFEST.replace('display-name = "small"', f'display-name = "{display_name}"')
        (target / "jupyter.toml").write_text(text, encoding="utf-8")
        return target

    def inputs(self) -> list[str]:
        """Give what a machine must have to build a changed copy: the environment, and the locked packages."""
        closure = run("nix-store", "--query", "--requisites", self.shell).stdout.split()
        lock = loads((self.directory / "jupyter.lock").read_text(encoding="utf-8"), "jupyter.lock")
        return closure + [artifact.store_path for artifact in artifacts(lock, self.system)]
