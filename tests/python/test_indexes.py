"""Packages with an index of their own: from there, whatever others have under their names."""

from __future__ import annotations

import base64
import shutil
from typing import TYPE_CHECKING

import pytest
from fakes import Index, Web, send, send_file, serve
from world import MANIFEST, World

from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from jupyflake.lock import Lock

pytestmark = pytest.mark.skipif(
    any(shutil.which(name) is None for name in ("apt-get", "gpg", "nix-store")),
    reason="apt, gpg or Nix is not installed",
)


@pytest.fixture
def company(tmp_path: Path, world: World) -> Iterator[Web]:
    """Serve a second index, which has a package in an older version than the first, and names of the first's."""
    world.index.add("torch", "9.0")
    world.index.add("vision", "1.0", requires=("torch",))
    with serve(tmp_path / "company") as web:
        index = Index(web.root)
        index.add("torch", "2.6.0+cpu", requires=("six",))
        index.add("six", "9.0")
        index.add("secret", "1.0")
        yield web


def text(packages: str, url: str | None, *, name: str = "company", sources: str = "torch") -> str:
    """Write a manifest with an index of that address."""
    kernel = MANIFEST.replace('packages = ["numpy", "six"]', f"packages = {packages}")
    kernel += f'\n[sources]\n{sources} = {{ index = "{name}" }}\n'
    return kernel + (f'[indexes]\n{name} = "{url}"\n' if url else "")


def versions(lock: Lock) -> dict[str, str]:
    """Give the versions of the kernel's packages."""
    return {wheel.name: wheel.version for wheel in lock.wheels if "py" in wheel.use}


@pytest.mark.parametrize("packages", ['["torch"]', '["torch>=2"]', '["vision"]', '["vision", "torch"]'])
def test_names_are_not_confused(world: World, company: Web, packages: str) -> None:
    """Whoever asks gets it from its index, though another has a higher version; nothing else comes from there."""
    locked = world.lock(text(packages, f"{company.url}/simple"))
    found = versions(locked.lock)
    assert (found["torch"], found["six"]) == ("2.6.0+cpu", "1.0")
    [line] = [wheel for wheel in locked.lock.wheels if wheel.name == "torch"]
    # The index has %2B in its links, which is no part of the file's name (pyproject-nix/uv2nix #56).
    assert line.file == "torch-2.6.0+cpu-py3-none-any.whl"
    assert line.source is not None
    assert line.source.name == "company"  # type: ignore[union-attr]
    assert line.path is None
    assert company.url not in locked.text
    world.fetch(locked.lock)
    assert not [path for path in world.web.paths() if "torch" in path]


def test_an_index_that_nobody_needs_brings_nothing(world: World, company: Web) -> None:
    """A source is no requirement."""
    locked = world.lock(text('["six"]', f"{company.url}/simple"))
    assert "torch" not in versions(locked.lock)
    assert company.paths() == []


def test_the_machine_has_the_address(world: World, company: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifest's name is enough where uv's settings have the index; it then serves the named packages only."""
    monkeypatch.setenv("UV_INDEX", f"company={company.url}/simple")
    locked = world.lock(text('["vision"]', None))
    assert (versions(locked.lock)["torch"], versions(locked.lock)["six"]) == ("2.6.0+cpu", "1.0")
    world.fetch(locked.lock)


def test_the_machine_has_the_address_in_a_file(
    world: World, company: Web, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An index that uv.toml has for all names serves the named packages only, too; its other settings hold."""
    monkeypatch.delenv("UV_NO_CONFIG")
    monkeypatch.delenv("UV_DEFAULT_INDEX")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "config/uv").mkdir(parents=True)
    default = f'[[index]]\nurl = "{world.web.url}/simple"\ndefault = true\n'
    own = f'[[index]]\nname = "company"\nurl = "{company.url}/simple"\n'
    (tmp_path / "config/uv/uv.toml").write_text(f"{own}{default}", encoding="utf-8")
    locked = world.lock(text('["vision"]', None))
    assert (versions(locked.lock)["torch"], versions(locked.lock)["six"]) == ("2.6.0+cpu", "1.0")
    world.fetch(locked.lock)
    with pytest.raises(JupyflakeError, match="no package secret"):
        world.lock(text('["secret"]', None))


def test_a_page_without_hashes(world: World, tmp_path: Path) -> None:
    """The hash is computed while locking (pyproject-nix/uv2nix #176)."""
    with serve(tmp_path / "plain") as web:
        index = Index(web.root, hashes=False)
        index.add("torch", "2.6.0+cpu")
        locked = world.lock(text('["torch"]', f"{web.url}/simple"))
        [line] = [wheel for wheel in locked.lock.wheels if wheel.name == "torch"]
        assert len(line.sha256) == 64
        assert line.size > 0
        world.fetch(locked.lock)


def test_an_index_that_asks_who_is_there(world: World, company: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """The login is the machine's, by the index's name; without one it is told where it goes."""
    expected = "Basic " + base64.b64encode(b"user:hunter2").decode()

    def guarded(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers.get("Authorization") == expected:
            send_file(handler, company.root)
        else:
            send(handler, 401, b"", {"WWW-Authenticate": 'Basic realm="company"'})

    for path in company.root.rglob("*"):
        if path.is_file() or path.name == "torch":
            relative = path.relative_to(company.root).as_posix()
            for shown in (f"/{relative}", f"/{relative}/", f"/{relative.replace('+', '%2B')}"):
                company.special[shown] = guarded
    with pytest.raises(JupyflakeError) as refused:
        world.lock(text('["torch"]', f"{company.url}/simple"))
    assert refused.value.code == "JF209"
    assert "netrc" in (refused.value.hint or "")
    monkeypatch.setenv("UV_INDEX_COMPANY_USERNAME", "user")
    monkeypatch.setenv("UV_INDEX_COMPANY_PASSWORD", "hunter2")
    locked = world.lock(text('["torch"]', f"{company.url}/simple"))
    assert versions(locked.lock)["torch"] == "2.6.0+cpu"
    world.fetch(locked.lock)
    assert "hunter2" not in locked.text + world.stderr.getvalue()


@pytest.mark.parametrize(
    ("packages", "name", "code", "words", "hint"),
    [
        ('["torch>9"]', "company", "JF206", "torch", ""),
        ('["secret"]', "company", "JF205", "no package secret", 'secret = { index = "company" }'),
        ('["torch"]', "compnay", "JF297", 'have an index "compnay"; there are company', 'index = "company"'),
    ],
)
def test_what_an_index_has_not(
    world: World, company: Web, packages: str, name: str, *, code: str, words: str, hint: str
) -> None:
    """A version that only another index has is not taken; a name that only a named index has is told."""
    manifest = text(packages, f"{company.url}/simple").replace('index = "company"', f'index = "{name}"')
    with pytest.raises(JupyflakeError) as caught:
        world.lock(manifest)
    assert caught.value.code == code
    assert words in caught.value.message
    assert hint in (caught.value.hint or "")
    assert "jupyflake-request" not in caught.value.message
    assert not (world.directory / "jupyter.lock").exists()
