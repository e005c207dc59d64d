"""The programs that write images, loaded from where Nix takes them, and small stores for them."""

from __future__ import annotations

import importlib
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3]
STREAMER = ROOT / "nix" / "debian" / "docker-tools" / "streamer"
MODULES = (
    "archive",
    "blobs",
    "digests",
    "layers",
    "oci",
    "planning",
    "registry",
    "rootfs",
    "sinks",
    "tarball",
    "workers",
)


@pytest.fixture(scope="session")
def streamer() -> Iterator[Any]:
    """Load the streamer's modules; their plain names are taken back at the end."""
    sys.path.insert(0, str(STREAMER))
    try:
        modules = {name: importlib.import_module(name) for name in MODULES}
        yield SimpleNamespace(directory=str(STREAMER), **modules)
    finally:
        sys.path.remove(str(STREAMER))
        for name in MODULES:
            sys.modules.pop(name, None)


@dataclass
class Store:
    """A directory that looks like a Nix store, and the text by which Nix describes a closure of it."""

    directory: Path
    paths: list[str] = field(default_factory=list)

    def add(self, name: str, files: dict[str, bytes | Path]) -> str:
        """Add a store path with these files; a `Path` is a link's target."""
        # The hash is the same for the same name, and so is the order of paths.
        path = self.directory / f"{len(self.paths):032}-{name}"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        for file, content in files.items():
            target = path / file
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Path):
                target.symlink_to(content)
            else:
                target.write_bytes(content)
        self.paths.append(str(path))
        return str(path)

    def graph(self) -> str:
        """Write what `exportReferencesGraph` writes, with the specification as root."""
        return "".join(f"{path}\n\n0\n" for path in [*self.paths, self.root])

    @property
    def root(self) -> str:
        """The path of the specification."""
        return str(self.directory / ("9" * 32 + "-spec.json"))

    def spec(self, **changes: Any) -> dict[str, Any]:
        """Write the specification of an image of all paths."""
        return {
            "architecture": "amd64",
            "config": {"Cmd": ["/bin/sh"]},
            "contents": [],
            "created": "1970-01-01T00:00:01Z",
            "files": {},
            "maxLayers": 100,
            "name": "demo",
            "storeDir": str(self.directory),
            "tag": "1.0",
            **changes,
        }


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Make an empty store."""
    return Store(tmp_path / "nix" / "store")
