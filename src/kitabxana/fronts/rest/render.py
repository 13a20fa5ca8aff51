"""Facts in Koha's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

from kitabxana.catalogue.rules import clean, data_fields, material_of, pick
from kitabxana.catalogue.rules.authorities import references
from kitabxana.circulation.facts import LoanFacts
from kitabxana.circulation.rules.holds import is_pickup
from kitabxana.fronts.rest import shapes
from kitabxana.fronts.rest.messages import NOTES
from kitabxana.holdings.rules import LOST_KINDS
from kitabxana.kernel.money import Money
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from kitabxana.catalogue.facts import MarcJson, RecordFacts
    from kitabxana.circulation.facts import CheckedIn, PastLoanFacts
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import Tree, UnitFacts
    from kitabxana.patrons.facts import PatronFacts


def library(unit: UnitFacts, *, organisation: Tree) -> shapes.Library:
    placed = unit.latitude is not None and unit.longitude is not None
    return shapes.Library(
        library_id=unit.code,
        name=unit.name(get_language() or ""),
        address1=unit.address or None,
        city=unit.city or None,
        postal_code=unit.postcode or None,
        country=unit.country or None,
        phone=unit.phone or None,
        email=unit.email or None,
        geolocation=f"{unit.latitude},{unit.longitude}" if placed else None,
        pickup_location=is_pickup(organisation, unit.code),
        public=not unit.closed,
    )


def biblio(record: RecordFacts) -> shapes.Biblio:
    marc, brief = record.marc, record.brief
    year = brief.get("year")
    return shapes.Biblio(
        biblio_id=record.id,
        title=brief.get("title"),
        subtitle=brief.get("rest"),
        medium=_first(marc, "245", "h"),
        part_number=_first(marc, "245", "n"),
        part_name=_first(marc, "245", "p"),
        uniform_title=_first(marc, "240", "a") or _first(marc, "130", "a"),
        author=brief.get("author"),
        edition_statement=brief.get("edition"),
        publication_place=brief.get("place"),
        publisher=brief.get("publisher"),
        publication_year=str(year) if year else None,
        copyright_date=year,
        pages=_first(marc, "300", "a"),
        illustrations=_first(marc, "300", "b"),
        material_size=_first(marc, "300", "c"),
        series_title=_first(marc, "490", "a"),
        isbn=_all(marc, "020", "a"),
        issn=_all(marc, "022", "a"),
        lc_control_number=_first(marc, "010", "a"),
        abstract=_first(marc, "520", "a"),
        url=_all(marc, "856", "u"),
        serial=material_of(marc) in ("serial", "ejournal"),
        language=brief.get("language"),
        material=brief.get("material"),
    )


def authority(record: RecordFacts) -> shapes.Authority:
    return shapes.Authority(
        authority_id=record.id,
        heading=record.brief.get("title"),
        references=[shapes.Reference(kind=one.kind, heading=one.text) for one in references(record.marc)],
    )


def marc_lines(marc: MarcJson) -> str:
    """A record for reading: a tag a line, every further subfield on a line of its own below."""
    lines = [f"LDR {marc['leader']}"]
    for entry in marc["fields"]:
        for tag, content in entry.items():
            if isinstance(content, str):
                lines.append(f"{tag}     {content}")
                continue
            begin = f"{tag} {content['ind1']}{content['ind2']} "
            pairs = [f"_{code}{text}" for pair in content["subfields"] for code, text in pair.items()]
            lines.append(begin + "\n       ".join(pairs))
    return "\n".join(lines) + "\n"


def items(rows: Iterable[ItemFacts], *, loans: Mapping[int, LoanFacts]) -> list[shapes.Item]:
    """`loans` are the open loans by item, as circulation has them."""
    organisation = tree()
    return [_item(row, loans.get(row.id), organisation) for row in rows]


def _item(item: ItemFacts, loan: LoanFacts | None, organisation: Tree) -> shapes.Item:
    home = organisation.units[item.home_unit]
    lent = moment(loan.lent_at, organisation.units[loan.unit]) if loan else None
    return shapes.Item(
        item_id=item.id,
        biblio_id=item.record_id,
        external_id=item.barcode,
        home_library_id=item.home_unit,
        holding_library_id=item.holding_unit,
        item_type_id=item.item_type,
        effective_item_type_id=item.item_type,
        callnumber=item.call_number or None,
        call_number_sort=item.shelf_key or None,
        call_number_source=item.scheme or None,
        copy_number=item.copy_number or None,
        inventory_number=item.accession_number or None,
        serial_issue_number=item.volume or None,
        location=item.location or None,
        collection_code=item.collection or None,
        public_notes=item.note or None,
        internal_notes=item.staff_note or None,
        acquisition_source=item.source or None,
        purchase_price=_amount(item.price_minor, item.currency),
        replacement_price=_amount(item.replacement, item.currency),
        lost_status=LOST_KINDS.index(item.lost) + 1 if item.lost in LOST_KINDS else int(bool(item.lost)),
        damaged_status=int(item.damaged),
        withdrawn=int(item.withdrawn),
        not_for_loan_status=int(item.kept_in),
        effective_not_for_loan_status=int(item.not_for_loan),
        restricted_status=int(item.restricted),
        checked_out_date=lent.date() if lent else None,
        due_date=moment(loan.due_at, organisation.units[loan.unit]) if loan else None,
        checkouts_count=item.loans,
        last_seen_date=moment(item.last_seen_at, home) if item.last_seen_at else None,
        acquisition_date=moment(item.created_at, home).date(),
    )


PRIVACY = ("forever", "default", "never")
"""A reader's choice about past loans, at the place of Koha's number for it."""


def _amount(minor: int | None, currency: str) -> float | None:
    return None if minor is None else float(Money(minor, currency).decimal())


def patrons(rows: Iterable[PatronFacts], *, now: datetime) -> list[shapes.Patron]:
    organisation = tree()
    return [_patron(row, moment(now, organisation.units[row.home_unit])) for row in rows]


def _patron(patron: PatronFacts, here: datetime) -> shapes.Patron:
    return shapes.Patron(
        patron_id=patron.id,
        cardnumber=patron.card or None,
        surname=patron.surname,
        firstname=patron.firstname or None,
        middle_name=patron.middle_name or None,
        library_id=patron.home_unit,
        category_id=patron.category,
        date_of_birth=patron.birth_date,
        email=patron.email or None,
        phone=patron.phone or None,
        address=patron.address or None,
        city=patron.city or None,
        postal_code=patron.postcode or None,
        date_enrolled=patron.enrolled_on,
        expiry_date=patron.expires_on,
        expired=patron.expires_on < here.date(),
        restricted=bool(patron.restrictions),
        staff_notes=patron.staff_note or None,
        opac_notes=patron.public_note or None,
        privacy=PRIVACY.index(patron.history),
        lang=patron.language or "default",
        updated_on=patron.changed_at or here,
    )


def checkouts(rows: Iterable[LoanFacts | PastLoanFacts]) -> list[shapes.Checkout]:
    organisation = tree()
    return [_checkout(row, organisation) for row in rows]


def _checkout(loan: LoanFacts | PastLoanFacts, organisation: Tree) -> shapes.Checkout:
    unit = organisation.units[loan.unit]
    past = None if isinstance(loan, LoanFacts) else loan
    renewed = loan.renewed_at if isinstance(loan, LoanFacts) else None
    auto_renew = loan.auto_renew if isinstance(loan, LoanFacts) else None
    return shapes.Checkout(
        checkout_id=loan.id,
        patron_id=loan.patron_id,
        item_id=loan.item_id,
        library_id=loan.unit,
        checkout_date=moment(loan.lent_at, unit),
        due_date=moment(loan.due_at, unit),
        checkin_date=moment(past.returned_at, unit) if past else None,
        checkin_library_id=past.return_unit if past else None,
        renewals_count=loan.renewals,
        last_renewed_date=moment(renewed, unit) if renewed else None,
        auto_renew=auto_renew,
        onsite_checkout=loan.onsite,
    )


def checkin(done: CheckedIn) -> shapes.Checkin:
    return shapes.Checkin(
        item_id=done.item.id,
        checkout_id=done.loan.id if done.loan else None,
        instruction=done.instruction,
        to_library_id=done.to_unit,
        hold_id=done.hold.id if done.hold else None,
        messages=[shapes.Message(code=code, message=str(NOTES[code])) for code in done.notes],
    )


def moment(at: datetime, unit: UnitFacts) -> datetime:
    """The moment on the library's own clock, to the second."""
    return at.astimezone(ZoneInfo(unit.zone)).replace(microsecond=0)


def _first(marc: MarcJson, tag: str, code: str) -> str | None:
    return next(_texts(marc, tag, code), None)


def _all(marc: MarcJson, tag: str, code: str) -> str | None:
    return " | ".join(_texts(marc, tag, code)) or None


def _texts(marc: MarcJson, tag: str, code: str) -> Any:
    return (text for name, field in data_fields(marc) if name == tag and (text := clean(pick(field, code))))
