"""Unpacking one wheel: what is placed where, and what is refused."""

import stat
import struct
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.nix.python.conftest import MadeWheel as Wheel
    from tests.nix.python.conftest import Nix

pytestmark = pytest.mark.e2e


def link(name: str) -> zipfile.ZipInfo:
    """Give an entry that is a symbolic link."""
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def lying(path: Path, name: bytes, size: int) -> None:
    """Announce `size` bytes for an entry of an archive."""
    data = bytearray(path.read_bytes())
    local, central = data.index(b"PK\3\4"), data.index(b"PK\1\2")
    while data[local + 30 : local + 30 + len(name)] != name:
        local = data.index(b"PK\3\4", local + 4)
    while data[central + 46 : central + 46 + len(name)] != name:
        central = data.index(b"PK\1\2", central + 4)
    data[local + 22 : local + 26] = struct.pack("<I", size)
    data[central + 24 : central + 28] = struct.pack("<I", size)
    path.write_bytes(data)


def test_data_directories_are_placed(nix: "Nix", made: type["Wheel"]) -> None:
    """Each scheme of *.data has its own directory, and purelib joins the packages."""
    data = "place-1.0.data"
    built = nix.wheel(
        made(
            "place",
            {
                "place/__init__.py": "",
                f"{data}/purelib/place/more.py": "",
                f"{data}/data/share/place/x.txt": "x",
                f"{data}/scripts/place": "#!python\n",
                f"{data}/headers/place.h": "",
            },
        )
    )
    found = sorted(str(p.relative_to(built.out)) for p in built.out.rglob("*") if p.is_file())
    assert found == [
        "data/share/place/x.txt",
        "headers/place.h",
        "nix-support/needed",
        "nix-support/programs",
        "scripts/place",
        "site-packages/place-1.0.dist-info/METADATA",
        "site-packages/place-1.0.dist-info/RECORD",
        "site-packages/place-1.0.dist-info/WHEEL",
        "site-packages/place/__init__.py",
        "site-packages/place/more.py",
    ]


def test_odd_but_legal_names_are_kept(nix: "Nix", made: type["Wheel"]) -> None:
    """Commas, blanks and letters beyond ASCII are no reason to refuse a file."""
    names = ["odd/a,b.txt", "odd/a b.txt", "odd/ä名.txt", "odd/[x]*.txt", "odd/-n"]
    built = nix.wheel(made("odd", dict.fromkeys(names, "x")))
    assert sorted(f"odd/{p.name}" for p in (built.out / "site-packages/odd").iterdir()) == sorted(names)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_compression_methods(nix: "Nix", made: type["Wheel"], compression: int) -> None:
    """Wheels may be stored or compressed in the usual ways."""
    built = nix.wheel(made("packed", {"packed.py": "x = 1\n" * 1000}, compression=compression))
    assert (built.out / "site-packages/packed.py").read_text() == "x = 1\n" * 1000


@pytest.mark.parametrize(
    "name", ["../../escape", "/absolute", "bad/../../escape", "bad-1.0.data/scripts/../../../escape"]
)
def test_path_that_leads_outside_is_refused(nix: "Nix", made: type["Wheel"], name: str) -> None:
    """A wheel can't write beside its own directory, listed in RECORD or not."""
    listed = nix.wheel(made("bad", {"bad.py": "", name: "x"})).error
    unlisted = nix.wheel(made("bad", {"bad.py": ""}, extra=[(name, b"x")])).error
    for error in (listed, unlisted):
        assert error.startswith("wheel bad-1.0-py3-none-any.whl: it holds a path that leads outside")
        assert error.endswith("\ntry: another version of bad: change jupyter.toml, then run 'jupyflake lock'")


@pytest.mark.parametrize("target", [b"/etc/passwd", b"../../../x", b"bad.py"])
def test_link_is_refused(nix: "Nix", made: type["Wheel"], target: bytes) -> None:
    """No wheel has links, wherever they point."""
    error = nix.wheel(made("bad", {"bad.py": ""}, extra=[(link("bad-link"), target)])).error
    assert "a link or a special file" in error or "unsafe" in error


def test_unlisted_file_is_refused(nix: "Nix", made: type["Wheel"]) -> None:
    """RECORD lists all files."""
    error = nix.wheel(made("bad", {"bad.py": ""}, extra=[("more.py", b"")])).error
    assert "'more.py' is not listed in RECORD" in error


def test_absent_file_is_refused(nix: "Nix", made: type["Wheel"]) -> None:
    """What RECORD lists is there."""
    error = nix.wheel(made("bad", {"bad.py": ""}, record=lambda text: text + "gone.py,,\n")).error
    assert "RECORD lists 'gone.py', which is not there" in error


def test_malformed_digest_is_refused(nix: "Nix", made: type["Wheel"]) -> None:
    """A digest that is none is not taken for a missing one."""
    wheel = made("bad", {"bad.py": "x"}, record=lambda text: text.replace("bad.py,sha256=", "bad.py,sha256=A"))
    assert "RECORD's digest of 'bad.py' is not a SHA-256" in nix.wheel(wheel).error


def test_wrong_hash_is_refused(nix: "Nix", made: type["Wheel"]) -> None:
    """One digit of a digest decides, and the file is named."""

    def change(text: str) -> str:
        start = text.index("bad.py,sha256=") + len("bad.py,sha256=")
        return text[:start] + ("B" if text[start] == "A" else "A") + text[start + 1 :]

    error = nix.wheel(made("bad", {"good.py": "", "bad.py": "x"}, record=change)).error
    assert "its RECORD has another hash for bad.py" in error


def test_duplicate_name_is_refused(nix: "Nix", made: type["Wheel"]) -> None:
    """Two entries of one name would leave open which one counts."""
    error = nix.wheel(made("bad", {"bad.py": "same"}, extra=[("bad.py", b"same")])).error
    assert "two of its entries have the same name" in error


def test_names_in_two_cases_are_refused(nix: "Nix", made: type["Wheel"]) -> None:
    """Two modules that are one on some file systems are no package (NixOS/nix #1446)."""
    error = nix.wheel(made("bad", {"bad/a.py": "", "Bad/b.py": ""})).error
    assert "differ in case only" in error


def test_bomb_is_refused(nix: "Nix", made: type["Wheel"]) -> None:
    """A small wheel doesn't fill the disk."""
    error = nix.wheel(made("bomb", {"bomb.txt": b"\0" * 80_000_000})).error
    assert "more than 100 times its size" in error


def test_lying_bomb_is_stopped(nix: "Nix", made: type["Wheel"]) -> None:
    """A file that is longer than announced ends the unpacking."""
    path = made("bomb", {"bomb.txt": b"\0" * 80_000_000}).write(nix.directory)
    lying(path, b"bomb.txt", 1000)
    assert nix.wheel(path).error.startswith("wheel bomb-1.0-py3-none-any.whl: ")


def test_no_zip_is_refused(nix: "Nix", made: type["Wheel"]) -> None:
    """A file that is no archive is named in one line."""
    path = made("bad").write(nix.directory)
    path.write_bytes(b"<html>proxy error</html>")
    assert nix.wheel(path).error.startswith("wheel bad-1.0-py3-none-any.whl: ")
