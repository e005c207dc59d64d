"""The project's image as a plan: which layers it has and what is in them, before anything of it is written."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyflake import process
from jupyflake.cache import cache_directory
from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from jupyflake.ready import Options
    from jupyflake.session import Session

# Plans are small; these are kept so that two commands at a time don't take each other's.
_KEPT = 8
_NIXPKGS = "nixpkgs"


@dataclass(frozen=True)
class Image:
    """An image that can be written: by `program` from `plan`, or, of nixpkgs, an `archive` that is there already."""

    reference: str
    workdir: str
    id: str = ""
    digest: str = ""
    size: int = 0
    compression: str = "none"
    program: Path | None = None
    plan: Path | None = None
    archive: Path | None = None

    def writer(self, command: str, *words: str | Path) -> list[str | Path]:
        """Give the command by which the program does something with the plan.

        Raises JF563 for an image of nixpkgs, which is an archive and nothing else.
        """
        if self.program is None or self.plan is None:
            raise JupyflakeError(
                "JF563",
                "images of the base nixpkgs are archives: they can be loaded into an engine, not read layer by layer",
                hint="jupyflake image load, then push with the engine",
            )
        return [self.program, command, self.plan, *words]

    def source(self) -> Path:
        """Give the store path that holds the program and refers to all that is in the image."""
        program, *_ = self.writer("write")
        return Path(program).parent

    def read(self) -> dict[str, Any]:
        """Read the plan."""
        self.writer("write")
        content: dict[str, Any] = json.loads(Path(str(self.plan)).read_text(encoding="utf-8"))
        return content


def prepare(session: Session, options: Options) -> Image:
    """Lock, fetch and build what the image needs, and plan it; known layers are not read again."""
    from jupyflake import ready  # noqa: PLC0415  (its import is not needed where an image is only described)

    manifest = session.project().manifest
    if manifest.project.base == _NIXPKGS:
        archive = ready.build(session, "image", options)
        reference = f"{manifest.image.name or manifest.project.name}:{manifest.image.tag or 'latest'}"
        return Image(reference, f"/home/{manifest.image.user}", size=archive.stat().st_size, archive=archive)
    source = ready.build(session, "imageSource", options)
    with session.console.progress(0, "planning the image"):
        return plan(source)


def plan(source: Path) -> Image:
    """Plan an image from what Nix has built for it."""
    source = source.resolve()
    kept = cache_directory("image")
    plans = cache_directory("image", "plans")
    # /nix/store/<hash>-<name>
    target = plans / f"{source.name.partition('-')[0]}.json"
    if not target.is_file():
        _prune(plans)
        new = target.with_suffix(".new")
        try:
            process.run([source / "plan", new, kept])
            new.replace(target)
        except process.ProcessFailed as error:
            raise failed(error.stderr) from error
    return describe(source / "image", target)


def describe(program: Path, plan: Path) -> Image:
    """Ask the program what a plan is of."""
    answer = json.loads(process.run([program, "write", plan, "--summary"]).stdout)
    return Image(
        reference=str(answer["reference"]),
        workdir=str(answer["workdir"]),
        id=str(answer["id"]),
        digest=str(answer["digest"]),
        size=int(answer["size"]),
        compression=str(answer["compression"]),
        program=program,
        plan=plan,
    )


def failed(said: str) -> JupyflakeError:
    """Say why an image could not be read or written."""
    lines = [line.strip().removeprefix("error: ") for line in said.splitlines() if line.strip()]
    reason = lines[-1] if lines else "no reason given"
    if "No space left" in reason:
        return JupyflakeError("JF604", f"the disk is full: {reason}", hint="free some space, then run it again")
    message, _, cure = reason.partition("; run ")
    return JupyflakeError("JF563", message, hint=cure.strip("`") or "run again with --verbose")


def _prune(plans: Path) -> None:
    plans.mkdir(parents=True, exist_ok=True)
    there = sorted(plans.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in there[_KEPT - 1 :]:
        with contextlib.suppress(OSError):
            path.unlink()
