"""The wheel of a build as the store wants it: nothing in it refers to what it was built with."""

import base64
import csv
import hashlib
import io
import os
import re
import shutil
import stat
import subprocess
import zipfile

_ELF = b"\x7fELF"
# What every file of a wheel gets: builds differ in nothing else.
_TIME = (1980, 1, 1, 0, 0, 0)
_STORE_PATH = re.compile(rb"/nix/store/([0-9a-z]{32})-[0-9A-Za-z+._?=-]+")


def repack(wheel: str, out: str, library_dirs: list[str]) -> None:
    """Write the wheel anew, relinked; uncompressed, so that the store sees what it refers to."""
    tree = f"{wheel}.tree"
    with zipfile.ZipFile(wheel) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        archive.extractall(tree)
    kept = {found[1] for place in library_dirs if (found := _STORE_PATH.match(place.encode()))}
    record = next(
        (info.filename for info in infos if info.filename.endswith(".dist-info/RECORD")), None
    )
    if record is None:
        # Whoever unpacks it says so.
        shutil.move(wheel, out)
        return
    contents: dict[str, bytes] = {}
    for info in infos:
        path = os.path.join(tree, info.filename)
        with open(path, "rb") as file:
            head = file.read(4)
        if head == _ELF:
            _relink(path, {os.path.basename(other.filename) for other in infos}, library_dirs)
        with open(path, "rb") as file:
            contents[info.filename] = _STORE_PATH.sub(
                lambda found: _or_nothing(found, kept), file.read()
            )
    contents[record] = _record(contents, record)
    modes = {info.filename: info.external_attr >> 16 for info in infos}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, _TIME)
            executable = modes[name] & stat.S_IXUSR
            entry.external_attr = (stat.S_IFREG | (0o755 if executable else 0o644)) << 16
            archive.writestr(entry, contents[name])
    shutil.rmtree(tree)
    os.chmod(out, 0o644)


def _record(contents: dict[str, bytes], record: str) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for name in sorted(contents):
        if name != record:
            digest = base64.urlsafe_b64encode(hashlib.sha256(contents[name]).digest()).rstrip(b"=")
            writer.writerow((name, f"sha256={digest.decode()}", len(contents[name])))
    writer.writerow((record, "", ""))
    return text.getvalue().encode()


def _or_nothing(found: re.Match[bytes], kept: set[bytes]) -> bytes:
    """Take what the build had out of sight; a path that is not there is an example in some text."""
    if found[1] in kept or not os.path.lexists(found[0]):
        return found[0]
    return found[0].replace(found[1], b"e" * 32)


def _relink(path: str, own: set[str], library_dirs: list[str]) -> None:
    """Strip an object, and have it look for each library in the one place that has it."""
    if shutil.which("strip"):
        subprocess.run(["strip", "--strip-debug", path], check=False, stderr=subprocess.DEVNULL)
    listed = subprocess.run(
        ["patchelf", "--print-rpath", "--print-needed", path],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    if listed.returncode != 0 or not library_dirs:
        return
    rpath, *needed = listed.stdout.splitlines()
    # What a build gives is mostly where it found things.
    places = [place for place in rpath.split(":") if place.startswith("$ORIGIN")]
    for soname in needed:
        where = next((each for each in library_dirs if os.path.exists(f"{each}/{soname}")), None)
        if where and soname not in own:
            places.append(where)
    change = (
        ["--force-rpath", "--set-rpath", ":".join(dict.fromkeys(places))]
        if places
        else ["--remove-rpath"]
    )
    subprocess.run(["patchelf", *change, path], check=True)
