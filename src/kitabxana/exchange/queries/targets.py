"""Other catalogues: who may be asked from where, and the asking of all of them at once."""

from __future__ import annotations

import time
from dataclasses import replace
from queue import Empty, Queue
from threading import Thread
from typing import TYPE_CHECKING

from kitabxana.base.outgoing import NotFetched
from kitabxana.base.sealing import WrongKey, unseal
from kitabxana.catalogue.queries.matching import candidates
from kitabxana.catalogue.rules import derive
from kitabxana.exchange.facts import Offer, Reply, SearchTarget
from kitabxana.exchange.models import CopyTarget
from kitabxana.exchange.queries.asking import NotUnderstood, heard
from kitabxana.exchange.rules.copying import adopted, sealing_place
from kitabxana.exchange.rules.matching import surely
from kitabxana.exchange.rules.prepare import as_marc21
from kitabxana.formats.sru import BadAnswer
from kitabxana.formats.unimarc import NotConvertible
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.exchange.facts import Question
    from kitabxana.formats.marc import Parsed

MOST_TARGETS = 20
_ROUNDING = 1.0
"""Seconds beyond a target's own time for what can't be cut off (the look-up of its name)."""


def targets_at(unit: str, *, active: bool = True) -> list[SearchTarget]:
    """What can be searched from a unit: the nearest level's first, then what is everybody's; one statement."""
    lineage = tree().units[unit].lineage
    rows = CopyTarget.objects.select_related("unit").order_by("name")
    found = [facts_of(row) for row in rows if row.unit_id is None or row.unit.code in lineage]  # type: ignore[union-attr]
    kept = [one for one in found if one.active or not active]
    return sorted(kept, key=lambda one: lineage.index(one.unit) if one.unit else len(lineage))


def targets_of(unit: str | None) -> list[SearchTarget]:
    """What is said at exactly this level; one statement."""
    rows = CopyTarget.objects.select_related("unit").order_by("name")
    return [facts_of(row) for row in (rows.filter(unit__code=unit) if unit else rows.filter(unit__isnull=True))]


def target(target_id: int) -> SearchTarget | None:
    row = CopyTarget.objects.select_related("unit").filter(pk=target_id).first()
    return facts_of(row) if row else None


def facts_of(row: CopyTarget) -> SearchTarget:
    return SearchTarget(
        name=row.name, address=row.address, unit=row.unit.code if row.unit else None, version=row.version,
        schema=row.schema, flavour=row.flavour, seconds=row.seconds, indexes=row.indexes, profile=row.profile,
        active=row.active, id=row.pk, protocol=row.protocol, database=row.database, encoding=row.encoding,
        login=row.login, password=_opened(row),
    )  # fmt: skip


def _opened(row: CopyTarget) -> str:
    """The password; "" where this installation's key is not the one it was sealed with: the target will say no."""
    try:
        return unseal(bytes(row.password), place=sealing_place(row.unit_id, row.name)) if row.password else ""
    except WrongKey:
        return ""


def ask(question: Question, targets: Sequence[SearchTarget]) -> list[Reply]:
    """What the targets have, asked all at once and each within its own time; in the order given.

    Each record comes with what of ours it may be; two statements in all, after the last answer. A target that does
    not answer, lies or breaks off keeps nobody else's answer back.
    """
    asked = list(targets)[:MOST_TARGETS]
    told: Queue[tuple[int, Reply]] = Queue()
    for at, one in enumerate(asked):
        Thread(target=_ask_one, args=(at, one, question, told), daemon=True).start()
    replies = [Reply(one, problem="too_slow", seconds=float(one.seconds)) for one in asked]
    until = time.monotonic() + max((one.seconds for one in asked), default=0) + _ROUNDING
    waiting = set(range(len(asked)))
    while waiting:
        try:
            at, reply = told.get(timeout=max(0.0, until - time.monotonic()))
        except Empty:
            break
        waiting.discard(at)
        replies[at] = reply
    return _beside_ours(replies)


def _ask_one(at: int, one: SearchTarget, question: Question, told: Queue[tuple[int, Reply]]) -> None:
    begun = time.monotonic()
    try:
        reply = _reply(one, question)
    except (NotFetched, BadAnswer, NotUnderstood) as error:
        reply = Reply(one, problem=error.code, detail=error.detail)
    except Exception as error:  # noqa: BLE001 - whatever a stranger's answer does, the others' are shown
        reply = Reply(one, problem="no_answer", detail=type(error).__name__)
    told.put((at, replace(reply, seconds=round(time.monotonic() - begun, 2))))


def _reply(one: SearchTarget, question: Question) -> Reply:
    answer = heard(one, question)
    offers = [offer for parsed in answer.records if (offer := _offer(parsed, one))]
    unread = len(answer.records) - len(offers)
    problem = "refused" if answer.told and not offers else "unreadable" if unread and not offers else ""
    return Reply(one, tuple(offers), answer.total, unread, problem=problem, detail=answer.told)


def _offer(parsed: Parsed, one: SearchTarget) -> Offer | None:
    """The record as ours would be, None for one that can't be read or converted."""
    if parsed.marc is None:
        return None
    try:
        marc, lost = as_marc21(parsed.marc, one.flavour)
        marc = adopted(marc)
        derived = derive(marc)
        return Offer(marc, derived.brief, derived.traits, lost) if marc["fields"] else None
    except (NotConvertible, ValueError):
        return None


def _beside_ours(replies: list[Reply]) -> list[Reply]:
    asked = [offer.traits for reply in replies for offer in reply.offers if offer.traits]
    known = iter(candidates(asked) if asked else [])

    def beside(offer: Offer) -> Offer:
        some = next(known) if offer.traits else []
        return replace(offer, known=tuple(some), same=surely(some))

    return [replace(reply, offers=tuple(beside(offer) for offer in reply.offers)) for reply in replies]
