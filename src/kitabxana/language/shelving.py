"""Shelf keys: strings that sort call numbers, compared character by character, as the books stand on the shelf."""

from __future__ import annotations

import re
from typing import Final

from kitabxana.language.collation import letter_key

_NUMBER_WIDTH: Final = 9


def _padded(number: str) -> str:
    return str(int(number)).rjust(_NUMBER_WIDTH, "0")


def _letters(word: str) -> str:
    """Letters by the Azerbaijani order, in which all others have their place too; any letter sorts after any digit."""
    return letter_key(word, "az")


_PIECE: Final = re.compile(r"\d+|[^\W\d_]+")


def _local_key(callnumber: str) -> str:
    """Pieces in natural order: numbers by value, words by the alphabet, signs only part them."""
    return " ".join(_padded(piece) if piece.isdecimal() else _letters(piece) for piece in _PIECE.findall(callnumber))


# Letters; letters with a dot or blank and a number ("v. 10", "c.2"); digits.
_MARK: Final = re.compile(r"(?P<part>[^\W\d_]+)\.\s?(?P<number>\d+)|(?P<letters>[^\W\d_]+)|(?P<digits>\d+)")


def _cutter_key(callnumber: str) -> str:
    """Author marks and Cutter numbers: digits after letters are a decimal fraction, so N72 (or "N 72") precedes N8.

    Digits after a dotted abbreviation ("v. 10") or on their own (a year) count by value.
    """
    key = ""
    after_letters = False
    for found in _MARK.finditer(callnumber):
        if found["part"]:
            key += f" {_letters(found['part'])} {_padded(found['number'])}"
        elif found["letters"]:
            # Small letters right after a number belong to it: R79h, 1981b.
            key += ("" if callnumber[: found.start()][-1:].isdigit() else " ") + _letters(found["letters"])
        else:
            key += found["digits"] if after_letters else f" {_padded(found['digits'])}"
        after_letters = bool(found["letters"])
    return key.lstrip()


_DDC: Final = re.compile(r"^(?P<prefix>\D*?)(?P<whole>\d{1,3})(?!\d)(?:['/]?\.(?P<decimals>\d[\d/']*))?")


def _ddc_key(callnumber: str) -> str:
    """Dewey: decimals; segmentation marks do not count; a prefix ("R", "J") is a sequence after the plain numbers."""
    found = _DDC.match(callnumber)
    if not found:
        return _cutter_key(callnumber)
    prefix = _letters("".join(_PIECE.findall(found["prefix"])))
    decimals = re.sub(r"\D", "", found["decimals"] or "")
    return f"{prefix} {found['whole'].zfill(3)}.{decimals} {_cutter_key(callnumber[found.end() :])}".strip()


_LC: Final = re.compile(r"^(?P<letters>[A-Za-z]{1,3})\s*(?P<whole>\d{1,5})(?:\.(?P<decimals>\d+))?")


def _lc_key(callnumber: str) -> str:
    """Library of Congress: letters, whole number, decimals, Cutter numbers, year, parts; nothing before something."""
    found = _LC.match(callnumber)
    if not found:
        return _cutter_key(callnumber)
    head = f"{found['letters'].upper()} {found['whole'].zfill(5)}.{found['decimals'] or ''}"
    return f"{head} {_cutter_key(callnumber[found.end() :])}".strip()


# UDC's filing order of the signs after a number (the standard's "vertical" order): + and / widen the number and stand
# before it, the number alone next, then from relation to the finest auxiliary. Each sign is one character below "0".
_UDC_END: Final = '"'
_UDC_SIGNS: Final = (
    (re.compile(r"\s*\+\s*"), " "),
    (re.compile(r"\s*/\s*"), "!"),
    (re.compile(r"\s*::?\s*"), "#"),
    (re.compile(r"\s*\["), "$"),
    (re.compile(r"\(="), "("),
    (re.compile(r"="), "%"),
    (re.compile(r"\((?=0)"), "&"),
    (re.compile(r"\((?=\d)"), "'"),
    (re.compile(r'["“”„](?=[^"“”„]*["“”„])'), ")"),
    (re.compile(r"\*"), "*"),
    (re.compile(r"-(?=0)"), ","),
    (re.compile(r"-(?=\d)"), "-"),
    (re.compile(r"['’]"), "/"),
    (re.compile(r'[)\]"“”„]'), ""),
)
_UDC_DIGITS: Final = re.compile(r"\d+(?:\.\d+)*")
# Points only ease reading, save the one that opens a special auxiliary (.01/.09), which stands before the next digit.
_READING_POINT: Final = re.compile(r"\.(?!0)")
_UDC_WORD: Final = re.compile(r"[^\W\d_]+")


def _udc_key(callnumber: str) -> str:
    """UDC in its filing order, then the author mark after a blank."""
    key, at = "", 0
    while at < len(callnumber):
        sign = next(((hit, rank) for form, rank in _UDC_SIGNS if (hit := form.match(callnumber, at))), None)
        if found := _UDC_DIGITS.match(callnumber, at):
            key += _READING_POINT.sub("", found[0])
        elif sign:
            found, rank = sign
            key += rank or _UDC_END
        elif callnumber[at].isspace() and key:
            return f"{key}{_UDC_END} {_cutter_key(callnumber[at:])}"
        elif found := _UDC_WORD.match(callnumber, at):
            # An alphabetical subdivision: 821Nizami.
            key += "+" + _letters(found[0])
        at = found.end() if found else at + 1
    return key + _UDC_END if key else ""


_KEYS: Final = {
    "udc": _udc_key,
    "ddc": _ddc_key,
    "lc": _lc_key,
    "lcc": _lc_key,
    "cutter": _cutter_key,
}


def shelf_key(callnumber: str, scheme: str) -> str:
    """The key by which a call number stands on its shelf: compare keys as code points ("C" collation in SQL).

    `scheme` is "udc", "ddc", "lc" (or "lcc"), "cutter" (an author mark) or "local"; any other is taken as local, where
    numbers count by value and words by the alphabet. A number that does not fit its scheme still gets a key.
    """
    return _KEYS.get(scheme.lower(), _local_key)(callnumber.strip())
