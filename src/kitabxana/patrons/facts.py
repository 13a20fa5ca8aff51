"""A reader as rules and pages see one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class PatronFacts:
    """`card` is the valid card's number, "" when there is none; `restrictions` are the reasons in force today."""

    id: int
    card: str
    card_state: str
    surname: str
    firstname: str
    middle_name: str
    category: str
    home_unit: str
    language: str
    birth_date: date | None
    email: str
    phone: str
    address: str
    enrolled_on: date
    expires_on: date
    restrictions: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.surname, self.firstname, self.middle_name) if part)
