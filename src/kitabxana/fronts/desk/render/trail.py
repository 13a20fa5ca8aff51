"""Entries of the audit trail in words. What tells of a person is shown to those who may see that person only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from kitabxana.fronts.desk.render.words import short_moment, unit_name
from kitabxana.organisation.queries import tree
from kitabxana.patrons.queries import visible_patrons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.functional import _StrPromise

    from kitabxana.base.actor import Actor
    from kitabxana.base.models import AuditEntry
    from kitabxana.organisation.facts import UnitFacts

LONGEST = 160
KINDS: dict[str, _StrPromise] = {
    "patron": _("Reader"),
    "application": _("Registration from home"),
    "loan": _("Loan"),
    "hold": _("Hold"),
    "debit": _("Charge"),
    "credit": _("Payment"),
    "register": _("Cash register"),
    "message": _("Notice"),
    "notice_text": _("Text of a notice"),
    "offline_event": _("From offline desks"),
    "record": _("Record"),
    "item": _("Copy"),
    "batch": _("Many copies"),
    "import": _("Import"),
    "import_profile": _("Import profile"),
    "duplicate_search": _("Duplicates"),
    "framework": _("Framework"),
    "value": _("Authorised value"),
    "macro": _("Macro"),
    "target": _("Catalogue to copy from"),
    "list": _("List"),
    "item_type": _("Item type"),
    "series": _("Run of numbers"),
    "category": _("Category"),
    "policy": _("Rule"),
    "unit": _("Library or system"),
    "user": _("Login"),
    "setup": _("Set-up"),
}
IMPERSONAL = frozenset(
    {"record", "item", "batch", "import", "import_profile", "duplicate_search", "framework", "value", "target", "list",
     "item_type", "series", "category", "policy", "unit", "user", "setup", "notice_text", "register"}
)  # fmt: skip
"""Kinds of things whose entries tell of no reader. Whatever else there is counts as personal."""


@dataclass(frozen=True, slots=True)
class TrailRow:
    """`changes` are (name, before, after); before and after are None where they are not for these eyes."""

    at: str
    actor: str
    library: str
    address: str
    action: str
    kind: str
    object_id: str
    reader: str
    changes: tuple[tuple[str, str | None, str | None], ...]


def trail_rows(entries: Sequence[AuditEntry], *, by: Actor, where: UnitFacts) -> list[TrailRow]:
    """Times in the library's zone; two statements."""
    units = tree().units
    readers = {int(one.object_id) for one in entries if one.object_type == "patron" and one.object_id.isdecimal()}
    known = visible_patrons(readers, scopes=by.scopes("patrons.view"))
    rows = []
    for one in entries:
        patron = int(one.object_id) if one.object_type == "patron" and one.object_id.isdecimal() else 0
        unit = units.get(one.unit)
        if one.object_type == "patron":
            open_to = patron in known
        else:
            open_to = one.object_type in IMPERSONAL or by.may("patrons.view", unit.path if unit else "")
        rows.append(
            TrailRow(
                at=short_moment(one.at, where.zone),
                actor=one.actor_name,
                library=unit_name(units, one.unit) if one.unit else "",
                address=one.address or "",
                action=one.action,
                kind=str(KINDS.get(one.object_type, one.object_type)),
                object_id=one.object_id,
                reader=known[patron].name if patron in known else "",
                changes=_changes(one.before, one.after, open_to=open_to),
            )
        )
    return rows


def _changes(before: Any, after: Any, *, open_to: bool) -> tuple[tuple[str, str | None, str | None], ...]:
    old, new = (side if isinstance(side, dict) else {} if side is None else {"": side} for side in (before, after))
    names = [*old, *(name for name in new if name not in old)]
    return tuple(
        (name, _said(old, name), _said(new, name)) if open_to else (name, None, None) for name in names
    )  # fmt: skip


def _said(side: dict[str, Any], name: str) -> str:
    if name not in side:
        return ""
    value = side[name]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
