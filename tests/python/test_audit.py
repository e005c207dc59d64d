"""Audit: advisories in OSV's format from a server, files and archives, and what they say about a lock."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from fakes import Web, send, serve, status

from jupyflake.auditing import match, osv, sources
from jupyflake.console import Console
from jupyflake.errors import JupyflakeError
from jupyflake.lock import Deb, Environment, Lock, Wheel, dumps
from jupyflake.manifest.digest import digest
from jupyflake.manifest.load import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

AMD = "x86_64-linux"
Record = dict[str, Any]


def record(name: str, package: str, *events: dict[str, str], ecosystem: str = "PyPI", **more: Any) -> Record:
    """Make an advisory."""
    affected = {
        "package": {"ecosystem": ecosystem, "name": package},
        "ranges": [{"type": "ECOSYSTEM", "events": list(events)}],
    }
    return {"schema_version": "1.6.0", "id": name, "modified": "x", "affected": [affected], **more}


JINJA = record(
    "GHSA-462w-v97r-4m45",
    "Jinja2",
    {"introduced": "0"},
    {"fixed": "2.10.1"},
    aliases=["CVE-2019-10906", "PYSEC-2019-217"],
    summary="Jinja2 sandbox escape via string formatting",
    database_specific={"severity": "HIGH"},
)
JINJA_AGAIN = record(
    "PYSEC-2019-217",
    "jinja2",
    {"introduced": "0"},
    {"fixed": "2.10.1"},
    aliases=["CVE-2019-10906"],
    details="Long.\nMore.",
)
OPENSSL = record(
    "DEBIAN-CVE-2025-0001",
    "openssl",
    {"introduced": "0"},
    {"fixed": "3.5.1-1+deb13u1"},
    ecosystem="Debian:13",
    upstream=["CVE-2025-0001"],
)
UNFIXED = record("DEBIAN-CVE-2025-0002", "openssl", {"introduced": "0"}, ecosystem="Debian:13")
RECORDS = [JINJA, JINJA_AGAIN, OPENSSL, UNFIXED]


def wheel(name: str, version: str, *environments: str) -> Wheel:
    """Make a wheel of the lock."""
    sha256 = hashlib.sha256(f"{name}{version}".encode()).hexdigest()
    file = f"{name}-{version}-py3-none-any.whl"
    return Wheel(name=name, version=version, file=file, size=1, sha256=sha256, use=dict.fromkeys(environments, (AMD,)))


def deb(name: str, source: str, version: str, suite: str = "trixie") -> Deb:
    """Make a Debian package of the lock."""
    path = f"pool/main/{source[0]}/{source}/{name}_{version}_amd64.deb"
    rest = {"archive": "debian", "size": 1, "sha256": "0" * 64, "depends": ()}
    return Deb(suite=suite, system=AMD, name=name, version=version, path=path, **rest)  # type: ignore[arg-type]  # (a table)


LOCK = Lock(
    manifest="0" * 64,
    systems=(AMD,),
    environments={"jupyter": Environment(base="debian/trixie", language="python", python="3.13")},
    wheels=(wheel("jinja2", "2.10", "jupyter", "old"), wheel("jinja2", "3.1.6", "new"), wheel("six", "1.16.0", "new")),
    debs=(
        deb("libssl3t64", "openssl", "3.5.1-1+b2"),
        deb("openssl", "openssl", "3.5.1-1"),
        deb("libc6", "glibc", "2.41-12"),
    ),
)


def test_vulnerabilities_of_a_lock() -> None:
    """Advisories of several databases about one fault are one entry; each version and binary package counts."""
    found = match.vulnerabilities(LOCK, osv.read(RECORDS))
    assert [(each.package, each.version, each.id, each.where, each.fixed) for each in found] == [
        ("libssl3t64", "3.5.1-1+b2", "DEBIAN-CVE-2025-0001", ("debian/trixie",), ("3.5.1-1+deb13u1",)),
        ("libssl3t64", "3.5.1-1+b2", "DEBIAN-CVE-2025-0002", ("debian/trixie",), ()),
        ("openssl", "3.5.1-1", "DEBIAN-CVE-2025-0001", ("debian/trixie",), ("3.5.1-1+deb13u1",)),
        ("openssl", "3.5.1-1", "DEBIAN-CVE-2025-0002", ("debian/trixie",), ()),
        ("jinja2", "2.10", "GHSA-462w-v97r-4m45", ("jupyter", "old"), ("2.10.1",)),
    ]
    assert found[-1].names == {"GHSA-462w-v97r-4m45", "CVE-2019-10906", "PYSEC-2019-217"}
    assert (found[-1].severity, found[-1].summary) == ("high", "Jinja2 sandbox escape via string formatting")
    assert match.vulnerabilities(LOCK, osv.Database()) == ()


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        *(("0.9", False), ("1.0", True), ("1.5", True), ("2.0", False), ("2.5", False), ("3.0rc1", True)),
        *(("3.0", True), ("3.1", False), ("4.0.post1", True), ("9.dev0", True), ("10", False)),
    ],
)
def test_evaluation_of_ranges(version: str, expected: bool) -> None:  # noqa: FBT001  (a table's column)
    """Several ranges, last affected versions and single versions count as OSV says, in Python's order."""
    affected = osv.Affected(
        ranges=(
            (("fixed", "2.0"), ("introduced", "1.0")),
            (("introduced", "3.0rc1"), ("last_affected", "3.0")),
        ),
        versions=frozenset({"4.0.post1", "9.0.dev0", "not a version"}),
    )
    from packaging.version import Version  # noqa: PLC0415  (one use)

    assert match.is_affected(affected, version, Version) == expected


def test_what_is_no_advisory_for_us() -> None:
    """Withdrawn ones, other ecosystems, ranges of commits, and what Debian calls unimportant are passed over."""
    git = record("A", "jinja2", {"introduced": "0"})
    git["affected"][0]["ranges"][0]["type"] = "GIT"
    unimportant = record("B", "openssl", {"introduced": "0"}, ecosystem="Debian:13")
    unimportant["affected"][0]["ecosystem_specific"] = {"urgency": "unimportant"}
    others = [
        record("C", "jinja2", {"introduced": "0"}, withdrawn="2024-01-01T00:00:00Z"),
        record("D", "jinja2", {"introduced": "0"}, ecosystem="npm"),
        record("E", "openssl", {"introduced": "0"}, ecosystem="Debian:11"),
        {"id": "F"},
    ]
    database = osv.read([git, unimportant, *others])
    assert match.vulnerabilities(LOCK, database) == ()
    assert database.count == 6


def test_security_updates_of_the_mirror() -> None:
    """A newer version in the security archive is a finding, an older one that a point release overtook is none."""
    offered = {
        ("trixie", AMD, "libssl3t64"): "3.5.1-1+deb13u2",
        ("trixie", AMD, "libc6"): "2.41-11+deb13u1",
        ("bookworm", AMD, "openssl"): "9",
    }
    found = match.security_updates(LOCK, offered)
    assert [(each.package, each.id, each.fixed) for each in found] == [
        ("libssl3t64", "trixie-security", ("3.5.1-1+deb13u2",))
    ]


# Where advisories come from


def in_zip(path: Path) -> None:
    """Write the records as OSV's archives have them."""
    with zipfile.ZipFile(path, "w") as archive:
        for each in RECORDS:
            archive.writestr(f"{each['id']}.json", json.dumps(each))
        archive.writestr("README.md", "no record")


def in_tar(path: Path) -> None:
    """Write them as YAML in a tar, as an archive of PyPA's advisory database has them."""
    with tarfile.open(path, "w:gz") as archive:
        for each in RECORDS:
            data = json.dumps(each).encode()
            member = tarfile.TarInfo(f"advisory-database/vulns/x/{each['id']}.yaml")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


def in_directory(path: Path) -> None:
    """Write a file a record."""
    for each in RECORDS:
        target = path / "vulns" / str(each["id"])
        target.mkdir(parents=True)
        (target / "a.json").write_text(json.dumps(each), encoding="utf-8")


def in_list(path: Path) -> None:
    """Write one file, as OSV's interface answers."""
    path.write_text(json.dumps({"vulns": RECORDS}), encoding="utf-8")


@pytest.mark.parametrize("write", [in_zip, in_tar, in_directory, in_list])
def test_files_of_advisories(write: Callable[[Path], None], tmp_path: Path) -> None:
    """Archives, directories and files hold the same records."""
    write(tmp_path / "source")
    database = sources.load([str(tmp_path / "source")], Console(quiet=True))
    assert database.count == 4
    assert database.ecosystems == {"PyPI", "Debian:13"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "JF253"),
        (b"<html>", "JF253"),
        (b"[]", "JF253"),
        (b"[1]", "JF253"),
        (b'{"x": 1}', "JF253"),
        (None, "JF252"),
    ],
)
def test_sources_that_are_none(content: bytes | None, code: str, tmp_path: Path) -> None:
    """What is not there, and what is in another format, is told by name."""
    path = tmp_path / "source.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(JupyflakeError, match=r"source\.json") as caught:
        sources.load([str(path)], Console(quiet=True))
    assert caught.value.code == code
    assert caught.value.hint


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """Serve advisories on the loopback."""
    monkeypatch.setenv("JUPYFLAKE_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "www").mkdir()
    in_zip(tmp_path / "www" / "all.zip")
    with serve(tmp_path / "www") as served:
        yield served


def test_advisories_of_a_server(web: Web) -> None:
    """An address is fetched; one that has not changed is not sent again, and --offline takes what is there."""
    url = f"{web.url}/all.zip"
    with pytest.raises(JupyflakeError, match="--offline") as caught:
        sources.load([url], Console(quiet=True), offline=True)
    assert caught.value.code == "JF252"
    data = (web.root / "all.zip").read_bytes()

    def tagged(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers.get("If-None-Match") == '"1"':
            send(handler, 304, b"")
        else:
            send(handler, 200, data, {"ETag": '"1"'})

    web.special["/all.zip"] = tagged
    for _ in range(2):
        assert sources.load([url], Console(quiet=True)).count == 4
    assert [headers.get("If-None-Match") for _, headers in web.requests] == [None, '"1"']
    assert sources.load([url], Console(quiet=True), offline=True).count == 4
    assert len(web.requests) == 2


@pytest.mark.parametrize("code", [401, 404, 500])
def test_a_server_that_refuses(code: int, web: Web) -> None:
    """The answer is told, without the password of the address."""
    web.special["/all.zip"] = status(code)
    url = f"{web.url}/all.zip".replace("http://", "http://me:secret@")
    with pytest.raises(JupyflakeError, match=str(code)) as caught:
        sources.load([url], Console(quiet=True))
    assert caught.value.code == "JF252"
    assert "secret" not in str(caught.value)


def test_a_server_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that nobody listens on is told in a line."""
    monkeypatch.setenv("JUPYFLAKE_CACHE_DIR", str(tmp_path))
    with pytest.raises(JupyflakeError, match="cannot be reached") as caught:
        sources.load(["http://127.0.0.1:9/all.zip"], Console(quiet=True))
    assert caught.value.code == "JF252"


# The command


@pytest.fixture
def locked(project: Path, suites: dict[str, str]) -> Path:
    """Give the project a lock with old packages."""
    text = (project / "jupyter.toml").read_text(encoding="utf-8")
    made = Lock(
        manifest=digest(parse(text, suites).data),
        systems=LOCK.systems,
        environments=LOCK.environments,
        wheels=LOCK.wheels,
        debs=LOCK.debs,
    )
    (project / "jupyter.lock").write_text(dumps(made), encoding="utf-8")
    return project


def test_audit_with_a_server(
    locked: Path, web: Web, jupyflake: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Findings are printed, a line each, and make the exit code 1; programs get them as JSON."""
    assert locked
    monkeypatch.setenv("JUPYFLAKE_ADVISORIES", f"{web.url}/all.zip")
    answer = jupyflake("audit", "--no-mirror")
    assert answer.code == 1
    assert "error[JF250]: 5 known vulnerabilities in 3 packages" in answer.err
    assert "try: jupyflake update debian jinja2" in answer.err
    line = next(line for line in answer.out.splitlines() if line.startswith("jinja2"))
    assert line == (
        "jinja2 2.10 in jupyter, old: GHSA-462w-v97r-4m45, CVE-2019-10906, PYSEC-2019-217 (high);"
        " fixed in 2.10.1: Jinja2 sandbox escape via string formatting"
    )
    assert "libssl3t64 3.5.1-1+b2 in debian/trixie: DEBIAN-CVE-2025-0002; no fix yet" in answer.out
    data = json.loads(jupyflake("audit", "--no-mirror", "--json", "--ignore-unfixed").out)
    assert [each["package"] for each in data["vulnerabilities"]] == ["libssl3t64", "openssl", "jinja2"]
    ignored = ("--ignore", "CVE-2019-10906", "--ignore", "CVE-2025-0001", "--ignore-unfixed")
    answer = jupyflake("audit", "--no-mirror", *ignored)
    assert (answer.code, answer.out) == (0, "")
    assert "no known vulnerability" in answer.err


def test_audit_that_knows_too_little(locked: Path, jupyflake: Callable[..., Any], tmp_path: Path) -> None:
    """Nothing found is no good news where nothing was looked at: that is a failure, too."""
    assert locked
    answer = jupyflake("audit", "--no-mirror")
    assert answer.code == 1
    assert "error[JF251]: no advisory database is known" in answer.err
    (tmp_path / "one.json").write_text(json.dumps(record("X", "other", {"introduced": "0"})), encoding="utf-8")
    answer = jupyflake("audit", "--no-mirror", "--database", tmp_path / "one.json")
    assert "error[JF251]" in answer.err
    assert "not checked: the packages of debian/trixie" in answer.err
    assert "of PyPI" not in answer.err
