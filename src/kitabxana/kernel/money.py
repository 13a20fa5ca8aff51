"""Money: whole minor units with an ISO 4217 code, never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` counts the smallest unit (qəpik, kuruş); `currency` is the ISO 4217 code."""

    minor: int
    currency: str

    def decimal(self) -> Decimal:
        return Decimal(self.minor).scaleb(-2)


_AMOUNT = re.compile(r"[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+(?:[.,][0-9]{1,2})?(?![0-9])|[0-9](?:[0-9.,]*[0-9])?")
_CENTS = re.compile(r"(.*)[.,]([0-9]{1,2})")


def parse_minor(text: str) -> int | None:
    """The first amount in "12.50", "12,5 AZN", "1.250,00" or "1 250 man." in minor units; None when there is none.

    Three digits behind a separator group thousands. What does not fit the database's integer is not an amount.
    """
    found = _AMOUNT.search(text)
    if not found:
        return None
    cents = _CENTS.fullmatch(found.group())
    whole, part = cents.groups() if cents else (found.group(), "")
    minor = int(re.sub(r"[^0-9]", "", whole)) * 100 + int(part.ljust(2, "0") or 0)
    return minor if minor < 2**31 else None
