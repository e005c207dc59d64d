"""jupyter.lock as text: one artifact a line, in a stable order, the same bytes for the same values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec

from jupyflake.errors import JupyflakeError
from jupyflake.lock.model import FORMAT, Lock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyflake.lock.model import Bootstrap, Deb, Wheel

_RELOCK = "restore jupyter.lock from version control, or remove it and run `jupyflake lock`"


def dumps(lock: Lock) -> str:
    """Write the lock as text."""
    bootstrap: list[Bootstrap] = sorted(lock.bootstrap, key=lambda item: (item.name, item.system))
    debs: list[Deb] = sorted(lock.debs, key=lambda deb: (deb.suite, deb.system, deb.name))
    wheels = sorted(lock.wheels, key=lambda wheel: (wheel.name, wheel.version, wheel.file))
    environments = (f"{_line(name)}: {_line(lock.environments[name])}" for name in sorted(lock.environments))
    parts = [
        f'"version": {lock.version}',
        f'"manifest": {_line(lock.manifest)}',
        f'"systems": {_line(lock.systems)}',
        f'"kernels": {_line(lock.kernels)}',
        *([f'"nixpkgs": {_line(lock.nixpkgs)}'] if lock.nixpkgs else []),
        f'"environments": {_block("{", environments, "}")}',
        _list("bootstrap", bootstrap),
        _list("wheels", [_sorted_use(wheel) for wheel in wheels]),
        _list("debs", debs),
    ]
    return "{\n  " + ",\n  ".join(parts) + "\n}\n"


def loads(text: str, where: str = "jupyter.lock") -> Lock:
    """Read a lock; every failure names the place and the way out."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"{where}:{error.lineno}:{error.colno}"
        if text.split("\n")[error.lineno - 1].startswith(("<<<<<<<", "=======", ">>>>>>>")):
            raise JupyflakeError(
                "JF203",
                "the file has the marks of an unfinished merge",
                where=place,
                hint="take one of the two sides, then run `jupyflake lock`",
            ) from error
        raise JupyflakeError("JF203", f"the file is not valid JSON: {error.msg}", where=place, hint=_RELOCK) from error
    version = data.get("version") if isinstance(data, dict) else None
    if isinstance(version, int) and version > FORMAT:
        raise JupyflakeError(
            "JF204",
            f"the lock has format {version}; this jupyflake ({_own_version()}) reads format {FORMAT} and older",
            where=where,
            hint=f"update jupyflake to the release that writes format {version}: `uv tool upgrade jupyflake`",
        )
    if version != FORMAT:
        message = f'"version" must be {FORMAT}, the format of the lock; it is {json.dumps(version)}'
        raise JupyflakeError("JF203", message, where=where, hint=_RELOCK)
    try:
        return msgspec.convert(data, Lock)
    except msgspec.ValidationError as error:
        raise JupyflakeError("JF203", f"{error}", where=where, hint=_RELOCK) from error


def _own_version() -> str:
    from jupyflake import __version__  # noqa: PLC0415  (only in an error)

    return __version__


def _sorted_use(wheel: Wheel) -> Wheel:
    return msgspec.structs.replace(wheel, use={name: tuple(sorted(wheel.use[name])) for name in sorted(wheel.use)})


def _line(value: object) -> str:
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=False)


def _list(name: str, items: Iterable[object]) -> str:
    return f"{_line(name)}: {_block('[', (_line(item) for item in items), ']')}"


def _block(start: str, lines: Iterable[str], end: str) -> str:
    indented = [f"    {line}" for line in lines]
    return f"{start}\n" + ",\n".join(indented) + f"\n  {end}" if indented else start + end
