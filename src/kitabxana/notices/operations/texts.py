"""The libraries' own texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from kitabxana.base import audit
from kitabxana.kernel.decisions import Refusal, Refused
from kitabxana.notices.facts import LANGUAGES, Occasion
from kitabxana.notices.models import Text
from kitabxana.notices.operations.queueing import text_facts
from kitabxana.notices.rules import TRIGGERS, render, shortened, wording_problem
from kitabxana.notices.rules.wording import LONGEST_SMS, LONGEST_SUBJECT, LONGEST_TEXT
from kitabxana.organisation.queries import tree
from kitabxana.patrons.queries import contacts

if TYPE_CHECKING:
    from kitabxana.base.actor import Actor
    from kitabxana.notices.facts import Wording

_PARTS = {"subject": LONGEST_SUBJECT, "body": LONGEST_TEXT, "sms": LONGEST_SMS}


def refusals_of(words: Wording) -> list[Refusal]:
    """bad_wording for each part that can't be used: which, in which line, why (a code) and about what."""
    found = []
    for part, most in _PARTS.items():
        text = getattr(words, part)
        if not text.strip():
            found.append(Refusal("bad_wording", {"part": part, "line": 1, "why": "empty", "about": ""}))
        elif problem := wording_problem(text, most=most):
            why, line, about = problem
            found.append(Refusal("bad_wording", {"part": part, "line": line, "why": why, "about": about}))
    return found


@transaction.atomic
def set_text(*, unit: str, trigger: str, language: str, words: Wording, by: Actor) -> None:
    """Give a unit and all below it its own text for one trigger and language.

    Refused: bad_wording, unknown_trigger (also for an unknown language), unknown_unit, not_permitted.
    """
    where = _where(unit, trigger, language, by=by)
    if found := refusals_of(words):
        raise Refused(found)
    cell: dict[str, Any] = {"unit_id": where, "trigger": trigger, "language": language}
    before = Text.objects.select_for_update().filter(**cell).values("subject", "body", "sms").first()
    text = {"subject": words.subject, "body": words.body, "sms": words.sms}
    stamp = {"changed_at": timezone.now(), "changed_by": by.name}
    Text.objects.update_or_create(**cell, defaults={**text, **stamp})
    named = f"{unit} {trigger} {language}"
    audit.record(by, "notice.text", object_type="notice_text", object_id=named, before=before, after=text)


@transaction.atomic
def give_back(*, unit: str, trigger: str, language: str, by: Actor) -> None:
    """Take a unit's own text away: what is above it holds again. Nothing happens where it has none.

    Refused: unknown_trigger, unknown_unit, not_permitted.
    """
    where = _where(unit, trigger, language, by=by)
    rows = Text.objects.filter(unit_id=where, trigger=trigger, language=language)
    before = rows.values("subject", "body", "sms").first()
    if before is not None:
        rows.delete()
        named = f"{unit} {trigger} {language}"
        audit.record(by, "notice.text", object_type="notice_text", object_id=named, before=before)


def _where(unit: str, trigger: str, language: str, *, by: Actor) -> int:
    organisation = tree()
    if unit not in organisation.units:
        raise Refused.one("unknown_unit", unit=unit)
    if trigger not in TRIGGERS or language not in LANGUAGES:
        raise Refused.one("unknown_trigger", trigger=f"{trigger} {language}")
    if not by.may("notices.edit", organisation.units[unit].path):
        raise Refused.one("not_permitted", permission="notices.edit")
    return organisation.units[unit].id


def preview(
    *, words: Wording, trigger: str, language: str, unit: str, patron_id: int, item: dict[str, Any]
) -> dict[str, str]:
    """The text as this reader would get it, with `item` (title, author, …) as what it speaks of; writes nothing.

    Who may see the reader is the caller's question. Refused: bad_wording, unknown_unit.
    """
    organisation = tree()
    if unit not in organisation.units:
        raise Refused.one("unknown_unit", unit=unit)
    if found := refusals_of(words):
        raise Refused(found)
    reader = contacts([patron_id])[patron_id]
    told = Occasion(trigger, patron_id, "", unit, level=1, item=item)
    where, now = organisation.units[unit], timezone.now()
    facts = text_facts([told], reader=reader, to=reader.name, unit=where, language=language, now=now)
    return {
        "subject": shortened(render(words.subject, facts), LONGEST_SUBJECT),
        "body": render(words.body, facts),
        "sms": shortened(render(words.sms, facts)),
    }
