"""Which paths share a layer: what changes together lies together, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

HASH = "0" * 32
MEGABYTE = 1 << 20
KINDS = ("base", "wheel", "bytecode", "environment", "project")


def path(streamer: Any, name: str, size: int = 1000, kind: str = "wheel", *, hash_: str = HASH, since: int = 0) -> Any:
    """Make a store path."""
    return streamer.layers.StorePath(f"/nix/store/{hash_}-{name}", size, kind, since)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 9 * MEGABYTE), st.sampled_from(KINDS), st.integers(0, 4)), max_size=300),
    st.integers(1, 124),
)
def test_nothing_is_lost(streamer: Any, sizes: list[tuple[int, str, int]], limit: int) -> None:
    """Every path is in exactly one layer, and there are never more layers than allowed."""
    paths = [
        path(streamer, f"p{number}-1", size, kind, since=since) for number, (size, kind, since) in enumerate(sizes)
    ]
    dealt = streamer.layers.group(paths, limit)
    assert len(dealt) <= limit
    assert sorted(member for layer in dealt for member in layer) == sorted(item.path for item in paths)
    assert all(dealt)


def test_large_paths_lie_alone(streamer: Any) -> None:
    """A path of a megabyte has a layer of its own, and the largest is at the bottom."""
    paths = [
        path(streamer, "small-1"),
        path(streamer, "big-1", 9 * MEGABYTE),
        path(streamer, "bigger-1", 90 * MEGABYTE),
    ]
    dealt = streamer.layers.group(paths, 100)
    assert [len(layer) for layer in dealt] == [1, 1, 1]
    assert "bigger" in dealt[0][0]


def test_one_change_changes_one_layer(streamer: Any) -> None:
    """A new version of a small package changes the layer that the old one was in, and no other."""
    before = [path(streamer, f"package{number}-1.0") for number in range(90)]
    after = [path(streamer, "package7-1.1", 1100, hash_="1" * 32), *before[:7], *before[8:]]
    old, new = streamer.layers.group(before, 100), streamer.layers.group(after, 100)
    changed = [(first, second) for first, second in zip(old, new, strict=True) if first != second]
    assert len(changed) == 1


def test_one_more_package_changes_one_layer(streamer: Any) -> None:
    """Another small package joins one layer; the others stay."""
    before = [path(streamer, f"package{number}-1.0") for number in range(90)]
    old = {tuple(layer) for layer in streamer.layers.group(before, 100)}
    new = {tuple(layer) for layer in streamer.layers.group([*before, path(streamer, "other-1")], 100)}
    assert len(new - old) == 1


def test_what_changes_often_is_on_top(streamer: Any) -> None:
    """Engines unpack what is above a changed layer again, so the base is below, the project's own above."""
    paths = [path(streamer, f"{kind}{size}-1", size, kind) for kind in KINDS for size in (1000, 2 * MEGABYTE)]
    order = [layer[0].rsplit("-", 2)[1] for layer in streamer.layers.group(paths, 100)]
    assert order[:3] == ["base2097152", "bytecode2097152", "wheel2097152"]
    assert [name.rstrip("0123456789") for name in order[-4:]] == ["environment", "environment", "project", "project"]


def test_what_came_later_is_above(streamer: Any) -> None:
    """A wheel and its bytecode that a change brought are one layer, its environment one above; below nothing moves."""
    before = [path(streamer, f"{kind}{number}-1", kind=kind) for kind in KINDS[:3] for number in range(20)]
    first = [path(streamer, "first-1", since=1)]
    second = [
        path(streamer, "second-1", since=2),
        path(streamer, "python3.13-bytecode-since-2", kind="bytecode", since=2),
    ]
    kept = [path(streamer, "python3.13-kept", kind="environment")]
    changed = [path(streamer, "python3.13-changed", kind="environment", since=2)]
    config = [path(streamer, "config", kind="project")]
    old = streamer.layers.group([*before, *kept, *config], 100)
    new = streamer.layers.group([*config, *second, *kept, *before, *first, *changed], 100)
    above = [sorted(each.path for each in layer) for layer in (first, second, changed, config)]
    assert [*old[:-1], *above] == new


def test_a_project_at_the_limit_keeps_its_layers(streamer: Any) -> None:
    """Where large paths have taken all room, a change moves none of them."""
    before = [path(streamer, f"large{number}-1", MEGABYTE + number) for number in range(200)]
    new = path(streamer, "new-1", since=1)
    old = streamer.layers.group(before, 100)
    assert streamer.layers.group([*before, new], 100) == [*old, [new.path]]
    assert len(old) <= 100


def test_no_room(streamer: Any) -> None:
    """An image without room for its store says what to change."""
    with pytest.raises(ValueError, match="maxLayers"):
        streamer.layers.group([path(streamer, "a-1")], 0)


def test_kinds(streamer: Any, store: Any) -> None:
    """What a path is shows in its content: wheels, bytecode, what is made for the project, and the base."""
    expected = {
        store.add("numpy-2.4", {"site-packages/numpy.py": b""}): "wheel",
        store.add("python3.13-numpy-2.4", {"numpy/numpy/__pycache__/a.cpython-313.pyc": b""}): "bytecode",
        store.add("python3.13-bytecode-1", {"six/__pycache__/six.cpython-313.pyc": b""}): "bytecode",
        store.add("python3.13-3.13.5", {"bin/python3": b"", "lib/python3.13/a.py": b""}): "base",
        store.add("python3.13-jupyter", {"pyvenv.cfg": b"", "bin/python": b""}): "environment",
        store.add("jupyter-config", {"etc/a": b""}): "project",
    }
    assert {found: streamer.layers.kind(found) for found in expected} == expected


def test_stem(streamer: Any) -> None:
    """The name is what stands before the version."""
    names = {"numpy-2.4.0": "numpy", "r-cran-ggplot2-3.5.1+dfsg-1": "r-cran-ggplot2", "start.sh": "start.sh"}
    assert {name: streamer.layers.stem(f"/nix/store/{HASH}-{name}") for name in names} == names


def test_closure(streamer: Any) -> None:
    """Nix' list of a closure is read with derivers and references, and sorted."""
    assert streamer.layers.closure("/b\n/b.drv\n2\n/a\n/b\n/a\n\n0\n") == ["/a", "/b"]


def test_unreferenced(streamer: Any) -> None:
    """What only the root refers to is told from what another path needs; a path's reference to itself doesn't count."""
    graph = "/root\n\n3\n/a\n/b\n/c\n/a\n\n2\n/a\n/b\n/b\n\n0\n/c\n\n0\n"
    assert streamer.layers.unreferenced(graph, "/root") == {"/root", "/a", "/c"}
