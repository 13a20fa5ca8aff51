"""Standard numbers in the one form in which they are compared."""

from __future__ import annotations

import functools
import re

from stdnum import issn as _issn
from stdnum.exceptions import ValidationError

_ISBN_IN_TEXT = re.compile(r"[0-9][0-9\-\u2010-\u2013 ]{8,20}[0-9Xx]|[0-9]{9}[0-9Xx]")
_NOT_ISBN = re.compile(r"[^0-9Xx]")
_CONTROL_NOISE = re.compile(r"\s+")


@functools.lru_cache(maxsize=1 << 10)
def isbn13(text: str) -> str | None:
    """The ISBN (ISO 2108) at the start of `text` as 13 digits, or None when there is no valid one.

    Written out and remembered because an import asks it for every record of millions, and twice: a tenth of the
    library's time.
    """
    found = _ISBN_IN_TEXT.search(text)
    if not found:
        return None
    compact = _NOT_ISBN.sub("", found.group()).upper()
    if len(compact) == 13 and compact.isdecimal() and compact[:3] in ("978", "979"):
        return compact if ean_check(compact[:12]) == compact[12] else None
    if len(compact) < 10 or not compact[:9].isdecimal():
        return None
    weighted = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), compact, strict=False))
    if "0123456789X"[-weighted % 11] != compact[9]:
        return None
    return f"978{compact[:9]}{ean_check('978' + compact[:9])}"


def ean_check(digits: str) -> str:
    """The check digit of EAN-13 (ISO 2108, annex A) for twelve digits."""
    return str(-(sum(map(int, digits[::2])) + 3 * sum(map(int, digits[1::2]))) % 10)


def issn8(text: str) -> str | None:
    """The ISSN (ISO 3297) at the start of `text` as 8 characters without hyphen, or None."""
    try:
        return str(_issn.compact(_issn.validate(text.strip()[:9])))
    except ValidationError:
        return None


def control_number(text: str) -> str:
    """MARC 001 as it is matched: inner and outer white space does not distinguish two numbers."""
    return _CONTROL_NOISE.sub("", text)
