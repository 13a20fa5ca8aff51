"""The rules page as an administrator works with it: look, compare, change, be refused, give back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.holdings.operations import add_item_type
from kitabxana.organisation.operations import set_policy
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import decide
from kitabxana.organisation.tests.builders import PASSWORD, a_login
from kitabxana.patrons.operations import set_category

if TYPE_CHECKING:
    from tests.browser.conftest import Visitor


@pytest.fixture
def house(nation: None) -> None:
    set_category(code="ADULT", names={"az": "Böyüklər", "en": "Adults"}, by=SYSTEM)
    set_category(code="STUDENT", names={"az": "Tələbələr", "en": "Students"}, by=SYSTEM)
    add_item_type(code="BK", names={"az": "Kitab", "en": "Book"}, by=SYSTEM)
    set_policy(name="loan_length", value=21, unit="GNC", category="STUDENT", item_type="BK", by=SYSTEM)
    set_policy(name="loan_length", value=30, unit="AZ", by=SYSTEM)
    set_policy(name="fine_amount", value=20, unit="SAK", by=SYSTEM)
    a_login("mudir", role="administrator", unit="GNC")


def shot(visitor: Visitor, name: str) -> None:
    """Kept for a look at them where a place for them is named."""
    if place := os.environ.get("KITABXANA_TEST_SHOTS"):
        language = next(one["value"] for one in visitor.context.cookies() if one["name"] == "django_language")
        visitor.page.screenshot(path=Path(place) / f"{name}-{visitor.width}-{language}.png", full_page=True)


def test_the_rules_are_seen_compared_changed_and_given_back(visitor: Visitor, house: None) -> None:
    page = visitor.open("/desk/login/")
    page.fill("input[name=username]", "mudir")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/library/**")
    page.click("button[value='GNC-M']")
    page.wait_for_url("**/desk/")
    visitor.open("/desk/rules/?category=STUDENT&item_type=BK")
    visitor.look()
    shot(visitor, "rules")
    page.fill("#with", "SAK-M")
    page.keyboard.press("Enter")
    page.wait_for_url("**with=SAK-M**")
    visitor.look()
    assert page.locator("#loan_length.k-rules-row--differs").count() == 1
    assert page.locator(".k-rules-row--differs").count() == 2
    shot(visitor, "compared")
    page.click("#loan_length a")
    page.wait_for_url("**edit=loan_length**")
    visitor.look()
    shot(visitor, "form")
    page.fill("#loan_length input#value", "5000")
    page.click(".k-rules-form .btn-primary")
    page.wait_for_selector(".k-rules-form [role=alert]")
    visitor.complaints.clear()  # the refusal is a 409, which the console tells
    visitor.look()
    page.fill("#loan_length input#value", "9")
    page.check("#by_category")
    page.click(".k-rules-form .btn-primary")
    page.wait_for_url("**#loan_length")
    asked = {"unit": "GNC-M", "category": "STUDENT", "item_type": "BK"}
    assert decide(tree(), "loan_length", **asked).value == 9
    page.click("#loan_length button[name=back]")
    page.wait_for_url("**#loan_length")
    page.wait_for_load_state("networkidle")
    assert decide(tree(), "loan_length", **asked).value == 21
    visitor.look()
