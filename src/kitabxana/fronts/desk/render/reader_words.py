"""Refusals and choices about readers, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.charges import messages as charges
from kitabxana.circulation import messages as circulation
from kitabxana.fronts.desk.render.words import named, sentence, unit_name
from kitabxana.organisation.queries import tree
from kitabxana.patrons import messages
from kitabxana.patrons.queries import category_list

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitabxana.kernel.decisions import Refusal

FIELDS = {
    "no_name": "surname",
    "bad_birth_date": "birth_date",
    "bad_email": "email",
    "bad_phone": "phone",
    "bad_card": "card",
    "card_taken": "card",
    "bad_term": "expires_on",
    "bad_number": "number",
    "number_taken": "number",
    "needs_guarantor": "guarantor",
    "unknown_guarantor": "guarantor",
    "guarantor_elsewhere": "guarantor",
    "unknown_category": "category",
    "wrong_age": "category",
    "pin_too_short": "pin",
    "pin_trivial": "pin",
    "pin_known": "pin",
    "bad_pin": "pin",
}
"""Refusal → the field of the form that it speaks of; the others stand above the form."""


OF_THE_LEDGER = frozenset(charges.REFUSALS) - frozenset(circulation.REFUSALS)
"""Codes whose sentences write amounts."""


def told(refusal: Refusal) -> str:
    """The refusal's sentence, a library in it by name."""
    if refusal.code not in messages.REFUSALS:
        return charges.refusal_text(refusal) if refusal.code in OF_THE_LEDGER else sentence(refusal)
    params = dict(refusal.params)
    if "library" in params:
        params["library"] = unit_name(tree().units, str(params["library"]))
    return str(messages.REFUSALS[refusal.code]) % params


def by_field(refusals: Iterable[Refusal]) -> dict[str, str]:
    """Field → what is wrong with it; "" for what concerns the whole form."""
    found: dict[str, list[str]] = {}
    for refusal in refusals:
        found.setdefault(FIELDS.get(refusal.code, ""), []).append(told(refusal))
    return {field: " ".join(texts) for field, texts in found.items()}


def category_choices() -> list[tuple[str, str]]:
    choices = [(category.code, named(category.names, category.code)) for category in category_list()]
    return sorted(choices, key=lambda choice: choice[1])
