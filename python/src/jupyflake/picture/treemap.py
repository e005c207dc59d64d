"""Rectangles with given areas that fill a rectangle, as square as can be.

Source: Bruls, Huizing, van Wijk, "Squarified Treemaps" (2000).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Rectangle(NamedTuple):
    """A place on the picture; all numbers are in pixels."""

    x: float
    y: float
    width: float
    height: float

    def inside(self, margin: float, top: float = 0) -> Rectangle:
        """Give what is left within a margin, and `top` below the upper edge."""
        return Rectangle(
            self.x + margin,
            self.y + margin + top,
            max(self.width - 2 * margin, 0),
            max(self.height - 2 * margin - top, 0),
        )


def squarify(sizes: Sequence[float], place: Rectangle) -> list[Rectangle]:
    """Give a rectangle for each size, in their order, which should be descending; the areas are in proportion."""
    total = sum(sizes)
    if total <= 0 or place.width <= 0 or place.height <= 0:
        return [Rectangle(place.x, place.y, 0, 0) for _ in sizes]
    scale = place.width * place.height / total
    areas = [size * scale for size in sizes]
    made: list[Rectangle] = []
    while areas:
        side = min(place.width, place.height)
        count = 1
        while count < len(areas) and _worst(areas[: count + 1], side) <= _worst(areas[:count], side):
            count += 1
        row, areas = areas[:count], areas[count:]
        placed, place = _lay(row, place)
        made += placed
    return made


def _worst(row: Sequence[float], side: float) -> float:
    """Give the greatest ratio of the sides in a row along a side."""
    total = sum(row)
    if total <= 0 or side <= 0 or min(row) <= 0:
        return float("inf")
    return max(side**2 * max(row) / total**2, total**2 / (side**2 * min(row)))


def _lay(row: Sequence[float], place: Rectangle) -> tuple[list[Rectangle], Rectangle]:
    """Put a row along the shorter side; give its rectangles and what is left."""
    total = sum(row)
    made = []
    if place.width >= place.height:
        width = min(total / place.height, place.width) if place.height else 0.0
        y = place.y
        for area in row:
            height = area / width if width else 0.0
            made.append(Rectangle(place.x, y, width, height))
            y += height
        return made, Rectangle(place.x + width, place.y, place.width - width, place.height)
    height = min(total / place.width, place.height)
    x = place.x
    for area in row:
        width = area / height if height else 0.0
        made.append(Rectangle(x, place.y, width, height))
        x += width
    return made, Rectangle(place.x, place.y + height, place.width, place.height - height)
