from __future__ import annotations

from kitabxana.kernel.decisions import Refusal, Refused, Rule, refusals

RULES: tuple[Rule[int], ...] = (
    Rule("too_small", lambda number: {"least": 3} if number < 3 else None, "may.lift.small"),
    Rule("odd", lambda number: {} if number % 2 else None),
    Rule("negative", lambda number: {"value": number} if number < 0 else None),
)


def test_every_rule_is_asked_and_every_refusal_told_in_the_table_s_order() -> None:
    assert refusals(RULES, -1) == (
        Refusal("too_small", {"least": 3}, "may.lift.small"),
        Refusal("odd", {}, None),
        Refusal("negative", {"value": -1}, None),
    )


def test_empty_parameters_refuse_as_well_and_none_does_not() -> None:
    assert refusals(RULES, 5) == (Refusal("odd"),)
    assert refusals(RULES, 4) == ()


def test_a_refused_action_carries_all_its_reasons() -> None:
    refused = Refused(refusals(RULES, 1))
    assert [refusal.code for refusal in refused.refusals] == ["too_small", "odd"]
    assert str(refused) == "too_small, odd"
    assert Refused.one("gone", override="may.lift", item=7).refusals == (Refusal("gone", {"item": 7}, "may.lift"),)
