"""Covers drawn from a book's own data: its title and author on a pattern after Azerbaijani and Anatolian carpets."""

from __future__ import annotations

import hashlib
from html import escape
from typing import Final

from kitabxana.base.covers import charts
from kitabxana.base.covers.lettering import Block, compose, plain_text
from kitabxana.base.covers.weaving import (
    COLUMNS,
    FRAMED,
    KILIM,
    KNOT,
    MEDALLION,
    NICHE,
    ROWS,
    Box,
    Layout,
    Loom,
    Palette,
)

__all__ = ["PALETTES", "WEAVES", "draw_cover"]

_PAPER: Final = "#f8f2e4"
_MAX_TEXT: Final = 200
_MAX_LABEL: Final = 32
_MAX_SHORT: Final = 12

PALETTES: Final = (
    Palette("#8c1c30", "#e9d3a4", "#1f3552", "#d98a1f", _PAPER, "#6d1224", "#b77a1c"),  # pomegranate
    Palette("#1f3552", "#e6d9bd", "#a83a32", "#d9a441", _PAPER, "#1f3552", "#a83a32"),  # indigo
    Palette("#0f5c63", "#efe0bd", "#8c1c30", "#dda23c", _PAPER, "#0c474d", "#b77a1c"),  # Caspian teal
    Palette("#e9dcc0", "#9b1b30", "#1f3552", "#c77f1d", "#8c1c30", "#fbf3e0", "#e2ab4b"),  # undyed wool
    Palette("#c98a2b", "#5a1520", "#f4e6c4", "#1f3552", "#5a1520", "#f8e7c0", "#d9a441"),  # saffron
    Palette("#2f5d43", "#ead9ab", "#7d1b2b", "#d39a35", _PAPER, "#234732", "#a5432f"),  # leaf
    Palette("#54382a", "#e3c794", "#a5432f", "#3f6f73", "#f4e8d0", "#46291b", "#a5432f"),  # walnut
    Palette("#4a2440", "#e5c9a0", "#b4485a", "#d9a441", "#f6ecdc", "#4a2440", "#b4485a"),  # aubergine
    Palette("#a9472b", "#f3e0b8", "#26384f", "#e2ab4b", "#26384f", "#f7e6c2", "#e2ab4b"),  # madder
    Palette("#1d2733", "#cfa65b", "#9b3a3a", "#7fa3a0", "#1d2733", "#f0d9a3", "#cfa65b"),  # night
    Palette("#d8c39a", "#3a2a22", "#8c1c30", "#0f5c63", _PAPER, "#3a2a22", "#8c1c30"),  # camel
    Palette("#b8566a", "#fbe9cf", "#4b1a2c", "#e9bd62", "#4b1a2c", "#fbe9cf", "#e9bd62"),  # rose
    Palette("#5d7f92", "#f5ecd8", "#1f3552", "#b4463a", _PAPER, "#1f3552", "#b4463a"),  # faded indigo
    Palette("#69682d", "#f0e3ba", "#5a1520", "#d39a35", "#f6efd8", "#3f3f17", "#8c1c30"),  # olive
)

_Chart = tuple[str, ...]

# Composition, motif, its step across in knots, and the borders that go with it.
WEAVES: Final[tuple[tuple[Layout, _Chart, int, tuple[_Chart, ...]], ...]] = (
    (FRAMED, charts.BUTA, 18, (charts.TEETH, charts.DOG, charts.STARS)),
    (FRAMED, charts.GOL, 24, (charts.DOG, charts.ZIGZAG, charts.KUFIC)),
    (FRAMED, charts.STAR, 24, (charts.TEETH, charts.WINE_CUP, charts.DOG)),
    (FRAMED, charts.DRAGON, 18, (charts.ZIGZAG, charts.STARS)),
    (FRAMED, charts.LATTICE, 18, (charts.WINE_CUP, charts.KUFIC)),
    (FRAMED, charts.HORN, 24, (charts.TEETH, charts.STARS)),
    (MEDALLION, charts.HOOKED, 36, (charts.DOG, charts.WINE_CUP, charts.STARS)),
    (MEDALLION, charts.GOL, 24, (charts.KUFIC, charts.TEETH)),
    (MEDALLION, charts.STAR, 24, (charts.ZIGZAG, charts.DOG)),
    (MEDALLION, charts.HORN, 24, (charts.DOG, charts.KUFIC)),
    (NICHE, charts.STAR, 24, (charts.DOG, charts.TEETH, charts.WINE_CUP)),
    (NICHE, charts.BUTA, 18, (charts.STARS, charts.ZIGZAG)),
    (KILIM, charts.HOOKED, 36, (charts.ZIGZAG, charts.WINE_CUP, charts.DOG)),
    (KILIM, charts.GOL, 24, (charts.TEETH, charts.KUFIC)),
    (KILIM, charts.LATTICE, 18, (charts.STARS, charts.DOG)),
)


def draw_cover(*, key: str, title: str, author: str, year: str = "", language: str = "az") -> str:
    """A cover as a whole SVG document of less than 3 KB, the same for the same input for ever.

    `key` (a work's or a record's identity) chooses pattern and colours, so that a mended title keeps its face; only the
    composition may yield to a very long title.
    `title` and `author` may be catalogue headings: ISBD punctuation, dates and inversion are taken off. `language` is a
    BCP 47 tag put on the words for the reader's shaping engine and speech. The document holds no style sheet, script,
    font or outward address: it passes the strictest content security policy, inline or as an image.
    """
    title, author, year = (plain_text(text)[:_MAX_TEXT] for text in (title, author, year))
    digest = hashlib.sha256(key.encode()).digest()
    layout, motif, step, borders = WEAVES[digest[1] % len(WEAVES)]
    loom = Loom(
        motif=motif,
        step=step,
        border=borders[digest[2] % len(borders)],
        palette=PALETTES[digest[0] % len(PALETTES)],
        prefix=f"k{digest[3:5].hex()}",
    )
    box, block = _set(layout, loom, title=title, author=author, year=year)
    if block.title.shortened:
        layout = FRAMED  # the roomiest composition, with this weave's own motif and border
        box, block = _set(layout, loom, title=title, author=author, year=year)
    label = title[:_MAX_LABEL]
    centre = ((box.x + box.width / 2) * KNOT, (box.y + box.height / 2) * KNOT)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {COLUMNS * KNOT} {ROWS * KNOT}" '
        f'width="{COLUMNS * KNOT}" height="{ROWS * KNOT}" role="img" aria-label="{escape(label)}" '
        f'lang="{escape(language[:_MAX_SHORT])}">{layout.draw(loom, block.height / KNOT)}'
        f"{block.svg(centre=centre, ink=loom.palette.ink, mark=loom.palette.mark)}</svg>"
    )


def _set(layout: Layout, loom: Loom, *, title: str, author: str, year: str) -> tuple[Box, Block]:
    """The words set in a layout's box."""
    box = layout.box(loom)
    block = compose(
        title=title,
        author=author,
        year=year,
        width=box.width * KNOT,
        height=box.height * KNOT,
    )
    return box, block
