"""What the readers find in a file, and how they say what cannot be taken over."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
from packaging.utils import canonicalize_name

from jupyflake.errors import JupyflakeError
from jupyflake.manifest import requirements, sources
from jupyflake.process import redact

if TYPE_CHECKING:
    from pathlib import Path

    from jupyflake.manifest.model import Source

# Of UTF-16's marks the longer ones first: one begins as another does. `pip freeze > file` in PowerShell writes such.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A package, or a Python version, and where it was read."""

    text: str
    where: str
    # Only the name of an import: the package is called so, or it is not.
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """Something that is not taken over, and why."""

    what: str
    where: str
    why: str

    @property
    def line(self) -> str:
        """How people are told of it."""
        # A whole file that is left out is its own place.
        return (
            f"{self.where}: {self.why}" if self.where.endswith(self.what) else f"{self.where}: {self.what}: {self.why}"
        )


@dataclass(slots=True)
class Found:
    """All that files say; readers add to it."""

    python: list[Entry] = field(default_factory=list)
    constraints: list[Entry] = field(default_factory=list)
    r: list[Entry] = field(default_factory=list)
    tools: list[Entry] = field(default_factory=list)
    # Which Pythons will do, as specifiers such as "==3.11.*" or ">=3.10".
    pythons: list[Entry] = field(default_factory=list)
    # Languages that are asked for, with or without packages.
    languages: set[str] = field(default_factory=set)
    # Where packages are, as [sources] has it, by name, and the addresses of indexes.
    sources: dict[str, dict[str, str]] = field(default_factory=dict)
    indexes: dict[str, str] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    name: str | None = None

    def leave(self, what: str, where: str, why: str) -> None:
        """Say that something is not taken over."""
        item = Left(redact(what), where, why)
        if item not in self.left:
            self.left.append(item)

    def note(self, text: str) -> None:
        """Say something once about how the file was read."""
        if text not in self.notes:
            self.notes.append(text)

    def add(self, other: Found) -> None:
        """Take in what another file says."""
        self.python += other.python
        self.constraints += other.constraints
        self.r += other.r
        self.tools += other.tools
        self.pythons += other.pythons
        self.languages |= other.languages
        self.sources |= other.sources
        self.indexes |= other.indexes
        self.left += [item for item in other.left if item not in self.left]
        self.notes += [text for text in other.notes if text not in self.notes]
        self.name = self.name or other.name

    def require(self, text: str, where: str, *, constraint: bool = False) -> None:
        """Add a requirement of a Python package; a place without the package's name is left out.

        Raises JF150 where the text is none.
        """
        try:
            parsed = requirements.python_requirement(text, direct=not constraint)
        except JupyflakeError as error:
            if error.code in {"JF114", "JF191", "JF193"}:
                self.leave(text, where, f"{error.message}; instead: {error.hint}")
                return
            raise misread(error.message, where, error.hint) from error
        if parsed.url is not None:
            if parsed.url.startswith("file:"):
                self.leave(text, where, "a place on one machine; copied into the project, jupyflake add takes it")
                return
            if not self.locate(parsed.name, sources.from_url(parsed.url), where):
                return
            text = sources.bare(text)
        self.languages.add("python")
        if constraint:
            # A constraint has no extras.
            plain = f"{parsed.name}{parsed.specifier}" + (f"; {parsed.marker}" if parsed.marker else "")
            self.constraints.append(Entry(plain, where))
        else:
            self.python.append(Entry(text.strip(), where))

    def locate(self, name: str, source: Source, where: str) -> bool:
        """Take over where a package is; what can't be is left out by name, and told by the answer."""
        problem = sources.wrong(source)
        if problem is not None:
            self.leave(f"{name} ({sources.shown(source)})", where, problem.message)
            return False
        values = msgspec.to_builtins(source)
        self.sources[str(canonicalize_name(name))] = {key: value for key, value in values.items() if value is not None}
        return True

    def require_r(self, name: str, where: str) -> None:
        """Add an R package; raises JF150 where the text is no name of one."""
        try:
            requirements.r_package(name)
        except JupyflakeError as error:
            raise misread(error.message, where, error.hint) from error
        self.languages.add("r")
        self.r.append(Entry(name, where))

    def require_tool(self, name: str, where: str) -> None:
        """Add a Debian package; raises JF150 where the text is no name of one."""
        try:
            requirements.tool(name)
        except JupyflakeError as error:
            raise misread(error.message, where, error.hint) from error
        self.tools.append(Entry(name, where))


def misread(message: str, where: str, hint: str | None) -> JupyflakeError:
    """Make the error of a line that is not what its file's format has."""
    return JupyflakeError("JF150", redact(message), where=where, hint=hint or "correct the line, then import again")


def unreadable(message: str, where: str, hint: str | None = None) -> JupyflakeError:
    """Make the error of a file that cannot be imported as a whole."""
    return JupyflakeError("JF151", message, where=where, hint=hint or "correct the file, then import again")


def text_of(path: Path, where: str) -> str:
    """Read a text file in UTF-8, or with the mark of another Unicode encoding.

    Raises JF151 where it is missing, is a directory or no text.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        hint = "check the name; `jupyflake import` alone looks by itself"
        raise unreadable("there is no such file", where, hint) from error
    except OSError as error:
        raise unreadable(
            f"the file cannot be read: {error.strerror}", where, "name a file that you may read"
        ) from error
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise unreadable("the file is not a text in UTF-8", where, "save it as UTF-8") from error
    if "\0" in text:
        raise unreadable("the file is not a text", where, "name a text file")
    return text.replace("\r\n", "\n")
