"""Money: whole minor units with an ISO 4217 code, never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` counts the smallest unit (qəpik, kuruş); `currency` is the ISO 4217 code."""

    minor: int
    currency: str

    def decimal(self) -> Decimal:
        return Decimal(self.minor).scaleb(-2)


def parse_minor(text: str) -> int | None:
    """"12.50", "12,5 AZN" or "1.250,00" in minor units; None when no amount can be read or it is not sane."""
    digits = "".join(letter for letter in text if letter.isdigit() or letter in ".,")
    separator = max(digits.rfind("."), digits.rfind(","))
    whole, cents = (digits[:separator], digits[separator + 1 :]) if separator >= 0 else (digits, "")
    if len(cents) > 2:  # noqa: PLR2004 - three digits behind a separator group thousands
        whole, cents = digits, ""
    try:
        value = Decimal((whole.replace(".", "").replace(",", "") or "0") + "." + (cents or "0"))
    except InvalidOperation:
        return None
    minor = int(value * 100)
    return minor if digits.strip(".,") and minor < 2**31 else None
