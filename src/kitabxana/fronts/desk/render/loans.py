"""Loans, refusals and instructions as the desk's pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kitabxana.catalogue.queries import briefs
from kitabxana.circulation.messages import NOTES
from kitabxana.fronts.desk.render.words import local_day, long_date, sentence, short_date, unit_name
from kitabxana.fronts.desk.session import refusal_of
from kitabxana.holdings.queries import items_by_id
from kitabxana.organisation.queries import tree
from kitabxana.patrons.queries import patrons_by_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.utils.functional import _StrPromise

    from kitabxana.base.actor import Actor
    from kitabxana.circulation.facts import LentTitle, LoanFacts
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import UnitFacts


HEADLINES: dict[str, _StrPromise] = {
    "lend": gettext_lazy("Not lent"),
    "renew": gettext_lazy("Not renewed"),
    "return": gettext_lazy("Not checked in"),
    "undo": gettext_lazy("Not undone"),
}
SEPARATOR = " · "
STATES = {"ok": "in", "hold": "hold", "send": "move", "stop": "stop"}
"""The mark of an instruction's tone in a list."""


@dataclass(frozen=True, slots=True)
class LoanRow:
    """`days_over` counts whole days past the due day in the lending library's zone; 0 on the day itself and before."""

    id: int
    record_id: int
    barcode: str
    title: str
    author: str
    due: str
    days_over: int
    due_today: bool
    renewals: int
    library: str
    just_lent: bool
    lost: bool = False
    claimed: bool = False
    onsite: bool = False

    @property
    def late(self) -> str:
        if not self.days_over:
            return ""
        return ngettext("%(days)s day late", "%(days)s days late", self.days_over) % {"days": self.days_over}


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence of a refusal; `liftable` where this librarian may lift it."""

    text: str
    liftable: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """Something refused. `lift` are the codes to send when the librarian may lift all of them, else empty.

    `fresh` marks the one that the last scan met. `loan` is the loan not renewed, or the one that makes a lending
    needless; `renewable` says that renewing it is the way out. `cancels`: another reader's hold stands in the way, and
    may be cancelled in the same act.
    """

    id: int
    verb: str
    fresh: bool
    tone: str
    headline: str
    barcode: str
    title: str
    address: str
    loan: int | None
    renewable: bool
    told: tuple[Told, ...]
    lift: tuple[str, ...]
    asked: tuple[tuple[str, str], ...] = ()
    cancels: bool = False
    quick: str = ""
    """Where a copy that nobody knows can be added in haste; "" where that is no way out."""

    @property
    def some_liftable(self) -> bool:
        return any(one.liftable for one in self.told)


@dataclass(frozen=True, slots=True)
class Instruction:
    """What to do now: one headline, lines below it, `tone` one of ok, hold, send, stop.

    `short` is the headline for a list, where it differs.
    """

    tone: str
    icon: str
    headline: str
    lines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    title: str = ""
    short: str = ""


def loan_rows(lent: Sequence[LentTitle], *, now: datetime, just_lent: Iterable[int] = ()) -> list[LoanRow]:
    """Rows in the order of the list, those of this visit first."""
    units = tree().units
    fresh = set(just_lent)
    rows = [_loan_row(one, units[one.loan.unit], now, fresh=one.loan.id in fresh) for one in lent]
    return sorted(rows, key=lambda row: not row.just_lent)


def _loan_row(one: LentTitle, unit: UnitFacts, now: datetime, *, fresh: bool) -> LoanRow:
    loan = one.loan
    due, today = local_day(loan.due_at, unit.zone), local_day(now, unit.zone)
    return LoanRow(
        id=loan.id,
        record_id=one.record_id,
        barcode=one.barcode,
        title=one.brief.get("title", ""),
        author=one.brief.get("author", ""),
        due=short_date(due),
        days_over=max(0, (today - due).days),
        due_today=due == today,
        renewals=loan.renewals,
        library=unit_name({unit.code: unit}, unit.code),
        just_lent=fresh,
        lost=bool(one.lost),
        claimed=loan.claimed_at is not None,
        onsite=loan.onsite,
    )


def problems(
    kept: Sequence[dict[str, Any]], *, actor: Actor, where: UnitFacts, said: dict[str, Any] | None
) -> list[Problem]:
    """The refusals of a sitting in words, newest first, with what this librarian may lift here."""
    about = [problem["item"] for problem in kept if problem["item"]]
    items = items_by_id(about) if about else {}
    known = briefs({item.record_id for item in items.values()}) if items else {}
    fresh = said.get("problem") if said else None
    return [_problem(one, items.get(one["item"]), known, fresh, actor, where) for one in reversed(kept)]


def _problem(
    kept: dict[str, Any], item: ItemFacts | None, known: dict[int, dict[str, Any]], fresh: int | None, actor: Actor,
    where: UnitFacts,
) -> Problem:  # fmt: skip
    refusals = [refusal_of(told) for told in kept["refusals"]]
    has_it = any(one.code == "already_lent_to_patron" for one in refusals)
    if has_it:  # nothing else that stands in the way matters then
        refusals = [one for one in refusals if one.code == "already_lent_to_patron"]
    able = [bool(one.override and actor.may(one.override, where.path)) for one in refusals]
    renewing = kept["verb"] == "renew" or has_it
    held = kept["verb"] == "lend" and any(one.code in ("held_for_other", "wanted_by_other") for one in refusals)
    return Problem(
        id=kept["id"],
        verb=kept["verb"],
        fresh=kept["id"] == fresh,
        tone="hold" if has_it else "stop",
        headline=_("Already lent to this reader") if has_it else str(HEADLINES[kept["verb"]]),
        barcode=(item.barcode or "") if item else kept["what"],
        title=known.get(item.record_id, {}).get("title", "") if item else "",
        address=_address(kept["verb"], kept["patron"], renewing=renewing),
        loan=kept["loan"],
        renewable=has_it and kept["loan"] is not None and actor.may("circulation.renew", where.path),
        told=tuple(Told(sentence(one), can) for one, can in zip(refusals, able, strict=True)),
        lift=tuple(one.code for one in refusals) if all(able) else (),
        asked=tuple(kept.get("asked", {}).items()),
        cancels=held and all(able) and actor.may("circulation.hold", where.path),
        quick=_quick(kept, actor, where),
    )


def _quick(kept: dict[str, Any], actor: Actor, where: UnitFacts) -> str:
    unknown = kept["verb"] == "lend" and kept["refusals"][0]["code"] == "unknown_item"
    if not unknown or not actor.may("circulation.fast_add", where.path):
        return ""
    return f"{reverse('desk:fast_add', args=[kept['patron']])}?{urlencode({'barcode': kept['what']})}"


def _address(verb: str, patron: int | None, *, renewing: bool) -> str:
    """Where the way out of a refusal is sent."""
    if verb == "return" or patron is None:
        return reverse("desk:check_in")
    return reverse("desk:renew" if renewing else "desk:check_out", args=[patron])


def lending_instruction(
    said: dict[str, Any] | None, loans: Sequence[LoanFacts], rows: list[LoanRow]
) -> Instruction | None:
    """What the desk hears after a lending or a renewal."""
    if not said or said["code"] not in ("lent", "lent_many", "renewed"):
        return None
    wanted = {said["loan"]} if said["code"] == "lent" else set(said["loans"])
    named = [loan for loan in loans if loan.id in wanted]
    if not named:
        return None
    title = next(row.title for row in rows if row.id == named[0].id)
    first = min(named, key=lambda loan: loan.due_at)
    due = long_date(local_day(first.due_at, tree().units[first.unit].zone))
    if said["code"] == "lent":
        return Instruction("ok", "book-up", _("Lent. Due %(date)s") % {"date": due}, title=title)
    if said["code"] == "lent_many":
        words = ngettext("%(count)s item lent.", "%(count)s items lent.", len(named)) % {"count": len(named)}
        return Instruction("ok", "book-up", words, lines=(_("The first is due %(date)s.") % {"date": due},))
    if len(named) == 1:
        return Instruction("ok", "rotate-cw", _("Renewed. Due %(date)s") % {"date": due}, title=title)
    words = ngettext("%(count)s loan renewed.", "%(count)s loans renewed.", len(named)) % {"count": len(named)}
    return Instruction("ok", "rotate-cw", words, lines=(_("The first is due %(date)s.") % {"date": due},))


def undone_instruction(said: dict[str, Any] | None) -> Instruction | None:
    """What the desk hears when the last scan was undone."""
    if not said or said["code"] != "undone":
        return None
    title = briefs([said["record"]]).get(said["record"], {}).get("title", "")
    headline = _("Lending undone") if said["act"] == "lend" else _("Check-in undone")
    return Instruction("ok", "undo-2", headline, lines=(said["barcode"],), title=title)


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """One line of the check-in list."""

    barcode: str
    record_id: int
    title: str
    at: str
    reader: str
    instruction: Instruction
    item_id: int = 0

    @property
    def slip(self) -> bool:
        """Whether the copy goes where a slip is put into it."""
        return self.instruction.tone in ("hold", "send")

    @property
    def state(self) -> str:
        return STATES[self.instruction.tone]


def return_rows(entries: Sequence[dict[str, Any]], *, zone: str) -> list[ReturnRow]:
    """The check-ins of this sitting as instructions; a constant number of statements."""
    items = items_by_id(entry["item"] for entry in entries)
    known = briefs({entry["record"] for entry in entries})
    waiting = {entry["patron"] for entry in entries if entry["patron"]}
    readers = (
        {key: f"{one.name}{SEPARATOR}{one.card}" for key, one in patrons_by_id(waiting).items()} if waiting else {}
    )
    return [
        ReturnRow(
            barcode=entry["barcode"],
            item_id=entry["item"],
            record_id=entry["record"],
            title=(title := known.get(entry["record"], {}).get("title", "")),
            at=f"{datetime.fromisoformat(entry['at']).astimezone(ZoneInfo(zone)):%H:%M}",
            reader=readers.get(entry["patron"], "") if entry["instruction"] == "hold_shelf" else "",
            instruction=_instruction(entry, items.get(entry["item"]), readers.get(entry["patron"], ""), title),
        )
        for entry in entries
    ]


def _instruction(entry: dict[str, Any], item: ItemFacts | None, reader: str, title: str) -> Instruction:
    notes = tuple(str(NOTES[code]) for code in entry["notes"])
    if entry["instruction"] == "transfer":
        to = unit_name(tree().units, entry["to"])
        lines: tuple[str, ...] = (_("It is for a reader who waits there."),) if entry["patron"] else ()
        return Instruction("send", "truck", _("Send to %(library)s") % {"library": to}, lines, notes, title)
    if entry["instruction"] == "hold_shelf":
        until = long_date(date.fromisoformat(entry["until"])) if entry["until"] else ""
        name, _dot, card = reader.partition(SEPARATOR)
        lines = (card, _("Until %(date)s") % {"date": until}) if until else (card,)
        headline = _("Hold shelf: %(reader)s") % {"reader": name}
        return Instruction("hold", "bookmark-check", headline, lines, notes, title, short=_("Hold shelf"))
    if "is_withdrawn" in entry["notes"]:
        return Instruction("stop", "octagon-x", _("Put aside: withdrawn"), (), notes, title)
    place = tuple(part for part in (item.call_number, item.location) if part) if item else ()
    return Instruction("ok", "library", _("To shelf"), place, notes, title)
