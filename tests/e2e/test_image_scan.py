"""What scanners and auditors find in the image: nothing that is dangerous, and a name for everything that is there."""

from __future__ import annotations

import io
import json
import re
import stat
import subprocess
import sys
import tarfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from support import ROOT, build, cli, environment, lock, run

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "kanarialintu-7f3a"
SBOM = "usr/share/jupyflake/sbom.cdx.json"
STATUS = "var/lib/dpkg/status"


class Watched(io.RawIOBase):
    """A stream that notices texts that pass by."""

    def __init__(self, source: Any, texts: list[bytes]) -> None:
        """Read from the source."""
        self._source, self._texts, self._rest, self.seen = source, texts, b"", set[bytes]()

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        data: bytes = self._source.read(size)
        window = self._rest + data
        self.seen |= {text for text in self._texts if text in window}
        self._rest = window[-100:]
        return data


@dataclass
class Archive:
    """What one pass over the image's archive has found."""

    config: dict[str, Any] = field(default_factory=dict)
    members: list[tarfile.TarInfo] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    seen: set[bytes] = field(default_factory=set)


@pytest.fixture(scope="module")
def archive(shell: Path) -> Archive:
    """Build the image where secrets are about, and read all of it."""
    assert shell
    secrets = dict.fromkeys(("JUPYTER_TOKEN", "UV_INDEX_X_PASSWORD", "AWS_SECRET_ACCESS_KEY"), CANARY)
    secrets["PIP_INDEX_URL"] = f"https://somebody:{CANARY}@index.example/simple"
    built = cli("build", "imageStream", "--json", "--locked", "--verbose", env=environment(**secrets))
    assert CANARY not in built.text
    stream = json.loads(built.stdout)["path"]
    assert stream == str(build("imageStream"))
    found = Archive()
    with subprocess.Popen([stream], stdout=subprocess.PIPE) as process:
        watched = Watched(process.stdout, [CANARY.encode(), str(ROOT).encode()])
        with tarfile.open(fileobj=watched, mode="r|") as outer:
            for member in outer:
                content = outer.extractfile(member)
                if member.name.endswith(".json") and content is not None:
                    document = json.loads(content.read())
                    found.config = document if "rootfs" in document else found.config
                elif content is not None and member.size:
                    with tarfile.open(fileobj=content, mode="r|") as layer:
                        _read(layer, found)
        found.seen = watched.seen
    return found


def _read(layer: tarfile.TarFile, found: Archive) -> None:
    for member in layer:
        found.members.append(member)
        if member.name in (SBOM, STATUS):
            text = layer.extractfile(member)
            assert text is not None
            found.texts[member.name] = text.read().decode()


def test_nothing_gives_rights(archive: Archive) -> None:
    """No file has setuid, setgid or capabilities, or can be changed by everybody; there are no devices."""
    assert len(archive.members) > 10_000
    special = stat.S_ISUID | stat.S_ISGID
    assert [member.name for member in archive.members if member.mode & special] == []
    assert [member.name for member in archive.members if member.isdev()] == []
    assert [member.name for member in archive.members if "SCHILY.xattr.security.capability" in member.pax_headers] == []
    files = [member for member in archive.members if member.isfile()]
    assert [member.name for member in files if member.mode & stat.S_IWOTH] == []
    # What everybody may write to is sticky: nobody removes another's files.
    open_directories = {
        member.name: member.mode & 0o7777 for member in archive.members if member.isdir() and member.mode & 2
    }
    assert set(open_directories.values()) == {0o1777}
    assert sorted(open_directories) == ["home/jovyan", "home/jovyan/work", "mnt", "tmp", "var/tmp"]


def test_directories_are_open(archive: Archive) -> None:
    """Everybody may enter and list every directory but root's home.

    NixOS/nixpkgs #94243, #93811; nlewo/nix2container #12.
    """
    closed = [member.name for member in archive.members if member.isdir() and member.mode & 0o555 != 0o555]
    assert closed == ["root"]


def test_programs_belong_to_root(archive: Archive) -> None:
    """Only the home, and the places to mount at, belong to the user: a fault in the server changes no program."""
    owned = sorted({member.name for member in archive.members if member.uid != 0})
    assert owned == ["home/jovyan", "home/jovyan/work", "mnt"]


def test_no_secret_and_no_path_of_the_machine(archive: Archive) -> None:
    """What was in the environment of the build is in no layer, label or history, and neither is where it was built."""
    assert CANARY.encode() not in archive.seen
    assert str(ROOT).encode() not in archive.seen


def test_configuration_is_that_of_an_ordinary_user(archive: Archive) -> None:
    """The user is a number that Kubernetes can see to be not root's, and the label says where the list is."""
    config = archive.config["config"]
    assert re.fullmatch(r"[1-9]\d*:\d+", config["User"])
    assert config["Labels"]["jupyflake.sbom"] == f"/{SBOM}"


def test_bill_of_materials_names_what_is_there(archive: Archive) -> None:
    """Every wheel that an environment has is in it, and Debian's packages with their sources and suites."""
    components = json.loads(archive.texts[SBOM])["components"]
    urls = {component["purl"] for component in components}
    wheels = [wheel for wheel in lock()["wheels"] if any("x86_64-linux" in use for use in wheel["use"].values())]
    assert len(wheels) > 50
    assert [wheel["name"] for wheel in wheels if f"pkg:pypi/{wheel['name']}@{wheel['version']}" not in urls] == []
    debian = {re.sub(r"@.*distro=", " ", url) for url in urls if url.startswith("pkg:deb/")}
    names = {entry.partition("&")[0].removeprefix("pkg:deb/debian/") for entry in debian}
    assert {
        "libc6 trixie",
        "libc6 bookworm",
        "r-cran-ggplot2 trixie",
        "ca-certificates trixie",
        "busybox-static trixie",
    } <= names
    # It is locked, since others depend on it, and nothing in the image has it.
    assert "openssl trixie" not in names


def test_bill_of_materials_is_valid(archive: Archive) -> None:
    """The strict validator of CycloneDX's own library accepts it."""
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(archive.texts[SBOM]) is None


def test_scanners_of_debian_find_the_packages(archive: Archive, tmp_path: Path) -> None:
    """Dpkg reads the database, which has the packages of the suite that os-release names and of no other."""
    for directory in ("info", "updates"):
        (tmp_path / directory).mkdir()
    (tmp_path / "status").write_text(archive.texts[STATUS], encoding="utf-8")
    shown = run("dpkg-query", f"--admindir={tmp_path}", "--show", "--showformat=${Package} ${source:Package}\n")
    assert shown.stderr == ""
    lines = shown.stdout.splitlines()
    assert {"libc6 glibc", "libstdc++6 gcc-14", "python3.13-minimal python3.13"} <= set(lines)
    assert not [line for line in lines if "python3.11" in line]


def test_scanners_of_python_find_the_packages(shell: Path) -> None:
    """Pip sees in an environment of the image what its lock has, each with the list of its files."""
    assert shell
    environment_py313 = build("environment-py313")
    place = environment_py313 / "lib" / "python3.13" / "site-packages"
    installed = json.loads(run(sys.executable, "-m", "pip", "inspect", "--path", place).stdout)["installed"]
    found = {package["metadata"]["name"].lower().replace("_", "-").replace(".", "-") for package in installed}
    expected = {wheel["name"] for wheel in lock()["wheels"] if "x86_64-linux" in wheel["use"].get("py313", [])}
    assert found == {name.replace(".", "-") for name in expected}
    assert all((place / package["metadata_location"] / "RECORD").exists() for package in installed)
