"""What the machine knows and must not tell: passwords, tokens and logins reach nothing that is kept or sent."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from fakes import Index, send, send_file, serve
from support import cli, environment, run

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from machines import Small

# Each of its own, so that what is found says where it comes from.
BY_VARIABLE, BY_NETRC, TOKEN = "kanarialintu-muuttuja", "kanarialintu-netrc", "kanarialintu-tunnus"


def login(password: str) -> str:
    """Give what is sent to log in."""
    return f"Basic {base64.b64encode(f'ada:{password}'.encode()).decode()}"


class Guarded(dict[str, Any]):
    """Answers for every path of an index, to those who log in; it remembers by which login."""

    def __init__(self, root: Path) -> None:
        """Guard a directory."""
        super().__init__()
        self._root, self.seen = root, set[str]()

    def get(self, _: str, __: Any = None) -> Any:
        """Answer any request."""
        return self._answer

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        given = handler.headers.get("Authorization") or ""
        if given not in (login(BY_VARIABLE), login(BY_NETRC)):
            send(handler, 401, b"", {"WWW-Authenticate": 'Basic realm="index"'})
            return
        self.seen.add(given)
        send_file(handler, self._root)


@pytest.mark.network
def test_secrets_are_nowhere(small: Small, tmp_path: Path) -> None:
    """Logins of private indexes, by uv's variables or netrc, and tokens of the environment are nowhere afterwards.

    Not in the lock, the derivations, a layer, the image's settings and history, the kept plans, nor in what is printed.
    """
    root = tmp_path / "www"
    packages = ["secretive-a", "secretive-b"]
    for package in packages:
        Index(root / package).add(package, "1.0", files={f"{package.replace('-', '_')}.py": b"x = 1\n"})
    project = small.changed(tmp_path / "project", "secretive")
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine localhost login ada password {BY_NETRC}\n", encoding="utf-8")
    netrc.chmod(0o600)
    said = ""
    with serve(root / packages[0]) as first, serve(root / packages[1]) as second:
        first.special, second.special = guards = Guarded(first.root), Guarded(second.root)
        variables = {
            **dict.fromkeys(("JUPYTER_TOKEN", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "UV_PUBLISH_TOKEN"), TOKEN),
            "NETRC": str(netrc),
            "NO_PROXY": "127.0.0.1,localhost",
            "UV_CACHE_DIR": str(tmp_path / "uv"),
            "UV_INDEX": f"a={first.url}/simple b=http://localhost:{second.port}/simple",
            "UV_INDEX_A_PASSWORD": BY_VARIABLE,
            "UV_INDEX_A_USERNAME": "ada",
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
        }
        env = environment(**variables)
        for words in (
            ("add", "--kernel", "py313", *packages),
            ("fetch",),
            ("image", "push", "oci:image"),
            ("build", "imageSource"),
        ):
            said += cli(*words, "--verbose", cwd=project, env=env).text
    assert [guard.seen for guard in guards] == [{login(BY_VARIABLE)}, {login(BY_NETRC)}]
    told = cli("image", "inspect", "--json", cwd=project, env=env).stdout
    inside = [part["name"] for part in json.loads(told)["packages"]]
    assert [f"{package}-1.0" in inside for package in packages] == [True, True]
    (tmp_path / "said").write_text(said + told, encoding="utf-8")
    source = json.loads(cli("build", "imageSource", "--json", cwd=project, env=env).stdout)["path"]
    (derivation,) = run("nix-store", "--query", "--deriver", source).stdout.split()
    derivations = run("nix-store", "--query", "--requisites", derivation).stdout.split()
    places: list[str | Path] = [
        project,
        tmp_path / "said",
        tmp_path / "cache",
        *(path for path in derivations if path.endswith(".drv")),
    ]
    secrets = ["kanarialintu", *(login(each).partition(" ")[2] for each in (BY_VARIABLE, BY_NETRC))]
    patterns = [word for secret in secrets for word in ("-e", secret)]
    assert run("grep", "-rlaF", *patterns, *places, check=False).stdout == ""
    # Whoever reads the lock has indexes of their own.
    lock = (project / "jupyter.lock").read_text(encoding="utf-8")
    assert [word for word in ("127.0.0.1", "localhost", str(tmp_path)) if word in lock] == []
    assert run("grep", "-rlaF", "-e", tmp_path, project / "image", check=False).stdout == ""
    assert any((project / "image" / "blobs" / "sha256").iterdir())
