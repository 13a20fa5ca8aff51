"""Roles, units and hours; policies live in `policy_names` and `resolution`."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from kitabxana.organisation.rules.policy_names import GROUPS, POLICIES, PolicyKind, cell_problem, policy_problem
from kitabxana.organisation.rules.presets import FINISHED, HOLIDAYS, STEPS, TEMPLATES
from kitabxana.organisation.rules.resolution import Decided, decide, explain, governing_unit, value
from kitabxana.organisation.rules.transport import transport_cost

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, time

__all__ = [
    "ADMINISTRATION",
    "CATALOGUING",
    "DESK",
    "FINISHED",
    "GROUPS",
    "HOLIDAYS",
    "KINDS",
    "LONGEST_CODE",
    "PERMISSIONS",
    "POLICIES",
    "PROTECTION",
    "ROLES",
    "STANDS_UNDER",
    "STEPS",
    "TEMPLATES",
    "Decided",
    "PolicyKind",
    "cell_problem",
    "closure_problem",
    "decide",
    "details_problem",
    "explain",
    "governing_unit",
    "hours_problem",
    "login_problem",
    "parent_problem",
    "policy_problem",
    "role_needs",
    "transport_cost",
    "unit_problem",
    "value",
]  # fmt: skip

KINDS = ("nation", "system", "library", "point")
STANDS_UNDER: Mapping[str, tuple[str, ...]] = {
    "nation": (),
    "system": ("nation", "system"),
    "library": ("nation", "system"),
    "point": ("library",),
}
"""What each kind of unit may stand right under."""
LONGEST_CODE = 10

DESK = frozenset(
    {
        "desk.use",
        "catalogue.view",
        "items.view",
        "items.state",
        "patrons.view",
        "patrons.edit",
        "circulation.view",
        "circulation.check_out",
        "circulation.check_in",
        "circulation.renew",
        "circulation.hold",
        "circulation.override.too_many_loans",
        "circulation.override.card_expired",
        "circulation.override.too_many_renewals",
        "circulation.override.too_many_holds",
        "circulation.override.on_the_shelf",
        "circulation.override.item_damaged",
        "charges.view",
        "charges.charge",
        "charges.collect",
        "charges.replace",
        "registers.use",
        "circulation.override.address_unknown",
        "circulation.override.has_debt",
        "circulation.override.has_overdues",
        "circulation.override.has_another_copy",
        "circulation.override.wanted_by_other",
        "circulation.override.due_in_past",
        "circulation.override.too_soon",
        "circulation.backdate",
        "notices.view",
        "notices.send",
        "circulation.claim",
        "circulation.lose",
        "circulation.offline",
        "circulation.fast_add",
        "circulation.set_due",
        "circulation.recall",
        "labels.print",
    }
)
CATALOGUING = frozenset(
    {
        "desk.use",
        "catalogue.view",
        "records.edit",
        "records.delete",
        "records.merge",
        "items.view",
        "items.state",
        "items.edit",
        "items.batch",
        "catalogue.import",
        "labels.print",
    }
)
PROTECTION = frozenset({"desk.use", "patrons.view", "patrons.export", "audit.view"})
"""The data protection officer's: who did what with whose data, and what is held on one person."""

ADMINISTRATION = frozenset(
    {
        "items.withdraw",
        "labels.edit",
        "lists.edit",
        "targets.edit",
        "records.senior",
        "patrons.number",
        "patrons.merge",
        "patrons.erase",
        "patrons.export",
        "patrons.import",
        "organisation.edit",
        "notices.edit",
        "staff.edit",
        "charges.waive",
        "charges.cancel",
        "charges.refund",
        "registers.edit",
        "circulation.rotate",
        "circulation.override.patron_restricted",
        "circulation.override.item_not_for_loan",
        "circulation.override.item_lost",
        "circulation.override.item_withdrawn",
        "circulation.override.item_restricted",
        "circulation.override.held_for_other",
        "circulation.override.renewal_needed_by_hold",
        "circulation.override.patron_elsewhere",
        "circulation.override.on_loan",
        "circulation.override.debt_too_high",
        "circulation.override.too_young",
        "circulation.override.too_many_claims",
    }
)
ROLES: Mapping[str, frozenset[str]] = {
    "librarian": DESK,
    "cataloguer": CATALOGUING,
    "data_protection": PROTECTION,
    "administrator": DESK | CATALOGUING | ADMINISTRATION,
}
PERMISSIONS = frozenset().union(*ROLES.values())


def unit_problem(*, code: str, kind: str, zone: str) -> str | None:
    """Why a unit can't be called so, be of that kind or lie in that zone (a stable code), None when it can."""
    if not 1 <= len(code) <= LONGEST_CODE or not code.replace("-", "").replace("_", "").isalnum():
        return "bad_code"
    if kind not in KINDS:
        return "unknown_kind"
    if zone and zone not in available_timezones():
        return "unknown_zone"
    return None


def parent_problem(kind: str, parent: str | None) -> str | None:
    """Why a unit of this kind can't stand under one of kind `parent` (a stable code), None when it can."""
    fits = parent in STANDS_UNDER[kind] if parent else not STANDS_UNDER[kind]
    return None if fits else "wrong_parent"


def details_problem(
    *, names: Mapping[str, str], country: str, zone: str, currency: str, latitude: float | None, longitude: float | None
) -> str | None:
    """Why a unit can't be described so (a stable code), None when it can; "" inherits what is above.

    Country is ISO 3166-1 alpha-2, currency ISO 4217, coordinates are degrees of WGS 84.
    """
    if not any(name.strip() for name in names.values()):
        return "no_name"
    if zone and zone not in available_timezones():
        return "unknown_zone"
    if not (_capitals(country, 2) and _capitals(currency, 3)):
        return "bad_country_or_currency"
    if (latitude is None) != (longitude is None) or abs(latitude or 0) > 90 or abs(longitude or 0) > 180:
        return "bad_coordinates"
    return None


def _capitals(text: str, length: int) -> bool:
    return not text or (len(text) == length and text.isascii() and text.isalpha() and text.isupper())


def login_problem(username: str) -> str | None:
    """Why nobody can sign in by this name (a stable code), None when somebody can."""
    plain = username.replace(".", "").replace("-", "").replace("_", "").replace("@", "")
    return None if 3 <= len(username) <= 60 and plain.isascii() and plain.isalnum() else "bad_login"


def role_needs(role: str) -> frozenset[str]:
    """What one must hold at a place to give this role there, or to touch a login that has it.

    Nobody gives what they do not have. The data protection officer watches administrators and is no more than they are
    elsewhere: that role is asked for in the whole installation, by `staff.edit` alone.
    """
    return frozenset({"staff.edit"}) if role == "data_protection" else ROLES[role] | {"staff.edit"}


def closure_problem(first_day: date, last_day: date) -> str | None:
    """Why these can't be the days of a closure (a stable code), None when they can."""
    if last_day < first_day:
        return "dates_out_of_order"
    if (last_day - first_day).days >= 365:
        return "closure_too_long"
    return None


def hours_problem(weekly: Mapping[int, tuple[time, time]]) -> str | None:
    """Why these can't be a week's hours (a stable code), None when they can."""
    if not weekly:
        return "no_open_day"
    if any(not 1 <= day <= 7 or opens >= closes for day, (opens, closes) in weekly.items()):
        return "bad_hours"
    return None
