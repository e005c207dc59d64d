"""What is drawn where; the formats only have to know boxes and words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyflake.picture.parts import Group, readable, without_version
from jupyflake.picture.treemap import Rectangle, squarify

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

WIDTH, HEIGHT = 1600, 1000
_MARGIN = 24
_HEAD = 96
_STRIP = 26
_GAP = 2
_INK, _QUIET, _PAPER, _EDGE = "#1b1f24", "#57606a", "#ffffff", "#ffffff"
_SHARED = "#eceff2"
# Okabe and Ito's colours, which people with any colour vision tell apart; more environments than these start again.
_COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c6d31", "#7f7f7f")
_SMALL = 0.0008
_FONT = 13
_SMALLEST_FONT = 9
_LEAST_LETTERS = 3


@dataclass(frozen=True)
class Box:
    """A filled rectangle; `title` is what appears when the pointer rests on it."""

    place: Rectangle
    fill: str
    title: str = ""


@dataclass(frozen=True)
class Words:
    """A line of text, whose baseline begins at a point; `size` is the font's height in pixels."""

    x: float
    y: float
    text: str
    size: float
    colour: str = _INK
    bold: bool = False


@dataclass(frozen=True)
class Drawing:
    """All that is on the picture, from back to front."""

    width: int
    height: int
    title: str
    shapes: tuple[Box | Words, ...] = field(default=())


def draw(
    name: str, closures: Mapping[str, int], found: Sequence[Group], width_of: Callable[[str, float], float]
) -> Drawing:
    """Draw the groups of a project.

    `closures` has each environment's whole size in bytes, `width_of` gives the width of a text in a font's size.
    """
    total = sum(group.size for group in found)
    count = sum(len(group.parts) for group in found)
    colours = {user: _COLOURS[index % len(_COLOURS)] for index, user in enumerate(closures)}
    title = f"{name}: {readable(total)} in {count} packages"
    shapes: list[Box | Words] = [
        Box(Rectangle(0, 0, WIDTH, HEIGHT), _PAPER),
        Words(_MARGIN, 42, title, 24, bold=True),
        *_legend(closures, colours, total, width_of),
    ]
    area = Rectangle(_MARGIN, _HEAD, WIDTH - 2 * _MARGIN, HEIGHT - _HEAD - _MARGIN)
    ordered = sorted(found, key=lambda group: -group.size)
    for group, place in zip(ordered, squarify([group.size for group in ordered], area), strict=True):
        shapes += _group(group, place.inside(_GAP), colours, len(closures), width_of)
    return Drawing(WIDTH, HEIGHT, title, tuple(shapes))


def _legend(
    closures: Mapping[str, int], colours: Mapping[str, str], total: int, width_of: Callable[[str, float], float]
) -> list[Box | Words]:
    shapes: list[Box | Words] = []
    x = float(_MARGIN)
    for user, size in closures.items():
        text = f"{user} {readable(size)}"
        shapes += [Box(Rectangle(x, 64, 14, 14), colours[user]), Words(x + 20, 76, text, 15)]
        x += 20 + width_of(text, 15) + 24
    saved = sum(closures.values()) - total
    if saved > 0 and len(closures) > 1:
        shapes.append(Words(x, 76, f"sharing saves {readable(saved)}", 15, _QUIET))
    return shapes


def _group(
    group: Group,
    place: Rectangle,
    colours: Mapping[str, str],
    environments: int,
    width_of: Callable[[str, float], float],
) -> list[Box | Words]:
    """Draw a strip with the users' colours and their names, and below it the parts."""
    shared = len(group.users) > 1
    who = _who(group.users, environments)
    title = f"{who}, {readable(group.size)}"
    shapes: list[Box | Words] = [Box(place, _SHARED if shared else _mixed(colours[group.users[0]], 0.25), title)]
    strip = min(_STRIP, place.height)
    each = place.width / len(group.users)
    shapes += [
        Box(Rectangle(place.x + index * each, place.y, each, 5), colours[user])
        for index, user in enumerate(group.users)
    ]
    room = place.width - 8
    users = ", ".join(group.users)
    text = _fitting((title, who, users), 14, room, width_of) or _cut(users, 14, room, width_of)
    if text and strip == _STRIP:
        shapes.append(Words(place.x + 5, place.y + 20, text, 14, bold=True))
    below = Rectangle(place.x, place.y + strip, place.width, max(place.height - strip, 0))
    return shapes + _parts(group, below, colours, width_of)


def _who(users: Sequence[str], environments: int) -> str:
    if len(users) == 1:
        return f"{users[0]} alone"
    return "shared by all" if len(users) == environments else f"shared by {', '.join(users)}"


def _parts(
    group: Group, place: Rectangle, colours: Mapping[str, str], width_of: Callable[[str, float], float]
) -> list[Box | Words]:
    least = _SMALL * WIDTH * HEIGHT / max(place.width * place.height, 1) * group.size
    big = [part for part in group.parts if part.size >= least]
    small = [part for part in group.parts if part.size < least]
    labels = [(part.name, part.size) for part in big]
    if small:
        labels.append((f"{len(small)} more", sum(part.size for part in small)))
        labels.sort(key=lambda label: -label[1])
    fill = "#d3d9df" if len(group.users) > 1 else _mixed(colours[group.users[0]], 0.55)
    shapes: list[Box | Words] = []
    for (name, size), rectangle in zip(labels, squarify([size for _, size in labels], place), strict=True):
        inner = rectangle.inside(0.75)
        shapes.append(Box(inner, fill, f"{name}: {readable(size)}"))
        shapes += _label(name, size, inner, width_of)
    return shapes


def _label(name: str, size: int, place: Rectangle, width_of: Callable[[str, float], float]) -> list[Words]:
    """Write name and size into a box, as large as fits; without its version, or not at all, where it is too small."""
    short = without_version(name)
    for font in range(_FONT, _SMALLEST_FONT - 1, -1):
        if place.height < font + 4:
            continue
        text = _fitting((name, short), font, place.width - 6, width_of)
        if text:
            words = [Words(place.x + 3, place.y + font + 1, text, font)]
            amount = readable(size)
            if place.height >= 2 * font + 6 and width_of(amount, font - 1) <= place.width - 6:
                words.append(Words(place.x + 3, place.y + 2 * font + 4, amount, font - 1, _QUIET))
            return words
    cut = _cut(short, _SMALLEST_FONT, place.width - 4, width_of) if place.height >= _SMALLEST_FONT + 4 else ""
    return [Words(place.x + 2, place.y + _SMALLEST_FONT + 1, cut, _SMALLEST_FONT)] if cut else []


def _fitting(texts: Sequence[str], size: float, width: float, width_of: Callable[[str, float], float]) -> str:
    return next((text for text in texts if width_of(text, size) <= width), "")


def _cut(text: str, size: float, width: float, width_of: Callable[[str, float], float]) -> str:
    """Give the beginning of a text that fits, or nothing where it would tell nothing."""
    for length in range(len(text) - 1, _LEAST_LETTERS - 1, -1):
        if width_of(f"{text[:length]}…", size) <= width:
            return f"{text[:length]}…"
    return ""


def _mixed(colour: str, share: float) -> str:
    """Mix a colour with white; `share` is the colour's."""
    parts = (int(colour[index : index + 2], 16) for index in (1, 3, 5))
    return "#" + "".join(f"{round(part * share + 255 * (1 - share)):02x}" for part in parts)
