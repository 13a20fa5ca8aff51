"""Setting words on a cover: measured widths, balanced lines, and a heading turned back into a name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Final

# Widths of bold serif letters in hundredths of the type size, measured on Noto Serif and rounded up: what the reader's
# machine puts in its place (Cambria, Liberation, Times) is narrower.
_WIDTHS: Final = {
    30: "',./:;\\’· آأإادذرزوژ",
    36: "-`ijlıîłј،",
    42: "!()|IJtİЈ",
    50: "[]f{}*_sşґ–“”",
    56: '"?crzç«»гзсэғ',
    60: "#$+0123456789<=>S^aegy~əğâéèàäГаетуьёәҒєß",
    66: "EFLPTbdkopqvxöøБЕЗРТЬбвдкорхяЁөү",
    72: "BCVYZhnuüÇûñВСУЭийлнпцчҹҮһҝ",
    76: "AKRUXƏÜАДКЛХЪЯъӘҜ",
    82: "&DGNOQĞÖОЧҸӨҺ",
    88: "HИЙНПФЦф",
    94: "wæмы%@Mœ…Мжю",
    102: "m—Ыш",
    110: "№ЖщфW",
    118: "ШЩЮ",
}
_WIDTH: Final = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_WIDE: Final = {"W", "F"}
_WIDTH_WIDE: Final = 104
_WIDTH_UNKNOWN: Final = 68
_WIDTH_ARABIC: Final = 52
_SHORT_WORD: Final = 3
_HANGING_PENALTY: Final = 0.06
_HEADING_PARTS: Final = 2
_NO_TEXT: Final = {"Cc", "Cn", "Co", "Cs"}

_SERIF: Final = "'Noto Serif',Cambria,'Noto Naskh Arabic',serif"
_TITLE_SIZES: Final = (46.0, 42.0, 38.0, 34.0, 31.0, 28.0, 25.5, 23.0, 21.0, 19.0, 17.5, 16.0)
_SUBTITLE_SIZES: Final = (17.0, 15.5, 14.0)
_AUTHOR_SIZES: Final = (19.0, 17.5, 16.0, 14.5, 13.5)
_YEAR_SIZES: Final = (14.0,)
_REGULAR: Final = 400
_BOLD: Final = 700
_GAP: Final = 6.0
_MAX_CUT_LINES: Final = 5  # what is cut anyway need not fill the cover, nor its 3 KB
_MARK: Final = 22.0


@dataclass(frozen=True)
class Setting:
    """Lines of text with the type size and the leading they were set for, in units of the drawing."""

    lines: tuple[str, ...]
    size: float
    leading: float
    shortened: bool = False

    @property
    def height(self) -> float:
        """Height from the top of the first line to the foot of the last."""
        return self.leading * len(self.lines)


@lru_cache(maxsize=4096)
def text_width(text: str) -> float:
    """Estimated width of a text in ems: never much less than what a common serif takes."""
    return sum(_letter_width(letter) for letter in text) / 100


def _letter_width(letter: str) -> int:
    if letter in _WIDTH:
        return _WIDTH[letter]
    if unicodedata.category(letter) in {"Mn", "Cf", "Me"}:
        return 0
    if "؀" <= letter <= "ۿ":
        return _WIDTH_ARABIC
    return _WIDTH_WIDE if _is_wide(letter) else _WIDTH_UNKNOWN


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction of its own runs from right to left (Unicode UAX 9, rule P2)."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def plain_text(text: str) -> str:
    """Text with composed letters, single spaces and nothing that XML may not hold."""
    kept = (c if not c.isspace() else " " for c in unicodedata.normalize("NFC", text))
    return " ".join("".join(c for c in kept if unicodedata.category(c) not in _NO_TEXT).split())


def tidy_title(title: str) -> tuple[str, str]:
    """A title as a cover says it: without the description's own punctuation, the subtitle apart."""
    plain = title.rstrip(" /:;=,")
    plain = re.sub(r"\s*\[[^\]]*\]$", "", plain).rstrip(" /:;=,") or title
    if re.search(r"\w\w\.$", plain) and plain.count(".") == 1:
        plain = plain[:-1]
    main, colon, rest = plain.partition(" : ")
    if not colon:
        main, colon, rest = plain.partition(": ")
    return (main.strip(), rest.strip(" /:;=")) if colon and main.strip() else (plain, "")


def spoken_name(heading: str) -> str:
    """A catalogue heading as a person's name: "Tolstoy, Lev, 1828-1910." is "Lev Tolstoy"."""
    parts = [part.strip() for part in re.split(r"[,،]", heading) if part.strip()]
    parts = [part for part in parts if not any(c.isdigit() for c in part)] or parts
    if len(parts) == _HEADING_PARTS and " " not in parts[0].strip("."):
        parts.reverse()
    name = " ".join(parts) if len(parts) <= _HEADING_PARTS else ", ".join(parts)
    return name[:-1] if re.search(r"\w\w\w\.$", name) else name


def set_text(text: str, *, width: float, height: float, sizes: tuple[float, ...], max_lines: int) -> Setting:
    """Set a text as large as the box allows, in lines of even length; words are cut only when no size is small enough.

    `sizes` run from large to small, in the same unit as `width` and `height`. What does not fit at the smallest size
    ends in an ellipsis.
    """
    for size in sizes:
        leading = round(size * 1.18, 2)
        lines = _balanced(_words(text), measure=width / size)
        if lines and len(lines) <= max_lines and len(lines) * leading <= height:
            return Setting(tuple(lines), size, leading)
    size = sizes[-1]
    leading = round(size * 1.18, 2)
    room = max(1, min(max_lines, _MAX_CUT_LINES, int(height / leading)))
    lines, shortened = _fill(_words(text), measure=width / size, room=room)
    return Setting(tuple(lines), size, leading, shortened=shortened)


def _words(text: str) -> list[str]:
    """Words a line may break between; scripts written without spaces break between any two letters."""
    words: list[str] = []
    for word in text.split():
        wide = any(_is_wide(letter) for letter in word)
        words.extend(word if wide else [word])
    return words


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in _WIDE


def _joined(words: list[str]) -> str:
    text = ""
    for word in words:
        tight = text and _is_wide(word[0])
        text += word if not text or tight else f" {word}"
    return text


def _balanced(words: list[str], *, measure: float) -> list[str]:
    """Fewest lines that hold the words, then the most even of those; none when a word is wider than the measure."""
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)]
    for end in range(1, len(words) + 1):
        options = []
        width = 0.0
        for start in range(end - 1, -1, -1):
            gap = 0.0 if start == end - 1 or _is_wide(words[start + 1][0]) else text_width(" ")
            width += text_width(words[start]) + gap
            if width > measure:
                break
            slack = (1 - width / measure) ** 2
            hangs = end < len(words) and len(words[end - 1]) <= _SHORT_WORD and end - start > 1
            options.append((best[start][0] + 1, best[start][1] + slack + _HANGING_PENALTY * hangs, start))
        if not options:
            return []
        best.append(min(options))
    lines: list[str] = []
    end = len(words)
    while end:
        start = best[end][2]
        lines.insert(0, _joined(words[start:end]))
        end = start
    return lines


def _fill(words: list[str], *, measure: float, room: int) -> tuple[list[str], bool]:
    """Fill the lines there is room for; the last one ends in an ellipsis when words are left over."""
    pieces = [piece for word in words for piece in _cut(word, measure=measure)]
    lines: list[list[str]] = [[]]
    for piece in pieces:
        if text_width(_joined([*lines[-1], piece])) > measure:
            lines.append([])
        lines[-1].append(piece)
    kept = [_joined(line) for line in lines[:room]]
    if len(lines) > room:
        last = kept[-1]
        while last and text_width(f"{last}…") > measure:
            last = last[:-1]
        kept[-1] = f"{last.rstrip(' ,.;:-')}…"
    return kept, len(lines) > room


def _cut(word: str, *, measure: float) -> list[str]:
    """A word in pieces that fit the measure, each but the last with a hyphen."""
    pieces = []
    while text_width(word) > measure and len(word) > 1:
        length = len(word) - 1
        while length > 1 and text_width(f"{word[:length]}-") > measure:
            length -= 1
        pieces.append(f"{word[:length]}-")
        word = word[length:]
    return [*pieces, word]


@dataclass(frozen=True)
class Block:
    """All words of a cover, one above the other, ready to be centred on a point."""

    title: Setting
    subtitle: Setting | None
    author: Setting | None
    year: Setting | None

    @property
    def height(self) -> float:
        """Height of the whole block in drawing units."""
        height = self.title.height
        if self.subtitle:
            height += _GAP + self.subtitle.height
        if self.author or self.year:
            height += _MARK
        return height + sum(part.height for part in (self.author, self.year) if part)

    def svg(self, *, centre: tuple[float, float], ink: str, mark: str) -> str:
        """The words as SVG text elements centred on a point, a small stepped lozenge between book and author."""
        x, y = centre
        y -= self.height / 2
        drawn = _lines(self.title, x=x, y=y, weight=_BOLD)
        y += self.title.height
        if self.subtitle:
            y += _GAP
            drawn += _lines(self.subtitle, x=x, y=y, weight=_REGULAR)
            y += self.subtitle.height
        if self.author or self.year:
            drawn += (
                f'<path fill="{mark}" d="M{x - 2:.0f} {y + 6:.0f}h4v2h2v2h2v4h-2v2h-2v2h-4v-2h-2v-2h-2v-4h2v-2h2z"/>'
            )
            y += _MARK
        for part in (self.author, self.year):
            if part:
                drawn += _lines(part, x=x, y=y, weight=_REGULAR)
                y += part.height
        return f'<g fill="{ink}" font-family="{_SERIF}" text-anchor="middle">{drawn}</g>'


def _lines(setting: Setting, *, x: float, y: float, weight: int) -> str:
    direction = ' direction="rtl"' if is_right_to_left(setting.lines[0]) else ""
    first = y + (setting.leading + setting.size * 0.68) / 2
    spans = "".join(
        f'<tspan x="{x:g}" y="{first + row * setting.leading:.0f}">{escape(line, quote=False)}</tspan>'
        for row, line in enumerate(setting.lines)
    )
    bold = f' font-weight="{weight}"' if weight != _REGULAR else ""
    return f'<text font-size="{setting.size:g}"{bold}{direction}>{spans}</text>'


def compose(*, title: str, author: str, year: str, width: float, height: float) -> Block:
    """All words of a cover set to fit a box: author and year first, since they are short, the title in what is left."""
    main, rest = tidy_title(title)
    name = spoken_name(author)
    author_set = set_text(name, width=width, height=48, sizes=_AUTHOR_SIZES, max_lines=2) if name else None
    year_set = set_text(year, width=width, height=20, sizes=_YEAR_SIZES, max_lines=1) if year.strip() else None
    rest_set = set_text(rest, width=width, height=60, sizes=_SUBTITLE_SIZES, max_lines=3) if rest else None
    subtitles = (rest_set, None) if rest_set else (None,)
    for subtitle in subtitles:
        taken = Block(Setting((), 0, 0), subtitle, author_set, year_set).height
        title_set = set_text(main or "—", width=width, height=height - taken, sizes=_TITLE_SIZES, max_lines=7)
        if not title_set.shortened:
            break
    return Block(title_set, subtitle, author_set, year_set)
