"""A Koha situation as this house's facts: its rows become policies of a flat tree of libraries.

The meaning of every field is told in `koha_oracle/README.md`. A row of Koha's rule table sets many parameters at
once; here each becomes a policy of its own in the same cell.
"""

from __future__ import annotations

import gzip
import json
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kitabxana.circulation.facts import HoldFacts, LentItem, LoanFacts, RenewFacts, TooMany
from kitabxana.circulation.facts.terms import RenewalTerms
from kitabxana.circulation.rules import RENEW, Cell, latest, rule_library, soonest, terms, too_many, unfilled
from kitabxana.holdings.facts import ItemFacts
from kitabxana.kernel.decisions import Refusal, refusals
from kitabxana.kernel.periods import Calendar
from kitabxana.organisation.facts import AROUND_THE_CLOCK, ClosedDays, ClosureFacts, Tree, UnitFacts
from kitabxana.organisation.rules import decide
from kitabxana.patrons.facts import PatronFacts

DATA = Path(__file__).resolve().parents[6] / "shared" / "data" / "koha_oracle"
Cells = dict[str, dict[tuple[str | None, str | None, str | None], Any]]
Case = dict[str, Any]

ROW: dict[str, tuple[str, Any]] = {
    # Koha's parameter: (policy, what a key left out stands for)
    "length_unit": ("loan_unit", "days"),
    "renewals_allowed": ("renewals_allowed", 0),
    "no_renewal_before": ("no_renewal_before", None),
    "auto_renew_stop_after": ("auto_renew_stop_after", None),
    "auto_renew_stop_date": ("auto_renew_stop_date", None),
    "fixed_due_date": ("fixed_due_date", None),
    "fixed_due_compare": ("fixed_due_rule", -1),
    "charge_every": ("fine_every", 0),
    "charge_at_start": ("fine_charged_at", False),
    "grace_units": ("grace", 0),
    "cap_at_item_price": ("fine_cap_at_price", False),
    "suspension_days_per_unit": ("suspension_days", 0),
    "suspension_max_days": ("suspension_max", None),
    "suspension_charge_every": ("suspension_every", 1),
    "hold_on_shelf": ("on_shelf_holds", 0),
    "holds_allowed": ("holds_by_rule", 0),
    "holds_per_record": ("holds_per_record", 1),
    "holds_per_day": ("holds_per_day", None),
}
WORDS: dict[str, dict[Any, str]] = {
    "fixed_due_rule": {-1: "no_later", 0: "exactly", 1: "no_earlier"},
    "fine_charged_at": {True: "start", False: "end"},
    "on_shelf_holds": {0: "when_out", 1: "always", 2: "when_none_available"},
}
LIMITS: dict[str, tuple[str, dict[Any, Any]]] = {
    "max_loans": ("max_loans", {}),
    "max_onsite_loans": ("max_onsite_loans", {}),
    "patron_max_loans": ("patron_max_loans", {}),
    "patron_max_onsite_loans": ("patron_max_onsite_loans", {}),
    "max_holds": ("max_holds", {}),
    "hold_allowed_from": ("hold_allowed_from", {0: "nobody", 1: "home_library", 2: "anyone"}),
    "hold_pickup_limit": ("hold_pickup_limit", {"any": "anywhere", "homebranch": "home", "holdingbranch": "holding"}),
    "return_policy": ("return_policy", {"homebranch": "home", "holdingbranch": "holding", "noreturn": "float"}),
}


def cases(name: str) -> list[Case]:
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def minor(text: str | float | None) -> int | None:
    """Decimal text as minor units; the oracle has no sum that is not whole in them."""
    return None if text is None else int((Decimal(str(text)) * 100).to_integral_exact())


def cell_of(row: Case) -> tuple[str | None, str | None, str | None]:
    category, item_type = row.get("category", "*"), row.get("item_type", "*")
    return tuple(None if part == "*" else part for part in (row["branch"], category, item_type))  # type: ignore[return-value]


def policies(case_input: Case) -> Cells:
    """Koha's two rule tables as policies, and what it takes for granted where no row speaks."""
    found: Cells = {}
    for row in case_input["rules"]:
        cell = cell_of(row)
        for koha, (name, absent) in ROW.items():
            said = row[koha] if row.get(koha) is not None else absent
            found.setdefault(name, {})[cell] = WORDS.get(name, {}).get(said, said)
        if row.get("loan_length") is not None:  # Koha too passes over a row that has none
            found.setdefault("loan_length", {})[cell] = row["loan_length"]
            found.setdefault("renewal_length", {})[cell] = row.get("renewal_length")
        found.setdefault("fine_amount", {})[cell] = minor(row.get("fine_amount")) or 0
        found.setdefault("fine_cap", {})[cell] = minor(row.get("fine_cap"))
        found.setdefault("auto_renew_before", {})[cell] = row.get("no_renewal_before")
    for row in case_input.get("limit_rules", ()):
        name, words = LIMITS[row["name"]]
        said = None if row["value"] == "" else row["value"]
        said = words.get(said, int(said) if isinstance(said, str) and said.isdecimal() else said)
        found.setdefault(name, {})[cell_of(row)] = said
    for name, value in {"loan_length": 0, "renewals_allowed": 0, "max_loans": None}.items():
        found.setdefault(name, {}).setdefault((None, None, None), value)
    return found


def a_tree(codes: set[str], cells: Cells, *, zone: str = "UTC") -> Tree:
    """The libraries side by side under nobody; whatever is set for the whole installation holds in each."""
    units = {
        code: UnitFacts(number, code, "library", f"{code}/", None, {}, "", zone, "AZN")
        for number, code in enumerate(sorted(codes), 1)
    }
    return Tree(uuid.uuid4(), units, {unit.id: unit for unit in units.values()}, {}, {}, policies=cells)


def setting(cells: Cells, name: str, value: Any) -> None:
    cells[name] = {(None, None, None): value}


def a_calendar(described: Case | None, zone: str = "UTC") -> Calendar:
    """Koha knows closed days only, no hours."""
    closed = described or {"closed_weekdays": (), "closed_yearly": (), "closed_dates": (), "opened_dates": ()}
    weekdays = {day or 7 for day in closed["closed_weekdays"]}  # 0 is Sunday
    yearly = [date(2020, int(text[:2]), int(text[3:])) for text in closed["closed_yearly"]]
    once = [date.fromisoformat(text) for text in closed["closed_dates"]]
    return Calendar(
        zone=ZoneInfo(zone),
        weekly={day: hours for day, hours in AROUND_THE_CLOCK.items() if day not in weekdays},
        closed=ClosedDays(
            (
                *(ClosureFacts(day, day, yearly=True) for day in yearly),
                *(ClosureFacts(day, day, yearly=False) for day in once),
            )
        ),
        opened={date.fromisoformat(text): None for text in closed["opened_dates"]},
        hours_known=False,
    )


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class World:
    """The parts of a case of renewals, issue_checks or checkin as facts."""

    def __init__(self, case_input: Case) -> None:
        self.input, self.settings = case_input, case_input["settings"]
        self.now = moment(case_input["now"])
        self.cells = policies(case_input)
        self._settings()
        self.tree = a_tree({row["code"] for row in case_input["branches"]}, self.cells)
        types = {row["code"]: row["not_for_loan"] for row in case_input["item_types"]}
        loans = {row["item"]: row for row in case_input["loans"]}
        found = {row["item"] for row in case_input["holds"] if row["found"] == "W"}
        moving = {row["item"] for row in case_input["transfers"]}
        moving |= {row["item"] for row in case_input["holds"] if row["found"] == "T"}
        self.items: dict[int, ItemFacts] = {}
        for row in case_input["items"]:
            place = "loan" if row["id"] in loans else "hold_shelf" if row["id"] in found else "shelf"
            if place == "shelf" and row["id"] in moving:
                place = "transit"
            if row["not_for_loan"] < 0 and not types.get(row["item_type"]):
                place = "order"  # Koha's negative values: not to be lent, but to be waited for
            self.items[row["id"]] = an_item(row, place=place, type_stays=types.get(row["item_type"], False))
        self.patrons = {row["id"]: row for row in case_input["patrons"]}

    def _settings(self) -> None:
        said, put = self.settings, self.put
        if "rule_branch" in said:  # the building of the queue does not ask
            field = {"home": "item_home", "holding": "item_holding"}[said["item_branch_field"]]
            put("rule_library", {"item": field, "patron": "patron_home", "desk": "desk"}[said["rule_branch"]])
            put("hold_rule_library", {"patron": "patron_home", "item_home": "item_home"}[said["hold_rule_branch"]])
        put("hold_damaged", said["damaged_holdable"])
        if said["local_hold_priority"]:
            first = {"pickup": "pickup_here", "home": "readers_of_here"}[said["local_hold_priority_patron"]]
            put("local_holds_first", first)
            put("local_holds_item", said["local_hold_priority_item"])

    def put(self, name: str, value: Any) -> None:
        """Set a policy for everyone."""
        setting(self.cells, name, value)

    def cell(self, item: ItemFacts, patron: int) -> Cell:
        unit = rule_library(
            self.tree, desk=self.input["desk_branch"], item_home=item.home_unit, item_holding=item.holding_unit,
            patron_home=self.patrons[patron]["home_branch"],
        )  # fmt: skip
        return Cell(unit, self.patrons[patron]["category"], item.item_type)

    def overdues(self, patron: int) -> int:
        return sum(one.loan.overdue(self.now) for one in self.loans_of(patron))

    def debt(self, patron: int, *, leaving_out: frozenset[str] = frozenset()) -> int:
        charges = self.patrons[patron]["charges"]
        return sum(minor(one["outstanding"]) or 0 for one in charges if one["type"] not in leaving_out)

    def too_many(self, item: ItemFacts, patron: int, *, onsite: bool, switches: bool) -> TooMany | None:
        """Without any row on loans, Koha lends nothing."""
        cell = self.cell(item, patron)
        rows = {name: decide(self.tree, name, unit=cell.unit, category=cell.category, item_type=cell.item_type)
                for name in ("max_loans", "patron_max_loans")}  # fmt: skip
        silent = rows["max_loans"].unit is None and not self.said("max_loans", cell)
        if silent and rows["patron_max_loans"].built_in:
            return TooMany("loans", 0, 0)
        home = self.patrons[patron]["home_branch"]
        return too_many(
            self.loans_of(patron), organisation=self.tree, cell=cell, patron_home=home, onsite=onsite,
            switches=switches,
        )  # fmt: skip

    def said(self, name: str, cell: Cell) -> bool:
        """Whether some row of the case speaks of a limit in this cell."""
        rows = (cell_of(row) for row in self.input["limit_rules"] if row["name"] == name)
        mine = (cell.unit, cell.category, cell.item_type)
        return any(all(have in (None, want) for have, want in zip(row, mine, strict=True)) for row in rows)

    def renewal_refusals(self, item: ItemFacts, patron: int) -> tuple[Refusal, ...]:
        """What our rules say against renewing the patron's loan of this copy."""
        loan = self.loan_of_item(item.id)
        assert loan is not None
        said = terms(RenewalTerms, self.tree, self.cell(item, patron))
        others = [one for one in self.items.values() if one.record_id == item.record_id and one.id != item.id]
        calendar = a_calendar(None)
        return refusals(
            RENEW,
            RenewFacts(
                patron=self.patron(patron),
                now=self.now,
                today=self.now.date(),
                loan=loan,
                terms=said,
                holds_unfilled=unfilled(
                    self.queue(item.record_id), item, others, self.tree, others_count=said.renew_if_other_copies
                ),
                overdues=self.overdues(patron),
                debt=self.debt(patron),
                soonest=soonest(loan, said, calendar, automatic=loan.auto_renew),
                latest=latest(loan, said, calendar),
                automatic=loan.auto_renew,
            ),
        )

    def item_by_barcode(self, barcode: str) -> ItemFacts | None:
        return next((item for item in self.items.values() if item.barcode == barcode), None)

    def patron(self, number: int) -> PatronFacts:
        row = self.patrons[number]
        until = row.get("restricted_until")
        barred = until is not None and date.fromisoformat(until) > self.now.date()
        return PatronFacts(
            id=number, card="", card_state="lost" if row["card_lost"] else "valid", surname="", firstname="",
            middle_name="", category=row["category"], home_unit=row["home_branch"], language="",
            birth_date=date.fromisoformat(row["birth_date"]) if row["birth_date"] else None, email="", phone="",
            address="", enrolled_on=date(2000, 1, 1),
            expires_on=date.fromisoformat(row["expiry"]) if row["expiry"] else date.max,
            restrictions=("restricted",) if barred else (),
        )  # fmt: skip

    def loans_of(self, patron: int) -> list[LentItem]:
        rows = [row for row in self.input["loans"] if row["patron"] == patron]
        return [self._lent(row) for row in rows]

    def _lent(self, row: Case) -> LentItem:
        item = self.items[row["item"]]
        return LentItem(a_loan(row), item.record_id, item.item_type, item.home_unit, item.holding_unit)

    def loan_of_item(self, item: int) -> LoanFacts | None:
        return next((a_loan(row) for row in self.input["loans"] if row["item"] == item), None)

    def queue(self, record: int, *, ahead_days: int = 0) -> list[HoldFacts]:
        """The holds of a record in line, those of the future left out."""
        rows = [row for row in self.input["holds"] if row["record"] == record]
        rows.sort(key=lambda row: (row["priority"], row["id"]))
        last = self.now.date().toordinal() + ahead_days
        return [self._hold(row) for row in rows if date.fromisoformat(row["placed"]).toordinal() <= last]

    def _hold(self, row: Case) -> HoldFacts:
        patron = self.patrons[row["patron"]]
        return HoldFacts(
            id=row["id"],
            record_id=row["record"],
            item_id=row["item"],
            patron_id=row["patron"],
            pickup_unit=row["pickup_branch"],
            placed_at=moment(row["placed"]),
            allocated_item_id=row["item"] if row["found"] else None,
            ready_at=self.now if row["found"] == "W" else None,
            patron_home=patron["home_branch"],
            patron_category=patron["category"],
            item_type=row["item_type"],
            suspended=row["suspended"],
        )


def a_loan(row: Case) -> LoanFacts:
    return LoanFacts(
        id=row["id"], item_id=row["item"], patron_id=row["patron"], unit=row["branch"], lent_at=moment(row["issued"]),
        due_at=moment(row["due"]), renewals=row["renewals"], onsite=row["onsite"], auto_renew=row["auto_renew"],
    )  # fmt: skip


def an_item(row: Case, *, place: str, type_stays: bool) -> ItemFacts:
    return ItemFacts(
        id=row["id"], record_id=row["record"], barcode=row["barcode"], home_unit=row["home_branch"],
        holding_unit=row["holding_branch"], item_type=row["item_type"], location="", collection="", call_number="",
        shelf_key="", copy_number="", volume="", note="", accession_number="", price_minor=minor(row["price"]),
        currency="", lost=str(row["lost"]) if row["lost"] else "", damaged=bool(row["damaged"]),
        withdrawn=bool(row["withdrawn"]), not_for_loan=bool(row["not_for_loan"]) or type_stays,
        restricted=row["restricted"] == 1, place=place, loans=0, last_seen_at=None, created_at=moment("2000-01-01"),
    )  # fmt: skip
