from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.models import Policy
from kitabxana.organisation.operations import delete_policy, set_policy
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import POLICIES, Decided, decide, explain, governing_unit, policy_problem
from kitabxana.organisation.tests.builders import a_nation

Cell = tuple[str | None, str | None, str | None]
# From the most specific to the least, as seen from GNC-M, ADULT, BK.
RANKED: list[Cell] = [
    (unit, category, item_type)
    for unit in ("GNC-M", "GNC", "AZ", None)
    for category in ("ADULT", None)
    for item_type in ("BK", None)
]
ELSEWHERE: list[Cell] = [("GNC-2", None, None), ("SAK", "ADULT", "BK"), (None, "CHILD", None), ("GNC-M", None, "DVD")]


def put(cell: Cell, value: Any, name: str = "loan_length") -> None:
    set_policy(name=name, value=value, unit=cell[0], category=cell[1], item_type=cell[2], by=SYSTEM)


def remove(cell: Cell) -> None:
    delete_policy(name="loan_length", unit=cell[0], category=cell[1], item_type=cell[2], by=SYSTEM)


def decided() -> Decided:
    return decide(tree(), "loan_length", unit="GNC-M", category="ADULT", item_type="BK")


@pytest.mark.django_db
def test_case_08_the_most_specific_row_wins_says_which_and_leaves_the_rest_when_it_goes() -> None:
    a_nation()
    for cell in ELSEWHERE:
        put(cell, 99)
    for rank, cell in enumerate(RANKED):
        put(cell, rank + 1)
    for rank, cell in enumerate(RANKED):
        assert decided() == Decided(rank + 1, *cell)
        remove(cell)
    assert decided() == Decided(POLICIES["loan_length"].default, None, None, None, built_in=True)
    assert Policy.objects.count() == len(ELSEWHERE)


@pytest.mark.django_db
def test_names_are_decided_apart_from_each_other() -> None:
    a_nation()
    put(("GNC-M", None, None), 7, "max_loans")
    put(("AZ", "ADULT", "BK"), 30)
    assert decided().value == 30
    assert decide(tree(), "max_loans", unit="GNC-M", category="ADULT", item_type="BK").value == 7
    assert decide(tree(), "max_loans", unit="GNC-2", category="ADULT", item_type="BK").built_in


@pytest.mark.django_db
def test_setting_again_changes_the_row_and_the_trail_tells_both_values() -> None:
    a_nation()
    put((None, None, None), 10)
    put((None, None, None), 20)
    assert list(Policy.objects.values_list("value", flat=True)) == [20]
    cell = {"unit": None, "category": None, "item_type": None}
    trail = AuditEntry.objects.filter(action="policy.set").order_by("id").values_list("before", "after", "object_id")
    assert list(trail) == [(None, {**cell, "value": 10}, "loan_length"), (10, {**cell, "value": 20}, "loan_length")]
    remove((None, None, None))
    gone = AuditEntry.objects.get(action="policy.delete")
    assert (gone.before, gone.after) == ({**cell, "value": 20}, None)


@pytest.mark.django_db
def test_what_is_not_there_can_t_be_taken_out() -> None:
    a_nation()
    put((None, None, None), 10)
    with pytest.raises(Refused, match="no_such_policy"):
        remove(("GNC", None, None))
    assert Policy.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("cell", [(None, None), ("ADULT", None), (None, "BK")])
def test_the_database_holds_one_row_a_cell_empty_cells_too(cell: tuple[str | None, str | None]) -> None:
    values = {"name": "loan_length", "unit": None, "category": cell[0], "item_type": cell[1]}
    Policy.objects.create(**values, value=1)
    with pytest.raises(IntegrityError, match="policy_once"), transaction.atomic():
        Policy.objects.create(**values, value=2)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("loan_length", 14, None),
        ("loan_length", 0, None),
        ("loan_length", -1, "out_of_bounds"),
        ("loan_length", 3651, "out_of_bounds"),
        ("loan_length", "14", "wrong_type"),
        ("loan_length", 14.0, "wrong_type"),
        ("loan_length", True, "wrong_type"),
        ("loan_length", None, "wrong_type"),
        ("closed_days", "keep", None),
        ("closed_days", "sometimes", "not_a_choice"),
        ("no_such", 1, "unknown_policy"),
    ],
)
def test_what_a_policy_may_be(name: str, value: Any, problem: str | None) -> None:
    assert policy_problem(name, value) == problem


def test_every_default_is_a_value_its_policy_may_have() -> None:
    assert {name: policy_problem(name, kind.default) for name, kind in POLICIES.items()} == dict.fromkeys(POLICIES)


@given(st.sampled_from(sorted(POLICIES)), st.one_of(st.integers(), st.text(), st.booleans(), st.floats(), st.none()))
def test_no_value_breaks_the_question(name: str, value: Any) -> None:
    problem = policy_problem(name, value)
    assert problem in {None, "wrong_type", "not_a_choice", "out_of_bounds"}
    kind = POLICIES[name]
    if value is None:
        assert (problem is None) == kind.optional
    elif type(value) is bool:
        assert (problem is None) == (kind.type is bool)
    elif type(value) is int and kind.type is int:
        assert (problem is None) == (kind.least <= value <= kind.most)
    else:
        assert (problem is None) == (isinstance(value, str) and value in kind.choices)


@pytest.mark.django_db
def test_resolving_asks_the_database_nothing_and_the_page_of_all_of_them_neither(
    django_assert_num_queries: Any,
) -> None:
    a_nation()
    put(("GNC", "ADULT", None), 9)
    organisation = tree()
    with django_assert_num_queries(0):
        for name in POLICIES:
            for category in ("ADULT", "CHILD"):
                decide(organisation, name, unit="GNC-M", category=category, item_type="BK")
                explain(organisation, name, unit="GNC-M", category=category, item_type="BK")
    put(("GNC", "ADULT", None), 8)
    with django_assert_num_queries(6):  # the stamp has changed: every process reads the tree once
        assert decided().value == 8
    with django_assert_num_queries(1):
        assert decided().value == 8


@pytest.mark.django_db
def test_case_08_what_is_said_is_told_in_the_order_in_which_it_wins() -> None:
    a_nation()
    put(("AZ", None, None), 30)
    put(("GNC", "ADULT", None), 20)
    put(("GNC", None, "BK"), 25)
    said = explain(tree(), "loan_length", unit="GNC-M", category="ADULT", item_type="BK")
    assert [(one.value, one.unit, one.category, one.item_type) for one in said] == [
        (20, "GNC", "ADULT", None), (25, "GNC", None, "BK"), (30, "AZ", None, None), (15, None, None, None)
    ]  # fmt: skip
    assert [one.built_in for one in said] == [False, False, False, True]


@pytest.mark.django_db
def test_a_policy_differs_only_along_its_axes_and_none_means_no_limit() -> None:
    a_nation()
    put(("GNC", None, None), None, "max_loans")
    assert decide(tree(), "max_loans", unit="GNC-M", category="ADULT", item_type="BK").value is None
    with pytest.raises(Refused, match="not_by_this"):
        put(("GNC", None, "BK"), 3, "patron_max_loans")
    with pytest.raises(Refused, match="not_by_this"):
        put(("GNC", "ADULT", None), "home", "return_to")
    with pytest.raises(Refused, match="nationwide_only"):
        put(("GNC", None, None), "desk", "rule_library")
    put(("AZ", None, None), "item_home", "rule_library")
    units = {"desk": "GNC-M", "item_home": "SAK-M", "item_holding": "GNC-2", "patron_home": "GNC"}
    assert governing_unit(tree(), "rule_library", **units) == "SAK-M"


@pytest.mark.parametrize(
    ("text", "problem"), [("2026-12-31", None), (None, None), ("2026-02-30", "wrong_type"), ("20261231", "wrong_type")]
)
def test_a_day_is_kept_as_iso_text(text: str | None, problem: str | None) -> None:
    assert policy_problem("fixed_due_date", text) == problem
