"""Carpet compositions: where border, field and motifs lie, and which plain field carries the words.

All lengths here are knots: a cover is woven of 72 by 108 of them, each four drawing units wide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from kitabxana.base.covers import charts

if TYPE_CHECKING:
    from collections.abc import Callable

KNOT: Final = 4
COLUMNS: Final = 72
ROWS: Final = 108
_SELVEDGE: Final = 3
_BAND: Final = 9  # depth of every border chart
_RUN: Final = 12  # length of every border chart: divides both inner sides, so that a border closes at its corners
_INSET: Final = _SELVEDGE + _BAND
_HALF_TURN: Final = f'transform="rotate(180 {COLUMNS // 2} {ROWS // 2})"'


class Palette(NamedTuple):
    """Colours of one cover: the ground and three yarns on it; the plain field, its words and the mark between them."""

    ground: str
    a: str
    b: str
    c: str
    field: str
    ink: str
    mark: str


class Box(NamedTuple):
    """A rectangle in knots."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Loom:
    """What one cover is woven with. `prefix` keeps the ids of two covers on one page apart."""

    motif: tuple[str, ...]
    step: int
    border: tuple[str, ...]
    palette: Palette
    prefix: str


@dataclass(frozen=True)
class Layout:
    """A composition: the box its words are set in, and what is woven round a block of words `height` knots high."""

    box: Callable[[Loom], Box]
    draw: Callable[[Loom, float], str]


def _yarns(chart: tuple[str, ...], palette: Palette) -> str:
    """A chart as one path for each of its yarns."""
    drawn = ((colour, charts.outline(chart, yarn)) for yarn, colour in zip("abc", palette[1:4], strict=True))
    return "".join(f'<path fill="{colour}" d="{path}"/>' for colour, path in drawn if path)


def _motif(loom: Loom) -> str:
    """The motif; of a symmetric one only a half or a quarter is drawn and mirrored, the knots on its axis twice."""
    chart = loom.motif
    wide, high = len(chart[0]), len(chart)
    across, down = all(row == row[::-1] for row in chart), chart == chart[::-1]
    part = tuple(row[: (wide + 1) // 2] if across else row for row in chart[: (high + 1) // 2 if down else high])
    drawn = _yarns(part, loom.palette)
    for mirrored, name, turn in ((across, "h", f"-1 0 0 1 {wide} 0"), (down, "q", f"1 0 0 -1 0 {high}")):
        if mirrored:
            drawn = (
                f'<g id="{loom.prefix}{name}">{drawn}</g><use href="#{loom.prefix}{name}" transform="matrix({turn})"/>'
            )
    return drawn


def _rect(colour: str, box: Box) -> str:
    x, y, width, height = (f"{side:g}" for side in box)
    return f'<path fill="{colour}" d="M{x} {y}h{width}v{height}h-{width}z"/>'


def _woven(loom: Loom, content: str) -> str:
    """The whole carpet, drawn in knots and scaled to units."""
    ground = _rect(loom.palette.ground, Box(0, 0, COLUMNS, ROWS))
    return f'<g transform="scale({KNOT})">{ground}{content}</g>'


def _border(loom: Loom) -> str:
    """A border on all four sides with a block at each corner; the charts' upper rows look outward."""
    palette, name = loom.palette, f"{loom.prefix}b"
    tile = (
        f'<pattern id="{name}" x="{_INSET}" y="{_SELVEDGE}" width="{_RUN}" height="{_BAND}" '
        f'patternUnits="userSpaceOnUse">{_yarns(loom.border, palette)}</pattern>'
    )
    across, down = COLUMNS - 2 * _INSET, ROWS - 2 * _INSET
    side = f'<rect x="{_INSET}" y="{_SELVEDGE}" height="{_BAND}" fill="url(#{name})" width='
    sides = (
        f'<g id="{name}s">{side}"{across}"/>{side}"{down}" transform="translate({COLUMNS})rotate(90)"/></g>'
        f'<use href="#{name}s" {_HALF_TURN}/>'
    )
    corners = [(x, y) for x in (_SELVEDGE, COLUMNS - _INSET) for y in (_SELVEDGE, ROWS - _INSET)]
    rings = "".join(f"M{x + 0.5} {y + 0.5}h8v8h-8z" for x, y in corners)
    eyes = "".join(f"M{x + 4} {y + 4}h1v1h-1z" for x, y in corners)
    blocks = "".join(f"M{x + 2} {y + 2}h5v5h-5z" for x, y in corners)
    return (
        f'{tile}{sides}<path fill="none" stroke="{palette.a}" '
        f'd="M1.5 1.5h{COLUMNS - 3}v{ROWS - 3}h{3 - COLUMNS}z{rings}"/>'
        f'<path fill="{palette.b}" d="{blocks}"/><path fill="{palette.c}" d="{eyes}"/>'
    )


def _sown(loom: Loom, box: Box, *, scale: float) -> str:
    """Whole motifs sown over a box, evenly from side to side, one row on its middle line."""
    name, wide, high = f"{loom.prefix}m", len(loom.motif[0]), len(loom.motif)
    across = box.width / scale / max(1, round(box.width / (loom.step * scale)))
    x, y = (across - wide) / 2, box.y + (box.height - high * scale) / 2
    return (
        f'<pattern id="{name}" width="{across:.4g}" height="{high + 4}" '
        f'patternUnits="userSpaceOnUse" patternTransform="translate({box.x + x * scale:.4g} {y:.4g})'
        f'{"" if scale == 1 else f"scale({scale:.2g})"}">{_motif(loom)}</pattern>' + _rect(f"url(#{name})", box)
    )


def _cartouche(colour: str, line: str, box: Box) -> str:
    """A plain field with stepped corners and a thin line inside its edge."""
    x, y, width, height = box
    step = 2
    side, rise = width - 4 * step, height - 4 * step
    path = (
        f"M{x + 2 * step:g} {y:g}h{side:g}v{step}h{step}v{step}h{step}v{rise:g}h-{step}v{step}h-{step}v{step}"
        f"h-{side:g}v-{step}h-{step}v-{step}h-{step}v-{rise:g}h{step}v-{step}h{step}z"
    )
    return f'<path fill="{colour}" stroke="{line}" d="{path}"/>'


def _framed(loom: Loom, height: float) -> str:
    """A border all round, a row of motifs above and below, the words on a cartouche between them."""
    palette = loom.palette
    tall = max(40.0, round(height) + 12.0)
    strip = (ROWS - tall) / 2 - _INSET
    row = Box(_INSET, _INSET, COLUMNS - 2 * _INSET, strip)
    name = f"{loom.prefix}r"
    sown = _sown(loom, row, scale=min(1, (strip - 2) / len(loom.motif)))
    mirrored = f'<use href="#{name}" {_HALF_TURN}/>'
    panel = Box(8, (ROWS - tall) / 2, COLUMNS - 16, tall)
    cartouche = _cartouche(palette.field, palette.a, panel)
    return _woven(loom, f'<g id="{name}">{sown}</g>{mirrored}{_border(loom)}{cartouche}')


def _medallion(loom: Loom, _height: float) -> str:
    palette = loom.palette
    wide, high = len(loom.motif[0]), len(loom.motif)
    scale = min(42 / wide, 38 / high)
    left, top = (COLUMNS - wide * scale) / 2, 15 + (38 - high * scale) / 2
    field = _rect(palette.field, Box(_INSET, 56, COLUMNS - 2 * _INSET, ROWS - 56 - _INSET))
    line = _rect(palette.a, Box(_INSET, 55, COLUMNS - 2 * _INSET, 1))
    medallion = f'<g transform="translate({left:g} {top:g})scale({scale:.3g})">{_motif(loom)}</g>'
    return _woven(loom, field + line + medallion + _border(loom))


def _niche(loom: Loom, _height: float) -> str:
    """A prayer rug's arch: motifs sown in the spandrels, the words under the arch."""
    palette = loom.palette
    steps = "h2v-3" * 9
    down = "h2v3" * 9
    arch = f"M15 {ROWS - _INSET - 3}V45{steps}v-1h6v1{down}V{ROWS - _INSET - 3}z"
    field = Box(_INSET, _INSET, COLUMNS - 2 * _INSET, ROWS - 2 * _INSET)
    sown = _sown(loom, field, scale=0.5)
    return _woven(
        loom,
        sown + _border(loom) + f'<path fill="{palette.field}" stroke="{palette.a}" d="{arch}"/>',
    )


def _kilim(loom: Loom, _height: float) -> str:
    """Bands across the whole width, above and below the words."""
    name, row = f"{loom.prefix}b", _kilim_row(loom)
    tile = (
        f'<pattern id="{name}" width="{_RUN}" height="{_BAND}" patternUnits="userSpaceOnUse">'
        f"{_yarns(loom.border, loom.palette)}</pattern>"
    )
    bands = "".join(
        f'<rect width="{COLUMNS}" height="{_BAND}" fill="url(#{name})" transform="translate(0 {y})"/>'
        for y in (2, _BAND + row + 2, ROWS - _BAND - 2)
    )
    motifs = _sown(loom, Box(0, _BAND + 2, COLUMNS, row), scale=1)
    return _woven(loom, tile + motifs + bands + _rect(loom.palette.field, _kilim_field(loom)))


def _kilim_row(loom: Loom) -> int:
    return max(len(loom.motif) + 2, 24)


def _kilim_field(loom: Loom) -> Box:
    top = 2 * _BAND + _kilim_row(loom) + 4
    return Box(0, top, COLUMNS, ROWS - _BAND - 4 - top)


def _kilim_box(loom: Loom) -> Box:
    field = _kilim_field(loom)
    return Box(6, field.y + 2, COLUMNS - 12, field.height - 4)


FRAMED: Final = Layout(lambda _: Box(12, 26, 48, 56), _framed)
MEDALLION: Final = Layout(lambda _: Box(13, 57, 46, 38), _medallion)
NICHE: Final = Layout(lambda _: Box(16.5, 43, 39, 48), _niche)
KILIM: Final = Layout(_kilim_box, _kilim)
