"""Sheets that can be bought, sheets that can be, and where on a label what stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kitabxana.labels.facts import CARD_HEIGHT, CARD_WIDTH, Box, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kitabxana.labels.facts import Label, What

A4: Final = (21_000, 29_700)
MOST_LABELS: Final = 500
LARGEST_PAGE: Final = 42_000
MOST_PLACES: Final = 200
FINEST_BAR: Final = 17
"""The narrowest module that scanners of the counter read from laser print: 0.17 mm."""

_SHEETS: Final = (
    Sheet("a4-65", *A4, 5, 13, 3810, 2120, 475, 1070, 4060, 2120),
    Sheet("a4-40", *A4, 4, 10, 5250, 2970, 0, 0, 5250, 2970),
    Sheet("a4-24", *A4, 3, 8, 7000, 3700, 0, 50, 7000, 3700),
    Sheet("a4-21", *A4, 3, 7, 6350, 3810, 725, 1515, 6600, 3810),
    Sheet("a4-14", *A4, 2, 7, 9910, 3810, 465, 1515, 10_160, 3810),
    Sheet("roll-40x30", 4000, 3000, 1, 1, 4000, 3000),
    Sheet("roll-58x40", 5800, 4000, 1, 1, 5800, 4000),
    Sheet("a4-cards", *A4, 2, 5, CARD_WIDTH, CARD_HEIGHT, 1940, 1355, CARD_WIDTH, CARD_HEIGHT),
    Sheet("cr80", CARD_WIDTH, CARD_HEIGHT, 1, 1, CARD_WIDTH, CARD_HEIGHT),
)
STANDARD: Final[Mapping[str, Sheet]] = {sheet.code: sheet for sheet in _SHEETS}
FIRST_CHOICE: Final[Mapping[What, str]] = {"spine": "a4-65", "barcode": "a4-40", "both": "a4-24", "card": "a4-cards"}

LENGTHS: Final = ("page_width", "page_height", "width", "height", "left", "top", "across", "down")
"""What of a sheet is a length; `columns` and `rows` are counts."""


def sheet_problem(sheet: Sheet) -> str | None:
    """Why labels can't lie so on a page (a stable code), None when they can."""
    name = sheet.name.strip()
    if not name or len(name) > 80 or not name.isprintable():
        return "bad_sheet_name"
    least = min(sheet.columns, sheet.rows, sheet.width // 1000, sheet.height // 500, sheet.left + 1, sheet.top + 1)
    if least < 1 or sheet.places > MOST_PLACES or max(sheet.page_width, sheet.page_height) > LARGEST_PAGE:
        return "bad_sheet"
    if (sheet.columns > 1 and sheet.across < sheet.width) or (sheet.rows > 1 and sheet.down < sheet.height):
        return "labels_overlap"
    right, bottom = sheet.spot(sheet.places)
    if right + sheet.width > sheet.page_width or bottom + sheet.height > sheet.page_height:
        return "off_the_page"
    return None


def takes_cards(sheet: Sheet) -> bool:
    return sheet.width >= CARD_WIDTH and sheet.height >= CARD_HEIGHT


def pages(labels: Sequence[Label], sheet: Sheet, *, start: int = 1) -> Iterator[list[tuple[int, Label]]]:
    """Page by page (place, label); the first page begins at the place `start`, for a sheet that was used before."""
    skipped = min(max(start, 1), sheet.places) - 1
    first = sheet.places - skipped
    yield [(place, label) for place, label in enumerate(labels[:first], skipped + 1)]
    for at in range(first, len(labels), sheet.places):
        yield [(place, label) for place, label in enumerate(labels[at : at + sheet.places], 1)]


LONGEST_PART: Final = 9
MOST_LINES: Final = 8
_BREAK: Final = re.compile(r"(?<=[./:=()\-–+])")


def spine_lines(call_number: str, volume: str = "") -> tuple[str, ...]:
    """A call number as it stands on a spine: a line for each word, long ones broken after a sign of punctuation."""
    lines = [line for part in call_number.split() for line in _broken(part)]
    if volume:
        lines.append(volume)
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], " ".join(lines[MOST_LINES - 1 :])]
    return tuple(lines)


def _broken(part: str) -> list[str]:
    lines = [""]
    for piece in _BREAK.split(part):
        if lines[-1] and len(lines[-1]) + len(piece) > LONGEST_PART:
            lines.append("")
        lines[-1] += piece
    return lines


def boxes(sheet: Sheet, what: What, *, square: bool) -> dict[str, Box]:
    """Where on each label of a sheet its parts stand, by name; `square` is a QR code."""
    if what == "card":
        return _card(sheet, square=square)
    if what == "spine":
        return {"spine": _inside(sheet, 0, sheet.width)}
    split = sheet.width * 36 // 100 if what == "both" else 0
    found = {"spine": _inside(sheet, 0, split)} if split else {}
    return found | _barcode(sheet, split, sheet.width, square=square)


def spine_font(box: Box, lines: int) -> int:
    """The height of letters with which so many lines of the longest part stand in the box; at most 14 points."""
    return min(494, box.height * 100 // (max(lines, 1) * 115), box.width * 100 // (LONGEST_PART * 62))


def bar_width(box: Box, modules: int) -> float:
    """The width of the narrowest bar in the box."""
    return box.width / modules


def _inside(sheet: Sheet, left: int, right: int) -> Box:
    """Printers leave the edges of a page white, and many sheets have labels up to the edge."""
    high, wide = min(200, sheet.height // 14), min(400, (right - left) * 6 // 100)
    return Box(left + wide, high, right - left - 2 * wide, sheet.height - 2 * high)


def _barcode(sheet: Sheet, left: int, right: int, *, square: bool) -> dict[str, Box]:
    """Library, code, number and title under each other; a square code has the words at its right, the number below.

    A number of sixteen signs is never cut.
    """
    inner = _inside(sheet, left, right)
    font = min(300, max(170, sheet.height * 85 // 1000))
    line = font * 125 // 100
    figures = min(font, inner.width * 100 // (16 * 68))
    if square:
        side = min(inner.height - line - 30, inner.width // 2)
        beside, width = inner.left + side + 50, inner.width - side - 50
        top = inner.top + (inner.height - side - line - 30) // 2
        return {
            "code": Box(inner.left, top, side, side),
            "library": Box(beside, top, width, 2 * line, font),
            "title": Box(beside, top + 2 * line, width, max(side // line - 2, 1) * line, font),
            "number": Box(inner.left, top + side + 30, inner.width, line, figures),
        }
    titled = sheet.height >= 2500
    low = inner.top + inner.height - (2 * line if titled else line)
    found = {
        "library": Box(inner.left, inner.top, inner.width, line, font),
        "code": Box(inner.left, inner.top + line, inner.width, low - inner.top - line - 40),
        "number": Box(inner.left, low, inner.width, line, figures),
    }
    return found | ({"title": Box(inner.left, low + line, inner.width, line, font)} if titled else {})


def _card(sheet: Sheet, *, square: bool) -> dict[str, Box]:
    """The parts of a card, which lies in the middle of its place."""
    x, y = (sheet.width - CARD_WIDTH) // 2, (sheet.height - CARD_HEIGHT) // 2
    wide, side = CARD_WIDTH - 1000, 2150
    found = {
        "library": Box(x + 500, y + 380, wide, 826, 330),
        "name": Box(x + 500, y + 1400, wide, 1176, 470),
        "category": Box(x + 500, y + 2640, wide - (side if square else 0), 380, 290),
    }
    if square:
        return found | {
            "until": Box(x + 500, y + 3080, wide - side, 380, 290),
            "number": Box(x + 500, y + 4380, wide - side, 480, 360),
            "code": Box(x + CARD_WIDTH - 400 - side, y + CARD_HEIGHT - 350 - side, side, side),
        }
    return found | {
        "until": Box(x + 500, y + 3020, wide, 380, 290),
        "code": Box(x + 300, y + 3520, CARD_WIDTH - 600, 1030),
        "number": Box(x + 500, y + 4570, wide, 440, 330),
    }


def stylesheet(sheet: Sheet, what: What, *, square: bool) -> str:
    """The sheet as CSS: where each place is (`.k-at-N`), where on a label its parts (`.k-on-NAME`), letters."""
    parts = boxes(sheet, what, square=square)
    rules = [
        _rule(".k-sheet", width=sheet.page_width, height=sheet.page_height),
        _rule(".k-label", width=sheet.width, height=sheet.height),
    ]
    for place in range(1, sheet.places + 1):
        left, top = sheet.spot(place)
        rules.append(_rule(f".k-at-{place}", left=left, top=top))
    for name, box in parts.items():
        lengths = {"left": box.left, "top": box.top, "width": box.width, "height": box.height}
        rules.append(_rule(f".k-on-{name}", **lengths, **({"font_size": box.font} if box.font else {})))
    if spine := parts.get("spine"):
        rules += [_spine(spine, lines) for lines in range(1, MOST_LINES + 1)]
    return "\n".join(rules) + "\n"


def _spine(box: Box, lines: int) -> str:
    """So many lines, as large as they can be, in the middle of the height."""
    font = spine_font(box, lines)
    return _rule(f".k-lines-{lines}", font_size=font, padding_top=(box.height - lines * font * 115 // 100) // 2)


def page_rule(sheet: Sheet) -> str:
    """The CSS that makes a page of the sheet's size."""
    return f"@page {{ size: {_mm(sheet.page_width)} {_mm(sheet.page_height)}; margin: 0 }}\n"


def _rule(selector: str, **lengths: Any) -> str:
    told = "; ".join(f"{name.replace('_', '-')}: {_mm(length)}" for name, length in lengths.items())
    return f"{selector} {{ {told} }}"


def _mm(length: int) -> str:
    return f"{length / 100:g}mm"
