"""Holds at the desk: the first of several titles is waited for, a copy on its way is sent elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import check_in
from kitabxana.circulation.queries import queue_of
from kitabxana.circulation.queries.holds import on_their_way
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.tests.builders import PASSWORD, a_login
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser


def test_several_titles_are_waited_for_and_a_copy_is_sent_elsewhere(visitor: Visitor) -> None:
    record, other = a_record(title="Ensiklopediya"), a_record(title="Lüğət")
    for number in (2, 10):
        a_copy(record, barcode=f"V{number}", volume=f"{number}-ci cild")
    a_copy(other, barcode="L1")
    a_reader()
    check_in(item_id=a_copy(a_record(title="Dəli Kür"), barcode="D"), unit="GNC-2", by=SYSTEM, now=timezone.now())
    a_login("masa", role="librarian", unit="GNC-M")
    page = visitor.open("/desk/login/")
    page.fill("input[name=username]", "masa")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")
    visitor.open(f"/desk/records/{record}/holds/")
    visitor.look()
    page.fill("#card", "R1")
    page.fill("#others", "L1")
    page.locator("main form.k-card .btn-primary").click()
    expect(page.locator("main tbody tr")).to_have_count(1)
    visitor.look()
    assert len(queue_of(other)) == 1
    visitor.open("/desk/holds/?list=in")
    page.locator("a[href*='send=']").click()
    expect(page.locator("#to")).to_be_visible()
    visitor.look()
    page.select_option("#to", "SAK-M")
    page.locator("main form.k-card .btn-primary").click()
    expect(page.locator(".k-note--ok")).to_be_visible()
    assert len(on_their_way("SAK-M", incoming=True)) == 1
