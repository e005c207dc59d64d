"""The picture of what takes how much space."""

from __future__ import annotations

import io
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from jupyflake.picture import drawing, formats
from jupyflake.picture.parts import StorePath, groups, parts, readable
from jupyflake.picture.treemap import Rectangle, squarify

PLACE = Rectangle(10, 20, 800, 500)


def path(name: str, size: int, *references: str) -> StorePath:
    """Make a store path."""
    return StorePath(
        f"/nix/store/{'0' * 32}-{name}", size, tuple(f"/nix/store/{'0' * 32}-{each}" for each in references)
    )


CLOSURES = {
    "old": [
        path("numpy-1.26", 50_000_000, "libc6-2.36"),
        path("python3.11-numpy-1.26", 5_000_000),
        path("python3.11-bytecode-3", 1_000_000),
        path("python3.11-bytecode-4", 2_000_000),
        path("libc6-2.36", 10_000_000),
    ],
    "new": [
        path("libc6-2.36", 10_000_000),
        path("numpy-1.26", 50_000_000, "libc6-2.36"),
        path("python3.13-numpy-1.26", 6_000_000),
    ],
}


@given(st.lists(st.floats(min_value=1e-3, max_value=1e9), min_size=1, max_size=60))
def test_areas_are_in_proportion_and_inside(drawn: list[float]) -> None:
    """Whatever the sizes are: each area is its share, all lie in the place, and together they fill it."""
    sizes = sorted(drawn, reverse=True)
    made = squarify(sizes, PLACE)
    area = PLACE.width * PLACE.height
    assert len(made) == len(sizes)
    for size, rectangle in zip(sizes, made, strict=True):
        assert rectangle.width * rectangle.height == pytest.approx(size / sum(sizes) * area, rel=1e-6, abs=1e-4)
        assert rectangle.x >= PLACE.x - 1e-6
        assert rectangle.y >= PLACE.y - 1e-6
        assert rectangle.x + rectangle.width <= PLACE.x + PLACE.width + 1e-6
        assert rectangle.y + rectangle.height <= PLACE.y + PLACE.height + 1e-6


def test_nothing_to_place() -> None:
    """Sizes of nothing, and a place without area, give no error."""
    assert squarify([], PLACE) == []
    assert squarify([0, 0], PLACE) == [Rectangle(10, 20, 0, 0)] * 2
    assert squarify([1], Rectangle(0, 0, 0, 5)) == [Rectangle(0, 0, 0, 0)]


def test_each_store_path_is_counted_once() -> None:
    """What two environments have is one part with two users; bytecode is the package's where it has the same users."""
    found = parts(CLOSURES)
    assert [(part.name, part.size, part.users) for part in found] == [
        ("numpy-1.26", 50_000_000, ("old", "new")),
        ("libc6-2.36", 10_000_000, ("old", "new")),
        ("numpy-1.26", 6_000_000, ("new",)),
        ("numpy-1.26", 5_000_000, ("old",)),
        ("bytecode", 3_000_000, ("old",)),
    ]
    assert [(group.users, group.size) for group in groups(found)] == [
        (("old", "new"), 60_000_000),
        (("old",), 8_000_000),
        (("new",), 6_000_000),
    ]


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (999, "999 B"), (4200, "4.2 kB"), (12_300_000, "12 MB"), (1.5e9, "1.5 GB")]
)
def test_sizes_are_readable(size: float, text: str) -> None:
    """Two digits, and powers of ten."""
    assert readable(size) == text


def _drawing() -> drawing.Drawing:
    sizes = {name: sum(each.size for each in closure) for name, closure in CLOSURES.items()}
    return drawing.draw("a <project> & more", sizes, groups(parts(CLOSURES)), formats.width_of)


def test_svg_names_everything() -> None:
    """The SVG is XML that tells each part, each group and what sharing saves, and is the same each time."""
    text = formats.svg(_drawing())
    assert text == formats.svg(_drawing())
    words = " | ".join("".join(element.itertext()) for element in ET.fromstring(text).iter())
    for expected in ("a <project> & more: 74 MB in 5 packages", "shared by all, 60 MB", "old alone, 8.0 MB"):
        assert expected in words
    assert "old 68 MB" in words
    assert "sharing saves 60 MB" in words
    assert "libc6-2.36: 10 MB" in words


def test_words_stay_in_their_boxes() -> None:
    """No text is wider than the picture, and labels of parts end inside their box."""
    shapes = _drawing().shapes
    for shape in shapes:
        if isinstance(shape, drawing.Words):
            assert shape.x + formats.width_of(shape.text, shape.size) <= drawing.WIDTH
            assert 0 < shape.y < drawing.HEIGHT


def test_png_shows_the_colours() -> None:
    """The PNG has twice the size, and holds the colours of both environments."""
    picture = Image.open(io.BytesIO(formats.png(_drawing())))
    assert picture.size == (2 * drawing.WIDTH, 2 * drawing.HEIGHT)
    colours = {colour for _, colour in picture.getcolors(1 << 24) or []}
    assert {(0x00, 0x72, 0xB2), (0xE6, 0x9F, 0x00)} <= colours


def test_dot_has_who_refers_to_whom() -> None:
    """Graphviz' text has a node for each part and the edges between them; quotes are escaped."""
    text = formats.dot('my "project"', CLOSURES, parts(CLOSURES))
    assert text.startswith('digraph "my \\"project\\"" {\n')
    assert '  n0 [label = "numpy-1.26\\n50 MB", tooltip = "old, new", style = filled, fillcolor = lightgrey];' in text
    assert "  n0 -> n1;" in text
