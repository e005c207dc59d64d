"""The streamer: from store paths to an archive, the same bytes each time, nothing left out."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

LARGE = bytes(2 << 20)


def archive(streamer: Any, store: Any, target: Path) -> tarfile.TarFile:
    """Build the archive of the whole store and open it."""
    streamer.archive.build(store.spec(), store.graph(), str(target), root=store.root)
    return tarfile.open(fileobj=io.BytesIO(target.read_bytes()))


def layers(opened: tarfile.TarFile) -> list[tarfile.TarFile]:
    """Open the layers in the manifest's order; each has the digest that its name says."""
    manifest = json.loads(read(opened, "manifest.json"))
    contents = [read(opened, name) for name in manifest[0]["Layers"]]
    for name, content in zip(manifest[0]["Layers"], contents, strict=True):
        assert name == f"{hashlib.sha256(content).hexdigest()}.tar"
    return [tarfile.open(fileobj=io.BytesIO(content)) for content in contents]


def read(opened: tarfile.TarFile, name: str) -> bytes:
    """Read a member."""
    file = opened.extractfile(name)
    assert file is not None
    return file.read()


def test_archive_is_whole(streamer: Any, store: Any, tmp_path: Path) -> None:
    """Manifest, configuration and layers agree, and each store path is in one layer with all its files."""
    path = store.add("numpy-2.4.0", {"site-packages/numpy/core.py": b"x = 1\n", "site-packages/äö": b""})
    other = store.add("tool-1", {"bin/tool": LARGE, "bin/link": Path("tool")})
    planned = streamer.planning.plan(store.spec(), store.graph(), root=store.root)
    opened = archive(streamer, store, tmp_path / "a.tar")
    manifest = json.loads(read(opened, "manifest.json"))[0]
    config = read(opened, manifest["Config"])
    assert manifest["RepoTags"] == ["demo:1.0"]
    assert manifest["Config"] == f"{hashlib.sha256(config).hexdigest()}.json" == f"{planned['id']}.json"
    diffs = [name.removesuffix(".tar") for name in manifest["Layers"]]
    assert json.loads(config)["rootfs"]["diff_ids"] == [f"sha256:{diff}" for diff in diffs]
    members = [member.name for layer in layers(opened) for member in layer.getmembers()]
    for expected in (f"{path}/site-packages/numpy/core.py", f"{path}/site-packages/äö", f"{other}/bin/link"):
        assert members.count(expected.lstrip("/")) == 1
    assert not [name for name in members if "spec.json" in name]


def test_labels_can_have_the_digest_of_a_file(streamer: Any, store: Any) -> None:
    """Who finds the image by its labels can tell whether the file beside it is the same."""
    files = {"/bill.json": {"text": "bill"}}
    spec = store.spec(files=files, config={"Labels": {"a": "b"}}, digestLabels={"bill": "/bill.json"})
    planned = streamer.planning.plan(spec, store.graph(), root=store.root)
    digest = hashlib.sha256(b"bill").hexdigest()
    assert json.loads(planned["config"])["config"]["Labels"] == {"a": "b", "bill": f"sha256:{digest}"}


def test_every_layer_can_be_unpacked_alone(streamer: Any, store: Any, tmp_path: Path) -> None:
    """Each layer begins with the store's directories, readable for all; everything belongs to root and has one time."""
    store.add("a-1", {"bin/a": LARGE})
    store.add("b-1", {"bin/b": b"b"})
    for layer in layers(archive(streamer, store, tmp_path / "a.tar")):
        members = layer.getmembers()
        assert members[0].name == str(store.directory).strip("/").split("/")[0]
        assert {(member.uid, member.gid, member.mtime, member.uname) for member in members} == {(0, 0, 1, "")}
        modes = {member.name: member.mode for member in members}
        assert modes[str(store.directory).lstrip("/")] == 0o755


def test_modes_and_links(streamer: Any, store: Any, tmp_path: Path) -> None:
    """Only the executable bit of a file counts, and files that share an inode are files of their own."""
    path = Path(store.add("a-1", {"run": b"x", "data": b"y", "link": Path("run")}))
    (path / "run").chmod(0o700)
    (path / "data").chmod(0o666)
    os.link(path / "data", path / "same")
    layer = layers(archive(streamer, store, tmp_path / "a.tar"))[0]
    found = {Path(member.name).name: member for member in layer.getmembers()}
    assert (found["run"].mode, found["data"].mode, found["same"].mode) == (0o555, 0o444, 0o444)
    assert found["same"].isfile()
    assert found["link"].linkname == "run"


NAMES = {"long": "x" * 90, "deep": "d/" * 60 + "f", "longest": "y" * 240, "umlauts": "ä" * 100, "newline": "n\nl"}


@pytest.mark.parametrize("case", NAMES)
def test_any_name(streamer: Any, store: Any, tmp_path: Path, case: str) -> None:
    """Long and unusual names, of files and of links' targets, come out as they went in."""
    name = NAMES[case]
    path = store.add("a-1", {name: b"x", "link": Path("/" + "t" * 300)})
    layer = layers(archive(streamer, store, tmp_path / "a.tar"))[0]
    assert f"{path}/{name}".lstrip("/") in layer.getnames()
    assert layer.getmember(f"{path}/link".lstrip("/")).linkname == "/" + "t" * 300


def test_header_is_pythons(streamer: Any) -> None:
    """The quick header has the bytes of Python's own tarfile."""
    for kind, target in ((tarfile.REGTYPE, ""), (tarfile.DIRTYPE, ""), (tarfile.SYMTYPE, "../t")):
        member = streamer.tarball.Member("nix/store/x", kind, 0o555, size=0, target=target, uid=1000, gid=100)
        info = tarfile.TarInfo("nix/store/x")
        info.type, info.mode, info.linkname, info.uid, info.gid, info.mtime = kind, 0o555, target, 1000, 100, 1
        assert streamer.tarball.header(member) == info.tobuf(tarfile.USTAR_FORMAT)


@pytest.mark.parametrize("length", [101, 488, 489, 490, 491, 492, 493, 500, 979, 1200])
def test_records_count_themselves(streamer: Any, length: int) -> None:
    """Names of any length, around those where the record's own length gets a digit more, are read as they are."""
    member = streamer.tarball.Member("n" * length, tarfile.SYMTYPE, 0o777, target="t" * length)
    header = streamer.tarball.header(member)
    assert len(header) == streamer.tarball.header_size(member)
    with tarfile.open(fileobj=io.BytesIO(header + streamer.tarball.END)) as opened:
        found = opened.getmembers()
    assert [(item.name, item.linkname, item.mode) for item in found] == [("n" * length, "t" * length, 0o777)]


def test_huge_file(streamer: Any) -> None:
    """A size that doesn't fit into a plain header is read as it is."""
    header = streamer.tarball.header(streamer.tarball.Member("x", tarfile.REGTYPE, 0o444, size=1 << 34))
    assert tarfile.TarInfo.frombuf(header[-512:], "ascii", "strict").size == 0o77777777777
    assert b" size=17179869184\n" in header


def test_same_input_same_bytes(streamer: Any, store: Any, tmp_path: Path) -> None:
    """Planning and writing twice, to a file or to a pipe, gives the same bytes; times of files don't count."""
    path = store.add("a-1", {"bin/a": LARGE, "share/a": b"a"})
    store.add("b-1", {"bin/b": b"b"})
    first = streamer.planning.plan(store.spec(), store.graph(), root=store.root)
    os.utime(f"{path}/share/a", (0, 0))
    second = streamer.planning.plan(store.spec(), store.graph(), root=store.root)
    assert first == second
    streamer.archive.build(store.spec(), store.graph(), str(tmp_path / "file.tar"), root=store.root)
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(first), encoding="utf-8")
    piped = subprocess.run([sys.executable, "-I", streamer.directory, "write", plan], capture_output=True, check=True)
    assert piped.stdout == (tmp_path / "file.tar").read_bytes()


def test_summary_and_progress(streamer: Any, store: Any, tmp_path: Path) -> None:
    """A caller learns the image's id and size without the archive, and how far the writing is."""
    store.add("a-1", {"bin/a": LARGE})
    planned = streamer.planning.plan(store.spec(), store.graph(), root=store.root)
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(planned), encoding="utf-8")
    words = [sys.executable, "-I", streamer.directory, "write", str(plan)]
    summary = json.loads(subprocess.run([*words, "--summary"], capture_output=True, check=True).stdout)
    assert (summary["id"], summary["reference"]) == (planned["id"], "demo:1.0")
    said = subprocess.run([*words, "--progress"], capture_output=True, check=True).stderr.decode().splitlines()
    assert all(line.startswith("written ") for line in said)
    assert int(said[-1].split()[1]) <= summary["size"] + 10 * 1024


def test_changed_store_is_noticed(streamer: Any, store: Any, tmp_path: Path) -> None:
    """A file that is shorter than planned is an error with the command that repairs the store, not a broken image."""
    path = store.add("a-1", {"bin/a": LARGE})
    planned = streamer.planning.plan(store.spec(), store.graph(), root=store.root)
    Path(path, "bin", "a").write_bytes(b"short")
    with (tmp_path / "a.tar").open("wb") as file, pytest.raises(OSError, match="nix-store --verify"):
        streamer.archive.to_stream(planned, file.fileno())


def test_wrong_use(streamer: Any, tmp_path: Path) -> None:
    """Wrong use of the program says how it is used."""
    completed = subprocess.run(
        [sys.executable, "-I", streamer.directory, "paint"], capture_output=True, check=False, cwd=tmp_path
    )
    assert completed.returncode == 2
    assert b"streamer plan" in completed.stderr
