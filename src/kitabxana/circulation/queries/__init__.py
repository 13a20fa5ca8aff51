"""Reads of circulation."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import orjson
from django.db.models import Count, Min, Q

from kitabxana.base.actor import EVERYWHERE
from kitabxana.base.statements import prepared
from kitabxana.catalogue.queries import briefs
from kitabxana.circulation.facts import (
    ClaimFacts,
    HoldFacts,
    LentItem,
    LentTitle,
    LoanFacts,
    OfflineConflict,
    PastLoanFacts,
    TransferFacts,
)
from kitabxana.circulation.models import Hold, Loan, OfflineEvent, PastHold, PastLoan, ReturnClaim, Transfer
from kitabxana.holdings.queries import items_by_id
from kitabxana.kernel.decisions import Refusal
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from django.db.models import QuerySet

    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import Tree


def loan_facts(row: Loan, *, organisation: Tree | None = None) -> LoanFacts:
    return _loans([row], organisation)[0]


def _loans(rows: Iterable[Any], organisation: Tree | None = None) -> list[LoanFacts]:
    by_id = (organisation or tree()).by_id
    return [
        LoanFacts(
            id=row.pk,
            item_id=row.item_id,
            patron_id=row.patron_id,
            unit=by_id[row.unit_id].code,
            lent_at=row.lent_at,
            due_at=row.due_at,
            renewals=row.renewals,
            renewed_at=row.renewed_at,
            policy_unit=by_id[row.policy_unit_id].code,
            unseen_renewals=row.unseen_renewals,
            auto_renewals=row.auto_renewals,
            auto_renew=row.auto_renew,
            onsite=row.onsite,
            claimed_at=row.claimed_at,
        )
        for row in rows
    ]


_LOAN = ("pk", "item_id", "patron_id", "unit_id", "policy_unit_id", "lent_at", "due_at", "renewals",
         "unseen_renewals", "auto_renewals", "renewed_at", "auto_renew", "onsite", "claimed_at")  # fmt: skip
_LENT = (*_LOAN, "record_id", "item_type_id", "home_unit_id", "holding_unit_id")
_LENT_ITEMS = f"""
    SELECT EXISTS (SELECT 1 FROM circulation_hold WHERE record_id = %(record)s)
           OR EXISTS (SELECT 1 FROM circulation_allocation WHERE item_id = %(item)s),
           l.id, {", ".join(f"l.{name}" for name in _LENT[1:-4])}, {", ".join(f"i.{name}" for name in _LENT[-4:])}
    FROM (SELECT) AS one LEFT JOIN (circulation_loan l JOIN holdings_item i ON i.id = l.item_id)
         ON l.item_id = %(item)s OR l.patron_id = %(patron)s"""  # noqa: S608 - names of our own


def lent_items(*, item: ItemFacts, patron_id: int, organisation: Tree) -> tuple[list[LentItem], bool]:
    """The open loan of this copy and all of this reader, with what limits ask of the copies; and whether anyone waits
    for its title, or has this copy kept. One statement."""
    with prepared() as cursor:
        cursor.execute(_LENT_ITEMS, {"item": item.id, "patron": patron_id, "record": item.record_id})
        found = cursor.fetchall()
    rows: list[Any] = [SimpleNamespace(**dict(zip(_LENT, row[1:], strict=True))) for row in found if row[1]]
    by_id = organisation.by_id
    lent = [
        LentItem(
            loan=loan,
            record_id=row.record_id,
            item_type=row.item_type_id,
            home_unit=by_id[row.home_unit_id].code,
            holding_unit=by_id[row.holding_unit_id].code,
        )
        for row, loan in zip(rows, _loans(rows, organisation), strict=True)
    ]
    return lent, found[0][0]


def lent_item(row: Loan, organisation: Tree) -> LentItem:
    """A loan with what limits ask of its copy, of a row read with `select_related("item")`."""
    return LentItem(
        loan=loan_facts(row, organisation=organisation),
        record_id=row.item.record_id,
        item_type=row.item.item_type_id,
        home_unit=organisation.by_id[row.item.home_unit_id].code,
        holding_unit=organisation.by_id[row.item.holding_unit_id].code,
    )


_LOANS_OF = f"""
    SELECT id, {", ".join(_LOAN[1:])} FROM circulation_loan WHERE patron_id = %s ORDER BY due_at, id"""  # noqa: S608 - names of our own


def loans_of(patron_id: int) -> list[LoanFacts]:
    """Open loans of a reader, soonest due first."""
    with prepared() as cursor:
        cursor.execute(_LOANS_OF, [patron_id])
        return _loans([SimpleNamespace(**dict(zip(_LOAN, row, strict=True))) for row in cursor.fetchall()])


_TITLES = f"""
    SELECT l.id, {", ".join(f"l.{name}" for name in _LOAN[1:])}, i.record_id, i.barcode, i.lost, r.brief
    FROM circulation_loan l JOIN holdings_item i ON i.id = l.item_id
         LEFT JOIN catalogue_record r ON r.id = i.record_id AND r.deleted_at IS NULL
    WHERE l.patron_id = %s ORDER BY l.due_at, l.id"""  # noqa: S608 - names of our own


def lent_titles(patron_id: int) -> list[LentTitle]:
    """Open loans of a reader as lists show them, soonest due first; one statement and the tree."""
    with prepared() as cursor:
        cursor.execute(_TITLES, [patron_id])
        found = cursor.fetchall()
    loans = _loans(SimpleNamespace(**dict(zip(_LOAN, row, strict=False))) for row in found)
    return [
        LentTitle(loan, record_id, barcode or "", lost, orjson.loads(brief or "{}"))
        for loan, (record_id, barcode, lost, brief) in zip(loans, (row[len(_LOAN) :] for row in found), strict=True)
    ]


def loans_by_item(item_ids: Iterable[int], *, organisation: Tree | None = None) -> dict[int, LoanFacts]:
    """Open loans of these copies, by copy; one statement, and one more without the tree."""
    rows = Loan.objects.filter(item_id__in=list(item_ids))
    return {loan.item_id: loan for loan in _loans(rows, organisation)}


def first_due(record_ids: Iterable[int]) -> dict[int, datetime]:
    """When the first of each record's lent copies is due back (UTC), lost ones left out; one statement."""
    rows = Loan.objects.filter(item__record_id__in=list(record_ids), item__lost="", item__withdrawn=False)
    return dict(rows.values_list("item__record_id").annotate(first=Min("due_at")))


def loan(loan_id: int) -> LoanFacts | None:
    found = _loans(Loan.objects.filter(pk=loan_id))
    return found[0] if found else None


def past_loan(loan_id: int) -> PastLoanFacts | None:
    found = _past_loans(PastLoan.objects.filter(id=loan_id)[:1])
    return found[0] if found else None


def past_loans_of(patron_id: int, *, limit: int = 50) -> list[PastLoanFacts]:
    """Ended loans of a reader, latest first."""
    return _past_loans(PastLoan.objects.filter(patron_id=patron_id).order_by("-returned_at")[:limit])


def past_loans_count(patron_id: int) -> int:
    """How many ended loans still bear this reader's name."""
    return PastLoan.objects.filter(patron_id=patron_id).count()


def _past_loans(rows: Iterable[PastLoan]) -> list[PastLoanFacts]:
    by_id = tree().by_id
    return [
        PastLoanFacts(
            id=row.id,
            item_id=row.item_id,
            patron_id=row.patron_id,
            unit=by_id[row.unit_id].code,
            lent_at=row.lent_at,
            due_at=row.due_at,
            returned_at=row.returned_at,
            renewals=row.renewals,
            return_unit=by_id[row.return_unit_id].code,
            onsite=row.onsite,
        )
        for row in rows
    ]


LOAN_ORDERS = {"id": "id", "due_at": "due_at", "lent_at": "lent_at", "patron": "patron_id"}
PAST_LOAN_ORDERS = {**LOAN_ORDERS, "returned_at": "returned_at"}


def _columns(order: Sequence[str], names: Mapping[str, str]) -> list[str]:
    return [name[: name.startswith("-")] + names[name.removeprefix("-")] for name in order]


def loans_page(
    *, scopes: Sequence[str], offset: int, limit: int, patron_id: int | None = None, order: Sequence[str] = (),
    due_before: datetime | None = None,
) -> tuple[int, list[LoanFacts]]:  # fmt: skip
    """(number of all, one page) of open loans made under one of the path prefixes `scopes`, due before a moment.

    `order` holds names of `LOAN_ORDERS`, descending with "-" before them; the id decides between equals.
    """
    rows = Loan.objects.all()
    if EVERYWHERE not in scopes:
        visible = Q(pk__in=())
        for prefix in scopes:
            visible |= Q(unit__path__startswith=prefix)
        rows = rows.filter(visible)
    if patron_id is not None:
        rows = rows.filter(patron_id=patron_id)
    if due_before is not None:
        rows = rows.filter(due_at__lt=due_before)
    return rows.count(), _loans(rows.order_by(*_columns(order, LOAN_ORDERS), "pk")[offset : offset + limit])


def past_loans_page(
    *, scopes: Sequence[str], offset: int, limit: int, patron_id: int, order: Sequence[str] = ()
) -> tuple[int, list[PastLoanFacts]]:
    """(number of all, one page) of a reader's ended loans made under `scopes`; `order` from `PAST_LOAN_ORDERS`."""
    rows = PastLoan.objects.filter(patron_id=patron_id)
    if EVERYWHERE not in scopes:
        units = {unit.id for prefix in scopes for unit in tree().under(prefix)}
        rows = rows.filter(unit_id__in=units)
    columns = _columns(order, PAST_LOAN_ORDERS)
    return rows.count(), _past_loans(rows.order_by(*columns, "id")[offset : offset + limit])


def transfers_page(
    *, scopes: Sequence[str], offset: int, limit: int, order: Sequence[str] = (), item_id: int | None = None,
    from_unit: str | None = None, to_unit: str | None = None, arrived: bool = False,
) -> tuple[int, list[TransferFacts]]:  # fmt: skip
    """(number of all, one page) of transfers that begin or end under one of `scopes`; `order` names columns."""
    organisation = tree()
    rows = Transfer.objects.filter(arrived_at__isnull=not arrived)
    if EVERYWHERE not in scopes:
        units = {unit.id for prefix in scopes for unit in organisation.under(prefix)}
        rows = rows.filter(Q(from_unit__in=units) | Q(to_unit__in=units))
    for column, code in (("from_unit", from_unit), ("to_unit", to_unit)):
        if code is not None:
            unit = organisation.units.get(code)
            rows = rows.filter(**{f"{column}_id": unit.id if unit else -1})
    if item_id is not None:
        rows = rows.filter(item_id=item_id)
    by_id = organisation.by_id
    found = [
        TransferFacts(
            row.pk, row.item_id, by_id[row.from_unit_id].code, by_id[row.to_unit_id].code, row.reason, row.sent_at,
            row.arrived_at,
        )
        for row in rows.order_by(*order, "pk")[offset : offset + limit]
    ]  # fmt: skip
    return rows.count(), found


def offline_conflicts(*, scopes: Sequence[str], limit: int) -> list[OfflineConflict]:
    """Conflicts of offline desks under these scopes that nobody has settled, the oldest first."""
    organisation = tree()
    units = {unit.id for prefix in scopes for unit in organisation.under(prefix)}
    rows = OfflineEvent.objects.filter(outcome="conflict", settled_at__isnull=True, unit_id__in=units)
    return [
        OfflineConflict(
            row.pk, organisation.by_id[row.unit_id].code, row.kind, row.barcode, row.card, row.happened_at,
            tuple(Refusal(one["code"], one["params"], one.get("override")) for one in row.refusals),
            row.done_by or row.sent_by,
        )
        for row in rows.order_by("happened_at", "pk")[:limit]
    ]  # fmt: skip


def claims_of(patron_id: int) -> list[ClaimFacts]:
    """What a reader ever claimed to have brought back, the latest first."""
    return [_claim(row) for row in ReturnClaim.objects.filter(patron_id=patron_id).order_by("-claimed_at", "-pk")]


def claim(claim_id: int) -> ClaimFacts | None:
    row = ReturnClaim.objects.filter(pk=claim_id).first()
    return _claim(row) if row else None


def _claim(row: ReturnClaim) -> ClaimFacts:
    return ClaimFacts(
        row.pk, row.loan_id, row.item_id, row.patron_id, row.claimed_at, row.note, row.outcome, row.settled_at
    )


def hold_facts(row: Any, *, organisation: Tree | None = None) -> HoldFacts:
    """Facts of a row read with `select_related("allocation__item", "patron")`."""
    allocation: Any = getattr(row, "allocation", None)
    trapped = allocation if allocation is not None and allocation.trapped_at is not None else None
    target = allocation if trapped is None else None
    by_id = (organisation or tree()).by_id
    return HoldFacts(
        id=row.pk,
        record_id=row.record_id,
        item_id=row.item_id,
        patron_id=row.patron_id,
        pickup_unit=by_id[row.pickup_unit_id].code,
        placed_at=row.placed_at,
        allocated_item_id=trapped.item_id if trapped else None,
        ready_at=trapped.ready_at if trapped else None,
        expires_on=trapped.expires_on if trapped else None,
        patron_home=by_id[row.patron.home_unit_id].code,
        patron_category=row.patron.category_id,
        item_type=row.item_type_id,
        suspended=row.suspended,
        volume=row.volume,
        target_item_id=target.item_id if target else None,
        target_unit=by_id[target.item.holding_unit_id].code if target else "",
        cohort=row.cohort,
        priority_class=row.priority_class,
        turn=row.turn,
        suspended_until=row.suspended_until,
        wanted_until=row.expires_on,
        note=row.note,
    )


LINE = ("priority_class", "turn", "pk")
"""The order in which those who wait for a title stand."""


def queue_of(record_id: int, *, organisation: Tree | None = None) -> list[HoldFacts]:
    """The holds of a title in queue order; two statements, one with the tree in hand."""
    return all_holds(Hold.objects.filter(record_id=record_id).order_by(*LINE), organisation)


_HOLD = ("pk", "record_id", "item_id", "patron_id", "pickup_unit_id", "placed_at", "item_type_id", "suspended",
         "volume", "cohort", "priority_class", "turn", "suspended_until", "expires_on", "note")  # fmt: skip
_HOLDS_OF = f"""
    SELECT h.id, {", ".join(f"h.{name}" for name in _HOLD[1:])},
           a.item_id, a.trapped_at, a.ready_at, a.expires_on, i.holding_unit_id, p.home_unit_id, p.category_id
    FROM circulation_hold h JOIN patrons_patron p ON p.id = h.patron_id
    LEFT JOIN circulation_allocation a ON a.hold_id = h.id LEFT JOIN holdings_item i ON i.id = a.item_id
    WHERE h.patron_id = %s ORDER BY h.placed_at, h.id"""  # noqa: S608 - names of our own


def holds_of(patron_id: int) -> list[HoldFacts]:
    """The holds of a reader, oldest first; one statement and the tree."""
    organisation = tree()
    with prepared() as cursor:
        cursor.execute(_HOLDS_OF, [patron_id])
        return [hold_facts(_joined(row), organisation=organisation) for row in cursor.fetchall()]


def _joined(values: Sequence[Any]) -> Any:
    """A row of `_HOLDS_OF` in the shape of a hold read with its allocation, its copy and its reader."""
    copy, trapped_at, ready_at, expires_on, stands_in, home, category = values[len(_HOLD) :]
    allocation = SimpleNamespace(
        item_id=copy, trapped_at=trapped_at, ready_at=ready_at, expires_on=expires_on,
        item=SimpleNamespace(holding_unit_id=stands_in),
    )  # fmt: skip
    return SimpleNamespace(
        **dict(zip(_HOLD, values, strict=False)),
        allocation=allocation if copy else None,
        patron=SimpleNamespace(home_unit_id=home, category_id=category),
    )


def all_holds(rows: QuerySet[Hold], organisation: Tree | None = None) -> list[HoldFacts]:
    """Facts of these rows; one statement with the tree in hand."""
    organisation = organisation or tree()
    whole = rows.select_related("allocation__item", "patron")
    return [hold_facts(row, organisation=organisation) for row in whole]


def holds_count(record_ids: Iterable[int]) -> dict[int, int]:
    """How many readers wait for each of these titles; one statement."""
    rows = Hold.objects.filter(record_id__in=list(record_ids)).values_list("record_id").annotate(n=Count("pk"))
    return dict(rows)


def holds_on_record(record_id: int) -> list[Refusal]:
    """Why the record must stay: readers wait for it (for `ports.record_guards`); one statement."""
    waiting = holds_count([record_id]).get(record_id, 0)
    return [Refusal("has_holds", {"holds": waiting})] if waiting else []


def held_of(patron_id: int) -> dict[str, Any]:
    """All that is kept of a reader's loans and holds as JSON values, moments in ISO 8601 (for `ports.patron_ties`)."""
    loans = Loan.objects.filter(patron_id=patron_id).order_by("pk")
    past = PastLoan.objects.filter(patron_id=patron_id).order_by("returned_at", "id")
    holds = Hold.objects.filter(patron_id=patron_id).order_by("pk")
    ended = PastHold.objects.filter(patron_id=patron_id).order_by("pk")
    claims = ReturnClaim.objects.filter(patron_id=patron_id).order_by("pk")
    span = ("item_id", "unit_id", "lent_at", "due_at", "renewals", "onsite")
    wait = ("record_id", "pickup_unit_id", "placed_at")
    found = {
        "loans": list(loans.values(*span, "claimed_at")),
        "past_loans": list(past.values(*span, "returned_at", "return_unit_id")),
        "holds": list(holds.values(*wait, "item_id")),
        "past_holds": list(ended.values(*wait, "ended_at", "outcome")),
        "claims": list(claims.values("item_id", "claimed_at", "note", "outcome", "settled_at")),
    }
    return _told(found)


_UNITS = {"unit_id": "library", "return_unit_id": "returned_at_library", "pickup_unit_id": "pickup"}


def _told(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    """Libraries by code, copies by barcode, each row with its title: what the person it is about can read."""
    by_id = tree().by_id
    rows = [row for some in found.values() for row in some]
    items = items_by_id({row["item_id"] for row in rows if row.get("item_id")})
    titles = briefs(
        {row["record_id"] for row in rows if "record_id" in row} | {one.record_id for one in items.values()}
    )

    def one(row: Mapping[str, Any]) -> dict[str, Any]:
        copy = items.get(row.get("item_id") or 0)
        record = row.get("record_id") or (copy.record_id if copy else 0)
        plain = {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in row.items()
            if name not in {*_UNITS, "item_id", "record_id"}
        }
        libraries = {_UNITS[name]: by_id[row[name]].code for name in _UNITS if name in row}
        return {"title": titles.get(record, {}).get("title"), "barcode": copy.barcode if copy else None,
                **libraries, **plain}  # fmt: skip

    return {kind: [one(row) for row in some] for kind, some in found.items()}


def holds_on_shelf(*, since: date, until: date) -> list[HoldFacts]:
    """Holds whose copy stands ready and whose last day for fetching lies between these days (inclusive)."""
    rows = Hold.objects.filter(allocation__ready_at__isnull=False, allocation__expires_on__range=(since, until))
    return all_holds(rows.order_by("pk"))


def lent(loan_ids: Iterable[int]) -> list[LentItem]:
    """Open loans with what limits ask of their copies; two statements, however many."""
    organisation = tree()
    rows = Loan.objects.filter(pk__in=list(loan_ids)).select_related("item").order_by("pk")
    return [lent_item(row, organisation) for row in rows]


def who_must_return(*, since: datetime, until: datetime) -> list[int]:
    """Ids of the readers with a loan due between these moments, in order; one statement."""
    rows = _to_return(since, until).values_list("patron_id", flat=True)
    return sorted(set(rows.iterator(chunk_size=20_000)))


def to_return(patron_ids: Iterable[int], *, since: datetime, until: datetime) -> list[LentItem]:
    """These readers' loans due between these moments, by reader and due date; two statements, however many.

    Copies that are lost, said to have come back or read in the library are left out.
    """
    organisation = tree()
    rows = _to_return(since, until).filter(patron_id__in=list(patron_ids)).select_related("item")
    return [lent_item(row, organisation) for row in rows.order_by("patron_id", "due_at", "pk")]


def _to_return(since: datetime, until: datetime) -> QuerySet[Loan]:
    return Loan.objects.filter(due_at__range=(since, until), item__lost="", claimed_at=None, onsite=False)
