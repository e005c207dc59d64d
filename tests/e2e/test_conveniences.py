"""What people take for granted in a notebook, in one kernel and one Lab: plots, widgets, programs, zones, processes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from https import serving_https
from labs import TOKEN, chromium, serving, wait_until_connected
from playwright.sync_api import expect
from support import CLI, ROOT, build, cli, environment, false_driver, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [pytest.mark.network, pytest.mark.timeout(600)]

# The server has none of the kernel's packages.
MANIFEST = """
[project]
name = "conveniences"
base = "debian/trixie"

[jupyter]
packages = ["jupyterlab", "jupyter-resource-usage", "jupyter-server-proxy"]
tools = ["git"]

[kernels.py313]
language = "python"
python = "3.13"
packages = [
  "matplotlib", "plotly", "altair", "anywidget", "vl-convert-python", "bokeh", "folium", "ipympl", "ipyleaflet",
  "joblib", "requests", "pyarrow", "pandas", "graphviz", "kaleido",
]
tools = ["graphviz", "git"]

[kernels.py311]
language = "python"
python = "3.11"
packages = [
  "docopt==0.6.2", "Zope.Interface", "zope-event", "backports_tarfile", "jaraco.text", "azure-core",
  "azure-storage-blob", "six", "python-magic",
]
sdists = ["docopt"]
tools = ["libmagic1", "file"]
"""
PLOTS = {
    "matplotlib": (
        """import matplotlib.pyplot as plt
plt.plot([1, 3, 2]); plt.title("é → 漢"); plt.show()""",
        '.jp-OutputArea-output img[src^="data:image/png"]',
    ),
    "plotly": (
        """import plotly.express as px
px.line(x=[1, 2, 3], y=[1, 3, 2], height=260)""",
        ".js-plotly-plot .main-svg .trace path",
    ),
    # By itself it would ask the network for JavaScript; this is a widget, with that of vl-convert-python.
    "altair": (
        """import altair as alt
alt.renderers.enable("jupyter", offline=True)
alt.Chart(alt.Data(values=[{"a": 1, "b": 2}, {"a": 2, "b": 1}])).mark_line().encode(x="a:Q", y="b:Q")""",
        ".vega-embed canvas, .vega-embed svg",
    ),
    "bokeh": (
        """from bokeh.io import output_notebook
from bokeh.plotting import figure, show
from bokeh.resources import INLINE
output_notebook(INLINE, hide_banner=True)
p = figure(height=200); p.line([1, 2, 3], [1, 3, 2]); show(p)""",
        ".bk-Figure canvas, .bk-Canvas canvas",
    ),
    # What is in the frame comes from the network.
    "folium": (
        """import folium
folium.Map([60.2, 24.9], zoom_start=10)""",
        ".jp-OutputArea-output iframe",
    ),
    "ipympl": (
        """%matplotlib widget
plt.figure(figsize=(3, 2)); plt.plot([3, 1, 2]); plt.show()""",
        ".jupyter-matplotlib canvas",
    ),
    "ipywidgets": (
        """import ipywidgets
ipywidgets.IntSlider(value=7, description='seven')""",
        ".widget-slider .widget-readout",
    ),
    "ipyleaflet": (
        """from ipyleaflet import Map
Map(center=(60.2, 24.9), zoom=10)""",
        ".leaflet-container",
    ),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lock and build a project, in which all tests of this file are."""
    directory = tmp_path_factory.mktemp("conveniences") / "project"
    directory.mkdir()
    (directory / "jupyter.toml").write_text(MANIFEST, encoding="utf-8")
    cli("lock", cwd=directory)
    cli("build", cwd=directory)
    return directory


@pytest.fixture(scope="module")
def lab(project: Path) -> Iterator[str]:
    """Start Lab there, and give its address."""
    with serving(project) as address:
        yield address


@pytest.fixture(scope="module")
def page(lab: str, project: Path, artifacts: Path) -> Iterator[Page]:
    """Run a notebook with a plot of each kind in Lab, in a browser."""
    cells: list[dict[str, Any]] = [
        {"id": name, "cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": code}
        for name, (code, _) in PLOTS.items()
    ]
    metadata = {"kernelspec": {"name": "py313", "display_name": "py313", "language": "python"}}
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
    (project / "plots.ipynb").write_text(json.dumps(content), encoding="utf-8")
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 3000})
        page.goto(f"{lab}/lab/tree/plots.ipynb?token={TOKEN}&reset")
        page.locator(".jp-Notebook .jp-Cell .cm-content").first.click(timeout=60_000)
        wait_until_connected(lab, "py313")
        for _ in cells:
            page.keyboard.press("Shift+Enter")
        yield page
        page.screenshot(path=artifacts / "plots.png")


@pytest.mark.parametrize("kind", PLOTS)
def test_plots_and_widgets_are_shown(kind: str, page: Page) -> None:
    """What a kernel's packages draw is there in Lab, whose server has none of them."""
    expect(page.locator(PLOTS[kind][1]).first).to_be_visible(timeout=30_000)


def cell(project: Path, code: str, *before: str | Path, **changes: str | None) -> str:
    """Run code in the kernel and give what it printed; `before` is a command that starts ours."""
    words = ("develop", "--locked", "--", "jupyter", "run", "--kernel=py313")
    return run(*before, CLI, *words, cwd=project, stdin=code, env=environment(**changes)).stdout


def test_wheels_of_many_kinds_go_together(project: Path) -> None:
    """Namespaces that several share, in any spelling of their names, an abi3 wheel, one for Python 2 and 3.

    NixOS/nixpkgs #2412, #22319, #24517 (namespaces); nix-community/poetry2nix #254, #118 (abi3); DavHau/mach-nix #46.
    """
    files = {line["name"]: line["file"] for line in json.loads((project / "jupyter.lock").read_text())["wheels"]}
    assert "-abi3-" in files["cryptography"]
    assert files["six"].endswith("-py2.py3-none-any.whl")
    modules = "zope.interface, zope.event, backports.tarfile, jaraco.text, azure.core, azure.storage.blob, six, ssl"
    code = f"import {modules}; from cryptography.fernet import Fernet; print(len(Fernet.generate_key()))"
    python = build("environment-py311", project) / "bin" / "python"
    assert run(python, "-W", "error", "-c", code).stdout == "44\n"


def test_a_library_that_python_looks_for_by_itself_is_found(project: Path) -> None:
    """What `tools` name is found by ctypes too, where no needs are written down (cachix/devenv #1807, #2335, #2795).

    Library and program have the table that they look into, whether or not the machine has one too.
    """
    code = "import magic; print(magic.from_buffer(b'%PDF-1.4', mime=True))"
    hidden = (
        "unshare",
        "--mount",
        "--map-root-user",
        "sh",
        "-c",
        'mount -t tmpfs none /usr/share/misc; exec "$@"',
        "sh",
    )
    answer = run(*hidden, build("environment-py311", project) / "bin" / "python", "-c", code)
    assert answer.stdout == "application/pdf\n"
    (project / "page.pdf").write_bytes(b"%PDF-1.4\n")
    told = run(*hidden, CLI, "exec", "py311", "--", "file", "--brief", "--mime-type", "page.pdf", cwd=project)
    assert told.stdout == "application/pdf\n"


def test_extensions_of_the_server_are_enabled_by_being_listed(project: Path) -> None:
    """Each package's own configuration is found, though each is in a place of its own (flox/flox #2067)."""
    listed = cli("develop", "--locked", "--", "jupyter", "server", "extension", "list", cwd=project).text
    for name in ("jupyter_resource_usage", "jupyter_server_proxy"):
        assert f"{name} enabled" in re.sub(r"\x1b\[[0-9;]*m", "", listed)


def test_a_source_is_built_by_the_oldest_python_too(project: Path) -> None:
    """What builds sources does so with Python 3.11 as Debian's bookworm has it."""
    python = build("environment-py311", project) / "bin" / "python"
    assert run(python, "-c", "import docopt; print(docopt.__version__)").stdout == "0.6.2\n"


def test_programs_of_the_kernel_run_in_a_cell(project: Path) -> None:
    """`%%bash` and `!` find the kernel's tools first (tweag/jupyenv #528), and Python's packages find theirs."""
    code = """
from IPython import get_ipython
get_ipython().run_cell_magic("bash", "", "command -v git dot; git --version; ls / | head -1")
!dot -V 2>&1
import graphviz
print(graphviz.Source("graph { a -- b }").pipe("svg")[:5])
"""
    lines = cell(project, code).splitlines()
    assert [line.startswith("/nix/store/") for line in lines[:2]] == [True, True]
    assert lines[2].startswith("git version 2")
    assert lines[3] == "bin"
    assert lines[4].startswith("dot - graphviz version")
    assert lines[5] == "b'<?xml'"


def test_what_the_standard_library_takes_from_a_system_is_there(project: Path, tmp_path: Path) -> None:
    """Zones, letters, processes of either kind, databases, and data frames that are mapped from a file.

    bugsink/bugsink #416, goclaw #1372 (time zones); matplotlib/matplotlib #25838 (a cache that can be written).
    """
    code = """
import datetime, locale, math, multiprocessing, os, pathlib, sqlite3, sys, time, zoneinfo
sys.modules["tzdata"] = None
noon = datetime.datetime(2026, 7, 1, 12, tzinfo=zoneinfo.ZoneInfo("Europe/Paris"))
print(noon.utcoffset(), time.strftime("%z"), datetime.datetime.now().astimezone().utcoffset())
print(locale.setlocale(locale.LC_ALL, ""), sys.getfilesystemencoding(), open("ñ.txt", "w").encoding)
for kind in ("fork", "spawn", "forkserver"):
    with multiprocessing.get_context(kind).Pool(2) as pool:
        print(kind, pool.map(math.factorial, [3, 4]))
from joblib import Memory, Parallel, delayed
print(Parallel(n_jobs=2)(delayed(lambda x: x + 1)(n) for n in range(3)))
print(Memory("cache", verbose=0).cache(math.factorial)(5))
print(sqlite3.connect("x.db").execute("select json_extract('[7]', '$[0]'), sqlite_version() > '3.40'").fetchone())
import pandas, pyarrow, pyarrow.feather
pandas.DataFrame({"n": range(1_000_000)}).to_feather("big.feather", compression="uncompressed")
before = pyarrow.total_allocated_bytes()
table = pyarrow.feather.read_table("big.feather", memory_map=True)
print(table.num_rows, pyarrow.total_allocated_bytes() - before < 1_000_000)
import matplotlib
print(pathlib.Path(matplotlib.get_cachedir()).is_dir(), os.access(matplotlib.get_cachedir(), os.W_OK))
"""
    changes = {"TZ": "Asia/Tokyo", "HOME": str(tmp_path), "LANG": "C.UTF-8", "LC_ALL": None}
    assert cell(project, code, **changes).splitlines() == [
        "2:00:00 +0900 9:00:00",
        "C.UTF-8 utf-8 UTF-8",
        "fork [6, 24]",
        "spawn [6, 24]",
        "forkserver [6, 24]",
        "[1, 2, 3]",
        "120",
        "(7, 1)",
        "1000000 True",
        "True True",
    ]


def test_a_figure_becomes_a_picture_where_there_is_a_browser(project: Path) -> None:
    """Kaleido starts the Chromium that it finds on PATH (plotly/Kaleido #379, #386)."""
    code = "import plotly.graph_objects as go; print(go.Figure(go.Scatter(y=[1, 3, 2])).to_image('png')[:4])"
    assert "PNG" in cli("exec", "py313", "--", "python", "-c", code, cwd=project).stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Serve by HTTPS with a certificate that nobody knows; give the address and the certificate."""
    with serving_https(tmp_path_factory.mktemp("secure")) as served:
        yield served


def test_https_trusts_whom_the_machine_trusts(project: Path, secure: tuple[str, Path]) -> None:
    """Whom the machine's list trusts, or one that is named, urllib and requests trust too; nobody else.

    NixOS/nix #13523, NixOS/nixpkgs #374290.
    """
    address, certificate = secure
    code = f"""
import urllib.request, requests
for ask in (lambda: urllib.request.urlopen("{address}").status, lambda: requests.get("{address}").status_code):
    try:
        print(ask())
    except Exception as error:
        print(type(error).__name__)
"""
    changes = {"SSL_CERT_FILE": None, "REQUESTS_CA_BUNDLE": None, "CURL_CA_BUNDLE": None}
    assert cell(project, code, **changes).split() == ["URLError", "SSLError"]
    named = {**changes, "SSL_CERT_FILE": str(certificate)}
    assert cell(project, code, **named).split() == ["200", "200"]
    script = 'mount --bind "$0" /etc/ssl/certs/ca-certificates.crt && exec "$@"'
    as_company = ("unshare", "--mount", "--map-root-user", "sh", "-c", script, certificate)
    assert cell(project, code, *as_company, **changes).split() == ["200", "200"]


def test_the_driver_of_a_graphics_card_is_found(project: Path, tmp_path: Path) -> None:
    """A driver in the documented place is found by its name, without a variable, and is not missed where there is none.

    astral-sh/uv #11411: CUDA's libraries are wheels, the driver never is.
    """
    code = """
import ctypes, ctypes.util, os
try:
    print(ctypes.CDLL("libcuda.so.1")._name, ctypes.util.find_library("cuda"))
except OSError as error:
    print(error)
print("LD_LIBRARY_PATH" in os.environ)
"""
    missing = "libcuda.so.1: cannot open shared object file: No such file or directory"
    assert cell(project, code).splitlines() == [missing, "False"]
    driver = false_driver(build("environment-py313", project) / "bin" / "python", tmp_path)
    script = 'mount -t tmpfs x /run && mkdir -p /run/opengl-driver/lib && cp "$0" /run/opengl-driver/lib/ && exec "$@"'
    before = ("unshare", "--mount", "--map-root-user", "sh", "-c", script, driver)
    assert cell(project, code, *before).splitlines() == ["libcuda.so.1 libcuda.so.1", "False"]


def test_a_terminal_has_the_tools_of_the_server(project: Path, lab: str) -> None:
    """Git is there for extensions and terminals (jupyterlab/jupyterlab-git #789, #952, #1292)."""
    python = build("environment-jupyter", project) / "bin" / "python3"
    words = (python, ROOT / "tests" / "e2e" / "terminal.py", lab, TOKEN, "command -v git; git --version")
    shown = run(*words).stdout
    assert "/nix/store/" in shown
    assert "git version 2" in shown


def test_a_notebook_becomes_html_without_a_network(project: Path) -> None:
    """HTML needs nothing; without LaTeX, what to do instead is said in one line (jupyter/docker-stacks #353, #99).

    jupyter/notebook #1226, radiasoft/devops #188.
    """
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}
    (project / "page.ipynb").write_text(json.dumps(content), encoding="utf-8")
    offline = ("unshare", "--net", "--map-root-user")
    convert = (CLI, "develop", "--locked", "--", "jupyter", "nbconvert", "page.ipynb", "--to")
    run(*offline, *convert, "html", cwd=project)
    assert (project / "page.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    for words in (["--to", "pdf"], ["--to=pdf"]):
        failed = run(*convert[:-1], *words, cwd=project, check=False)
        assert failed.code == 1
        assert failed.stderr.splitlines()[-2:] == [
            "error: a PDF takes pandoc and xelatex, which are not on PATH",
            "  try: jupyter nbconvert --to html, and print that from the browser",
        ]
