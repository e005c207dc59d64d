"""The picture as SVG and PNG, and the closure in Graphviz' language."""

from __future__ import annotations

import functools
import io
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from jupyflake.picture.drawing import Box, Drawing
from jupyflake.picture.parts import readable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyflake.picture.parts import Part, StorePath

# A PNG is looked at on screens with twice as many points as pixels.
_SCALE = 2


@functools.cache
def _font(size: float) -> Any:
    from PIL import ImageFont  # noqa: PLC0415  (only pictures need it)

    return ImageFont.load_default(size)


def width_of(text: str, size: float) -> float:
    """Give the width of a text in pixels, in the font that the PNG has; SVG viewers' own are about as wide."""
    width: float = _font(size).getlength(text)
    return width * 1.04


def svg(drawing: Drawing) -> str:
    """Give the picture as SVG 1.1; a box tells its name and size when the pointer rests on it."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawing.width} {drawing.height}"'
        ' font-family="Aileron, Helvetica Neue, Helvetica, Arial, sans-serif">'
    )
    lines = [head, f"<title>{escape(drawing.title)}</title>"]
    for shape in drawing.shapes:
        if isinstance(shape, Box):
            x, y, width, height = (f"{value:.2f}" for value in shape.place)
            place = f'x="{x}" y="{y}" width="{width}" height="{height}" fill="{shape.fill}"'
            title = f"><title>{escape(shape.title)}</title></rect>" if shape.title else "/>"
            lines.append(f"<rect {place}{title}")
        else:
            weight = ' font-weight="bold"' if shape.bold else ""
            # The width is kept whatever font the viewer has.
            length = f'textLength="{width_of(shape.text, shape.size):.1f}" lengthAdjust="spacingAndGlyphs"'
            place = f'x="{shape.x:.1f}" y="{shape.y:.1f}" font-size="{shape.size:g}" fill="{shape.colour}"'
            lines.append(f"<text {place} {length}{weight}>{escape(shape.text)}</text>")
    return "\n".join([*lines, "</svg>"]) + "\n"


def png(drawing: Drawing) -> bytes:
    """Give the picture as PNG, at twice the size."""
    from PIL import Image, ImageDraw  # noqa: PLC0415  (only pictures need it)

    image = Image.new("RGB", (drawing.width * _SCALE, drawing.height * _SCALE), "white")
    canvas = ImageDraw.Draw(image)
    for shape in drawing.shapes:
        if isinstance(shape, Box):
            place = shape.place
            corner = (place.x + place.width, place.y + place.height)
            if place.width * _SCALE >= 1 and place.height * _SCALE >= 1:
                canvas.rectangle(
                    [place.x * _SCALE, place.y * _SCALE, corner[0] * _SCALE - 1, corner[1] * _SCALE - 1],
                    fill=shape.fill,
                )
        else:
            canvas.text(
                (shape.x * _SCALE, shape.y * _SCALE),
                shape.text,
                fill=shape.colour,
                font=_font(shape.size * _SCALE),
                anchor="ls",
                stroke_width=1 if shape.bold else 0,
                stroke_fill=shape.colour,
            )
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def dot(name: str, closures: Mapping[str, Sequence[StorePath]], found: Sequence[Part]) -> str:
    """Give the graph of who refers to whom, for `dot -Tsvg`; environments are the boxes at the top."""
    part_of = {path: index for index, part in enumerate(found) for path in part.paths}
    edges = {
        (part_of[each.path], part_of[reference])
        for closure in closures.values()
        for each in closure
        for reference in each.references
        if reference in part_of and part_of[reference] != part_of[each.path]
    }
    lines = [f"digraph {_quoted(name)} {{", "  rankdir = LR;", "  node [shape = box, fontname = sans];"]
    for index, part in enumerate(found):
        label = f"{part.name}\n{readable(part.size)}"
        style = ", style = filled, fillcolor = lightgrey" if len(part.users) > 1 else ""
        lines.append(f"  n{index} [label = {_quoted(label)}, tooltip = {_quoted(', '.join(part.users))}{style}];")
    lines += [f"  n{start} -> n{end};" for start, end in sorted(edges)]
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
