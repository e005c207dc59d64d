"""Binary caches for real: nginx serves one on the loopback, and machines with an empty store take from it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from machines import Machine, machine, nginx
from support import free_port, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from machines import Small

pytestmark = [pytest.mark.network, pytest.mark.timeout(600)]


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Machine]:
    """Make a machine that has nothing."""
    with machine(tmp_path / "fresh") as made:
        yield made


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, str]]:
    """Make two pairs of keys of the same name, as an impostor would: the file of the secret one, and the public one."""
    directory = tmp_path_factory.mktemp("keys")
    made = {}
    for name in ("team", "impostor"):
        file = directory / name
        public = run("nix", "key", "generate-secret", "--key-name", "team-1").stdout
        file.write_text(public, encoding="utf-8")
        made[name] = (file, run("nix", "key", "convert-secret-to-public", stdin=public).stdout)
    return made


@pytest.fixture(scope="module")
def unsigned(small: Small, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill a cache without a signature."""
    directory = tmp_path_factory.mktemp("unsigned")
    answer = small.cli("cache", "push", f"file://{directory}?compression=none")
    assert "warning: what was copied is not signed" in answer.stderr
    return directory


@pytest.fixture(scope="module")
def signed(small: Small, keys: dict[str, tuple[Path, str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill a cache, signed by the team's key."""
    directory = tmp_path_factory.mktemp("signed")
    answer = small.cli("cache", "push", f"file://{directory}?compression=none", "--secret-key", keys["team"][0])
    assert f"signed by {keys['team'][1]}" in answer.stderr
    return directory


def refused(user: Machine, small: Small, code: str, says: str) -> None:
    """Build, which must fail in one line with a next step, and leave nothing of the environment in the store."""
    answer = user.cli("build", "--locked", cwd=small.directory, check=False)
    assert answer.code == 1, answer.text
    errors = [line for line in answer.stderr.splitlines() if line.startswith("error")]
    assert len(errors) == 1, answer.text
    assert errors[0].startswith(f"error[{code}]: "), answer.text
    assert says in errors[0], answer.text
    assert "  try: " in answer.stderr
    assert not user.has(small.shell)


def test_empty_store_gets_the_whole_environment(
    small: Small, signed: Path, keys: dict[str, tuple[Path, str]], fresh: Machine, tmp_path: Path
) -> None:
    """With a signed cache nothing is fetched from the indexes and nothing is built; the environment then runs."""
    with nginx(signed, tmp_path / "nginx") as url:
        answer = fresh.cli("cache", "use", url, "--public-key", keys["team"][1])
        assert f"using {url}, signed by team-1" in answer.stderr
        answer = fresh.cli("build", "--locked", "--json", "-v", cwd=small.directory)
        assert json.loads(answer.stdout)["path"] == str(small.shell)
        assert "building " not in answer.stderr
    assert fresh.built() == set()
    assert {name for name in fresh.names() if name.endswith((".deb", ".whl", "-busybox", "-patchelf"))} == set()
    assert not (fresh.home / ".cache" / "jupyflake" / "downloads").exists()
    # The cache has gone; what came from it stays.
    words = ("python3", "-c", "import ipykernel, sys; print(sys.prefix)")
    shown = fresh.cli("develop", "--offline", "--", "jupyter", "kernelspec", "list", "--json", cwd=small.directory)
    specification = json.loads(shown.stdout)["kernelspecs"]["py313"]
    answer = fresh.run(specification["spec"]["argv"][0], *words[1:], cwd=small.directory)
    assert answer.stdout.startswith("/nix/store/")


def test_unsigned_cache_is_refused(
    small: Small, unsigned: Path, keys: dict[str, tuple[Path, str]], fresh: Machine, tmp_path: Path
) -> None:
    """What is not signed is not taken, and the error says so."""
    with nginx(unsigned, tmp_path / "nginx") as url:
        fresh.cli("cache", "use", url, "--public-key", keys["team"][1])
        refused(fresh, small, "JF412", "is not signed by a key that is trusted here")


def test_wrongly_signed_cache_is_refused(
    small: Small, signed: Path, keys: dict[str, tuple[Path, str]], fresh: Machine, tmp_path: Path
) -> None:
    """A signature by another key of the same name is not taken; without the cache the way is free again."""
    with nginx(signed, tmp_path / "nginx") as url:
        fresh.cli("cache", "use", url, "--public-key", keys["impostor"][1])
        refused(fresh, small, "JF412", "is not signed by a key that is trusted here")
        tried = fresh.built()
        # The right key helps at once: what was looked up before is not remembered.
        fresh.cli("cache", "use", url, "--public-key", keys["team"][1])
        fresh.cli("build", "--locked", "environment-py313", cwd=small.directory)
    assert fresh.built() == tried


def test_changed_content_is_refused(
    small: Small, signed: Path, keys: dict[str, tuple[Path, str]], fresh: Machine, tmp_path: Path
) -> None:
    """Content that is not what was signed is not taken."""
    copy = tmp_path / "copy"
    shutil.copytree(signed, copy)
    name = small.shell.name.split("-")[0]
    lines = (copy / f"{name}.narinfo").read_text(encoding="utf-8").splitlines()
    archive = copy / next(line.removeprefix("URL: ") for line in lines if line.startswith("URL: "))
    content = bytearray(archive.read_bytes())
    content[-100] ^= 1
    archive.write_bytes(content)
    with nginx(copy, tmp_path / "nginx") as url:
        fresh.cli("cache", "use", url, "--public-key", keys["team"][1])
        refused(fresh, small, "JF413", "as it was announced")


def test_signing_afterwards(
    small: Small, unsigned: Path, keys: dict[str, tuple[Path, str]], fresh: Machine, tmp_path: Path
) -> None:
    """A push with a key signs what was in the cache before without one."""
    copy = tmp_path / "copy"
    shutil.copytree(unsigned, copy)
    small.cli("cache", "push", f"file://{copy}", "environment-py313", "--secret-key", keys["team"][0])
    fresh.cli("cache", "use", f"file://{copy}", "--public-key", keys["team"][1])
    fresh.cli("build", "--locked", "environment-py313", cwd=small.directory)
    assert fresh.built() == set()


def test_cache_with_artifacts_replaces_mirror_and_index(
    small: Small, keys: dict[str, tuple[Path, str]], fresh: Machine, tmp_path: Path
) -> None:
    """With --artifacts a machine without a network builds what the cache does not have from what it has."""
    cache = tmp_path / "cache"
    small.cli("cache", "push", f"file://{cache}?compression=none", "--artifacts", "--secret-key", keys["team"][0])
    fresh.cli("cache", "use", f"file://{cache}", "--public-key", keys["team"][1])
    project = small.changed(tmp_path / "changed", "other")
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "UV_DEFAULT_INDEX"), "http://127.0.0.1:9")
    fresh.cli("build", "--frozen", "kernel-py313", cwd=project, env=nowhere)
    assert "kernel-py313" in {name.removesuffix(".drv") for name in fresh.built()}


def test_cache_that_is_down_is_left_out(
    small: Small, keys: dict[str, tuple[Path, str]], fresh: Machine, tmp_path: Path
) -> None:
    """A cache that does not answer is told in one warning, and everything is built here."""
    fresh.give(small.inputs())
    url = f"http://127.0.0.1:{free_port()}"
    answer = fresh.cli("cache", "use", url, "--public-key", keys["team"][1], check=False)
    assert answer.stderr.startswith(f"error[JF411]: the cache {url} cannot be used: ")
    fresh.cli("cache", "use", "--offline", url, "--public-key", keys["team"][1])
    project = small.changed(tmp_path / "changed", "other")
    answer = fresh.cli("build", "--frozen", "kernel-py313", cwd=project)
    assert answer.stderr.count(f"warning: the cache {url} is left out: ") == 1
    # Without a network it is not even asked.
    answer = fresh.cli("build", "--frozen", "--offline", "config", cwd=project)
    assert "left out" not in answer.stderr


def test_cache_with_a_password(
    small: Small, signed: Path, keys: dict[str, tuple[Path, str]], fresh: Machine, tmp_path: Path
) -> None:
    """Credentials come from ~/.netrc; without them the error says so, and a password in the address is refused."""
    with nginx(signed, tmp_path / "nginx", login="me:secret") as url:
        key = ("--public-key", keys["team"][1])
        answer = fresh.cli("cache", "use", url.replace("//", "//me:secret@"), *key, check=False)
        assert answer.code == 2
        assert "~/.netrc" in answer.stderr
        answer = fresh.cli("cache", "use", url, *key, check=False)
        assert "or it wants other credentials" in answer.stderr
        assert "  try: check the address; credentials for its host go into ~/.netrc" in answer.stderr
        (fresh.home / ".netrc").write_text("machine 127.0.0.1 login me password secret\n", encoding="utf-8")
        fresh.cli("cache", "use", url, *key)
        fresh.cli("build", "--locked", "environment-py313", cwd=small.directory)
    assert fresh.built() == set()


def test_server_that_takes_no_uploads(small: Small, signed: Path, tmp_path: Path) -> None:
    """A push to a server that only shows files says where to push instead."""
    other = small.changed(tmp_path / "changed", "uploaded")
    with nginx(signed, tmp_path / "nginx") as url:
        answer = small.cli("cache", "push", "--frozen", url, "kernel-py313", cwd=other, check=False)
    assert answer.code == 1
    assert f"error[JF411]: the cache {url} cannot be used: " in answer.stderr
    assert "file:///" in answer.stderr
