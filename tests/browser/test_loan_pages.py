"""One loan, the calendar, categories, a heap and a book in haste, as they stand on a screen and a telephone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.facts import OfflineFacts
from kitabxana.circulation.facts.rotas import Stage
from kitabxana.circulation.operations import advance_rotas, check_out, claim_returned, replay
from kitabxana.circulation.queries import loan
from kitabxana.circulation.tests.builders import a_rota
from kitabxana.holdings.operations import add_item_type
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.notices.operations import tell_of_the_day
from kitabxana.organisation.operations import add_closure
from kitabxana.organisation.tests.builders import PASSWORD, a_login
from kitabxana.patrons.operations import set_category
from kitabxana.patrons.tests.builders import a_reader
from tests.browser.test_rules_page import shot

if TYPE_CHECKING:
    from tests.browser.conftest import Visitor


def enter(visitor: Visitor) -> None:
    a_login("mudir", role="administrator", unit="GNC-M")
    page = visitor.open("/desk/login/")
    page.fill("input[name=username]", "mudir")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")


def test_a_loan_and_its_claim(visitor: Visitor, nation: None) -> None:
    enter(visitor)
    patron, now = a_reader(surname="Qasımova"), timezone.now()
    lent = now - timedelta(days=40)
    made = check_out(item_id=a_copy(a_record()), patron_id=patron, unit="GNC-M", by=SYSTEM, now=lent)
    claimed = check_out(item_id=a_copy(a_record(), barcode="B2"), patron_id=patron, unit="GNC-M", by=SYSTEM, now=lent)
    claim_returned(loan_id=claimed.id, by=SYSTEM, now=now, note="Qutuya qoydum, dedi")
    page = visitor.open(f"/desk/loans/{claimed.id}/")
    visitor.look()
    shot(visitor, "claimed")
    visitor.open(f"/desk/loans/{made.id}/")
    page.fill("#note", "Rəfə qoymuşam")
    page.press("#note", "Enter")
    page.wait_for_load_state("networkidle")
    visitor.look()
    shot(visitor, "loan")
    found = loan(made.id)
    assert found is not None
    assert found.claimed_at is not None
    visitor.open(f"/desk/readers/{patron}/")
    visitor.look()
    shot(visitor, "reader-loans")


def test_a_heap_and_a_book_in_haste(visitor: Visitor, nation: None) -> None:
    enter(visitor)
    add_item_type(code="BK", names={"az": "Kitab", "en": "Book"}, by=SYSTEM)
    patron, record = a_reader(), a_record()
    for number in range(3):
        a_copy(record, barcode=f"H{number}")
    page = visitor.open(f"/desk/check-out/{patron}/")
    page.click("main details summary")
    page.fill("#barcodes", "H0\nH1\nNOPE\nH2")
    visitor.look()
    shot(visitor, "heap")
    page.click("main details button")
    page.wait_for_load_state("networkidle")
    visitor.look()
    shot(visitor, "heap-lent")
    page.locator("a[href*='new-copy']").first.click()
    page.wait_for_url("**new-copy**")
    visitor.look()
    shot(visitor, "haste")
    replay(unit="GNC-M", events=[OfflineFacts("1", "check_out", "X", timezone.now(), "R1")], by=SYSTEM,
           now=timezone.now())  # fmt: skip
    visitor.open("/desk/offline/")
    visitor.look()
    shot(visitor, "offline")


def test_the_calendar_and_the_categories(visitor: Visitor, nation: None) -> None:
    enter(visitor)
    set_category(code="ADULT", names={"az": "Böyüklər", "en": "Adults"}, by=SYSTEM)
    set_category(code="CHILD", names={"az": "Uşaqlar", "en": "Children"}, by=SYSTEM, most_age=14,
                 next_category="ADULT", needs_guarantor=True)  # fmt: skip
    novruz = {"first_day": date(2026, 3, 20), "last_day": date(2026, 3, 26)}
    add_closure(unit="AZ", **novruz, yearly=True, title="Novruz bayramı", by=SYSTEM)
    page = visitor.open("/desk/calendar/")
    visitor.look()
    shot(visitor, "calendar")
    page.fill("#s-title", "Su basqını")
    page.click("button[value='look']")
    page.wait_for_load_state("networkidle")
    visitor.look()
    shot(visitor, "closing")
    visitor.open("/desk/categories/?edit=CHILD")
    visitor.look()
    shot(visitor, "categories")


def test_a_rota_and_what_travels_on(visitor: Visitor, nation: None) -> None:
    enter(visitor)
    number = a_rota(Stage("GNC-M", 10), Stage("GNC-2", 20), Stage("SAK-M", 30))
    for count in range(3):
        a_copy(a_record(title=f"Gəncə folkloru {count}"), barcode=f"R{count}")
    page = visitor.open(f"/desk/rotas/{number}/")
    page.fill("#barcodes", "R0\nR1\nR2")
    page.click("form:has(#barcodes) button")
    page.wait_for_load_state("networkidle")
    visitor.look()
    shot(visitor, "rota")
    advance_rotas(now=timezone.now() + timedelta(days=11))
    visitor.open("/desk/rotas/")
    visitor.look()
    shot(visitor, "rotas")
    visitor.open("/desk/holds/?list=on")
    visitor.look()
    assert page.locator("tbody tr").count() == 3
    shot(visitor, "travelling-on")


def test_overdue_loans_reader_by_reader(visitor: Visitor, nation: None) -> None:
    enter(visitor)
    now = timezone.now()
    for number, (name, days) in enumerate((("Qasımova", 40), ("Əliyeva-Məmmədova", 3))):
        patron = a_reader(surname=name, card=f"R{number}", phone="+994 50 111 22 33", email="oxucu@example.az")
        for copy in range(2):
            item = a_copy(a_record(title="Azərbaycan xalq nağılları"), barcode=f"B{number}{copy}")
            due = now - timedelta(days=days + copy)
            check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=due - timedelta(days=9), due=due)
    tell_of_the_day(now=now)
    page = visitor.open("/desk/overdue/")
    visitor.look()
    shot(visitor, "overdue")
    page.fill("#from", "10")
    page.press("#from", "Enter")
    page.wait_for_load_state("networkidle")
    assert page.locator(".k-overdue").count() == 1
    page.emulate_media(media="print")
    assert page.locator(".k-overdue-ask").is_hidden()
    assert page.locator(".k-overdue").is_visible()
