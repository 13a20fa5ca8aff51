"""Signing in and out, and the reader's own page: one's own things, and nobody else's."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.circulation.operations import check_in, check_out, place_hold
from kitabxana.circulation.queries import loans_of
from kitabxana.fronts.opac.tests.readers import PIN, a_copy, a_reader, a_record, browser, signed_in, text_of
from kitabxana.organisation.operations import set_policy
from kitabxana.organisation.tests.builders import a_login
from kitabxana.patrons.operations import restrict, set_pin

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def sign_in(client: Client, card: str, pin: str, **more: str) -> _MonkeyPatchedWSGIResponse:
    return client.post("/sign-in/", {"card": card, "pin": pin, **more})


def lend(patron: int, title: str = "Dəli Kür", *, days_ago: int = 0) -> int:
    item = a_copy(a_record(title=title), barcode=f"B-{title}")
    now = timezone.now() - timedelta(days=days_ago)
    return check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=now).id


def test_a_reader_signs_in_with_card_and_pin_and_leaves_again() -> None:
    set_pin(patron_id=a_reader(card="AZ0001"), pin=PIN, by=SYSTEM)
    client = browser()
    asked = client.get("/account/")
    assert asked["Location"] == "/sign-in/?next=/account/"
    entered = sign_in(client, " AZ 0001 ", PIN, next="/search?q=kur")
    assert (entered.status_code, entered["Location"]) == (302, "/search?q=kur")
    assert "Aytən Əliyeva" in text_of(client.get("/account/"))
    assert "My account" in text_of(client.get("/"))
    assert client.get("/sign-in/")["Location"] == "/account/"
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == "/"
    assert client.get("/account/").status_code == 302


def test_wrong_words_are_refused_alike_and_then_wait() -> None:
    set_pin(patron_id=a_reader(card="AZ1"), pin=PIN, by=SYSTEM)
    client = browser()
    wrong, unknown = sign_in(client, "AZ1", "000000"), sign_in(client, "NOBODY", "000000")
    for page in (wrong, unknown):
        assert page.status_code == 403
        assert "The card number or the PIN is not right." in text_of(page)
        assert "000000" not in page.content.decode()
    for _ in range(5):
        last = sign_in(client, "AZ1", "000000")
    assert "Too many failed attempts." in text_of(last)
    assert sign_in(client, "AZ1", PIN).status_code == 403, "the right PIN waits too"


def test_a_staff_login_does_not_enter_here() -> None:
    a_login("anar", role="librarian", unit="GNC-M", password=PIN)
    client = browser()
    page = sign_in(client, "anar", PIN)
    assert page.status_code == 403
    assert "This login is for staff." in text_of(page)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_signing_in_leads_nowhere_else(wanted: str) -> None:
    set_pin(patron_id=a_reader(card="AZ1"), pin=PIN, by=SYSTEM)
    assert sign_in(browser(), "AZ1", PIN, next=wanted)["Location"] == "/account/"


def test_forms_need_their_token() -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["django_language"] = "en"
    for address in ("/sign-in/", "/sign-out/", "/account/renew/", "/i18n/setlang/"):
        refused = client.post(address, {})
        assert refused.status_code == 403
        assert "This form is too old" in text_of(refused)


def test_the_account_tells_what_is_due_late_and_waiting() -> None:
    reader, other = a_reader(card="AZ1"), a_reader(card="AZ2", surname="Sirlizadə")
    lend(reader, "Dəli Kür")
    lend(reader, "Xəmsə", days_ago=40)
    lend(other, "Başqasının kitabı")
    waited = a_record(title="Gözlənilən")
    item = a_copy(waited, barcode="W1")
    check_out(item_id=item, patron_id=other, unit="GNC-M", by=SYSTEM, now=timezone.now())
    place_hold(record_id=waited, patron_id=reader, pickup_unit="GNC-M", by=SYSTEM, now=timezone.now())
    client = signed_in(reader)
    text = text_of(client.get("/account/"))
    assert "Xəmsə" in text
    assert "25 days late" in text
    assert "15 days left" in text
    assert "1 book is overdue." in text
    assert "Gözlənilən Şıxlı, İsmayıl Waiting for a free copy" in text
    assert "Başqasının kitabı" not in text
    assert "Sirlizadə" not in text
    check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=timezone.now())
    assert "Ready to collect until" in text_of(client.get("/account/"))
    assert "no-store" in client.get("/account/")["Cache-Control"]


def test_one_loan_is_renewed_once_and_then_refused_with_the_reason() -> None:
    reader = a_reader(card="AZ1")
    loan = lend(reader)
    due = loans_of(reader)[0].due_at
    client = signed_in(reader)
    done = client.post("/account/renew/", {"loan": loan}, follow=True)
    assert "“Dəli Kür” is yours until" in text_of(done)
    assert loans_of(reader)[0].due_at > due
    again = client.post("/account/renew/", {"loan": loan}, follow=True)
    assert "“Dəli Kür” was not renewed. It can't be renewed any more." in text_of(again)


def test_a_renewal_from_home_is_one_without_showing_the_book() -> None:
    reader = a_reader(card="AZ1")
    loan = lend(reader)
    set_policy(name="unseen_renewals_allowed", value=0, by=SYSTEM)
    client = signed_in(reader)
    answer = client.post("/account/renew/", {"loan": loan}, follow=True)
    assert "“Dəli Kür” was not renewed. Bring it to the desk" in text_of(answer)


def test_all_loans_are_renewed_with_one_button_each_with_its_own_answer() -> None:
    reader = a_reader(card="AZ1")
    lend(reader, "Dəli Kür")
    lend(reader, "Xəmsə")
    client = signed_in(reader)
    client.post("/account/renew/", {"loan": loans_of(reader)[0].id})
    client.get("/account/")
    text = text_of(client.post("/account/renew/", follow=True))
    assert text.count("is yours until") == 1
    assert text.count("was not renewed") == 1


def test_nobody_renews_for_another() -> None:
    reader, other = a_reader(card="AZ1"), a_reader(card="AZ2")
    theirs = lend(other)
    before = loans_of(other)[0].due_at
    for loan in (str(theirs), "0", "x", "9" * 40):
        page = signed_in(reader).post("/account/renew/", {"loan": loan}, follow=True)
        assert page.status_code == 200
    assert loans_of(other)[0].due_at == before


def test_a_barred_reader_is_told_why() -> None:
    reader = a_reader(card="AZ1")
    lend(reader)
    restrict(patron_id=reader, reason="itirilmiş kitab", by=SYSTEM)
    client = signed_in(reader)
    assert "Your library has paused your borrowing: itirilmiş kitab" in text_of(client.get("/account/"))
    assert "Please ask at the desk." in text_of(client.post("/account/renew/", follow=True))


def test_the_account_takes_a_bounded_number_of_statements(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    reader = a_reader(card="AZ1")
    for number in range(5):
        lend(reader, f"Kitab {number}")
    client = signed_in(reader)
    client.get("/account/")
    with django_assert_max_num_queries(22):
        client.get("/account/")
