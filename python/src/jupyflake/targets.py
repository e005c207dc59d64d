"""Where in the manifest `add` and `remove` work: kernels, the server, the shell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from jupyflake.errors import JupyflakeError
from jupyflake.languages import CRAN, PYPI
from jupyflake.manifest import edit, requirements, sources
from jupyflake.manifest.environments import packages_from
from jupyflake.manifest.model import SERVER, SHELL, Source
from jupyflake.manifest.shape import nearest

if TYPE_CHECKING:
    from jupyflake.manifest.positions import Path
    from jupyflake.project import Project


@dataclass(frozen=True, slots=True)
class Target:
    """A list of the manifest, and what its entries are."""

    name: str
    path: Path
    kind: str  # "python", "r" or "tool"
    base: str = ""

    def entries(self, data: dict[str, Any]) -> list[str]:
        """Give the list as it stands; what is missing is empty, but the server's default is not."""
        table: Any = data
        for part in self.path[:-1]:
            table = table.get(part, {})
        found: list[str] = table.get(self.path[-1], [])
        return found

    def check(self, entry: str) -> None:
        """Refuse an entry that is not written as the language's packages are."""
        checks = {
            "python": self._python_requirement,
            "r": requirements.r_package,
            "tool": requirements.tool_of(self.base),
            "directory": _directory,
        }
        try:
            checks[self.kind](entry)
        except JupyflakeError as error:
            raise JupyflakeError(error.code, error.message, hint=error.hint, exit_code=2) from error

    def _python_requirement(self, entry: str) -> Requirement:
        return requirements.python_requirement(entry, direct=self.path[-1] == "packages")

    def key(self, entry: str) -> str:
        """Give what makes two entries the same package."""
        if self.kind == "directory":
            return sources.inside(entry) or entry
        return requirements.python_name(entry) if self.kind == "python" else entry


@dataclass(frozen=True, slots=True)
class Options:
    """What `add` and `remove` were told about the place."""

    kernels: tuple[str, ...] = ()
    server: bool = False
    shell: bool = False
    tool: bool = False
    constraint: bool = False
    editable: bool = False


def _directory(entry: str) -> str:
    problem = sources.wrong(Source(path=entry))
    if problem is not None:
        raise JupyflakeError(problem.code, problem.message, hint=problem.hint)
    return entry


def choose(project: Project, options: Options, *, verb: str) -> list[Target]:
    """Make the targets of the options; without any, the only kernel is meant."""
    if bool(options.kernels) + options.server + options.shell > 1:
        raise JupyflakeError(
            "JF100",
            "--kernel, --server and --shell exclude each other",
            hint=f"one `jupyflake {verb}` for each",
        )
    if options.constraint and (options.tool or options.shell):
        raise JupyflakeError(
            "JF100",
            "tools have the version of the base, so no constraint can be given",
            hint=f"jupyflake {verb} --constraint for a kernel or the server",
        )
    if options.editable and (options.server or options.shell or options.tool or options.constraint):
        raise JupyflakeError(
            "JF100",
            "what is editable is a package of a kernel",
            hint=f"jupyflake {verb} --kernel NAME --editable .",
        )
    key = "editable" if options.editable else "constraints" if options.constraint else "packages"
    if options.server and options.tool:
        return [Target("the server", (SERVER, "tools"), "tool", project.manifest.project.base)]
    if options.server:
        return [Target("the server", (SERVER, key), "python")]
    if options.shell:
        return [Target("the shell", (SHELL, "tools"), "tool", project.manifest.project.base)]
    known = project.manifest.kernels
    names = options.kernels
    if not names:
        if len(known) != 1:
            listed = ", ".join(known) or "none"
            example = f"--kernel {next(iter(known))}" if known else "jupyflake kernel add NAME"
            raise JupyflakeError("JF124", f"which kernel? The project has {listed}", hint=example)
        names = tuple(known)
    return [_kernel(project, name, "tools" if options.tool else key) for name in dict.fromkeys(names)]


def _kernel(project: Project, name: str, key: str) -> Target:
    require_kernel(project, name)
    kernel = project.manifest.kernels[name]
    if key == "tools":
        return Target(name, ("kernels", name, key), "tool", kernel.base or project.manifest.project.base)
    # A kernel of one's own takes Python packages, though it may have none yet.
    origin = PYPI if kernel.argv else packages_from(kernel.language, kernel.argv, kernel.packages)
    if origin is None:
        raise JupyflakeError(
            "JF118",
            f"the kernel {name} takes no packages, since those of {kernel.language} are its base's",
            hint=f"--tool with packages of the base, as in: --kernel {name} --tool NAME",
            exit_code=2,
        )
    if key in {"constraints", "editable"} and origin != PYPI:
        raise JupyflakeError(
            "JF118",
            f'{key} is for kernels that run on Python, and {name} is of "{kernel.language}"',
            hint=f"leave --{key.removesuffix('s')} out",
            exit_code=2,
        )
    if key == "editable":
        return Target(name, ("kernels", name, key), "directory")
    return Target(name, ("kernels", name, key), "r" if origin == CRAN else "python")


def require_kernel(project: Project, name: str) -> None:
    """Refuse the name of a kernel that is not there."""
    known = list(project.manifest.kernels)
    if name not in known:
        listed = f"there are {', '.join(known)}" if known else "the project has none"
        raise JupyflakeError(
            "JF122",
            f'there is no kernel "{name}"; {listed}',
            hint=nearest(name, known) or f"jupyflake kernel add {name}",
        )


def added(text: str, data: dict[str, Any], target: Target, entry: str) -> tuple[str, str | None]:
    """Give the text with the entry, and the entry as it was written, or None when it was there."""
    entry = entry.strip()
    target.check(entry)
    entries = target.entries(data)
    same = [index for index, known in enumerate(entries) if target.key(known) == target.key(entry)]
    if not same:
        if target.path == (SERVER, "packages") and "packages" not in data.get(SERVER, {}):
            # The list replaces the default one, which has to be in it then.
            text = edit.append(text, target.path, "jupyterlab")
            if target.key(entry) == "jupyterlab" and entry == "jupyterlab":
                return text, entry
            if target.key(entry) == "jupyterlab":
                return edit.set_element(text, target.path, 0, entry), entry
        return edit.append(text, target.path, entry), entry
    if target.kind != "python":
        return text, None
    if len(same) > 1:
        listed = ", ".join(f'"{entries[index]}"' for index in same)
        raise JupyflakeError(
            "JF127",
            f"{target.name} has several lines of this package: {listed}",
            hint="change jupyter.toml with an editor, then jupyflake lock",
        )
    new = _replaced(entries[same[0]], entry)
    if new == entries[same[0]]:
        return text, None
    return edit.set_element(text, target.path, same[0], new), new


def _replaced(old: str, new: str) -> str:
    """Join the extras; a version, marker or spelling that is given anew replaces the old one."""
    before, after = Requirement(old), Requirement(new)
    if not after.specifier and not after.marker and after.extras <= before.extras:
        return old
    extras = ",".join(sorted(before.extras | after.extras))
    if before.extras <= after.extras and (after.marker or not before.marker) and after.specifier:
        return new
    specifier = after.specifier or before.specifier
    marker = after.marker or before.marker
    name = after.name if canonicalize_name(after.name) != after.name else before.name
    return f"{name}{f'[{extras}]' if extras else ''}{specifier}{f'; {marker}' if marker else ''}"


def removed(text: str, data: dict[str, Any], target: Target, name: str) -> str:
    """Give the text without any entry of this package."""
    wanted = _bare(target, name)
    entries = target.entries(data)
    same = [index for index, known in enumerate(entries) if target.key(known) == wanted]
    if not same:
        names = [target.key(known) for known in entries]
        near = nearest(wanted, names)
        listed = f"it has {', '.join(names)}" if names else "it has none"
        raise JupyflakeError(
            "JF123",
            f'"{name}" is not listed for {target.name}; {listed}',
            hint=near or "jupyter.toml lists what can be removed; what a package brings in cannot",
        )
    for index in reversed(same):
        text = edit.remove(text, target.path, index)
    return text


def _bare(target: Target, name: str) -> str:
    target.check(name.strip())
    if target.kind == "python" and (specifier := Requirement(name).specifier):
        raise JupyflakeError(
            "JF100",
            f'"{name}" names a version; a package is removed as a whole',
            hint=f"{Requirement(name).name}, without {specifier}",
        )
    return target.key(name.strip())
