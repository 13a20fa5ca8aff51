"""The guided set-up of an empty nation: each step is one transaction and is noted, done or skipped."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit
from kitabxana.base.actor import EVERYWHERE
from kitabxana.kernel.decisions import Refused
from kitabxana.language import fold
from kitabxana.organisation.models import Closure, SetupStep, Unit
from kitabxana.organisation.operations.calendars import add_closure
from kitabxana.organisation.operations.permission import require
from kitabxana.organisation.operations.policies import set_policy
from kitabxana.organisation.operations.units import add_unit, describe_unit
from kitabxana.organisation.rules import FINISHED, HOLIDAYS, LONGEST_CODE, STEPS, TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from kitabxana.base.actor import Actor

YEAR = 2024
"""A leap year, whose days every yearly closure can begin on."""


@transaction.atomic
def note_step(*, name: str, by: Actor, now: datetime, skipped: bool = False) -> None:
    """A step of the set-up is behind us; done once, it stays done when it is skipped later.

    Refused: unknown_step, not_permitted (asked for in the whole installation).
    """
    require(by, "organisation.edit", EVERYWHERE)
    if name not in (*STEPS, FINISHED):
        raise Refused.one("unknown_step")
    row, made = SetupStep.objects.get_or_create(name=name, defaults={"skipped": skipped, "at": now})
    if not made and row.skipped and not skipped:
        SetupStep.objects.filter(pk=row.pk).update(skipped=False, at=now)
    audit.record(by, "setup.step", object_type="setup", object_id=name, after={"skipped": skipped})


@transaction.atomic
def found_library(
    *, nation: str, system: Mapping[str, str], library: Mapping[str, str], by: Actor, city: str = "", address: str = ""
) -> tuple[str, str]:
    """Add the first library system and its first library; returns their codes, made of the Azerbaijani (else any) name.

    Without names of a system the library stands right under the nation and the first code is "". Refused: no_name and
    what `add_unit` refuses.
    """
    where, above = "", nation
    if any(system.values()):
        where = above = _free_code(system)
        add_unit(code=where, kind="system", parent=nation, names=_filled(system), by=by)
    if not any(library.values()):
        raise Refused.one("no_name")
    code = _free_code(library)
    add_unit(code=code, kind="library", parent=above, names=_filled(library), by=by)
    describe_unit(code=code, names=library, by=by, city=city, address=address)
    return where, code


@transaction.atomic
def add_public_holidays(*, unit: str, country: str, by: Actor) -> int:
    """Close a unit on its country's public holidays every year; those it has already stay. Returns how many were added.

    Refused: what `add_closure` refuses; a country without a list adds none.
    """
    there = set(Closure.objects.filter(unit__code=unit, yearly=True).values_list("title", flat=True))
    new = [one for one in HOLIDAYS.get(country, ()) if one[0] not in there]
    for title, first, last in new:
        add_closure(
            unit=unit, first_day=date(YEAR, *first), last_day=date(YEAR, *last), by=by, yearly=True, title=title
        )
    return len(new)


@transaction.atomic
def apply_template(*, name: str, unit: str, by: Actor) -> None:
    """Set a template's values for a unit and all below it. Refused: unknown_template, and what `set_policy` refuses."""
    if name not in TEMPLATES:
        raise Refused.one("unknown_template")
    for policy, value in TEMPLATES[name].items():
        set_policy(name=policy, value=value, unit=unit, by=by)


def _filled(names: Mapping[str, str]) -> dict[str, str]:
    return {language: name.strip() for language, name in names.items() if name.strip()}


def _free_code(names: Mapping[str, str]) -> str:
    """A short code from the name: its first word in plain capital letters, with a number where that is taken."""
    filled = _filled(names)
    words = fold(filled.get("az") or next(iter(filled.values()), "")).split()
    plain = "".join(letter for letter in (words[0] if words else "") if letter.isascii() and letter.isalnum())
    stem = plain.upper()[: LONGEST_CODE - 3] or "K"
    taken = set(Unit.objects.filter(code__startswith=stem).values_list("code", flat=True))
    return next(code for code in (stem, *(f"{stem}-{number}" for number in range(2, 99))) if code not in taken)
