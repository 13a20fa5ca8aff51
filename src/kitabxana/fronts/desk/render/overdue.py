"""Overdue loans reader by reader, and the same as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kitabxana.circulation.queries.overdue import fines_so_far
from kitabxana.fronts.desk.render.item_words import amount
from kitabxana.fronts.desk.render.words import local_day, named, short_date, unit_name
from kitabxana.notices.messages import CHANNELS, STATES, TRIGGERS
from kitabxana.notices.queries import late_told
from kitabxana.organisation.queries import tree
from kitabxana.patrons.queries import categories, visible_patrons

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from kitabxana.base.actor import Actor
    from kitabxana.circulation.facts import LentTitle
    from kitabxana.notices.facts import Told
    from kitabxana.organisation.facts import Tree
    from kitabxana.patrons.facts import PatronFacts


@dataclass(frozen=True, slots=True)
class OverdueLoan:
    """`days` are whole days past the due day on the lending library's clock, 0 for what was due earlier today."""

    id: int
    record_id: int
    title: str
    author: str
    barcode: str
    due_day: date
    days: int
    lost: bool
    claimed: bool
    onsite: bool
    library: str
    fine: str
    told: str

    @property
    def due(self) -> str:
        return short_date(self.due_day)

    @property
    def late(self) -> str:
        if not self.days:
            return _("Due today")
        return ngettext("%(days)s day late", "%(days)s days late", self.days) % {"days": self.days}

    @property
    def state(self) -> str:
        return _("Lost") if self.lost else _("Claimed to be returned") if self.claimed else ""


@dataclass(frozen=True, slots=True)
class OverdueReader:
    """A reader with the overdue loans of one page; `id` 0 for one whom this login may not see: without a name."""

    id: int
    name: str
    card: str
    category: str
    library: str
    phone: str
    email: str
    loans: tuple[OverdueLoan, ...]


def overdue_readers(found: Sequence[LentTitle], *, by: Actor, now: datetime) -> list[OverdueReader]:
    """Readers in the order in which the loans first name them; the same few statements however many.

    Names and contacts are of whom the login may see, fines of libraries whose charges it may see.
    """
    organisation = tree()
    loans = [one.loan for one in found]
    people = visible_patrons({loan.patron_id for loan in loans}, scopes=by.scopes("patrons.view"))
    days = {loan.id: local_day(loan.due_at, organisation.units[loan.unit].zone) for loan in loans}
    told = late_told(days, patron_ids={loan.patron_id for loan in loans})
    fines = fines_so_far(one for one in loans if by.may("charges.view", organisation.units[one.policy_unit].path))
    lists: dict[int, list[OverdueLoan]] = {}
    for one in found:
        loan = one.loan
        row = _loan(one, due=days[loan.id], fine=fines.get(loan.id, 0), told=told.get(loan.id),
                    organisation=organisation, now=now)  # fmt: skip
        lists.setdefault(loan.patron_id, []).append(row)
    names = categories()
    return [_reader(people.get(one), rows, names=names, organisation=organisation) for one, rows in lists.items()]


def _loan(one: LentTitle, *, due: date, fine: int, told: Told | None, organisation: Tree, now: datetime) -> OverdueLoan:
    loan, units = one.loan, organisation.units
    zone = units[loan.unit].zone
    return OverdueLoan(
        id=loan.id,
        record_id=one.record_id,
        title=one.brief.get("title", ""),
        author=one.brief.get("author", ""),
        barcode=one.barcode,
        due_day=due,
        days=(local_day(now, zone) - due).days,
        lost=bool(one.lost),
        claimed=loan.claimed_at is not None,
        onsite=loan.onsite,
        library=unit_name(units, loan.unit),
        fine=amount(fine, units[loan.policy_unit].currency) if fine else "",
        told=_told(told, zone) if told else "",
    )


def _told(told: Told, zone: str) -> str:
    """Which step, when and how; what did not go out says so."""
    step = f"{TRIGGERS[told.trigger]} {told.level or ''}".strip()
    way = CHANNELS[told.channel] if told.state == "sent" else STATES[told.state]
    return f"{step}, {short_date(local_day(told.at, zone))} · {way}"


def _reader(
    reader: PatronFacts | None, loans: Sequence[OverdueLoan], *, names: Mapping[str, Mapping[str, str]],
    organisation: Tree,
) -> OverdueReader:  # fmt: skip
    if reader is None:
        return OverdueReader(0, "", "", "", "", "", "", tuple(loans))
    return OverdueReader(
        id=reader.id,
        name=reader.name,
        card=reader.card,
        category=named(names.get(reader.category, {}), reader.category),
        library=unit_name(organisation.units, reader.home_unit),
        phone=reader.phone,
        email=reader.email,
        loans=tuple(loans),
    )


def overdue_table(readers: Sequence[OverdueReader]) -> list[list[str | int]]:
    """A line a loan under a heading; days as ISO 8601, so that a spreadsheet can sort them."""
    heading: list[str | int] = [
        _("Reader"), _("Card"), _("Category"), _("Library"), _("Phone"), _("E-mail"), _("Title"), _("Author"),
        _("Barcode"), _("Due"), _("Days late"), _("State"), _("Fine so far"), _("Last notice"), _("Lent by"),
    ]  # fmt: skip
    lines: list[list[str | int]] = [
        [reader.name, reader.card, reader.category, reader.library, reader.phone, reader.email, loan.title,
         loan.author, loan.barcode, loan.due_day.isoformat(), loan.days, loan.state, loan.fine, loan.told, loan.library]
        for reader in readers
        for loan in reader.loans
    ]  # fmt: skip
    return [heading, *lines]
