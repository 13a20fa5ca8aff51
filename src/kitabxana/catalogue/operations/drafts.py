"""Drafts and macros: what a cataloguer keeps for themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kitabxana.base import audit
from kitabxana.catalogue.models import Draft, Macro
from kitabxana.catalogue.rules.macros import LONGEST_NAME, MOST_LINES, edits_of
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from kitabxana.base.actor import Actor
    from kitabxana.catalogue.facts import DraftFacts

KEPT = timedelta(days=90)


def keep_draft(draft: DraftFacts, *, by: Actor) -> None:
    """Keep what `by` has typed, in place of what was kept under the same key; drafts of 90 days ago go.

    Two statements. No audit and no event: a draft is nobody else's until it is saved. Refused: not_permitted.
    """
    owner = _owner(by)
    Draft.objects.bulk_create(
        [
            Draft(
                owner_id=owner, key=draft.key, record_id=draft.record_id, version=draft.version,
                framework=draft.framework, text=draft.text, changed_at=draft.changed_at,
            )
        ],
        update_conflicts=True,
        unique_fields=["owner", "key"],
        update_fields=["version", "framework", "text", "changed_at"],
    )  # fmt: skip
    Draft.objects.filter(owner_id=owner, changed_at__lt=draft.changed_at - KEPT).delete()


def drop_draft(key: str, *, by: Actor) -> None:
    """Throw a draft away: it was saved, or is not wanted. Refused: not_permitted."""
    Draft.objects.filter(owner_id=_owner(by), key=key).delete()


@transaction.atomic
def keep_macro(*, name: str, text: str, unit: str | None, by: Actor) -> int:
    """Keep a macro under a name, in place of the one that had it; with `unit` it is that library's. Returns its id.

    Audited. Refused: not_permitted (a library's needs lists.edit there), unknown_unit, bad_macro_name, bad_macro.
    """
    owner = _owner(by)
    place = _place(unit, owner, by)
    name = name.strip()
    if not (name and name.isprintable()) or len(name) > LONGEST_NAME or len(text.splitlines()) > MOST_LINES:
        raise Refused.one("bad_macro_name")
    edits, wrong = edits_of(text)
    if wrong is not None or not edits:
        raise Refused.one("bad_macro", line=wrong or 1)
    row, _ = Macro.objects.update_or_create(**place, name=name, defaults={"text": text})
    audit.record(by, "macro.keep", object_type="macro", object_id=row.pk, after={"name": name, "unit": unit})
    return row.pk


@transaction.atomic
def drop_macro(macro_id: int, *, by: Actor) -> None:
    """Throw a macro away: one's own, or a library's with lists.edit there. Audited.

    Refused: not_permitted, unknown_macro.
    """
    row = Macro.objects.select_related("unit").filter(pk=macro_id).first()
    if row is None or (row.unit is None and row.owner_id != _owner(by)):
        raise Refused.one("unknown_macro")
    if row.unit is not None:
        _place(row.unit.code, 0, by)
    row.delete()
    audit.record(by, "macro.drop", object_type="macro", object_id=macro_id, before={"name": row.name})


def _owner(by: Actor) -> int:
    if by.user_id is None or not by.may_anywhere("records.edit"):
        raise Refused.one("not_permitted", permission="records.edit")
    return by.user_id


def _place(unit: str | None, owner: int, by: Actor) -> dict[str, Any]:
    if unit is None:
        return {"owner_id": owner, "unit_id": None}
    units = tree().units
    if unit not in units:
        raise Refused.one("unknown_unit", unit=unit)
    if not by.may("lists.edit", units[unit].path):
        raise Refused.one("not_permitted", permission="lists.edit")
    return {"owner_id": None, "unit_id": units[unit].id}
