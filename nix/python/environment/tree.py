"""Merging the wheels' trees into one, by links."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from elf import relink
from namespaces import namespace
from specification import Specification, Wheel, fail

# Directories at a wheel's root that many publish by mistake, and differently.
_UNIMPORTED = frozenset({"benchmarks", "docs", "examples", "scripts", "test", "tests"})
# Kernels come from `mkKernel`; a wheel's own kernel.json names no interpreter of ours.
_LEFT_OUT = "share/jupyter/kernels"
_NATIVE = (".so", ".abi3.so")


@dataclass(frozen=True, eq=False)
class Directory:
    """One directory of one wheel."""

    wheel: Wheel
    path: str

    @cached_property
    def entries(self) -> list[os.DirEntry[str]]:
        """What is in it, sorted; bytecode that a wheel brings doesn't count."""
        with os.scandir(self.path) as scan:
            return sorted(
                (entry for entry in scan if entry.name != "__pycache__"),
                key=lambda entry: entry.name,
            )

    @cached_property
    def subdirectories(self) -> dict[str, "Directory"]:
        """The directories in it, by name."""
        return {
            entry.name: Directory(self.wheel, entry.path)
            for entry in self.entries
            if entry.is_dir()
        }

    @cached_property
    def plain(self) -> bool:
        """Whether one link can stand for all of it.

        Modules want their `__pycache__` beside them, and libraries find each
        other by `$ORIGIN/..`, which must lead to the environment.
        """
        return not any(
            ".so" in entry.name or entry.name.endswith(".py") or self.is_program(entry)
            for entry in self.entries
        ) and all(directory.plain for directory in self.subdirectories.values())

    def is_program(self, entry: os.DirEntry[str]) -> bool:
        """Whether the entry is an ELF program."""
        return bool(self.wheel.programs) and self.relative(entry.path) in self.wheel.programs

    def relative(self, path: str) -> str:
        """Give the path as the wheel's lists have it."""
        return os.path.relpath(path, self.wheel.path)


def importable(path: str, site_packages: str) -> bool:
    """Whether `import` could find this file, so that its content matters."""
    if not path.startswith(site_packages + "/") or not path.endswith((".py", *_NATIVE)):
        return False
    top = path[len(site_packages) + 1 :].partition("/")[0]
    return top not in _UNIMPORTED


def same(one: str, other: str) -> bool:
    """Whether two files have the same content."""
    if os.stat(one).st_size != os.stat(other).st_size:
        return False
    with open(one, "rb") as a, open(other, "rb") as b:
        return a.read() == b.read()


class Merger:
    """Puts directories of several wheels where the environment has one."""

    def __init__(self, specification: Specification) -> None:
        """Prepare the merge for one environment."""
        self._specification = specification
        self._out = specification.out
        # A link to one of these would hide what others put there, or show what is left out.
        self._real = {"", "bin", *_ancestors(specification.site_packages), *_ancestors(_LEFT_OUT)}
        # Written by the environment itself.
        self._own = {
            "bin",
            "lib64",
            "nix-support",
            "pyvenv.cfg",
            specification.site_packages,
            _LEFT_OUT,
        }

    def merge(self, path: str, directories: list[Directory]) -> None:
        """Merge `directories`, in the wheels' order, at `path`."""
        target = os.path.join(self._out, path)
        if len(directories) == 1:
            only = directories[0]
            if self._may_be_a_link(path) and only.plain:
                os.makedirs(os.path.dirname(target), exist_ok=True)
                os.symlink(only.path, target)
                return
            if tree := self._tree(path, only):
                os.makedirs(os.path.dirname(target), exist_ok=True)
                os.symlink(tree, target)
                return
        os.makedirs(target, exist_ok=True)
        winners = self._files(path, directories)
        below: dict[str, list[Directory]] = {}
        for directory in directories:
            for name, subdirectory in directory.subdirectories.items():
                below.setdefault(name, []).append(subdirectory)
        for name in winners.keys() & below.keys():
            self._refuse(f"{path}/{name}", winners[name], below[name][0].wheel)
        self._refuse_other_spelling(path, winners, below)
        for name in sorted(below):
            if _join(path, name) not in self._own:
                self.merge(_join(path, name), below[name])
        if path.startswith(self._specification.site_packages):
            self._link_bytecode(path, winners)

    def _may_be_a_link(self, path: str) -> bool:
        """Whether a directory need not be a real one.

        Packages look for their data by os.walk and rglob, which don't follow links to directories.
        """
        if path.startswith(self._specification.site_packages + "/"):
            return path.endswith(".dist-info")
        return path not in self._real

    def _tree(self, path: str, directory: Directory) -> str | None:
        """Give the tree that stands for a package that is one wheel's.

        It has real directories, linked files and bytecode. Environments share it, and a change of
        another wheel leaves it alone.
        """
        wheel = directory.wheel
        inside = directory.relative(directory.path)
        place, _, relative = inside.partition("/")
        if (
            place != "site-packages"
            or not path.startswith(self._specification.site_packages + "/")
            or wheel.leans
            # A program is copied, to run on the base's libc.
            or any(program.startswith(f"{inside}/") for program in wheel.programs)
        ):
            return None
        tree = os.path.join(wheel.bytecode, relative)
        return tree if os.path.isdir(tree) else None

    def _files(self, path: str, directories: list[Directory]) -> dict[str, Wheel]:
        """Link the files of one directory; give the wheel that each is from."""
        winners: dict[str, Wheel] = {}
        sources: dict[str, str] = {}
        for directory in directories:
            for entry in directory.entries:
                name, here = entry.name, _join(path, entry.name)
                if entry.is_dir() or here in self._own:
                    continue
                if name in winners:
                    if not self._decide(
                        here, sources[name], winners[name], entry.path, directory.wheel
                    ):
                        continue
                    os.unlink(os.path.join(self._out, here))
                winners[name], sources[name] = directory.wheel, entry.path
                if directory.is_program(entry):
                    relink(self._specification.system, entry.path, os.path.join(self._out, here))
                else:
                    os.symlink(entry.path, os.path.join(self._out, here))
        return winners

    def _decide(self, here: str, kept: str, winner: Wheel, other: str, loser: Wheel) -> bool:
        """Two wheels have one file: an error, a warning or nothing; tell whether the other wins."""
        if same(kept, other):
            return False
        one, two = namespace(kept), namespace(other)
        if one is not None and two is not None:
            # All parts are in one directory anyway, and pkg_resources may not be there.
            return "pkg_resources" in one and "pkg_resources" not in two
        if importable(here, self._specification.site_packages):
            self._refuse(here, winner, loser)
        self._specification.warn(
            f"{here} is in {winner.name} and in {loser.name}; kept that of {winner.name}"
        )
        return False

    def _refuse(self, here: str, one: Wheel, other: Wheel) -> None:
        fail(
            f"environment {self._specification.name}: {one.name} and {other.name}"
            f" both have {here}, with different content",
            f"remove {one.name} or {other.name}, or what requires it, from jupyter.toml,"
            " then run 'jupyflake lock'",
        )

    def _refuse_other_spelling(
        self, path: str, files: dict[str, Wheel], below: dict[str, list[Directory]]
    ) -> None:
        """Modules that differ in case only are one on some file systems."""
        if not path.startswith(self._specification.site_packages):
            return
        owners = {name: wheel for name, wheel in files.items() if name.endswith((".py", *_NATIVE))}
        owners |= {
            name: directories[0].wheel
            for name, directories in below.items()
            if not directories[0].plain
        }
        spelled: dict[str, str] = {}
        for name in sorted(owners):
            other = spelled.setdefault(name.lower(), name)
            if other != name:
                one, two = owners[other].name, owners[name].name
                fail(
                    f"environment {self._specification.name}: {path}/{other} of {one}"
                    f" and {path}/{name} of {two} differ in case only",
                    f"remove {one} or {two} from jupyter.toml, then run 'jupyflake lock'",
                )

    def _link_bytecode(self, path: str, winners: dict[str, Wheel]) -> None:
        """Give a directory its `__pycache__`: one link where it is one wheel's."""
        relative = path[len(self._specification.site_packages) + 1 :]
        target = os.path.join(self._out, path, "__pycache__")
        owners = {name: wheel for name, wheel in winners.items() if name.endswith(".py")}
        caches = {
            wheel: cache
            for wheel in dict.fromkeys(owners.values())
            if os.path.isdir(cache := os.path.join(wheel.bytecode, relative, "__pycache__"))
        }
        if len(caches) == 1 and len(set(owners.values())) == 1:
            os.symlink(next(iter(caches.values())), target)
        elif caches:
            os.mkdir(target)
            for wheel, cache in caches.items():
                for name in sorted(os.listdir(cache)):
                    module = name.rsplit(".", 2)[0] + ".py"
                    if owners.get(module) is wheel:
                        os.symlink(os.path.join(cache, name), os.path.join(target, name))


def _join(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name


def _ancestors(path: str) -> Iterator[str]:
    """Give a path and all those above it."""
    while path:
        yield path
        path = path.rpartition("/")[0]
