"""Why we answer some of the peer's cases otherwise. Each reason tells which cases it can speak for.

The list of cases, by reason, is `docs/decisions/0009-where-we-differ-from-koha.md`; a difference that is not listed
there, or that its reason can't explain, is a failure.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from kitabxana.circulation.tests.oracle import queues
from kitabxana.circulation.tests.oracle.world import a_calendar, moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitabxana.circulation.tests.oracle.world import Case


def fixed_date_closed(case: Case) -> bool:
    said = case["input"]
    calendar = a_calendar(said["calendars"].get(said["branch"]), said["time_zone"])
    fixed = [row["fixed_due_date"] for row in said["rules"] if row.get("fixed_due_date")]
    return any(not calendar.is_open(date.fromisoformat(day)) for day in fixed)


def counts_open_days(case: Case) -> bool:
    """Closed days are left out of the count, and the time late touches one."""
    said = case["input"]
    rows = {row["branch"] for row in said["rules"]}
    skips = said["skip_closed_days"] if "skip_closed_days" in said else said["settings"]["skip_closed_days"]
    if not skips or not rows:
        return False
    late = [(said["due"], said["returned"])] if "due" in said else [
        (loan["due"], said["checkin"]["returned"]) for loan in said["loans"]
    ]  # fmt: skip
    calendars = [a_calendar(one) for one in said["calendars"].values()]
    return any(
        not calendar.is_open(moment(due).date() + timedelta(days=day))
        for due, back in late
        for calendar in calendars
        for day in range((moment(back).date() - moment(due).date()).days + 1)
    )


def first_hour(case: Case) -> bool:
    said = case["input"]
    return timedelta(0) < moment(said["returned"]) - moment(said["due"]) < timedelta(hours=1)


def _holds(case: Case) -> list[Case]:
    return [hold for hold in case["input"]["holds"] if not hold["suspended"]]


def _asked_item(case: Case) -> Case:
    said = case["input"]
    barcode = (said.get("checkout") or said.get("checkin") or {}).get("barcode", "B1")
    nothing = {"id": 0, "withdrawn": 0, "restricted": 0, "lost": 0}
    return next((item for item in said["items"] if item["barcode"] == barcode), nothing)


def _loan_limits(case: Case, name: str) -> list[Case]:
    return [row for row in case["input"]["limit_rules"] if row["name"] == name]


def home_readers(case: Case) -> bool:
    rows = _loan_limits(case, "hold_allowed_from")
    return bool(_holds(case)) and any(row["value"] == 1 for row in rows)


def other_copy(case: Case) -> bool:
    return case["input"]["settings"]["renew_if_other_items"] and len(case["input"]["items"]) > 1 and bool(_holds(case))


def own_limit(case: Case) -> bool:
    return len({row["item_type"] for row in _loan_limits(case, "max_loans")}) > 1


def reader_limit(case: Case) -> bool:
    wide = any(row["branch"] == "*" for row in _loan_limits(case, "patron_max_loans"))
    return wide and case["input"]["settings"]["rule_branch"] != "patron"


def unfit_copy(case: Case) -> bool:
    item = _asked_item(case)
    return bool(_holds(case)) and bool(item["withdrawn"] or item["restricted"] == 1)


def set_aside(case: Case) -> bool:
    return any(hold["found"] and hold["item"] == _asked_item(case)["id"] for hold in _holds(case))


def same_copy(case: Case) -> bool:
    mine = [loan for loan in case["input"]["loans"] if loan["item"] == _asked_item(case)["id"]]
    return not case["input"]["settings"]["several_copies_of_record"] and any(loan["onsite"] for loan in mine)


def denied_return(case: Case) -> bool:
    item, said = _asked_item(case), case["input"]["settings"]
    denied = (item["withdrawn"] and said["block_return_withdrawn"]) or (item["lost"] and said["block_return_lost"])
    return bool(denied) and any(loan["item"] == item["id"] for loan in case["input"]["loans"])


def astray(case: Case) -> bool:
    moving = case["input"]["transfers"]
    return any(one["to"] != case["input"]["checkin"]["branch"] for one in moving) and bool(_holds(case))


def governs_once(case: Case) -> bool:
    said = case["input"]["settings"]
    return (said["rule_branch"], said["item_branch_field"]) == ("item", "holding") and bool(case["input"]["loans"])


def suspension_of_hours(case: Case) -> bool:
    return any(row["length_unit"] == "hours" for row in case["input"]["rules"])


def divided_suspension(case: Case) -> bool:
    return any((row["suspension_charge_every"] or 1) > 1 for row in case["input"]["rules"])


REASONS: dict[str, tuple[str, Callable[[Case], bool]]] = {
    # reason: (file, what it can speak for)
    "fixed-date-on-closed-day": ("due_dates", fixed_date_closed),
    "card-end-moves-what-it-cuts": ("due_dates", lambda case: case["input"]["limit_to_patron_expiry"]),
    "same-weekday": ("due_dates", lambda case: case["input"]["days_mode"] == "Dayweek"),
    "no-such-local-time": ("due_dates", lambda case: "error" in case["output"]),
    "closed-time-is-not-late": ("fines", counts_open_days),
    "whole-hours": ("fines", first_hour),
    "one-order-for-all": (
        "rule_resolution",
        lambda case: any(one.get("hold_limits_rule_differs_from_main_rule") for one in case["output"]),
    ),
    "home-readers-are-the-copy-s": ("renewals issue_checks checkin", home_readers),
    "another-copy-must-fit": ("renewals", other_copy),
    "limit-counts-its-own": ("issue_checks", own_limit),
    "limit-of-all-libraries": ("issue_checks", reader_limit),
    "unfit-copy-fills-no-hold": ("issue_checks", unfit_copy),
    "set-aside-stays-so": ("issue_checks checkin", set_aside),
    "same-copy-is-not-another": ("issue_checks", same_copy),
    "held-where-it-stands": ("checkin", lambda case: "WasTransfered" in case["output"]["messages"]),
    "denied-changes-nothing": ("checkin", denied_return),
    "astray-keeps-its-way": ("checkin", astray),
    "suspension-in-days": ("checkin", suspension_of_hours),
    "suspension-cut-last": ("checkin", divided_suspension),
    "one-library-governs-a-loan": ("checkin", governs_once),
    "suspension-of-open-days": ("checkin", counts_open_days),
    "rules-bind-everyone": ("holds_queue", queues.breaks_a_rule),
    "own-shelf": ("holds_queue", queues.own_shelf),
    "a-certain-copy-is-local-too": ("holds_queue", queues.local_copy),
    "nobody-is-passed-over": ("holds_queue", queues.passed_over),
    "stands-where-it-is-fetched": ("holds_queue", queues.other_copy),
}
