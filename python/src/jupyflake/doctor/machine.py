"""Nix, its store, and container engines."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import tempfile
from pathlib import Path

from jupyflake import engine, nix, process, store
from jupyflake.doctor.finding import Finding
from jupyflake.errors import JupyflakeError

OLDEST = (2, 8)
_FOR_NIXPKGS = (2, 18)
_GIGABYTE = 1_000_000_000
# The root example with its image takes 3 GB, and its downloads 0.3 GB.
_MUCH, _LITTLE = 10 * _GIGABYTE, 2 * _GIGABYTE


def system() -> Finding:
    """See whether there are packages for this machine."""
    return Finding("system", "ok", f"{nix.current_system()}, {platform.system()} {platform.release()}")


def program() -> Finding:
    """See whether Nix is there and new enough."""
    text = process.run(["nix", "--version"], env=store.nix_environment()).stdout.strip()
    match = re.search(r"(\d+)\.(\d+)[.\w+-]*", text)
    if match is None:
        return Finding("nix", "fail", f"`nix --version` prints {text!r}", process.INSTALL["nix"])
    version = (int(match[1]), int(match[2]))
    if version < OLDEST:
        return Finding("nix", "fail", f"Nix is {match[0]}, and 2.8 or newer is needed", process.INSTALL["nix"])
    if version < _FOR_NIXPKGS:
        return Finding("nix", "ok", f"Nix {match[0]} (the base nixpkgs needs 2.18, Debian's do not)")
    return Finding("nix", "ok", f"Nix {match[0]}")


def features() -> Finding:
    """See whether Nix evaluates with the features that each call turns on."""
    completed = process.run(["nix", "eval", "--expr", "1 + 1"], env=store.nix_environment(), check=False)
    if completed.returncode == 0:
        return Finding("features", "ok", "nix-command and flakes are turned on for each call, no setting is needed")
    return Finding("features", "fail", _last(completed.stderr), "nix eval --expr 1, and cure what it says")


def access() -> Finding:
    """See whether this user may add to the store."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "jupyflake-doctor")
        file.write_text("jupyflake doctor\n", encoding="utf-8")
        completed = process.run(["nix-store", "--add", file], env=store.nix_environment(), check=False)
    if completed.returncode == 0:
        who = "root" if os.geteuid() == 0 else f"user {os.geteuid()}"
        return Finding("user", "ok", f"{who} may add to the Nix store")
    text = completed.stderr
    if "daemon" in text or "socket" in text:
        cure = "start Nix' daemon: systemctl start nix-daemon"
        if "ermission" in text:
            cure = "become a member of the group that may use the daemon: adduser $USER nix-users, then log in again"
        return Finding("user", "fail", _last(text), cure)
    cure = f"install -d -o $(id -u) -g $(id -g) {Path(store.store_directory()).parent}, as root"
    return Finding("user", "fail", _last(text), cure)


def sandbox() -> Finding:
    """See whether builds are shut off from this machine."""
    command = ["nix", "show-config", "--json"]
    completed = process.run(command, env=store.nix_environment(), check=False)
    if completed.returncode != 0:
        completed = process.run(["nix", "config", "show", "--json"], env=store.nix_environment())
    settings = json.loads(completed.stdout)
    value = settings["sandbox"]["value"]
    if value is True or str(value) == "true":
        return Finding("sandbox", "ok", "builds see neither this machine nor the network")
    cure = "sandbox = true in /etc/nix/nix.conf"
    if platform.system() != "Linux":
        return Finding("sandbox", "note", "builds are not shut off from this machine, as is usual here", cure)
    return Finding("sandbox", "fail", f"`sandbox` is {value}: builds may see this machine", cure)


def space() -> Finding:
    """See whether the store has room."""
    directory = Path(store.store_directory())
    while not directory.exists():
        directory = directory.parent
    free = shutil.disk_usage(directory).free
    text = f"{free / _GIGABYTE:.1f} GB are free for the Nix store"
    if free < _LITTLE:
        return Finding("space", "fail", text, "jupyflake clean --store")
    return Finding("space", "note" if free < _MUCH else "ok", text, "jupyflake clean --store" if free < _MUCH else "")


def containers() -> Finding:
    """See whether an engine answers; only the image needs one."""
    try:
        found = engine.find()
    except JupyflakeError as error:
        return Finding("engine", "note", f"{error.message} (only to run images)", error.hint or "")
    version = ".".join(str(part) for part in found.version)
    return Finding("engine", "ok", f"{found.name} {version}{', rootless' if found.rootless else ''}")


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it failed and said nothing"
