"""The Nix store: names, paths and adding."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyflake import process, store
from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from pathlib import Path

needs_nix = pytest.mark.skipif(shutil.which("nix-store") is None, reason="nix-store is not installed")


@pytest.fixture
def private_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a store of the test's own."""
    root = tmp_path / "nix"
    monkeypatch.setenv("NIX_STORE_DIR", str(root / "store"))
    monkeypatch.setenv("NIX_STATE_DIR", str(root / "state"))
    monkeypatch.setenv("NIX_LOG_DIR", str(root / "log"))
    monkeypatch.setenv("NIX_CONF_DIR", str(root / "etc"))
    monkeypatch.delenv("NIX_REMOTE", raising=False)
    return root / "store"


@needs_nix
def test_paths_are_those_of_nix(private_store: Path, tmp_path: Path) -> None:
    """The computed paths are the ones that nix-store gives, flat and recursive."""
    flat, tool = tmp_path / "numpy-2.0+x.whl", tmp_path / "busybox"
    flat.write_bytes(b"wheel")
    tool.write_bytes(b"\x7fELF odd length!")
    tool.chmod(0o755)
    sha256 = hashlib.sha256(b"wheel").hexdigest()
    nar = store.nar_of_executable(tool.read_bytes())
    expected = [store.flat_path(flat.name, sha256), store.recursive_path("busybox", nar)]
    assert set(expected) == store.missing(expected)
    assert expected == [*store.add_flat([flat]), *store.add_recursive([tool])]
    assert store.missing(expected) == frozenset()
    assert expected[0].startswith(str(private_store))


@needs_nix
@pytest.mark.parametrize("data", [b"", b"x", b"12345678", bytes(range(256)) * 33])
def test_archive_hash_is_that_of_nix(data: bytes, tmp_path: Path) -> None:
    """The hash of the archive of one executable is computed as `nix-store --dump` writes it."""
    file = tmp_path / "program"
    file.write_bytes(data)
    file.chmod(0o755)
    dumped = subprocess.run(
        ["nix-store", "--dump", str(file)], env=store.nix_environment(), capture_output=True, check=True
    ).stdout
    assert hashlib.sha256(dumped).hexdigest() == store.nar_of_executable(data)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("numpy-2.0-cp313-cp313-manylinux_2_28_x86_64.whl", "numpy-2.0-cp313-cp313-manylinux_2_28_x86_64.whl"),
        ("openssl_3.5~deb13_amd64.deb", "openssl_3.5-deb13_amd64.deb"),
        ("x_1%3a2_all.deb", "x_1-3a2_all.deb"),
        ("torch-2.6.0+cpu.whl", "torch-2.6.0+cpu.whl"),
        (".hidden", "_hidden"),
        ("a b é", "a-b--"),
    ],
)
def test_store_names(file: str, expected: str) -> None:
    """Characters that the store does not allow become a hyphen, a leading dot an underscore."""
    assert expected == store.store_name(file)


@given(st.binary(min_size=20, max_size=20))
def test_base32_has_the_length_that_nix_has(data: bytes) -> None:
    """Twenty bytes are 32 characters of Nix' own alphabet."""
    text = store._base32(data)  # noqa: SLF001  (the alphabet is worth a look of its own)
    assert len(text) == 32
    assert not set(text) & set("eotu")


def test_the_users_own_nix_config_comes_first_and_wins() -> None:
    """What the user sets is not set again; flakes are enabled for the call."""
    found = store.nix_environment({"NIX_CONFIG": "max-jobs = 1\nsubstitute = true\n", "HOME": "/home/x"})
    lines = found["NIX_CONFIG"].split("\n")
    assert lines[:2] == ["max-jobs = 1", "substitute = true"]
    assert "extra-experimental-features = nix-command flakes" in lines
    assert len([line for line in lines if line.startswith(("max-jobs", "substitute "))]) == 2
    assert found["HOME"] == "/home/x"


def test_defaults_of_nix_config() -> None:
    """Without a NIX_CONFIG nothing is substituted and all cores are used."""
    lines = store.nix_environment({})["NIX_CONFIG"].split("\n")
    assert {"substitute = false", "max-jobs = auto"} <= set(lines)


def test_missing_nix_is_told_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without Nix the error says how to get it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(JupyflakeError) as caught:
        store.missing(["/nix/store/00000000000000000000000000000000-x"])
    assert caught.value.code == "JF601"
    assert "nix-bin" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("stderr", "code", "word"),
    [
        ("error: writing to file: No space left on device", "JF604", "disk is full"),
        ("error: opening lock file '/nix/var/nix/db/big-lock': Permission denied", "JF607", "nix-users"),
        ("error: something else", "JF607", "something else"),
    ],
)
def test_failures_of_nix_store_are_one_line(monkeypatch: pytest.MonkeyPatch, stderr: str, code: str, word: str) -> None:
    """What nix-store prints becomes an error with a next step."""

    def fail(*_: object, **__: object) -> process.Completed:
        raise process.ProcessFailed(process.Completed(("nix-store",), 1, "", stderr))

    monkeypatch.setattr(process, "run", fail)
    with pytest.raises(JupyflakeError) as caught:
        store.missing(["/nix/store/x"])
    assert caught.value.code == code
    assert word in " ".join(caught.value.lines())


def test_many_paths_are_asked_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock of thousands of artifacts does not exceed the limit of a command line."""
    calls: list[int] = []

    def run(argv: list[str], **_: object) -> process.Completed:
        calls.append(len(argv))
        return process.Completed(tuple(argv), 0, "", "")

    monkeypatch.setattr(process, "run", run)
    store.missing(f"/nix/store/{number}" for number in range(1234))
    assert len(calls) == 3
