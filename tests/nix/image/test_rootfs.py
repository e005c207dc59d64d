"""The layer of described files: what is asked for, who wins, and what is refused."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def named(entries: list[Any]) -> dict[str, Any]:
    """Give entries by path."""
    return {entry["path"]: entry for entry in entries}


def test_forms(streamer: Any, tmp_path: Path) -> None:
    """Texts, links and directories have the owner and mode that are given, and their parents are made."""
    listed = tmp_path / "list"
    listed.write_text("é", encoding="utf-8")
    files = {
        "/home/jovyan": {"directory": True, "mode": "1777", "uid": 1000, "gid": 100},
        "/etc/passwd": {"text": "ä\n", "mode": "0664"},
        "/etc/list": {"copy": str(listed)},
        "/bin/sh": {"link": "/nix/store/x/bin/sh"},
    }
    members = {member.name: member for member in streamer.rootfs.members(streamer.rootfs.entries(files, []))}
    assert sorted(members) == ["bin", "bin/sh", "etc", "etc/list", "etc/passwd", "home", "home/jovyan"]
    home, passwd = members["home/jovyan"], members["etc/passwd"]
    assert (home.kind, home.mode, home.uid, home.gid) == (tarfile.DIRTYPE, 0o1777, 1000, 100)
    assert (passwd.mode, passwd.data, passwd.size) == (0o664, b"\xc3\xa4\n", 3)
    assert (members["etc/list"].mode, members["etc/list"].data) == (0o644, b"\xc3\xa9")
    assert members["bin/sh"].target == "/nix/store/x/bin/sh"


def test_links_of_directories(streamer: Any, store: Any) -> None:
    """Of several directories the first with a name wins, and a file that is named itself wins over all."""
    first = store.add("coreutils-9", {"bin/ls": b"", "bin/sh": b""})
    second = store.add("busybox-1", {"bin/ls": b"", "bin/wget": b""})
    files = {"/bin": {"links": [f"{first}/bin", f"{second}/bin"]}, "/bin/sh": {"link": "/bash"}}
    found = named(streamer.rootfs.entries(files, []))
    targets = {path: entry["content"] for path, entry in found.items() if entry["type"] == "link"}
    assert targets == {"/bin/ls": f"{first}/bin/ls", "/bin/sh": "/bash", "/bin/wget": f"{second}/bin/wget"}


def test_contents(streamer: Any, store: Any) -> None:
    """Packages are linked below the root file by file, as nixpkgs does it, below what is described."""
    first = store.add("a-1", {"bin/a": b"", "share/x/y": b""})
    second = store.add("b-1", {"bin/a": b"", "bin/b": b""})
    found = named(streamer.rootfs.entries({"/share/x": {"directory": True, "mode": "0700"}}, [first, second]))
    assert found["/bin/a"]["content"] == f"{first}/bin/a"
    assert found["/bin/b"]["content"] == f"{second}/bin/b"
    assert (found["/share/x"]["mode"], found["/share/x/y"]["content"]) == (0o700, f"{first}/share/x/y")


def test_what_stays_is_below(streamer: Any, store: Any) -> None:
    """Files that mention nothing of the project's own have a layer below it; a copied file is in the image once."""
    tool = store.add("tool-1", {"bin/tool": b""})
    jupyter = store.add("jupyter", {"bin/jupyter": b""})
    bill = store.add("inventory", {"sbom.json": b"bill"})
    files = {
        "/usr/bin/tool": {"link": f"{tool}/bin/tool"},
        "/usr/bin/jupyter": {"link": f"{jupyter}/bin/jupyter"},
        "/var/sbom.json": {"copy": f"{bill}/sbom.json"},
        "/tmp": {"directory": True, "mode": "1777"},
    }
    planned = streamer.planning.plan(store.spec(files=files), store.graph(), root=store.root)
    found = [(layer["paths"], [entry["path"] for entry in layer["entries"]]) for layer in planned["layers"]]
    assert found == [
        ([tool], []),
        ([], ["/tmp", "/usr", "/usr/bin", "/usr/bin/tool", "/var"]),
        ([jupyter], []),
        ([], ["/usr", "/usr/bin", "/usr/bin/jupyter", "/var", "/var/sbom.json"]),
    ]
    files["/etc/inventory"] = {"link": bill}
    planned = streamer.planning.plan(store.spec(files=files), store.graph(), root=store.root)
    assert bill in [path for layer in planned["layers"] for path in layer["paths"]]


@pytest.mark.parametrize(
    "files",
    [
        {"etc/passwd": {"text": ""}},
        {"/etc/../passwd": {"text": ""}},
        {"/etc/": {"directory": True}},
        {"/x": {}},
        {"/x": {"text": "", "link": "y"}},
        {"/x": {"link": "y"}, "/x/z": {"text": ""}},
    ],
)
def test_refused(streamer: Any, files: dict[str, Any]) -> None:
    """Relative paths, paths with steps, files of no or two forms, and files below a link are refused by name."""
    with pytest.raises(ValueError, match="/"):
        streamer.rootfs.entries(files, [])
