"""What our rules say to a case of the oracle, in the oracle's words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kitabxana.circulation.facts import CheckOutFacts, Debts
from kitabxana.circulation.facts.terms import FineTerms, LimitTerms, LoanTerms, ReturnTerms
from kitabxana.circulation.rules import (
    CHECK_OUT,
    Cell,
    age_on,
    check_out_notes,
    due_at,
    fine,
    hold_for,
    return_here,
    terms,
)
from kitabxana.circulation.rules.due_dates import loan_period
from kitabxana.circulation.tests.oracle.world import World, a_calendar, a_tree, minor, moment, policies, setting
from kitabxana.kernel.decisions import Refusal, refusals
from kitabxana.kernel.periods import due_moment
from kitabxana.organisation.rules import decide

if TYPE_CHECKING:
    from kitabxana.circulation.tests.oracle.world import Case
    from kitabxana.holdings.facts import ItemFacts

DAY_MODES = {"Days": "keep", "Datedue": "next_open", "Calendar": "skip_closed", "Dayweek": "same_weekday"}


def due_date(case: Case) -> Any:
    """The due moment to the minute, UTC."""
    said = case["input"]
    cells = policies(said)
    setting(cells, "closed_days", DAY_MODES[said["days_mode"]])
    setting(cells, "closed_hours", "keep" if said["days_mode"] == "Days" else "next_opening")
    setting(cells, "end_with_card", said["limit_to_patron_expiry"])
    tree = a_tree({said["branch"]}, cells, zone=said["time_zone"])
    where = terms(LoanTerms, tree, Cell(said["branch"], said["patron_category"], said["item_type"]))
    expiry = said["patron_expiry"]
    period = loan_period(where, card_ends=_day(expiry), renewal=said["is_renewal"])
    start = datetime.fromisoformat(said["start_utc"])
    calendar = a_calendar(said["calendars"].get(said["branch"]), said["time_zone"])
    due = due_moment(start=start, period=period, calendar=calendar)
    return due.astimezone(UTC).replace(second=0).strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(text: str | None) -> Any:
    return datetime.fromisoformat(text).date() if text else None


def fines(case: Case) -> Any:
    """{"amount": minor units, "overdue_units", "units_after_grace"}; nulls without a rule, as Koha has them."""
    said = case["input"]
    where = (said["branch"], said["patron_category"], said["item_type"])
    cells = policies(said)
    if decide_row(cells, where) is None:
        return {"amount": None, "overdue_units": None, "units_after_grace": None}
    setting(cells, "fine_closed_days", not said["skip_closed_days"])
    setting(cells, "grace_is_fined", said["grace_counts_in_fine"])
    setting(cells, "default_price", minor(said["default_price"]) if said["use_default_price"] else None)
    tree = a_tree({said["branch"]}, cells)
    found = fine(
        due=moment(said["due"]),
        returned=moment(said["returned"]),
        terms=terms(FineTerms, tree, Cell(*where)),
        calendar=a_calendar(said["calendars"].get(said["branch"])),
        price=minor(said["item_price"]),
    )
    return {"amount": found.minor, "overdue_units": found.late, "units_after_grace": found.counted}


def decide_row(cells: Any, where: tuple[str, str, str]) -> Any:
    """The cell whose row of Koha's main table holds here, None when there is none."""
    tree = a_tree({where[0]}, {"loan_unit": {key: key for key in cells.get("loan_unit", {})}})
    found = decide(tree, "loan_unit", unit=where[0], category=where[1], item_type=where[2])
    return None if found.built_in else found.value


def renewal(case: Case) -> str | None:
    """Koha's word for the first thing that stands against the renewal, None when nothing does."""
    world = World(case["input"])
    put = world.put
    said = world.settings
    put("renew_if_other_copies", said["renew_if_other_items"])
    put("restriction_blocks_renewal", said["restriction_blocks_renewal"])
    put("card_end_blocks_renewal", value=False)
    words = {"allow": "allow", "block": "deny", "blockitem": "deny_item"}
    put("overdues_block_renewal", words[said["overdues_block_renewal"]])
    put("renewal_opens_at", said["renewal_precision"])
    put("auto_renew_needs_card", said["block_expired_default"])
    limit = minor(said["auto_renew_fine_limit"]) if said["auto_renew_fine_block"] else None
    put("auto_renew_debt_limit", limit)
    item, asked = world.items[case["input"]["renew"]["item"]], case["input"]["renew"]
    found = world.renewal_refusals(item, asked["patron"])
    loan = world.loan_of_item(item.id)
    automatic = loan is not None and loan.auto_renew
    if not found:
        return "auto_renew" if automatic else None
    return RENEWAL_WORDS[automatic and found[0].code in AUTOMATIC][found[0].code]


AUTOMATIC = {"too_soon", "too_late", "card_expired", "debt_too_high"}
RENEWAL_WORDS = {
    False: {
        "onsite_loan": "onsite_checkout",
        "renewal_needed_by_hold": "on_reserve",
        "too_many_renewals": "too_many",
        "patron_restricted": "restriction",
        "has_overdues": "overdue",
        "too_soon": "too_soon",
    },
    True: {
        "card_expired": "auto_account_expired",
        "too_late": "auto_too_late",
        "debt_too_high": "auto_too_much_oweing",
        "too_soon": "auto_too_soon",
    },
}


def issue_check(case: Case) -> dict[str, dict[str, Any]]:
    """{"impossible", "needs_confirmation", "alerts", "messages"}, each the peer's keys with what we say of them.

    What the peer lets staff confirm is what this case's librarian holds the permission for; all else is impossible.
    """
    said = case["input"]
    world, asked = World(said), said["checkout"]
    _limits(world)
    item = world.item_by_barcode(asked["barcode"])
    if item is None:
        return {"impossible": {"UNKNOWN_BARCODE": 1}, "needs_confirmation": {}, "alerts": {}, "messages": {}}
    facts = check_out_facts(world, item, asked)
    may = _confirmable(world)
    told: dict[str, dict[str, Any]] = {"impossible": {}, "needs_confirmation": {}}
    for refusal in refusals(CHECK_OUT, facts):
        words = _peer_words(refusal, facts, world)
        where = "needs_confirmation" if refusal.override and refusal.code in may else "impossible"
        told[where] |= words
        if refusal.code == "too_many_loans" and refusal.params["limit"] == 0:
            told["needs_confirmation"]["PATRON_CANT"] = 1
    notes = check_out_notes(facts)
    alerts = {"other_debts": "OTHER_CHARGES", "was_lost": "ITEM_LOST", "returned_for_other": "RETURNED_FROM_ANOTHER"}
    told["alerts"] = {alerts[note]: 1 for note in notes if note in alerts}
    told["messages"] = {"ONSITE_CHECKOUT_WILL_BE_SWITCHED": 1} if "onsite_switched" in notes else {}
    return told


def _limits(world: World) -> None:
    said, put = world.settings, world.put
    put("several_copies_of_record", said["several_copies_of_record"])
    put("debt_limit", minor(said["charge_limit"]))
    put("any_debt_asks", said["any_charge_needs_override"])
    words = {"noblock": "allow", "confirmation": "confirm", "block": "deny"}
    put("overdues_block_loans", words[said["overdues_block_loans"]])
    put("return_for_other", "allow" if said["return_for_other"] else "confirm")
    put("switch_onsite", said["switch_onsite"])
    put("onsite_counts_as_loan", said["onsite_counts_as_loan"])
    put("lend_lost", {"confirm": "confirm", "alert": "tell", "nothing": "allow"}[said["lost_item_loan"]])
    put("lend_damaged", "allow")
    put("return_to", RETURN_TO[said["return_to"]])
    put("renew_if_other_copies", said["renew_if_other_items"])
    put("restriction_blocks_renewal", said["restriction_blocks_renewal"])
    put("card_end_blocks_renewal", value=False)
    put("overdues_block_renewal", {"allow": "allow", "block": "deny"}[said["overdues_block_renewal"]])


RETURN_TO = {
    "anywhere": "anywhere",
    "homebranch": "home",
    "holdingbranch": "holding",
    "homeorholdingbranch": "home_or_holding",
}


def check_out_facts(world: World, item: ItemFacts, asked: Case) -> CheckOutFacts:
    patron = world.patron(asked["patron"])
    cell = world.cell(item, patron.id)
    loan, theirs = world.loan_of_item(item.id), world.loans_of(patron.id)
    limit_terms = terms(LimitTerms, world.tree, cell)
    age = _minimum_age(world, item)
    own = loan is not None and loan.patron_id == patron.id
    switches = own and limit_terms.switch_onsite and loan is not None and loan.onsite
    length = terms(LoanTerms, world.tree, cell)
    due = moment(asked["due"]) if asked["due"] else due_at(now=world.now, terms=length, calendar=a_calendar(None))
    return CheckOutFacts(
        item=item,
        patron=patron,
        now=world.now.replace(second=0),
        today=world.now.date(),
        terms=replace(limit_terms, minimum_age=age),
        due_at=due,
        loan=loan,
        hold=None if asked["ignore_holds"] else hold_for(world.queue(item.record_id), item, world.tree),
        too_many=world.too_many(item, patron.id, onsite=asked["onsite"], switches=bool(switches)),
        other_copies=sum(one.record_id == item.record_id and one.loan.item_id != item.id for one in theirs),
        overdues=world.overdues(patron.id),
        debts=_debts(world, patron.id),
        age=age_on(patron.birth_date, world.now.date()) if patron.birth_date else None,
        address_unknown=world.patrons[patron.id]["address_unknown"],
        renewal=world.renewal_refusals(item, patron.id) if own else (),
        return_here=return_here(terms(ReturnTerms, world.tree, cell), item, world.input["desk_branch"]),
    )


def _minimum_age(world: World, item: ItemFacts) -> int | None:
    """Koha reads an age out of the record's text where one of the markers stands before a number."""
    text = next(row["age_restriction"] for row in world.input["records"] if row["id"] == item.record_id) or ""
    for marker in filter(None, world.settings["age_markers"].split("|")):
        if found := re.match(rf"{re.escape(marker)}\s*(\d+)", text, re.IGNORECASE):
            return int(found[1])
    return None


def _debts(world: World, patron: int) -> Debts:
    kinds = {"hold_fee": "hold_fees_count", "rental": "rentals_count", "manual": "manual_charges_count"}
    aside = frozenset(kind for kind, setting_ in kinds.items() if not world.settings[setting_])
    counted = world.debt(patron, leaving_out=aside)
    return Debts(counted, world.debt(patron) - counted)


def _confirmable(world: World) -> set[str]:
    said = world.settings
    can = {"has_overdues", "already_lent_to_patron", "on_loan", "held_for_other", "wanted_by_other", "item_lost",
           "has_debt", "has_another_copy", "due_in_past"}  # fmt: skip
    by_setting = {"override_charges": "debt_too_high", "override_too_many": "too_many_loans",
                  "override_not_for_loan": "item_not_for_loan", "override_age": "too_young"}  # fmt: skip
    return can | {code for name, code in by_setting.items() if said[name]}


def _peer_words(refusal: Refusal, facts: CheckOutFacts, world: World) -> dict[str, Any]:
    simple = {
        "card_invalid": "CARD_LOST", "card_expired": "EXPIRED", "patron_restricted": "DEBARRED",
        "address_unknown": "GNA", "debt_too_high": "DEBT", "has_debt": "DEBT", "has_overdues": "USERBLOCKEDOVERDUE",
        "too_young": "AGE_RESTRICTION", "already_lent_to_patron": "RENEW_ISSUE", "on_loan": "ISSUED_TO_ANOTHER",
        "on_loan_return_elsewhere": "RETURN_IMPOSSIBLE", "item_withdrawn": "WTHDRAWN", "item_restricted": "RESTRICTED",
        "item_lost": "ITEM_LOST", "has_another_copy": "BIBLIO_ALREADY_ISSUED", "due_in_past": "INVALID_DATE",
    }  # fmt: skip
    hold = facts.hold
    if refusal.code in ("held_for_other", "wanted_by_other") and hold is not None:
        return {"RESERVE_WAITING" if hold.ready_at else "RESERVED": hold.patron_id}
    if refusal.code == "item_not_for_loan":
        may = world.settings["override_not_for_loan"]
        return {"NOT_FOR_LOAN_FORCING" if may else "NOT_FOR_LOAN": 1}
    if refusal.code == "renewal_refused":
        onsite = facts.renewal[0].code == "onsite_loan"
        return {"NO_RENEWAL_FOR_ONSITE_CHECKOUTS" if onsite else "NO_MORE_RENEWALS": 1}
    if refusal.code == "too_many_loans":
        return {"TOO_MANY": (refusal.params["open"], refusal.params["limit"])}
    return {simple[refusal.code]: refusal.params.get("overdues") or 1}


def koha_issue_check(case: Case) -> dict[str, dict[str, Any]]:
    """The peer's answer with what says the same thing twice taken together, and names of columns left out."""
    said = case["output"]
    told: dict[str, dict[str, Any]] = {"alerts": dict.fromkeys(said["alerts"], 1), "messages": dict(said["messages"])}
    for where in ("impossible", "needs_confirmation"):
        words = said[where]
        kept: dict[str, Any] = {name: 1 for name in words if name in PEER_KEYS}
        for name in ("RESERVED", "RESERVE_WAITING"):
            if name in words:
                kept[name] = words["resborrowernumber"]
        if "TOO_MANY" in words:
            kept["TOO_MANY"] = (words.get("current_loan_count") or 0, int(words["max_loans_allowed"]))
        if "USERBLOCKEDOVERDUE" in words:
            kept["USERBLOCKEDOVERDUE"] = words["USERBLOCKEDOVERDUE"]
        told[where] = kept
    return told


PEER_KEYS = {
    "CARD_LOST", "EXPIRED", "DEBARRED", "GNA", "DEBT", "USERBLOCKEDOVERDUE", "AGE_RESTRICTION", "RENEW_ISSUE",
    "ISSUED_TO_ANOTHER", "RETURN_IMPOSSIBLE", "WTHDRAWN", "RESTRICTED", "ITEM_LOST", "BIBLIO_ALREADY_ISSUED",
    "INVALID_DATE", "RESERVED", "RESERVE_WAITING", "NOT_FOR_LOAN", "NOT_FOR_LOAN_FORCING", "NO_MORE_RENEWALS",
    "NO_RENEWAL_FOR_ONSITE_CHECKOUTS", "TOO_MANY", "PATRON_CANT", "UNKNOWN_BARCODE",
}  # fmt: skip
"""All but USERBLOCKEDWITHENDDATE and -NOENDDATE, which say DEBARRED again, and the values that go with a key."""


def koha_due_date(case: Case) -> Any:
    """To the minute: where we end a day at 23:59:59, Koha keeps the seconds at which the loan began."""
    said = case["output"].get("due_utc")
    return f"{said[:16]}:00Z" if said else None


def koha_fines(case: Case) -> Any:
    said = case["output"]
    return {
        "amount": minor(said["amount"]),
        "overdue_units": said["overdue_units"],
        "units_after_grace": said["units_after_grace"],
    }


def koha_renewal(case: Case) -> str | None:
    code: str | None = case["output"]["code"]
    return code
