"""Ask a build backend for the metadata of the package in the current directory (PEP 517).

    python metadata_hook.py BUILD_SYSTEM OUT

BUILD_SYSTEM is the package's own table, as JSON; OUT gets the text of METADATA. A backend without the hook for
metadata builds the wheel, which has the same.
"""

import importlib
import json
import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

_LEGACY = "setuptools.build_meta:__legacy__"


def main(system_text: str, out: str) -> None:
    """Write what the backend says."""
    system = json.loads(system_text)
    sys.path[:0] = [os.path.abspath(path) for path in system.get("backend-path", ())]  # noqa: PTH100  (no Path of `sys.path`)
    # setuptools looks at the arguments of its caller.
    sys.argv = ["setup.py"]
    name, _, attributes = system.get("build-backend", _LEGACY).partition(":")
    backend = importlib.import_module(name)
    for attribute in filter(None, attributes.split(".")):
        backend = getattr(backend, attribute)
    with tempfile.TemporaryDirectory() as directory:
        if hasattr(backend, "prepare_metadata_for_build_wheel"):
            info = backend.prepare_metadata_for_build_wheel(directory)
            shutil.copy(Path(directory) / info / "METADATA", out)
            return
        wheel = Path(directory) / backend.build_wheel(directory)
        with zipfile.ZipFile(wheel) as archive:
            member = next(each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
            Path(out).write_bytes(archive.read(member))


if __name__ == "__main__":
    main(*sys.argv[1:])
