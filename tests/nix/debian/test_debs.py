"""Builds small packages through the Debian base: harmless, faulty and hostile ones.

The bootstrap lines come from the project's `jupyter.lock` (or the lock that JUPYFLAKE_TEST_LOCK names), whose artifacts
must be in the Nix store.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import struct
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[3]
LOCK = Path(os.environ.get("JUPYFLAKE_TEST_LOCK", ROOT / "jupyter.lock"))
NIX_CONFIG = "extra-experimental-features = nix-command flakes\nbuild-users-group =\nsubstitute = false\n"

Entry = tuple[tarfile.TarInfo, bytes]


def entry(
    name: str, content: bytes = b"", *, mode: int = 0o644, link: str = "", kind: bytes = tarfile.REGTYPE
) -> Entry:
    """One member of a package's data archive."""
    member = tarfile.TarInfo(name)
    member.mode, member.linkname, member.size = mode, link, len(content)
    member.type = tarfile.SYMTYPE if link and kind == tarfile.REGTYPE else kind
    return member, content


def write_deb(path: Path, entries: list[Entry], member: str = "data.tar.xz", *, cut: int = 0) -> Path:
    """Write an `ar` archive with what dpkg would read."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:xz", format=tarfile.GNU_FORMAT) as archive:
        for info, content in entries:
            archive.addfile(info, io.BytesIO(content))
    parts = {"debian-binary": b"2.0\n", "control.tar.xz": b"", member: data.getvalue()[: len(data.getvalue()) - cut]}
    with path.open("wb") as file:
        file.write(b"!<arch>\n")
        for name, content in parts.items():
            file.write(f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode())
            file.write(content + b"\n" * (len(content) % 2))
    return path


def build(folder: Path, packages: dict[str, tuple[list[Entry], list[str]]], name: str, **options: Any) -> str:
    """Build one of the packages; give its store path, or raise CalledProcessError with the log in `stderr`."""
    environment = {**os.environ, "NIX_CONFIG": NIX_CONFIG}
    lines = []
    for package, (entries, depends) in packages.items():
        deb = write_deb(folder / f"{package}_1_amd64.deb", entries, **options)
        subprocess.run(
            ["nix-store", "--add-fixed", "sha256", str(deb)], env=environment, check=True, capture_output=True
        )
        lines.append(
            {
                "suite": "trixie",
                "system": "x86_64-linux",
                "name": package,
                "version": "1",
                "archive": "debian",
                "path": f"pool/main/x/{deb.name}",
                "size": deb.stat().st_size,
                "sha256": hashlib.sha256(deb.read_bytes()).hexdigest(),
                "depends": depends,
            }
        )
    arguments = folder / "arguments.json"
    arguments.write_text(json.dumps({"debs": lines, "bootstrap": json.loads(LOCK.read_text())["bootstrap"]}))
    expression = f"""
      let lines = builtins.fromJSON (builtins.readFile {arguments});
      in (import {ROOT}/nix/debian {{
        suite = "trixie";
        system = "x86_64-linux";
        inherit (lines) debs;
        bootstrap = builtins.filter (line: line.system == "x86_64-linux") lines.bootstrap;
      }}).debs."{name}"
    """
    completed = subprocess.run(
        ["nix-build", "--no-out-link", "-E", expression], env=environment, check=True, capture_output=True, text=True
    )
    return completed.stdout.strip()


def refusal(folder: Path, entries: list[Entry], **options: Any) -> str:
    """Build a package that must not build, and give the log."""
    with pytest.raises(subprocess.CalledProcessError) as caught:
        build(folder, {"evil": (entries, [])}, "evil", **options)
    return str(caught.value.stderr)


def test_prefix_is_flat(tmp_path: Path) -> None:
    """usr/ is gone, both lib/ become one, and what nobody reads is left out."""
    entries = [
        entry("./usr/share/x/data", b"1"),
        entry("./usr/share/man/man1/x.1", b"1"),
        entry("./usr/share/doc/x/copyright", b"1"),
        entry("./usr/share/doc/x/changelog.gz", b"1"),
        entry("./usr/lib/a", b"1"),
        entry("./lib/b", b"1"),
        entry("./var/cache/x/c", b"1"),
        entry("./etc/x.conf", b"1"),
    ]
    path = Path(build(tmp_path, {"x": (entries, [])}, "x"))
    files = sorted(str(file.relative_to(path)) for file in path.rglob("*") if file.is_file())
    assert files == ["etc/x.conf", "lib/a", "lib/b", "share/doc/x/copyright", "share/x/data"]


def test_names_with_spaces_and_other_scripts(tmp_path: Path) -> None:
    """File names are data, not words."""
    entries = [
        entry("./usr/share/a b/ü$(id) c", b"1"),
        entry("./usr/share/link one", link="a b/ü$(id) c"),
    ]
    path = Path(build(tmp_path, {"x": (entries, [])}, "x"))
    assert (path / "share/link one").read_bytes() == b"1"


def test_links_lead_into_the_store(tmp_path: Path) -> None:
    """Absolute links and those that counted on usr/ mean the same file; a link to another package leads there."""
    other = [entry("./usr/share/data/file", b"other")]
    entries = [
        entry("./etc/x/own", b"own"),
        entry("./usr/share/x/absolute", link="/etc/x/own"),
        entry("./usr/share/x/upwards", link="../../../etc/x/own"),
        entry("./usr/share/x/other", link="/usr/share/data/file"),
        entry("./usr/share/x/nowhere", link="/var/lib/x"),
        entry("./usr/share/x/outside", link="../../../../../../../../etc/passwd"),
    ]
    path = Path(build(tmp_path, {"x": (entries, ["y"]), "y": (other, [])}, "x")) / "share/x"
    assert [(path / name).read_text() for name in ("absolute", "upwards", "other")] == ["own", "own", "other"]
    assert sorted(file.name for file in path.iterdir()) == ["absolute", "other", "upwards"]


def test_scripts_start_interpreters_of_the_store(tmp_path: Path) -> None:
    """A shell is the base's own, a dependency's interpreter is that one, any other is looked for on PATH."""
    entries = [
        entry("./usr/bin/shell", b"#!/bin/sh -e\necho hello\n", mode=0o755),
        entry("./usr/bin/known", b"#!/usr/bin/env known-interpreter\n", mode=0o755),
        entry("./usr/bin/unknown", b"#!/usr/bin/python9 -u\n", mode=0o755),
    ]
    interpreter = [entry("./usr/bin/known-interpreter", b"#!/bin/sh\nexit 0\n", mode=0o755)]
    path = Path(build(tmp_path, {"x": (entries, ["y"]), "y": (interpreter, [])}, "x")) / "bin"
    first = {file.name: file.read_text().splitlines()[0] for file in path.iterdir()}
    assert first["shell"].startswith("#!/nix/store/")
    assert first["shell"].endswith("/bin/sh -e")
    assert first["known"].endswith("-y-1/bin/known-interpreter")
    assert first["unknown"].endswith("/bin/env python9")
    assert subprocess.run([path / "shell"], check=True, capture_output=True, text=True).stdout == "hello\n"


def test_setuid_is_dropped(tmp_path: Path) -> None:
    """No file gives anyone's rights away."""
    path = Path(build(tmp_path, {"x": ([entry("./usr/bin/su", b"#!/bin/sh\n", mode=0o6755)], [])}, "x"))
    assert (path / "bin/su").stat().st_mode & 0o7777 == 0o555


def test_cycle_is_one_path(tmp_path: Path) -> None:
    """Packages that need each other share a path."""
    packages: dict[str, tuple[list[Entry], list[str]]] = {
        "a": ([entry("./usr/share/a", b"1")], ["b"]),
        "b": ([entry("./usr/share/b", b"1")], ["a"]),
    }
    path = Path(build(tmp_path, packages, "b"))
    assert path.name.endswith("-a-1")
    assert sorted(file.name for file in (path / "share").iterdir()) == ["a", "b"]


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([entry("../../outside", b"1")], "leaves the package's tree"),
        ([entry("/etc/absolute", b"1")], "leaves the package's tree"),
        ([entry("./usr/x", kind=tarfile.CHRTYPE)], "is a device, a pipe or a socket"),
        ([entry("./usr/x", kind=tarfile.FIFOTYPE)], "is a device, a pipe or a socket"),
        ([entry("./usr/x", link="/tmp"), entry("./usr/x/y", b"1")], "is written through the link usr/x"),
        ([entry("./usr/x", link="../../etc/passwd", kind=tarfile.LNKTYPE)], "leaves the package's tree"),
    ],
    ids=["upwards", "absolute", "device", "pipe", "through a link", "hard link"],
)
def test_hostile_package_is_refused(tmp_path: Path, entries: list[Entry], reason: str) -> None:
    """What would write outside its tree, or is no file, stops the build and is named."""
    assert f"{reason}: refused" in refusal(tmp_path, entries)


def test_unknown_compression_is_named(tmp_path: Path) -> None:
    """A format that can't be read is an error, not an empty package."""
    assert "'data.tar.zst'" in refusal(tmp_path, [entry("./usr/x", b"1")], member="data.tar.zst")


def test_broken_archive_fails(tmp_path: Path) -> None:
    """Compressed data cut short don't give half a package."""
    assert "evil" in refusal(tmp_path, [entry("./usr/x", os.urandom(5000))], cut=2000)


def test_missing_library_is_named(tmp_path: Path) -> None:
    """A library that no dependency has stops the build, with both names."""
    path = tmp_path / "needs.so"
    path.write_bytes(shared_object("libnothing.so.7"))
    entries = [entry("./usr/lib/x86_64-linux-gnu/libx.so.1", path.read_bytes())]
    assert "lib/x86_64-linux-gnu/libx.so.1 needs libnothing.so.7" in refusal(tmp_path, entries)


def test_artifact_that_was_not_fetched(tmp_path: Path) -> None:
    """A package that is not in the store says which command gets it."""
    expression = f"""
      (import {ROOT}/nix/debian {{
        suite = "trixie";
        system = "x86_64-linux";
        debs = [ {{ name = "x"; version = "1"; path = "pool/x_{tmp_path.name}.deb"; depends = [ ];
                   sha256 = "{hashlib.sha256(str(tmp_path).encode()).hexdigest()}"; }} ];
        bootstrap = builtins.filter (line: line.system == "x86_64-linux")
          (builtins.fromJSON (builtins.readFile {LOCK})).bootstrap;
      }}).debs.x
    """
    completed = subprocess.run(
        ["nix-build", "--no-out-link", "-E", expression],
        env={**os.environ, "NIX_CONFIG": NIX_CONFIG},
        check=False,
        capture_output=True,
        text=True,
    )
    assert completed.returncode != 0
    assert f"x_{tmp_path.name}.deb is not in the Nix store: run 'jupyflake fetch'" in completed.stderr


def shared_object(needed: str) -> bytes:
    """Make a 64-bit ELF shared object with nothing in it but the name of a library that it needs."""
    strings = b"\0" + needed.encode() + b"\0.dynamic\0.dynstr\0.shstrtab\0"
    base, page = 64 + 2 * 56, 0x1000
    dynamic_at = base
    dynamic = struct.pack("<QQ", 1, 1) + struct.pack("<QQ", 5, 0) + struct.pack("<QQ", 10, len(strings)) + bytes(16)
    strings_at = dynamic_at + len(dynamic)
    dynamic = struct.pack("<QQQQQQ", 1, 1, 5, strings_at, 10, len(strings)) + bytes(16)
    sections_at = (strings_at + len(strings) + 7) // 8 * 8
    size = sections_at + 4 * 64

    def name(text: str) -> int:
        return strings.index(text.encode() + b"\0")

    def section(title: str, kind: int, flags: int, extent: tuple[int, int], *, link: int = 0, width: int = 0) -> bytes:
        at, length = extent
        return struct.pack("<IIQQQQIIQQ", name(title), kind, flags, at, at, length, link, 0, 8, width)

    header = b"\x7fELF\x02\x01\x01" + bytes(9)
    header += struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, sections_at, 0, 64, 56, 2, 64, 4, 3)
    segments = struct.pack("<IIQQQQQQ", 1, 6, 0, 0, 0, size, size, page)
    segments += struct.pack("<IIQQQQQQ", 2, 6, dynamic_at, dynamic_at, dynamic_at, len(dynamic), len(dynamic), 8)
    strings_extent = (strings_at, len(strings))
    table = bytes(64)
    table += section(".dynamic", 6, 3, (dynamic_at, len(dynamic)), link=2, width=16)
    table += section(".dynstr", 3, 2, strings_extent)
    table += section(".shstrtab", 3, 0, strings_extent)
    content = header + segments + dynamic + strings
    return content + bytes(sections_at - len(content)) + table
