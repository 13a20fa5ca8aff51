"""The audit trail of readers, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from django.utils.translation import gettext_lazy as _

from kitabxana.fronts.desk.render.words import language, unit_name
from kitabxana.organisation.queries import tree
from kitabxana.patrons.queries import visible_patrons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.functional import _StrPromise

    from kitabxana.organisation.facts import UnitFacts
    from kitabxana.patrons.facts import AuditFacts

ACTIONS: dict[str, _StrPromise] = {
    "patron.view": _("looked at"),
    "patron.register": _("registered"),
    "patron.edit": _("changed"),
    "patron.card": _("cards"),
    "patron.pin": _("PIN"),
    "patron.restrict": _("restricted"),
    "patron.lift": _("lifted a restriction"),
    "patron.guarantor": _("guarantors"),
    "patron.number": _("entered a national number"),
    "patron.photo": _("photo"),
    "patron.number_seen": _("saw the national number"),
    "patron.merge": _("merged another reader into"),
    "patron.merged": _("merged into another reader"),
    "patron.erase": _("forgot"),
    "patron.age": _("moved by age"),
    "patron.export": _("exported all data of"),
}


@dataclass(frozen=True, slots=True)
class AuditRow:
    at: str
    actor: str
    library: str
    address: str
    action: str
    patron_id: int
    reader: str
    told: str


def audit_rows(entries: Sequence[AuditFacts], *, scopes: Sequence[str], where: UnitFacts) -> list[AuditRow]:
    """Times in the library's zone; readers by name as far as they may be seen and are still known."""
    units = tree().units
    known = visible_patrons({entry.patron_id for entry in entries}, scopes=scopes)
    locale = {"en": "en_GB"}.get(language(), language())
    return [
        AuditRow(
            at=format_datetime(entry.at.astimezone(ZoneInfo(where.zone)), "short", locale=locale),
            actor=entry.actor,
            library=unit_name(units, entry.unit) if entry.unit else "",
            address=entry.address,
            action=str(ACTIONS.get(entry.action, entry.action)),
            patron_id=entry.patron_id,
            reader=known[entry.patron_id].name if entry.patron_id in known else "",
            told=", ".join(entry.told),
        )
        for entry in entries
    ]
