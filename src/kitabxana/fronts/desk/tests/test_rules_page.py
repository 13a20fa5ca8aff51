"""The rules that hold, why, and who may change them where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.fronts.desk.tests.people import administrator, librarian, signed_in
from kitabxana.holdings.operations import add_item_type
from kitabxana.organisation.messages import CHOICES, GROUP_NAMES, SENTENCES, policy_sentence
from kitabxana.organisation.operations import set_policy
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import GROUPS, POLICIES
from kitabxana.organisation.tests.builders import a_login
from kitabxana.patrons.operations import set_category

if TYPE_CHECKING:
    from django.test import Client

CELL = {"unit": "GNC-M", "category": "STUDENT", "item_type": "BK"}


@pytest.fixture(autouse=True)
def _kinds(_nation: None) -> None:
    for code, name in (("ADULT", "Adults"), ("STUDENT", "Students")):
        set_category(code=code, names={"en": name}, by=SYSTEM)
    for code, name in (("BK", "Book"), ("DVD", "Film")):
        add_item_type(code=code, names={"en": name}, by=SYSTEM)


def page(client: Client, **asked: str) -> str:
    answer = client.get("/desk/rules/", CELL | asked)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def row(text: str, name: str) -> str:
    """The part of the page that speaks of one policy."""
    return text.split(f'id="{name}"', 1)[1].split('<div class="k-rules-row', 1)[0]


def change(client: Client, **data: Any) -> Any:
    return client.post("/desk/rules/change/", CELL | {"with": ""} | data)


def test_each_value_is_a_sentence_with_the_row_it_comes_from_and_what_that_overrides() -> None:
    set_policy(name="loan_length", value=30, unit="AZ", by=SYSTEM)
    set_policy(name="loan_length", value=21, unit="GNC", category="STUDENT", item_type="BK", by=SYSTEM)
    set_policy(name="max_loans", value=None, unit="GNC", by=SYSTEM)
    text = page(librarian())
    length = row(text, "loan_length")
    assert "A copy is lent for 21 days." in length
    assert "From: GNC MKS · Students · Book" in length
    assert "<li>30 days – Azerbaijan</li><li>15 days – built in</li>" in length
    assert "under this rule: no limit." in row(text, "max_loans")
    assert "From: built in" in row(text, "renewals_allowed")
    assert "Change</a>" not in text  # a librarian sees, an administrator changes
    other = page(librarian("GNC-2"), category="ADULT")
    assert "A copy is lent for 30 days." in row(other, "loan_length")


def test_two_libraries_are_compared_and_only_what_differs_is_said_twice() -> None:
    set_policy(name="loan_unit", value="hours", unit="SAK", by=SYSTEM)
    text = page(librarian(), **{"with": "sak-m"})
    assert "A copy is lent for 15 hours." in row(text, "loan_length")  # the number is the same, its unit is not
    assert "Loans are counted in hours." in row(text, "loan_unit")
    assert "the same" in row(text, "max_loans")
    assert text.count("k-rules-row--differs") == text.count("Different</span>") == 6
    assert "No library is called “nirgends”" in page(librarian("SAK-M"), **{"with": "nirgends"})


@pytest.mark.parametrize(
    ("data", "cell"),
    [
        ({"level": "GNC-M"}, ("GNC-M", None, None)),
        ({"level": "GNC", "by_category": "1"}, ("GNC", "STUDENT", None)),
        ({"level": "AZ", "by_item_type": "1"}, ("AZ", None, "BK")),
        ({"level": "", "by_category": "1", "by_item_type": "1"}, (None, "STUDENT", "BK")),
    ],
)
def test_a_value_is_set_at_any_level(data: dict[str, str], cell: tuple[str | None, ...]) -> None:
    answer = change(administrator(), name="loan_length", value="9", **data)
    assert answer.status_code == 302
    assert answer["Location"].endswith("#loan_length")
    assert tree().policies == {"loan_length": {cell: 9}}


@pytest.mark.parametrize(
    ("name", "typed", "stored"),
    [
        ("fine_amount", "0,20", 20), ("fine_amount", "1.5", 150), ("fine_cap", "", None), ("auto_renew", "yes", True),
        ("closed_days", "keep", "keep"), ("fixed_due_date", "2026-12-31", "2026-12-31"), ("max_loans", "", None),
    ],
)  # fmt: skip
def test_what_is_typed_becomes_a_value_of_its_kind(name: str, typed: str, stored: Any) -> None:
    assert change(administrator(), name=name, value=typed, level="GNC").status_code == 302
    assert tree().policies == {name: {("GNC", None, None): stored}}


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("loan_length", "5000", "too small or too large: 5000"),
        ("loan_length", "soon", "be a value of this rule: soon"),
        ("fine_amount", "0.005", "be a value of this rule: 0.005"),
        ("closed_days", "maybe", "be a value of this rule: maybe"),
        ("loan_length", "", "be a value of this rule: None"),
    ],
)
def test_what_can_t_be_is_refused_in_the_form_and_changes_nothing(name: str, typed: str, told: str) -> None:
    answer = change(administrator(), name=name, value=typed, level="GNC")
    assert answer.status_code == 409
    assert told in row(answer.content.decode(), name)
    assert tree().policies == {}


def test_a_row_is_given_back_and_the_default_stays() -> None:
    set_policy(name="loan_length", value=30, by=SYSTEM)
    set_policy(name="loan_length", value=21, unit="GNC", by=SYSTEM)
    client = administrator()
    assert "Give back" in row(page(client), "loan_length")
    back = {"back_unit": "GNC", "back_category": "", "back_item_type": ""}
    assert change(client, name="loan_length", back="1", **back).status_code == 302
    assert tree().policies == {"loan_length": {(None, None, None): 30}}
    again = change(client, name="loan_length", back="1", **back)
    assert "given back already" in again.content.decode()


def test_one_changes_rules_only_where_one_may() -> None:
    mine = signed_in(a_login("mudir", role="administrator", unit="GNC"), unit="GNC-M")
    form = row(page(mine, edit="loan_length"), "loan_length")
    assert [code in form for code in ('value="GNC-M"', 'value="GNC"', 'value="AZ"', ">everywhere<")] == [
        True, True, False, False
    ]  # fmt: skip
    assert "k-rules-form" not in page(mine, edit="rule_library")  # one for a nation: not theirs to say
    answer = change(mine, name="loan_length", value="9", level="AZ")
    assert answer.status_code == 409
    assert "You do not have the permission for this here: organisation.edit." in answer.content.decode()
    assert change(librarian(), name="loan_length", value="9", level="GNC-M").status_code == 403
    assert change(mine, name="no_such", value="9", level="GNC").status_code == 404
    assert tree().policies == {}


def test_the_page_costs_the_same_however_many_rules_there_are(django_assert_max_num_queries: Any) -> None:
    client = administrator()
    page(client)
    for name in ("loan_length", "max_loans", "renewals_allowed", "max_holds"):
        for unit in ("AZ", "GNC", "GNC-M"):
            set_policy(name=name, value=3, unit=unit, by=SYSTEM)
    page(client)
    with django_assert_max_num_queries(12) as asked:
        page(client, **{"with": "SAK-M"})
    assert not any("organisation_policy" in query["sql"] for query in asked.captured_queries)


def test_every_policy_group_and_choice_has_its_words() -> None:
    assert list(SENTENCES) == list(POLICIES)
    assert set(GROUP_NAMES) == set(GROUPS)
    for name, kind in POLICIES.items():
        for value in (kind.default, *kind.choices, *([None] if kind.optional else [])):
            text = policy_sentence(name, value, currency="AZN")
            assert text.endswith(".")
            assert "%" not in text
        assert all(f"{name}.{choice}" in CHOICES or f".{choice}" in CHOICES for choice in kind.choices)
