"""Building an image without Nix on the machine: Nix runs in a container, all else as ever on the machine itself.

The container has no network. What the lock names is downloaded on this machine, by its own settings, and the Nix in
the container takes it from the cache directory. Its store is a volume of the engine's, shared between builds.
"""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyflake import loading, locking, nix, process, ready
from jupyflake.cache import cache_directory
from jupyflake.errors import JupyflakeError
from jupyflake.flake import NIXPKGS, flake_directory
from jupyflake.planned import Image

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyflake.engine import Engine
    from jupyflake.loading import Loaded
    from jupyflake.session import Session

BUILDER = "jupyflake-builder:latest"
VOLUME = "jupyflake-store"
_REGISTRATION = "/usr/share/jupyflake/registration"
_MACHINES = {"x86_64": "x86_64-linux", "aarch64": "aarch64-linux"}

# A new builder brings a Nix that an older volume lacks. Each path appears whole, or not at all.
_SEED = f"""\
set -eu
mkdir -p /volume/store /volume/builders
[ ! -e "/volume/builders/$1" ] || exit 0
test -e {_REGISTRATION} || exit 9
new=$(mktemp -d /volume/builders/new.XXXXXX)
for path in /nix/store/*; do
  name=${{path##*/}}
  [ ! -e "/volume/store/$name" ] && [ ! -L "/volume/store/$name" ] || continue
  cp -a "$path" "$new/"
  mv -n -T "$new/$name" "/volume/store/$name"
done
chmod -R u+w "$new"
rm -rf "$new"
: > "/volume/builders/$1"
"""

# Root of a container can't make the rooms that Nix' sandbox consists of; the container itself is one.
_START = f"""\
set -eu
mkdir -p /etc/nix
printf '%s\\n' 'extra-experimental-features = nix-command flakes' 'build-users-group =' 'sandbox = false' \
  'filter-syscalls = false' 'substitute = false' 'max-jobs = auto' > /etc/nix/nix.conf
if [ ! -e "/nix/builders/$1.registered" ]; then
  nix-store --register-validity < {_REGISTRATION}
  : > "/nix/builders/$1.registered"
fi
uname -m
"""


@dataclass(frozen=True)
class Builder:
    """A container in which Nix runs, and the system that it builds for."""

    engine: Engine
    name: str
    system: str

    def command(self, program: str | Path) -> list[str]:
        """Give the words that run a program there."""
        return [self.engine.name, "exec", self.name, str(program)]


def load_image(session: Session, engine: Engine, builder_image: str, options: ready.Options) -> Loaded:
    """Build the project's image in a container and load it into the same engine; raises JF565 to JF568."""
    project = session.project()
    if project.manifest.project.base == NIXPKGS or nix.is_customised(project.directory):
        raise JupyflakeError(
            "JF567",
            "only projects on a Debian base, without changes of their own in flake.nix, are built in a container",
            hint="build on a machine with Nix: jupyflake image build",
        )
    with _builder(session, engine, builder_image) as builder:
        with process.elsewhere({name: builder.command(name) for name in ("nix", "nix-store")}):
            wanted = nix.Wanted(
                project.directory,
                ready.attribute("imageStream", builder.system),
                session.console,
                frozen=options.frozen,
                offline=options.offline,
            )
            locking.ensure_ready(project, builder.system, session.console, options, wanted=wanted.missing)
            stream = nix.build(wanted)
        with session.console.progress(0, "planning the image"):
            summary = json.loads(process.run([*builder.command(stream), "--summary"]).stdout)
        image = Image(str(summary["reference"]), str(summary["workdir"]), str(summary["id"]), size=int(summary["size"]))
        if loading.is_there(engine, image):
            return loading.Loaded(loaded=False, reference=image.reference)
        return loading.load_stream(engine, image, builder.command(stream), session.console)


@contextlib.contextmanager
def _builder(session: Session, engine: Engine, image: str) -> Iterator[Builder]:
    """Start the container, and remove it at the end; the volume stays."""
    number = _image_id(engine, image)
    with session.console.progress(0, "preparing the builder"):
        _seed(engine, image, number)
        name = _started(engine, image, _directories(session))
    try:
        answer = process.run([engine.name, "exec", name, "sh", "-c", _START, "start", number], check=False)
        system = _MACHINES.get(answer.stdout.strip())
        if answer.returncode != 0 or system is None:
            raise _failed(engine, "prepare Nix in the container", answer)
        yield Builder(engine, name, system)
    finally:
        process.run([engine.name, "rm", "--force", name], check=False)


def _image_id(engine: Engine, image: str) -> str:
    """Give the builder image's number, after pulling it where its name has a registry."""
    words = [engine.name, "image", "inspect", "--format", "{{.Id}}", image]
    answer = process.run(words, check=False)
    if answer.returncode != 0 and not re.search("no such|not known", answer.stderr, re.IGNORECASE):
        raise _failed(engine, "look for the builder image", answer)
    reason = ""
    if answer.returncode != 0 and "/" in image:
        pulled = process.run([engine.name, "pull", "--quiet", image], check=False)
        reason = f": {_last_line(pulled)}" if pulled.returncode != 0 else ""
        answer = process.run(words, check=False)
    if answer.returncode != 0:
        raise JupyflakeError(
            "JF565",
            f"{engine.name} has no builder image {image}{reason}",
            hint="make it on a machine with Nix: see docs/how-to/in-container.md; or --builder-image REFERENCE",
        )
    return answer.stdout.strip().removeprefix("sha256:")


def _seed(engine: Engine, image: str, number: str) -> None:
    """Put what the builder image has in its store into the volume."""
    volume = ["--volume", f"{VOLUME}:/volume"]
    words = ["run", "--rm", *_ISOLATED, *volume, "--entrypoint", "/bin/sh", image, "-c", _SEED, "seed", number]
    answer = process.run([engine.name, *words], check=False)
    if answer.returncode == _NO_NIX:
        raise JupyflakeError(
            "JF568", f"{image} is no builder image: Nix is not in it", hint=f"--builder-image {BUILDER}"
        )
    if answer.returncode != 0:
        raise _failed(engine, f"prepare the volume {VOLUME}", answer)


_NO_NIX = 9
_ISOLATED = ("--network=none", "--user=0:0", "--security-opt=label=disable", "--security-opt=no-new-privileges")


def _started(engine: Engine, image: str, directories: list[Path]) -> str:
    words = [engine.name, "run", "--detach", *_ISOLATED, "--volume", f"{VOLUME}:/nix"]
    for directory in directories:
        # The long form, a line of CSV, takes every character of a path.
        source = str(directory).replace('"', '""')
        words += ["--mount", f'type=bind,"source={source}","target={source}",readonly']
    words += ["--workdir", str(directories[0]), "--entrypoint", "/bin/tini", image, "--", "sleep", "infinity"]
    answer = process.run(words, check=False)
    if answer.returncode != 0:
        raise _failed(engine, "start the builder", answer)
    return answer.stdout.split()[-1]


def _directories(session: Session) -> list[Path]:
    """List what Nix has to see, at the same paths as here; the project comes first."""
    found = [session.project().directory, flake_directory(), cache_directory()]
    return list(dict.fromkeys(directory.absolute() for directory in found))


def _failed(engine: Engine, what: str, answer: process.Completed) -> JupyflakeError:
    if "no space left" in answer.stderr.lower():
        return JupyflakeError("JF505", f"the disk is full: {engine.name} could not {what}", hint="free some space")
    return JupyflakeError(
        "JF566", f"{engine.name} could not {what}: {_last_line(answer)}", hint="run again with --verbose"
    )


def _last_line(answer: process.Completed) -> str:
    lines = [line.strip() for line in answer.stderr.splitlines() if line.strip() and "level=" not in line]
    return process.redact(lines[-1]) if lines else f"exit code {answer.returncode}"
