"""Debian packages by the real apt, from a signed archive that the test makes."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from fakes import Archive, Key, Web, serve, status

from jupyflake.console import Console
from jupyflake.errors import JupyflakeError
from jupyflake.lock import Lock
from jupyflake.resolve import apt as apts
from jupyflake.resolve import mirror as mirrors
from jupyflake.resolve.apt_errors import explain_install, explain_update
from jupyflake.resolve.debian import locked, resolve_debian
from jupyflake.resolve.mirror import Mirror, choose
from jupyflake.resolve.plan import DebianRequest, Roots

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from jupyflake.lock import Deb

needs_apt = pytest.mark.skipif(
    shutil.which("apt-get") is None or shutil.which("gpg") is None, reason="apt or gpg is not installed"
)
SYSTEM = "x86_64-linux"
NOTHING: tuple[frozenset[str], frozenset[tuple[str, str]]] = (frozenset(), frozenset())
ROOTS = Roots(suites={}, roots={})
SHA = "0" * 64


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """Serve two archives and set jupyflake to them."""
    monkeypatch.setenv("JUPYFLAKE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(mirrors, "acquire_settings", list)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with serve(tmp_path / "www") as server:
        yield server


@pytest.fixture
def main(web: Web, key: Key) -> Archive:
    """Give the main archive, with a few packages."""
    archive = Archive(web.root / "debian", key)
    archive.add("trixie", "libc6", "2.41-12", Depends="libgcc-s1")
    archive.add("trixie", "libgcc-s1", "14.2.0-19", Depends="libc6 (>= 2.35)")
    archive.add(
        "trixie", "bash", "5.2-1", Pre_Depends="libc6", Depends="debconf (>= 0.5) | debconf-2.0", Recommends="extra"
    )
    archive.add("trixie", "debconf", "1.5", Depends="perl-base")
    archive.add("trixie", "perl-base", "5.40")
    archive.add("trixie", "extra")
    archive.add("trixie", "mawk", "1:1.3~a+b", Provides="awk")
    archive.publish("trixie")
    archive.publish("trixie-updates")
    return archive


@pytest.fixture
def security(web: Web, key: Key) -> Archive:
    """Give the security archive."""
    return Archive(web.root / "debian-security", key)


@pytest.fixture
def mirror(web: Web, key: Key) -> Mirror:
    """Give the mirror."""
    roots = {"debian": f"{web.url}/debian", "debian-security": f"{web.url}/debian-security"}
    return Mirror(roots, str(key.keyring), security_known=True)


@pytest.fixture
def with_ggplot2(mirror: Mirror, main: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put an R package into the suite, and have the mirror found."""
    monkeypatch.setattr(mirrors, "find", lambda: mirror)
    main.add("trixie", "r-cran-ggplot2")
    main.publish("trixie")


def _closure(mirror: Mirror, *names: str, system: str = SYSTEM, ignored: object = NOTHING) -> dict[str, Deb]:
    with apts.Apt("trixie", system, mirror).prepared() as apt:
        return {deb.name: deb for deb in apt.closure(names, ignored=ignored)}  # type: ignore[arg-type]


def _failure(mirror: Mirror, *names: str) -> JupyflakeError:
    with pytest.raises(JupyflakeError) as caught:
        _closure(mirror, *names)
    assert "\n" not in caught.value.message
    assert caught.value.hint
    return caught.value


@needs_apt
@pytest.mark.parametrize(("system", "architecture"), [("x86_64-linux", "amd64"), ("aarch64-linux", "arm64")])
@pytest.mark.usefixtures("main")
def test_a_closure_is_what_the_lock_holds(mirror: Mirror, system: str, architecture: str) -> None:
    """The packages with all that they depend on, no recommendations, dependencies by name."""
    found = _closure(mirror, "bash", system=system)
    assert {name: deb.depends for name, deb in found.items()} == {
        "bash": ("debconf", "libc6"),
        "debconf": ("perl-base",),
        "libc6": ("libgcc-s1",),
        "libgcc-s1": ("libc6",),
        "perl-base": (),
    }
    deb = found["libc6"]
    assert (deb.suite, deb.system, deb.version, deb.archive) == ("trixie", system, "2.41-12", "debian")
    assert deb.path == f"pool/main/l/libc6/libc6_2.41-12_{architecture}.deb"
    assert len(deb.sha256) == 64


@needs_apt
@pytest.mark.usefixtures("main")
def test_epochs_and_signs_in_versions_are_kept(mirror: Mirror) -> None:
    """The version has its epoch, the path has none and is not percent-encoded."""
    deb = _closure(mirror, "mawk")["mawk"]
    assert (deb.version, deb.path) == ("1:1.3~a+b", "pool/main/m/mawk/mawk_1.3~a+b_amd64.deb")


@needs_apt
@pytest.mark.usefixtures("main")
def test_what_is_ignored_is_not_in_the_closure(mirror: Mirror) -> None:
    """An ignored package goes, with what only it pulls in."""
    found = _closure(mirror, "bash", ignored=(frozenset({"debconf"}), frozenset()))
    assert set(found) == {"bash", "libc6", "libgcc-s1"}


@needs_apt
def test_a_security_update_wins(mirror: Mirror, main: Archive, security: Archive) -> None:
    """The security archive's version is taken, and marked as coming from there."""
    assert main.packages
    security.add("trixie-security", "libc6", "2.41-12+deb13u1", pool="pool/updates/main", Depends="libgcc-s1")
    security.publish("trixie-security")
    deb = _closure(mirror, "libc6")["libc6"]
    assert (deb.version, deb.archive) == ("2.41-12+deb13u1", "debian-security")
    assert deb.path.startswith("pool/updates/main/")


@needs_apt
def test_a_version_in_both_archives_is_taken_once(mirror: Mirror, main: Archive, security: Archive) -> None:
    """After a point release both archives have a version; the line is one that the mirror has."""
    security.add("trixie-security", "libc6", "2.41-12", pool="pool/updates/main", Depends="libgcc-s1")
    security.publish("trixie-security")
    deb = _closure(mirror, "libc6")["libc6"]
    root = main.root if deb.archive == "debian" else security.root
    assert (root / deb.path).is_file()


@needs_apt
@pytest.mark.usefixtures("main")
def test_a_missing_security_archive_is_said(mirror: Mirror) -> None:
    """A mirror without security updates serves, and the warning names what was looked for."""
    with apts.Apt("trixie", SYSTEM, mirror).prepared() as apt:
        assert apt.missing_security == f"{mirror.roots['debian-security']} trixie-security"


@needs_apt
@pytest.mark.usefixtures("main")
def test_a_mirror_without_the_suite_is_an_error(web: Web, mirror: Mirror) -> None:
    """The error names mirror and suite."""
    shutil.rmtree(web.root / "debian" / "dists" / "trixie")
    error = _failure(mirror, "bash")
    assert error.code == "JF214"
    assert "no suite trixie" in error.message


@needs_apt
def test_a_tampered_package_list_is_refused(mirror: Mirror, main: Archive) -> None:
    """A list that is not the signed one ends locking."""
    for index in (main.root / "dists" / "trixie").rglob("Packages"):
        index.write_text(index.read_text().replace("bash of the test", "bash of a thief"))
    assert _failure(mirror, "bash").code == "JF215"


@needs_apt
def test_a_tampered_list_is_refused_after_a_good_one(mirror: Mirror, main: Archive) -> None:
    """Lists of an earlier run are no excuse for a bad signature now."""
    _closure(mirror, "bash")
    release = main.root / "dists" / "trixie" / "InRelease"
    release.write_text(release.read_text().replace("Origin: Debian", "Origin: Thief "))
    assert _failure(mirror, "bash").code == "JF215"


@needs_apt
def test_a_suite_without_what_a_kernel_needs_is_told(
    mirror: Mirror, main: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A suite that has lost R's kernel names the ones that have it."""
    monkeypatch.setenv(mirrors.MIRROR, mirror.roots["debian"])
    monkeypatch.setenv(mirrors.KEYRING, mirror.keyring or "")
    main.add("bookworm", "r-cran-irkernel")
    for suite in ("bookworm", "bookworm-updates", "forky", "forky-updates"):
        main.publish(suite)
    request = DebianRequest(
        "forky", frozenset({"r-cran-irkernel"}), needs={"r-cran-irkernel": ("[kernels.r]", "an R kernel")}
    )
    with pytest.raises(JupyflakeError) as caught:
        resolve_debian([request], [SYSTEM], None, ROOTS, Console(quiet=True))
    assert caught.value.code == "JF230"
    assert caught.value.message.startswith("[kernels.r]: debian/forky has no package r-cran-irkernel for x86_64-linux")
    assert caught.value.hint == 'base = "debian/bookworm", which has it'


@needs_apt
def test_an_unsigned_archive_is_refused(mirror: Mirror, main: Archive) -> None:
    """Without a signature nothing is locked."""
    main.publish("trixie", signed=False)
    error = _failure(mirror, "bash")
    assert error.code == "JF215"
    assert "signature" in error.message


@needs_apt
@pytest.mark.usefixtures("main")
def test_another_signer_is_refused(mirror: Mirror, tmp_path: Path) -> None:
    """A signature by a key that is not in the keyring does not count."""
    other = Key.make(tmp_path)
    other.close()
    error = _failure(Mirror(mirror.roots, str(other.keyring), security_known=True), "bash")
    assert error.code == "JF215"
    assert "JUPYFLAKE_DEBIAN_KEYRING" in (error.hint or "")


@needs_apt
def test_an_expired_release_is_refused(mirror: Mirror, main: Archive) -> None:
    """The replay protection stays on; the hint names the machine's own switch."""
    main.publish("trixie", valid_until="Tue, 02 Jan 2024 00:00:00 UTC")
    error = _failure(mirror, "bash")
    assert error.code == "JF215"
    assert "expired" in error.message
    assert "Check-Valid-Until" in (error.hint or "")


@needs_apt
def test_the_machines_own_switch_for_expired_releases_counts(
    mirror: Mirror, main: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the machine's apt accepts a frozen mirror, so do we."""
    monkeypatch.setattr(mirrors, "acquire_settings", lambda: [("Acquire::Check-Valid-Until", "false")])
    main.publish("trixie", valid_until="Tue, 02 Jan 2024 00:00:00 UTC")
    assert "bash" in _closure(mirror, "bash")


@needs_apt
@pytest.mark.usefixtures("web")
def test_no_network_is_told() -> None:
    """A mirror that cannot be reached is told with its address."""
    roots = {"debian": "http://127.0.0.1:9/debian", "debian-security": "http://127.0.0.1:9/debian-security"}
    error = _failure(Mirror(roots, None, security_known=False), "bash")
    assert error.code == "JF208"
    assert "127.0.0.1:9" in error.message


@needs_apt
@pytest.mark.usefixtures("main")
def test_a_mirror_that_refuses_is_told(web: Web, mirror: Mirror) -> None:
    """Credentials that are missing are told as such."""
    for suite in ("trixie", "trixie-updates"):
        for file in ("InRelease", "Release"):
            web.special[f"/debian/dists/{suite}/{file}"] = status(401)
    assert _failure(mirror, "bash").code == "JF209"


def _request(**options: object) -> DebianRequest:
    return DebianRequest(suite="trixie", roots=frozenset({"bash"}), **options)  # type: ignore[arg-type]


def _resolve(request: DebianRequest, previous: Lock | None = None) -> dict[str, Deb]:
    return {deb.name: deb for deb in resolve_debian([request], [SYSTEM], previous, ROOTS, Console(quiet=True))}


def _lock(debs: Iterable[Deb]) -> Lock:
    return Lock(manifest=SHA, systems=(SYSTEM,), environments={}, debs=tuple(debs))


@needs_apt
@pytest.mark.parametrize(
    ("request_", "code", "words"),
    [
        (_request(tools={"bahs": ("[shell]",)}), "JF212", ("[shell]: debian/trixie has no package bahs", "bash")),
        (_request(tools={"awk": ("[shell]",)}), "JF212", ("only packages that provide it", "mawk")),
        (_request(r_packages={"ggplt2": ("[kernels.r]",)}), "JF213", ("[kernels.r]", "ggplot2")),
    ],
)
@pytest.mark.usefixtures("with_ggplot2")
def test_unknown_packages_are_told_with_the_nearest(request_: DebianRequest, code: str, words: tuple[str, ...]) -> None:
    """A name that the suite does not have is told with those that are near."""
    with pytest.raises(JupyflakeError) as caught:
        _resolve(request_)
    assert caught.value.code == code
    assert all(word in "\n".join(caught.value.lines()) for word in words)


@needs_apt
def test_locked_packages_stay_without_asking_apt(
    mirror: Mirror, main: Archive, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is locked and still asked for needs no network, even when less is asked for."""
    monkeypatch.setattr(mirrors, "find", lambda: mirror)
    first = _resolve(_request(tools={"mawk": ("[shell]",)}))
    main.add("trixie", "bash", "6.0")
    main.publish("trixie")
    web.requests.clear()
    again = _resolve(_request(tools={"mawk": ("[shell]",)}), _lock(first.values()))
    assert again == first
    less = _resolve(_request(), _lock(first.values()))
    assert less == {name: deb for name, deb in first.items() if name != "mawk"}
    assert web.requests == []
    assert _resolve(_request())["bash"].version == "6.0"


def test_a_root_that_is_not_locked_asks_apt() -> None:
    """A new tool is not looked for in the lock only."""
    assert locked(_request(tools={"git": ("[shell]",)}), SYSTEM, _lock(()), ROOTS) is None


def test_no_apt_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without apt is told what to do."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(mirrors.MIRROR, raising=False)
    with pytest.raises(JupyflakeError) as caught:
        mirrors.find()
    assert caught.value.code == "JF601"
    assert mirrors.MIRROR in (caught.value.hint or "")


def test_the_mirror_is_the_machines_own() -> None:
    """Debian's root is told from that of others that name their releases alike, and so is its keyring."""
    targets = [
        ("https://other.invalid/linux/debian", "bookworm", "/etc/none.gpg"),
        ("http://mirror.invalid/debian/", "bookworm", "$(SIGNED_BY)"),
        ("http://mirror.invalid/debian/", "bookworm-updates", "$(SIGNED_BY)"),
        ("http://security.invalid/debian-security/", "bookworm-security", "$(SIGNED_BY)"),
    ]
    mirror = choose(targets, {}, ["/usr/share/keyrings/x.gpg"])
    assert mirror.roots == {
        "debian": "http://mirror.invalid/debian",
        "debian-security": "http://security.invalid/debian-security",
    }
    assert (mirror.keyring, mirror.security_known) == ("/usr/share/keyrings/x.gpg", True)


def test_a_security_archive_that_is_not_configured_is_looked_for_beside() -> None:
    """Without one in the sources the sibling of the mirror is tried."""
    mirror = choose([("http://m.invalid/debian/", "bookworm", "")], {}, [])
    assert mirror.roots["debian-security"] == "http://m.invalid/debian-security"
    assert not mirror.security_known


def test_variables_come_before_the_machines_sources() -> None:
    """Mirror, security mirror and keyring can be set."""
    environment = {
        "JUPYFLAKE_DEBIAN_MIRROR": "http://own.invalid/debian/",
        "JUPYFLAKE_DEBIAN_SECURITY_MIRROR": "http://own.invalid/sec",
        "JUPYFLAKE_DEBIAN_KEYRING": "/own.gpg",
    }
    mirror = choose([("http://m.invalid/debian/", "bookworm", "")], environment, ["/usr/x.gpg"])
    assert mirror.roots == {"debian": "http://own.invalid/debian", "debian-security": "http://own.invalid/sec"}
    assert mirror.keyring == "/own.gpg"


def test_no_mirror_is_told() -> None:
    """Sources without Debian are told with the variable to set."""
    with pytest.raises(JupyflakeError) as caught:
        choose([("http://x.invalid/ubuntu", "noble", "")], {}, [])
    assert caught.value.code == "JF606"


def test_a_list_of_mirrors_stands_for_its_first(tmp_path: Path) -> None:
    """`mirror+file:`, as cloud images have it, is followed."""
    listed = tmp_path / "mirrors"
    listed.write_text("http://first.invalid/debian\tpriority:1\nhttp://second.invalid/debian\n")
    mirror = choose([(f"mirror+file:{listed}", "bookworm", "")], {}, [])
    assert mirror.roots["debian"] == "http://first.invalid/debian"


def test_addresses_are_encoded() -> None:
    """A path of the lock becomes an address."""
    mirror = Mirror({"debian": "http://m.invalid/debian"}, None, security_known=False)
    assert mirror.url("debian", "pool/g/g++_1~x.deb") == "http://m.invalid/debian/pool/g/g%2B%2B_1~x.deb"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("E: Failed to fetch http://x/Packages  Hash Sum mismatch", "JF215"),
        ("E: Write error - write (28: No space left on device)", "JF604"),
        ("E: You don't have enough free space in /var", "JF604"),
        ("E: something new", "JF216"),
    ],
)
def test_other_failures_of_apt_are_one_line(text: str, code: str) -> None:
    """What apt prints becomes an error of the right kind."""
    assert explain_update(text, "trixie", "http://user:pw@m.invalid").code == code
    assert "pw" not in explain_update(text, "trixie", "http://user:pw@m.invalid").message.split()


def test_packages_that_contradict_are_told() -> None:
    """Apt's unmet dependencies are passed on in one line."""
    text = (
        "The following packages have unmet dependencies:\n a : Depends: b (>= 2) but 1 is to be installed\nE: Unable\n"
    )
    error = explain_install(text, "trixie", SYSTEM)
    assert error.code == "JF216"
    assert "Depends: b (>= 2)" in error.message


@pytest.mark.network
@needs_apt
def test_the_machines_own_mirror_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian's real archive, with its real keyring, gives a closure for the machine's own suite."""
    monkeypatch.setenv("JUPYFLAKE_CACHE_DIR", str(tmp_path))
    assert subprocess.run(["apt-config", "dump"], capture_output=True, check=True).stdout
    with apts.Apt("bookworm", SYSTEM, mirrors.find()).prepared() as apt:
        found = {deb.name: deb for deb in apt.closure(["zlib1g"], ignored=NOTHING)}
    assert set(found) >= {"zlib1g", "libc6"}
