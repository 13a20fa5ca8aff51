"""What a reader sees and decides of the own account: history, contacts, PIN, family, payments, the file of it all."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import orjson
import pytest
from django.test import Client
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.charges.operations import charge_by_hand, pay
from kitabxana.charges.queries import receipts_of
from kitabxana.charges.tests.builders import a_till
from kitabxana.circulation.operations import check_in, check_out, place_hold
from kitabxana.circulation.queries import past_loans_count, past_loans_of
from kitabxana.fronts.opac.tests.readers import PIN, a_copy, a_reader, a_record, browser, signed_in, text_of
from kitabxana.organisation.operations import set_policy
from kitabxana.patrons.operations import add_guarantor, set_category
from kitabxana.patrons.queries import patrons_by_id

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
OWN = ("history", "charges", "details", "family", "notices")


def had(patron: int, title: str = "Dəli Kür") -> int:
    """A loan that ended."""
    item, now = a_copy(a_record(title=title), barcode=f"H-{title}"), timezone.now()
    loan = check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=now - timedelta(days=9))
    check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=now - timedelta(days=1))
    return loan.id


def test_what_one_had_is_seen_forgotten_and_kept_as_one_says() -> None:
    patron, other = a_reader(), a_reader(card="R2")
    had(patron, "Dəli Kür")
    had(patron, "Xəmsə")
    theirs = had(other, "Başqasının kitabı")
    client = signed_in(patron)
    shown = text_of(client.get("/account/history/"))
    assert "Dəli Kür" in shown
    assert "Xəmsə" in shown
    assert "Başqasının kitabı" not in shown
    assert "Your library keeps it for 365 days" in shown
    first = past_loans_of(patron)[0].id
    assert "Forgotten" in text_of(client.post("/account/history/", {"do": "forget", "loan": first}, follow=True))
    assert past_loans_count(patron) == 1
    for wrong in (theirs, first, "x", ""):
        again = client.post("/account/history/", {"do": "forget", "loan": wrong}, follow=True)
        assert "This loan is forgotten already." in text_of(again)
    assert past_loans_count(other) == 1
    client.post("/account/history/", {"do": "keep", "history": "never"})
    assert patrons_by_id([patron])[patron].history == "never"
    assert "There is no such choice." in text_of(
        client.post("/account/history/", {"do": "keep", "history": "x"}, follow=True)
    )
    assert "1 loan is forgotten." in text_of(client.post("/account/history/", {"do": "forget_all"}, follow=True))
    assert "Nothing is kept of what you had." in text_of(client.get("/account/history/"))
    assert client.post("/account/history/", {"do": "dance"}).status_code == 404


def test_contacts_are_changed_as_far_as_the_library_leaves_it_to_readers() -> None:
    patron = a_reader(email="old@kitab.az")
    client = signed_in(patron)
    sent = {"do": "contact", "email": "new@kitab.az", "phone": "+994 50 123 45 67", "address": "Nizami 5",
            "city": "Gəncə", "postcode": "AZ2000", "language": "tr", "contact_by": ["email", "post"]}  # fmt: skip
    assert "Saved." in text_of(client.post("/account/details/", sent, follow=True))
    known = patrons_by_id([patron])[patron]
    assert (known.email, known.phone, known.city, known.language) == (
        "new@kitab.az",
        "+994 50 123 45 67",
        "Gəncə",
        "tr",
    )
    wrong = client.post("/account/details/", {**sent, "email": "nothing"})
    assert wrong.status_code == 409
    assert "This is no e-mail address." in text_of(wrong)
    assert 'value="nothing"' in wrong.content.decode(), "what was typed is still there to be mended"
    assert client.post("/account/details/", {**sent, "language": "xx"}).status_code == 409
    set_policy(name="own_contact", value="nothing", by=SYSTEM)
    page = client.get("/account/details/").content.decode()
    assert 'name="email"' not in page
    forged = client.post("/account/details/", {**sent, "email": "forged@kitab.az"})
    assert "Your library changes this itself." in text_of(forged)
    assert patrons_by_id([patron])[patron].email == "new@kitab.az"
    assert client.post("/account/details/", {"do": "surname"}).status_code == 404


def test_the_pin_is_changed_by_who_knows_the_old_one_and_the_session_goes_on() -> None:
    patron = a_reader(card="AZ1")
    client, elsewhere = signed_in(patron), browser()
    elsewhere.post("/sign-in/", {"card": "AZ1", "pin": PIN})
    assert elsewhere.get("/account/").status_code == 200

    def change(old: str, new: str, again: str) -> str:
        sent = {"do": "pin", "old_pin": old, "pin": new, "again": again}
        return text_of(client.post("/account/details/", sent, follow=True))

    assert "The old PIN is not right." in change("000000", "826407", "826407")
    assert "not typed the same way twice" in change(PIN, "826407", "826408")
    assert "This PIN is guessed at once." in change(PIN, "1111", "1111")
    assert "Saved." in change(PIN, "826407", "826407")
    assert client.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302, "whoever else was signed in is not any more"
    entered = browser().post("/sign-in/", {"card": "AZ1", "pin": "826407"})
    assert entered.status_code == 302


def test_who_tries_pins_must_wait() -> None:
    client = signed_in(a_reader())
    for _ in range(6):
        last = client.post("/account/details/", {"do": "pin", "old_pin": "0000", "pin": "826407", "again": "826407"})
    assert "Too many failed attempts." in text_of(last)
    right = client.post("/account/details/", {"do": "pin", "old_pin": PIN, "pin": "826407", "again": "826407"})
    assert right.status_code == 409


def test_a_guarantor_sees_the_children_and_others_who_agree() -> None:
    parent, child, grown = a_reader(), a_reader(card="C1"), a_reader(card="C2", surname="Babayev")
    for ward in (child, grown):
        add_guarantor(patron_id=ward, guarantor_id=parent, relation="parent", by=SYSTEM)
    set_category(code="CHILD", names={"az": "Uşaq"}, needs_guarantor=True, by=SYSTEM)
    child = a_reader(card="C3", surname="Körpə", category="CHILD", birth_date=None)
    add_guarantor(patron_id=child, guarantor_id=parent, relation="parent", by=SYSTEM)
    item, now = a_copy(a_record(title="Cırtdan"), barcode="C"), timezone.now()
    check_out(item_id=item, patron_id=child, unit="GNC-M", by=SYSTEM, now=now)
    waited = a_record(title="Tıq-tıq xanım")
    a_copy(waited, barcode="T")
    place_hold(record_id=waited, patron_id=child, pickup_unit="GNC-M", by=SYSTEM, now=now)
    charge_by_hand(patron_id=child, kind="copy", amount_minor=120, unit="GNC-M", by=SYSTEM, now=now)
    client = signed_in(parent)
    assert "My family" in text_of(client.get("/account/"))
    shown = text_of(client.get(f"/account/family/?who={child}")).replace("\xa0", " ")
    for words in ("Aytən Körpə", "Cırtdan", "Tıq-tıq xanım", "1.20 AZN"):
        assert words in shown
    hidden = text_of(client.get(f"/account/family/?who={grown}"))
    assert "This account is not shown to you." in hidden
    assert "C2" not in hidden
    signed_in(grown).post("/account/details/", {"do": "sharing", "shown": "1"})
    assert "Nothing is on loan." in text_of(client.get(f"/account/family/?who={grown}"))
    stranger = a_reader(card="S1")
    assert client.get(f"/account/family/?who={stranger}").status_code == 404
    assert client.get("/account/family/?who=x").status_code == 404
    own = signed_in(child)
    assert "My family" not in text_of(own.get("/account/"))
    assert "They see what you have" in text_of(own.get("/account/details/"))
    set_policy(name="guarantor_sees", value="nobody", by=SYSTEM)
    assert "This account is not shown to you." in text_of(client.get(f"/account/family/?who={child}"))
    assert "They do not see your account." in text_of(own.get("/account/details/"))


def test_what_was_charged_and_paid_with_its_receipts() -> None:
    patron, other = a_reader(), a_reader(card="R2")
    now, till = timezone.now(), a_till()
    charge_by_hand(patron_id=patron, kind="copy", amount_minor=300, unit="GNC-M", by=SYSTEM, now=now, note="sirr")
    paid = [
        pay(patron_id=one, amount_minor=100, till=till, by=SYSTEM, now=now, keep_rest=True).id
        for one in (patron, other)
    ]
    client = signed_in(patron)
    shown = text_of(client.get("/account/charges/")).replace("\xa0", " ")
    for words in ("Open 2.00 AZN", "Copies and prints", "3.00 AZN", "Payment Cash", "-1.00 AZN"):
        assert words in shown
    assert "sirr" not in shown, "notes are the staff's own"
    slips = receipts_of(paid)
    mine, theirs = (slips[one] for one in paid)
    receipt = text_of(client.get(f"/account/receipts/{mine}/")).replace("\xa0", " ")
    assert "Copies and prints 1.00 AZN" in receipt
    for number in (theirs, 99999, 10**30):
        assert client.get(f"/account/receipts/{number}/").status_code == 404


def test_the_file_holds_everything_about_this_reader_and_nobody_else() -> None:
    patron, other = a_reader(email="mine@kitab.az"), a_reader(card="R2", surname="Sirlizadə")
    had(patron)
    had(other, "Başqasının kitabı")
    answer = signed_in(patron).post("/account/everything/")
    assert re.fullmatch(r'attachment; filename="kitabxana-[\d-]{10}\.json"', answer["Content-Disposition"])
    assert "no-store" in answer["Cache-Control"]
    held = orjson.loads(answer.content)
    assert held["reader"]["email"] == "mine@kitab.az"
    assert [one["title"] for one in held["circulation"]["past_loans"]] == ["Dəli Kür"]
    assert "Sirlizadə" not in answer.content.decode()
    assert signed_in(patron).get("/account/everything/").status_code == 405


def test_no_form_is_taken_without_its_token() -> None:
    patron = a_reader()
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(patron).cookies
    for address in ("/account/history/", "/account/details/", "/account/everything/"):
        assert client.post(address, {"do": "forget_all"}).status_code == 403


def test_the_pages_cost_the_same_however_much_there_is(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    patron = a_reader()
    for number in range(5):
        had(patron, f"Kitab {number}")
        charge_by_hand(patron_id=patron, kind="copy", amount_minor=10, unit="GNC-M", by=SYSTEM, now=timezone.now())
    client = signed_in(patron)
    for name in OWN:
        with django_assert_max_num_queries(21):
            assert client.get(f"/account/{name}/").status_code == 200
