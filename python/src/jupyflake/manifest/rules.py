"""What the types of the manifest cannot say: names, versions, requirements, variables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from jupyflake.errors import JupyflakeError
from jupyflake.flake import DEBIAN, NIXPKGS, NIXPKGS_PYTHONS
from jupyflake.languages import CRAN, PYPI
from jupyflake.manifest import image_rules, kernel_rules, model, requirements, source_rules
from jupyflake.manifest.environments import choose, packages_from
from jupyflake.manifest.shape import Problem, nearest, one_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from packaging.requirements import Requirement

    from jupyflake.manifest.positions import Path

KERNEL_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_PROJECT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PYTHON = re.compile(r"3\.\d{1,2}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SETTING = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
IMAGE_NAME = re.compile(
    r"(?:[a-z0-9][a-z0-9.-]*(?::\d+)?/)?[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*"
)
IMAGE_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")

# These would put other libraries or code into every program that a kernel starts.
_REFUSED = {
    "LD_PRELOAD": "tools: libraries that are listed there are found without it",
    "LD_LIBRARY_PATH": "tools: libraries that are listed there are found without it",
    "PYTHONPATH": "packages: what is listed there is importable without it",
    "PYTHONHOME": "python: it chooses the interpreter",
    "PYTHONSTARTUP": "a notebook's first cell",
    "BASH_ENV": "env: the variables themselves",
    "ENV": "env: the variables themselves",
    "PROMPT_COMMAND": "a startup file of your own shell",
    "PATH": "tools: programs that are listed there are on the PATH",
}


def find(data: dict[str, Any], suites: Mapping[str, str]) -> Problem | None:
    """Give the first broken rule in data of the right shape."""
    return next(_problems(data, suites), None)


def _problems(data: dict[str, Any], suites: Mapping[str, str]) -> Iterator[Problem]:
    yield from _project(data["project"], suites)
    yield from _systems(data)
    own = bool(data.get("sources"))
    yield from _jupyter(data.get("jupyter", {}), data["project"]["base"], suites, own=own)
    for name, kernel in data.get("kernels", {}).items():
        yield from _kernel_name(name)
        yield from _kernel(name, kernel, data["project"]["base"], suites, own=own)
    base = data["project"]["base"]
    shell = data.get("shell", {})
    yield from _tools(("shell", "tools"), shell.get("tools", []), base)
    yield from _variables(("shell", "env"), shell.get("env", {}))
    yield from _image(data.get("image", {}), base)
    yield from _notebooks(data.get("check", {}))
    yield from source_rules.find(data)
    # What is right so far can be read as a whole.
    if (problem := source_rules.twice(model.from_data(data))) is not None:
        yield problem


def _project(project: dict[str, Any], suites: Mapping[str, str]) -> Iterator[Problem]:
    name = project["name"]
    if not _PROJECT_NAME.fullmatch(name):
        slug = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._") or "my-project"
        yield Problem(
            "JF107",
            ("project", "name"),
            f'the name "{name}" may have letters of a to z, digits and . _ - only',
            f'name = "{slug}"',
        )
    yield from _base(("project", "base"), project["base"], suites)
    systems = project.get("systems")
    if systems is None:
        return
    path: Path = ("project", "systems")
    if not systems:
        yield Problem("JF117", path, "there is no target system", f'systems = ["{model.SYSTEMS[0]}"]')
    for index, system in enumerate(systems):
        if system not in model.SYSTEMS:
            yield Problem(
                "JF116",
                (*path, index),
                f'unknown system "{system}"; expected {one_of(list(model.SYSTEMS))}',
                f'"{nearest(system, list(model.SYSTEMS)) or model.SYSTEMS[0]}"',
            )
        if system in systems[:index]:
            yield Problem("JF113", (*path, index), f'"{system}" is there twice', "remove one of the two")


def _systems(data: dict[str, Any]) -> Iterator[Problem]:
    """Debian is for Linux only."""
    bases = {data["project"]["base"], *(kernel.get("base", "") for kernel in data.get("kernels", {}).values())}
    debian = sorted(base for base in bases if base.startswith(DEBIAN))
    for index, system in enumerate(data["project"].get("systems", [])):
        if debian and system in model.SYSTEMS and system not in model.DEBIAN_SYSTEMS:
            yield Problem(
                "JF116",
                ("project", "systems", index),
                f'{debian[0]} has no packages for "{system}"; it has {one_of(list(model.DEBIAN_SYSTEMS))}',
                f'"{nearest(system, list(model.DEBIAN_SYSTEMS))}", or base = "{NIXPKGS}", which has {system} too',
            )


def _base(path: Path, base: str, suites: Mapping[str, str]) -> Iterator[Problem]:
    known = [*(DEBIAN + suite for suite in suites), NIXPKGS]
    if base in known:
        return
    near = DEBIAN + base if base in suites else nearest(base, known)
    message = f'unknown base "{base}"; expected {one_of(known)}'
    yield Problem("JF109", path, message, f'base = "{near or _preferred(suites)}"')


def _preferred(suites: Mapping[str, str]) -> str:
    return DEBIAN + ("trixie" if "trixie" in suites else next(iter(suites)))


def _jupyter(jupyter: dict[str, Any], base: str, suites: Mapping[str, str], *, own: bool) -> Iterator[Problem]:
    yield from _python(("jupyter",), jupyter, base, suites)
    yield from _requirements(("jupyter", "packages"), jupyter.get("packages", []))
    yield from _constraints(("jupyter", "constraints"), jupyter.get("constraints", []))
    yield from _sdists(("jupyter",), jupyter, base, own=own)
    yield from _tools(("jupyter", "tools"), jupyter.get("tools", []), base)
    for key in jupyter.get("settings", {}):
        if not _SETTING.fullmatch(key):
            yield Problem(
                "JF117",
                ("jupyter", "settings", key),
                f'the setting "{key}" is not written as Class.name, in one pair of quotes',
                'settings."ServerApp.root_dir" = "notebooks"',
                at_key=True,
            )


def _kernel_name(name: str) -> Iterator[Problem]:
    path: Path = ("kernels", name)
    problem = kernel_name_problem(name)
    if problem is not None:
        message, better = problem
        yield Problem("JF107", path, message, f"[kernels.{better}]", at_key=True)


def kernel_name_problem(name: str) -> tuple[str, str] | None:
    """Say what is wrong with a kernel's name, and give a better one."""
    slug = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._") or "py"
    if not KERNEL_NAME.fullmatch(name):
        return (
            f'the kernel name "{name}" may have a to z, digits and . _ - only, and starts with a letter or digit',
            slug,
        )
    if name == "python":
        return 'Jupyter takes the kernel name "python" for "python3", and would not find it', "python3"
    if name in model.RESERVED_NAMES:
        return f'the kernel name "{name}" is reserved', f"{name}-kernel"
    return None


def _kernel(name: str, kernel: dict[str, Any], base: str, suites: Mapping[str, str], *, own: bool) -> Iterator[Problem]:
    path: Path = ("kernels", name)
    problem = next(kernel_rules.find(path, kernel, base, suites), None)
    if problem is not None:
        yield problem
        return
    if "base" in kernel:
        yield from _base((*path, "base"), kernel["base"], suites)
    origin = packages_from(kernel["language"], kernel.get("argv"), kernel.get("packages", []))
    if origin == CRAN:
        yield from _each_once((*path, "packages"), kernel.get("packages", []), requirements.r_package)
    elif origin == PYPI:
        yield from _python(path, kernel, base, suites)
        yield from _requirements((*path, "packages"), kernel.get("packages", []))
        yield from _constraints((*path, "constraints"), kernel.get("constraints", []))
        yield from _sdists(path, kernel, kernel.get("base", base), own=own or "editable" in kernel)
        yield from source_rules.editable((*path, "editable"), kernel.get("editable", []))
    if _CONTROL.search(kernel.get("display-name", "")) or kernel.get("display-name") == "":
        yield Problem(
            "JF117",
            (*path, "display-name"),
            "display-name is empty or has control characters",
            f'display-name = "{name}"',
        )
    yield from _variables((*path, "env"), kernel.get("env", {}))
    yield from _tools((*path, "tools"), kernel.get("tools", []), kernel.get("base", base))


def _python(path: Path, table: dict[str, Any], base: str, suites: Mapping[str, str]) -> Iterator[Problem]:
    python = table.get("python")
    if python is None:
        return
    if not _PYTHON.fullmatch(python):
        match = re.search(r"3\.\d{1,2}", python)
        example = match[0] if match else suites.get(base.removeprefix(DEBIAN), NIXPKGS_PYTHONS[0])
        yield Problem(
            "JF111",
            (*path, "python"),
            f'"{python}" is not a Python version of two numbers',
            f'python = "{example}"',
        )
        return
    try:
        choose(python, table.get("base"), base, suites)
    except JupyflakeError as error:
        yield Problem(error.code, (*path, "python"), error.message, error.hint or "")


def _requirements(path: Path, entries: list[str]) -> Iterator[Problem]:
    seen: list[tuple[str, Requirement]] = []
    for index, entry in enumerate(entries):
        try:
            requirement = requirements.python_requirement(entry, direct=path[-1] == "packages")
        except JupyflakeError as error:
            yield Problem(error.code, (*path, index), error.message, error.hint or "")
            return
        for earlier_entry, earlier in seen:
            if _clash(earlier, requirement):
                yield Problem(
                    "JF113",
                    (*path, index),
                    f'"{entry}" and "{earlier_entry}" are the same package',
                    f'keep one of the two: "{_merged(earlier, requirement)}"',
                )
        seen.append((entry, requirement))


def _clash(one: Requirement, other: Requirement) -> bool:
    if canonicalize_name(one.name) != canonicalize_name(other.name):
        return False
    # Lines for different cases, and lines that add extras, are one package's on purpose.
    for_cases = one.marker is not None and other.marker is not None and one.marker != other.marker
    return not for_cases and one.extras == other.extras


def _merged(one: Requirement, other: Requirement) -> str:
    extras = f"[{','.join(sorted(one.extras))}]" if one.extras else ""
    return f"{canonicalize_name(one.name)}{extras}{one.specifier & other.specifier}"


def _constraints(path: Path, entries: list[str]) -> Iterator[Problem]:
    for index, entry in enumerate(entries):
        try:
            requirement = requirements.python_requirement(entry)
        except JupyflakeError as error:
            yield Problem(error.code, (*path, index), error.message, error.hint or "")
            return
        if requirement.extras:
            yield Problem(
                "JF112",
                (*path, index),
                f'"{entry}": a constraint has no extras',
                f'"{requirement.name}{requirement.specifier}"',
            )


def _sdists(path: Path, table: dict[str, Any], base: str, *, own: bool) -> Iterator[Problem]:
    yield from _each_once((*path, "sdists"), table.get("sdists", []), requirements.package_name)
    yield from _requirements((*path, "build-requires"), table.get("build-requires", []))
    yield from _tools((*path, "build-tools"), table.get("build-tools", []), base)
    for key in ("build-requires", "build-tools"):
        if table.get(key) and not table.get("sdists") and not own:
            yield Problem(
                "JF117",
                (*path, key),
                f"{key} is for packages in sdists or [sources], and there are none",
                f'sdists = ["…"], or remove {key}',
                at_key=True,
            )


def _tools(path: Path, entries: list[str], base: str) -> Iterator[Problem]:
    yield from _each_once(path, entries, requirements.tool_of(base))


def _each_once(path: Path, entries: list[str], check: Callable[[str], str]) -> Iterator[Problem]:
    for index, entry in enumerate(entries):
        try:
            check(entry)
        except JupyflakeError as error:
            yield Problem(error.code, (*path, index), error.message, error.hint or "")
            return
        if entry in entries[:index]:
            yield Problem("JF113", (*path, index), f'"{entry}" is there twice', "remove one of the two")


def _variables(path: Path, variables: dict[str, str]) -> Iterator[Problem]:
    for name, value in variables.items():
        if not _VARIABLE.fullmatch(name):
            slug = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or "NAME"
            slug = f"_{slug}" if slug[0].isdigit() else slug
            yield Problem(
                "JF115",
                (*path, name),
                f'"{name}" is not a name of an environment variable',
                f"{slug}, of letters, digits and _",
                at_key=True,
            )
        elif name in _REFUSED or name.startswith("NIX_"):
            yield Problem(
                "JF115",
                (*path, name),
                f"the variable {name} would break the isolation of the environment",
                _REFUSED.get(name, "remove it: Nix sets what it needs"),
                at_key=True,
            )
        elif "\0" in value:
            yield Problem("JF117", (*path, name), f"the value of {name} has a NUL character", "remove it")


def _image(image: dict[str, Any], base: str) -> Iterator[Problem]:
    checks = (
        ("name", IMAGE_NAME, "small letters, digits and single . _ - between them", "my-project"),
        ("tag", IMAGE_TAG, "letters, digits and . _ -, at most 128", "latest"),
        ("user", _USER, "small letters, digits and _ -, at most 32", "jovyan"),
    )
    for key, pattern, allowed, example in checks:
        value = image.get(key)
        if value is not None and not pattern.fullmatch(value):
            yield Problem(
                "JF107",
                ("image", key),
                f'the image\'s {key} "{value}" may have {allowed}',
                f'{key} = "{example}"',
            )
    if image.get("user") == "root":
        yield Problem("JF107", ("image", "user"), "the image's user is never root", 'user = "jovyan"')
    yield from image_rules.problems(image)
    yield from _variables(("image", "env"), image.get("env", {}))
    yield from _tools(("image", "tools"), image.get("tools", []), base)
    for name, value in image.get("labels", {}).items():
        if not name or _CONTROL.search(name) or "\0" in value:
            yield Problem(
                "JF117",
                ("image", "labels", name),
                "a label's name is empty or has control characters, or its value has NUL",
                'labels."org.opencontainers.image.title" = "…"',
                at_key=True,
            )


def _notebooks(check: dict[str, Any]) -> Iterator[Problem]:
    notebooks = check.get("notebooks", [])
    for index, notebook in enumerate(check.get("compare", [])):
        if notebook not in notebooks:
            yield Problem(
                "JF117",
                ("check", "compare", index),
                f'"{notebook}" is to be compared, but is not executed',
                f'notebooks = ["{notebook}"], in [check] too',
            )
    for index, notebook in enumerate(notebooks):
        parts = notebook.split("/")
        inside = not notebook.startswith("/") and ".." not in parts and not _CONTROL.search(notebook)
        if not inside or not notebook.endswith(".ipynb"):
            yield Problem(
                "JF117",
                ("check", "notebooks", index),
                f'"{notebook}" is not a notebook inside the project',
                '"notebooks/first.ipynb", from the project directory on',
            )
