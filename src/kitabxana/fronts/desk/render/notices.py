"""Messages, letters and texts as the desk shows them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from kitabxana.catalogue.queries import briefs, newest
from kitabxana.circulation.queries import loans_of
from kitabxana.fronts.desk.render.words import language, long_date, short_moment
from kitabxana.holdings.queries import items_by_id
from kitabxana.kernel.money import Money
from kitabxana.notices.facts import LANGUAGES
from kitabxana.notices.messages import CHANNELS, KINDS, REASONS, STATES, TRIGGERS
from kitabxana.notices.queries import texts_at
from kitabxana.notices.rules import TRIGGERS as TRIGGER_TABLE
from kitabxana.organisation.queries import tree
from kitabxana.patrons.queries import visible_patrons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.base.actor import Actor
    from kitabxana.notices.facts import MessageFacts
    from kitabxana.organisation.facts import UnitFacts

MARKS = {"sent": "in", "failed": "late", "queued": "hold", "sending": "hold", "suppressed": ""}


def message_rows(found: Sequence[MessageFacts], *, by: Actor) -> list[dict[str, Any]]:
    """One row a message; names of those readers only whom this librarian may see."""
    people = visible_patrons({one.reader for one in found if one.reader}, scopes=by.scopes("patrons.view"))
    units = tree().units
    return [
        {
            "id": one.id,
            "what": TRIGGERS[one.trigger],
            "level": one.level if one.trigger == "overdue" else 0,
            "reader": people.get(one.reader or 0),
            "subject": one.subject,
            "language": one.language,
            "channel": CHANNELS[one.channel],
            "address": one.address if one.channel in ("email", "sms") else "",
            "state": STATES[one.state],
            "mark": MARKS[one.state],
            "reason": REASONS[one.reason] if one.reason else "",
            "made": short_moment(one.made_at, units[one.unit].zone),
            "again": one.state == "failed" and by.may("notices.send", units[one.unit].path),
        }
        for one in found
    ]


def letter_rows(found: Sequence[MessageFacts], where: UnitFacts) -> dict[str, Any]:
    """Sheets to be printed: address, day and text, each in the language of its reader."""
    return {
        "where": where,
        "where_name": where.name(language()),
        "language": language(),
        "day": long_date(timezone.localdate()),
        "letters": [
            {"address": one.address.split("\n"), "subject": one.subject, "body": one.body, "language": one.language}
            for one in found
        ],
    }


def text_rows(where: UnitFacts) -> list[dict[str, Any]]:
    """One row a trigger with, for each language, the name of the unit whose text holds ("" for the house's own)."""
    organisation = tree()
    own = texts_at(where, organisation=organisation)
    return [
        {
            "trigger": name,
            "name": TRIGGERS[name],
            "kind": KINDS[trigger.kind],
            "policy": trigger.policy,
            "texts": [
                (code, organisation.units[own[name, code]].name(language()) if (name, code) in own else "")
                for code in LANGUAGES
            ],
        }
        for name, trigger in TRIGGER_TABLE.items()
    ]


def level_choices(where: UnitFacts, *, by: Actor) -> list[tuple[str, str]]:
    """(code, name) of the units from this one up where `by` may set texts."""
    units = tree().units
    return [(code, units[code].name(language())) for code in where.lineage if by.may("notices.edit", units[code].path)]


def sample_item(patron_id: int, where: UnitFacts) -> dict[str, Any]:
    """What a preview speaks of: the reader's own loan, else the newest title of the catalogue."""
    lent = loans_of(patron_id)
    copy = items_by_id([lent[0].item_id]).get(lent[0].item_id) if lent else None
    due = lent[0].due_at if lent else timezone.now() + timedelta(days=7)
    brief = briefs([copy.record_id]).get(copy.record_id, {}) if copy else next((one for _number, one in newest(1)), {})
    return {
        "title": brief.get("title") or "—", "author": brief.get("author") or "",
        "barcode": (copy.barcode or "") if copy else "", "date": due, "amount": Money(120, where.currency),
        "what": TRIGGERS["charge"],
    }  # fmt: skip
