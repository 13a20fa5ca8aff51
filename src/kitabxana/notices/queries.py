"""Reads of messages, texts and wishes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from kitabxana.base.actor import EVERYWHERE
from kitabxana.notices.facts import MessageFacts, Told, Wording
from kitabxana.notices.models import Message, Notice, Text, Wish
from kitabxana.notices.rules import built_in, loan_due
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from kitabxana.organisation.facts import Tree, UnitFacts


def wording(trigger: str, language: str, *, unit: UnitFacts, organisation: Tree) -> Wording:
    """The text that holds for a library: the nearest unit's up the tree, else the house's own."""
    return wordings_above(trigger, language, unit=unit, organisation=organisation)[0]


def wordings_above(trigger: str, language: str, *, unit: UnitFacts, organisation: Tree) -> list[Wording]:
    """All texts from this unit up to the root, nearest first, the house's own last; one statement."""
    line = [organisation.units[code].id for code in unit.lineage]
    rows = {row.unit_id: row for row in Text.objects.filter(unit__in=line, trigger=trigger, language=language)}
    codes = organisation.by_id
    own = [Wording(rows[one].subject, rows[one].body, rows[one].sms, codes[one].code) for one in line if one in rows]
    return [*own, built_in(trigger, language)]


def texts_at(unit: UnitFacts, *, organisation: Tree) -> dict[tuple[str, str], str]:
    """(trigger, language) → code of the nearest unit that has a text of its own for it; one statement."""
    line = [organisation.units[code].id for code in unit.lineage]
    rows = Text.objects.filter(unit__in=line).values_list("trigger", "language", "unit_id")
    found: dict[tuple[str, str], int] = {}
    for trigger, language, unit_id in rows:
        held = found.get((trigger, language))
        if held is None or line.index(unit_id) < line.index(held):
            found[trigger, language] = unit_id
    return {key: organisation.by_id[unit_id].code for key, unit_id in found.items()}


MOST_LETTERS = 200


def message_facts(row: Message, organisation: Tree) -> MessageFacts:
    return MessageFacts(
        id=row.pk,
        trigger=row.trigger,
        level=row.level,
        unit=organisation.by_id[row.unit_id].code,
        channel=row.channel,
        state=row.state,
        reason=row.reason,
        address=row.address,
        language=row.language,
        subject=row.subject,
        body=row.body,
        reader=row.reader_id,
        made_at=row.made_at,
        sent_at=row.sent_at,
        next_try_at=row.next_try_at,
        attempts=row.attempts,
    )


def _within(scopes: Sequence[str]) -> Q:
    if EVERYWHERE in scopes:
        return Q()
    organisation = tree()
    return Q(unit__in={unit.id for prefix in scopes for unit in organisation.under(prefix)})


def messages_page(
    *, scopes: Sequence[str], unit: str = "", state: str = "", offset: int = 0, limit: int = 50
) -> tuple[int, list[MessageFacts]]:
    """(number of all, one page) of messages in the name of these units, newest first; `unit`, `state` narrow."""
    organisation = tree()
    rows = Message.objects.filter(_within(scopes))
    if unit:
        rows = rows.filter(unit=organisation.units[unit].id)
    if state:
        rows = rows.filter(state=state)
    some = rows.order_by("-id")[offset : offset + limit]
    return rows.count(), [message_facts(row, organisation) for row in some]


def message(message_id: int, *, scopes: Sequence[str]) -> MessageFacts | None:
    row = Message.objects.filter(_within(scopes), pk=message_id).first()
    return message_facts(row, tree()) if row else None


def states_at(unit: str) -> dict[str, int]:
    """How many messages of a library are in each state, and "letters" that wait to be printed."""
    rows = Message.objects.filter(unit=tree().units[unit].id)
    found = dict(rows.values_list("state").annotate(n=Count("pk")).values_list("state", "n"))
    return {**found, "letters": rows.filter(state="queued", channel="print").count()}


def messages_of(patron_id: int, *, limit: int = 30) -> list[MessageFacts]:
    """What a reader was told, newest first, whatever the channel."""
    organisation = tree()
    rows = Message.objects.filter(reader=patron_id).order_by("-id")[:limit]
    return [message_facts(row, organisation) for row in rows]


def wishes_of(patron_id: int) -> dict[str, str]:
    """kind → channel, for the kinds a reader chose one for."""
    return dict(Wish.objects.filter(patron=patron_id).values_list("kind", "channel"))


def told(patron_ids: Iterable[int]) -> list[tuple[int, str, str, int]]:
    """The keys of all these readers' notices."""
    rows = Notice.objects.filter(patron__in=list(patron_ids)).order_by("pk")
    return list(rows.values_list("patron_id", "trigger", "thing", "level"))


def late_told(loans: Mapping[int, date], *, patron_ids: Iterable[int]) -> dict[int, Told]:
    """loan id → the last reminder or notice of loss that these readers were sent of it; one statement.

    `loans` gives each loan's due day in the lending library's zone: what was told of an earlier due day is left out.
    """
    things = {loan_due(loan, due): loan for loan, due in loans.items()} | {f"loan {loan}": loan for loan in loans}
    rows = Notice.objects.filter(patron__in=list(patron_ids), trigger__in=("overdue", "lost"), thing__in=list(things))
    columns = (
        "thing",
        "trigger",
        "level",
        "message__channel",
        "message__state",
        "message__sent_at",
        "message__made_at",
    )
    return {
        things[thing]: Told(trigger, level, channel, state, sent or made)
        for thing, trigger, level, channel, state, sent, made in rows.order_by("pk").values_list(*columns)
    }


def held_of(patron_id: int) -> dict[str, Any]:
    """What is kept of a reader as JSON values (for `ports.patron_ties`)."""
    rows = Message.objects.filter(reader=patron_id).order_by("pk")
    columns = ("trigger", "channel", "address", "subject", "body", "state", "made_at", "sent_at")
    plain = [{name: _json(value) for name, value in row.items()} for row in rows.values(*columns)]
    return {"messages": plain, "wishes": wishes_of(patron_id)}


def _json(value: datetime | str | None) -> str | None:
    return value if value is None or isinstance(value, str) else value.isoformat()


def waiting_letters(unit: str) -> list[MessageFacts]:
    """The letters of a library that wait to be printed, oldest first."""
    organisation = tree()
    rows = Message.objects.filter(unit=organisation.units[unit].id, channel="print", state="queued")
    return [message_facts(row, organisation) for row in rows.order_by("id")[:MOST_LETTERS]]


def latest_reader(unit: str) -> int | None:
    """The reader of the last message in the name of a unit: a real record to preview with."""
    rows = Message.objects.filter(unit=tree().units[unit].id, reader__deleted_at__isnull=True)
    return rows.order_by("-id").values_list("reader", flat=True).first()
