"""What an image is said to consist of: who brings what, and the treemap of it in a terminal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyflake import costs, describing
from jupyflake.picture import lines
from jupyflake.picture.parts import StorePath, parts, without_version


def path(name: str, size: int, *references: str) -> StorePath:
    """Make a store path."""
    place = f"/nix/store/{'0' * 32}-"
    return StorePath(f"{place}{name}", size, tuple(f"{place}{each}" for each in references))


# As nix/image.nix makes it: the spec, jupyter-config, start.sh and the inventory mention what isn't theirs.
FOUND = [
    path("source", 1, "demo-spec.json", "streamer"),
    path("streamer", 1000),
    path("demo-spec.json", 1, "jupyter", "kernel-a", "kernel-b", "start.sh", "inventory", "tini-1", "some-spec.json"),
    path("jupyter", 1, "jupyter-config", "bash-5"),
    path("jupyter-config", 2, "kernel-a", "kernel-b", "python3.13-jupyter"),
    path("python3.13-jupyter", 30, "python3.13-3.13.5", "notebook-7"),
    path("kernel-a", 4, "python3.13-a", "bash-5"),
    path("kernel-b", 5, "python3.11-b", "bash-5"),
    path("python3.13-a", 100, "python3.13-3.13.5", "numpy-2"),
    path("python3.11-b", 200, "python3.11-3.11.2", "numpy-1"),
    path("start.sh", 3, "python3.13-a", "python3.11-b", "bash-5"),
    path("inventory", 7, "numpy-2", "numpy-1"),
    path("python3.13-3.13.5", 1000),
    path("python3.11-3.11.2", 2000),
    path("numpy-2", 10_000),
    path("numpy-1", 20_000),
    path("notebook-7", 40_000),
    path("bash-5", 100_000),
    path("tini-1", 50),
    path("some-spec.json", 60),
]
INSIDE = [each.path for each in FOUND if each.name not in ("source", "streamer", "demo-spec.json")]


def test_who_brings_what() -> None:
    """A kernel's own is what nothing else in the image needs; what only lists kernels makes nothing shared."""
    closures = costs.closures(FOUND, INSIDE, ["a", "b"])
    assert costs.costs(parts(closures), closures) == {
        "a": {"own": 4 + 100 + 10_000, "shared": 1000 + 100_000},
        "b": {"own": 5 + 200 + 2000 + 20_000, "shared": 100_000},
        "jupyter": {"own": 1 + 2 + 30 + 3 + 7 + 40_000 + 50 + 60, "shared": 1000 + 100_000},
    }
    assert {each.path for paths in closures.values() for each in paths} == set(INSIDE)


def test_image_without_a_kernel() -> None:
    """Where a kernel has nothing in the image, it isn't listed; the rest is the server's."""
    closures = costs.closures([path("bash-5", 1)], [path("bash-5", 1).path], ["a"])
    assert {name: [each.name for each in paths] for name, paths in closures.items()} == {"jupyter": ["bash-5"]}


@pytest.fixture
def description() -> dict[str, Any]:
    """Describe an image with long names and many parts."""
    closures = costs.closures(FOUND, INSIDE, ["a", "b"])
    configuration = {"os": "linux", "architecture": "amd64", "created": "1970-01-01T00:00:01Z"}
    settings = {
        "User": "1000:100",
        "ExposedPorts": {"8888/tcp": {}},
        "Labels": {"x": "y", "the.digest.of.a.list": f"sha256:{'e' * 64}"},
    }
    layer = {"digest": "a" * 64, "blob": "b" * 64, "size": 2_000_000, "blobSize": 1_000_000}
    plan = {
        "name": "registry.example/team/demo",
        "tag": "1.0",
        "id": "c" * 64,
        "compression": "gzip",
        "config": json.dumps({**configuration, "config": settings}),
        "layers": [{**layer, "paths": INSIDE}, {**layer, "paths": []}],
    }
    return describing.describe(plan, f"sha256:{'d' * 64}", closures)


def test_description(description: dict[str, Any]) -> None:
    """All of it fits into 80 columns: digests, the treemap, the costs, and the ten largest."""
    text = describing.text(description)
    assert max(map(len, text.splitlines())) <= 80
    assert f"label    the.digest.of.a.list=\n         sha256:{'e' * 64}\nlabel    x=y" in text
    assert "size     2.0 MB in 2 layers (gzip; 4.0 MB unpacked)" in text
    assert "         10 kB     101 kB  a\n" in text
    assert "         22 kB     100 kB  b\n" in text
    assert "         40 kB     101 kB  jupyter: the server, and what every image has\n" in text
    assert (
        "the 10 largest packages\n   size  package            of\n 100 kB  bash-5             a, b, jupyter\n" in text
    )
    assert len(description["largest"]) == 10
    assert sum(package["size"] for package in description["packages"]) == sum(
        each.size for each in FOUND if each.path in INSIDE
    )


def test_layers(description: dict[str, Any]) -> None:
    """Each layer has a line with the names of what is in it, as far as they fit."""
    head, first, last = describing.layers(description).splitlines()
    assert head.split() == ["layer", "size", "what", "is", "in", "it"]
    assert first.startswith("1       1.0 MB  jupyter, jupyter-config,")
    assert first.endswith(" …")
    assert len(first) <= 80
    assert last.endswith("  users, configuration, directories")


def test_treemap() -> None:
    """The largest comes first; versions, then sizes, are left out where there is no room; the rest is counted."""
    big = lines.Block("big", [("numpy-2.5.5", 50_000_000), ("long-package-name-1.0", 9_000_000), ("c-1", 1_000_000)])
    small = lines.Block("small", [("libicu76-76.1-4", 12_000_000), ("x", 5_000_000), ("y", 500_000), ("z", 400_000)])
    assert lines.draw([small, big], 34, 5) == (
        "┌────────────────────────┬───────┐\n"
        "│ big              60 MB │ small │\n"
        "│ numpy-2.5.5      50 MB │ libi… │\n"
        "│ 2 more           10 MB │ 3 mo… │\n"
        "└────────────────────────┴───────┘"
    )


@given(
    st.lists(st.lists(st.integers(1, 10**9), min_size=1, max_size=30), max_size=7),
    st.integers(20, 100),
    st.integers(5, 30),
)
def test_treemap_keeps_its_size(sizes: list[list[int]], width: int, height: int) -> None:
    """Whatever the sizes are, the drawing is as large as asked for, and its border is whole."""
    blocks = [
        lines.Block(f"kernel{index}", [(f"package-{size}", size) for size in sorted(each, reverse=True)])
        for index, each in enumerate(sizes)
    ]
    drawn = lines.draw(blocks, width, height).split("\n")
    assert len(drawn) == height
    if sizes:
        assert {len(line) for line in drawn} == {width}
        assert (drawn[0][0], drawn[0][-1], drawn[-1][0], drawn[-1][-1]) == ("┌", "┐", "└", "┘")
    else:
        assert "".join(drawn) == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("numpy-2.5.5", "numpy"),
        ("python3.13-3.13.5-2", "python3.13"),
        ("libicu76-76.1-4", "libicu76"),
        ("inside", "inside"),
    ],
)
def test_names(name: str, expected: str) -> None:
    """A version begins with a digit after a hyphen."""
    assert without_version(name) == expected
