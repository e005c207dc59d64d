"""What programs and engines find in the image (tazjin/nixery#133 asks for such a list to be kept)."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import pytest
from containers import get, server
from https import serving_https
from support import ROOT, cli, false_driver, lock, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess
    from typing import Protocol

    from engines import RunningEngine

    class Cell(Protocol):
        """Runs code in a kernel in a container."""

        def __call__(self, kernel: str, code: str, *options: str) -> str:
            """Give what it printed; the options are the engine's."""
            ...


# Where Debian has libraries, and engines put a driver's.
LIBRARIES = f"/usr/lib/{os.uname().machine}-linux-gnu"


@pytest.fixture
def cell(program: Callable[..., CompletedProcess[str]], directory: Path) -> Cell:
    """Run code in a kernel in a container and give what it printed."""

    def run_cell(kernel: str, code: str, *options: str) -> str:
        (directory / "code").write_text(code, encoding="utf-8")
        volume = f"{directory}:/home/jovyan/work"
        return program(
            "--volume", volume, *options, "--", "jupyter", "run", f"--kernel={kernel}", "/home/jovyan/work/code"
        ).stdout

    return run_cell


def test_configuration(engine: RunningEngine, image: str) -> None:
    """The image says who it runs as, at which port, where, in which language, and how its health is asked for."""
    (inspected,) = json.loads(engine.run("image", "inspect", image).stdout)
    config = inspected["Config"]
    variables = dict(variable.split("=", 1) for variable in config["Env"])
    assert config["User"] == "1000:100"
    assert list(config["ExposedPorts"]) == ["8888/tcp"]
    assert config["WorkingDir"] == "/home/jovyan"
    assert variables["LANG"] == "C.UTF-8"
    assert "/bin" in variables["PATH"].split(":")
    assert variables["FONTCONFIG_FILE"].startswith("/")
    assert any("healthcheck" in word for word in config.get("Healthcheck", inspected.get("Healthcheck"))["Test"])
    assert len(inspected["RootFS"]["Layers"]) <= 100


def test_archive_is_the_same_image(engine: RunningEngine, image: str, tmp_path: Path) -> None:
    """`jupyflake image build` makes an archive that loads as the image that is there already."""
    archive = json.loads(cli("image", "build", "--json", "--out-link", str(tmp_path / "result")).stdout)["archive"]
    before = engine.run("image", "inspect", "--format", "{{.Id}}", image).stdout
    assert image in engine.run("load", "--input", archive).stdout
    assert engine.run("image", "inspect", "--format", "{{.Id}}", image).stdout == before


def test_becomes_healthy(engine: RunningEngine, image: str) -> None:
    """The engine's own health check succeeds."""
    with server(engine, image, "--health-interval=1s") as (name, _):
        if engine.name == "podman":
            # Its timers are systemd's, so the check is asked for by hand where there is none.
            assert engine.run("healthcheck", "run", name, check=False).returncode == 0
            return
        deadline = time.monotonic() + 60
        while (
            status := engine.run("inspect", "--format", "{{.State.Health.Status}}", name).stdout.strip()
        ) != "healthy":
            assert time.monotonic() < deadline, status
            time.sleep(0.5)


def test_first_process_reaps(engine: RunningEngine, image: str) -> None:
    """Tini is process 1, and of fifty processes whose parents left none stays a zombie (jupyter/notebook#334)."""
    with server(engine, image) as (name, _):
        assert engine.run("exec", name, "cat", "/proc/1/comm").stdout == "tini\n"
        orphans = "for i in $(seq 50); do (sleep 0.1 &); done; sleep 2; cat /proc/[0-9]*/stat | grep -c ') Z ' || true"
        assert engine.run("exec", name, "sh", "-c", orphans).stdout == "0\n"


def test_fixed_places(program: Callable[..., CompletedProcess[str]]) -> None:
    """What programs expect at fixed places is there (NixOS/nixpkgs#374290, NixOS/nix#13523, #5851)."""
    script = """
        stat -c '%a %n' /tmp /var/tmp
        grep -c CERTIFICATE /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-bundle.crt
        ls /bin/sh /usr/bin/env /usr/share/zoneinfo/Europe/Paris /etc/os-release
        grep :1000: /etc/passwd
    """
    said = program("--", "sh", "-c", script).stdout
    lines = said.splitlines()
    assert lines[:2] == ["1777 /tmp", "1777 /var/tmp"]
    counts = [int(line.rsplit(":", 1)[1]) for line in lines[2:4]]
    assert min(counts) > 200
    assert counts[0] == counts[1]
    assert {"/bin/sh", "/usr/bin/env", "/usr/share/zoneinfo/Europe/Paris", "/etc/os-release"} <= set(lines)
    assert lines[-1].startswith("jovyan:x:1000:100:")


@pytest.mark.parametrize("kernel", ["py311", "py313"])
def test_python_finds_certificates_time_zones_and_letters(cell: Cell, kernel: str) -> None:
    """Python trusts the image's certificates, knows time zones without a package, and speaks UTF-8."""
    code = """
import os, ssl, sys, zoneinfo
sys.modules["tzdata"] = None
print(ssl.create_default_context().cert_store_stats()["x509_ca"] > 100)
print(zoneinfo.ZoneInfo("Europe/Paris").key, sys.getfilesystemencoding())
open("/tmp/ñ.txt", "w").close()
print("ñ.txt" in os.listdir("/tmp"), "→ é 漢")
"""
    assert cell(kernel, code).splitlines() == ["True", "Europe/Paris utf-8", "True → é 漢"]


def test_a_company_s_certificate_and_a_driver_are_found(cell: Cell, directory: Path, server_python: Path) -> None:
    """A list of certificates that is mounted over the image's counts, and so do the libraries that an engine brings.

    NixOS/nixpkgs #374290, NixOS/nix #13523 (certificates).
    """
    driver = false_driver(server_python, directory)
    with serving_https(directory) as (address, certificate):
        code = f"""
import ctypes, os, urllib.request
print(urllib.request.urlopen("{address}").status, os.environ["REQUESTS_CA_BUNDLE"] == os.environ["SSL_CERT_FILE"])
print(ctypes.CDLL("libcuda.so.1")._name, "LD_LIBRARY_PATH" in os.environ)
"""
        mounts = (f"{certificate}:/etc/ssl/certs/ca-certificates.crt:ro", f"{driver}:{LIBRARIES}/libcuda.so.1:ro")
        said = cell("py313", code, *(word for mount in mounts for word in ("--volume", mount)))
    assert said.splitlines() == ["200 True", "libcuda.so.1 False"]


def test_r_finds_time_zones_and_letters(cell: Cell) -> None:
    """R knows time zones and speaks UTF-8 (ropensci/rix #50)."""
    code = """
        cat(format(as.POSIXct(0, tz = "Asia/Tokyo"), "%H:%M"), l10n_info()[["UTF-8"]], "→ é 漢", Sys.timezone())
    """
    assert cell("r", code).split() == ["09:00", "TRUE", "→", "é", "漢", "Etc/UTC"]


@pytest.mark.parametrize("kernel", ["py311", "py313"])
def test_plots_on_a_read_only_file_system(cell: Cell, kernel: str) -> None:
    """With nothing writable but /tmp, matplotlib draws, in DejaVu (matplotlib/matplotlib#25838)."""
    code = """
import io, matplotlib.font_manager as fonts, matplotlib.pyplot as plt
plt.plot([1, 2])
plt.savefig(picture := io.BytesIO())
plt.close()
print(len(picture.getvalue()) > 4000, "DejaVu" in fonts.findfont("sans"))
"""
    assert cell(kernel, code, "--read-only", "--tmpfs", "/tmp") == "True True\n"


def test_nothing_needed_lives_in_the_home(engine: RunningEngine, image: str, directory: Path) -> None:
    """A volume mounted over the home, as hubs do, hides nothing that is needed (jupyterhub/repo2docker#549)."""
    with server(engine, image, "--volume", f"{directory}:/home/jovyan") as (_, url):
        specs = get(url, "api/kernelspecs")
        assert isinstance(specs, dict)
        assert sorted(specs["kernelspecs"]) == ["py311", "py313", "r"]


def test_terminal(engine: RunningEngine, image: str, server_python: Path) -> None:
    """A terminal opens in bash (tweag/jupyenv#25)."""
    with server(engine, image) as (_, url):
        address, _, query = url.partition("?token=")
        script = ROOT / "tests" / "e2e" / "terminal.py"
        shown = run(server_python, script, address.rstrip("/"), query, "echo shell: $0, user: $(whoami)").stdout
    assert "shell: /" in shown
    assert "bash, user: jovyan" in shown


def test_every_locked_package_is_inside(program: Callable[..., CompletedProcess[str]]) -> None:
    """No wheel of a kernel is left out, however many store paths there are (NixOS/nixpkgs#80086)."""
    listed = program("--", "sh", "-c", "ls /nix/store").stdout.splitlines()
    names = {path.split("-", 1)[1] for path in listed}
    wheels = [wheel for wheel in lock()["wheels"] if "x86_64-linux" in wheel["use"].get("py313", [])]
    assert len(wheels) > 20
    missing = [wheel["name"] for wheel in wheels if f"{wheel['name']}-{wheel['version']}" not in names]
    assert missing == []


def test_directories_of_the_store_are_open(program: Callable[..., CompletedProcess[str]]) -> None:
    """Everybody may enter the store (NixOS/nixpkgs#94243)."""
    said = program("--user", "4321:4321", "--", "stat", "-c", "%a", "/", "/nix", "/nix/store").stdout.split()
    assert [mode[-1] in "57" for mode in said] == [True] * 3
