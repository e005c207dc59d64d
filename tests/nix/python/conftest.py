"""Wheels made by hand, and Nix to unpack and assemble them."""

import base64
import hashlib
import io
import json
import os
import re
import struct
import subprocess
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SETTINGS = "\n".join(
    [
        "extra-experimental-features = nix-command flakes",
        "substitute = false",
        *(["build-users-group ="] if os.geteuid() == 0 else []),
    ]
)


def record_line(name: str, content: bytes) -> str:
    """Give a line of RECORD."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    quoted = f'"{name}"' if "," in name else name
    return f"{quoted},sha256={digest},{len(content)}"


def shared_object(*needed: str, runpath: str = "", machine: int = 0) -> bytes:
    """Give the least that is a shared object: it asks for `needed` and holds nothing."""
    strings = bytearray(b"\0")

    def string(text: str) -> int:
        start = len(strings)
        strings.extend(text.encode() + b"\0")
        return start

    entries = [(1, string(soname)) for soname in needed]
    if runpath:
        entries.append((29, string(runpath)))
    names = b"\0.dynstr\0.dynamic\0.shstrtab\0"
    start = 64 + 2 * 56
    strings_at = start + (len(entries) + 3) * 16
    entries += [(5, strings_at), (10, len(strings)), (0, 0)]
    dynamic = b"".join(struct.pack("<QQ", *entry) for entry in entries)
    names_at = strings_at + len(strings)
    sections_at = (names_at + len(names) + 7) // 8 * 8
    size = sections_at + 4 * 64
    here = {"x86_64": 62, "aarch64": 183}[os.uname().machine]
    header = b"\x7fELF\2\1\1" + bytes(9)
    header += struct.pack("<HHIQQQIHHHHHH", 3, machine or here, 1, 0, 64, sections_at, 0, 64, 56, 2, 64, 4, 3)
    load = struct.pack("<IIQQQQQQ", 1, 6, 0, 0, 0, size, size, 0x10000)
    where = struct.pack("<IIQQQQQQ", 2, 6, start, start, start, len(dynamic), len(dynamic), 8)
    sections = bytes(64)
    sections += struct.pack("<IIQQQQIIQQ", 1, 3, 2, strings_at, strings_at, len(strings), 0, 0, 1, 0)
    sections += struct.pack("<IIQQQQIIQQ", 9, 6, 3, start, start, len(dynamic), 1, 0, 8, 16)
    sections += struct.pack("<IIQQQQIIQQ", 18, 3, 0, 0, names_at, len(names), 0, 0, 1, 0)
    body = header + load + where + dynamic + bytes(strings) + names
    return body.ljust(sections_at, b"\0") + sections


@dataclass
class MadeWheel:
    """A wheel that is right in all that a test doesn't change."""

    name: str
    files: dict[str, str | bytes] = field(default_factory=dict)
    version: str = "1.0"
    entry_points: str = ""
    record: Callable[[str], str] = lambda text: text
    """What becomes of RECORD before it is written."""
    extra: list[tuple[zipfile.ZipInfo | str, bytes]] = field(default_factory=list)
    """Entries that RECORD doesn't know."""
    compression: int = zipfile.ZIP_DEFLATED
    _written: list[Path] = field(default_factory=list)

    @property
    def info(self) -> str:
        """The name of its metadata directory."""
        return f"{self.name.replace('-', '_')}-{self.version}.dist-info"

    def write(self, directory: Path) -> Path:
        """Write it as a file, once: the time of writing is in it, so each run builds anew and shows its warnings."""
        files = {name: text.encode() if isinstance(text, str) else text for name, text in self.files.items()}
        files[f"{self.info}/METADATA"] = f"Metadata-Version: 2.1\nName: {self.name}\nVersion: {self.version}\n".encode()
        files[f"{self.info}/WHEEL"] = b"Wheel-Version: 1.0\nTag: py3-none-any\n"
        if self.entry_points:
            files[f"{self.info}/entry_points.txt"] = self.entry_points.encode()
        record = "\n".join([*(record_line(*item) for item in files.items()), f"{self.info}/RECORD,,"]) + "\n"
        path = directory / f"{self.name.replace('-', '_')}-{self.version}-py3-none-any.whl"
        if path in self._written:
            return path
        self._written.append(path)
        with zipfile.ZipFile(path, "w", self.compression) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # duplicate names are what some tests are about
            for name, content in files.items():
                archive.writestr(name, content)
            for entry, content in self.extra:
                archive.writestr(entry, content)
            archive.writestr(f"{self.info}/RECORD", self.record(record))
        return path


@dataclass(frozen=True)
class Built:
    """What a build gave: a store path or complaints."""

    path: Path | None
    log: str

    @property
    def out(self) -> Path:
        """The store path of a build that must have worked."""
        assert self.path is not None, self.log
        return self.path

    @property
    def error(self) -> str:
        """The builder's own two lines of a build that must have failed."""
        assert self.path is None, f"it was built: {self.path}"
        found = re.search(r"error: (?!builder|build of)(.*\n\s*(?:> )?\s*try: .*)", self.log)
        assert found is not None, self.log
        return re.sub(r"\n\s*(?:> )?\s*", "\n", found[1])


class Nix:
    """Builds wheels and environments with the project's functions."""

    def __init__(self, lock: Path, directory: Path) -> None:
        """Build from `lock`; wheels are written to `directory`."""
        self._lock = lock
        self.directory = directory

    def wheel(self, wheel: MadeWheel | Path) -> Built:
        """Unpack one wheel."""
        return self._build("wheel", self._described(wheel))

    def environment(self, *wheels: MadeWheel | Path, **arguments: Any) -> Built:
        """Assemble an environment."""
        return self._build("environment", {"wheels": [self._described(wheel) for wheel in wheels], **arguments})

    def sdist(self, files: dict[str, str], *wheels: MadeWheel | Path, prefix: str = "made-1/") -> Built:
        """Build a wheel from an archive of these files."""
        path = self.directory / "made-1.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            for name, text in files.items():
                member = tarfile.TarInfo(prefix + name)
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))
        described = {"name": "made", "version": "1", "file": path.name, "path": str(path)}
        return self._build("sdist", {**described, "wheels": [self._described(wheel) for wheel in wheels]})

    def check(self, *wheels: MadeWheel | Path) -> Built:
        """Assemble an environment that there is already a second time, and compare."""
        return self._build("environment", {"wheels": [self._described(wheel) for wheel in wheels]}, "--check")

    def _described(self, wheel: MadeWheel | Path) -> dict[str, Any]:
        path = wheel.write(self.directory) if isinstance(wheel, MadeWheel) else wheel
        name, version = path.name.split("-")[:2]
        return {
            "name": re.sub(r"[-_.]+", "-", name).lower(),
            "version": version,
            "file": path.name,
            "size": path.stat().st_size,
            "path": str(path),
        }

    def _build(self, function: str, argument: dict[str, Any], *options: str) -> Built:
        expression = (
            f"(import {HERE}/base.nix {{ lock = {self._lock}; }}).{function}"
            ' (builtins.fromJSON (builtins.getEnv "ARGUMENT"))'
        )
        completed = subprocess.run(
            ["nix-build", "--no-out-link", *options, "--expr", expression],
            env={**os.environ, "NIX_CONFIG": SETTINGS, "ARGUMENT": json.dumps(argument)},
            capture_output=True,
            text=True,
            check=False,
        )
        path = Path(completed.stdout.strip().splitlines()[-1]) if completed.returncode == 0 else None
        return Built(path, completed.stderr)


@pytest.fixture
def nix(tmp_path: Path) -> Nix:
    """Give Nix over the root example's lock, whose artifacts `make` has fetched."""
    lock = Path(os.environ.get("JUPYFLAKE_TEST_LOCK", ROOT / "jupyter.lock"))
    assert lock.exists(), f"{lock} is missing: run `make` targets from the repository's root"
    directory = tmp_path / "wheels"
    directory.mkdir()
    return Nix(lock, directory)


@pytest.fixture
def elf() -> Callable[..., bytes]:
    """Give the maker of shared objects."""
    return shared_object


@pytest.fixture
def made() -> type[MadeWheel]:
    """Give the class of hand-made wheels."""
    return MadeWheel
