"""Changing what is known of a reader."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import transaction

from kitabxana.base import audit
from kitabxana.kernel.decisions import Refused, refusals
from kitabxana.organisation.queries import tree
from kitabxana.patrons.facts import Draft
from kitabxana.patrons.models import Guarantee, Patron, PatronCategory
from kitabxana.patrons.operations.locking import editable, library, own
from kitabxana.patrons.operations.names import index_names
from kitabxana.patrons.operations.register import COLUMNS, look_alikes
from kitabxana.patrons.queries.categories import category_facts
from kitabxana.patrons.queries.family import own_account
from kitabxana.patrons.rules import REGISTER, Registering, phone_key, search_key, standing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.kernel.decisions import Refusal
    from kitabxana.organisation.facts import Tree

CHANGEABLE = frozenset({*COLUMNS, "contact_by", "home_unit", "category", "enrolled_on", "expires_on"})
NAMED = frozenset({"surname", "firstname", "middle_name", "home_unit"})
TOLD = frozenset({"home_unit", "category", "expires_on", "history"})
"""What the audit trail keeps with its values; of the rest, which can't be taken back from it, only the names."""


@transaction.atomic
def edit(
    *, patron_id: int, changes: Mapping[str, Any], by: Actor, now: datetime, seen: datetime | None = None,
    lift: frozenset[str] = frozenset(),
) -> None:  # fmt: skip
    """Change a reader. `changes` are fields of `Draft` by name; what stays as it was is no change.

    `seen` is the `changed_at` that the editor looked at. Moving a reader to another library needs the permission at
    both. Refused: unknown_patron, not_permitted, changed_meanwhile, nothing_to_change (no such field), unknown_unit,
    unknown_category, and every standing refusal of `rules.REGISTER` that the change brings about.
    """
    for name in changes:
        if name not in CHANGEABLE:
            raise Refused.one("nothing_to_change", name=name)
    row = editable(patron_id, by)
    if seen is not None and row.changed_at != seen:
        raise Refused.one("changed_meanwhile")
    _change(row, changes, by=by, now=now, lift=lift)


@transaction.atomic
def change_own(*, patron_id: int, changes: Mapping[str, Any], by: Actor, now: datetime) -> None:
    """A reader changes the own account: what policy `own_contact` leaves to readers, and what is theirs anywhere.

    `changes` are fields of `Draft` by name. Locks patron. Refused: not_permitted (anybody but that reader),
    unknown_patron, ask_library (not left to readers), and as `edit`.
    """
    row = own(patron_id, by)
    may = own_account(patron_id).changeable
    for name, text in changes.items():
        if name not in may and getattr(row, name, None) != text:
            raise Refused.one("ask_library", name=name)
    kept = {name: text for name, text in changes.items() if name in may}
    _change(row, kept, by=by, now=now, lift=frozenset())


def _change(row: Patron, changes: Mapping[str, Any], *, by: Actor, now: datetime, lift: frozenset[str]) -> None:
    """Change a locked row by the rules and audit it; nothing is written where nothing differs."""
    organisation, patron_id = tree(), row.pk
    before = draft_of(row, organisation)
    after = _changed(before, changes)
    different = [name for name in sorted(CHANGEABLE) if getattr(before, name) != getattr(after, name)]
    if not different:
        return
    moved = before.home_unit != after.home_unit
    home = library(organisation, after.home_unit, by) if moved else organisation.units[before.home_unit]
    known = refusals_of(before, organisation, now, but=row.pk)
    new = [one for one in refusals_of(after, organisation, now, but=row.pk) if one not in known]
    if remaining := standing(new, lift=lift, may=lambda permission: by.may(permission, home.path)):
        raise Refused(remaining)
    _store(row, after, home_id=home.id, now=now)
    if NAMED.intersection(different):
        index_names([row.pk])
    told = {name: _plain(getattr(after, name)) if name in TOLD else True for name in different}
    was = {name: _plain(getattr(before, name)) for name in different if name in TOLD}
    audit.record(by, "patron.edit", object_type="patron", object_id=patron_id, before=was, after=told)


def draft_of(row: Patron, organisation: Tree) -> Draft:
    """A reader's row in the shape in which one is registered. Cards and numbers are not in it."""
    return Draft(
        home_unit=organisation.by_id[row.home_unit_id].code,
        category=row.category_id,
        contact_by=tuple(row.contact_by),
        enrolled_on=row.enrolled_on,
        expires_on=row.expires_on,
        **{name: getattr(row, name) for name in COLUMNS},
    )


def refusals_of(draft: Draft, organisation: Tree, now: datetime, *, but: int) -> tuple[Refusal, ...]:
    """What the rules of registration would say of this reader, who is known already as `but`."""
    category = PatronCategory.objects.filter(pk=draft.category).first()
    if category is None:
        raise Refused.one("unknown_category", code=draft.category)
    if draft.home_unit not in organisation.units:
        raise Refused.one("unknown_unit", unit=draft.home_unit)
    today = now.astimezone(ZoneInfo(organisation.units[draft.home_unit].zone)).date()
    found = refusals(REGISTER, Registering(draft, category_facts(category), today))
    answered = any(one.code == "needs_guarantor" for one in found) and Guarantee.objects.filter(ward_id=but).exists()
    kept = tuple(one for one in found if not (answered and one.code == "needs_guarantor"))
    return kept + look_alikes(draft, organisation, but=but)


def _changed(before: Draft, changes: Mapping[str, Any]) -> Draft:
    tidied: dict[str, Any] = {
        name: " ".join(value.split()) if isinstance(value, str) and not name.endswith("_note") else value
        for name, value in changes.items()
    }
    if "email" in tidied:
        tidied["email"] = tidied["email"].lower()
    if "contact_by" in tidied:
        tidied["contact_by"] = tuple(tidied["contact_by"])
    return dataclasses.replace(before, **tidied)


def _store(row: Patron, after: Draft, *, home_id: int, now: datetime) -> None:
    for name in COLUMNS:
        setattr(row, name, getattr(after, name))
    row.home_unit_id, row.category_id = home_id, after.category
    row.contact_by = list(after.contact_by)
    row.enrolled_on = after.enrolled_on or row.enrolled_on
    row.expires_on = after.expires_on or row.expires_on
    row.search_key = search_key(row.surname, row.firstname, row.middle_name)
    row.phone_key = phone_key(row.phone)
    row.changed_at = now
    row.save()


def _plain(value: object) -> object:
    return value if isinstance(value, (str, int)) else str(value)
