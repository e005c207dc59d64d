"""How this machine reaches its index and its mirror: credentials, proxies and certificates that uv and apt have."""

from __future__ import annotations

import netrc
import os
import shutil
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from jupyflake import process
from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# Where systems keep the certificates that their administrators trust.
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


@dataclass(frozen=True)
class Access:
    """Credentials by host (and port, and possibly the start of a path), and proxies by scheme or host."""

    logins: Mapping[str, tuple[str, str]] = field(default_factory=dict, repr=False)
    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)

    def login(self, url: str) -> tuple[str, str] | None:
        """Give the credentials for an address; the longest match wins."""
        parts = urlsplit(url)
        place = f"{parts.netloc.rpartition('@')[2]}{parts.path}"
        fitting = [key for key in self.logins if place == key or place.startswith((f"{key}/", f"{key}:"))]
        return self.logins[max(fitting, key=len)] if fitting else None


def certificates() -> str | bool:
    """Give the certificates to trust: the user's choice, else the system's."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        if os.environ.get(name):
            return os.environ[name]
    return next((path for path in _BUNDLES if Path(path).is_file()), True)


def index_access(indexes: Mapping[str, str] | None = None) -> Access:
    """Take the credentials in uv's index settings; requests itself reads ~/.netrc and the proxy variables.

    `indexes` are others that have a name and an address.
    """
    logins: dict[str, tuple[str, str]] = {}
    others = [_with_named_login(name, url) for name, url in (indexes or {}).items()]
    for url in (*_index_urls(), *_configured_urls(), *others):
        parts = urlsplit(url)
        if parts.username:
            host = parts.netloc.rpartition("@")[2]
            user = unquote(parts.username)
            logins[host] = (user, unquote(parts.password) if parts.password else _from_keyring(url, host, user))
    return Access(logins)


def _from_keyring(url: str, host: str, user: str) -> str:
    """Ask the keyring for a password, where uv is set to do so: for the address, then for its host."""
    if os.environ.get("UV_KEYRING_PROVIDER") != "subprocess" or shutil.which("keyring") is None:
        return ""
    scheme, _, place = url.partition("://")
    for service in (f"{scheme}://{place.rpartition('@')[2]}", host):
        answer = process.run(["keyring", "get", service, user], check=False)
        if answer.returncode == 0 and answer.stdout.strip():
            return answer.stdout.strip("\r\n")
    return ""


def apt_access(settings: Iterable[tuple[str, str]]) -> Access:
    """Take apt's proxies and the credentials in its auth.conf files."""
    proxies = {}
    directory = {"dir::etc": "etc/apt", "dir::etc::netrc": "auth.conf", "dir::etc::netrcparts": "auth.conf.d"}
    for key, value in settings:
        name = key.lower()
        scheme, _, host = name.removeprefix("acquire::").partition("::proxy")
        if name.startswith("acquire::http") and "::proxy" in name and not host.startswith("-") and value:
            target = f"{scheme}://{host.removeprefix('::')}" if host else scheme
            # An empty one keeps requests from looking at the variables.
            proxies[target] = "" if value == "DIRECT" else value
        elif name in directory:
            directory[name] = value
    etc = Path("/") / directory["dir::etc"]
    files = [etc / directory["dir::etc::netrc"]]
    parts = etc / directory["dir::etc::netrcparts"]
    if parts.is_dir():
        files += sorted(parts.glob("*.conf"))
    logins: dict[str, tuple[str, str]] = {}
    for file in files:
        logins.update(_read_netrc(file))
    return Access(logins, proxies)


def _read_netrc(file: Path) -> dict[str, tuple[str, str]]:
    if not (file.is_file() and os.access(file, os.R_OK)):
        return {}
    try:
        hosts = netrc.netrc(str(file)).hosts
    except netrc.NetrcParseError as error:
        raise JupyflakeError(
            "JF307",
            f"{file} cannot be read: {error.msg}",
            hint="write it as `machine HOST login NAME password WORD`",
        ) from error
    # A machine may carry a scheme ("https://host/path").
    return {host.partition("://")[2] or host: (login, password) for host, (login, _, password) in hosts.items()}


def named_indexes() -> dict[str, str]:
    """Give the addresses of the indexes that uv's settings have a name for."""
    found: dict[str, str] = {}
    for data in configurations():
        for index in data.get("index", []):
            if index.get("name") and index.get("url"):
                found.setdefault(index["name"], index["url"])
    for word in _index_words():
        name, separator, url = word.partition("=")
        if separator and "://" not in name:
            found[name] = url
    return found


def _index_words() -> list[str]:
    names = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS")
    return [word for name in names for word in os.environ.get(name, "").replace(",", " ").split()]


def _index_urls() -> list[str]:
    urls = []
    for word in _index_words():
        name, separator, url = word.partition("=")
        # An index may be named: `company=https://…`.
        named = bool(separator) and "://" not in name
        urls.append(_with_named_login(name, url) if named else word)
    return urls


def _configured_urls() -> list[str]:
    urls = []
    for data in configurations():
        pip = data.get("pip", {})
        urls += [_with_named_login(index.get("name", ""), index.get("url", "")) for index in data.get("index", [])]
        urls += [table[key] for table in (data, pip) for key in ("index-url",) if key in table]
        urls += [url for table in (data, pip) for url in table.get("extra-index-url", [])]
    return urls


def configurations() -> Iterator[dict[str, Any]]:
    """Read uv's own settings on this machine, those that win first."""
    if os.environ.get("UV_NO_CONFIG", "").lower() not in {"", "0", "false"}:
        return
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    own = os.environ.get("UV_CONFIG_FILE")
    files = [Path(own)] if own else [Path(home) / "uv" / "uv.toml", Path("/etc/uv/uv.toml")]
    for file in files:
        try:
            yield tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError):
            # uv itself tells what is wrong with its file.
            continue


def _with_named_login(name: str, url: str) -> str:
    variable = "UV_INDEX_" + "".join(c if c.isalnum() else "_" for c in name).upper()
    user = os.environ.get(f"{variable}_USERNAME")
    if not name or not user:
        return url
    from urllib.parse import quote  # noqa: PLC0415  (one use)

    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    login = f"{quote(user, safe='')}:{quote(os.environ.get(f'{variable}_PASSWORD', ''), safe='')}"
    return parts._replace(netloc=f"{login}@{host}").geturl()
