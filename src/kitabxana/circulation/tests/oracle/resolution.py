"""Which row wins: our answer to the look-ups of the oracle, and the peer's, in the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitabxana.circulation.tests.oracle.world import LIMITS, WORDS, a_tree, cell_of, policies
from kitabxana.organisation.rules import decide, value

if TYPE_CHECKING:
    from kitabxana.circulation.tests.oracle.world import Case
    from kitabxana.organisation.facts import Tree

MATCHED = ("max_loans", "max_onsite_loans")
VALUES = ("patron_max_loans", "patron_max_onsite_loans", "max_holds")
CHOICES = ("hold_allowed_from", "hold_pickup_limit", "return_policy")


def rule_resolution(case: Case) -> list[dict[str, Any]]:
    said = case["input"]
    cells = policies(said)
    if not any(cell_of(row) == (None, None, None) and row["name"] == "max_loans" for row in said["limit_rules"]):
        cells["max_loans"].pop((None, None, None))
    if not any(cell_of(row) == (None, None, None) for row in said["rules"]):
        cells["renewals_allowed"].pop((None, None, None))
    found = []
    for asked in said["lookups"]:
        where = {"unit": asked["branch"], "category": asked["category"], "item_type": asked["item_type"]}
        found.append(_ours(a_tree({asked["branch"]}, cells), where))
    return found


def _ours(tree: Tree, where: dict[str, str]) -> dict[str, Any]:
    def row(name: str) -> Any:
        one = decide(tree, name, **where)
        return None if one.built_in else ((one.unit, one.category, one.item_type), one.value)

    main, fixed = row("grace"), value(tree, "fixed_due_date", **where)
    holds = ("holds_by_rule", "holds_per_record", "holds_per_day")
    return {
        "loan_length": value(tree, "loan_length", **where),
        "renewal_length": value(tree, "renewal_length", **where),
        "main": {name: row(name) for name in ("grace", "renewals_allowed", "suspension_days")} if main else None,
        "fixed_due": (fixed.isoformat(), value(tree, "fixed_due_rule", **where)) if fixed else None,
        "hold_limits": [row(name) for name in holds] if main else None,
        **{name: row(name) for name in MATCHED},
        **{name: (row(name) or (None, None))[1] for name in VALUES},
        **{name: value(tree, name, **where) for name in CHOICES},
    }


def koha_rule_resolution(case: Case) -> list[dict[str, Any]]:
    return [_koha(told) for told in case["output"]]


def _koha(told: dict[str, Any]) -> dict[str, Any]:
    main, holds, fixed = told["main_rule"], told["hold_limits"], told["fixed_due"]
    cell = cell_of(main["matched"]) if main else None
    names = {"grace": "grace_units", "suspension_days": "suspension_days_per_unit"}
    names["renewals_allowed"] = "renewals_allowed"
    limits = ("holds_allowed", "holds_per_record", "holds_per_day")
    length = told["loan_length"]
    return {
        "loan_length": length["loan_length"],
        # Without a row Koha says 0 for both; ours prolongs by the loan's length, here 0 too.
        "renewal_length": length["renewal_length"] if length["loan_length"] else None,
        "main": {ours: (cell, main[koha] or 0) for ours, koha in names.items()} if main else None,
        "fixed_due": (fixed["date"], WORDS["fixed_due_rule"][fixed["compare"]]) if fixed else None,
        "hold_limits": [(cell_of(holds["matched"]), holds[name]) for name in limits] if holds else None,
        **{name: (cell_of(told[name]["matched"]), _number(told[name]["value"])) if told[name] else None
           for name in MATCHED},
        **{name: _number(told[name]) for name in VALUES},
        **{name: LIMITS[name][1][told[name]] for name in CHOICES},
    }  # fmt: skip


def _number(text: Any) -> int | None:
    return None if text in (None, "") else int(text)
