"""The treemap in characters, for terminals: a box for each group, as large as it is, with its largest parts in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jupyflake.picture.parts import readable, without_version
from jupyflake.picture.treemap import Rectangle, squarify

if TYPE_CHECKING:
    from collections.abc import Sequence

# A character is about twice as high as it is wide.
_ASPECT = 2
_LEAST_LETTERS = 4
# Narrower boxes have names only.
_SIZED = 15
_UP, _DOWN, _LEFT, _RIGHT = 1, 2, 4, 8
_CHARACTERS = {
    0: " ",
    _UP | _DOWN: "│",
    _LEFT | _RIGHT: "─",
    _DOWN | _RIGHT: "┌",
    _DOWN | _LEFT: "┐",
    _UP | _RIGHT: "└",
    _UP | _LEFT: "┘",
    _UP | _DOWN | _RIGHT: "├",
    _UP | _DOWN | _LEFT: "┤",
    _DOWN | _LEFT | _RIGHT: "┬",
    _UP | _LEFT | _RIGHT: "┴",
    _UP | _DOWN | _LEFT | _RIGHT: "┼",
}


class Block(NamedTuple):
    """A box: its title, and its parts from the largest on, each a name and a size in bytes."""

    title: str
    parts: Sequence[tuple[str, int]]

    @property
    def size(self) -> int:
        """The sum of the parts, in bytes."""
        return sum(size for _, size in self.parts)


def draw(blocks: Sequence[Block], width: int, height: int) -> str:
    """Draw boxes in `height` lines of `width` characters; neighbours share their line."""
    shown = sorted((block for block in blocks if block.size > 0), key=lambda block: -block.size)
    lines: dict[tuple[int, int], int] = {}
    letters: dict[tuple[int, int], str] = {}
    place = Rectangle(0, 0, width - 1, (height - 1) * _ASPECT)
    for block, rectangle in zip(shown, squarify([block.size for block in shown], place), strict=True):
        left, right = round(rectangle.x), round(rectangle.x + rectangle.width)
        top, bottom = (round(y / _ASPECT) for y in (rectangle.y, rectangle.y + rectangle.height))
        _frame(lines, left, top, right, bottom)
        for row, text in enumerate(_texts(block, right - left - 3, bottom - top - 1)):
            letters |= {(left + 2 + column, top + 1 + row): letter for column, letter in enumerate(text)}
    canvas = [
        "".join(letters.get((x, y)) or _CHARACTERS[lines.get((x, y), 0)] for x in range(width)) for y in range(height)
    ]
    return "\n".join(line.rstrip() for line in canvas)


def _frame(lines: dict[tuple[int, int], int], left: int, top: int, right: int, bottom: int) -> None:
    """Add a box's border; where it meets others, a character has the lines of all."""
    for x in range(left, right):
        for y in (top, bottom):
            lines[x, y] = lines.get((x, y), 0) | _RIGHT
            lines[x + 1, y] = lines.get((x + 1, y), 0) | _LEFT
    for y in range(top, bottom):
        for x in (left, right):
            lines[x, y] = lines.get((x, y), 0) | _DOWN
            lines[x, y + 1] = lines.get((x, y + 1), 0) | _UP


def _texts(block: Block, width: int, height: int) -> list[str]:
    """Give the lines in a box: its title with its size, then its largest parts, and how many more there are."""
    if width < _LEAST_LETTERS or height < 1:
        return []
    room = height - 1
    parts = list(block.parts)
    hidden = len(parts) - room
    named = parts if hidden <= 0 else parts[: max(room - 1, 0)]
    texts = [_pair(block.title, readable(block.size), width)]
    texts += [_pair(name, readable(size), width) for name, size in named]
    if hidden > 0 and room > 0:
        rest = parts[len(named) :]
        texts.append(_pair(f"{len(rest)} more", readable(sum(size for _, size in rest)), width))
    return texts


def _pair(name: str, size: str, width: int) -> str:
    """Put a name at the left and its size at the right; what has no room is left out: the version, then the end."""
    room = width - len(size) - 1 if width >= _SIZED else width
    text = name if len(name) <= room else without_version(name)
    text = text if len(text) <= room else f"{text[: room - 1]}…"
    return f"{text.ljust(room)} {size}" if width >= _SIZED else text
