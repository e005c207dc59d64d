"""Credentials, proxies and certificates come from where uv and apt have them."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import pytest
from fakes import Index, send, send_file, serve

from jupyflake.console import Console, Progress
from jupyflake.errors import JupyflakeError
from jupyflake.fetch.credentials import Access, apt_access, certificates, index_access
from jupyflake.fetch.download import Download, download_all
from jupyflake.resolve import uv
from jupyflake.resolve.plan import PythonRequest

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path


@pytest.fixture(autouse=True)
def _no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("DEFAULT_INDEX", "INDEX_URL", "INDEX", "EXTRA_INDEX_URL", "FIND_LINKS", "CONFIG_FILE"):
        monkeypatch.delenv(f"UV_{name}", raising=False)


def test_the_longest_place_wins() -> None:
    """A login for a path of a host is preferred to the host's."""
    access = Access({"h.invalid": ("host", "1"), "h.invalid/deb": ("path", "2"), "h.invalid:8080": ("port", "3")})
    assert access.login("https://h.invalid/x") == ("host", "1")
    assert access.login("https://h.invalid/deb/x") == ("path", "2")
    assert access.login("https://h.invalid/debian/x") == ("host", "1")
    assert access.login("https://h.invalid:8080/x") == ("port", "3")
    assert access.login("https://evil-h.invalid/x") is None
    assert access.login("https://h.invalid.evil/x") is None


def test_a_login_does_not_show_when_it_is_printed() -> None:
    """Values with credentials hide them from logs and tracebacks."""
    assert "secret" not in repr(Access({"h.invalid": ("user", "secret")}, {"http": "http://u:secret@p.invalid"}))


def test_the_keyring_is_asked_where_uv_is_set_to_it(
    program: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user's name without a password is what the keyring has one for: by the address, or by its host."""
    program("keyring", 'test "$1 $2 $3" = "get co.invalid me" && echo "pass word"')
    monkeypatch.setenv("UV_INDEX_CO_USERNAME", "me")
    assert index_access({"co": "https://co.invalid/simple"}).login("https://co.invalid/x") == ("me", "")
    monkeypatch.setenv("UV_KEYRING_PROVIDER", "subprocess")
    assert index_access({"co": "https://co.invalid/simple"}).login("https://co.invalid/x") == ("me", "pass word")


def test_index_settings_in_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses with a login count, named ones and named variables too."""
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://a%40b:p%2Fw@one.invalid/simple")
    monkeypatch.setenv("UV_INDEX", "my-co=https://two.invalid/simple https://u@three.invalid/simple")
    monkeypatch.setenv("UV_INDEX_MY_CO_USERNAME", "me")
    monkeypatch.setenv("UV_INDEX_MY_CO_PASSWORD", "p@ss")
    expected = {"one.invalid": ("a@b", "p/w"), "two.invalid": ("me", "p@ss"), "three.invalid": ("u", "")}
    assert expected == index_access().logins


def test_index_settings_in_uvs_own_file(tmp_path: Path) -> None:
    """The user's uv.toml is read; one that is broken is uv's to complain about."""
    file = tmp_path / "config" / "uv" / "uv.toml"
    file.parent.mkdir(parents=True)
    file.write_text(
        '[[index]]\nname = "x"\nurl = "https://u:p@one.invalid/simple"\n[pip]\nindex-url = "https://v:q@two.invalid"\n'
    )
    assert index_access().logins == {"one.invalid": ("u", "p"), "two.invalid": ("v", "q")}
    file.write_text("[[")
    assert index_access().logins == {}


def test_apts_logins_and_proxies(tmp_path: Path) -> None:
    """auth.conf and its directory give logins, Acquire the proxies."""
    (tmp_path / "auth.conf").write_text("machine https://m.invalid/deb login apt password secret\n")
    (tmp_path / "auth.conf.d").mkdir()
    (tmp_path / "auth.conf.d" / "x.conf").write_text("machine n.invalid\n login u\n password v\n")
    (tmp_path / "auth.conf.d" / "ignored.bak").write_text("machine o.invalid login u password v\n")
    settings = [
        ("Dir::Etc", str(tmp_path)),
        ("Acquire::http::Proxy", "http://proxy.invalid:3128"),
        ("Acquire::HTTP::Proxy::direct.invalid", "DIRECT"),
        ("Acquire::http::Proxy-Auto-Detect", "/bin/x"),
        ("Acquire::http::Timeout", "5"),
    ]
    access = apt_access(settings)
    assert access.logins == {"m.invalid/deb": ("apt", "secret"), "n.invalid": ("u", "v")}
    assert access.proxies == {"http": "http://proxy.invalid:3128", "http://direct.invalid": ""}


def test_a_broken_auth_conf_is_told(tmp_path: Path) -> None:
    """A file that cannot be read names itself."""
    (tmp_path / "auth.conf").write_text("machine x nonsense y\n")
    with pytest.raises(JupyflakeError) as caught:
        apt_access([("Dir::Etc", str(tmp_path))])
    assert caught.value.code == "JF307"
    assert "auth.conf" in caught.value.message


def test_certificates_are_the_users_or_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    """SSL_CERT_FILE and its kin are honoured."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    assert certificates()
    monkeypatch.setenv("SSL_CERT_FILE", "/own.pem")
    assert certificates() == "/own.pem"


def test_a_private_index_is_resolved_and_downloaded_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index with a login in uv's settings serves resolver and downloads; addresses have no password."""
    expected = "Basic " + base64.b64encode(b"user:hunter2").decode()
    root = tmp_path / "www"

    def guarded(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers.get("Authorization") == expected:
            send_file(handler, root)
        else:
            send(handler, 401, b"", {"WWW-Authenticate": 'Basic realm="index"'})

    path = Index(root).add("six", "1.0")
    with serve(root) as web:
        for name in ("simple/six/", str(path.relative_to(root)), f"{path.relative_to(root)}.metadata"):
            web.special[f"/{name}"] = guarded
        monkeypatch.setenv("UV_DEFAULT_INDEX", f"http://user:hunter2@127.0.0.1:{web.port}/simple")
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
        monkeypatch.setenv("UV_NO_CONFIG", "1")
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        request = PythonRequest(name="a", python="3.13", requirements=("six",))
        (wheel,) = uv.compile_environment(request, "x86_64-linux", {}, console=Console(quiet=True)).chosen
        target = tmp_path / "out" / "six.whl"
        download = Download("six", wheel.url, target, wheel.size, wheel.sha256, index_access())
        (done,) = download_all([download], Progress())
    assert "hunter2" not in wheel.url
    assert done.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
