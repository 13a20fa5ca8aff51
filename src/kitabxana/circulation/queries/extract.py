"""What a desk takes along for the time without a connection: one library's readers, copies, loans and rules.

One line of JSON after another: a head, a line for each reader and each copy, an end that counts them and tells the
rules. Read in batches of ids: memory is bounded, and the number of statements grows with the batches alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import orjson

from kitabxana.catalogue.queries import titles
from kitabxana.charges.queries import balances_of
from kitabxana.circulation.facts.terms import ReturnTerms
from kitabxana.circulation.models import Hold, Loan, Transfer
from kitabxana.circulation.queries import LINE, all_holds, loans_by_item
from kitabxana.circulation.rules import Cell, ReturnFacts, age_on, hold_for, plan_return, return_here, terms
from kitabxana.circulation.rules.extract import Policies, highest_age, state_bits
from kitabxana.holdings.queries import item_types, items_at, items_by_id
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import decide
from kitabxana.patrons.queries import card_holders, categories, ward_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kitabxana.circulation.facts import HoldFacts, LoanFacts
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import Tree, UnitFacts
    from kitabxana.patrons.facts import CardHolder

BATCH = 5_000
BLOCK = 65_536
"""About how many bytes are handed on at once."""

MOST_LIBRARIES = 50
"""Of how many others the rules are told: of those that copies, loans and readers speak of."""

FORMAT = 1
GOOD_FOR = timedelta(days=7)
"""How long a desk may work by one extract."""

EPOCH = date(1970, 1, 1)


def extract(*, unit: str, now: datetime) -> Iterator[bytes]:
    """The extract of the library to which the desk `unit` belongs, in blocks of whole lines.

    Statements: four and the tree, two for each batch of readers and of copies lent elsewhere, five for one of copies.
    """
    lines: list[bytes] = []
    size = 0
    for line in _Extract(tree(), unit, now).lines():
        lines.append(orjson.dumps(line))
        size += len(lines[-1])
        if size > BLOCK:
            yield b"\n".join([*lines, b""])
            lines, size = [], 0
    yield b"\n".join([*lines, b""])


def library_of(organisation: Tree, unit: str) -> UnitFacts:
    """The library a service point belongs to, or the unit itself."""
    lineage = (organisation.units[code] for code in organisation.units[unit].lineage)
    return next((one for one in lineage if one.kind == "library"), organisation.units[unit])


class _Extract:
    def __init__(self, organisation: Tree, unit: str, now: datetime) -> None:
        self._tree, self._now = organisation, now
        self._desk = organisation.units[unit]
        self._units = organisation.under(library_of(organisation, unit).path)
        self._ids = [one.id for one in self._units]
        self._today = now.astimezone(ZoneInfo(self._desk.zone)).date()
        self._named = {unit}
        self._readers = self._items = 0

    def lines(self) -> Iterator[Any]:
        head = self._head()
        yield head
        policies = Policies(self._tree, first=self._today, categories=categories(), item_types=item_types())
        ours = policies.of(self._units)
        oldest = highest_age(ours)
        debts = any(one["debt"] is not None or one["any_debt"] for one in ours["terms"])
        for readers in self._each_reader():
            owed = self._owed([one.id for one in readers]) if debts else {}
            self._readers += len(readers)
            for one in readers:
                yield self._reader(one, owed.get(one.id, 0), oldest)
        for items in self._each_item():
            self._items += len(items)
            yield from self._copies(items)
        known = [self._tree.units[code] for code in sorted(self._named)]
        govern = {one.code: one for one in (*self._units, *known[:MOST_LIBRARIES])}
        yield {
            "end": {"readers": self._readers, "items": self._items},
            "units": {one.code: [dict(one.names), one.path] for one in known},
            "policies": policies.of(govern.values()),
        }

    def _head(self) -> dict[str, Any]:
        nation = self._tree.nation_of(self._desk.code)
        return {
            "format": FORMAT,
            "unit": self._desk.code,
            "names": dict(self._desk.names),
            "path": self._desk.path,
            "zone": self._desk.zone,
            "made": self._now.isoformat(),
            "good_until": (self._now + GOOD_FOR).isoformat(),
            "first": (self._today - EPOCH).days,
            "midnight": int(datetime.combine(self._today, time.min, ZoneInfo(self._desk.zone)).timestamp()) // 60,
            "governs": decide(self._tree, "rule_library", unit=nation, category="", item_type="").value,
        }

    def _each_reader(self) -> Iterator[list[CardHolder]]:
        after = 0
        while some := card_holders(
            units=self._ids, after=after, limit=BATCH, today=self._today, organisation=self._tree
        ):  # fmt: skip
            yield some
            if len(some) < BATCH:
                break
            after = some[-1].id

    def _owed(self, readers: list[int]) -> dict[int, int]:
        """What limits look at, as `operations.money.debts_of` reckons it: in minor units of the library's currency."""
        wards: dict[int, list[int]] = {}
        if any(self._tree.policies.get("debts_of_wards", {}).values()):
            for guarantor, ward in ward_pairs(readers):
                wards.setdefault(guarantor, []).append(ward)
        balances = balances_of({*readers, *(ward for some in wards.values() for ward in some)})
        owed = {
            one: max(0, kept[self._desk.currency].net_minor)
            for one, kept in balances.items()
            if self._desk.currency in kept
        }
        return {one: sum(owed.get(each, 0) for each in (one, *wards.get(one, ()))) for one in readers}

    def _reader(self, one: CardHolder, owed: int, oldest: int) -> list[Any]:
        """r, id, cards, name, category, last day (days since 1970), 1 card invalid + 2 restricted, owed, age, home."""
        age = age_on(one.birth_date, self._today) if one.birth_date and oldest else oldest
        home = "" if one.home_unit == self._desk.code else one.home_unit
        self._named.add(one.home_unit)
        cards: Any = one.cards[0] if len(one.cards) == 1 else list(one.cards)
        return _short([
            "r", one.id, cards, one.name, one.category, (one.expires_on - EPOCH).days,
            (0 if one.valid else 1) + (2 if one.restricted else 0), owed, age if age < oldest else 0, home,
        ])  # fmt: skip

    def _each_item(self) -> Iterator[list[ItemFacts]]:
        """The copies that belong here or stand here, then those of other libraries that readers of here have."""
        after = 0
        while some := items_at(self._ids, after=after, limit=BATCH, organisation=self._tree):
            yield some
            after = some[-1].id
            if len(some) < BATCH:
                break
        rows = Loan.objects.filter(patron__home_unit_id__in=self._ids, item__barcode__isnull=False).exclude(
            item__home_unit_id__in=self._ids
        ).exclude(item__holding_unit_id__in=self._ids)  # fmt: skip
        after = 0
        while found := list(
            rows.filter(item_id__gt=after).order_by("item_id").values_list("item_id", flat=True)[:BATCH]
        ):
            yield list(items_by_id(found).values())
            after = found[-1]
            if len(found) < BATCH:
                break

    def _copies(self, items: list[ItemFacts]) -> Iterator[list[Any]]:
        ids, records = [one.id for one in items], {one.record_id for one in items}
        named, loans = titles(records), loans_by_item(ids, organisation=self._tree)
        on_way = dict(
            Transfer.objects.filter(item_id__in=ids, arrived_at__isnull=True).values_list("item_id", "to_unit")
        )
        lines: dict[int, list[HoldFacts]] = {}
        for hold in all_holds(Hold.objects.filter(record_id__in=records).order_by(*LINE), self._tree):
            lines.setdefault(hold.record_id, []).append(hold)
        for item in items:
            way = on_way.get(item.id)
            yield self._copy(
                item, named.get(item.record_id, ""), loans.get(item.id), lines.get(item.record_id, ()),
                self._tree.by_id[way].code if way else None,
            )  # fmt: skip

    def _copy(
        self, item: ItemFacts, title: str, loan: LoanFacts | None, queue: Sequence[HoldFacts], way: str | None
    ) -> list[Any]:
        """i, id, barcode, title, type, record, state, home, loan, kept for, back.

        home, and every unit: "" is the desk's own. loan: reader, due (minutes since 1970), renewals, onsite, unit, unit
        that governs.
        kept for: reader, 1 where the copy is set aside already. back, when it is returned here: reader who waits or 0,
        library where it goes, 1 where it may not come back here.
        """
        lent: list[Any] = []
        if loan:
            due = int(loan.due_at.timestamp()) // 60
            lent = [
                loan.patron_id,
                due,
                loan.renewals,
                int(loan.onsite),
                self._code(loan.unit),
                self._code(loan.policy_unit),
            ]
        held = hold_for(queue, item, self._tree) if queue else None
        kept = [held.patron_id, int(held.allocated_item_id == item.id)] if held else 0
        return _short([
            "i", item.id, item.barcode, title, item.item_type, item.record_id, state_bits(item),
            self._code(item.home_unit), _short(lent) or 0, kept, self._back(item, loan, queue, way),
        ])  # fmt: skip

    def _back(self, item: ItemFacts, loan: LoanFacts | None, queue: Sequence[HoldFacts], way: str | None) -> Any:
        if item.home_unit == item.holding_unit == self._desk.code and not queue and not way:
            return 0
        said = terms(ReturnTerms, self._tree, Cell(item.home_unit, "", item.item_type))
        if not return_here(said, item, self._desk.code):
            right = item.holding_unit if said.return_to == "holding" else item.home_unit
            return [0, self._code(right), 1]
        facts = ReturnFacts(
            item=replace(item, place="shelf"), desk=self._desk.code, now=self._now, returned_at=self._now, terms=said,
            loan=loan, on_way_to=way, queue=queue,
        )  # fmt: skip
        plan = plan_return(facts, self._tree)
        return _short([plan.hold.patron_id if plan.hold else 0, self._code(plan.to_unit)]) or 0

    def _code(self, unit: str) -> str:
        if unit == self._desk.code:
            return ""
        self._named.add(unit)
        return unit


def _short(row: list[Any]) -> list[Any]:
    """The row without what is empty at its end."""
    while row and not row[-1]:
        row.pop()
    return row
