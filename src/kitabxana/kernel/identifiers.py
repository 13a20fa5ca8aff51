"""Standard numbers in the one form in which they are compared."""

from __future__ import annotations

import re

from stdnum import isbn as _isbn
from stdnum import issn as _issn
from stdnum.exceptions import ValidationError

_ISBN_IN_TEXT = re.compile(r"[0-9][0-9\-\u2010-\u2013 ]{8,20}[0-9Xx]|[0-9]{9}[0-9Xx]")
_CONTROL_NOISE = re.compile(r"\s+")


def isbn13(text: str) -> str | None:
    """The ISBN (ISO 2108) at the start of `text` as 13 digits, or None when there is no valid one."""
    found = _ISBN_IN_TEXT.search(text)
    if not found:
        return None
    try:
        return str(_isbn.to_isbn13(_isbn.validate(re.sub(r"[^0-9Xx]", "", found.group()))).replace("-", ""))
    except ValidationError:
        return None


def issn8(text: str) -> str | None:
    """The ISSN (ISO 3297) at the start of `text` as 8 characters without hyphen, or None."""
    try:
        return str(_issn.compact(_issn.validate(text.strip()[:9])))
    except ValidationError:
        return None


def control_number(text: str) -> str:
    """MARC 001 as it is matched: inner and outer white space does not distinguish two numbers."""
    return _CONTROL_NOISE.sub("", text)
