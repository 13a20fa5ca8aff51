"""Slips for narrow printers: what was lent, when one thing is due, on which shelf or to which library a copy goes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from kitabxana.catalogue.queries import briefs
from kitabxana.circulation.queries import lent_titles, transfers_page
from kitabxana.circulation.queries.holds import hold_of_item
from kitabxana.formats.barcodes import NotDrawable, draw
from kitabxana.fronts.desk.render.loans import loan_rows
from kitabxana.fronts.desk.render.words import language, local_day, long_date, short_moment
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import value
from kitabxana.patrons.queries import patrons_by_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.base.actor import Actor
    from kitabxana.circulation.facts import LoanFacts
    from kitabxana.formats.barcodes import Drawing
    from kitabxana.fronts.desk.render.loans import LoanRow
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import UnitFacts
    from kitabxana.patrons.facts import PatronFacts

NEEDS = "circulation.check_in"
SHOWN_OF_CARD = 4


@dataclass(frozen=True, slots=True)
class Slip:
    """`big` is what is read from afar; `loans` are lines of a receipt; `code` is the copy's barcode, to be scanned."""

    heading: str
    library: str
    at: str
    big: str = ""
    lines: tuple[str, ...] = ()
    loans: tuple[LoanRow, ...] = ()
    barcode: str = ""
    code: Drawing | None = None


def paper_of(where: UnitFacts) -> str:
    """The paper on which this library prints slips: "58", "80" (millimetres) or "a4"."""
    return str(value(tree(), "slip_paper", unit=where.code, category="", item_type=""))


def loans_slip(reader: PatronFacts, *, where: UnitFacts, everything: bool) -> Slip:
    """What this reader was lent today, or `everything` on loan; the card only by its end, for slips lie about."""
    now = timezone.now()
    lent = lent_titles(reader.id)
    if not everything:
        today = local_day(now, where.zone)
        lent = [one for one in lent if local_day(one.loan.lent_at, where.zone) == today]
    heading = _("On loan") if everything else _("Lent today")
    rows = tuple(loan_rows(lent, now=now))
    return _slip(heading, where, lines=(shy(reader),), loans=rows)


def due_slip(loan: LoanFacts, item: ItemFacts, *, where: UnitFacts) -> Slip:
    """To be put into the book."""
    due = long_date(local_day(loan.due_at, tree().units[loan.unit].zone))
    return _slip(_("Due back"), where, big=due, lines=(_title(item),))


def way_slip(item: ItemFacts, *, where: UnitFacts, by: Actor) -> Slip | None:
    """Where a copy goes from here: to the hold shelf for a reader, or to another library; None where it stays."""
    units = tree().units
    if item.place == "hold_shelf" and (hold := hold_of_item(item.id)) and by.may(NEEDS, units[hold.pickup_unit].path):
        reader = patrons_by_id([hold.patron_id])[hold.patron_id]
        until = _("Until %(date)s") % {"date": long_date(hold.expires_on)} if hold.expires_on else ""
        told = list(filter(None, (until, _title(item))))
        return _slip(_("Hold shelf"), where, big=shy(reader), lines=told, item=item)
    scopes = by.scopes(NEEDS)
    _count, ways = transfers_page(scopes=scopes, offset=0, limit=1, item_id=item.id)
    if not ways:
        return None
    start, end = units[ways[0].from_unit], units[ways[0].to_unit]
    for_whom = (_("It is for a reader who waits there."),) if hold_of_item(item.id) else ()
    lines = (*for_whom, _("From %(library)s") % {"library": start.name(language())}, _title(item))
    return _slip(_("To another library"), where, big=end.name(language()), lines=lines, item=item)


def shy(reader: PatronFacts) -> str:
    """Who it is, to who knows it already: the surname, a letter, the end of the card's number."""
    initial = f" {reader.firstname[0]}." if reader.firstname else ""
    return f"{reader.surname}{initial} · …{reader.card[-SHOWN_OF_CARD:]}"


def _slip(
    heading: str, where: UnitFacts, *, big: str = "", lines: Sequence[str] = (), loans: tuple[LoanRow, ...] = (),
    item: ItemFacts | None = None,
) -> Slip:  # fmt: skip
    barcode, code = (item.barcode or "") if item else "", None
    with suppress(NotDrawable):  # the number stands there in figures too
        code = draw("code128", barcode) if barcode else None
    at = short_moment(timezone.now(), where.zone)
    return Slip(heading, where.name(language()), at, big, tuple(lines), loans, barcode, code)


def _title(item: ItemFacts) -> str:
    return str(briefs([item.record_id]).get(item.record_id, {}).get("title", ""))
