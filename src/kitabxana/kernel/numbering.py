"""Runs of numbers: how the next one looks, and which ones come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stdnum import luhn

from kitabxana.kernel.identifiers import ean_check

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

CHECKS = ("", "luhn", "ean")
"""Check digits at the end of a number: none, modulus 10 of ISO/IEC 7812-1 annex B, modulus 10 of EAN-13."""

LONGEST_PREFIX = 20
EAN_FIGURES = 12
"""Figures of an EAN-13 before its check digit (GS1 General Specifications, 7.9)."""

_LOOK_AHEAD = 50


class RunOut(Exception):
    """No further number of this form can be made."""


@dataclass(frozen=True, slots=True)
class Numbering:
    """A run of numbers: `unit` owns it, and what stands below that has none of its own draws from it.

    A number is `prefix`, the count with leading zeros to `digits` figures, and the check digit that `check` names over
    the figures of both; `last` is the last count given.
    """

    id: int
    unit: str
    kind: str
    prefix: str
    digits: int
    last: int
    check: str = ""

    def text(self, number: int) -> str:
        """The number as it is written; raises RunOut where it has too many figures for its form."""
        body = f"{self.prefix}{number:0{self.digits}d}"
        if self.check == "ean":
            if len(body) != EAN_FIGURES:
                raise RunOut
            return body + ean_check(body)
        if self.check == "luhn":
            return body + luhn.calc_check_digit("".join(sign for sign in body if sign in "0123456789"))
        return body


def next_numbers(numbering: Numbering, count: int, *, taken: Callable[[list[str]], Collection[str]]) -> list[int]:
    """The `count` numbers that come next; what `taken` says of some of them is passed over. Raises RunOut.

    `taken` is asked about many at once, and about ever more where a stretch was given away before the run began.
    """
    numbers: list[int] = []
    at, window = numbering.last, max(count, _LOOK_AHEAD)
    while len(numbers) < count:
        ahead = _texts(numbering, range(at + 1, at + 1 + window))
        gone = set(taken(list(ahead.values())))
        numbers += [number for number, text in ahead.items() if text not in gone]
        if len(numbers) < count and len(ahead) < window:
            raise RunOut
        at, window = at + window, window * 2
    return numbers[:count]


def _texts(numbering: Numbering, counts: range) -> dict[int, str]:
    found: dict[int, str] = {}
    for number in counts:
        try:
            found[number] = numbering.text(number)
        except RunOut:
            break
    return found


def numbering_problem(
    *, prefix: str, digits: int, last: int, check: str = "", longest_prefix: int = LONGEST_PREFIX
) -> str | None:
    """Why numbers can't be made so (a stable code), None when they can."""
    if len(prefix) > longest_prefix or prefix != prefix.strip() or not prefix.isprintable():
        return "bad_prefix"
    if not 0 <= digits <= 18 or not 0 <= last < 10**18:
        return "bad_count"
    if check not in CHECKS:
        return "bad_check"
    figures = prefix.isascii() and (prefix.isdecimal() or not prefix)
    if check == "ean" and not (figures and len(prefix) + digits == EAN_FIGURES and digits >= len(str(last + 1))):
        return "not_an_ean"
    return None
