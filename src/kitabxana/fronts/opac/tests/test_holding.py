"""Asking for a book from home, and what becomes of the hold."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.circulation.operations import check_in, check_out, place_hold
from kitabxana.circulation.queries import holds_of, queue_of
from kitabxana.fronts.opac.tests.readers import a_book, a_copy, a_reader, a_record, browser, signed_in, text_of
from kitabxana.organisation.operations import set_policy
from kitabxana.patrons.operations import restrict

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def lent_out(title: str = "Dəli Kür", *, unit: str = "GNC-M") -> int:
    """A title whose one copy somebody else has."""
    record = a_record(title=title)
    item = a_copy(record, barcode=f"L-{title}", unit=unit)
    other = a_reader(card="X" + title.replace(" ", ""))
    check_out(item_id=item, patron_id=other, unit=unit, by=SYSTEM, now=timezone.now())
    return record


def wait(record: int, patron: int) -> int:
    return place_hold(record_id=record, patron_id=patron, pickup_unit="GNC-M", by=SYSTEM, now=timezone.now()).id


def in_days(days: int) -> str:
    return (timezone.now() + timedelta(days=days)).date().isoformat()


def test_from_the_results_and_the_book_s_page_after_signing_in() -> None:
    record = a_book(title="Dəli Kür")
    bare = a_record(title="Kür nağılı")
    visitor = browser()
    page = visitor.get("/search?q=kür").content.decode()
    assert f"/records/{record}/hold/" in page
    assert f"/records/{bare}/hold/" not in page
    assert f"/records/{record}/hold/" in visitor.get(f"/records/{record}/").content.decode()
    assert f"/records/{bare}/hold/" not in visitor.get(f"/records/{bare}/").content.decode()
    asked = visitor.get(f"/records/{record}/hold/")
    assert asked["Location"] == f"/sign-in/?next=/records/{record}/hold/"
    patron = a_reader()
    client = signed_in(patron)
    shown = text_of(client.get(f"/records/{record}/hold/"))
    for words in ("Dəli Kür", "The first copy that is free", "GNC-2 kitabxanası", "Not needed after"):
        assert words in shown
    answer = client.post(f"/records/{record}/hold/", {"what": "", "pickup": "GNC-2", "until": in_days(9)}, follow=True)
    assert "You are in line for “Dəli Kür”." in text_of(answer)
    (hold,) = holds_of(patron)
    assert (hold.pickup_unit, hold.item_id, str(hold.wanted_until)) == ("GNC-2", None, in_days(9))


def test_a_volume_and_a_certain_copy() -> None:
    record = a_record(title="Ensiklopediya")
    for number in (10, 2):
        a_copy(record, barcode=f"V{number}", volume=f"{number}-ci cild")
    patron = a_reader()
    set_policy(name="holds_per_record", value=5, by=SYSTEM)
    client = signed_in(patron)
    page = client.get(f"/records/{record}/hold/").content.decode()
    assert page.index('value="volume:2-ci cild"') < page.index('value="volume:10-ci cild"')
    client.post(f"/records/{record}/hold/", {"what": "volume:10-ci cild", "pickup": "GNC-M"})
    item = a_copy(record, barcode="V3", volume="3")
    client.post(f"/records/{record}/hold/", {"what": f"item:{item}", "pickup": "GNC-M"})
    assert [(one.volume, one.item_id) for one in holds_of(patron)] == [("10-ci cild", None), ("", item)]
    unknown = client.post(f"/records/{record}/hold/", {"what": "item:99999", "pickup": "GNC-M"})
    assert unknown.status_code == 409
    set_policy(name="item_level_holds", value="deny", by=SYSTEM)
    assert "item:" not in client.get(f"/records/{record}/hold/").content.decode()
    set_policy(name="item_level_holds", value="force", by=SYSTEM)
    forced = client.get(f"/records/{record}/hold/").content.decode()
    assert f"item:{item}" in forced
    assert "volume:" not in forced
    assert "The first copy that is free" not in forced


def test_only_libraries_to_which_a_copy_can_be_brought_are_offered() -> None:
    record = lent_out()
    set_policy(name="sent_to", value="system", by=SYSTEM)
    client = signed_in(a_reader())
    page = client.get(f"/records/{record}/hold/").content.decode()
    assert 'value="GNC-2"' in page
    assert 'value="SAK-M"' not in page
    refused = client.post(f"/records/{record}/hold/", {"pickup": "SAK-M"})
    assert refused.status_code == 409
    assert "No copy can be brought to this library." in text_of(refused)
    assert client.post(f"/records/{record}/hold/", {"pickup": "no-such"}).status_code == 409


def test_what_stands_in_the_way_is_said_before_the_form() -> None:
    record, patron = lent_out(), a_reader()
    set_policy(name="max_holds", value=0, by=SYSTEM)
    restrict(patron_id=patron, reason="itirilmiş kitab", by=SYSTEM)
    client = signed_in(patron)
    page = client.get(f"/records/{record}/hold/")
    assert "Your library has paused your borrowing." in text_of(page)
    assert "You wait for 0 titles already, the limit is 0." in text_of(page)
    assert 'name="pickup"' not in page.content.decode()
    assert client.post(f"/records/{record}/hold/", {"pickup": "GNC-M"}).status_code == 409
    assert queue_of(record) == []
    assert client.get("/records/99999/hold/").status_code == 404


def test_a_form_sent_twice_asks_once() -> None:
    record, patron = lent_out(), a_reader()
    set_policy(name="holds_per_record", value=5, by=SYSTEM)
    client = signed_in(patron)
    for _ in range(2):
        assert client.post(f"/records/{record}/hold/", {"pickup": "GNC-M", "once": "k1"}).status_code == 302
    assert len(queue_of(record)) == 1


def test_one_s_place_in_line_is_told_and_the_hold_changed() -> None:
    record, patron = lent_out(), a_reader()
    wait(record, a_reader(card="R2"))
    hold = wait(record, patron)
    client, address = signed_in(patron), f"/account/holds/{hold}/"
    assert "Waiting for a free copy number 2 in line" in text_of(client.get("/account/"))
    moved = client.post(address, {"do": "pickup", "pickup": "GNC-2"}, follow=True)
    assert "The library is changed." in text_of(moved)
    assert "GNC-2 kitabxanası" in text_of(client.get("/account/"))
    client.post(address, {"do": "suspend", "until": in_days(12)})
    assert "Suspended until" in text_of(client.get("/account/"))
    assert "Choose a later day than today." in text_of(
        client.post(address, {"do": "suspend", "until": in_days(-1)}, follow=True)
    )
    client.post(address, {"do": "until", "until": in_days(30)})
    (found,) = holds_of(patron)
    assert (found.pickup_unit, str(found.suspended_until), str(found.wanted_until)) == (
        "GNC-2",
        in_days(12),
        in_days(30),
    )
    assert "You are in line again" in text_of(client.post(address, {"do": "resume"}, follow=True))
    assert "Suspended" not in text_of(client.get("/account/"))
    assert client.post(address, {"do": "first"}).status_code == 404
    gone = client.post(address, {"do": "cancel"}, follow=True)
    assert "The hold is cancelled." in text_of(gone)
    assert holds_of(patron) == []
    assert client.get(address).status_code == 404


def test_a_hold_with_its_copy_kept_can_only_be_given_up() -> None:
    record, patron = a_record(), a_reader()
    item = a_copy(record)
    hold = wait(record, patron)
    check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=timezone.now())
    client = signed_in(patron)
    page = client.get(f"/account/holds/{hold}/")
    assert "Ready to collect until" in text_of(page)
    assert 'value="suspend"' not in page.content.decode()
    assert "A copy is kept for you already." in text_of(
        client.post(f"/account/holds/{hold}/", {"do": "suspend"}, follow=True)
    )
    client.post(f"/account/holds/{hold}/", {"do": "cancel"})
    assert holds_of(patron) == []


def test_nobody_touches_another_s_hold() -> None:
    record = lent_out()
    theirs = wait(record, a_reader(card="R2", surname="Rəhimli"))
    client = signed_in(a_reader())
    for number in (theirs, 99999, 10**30):
        assert client.get(f"/account/holds/{number}/").status_code == 404
        for do in ("cancel", "suspend", "pickup", "until", "resume"):
            assert client.post(f"/account/holds/{number}/", {"do": do, "pickup": "GNC-2"}).status_code == 404
    (found,) = queue_of(record)
    assert (found.pickup_unit, found.suspended) == ("GNC-M", False)
    nobody = browser()
    assert nobody.post(f"/account/holds/{theirs}/", {"do": "cancel"})["Location"].startswith("/sign-in/")


def test_nothing_is_asked_for_without_the_form_s_token() -> None:
    record, patron = lent_out(), a_reader()
    known = signed_in(patron)
    client = Client(enforce_csrf_checks=True)
    client.cookies = known.cookies
    assert client.post(f"/records/{record}/hold/", {"pickup": "GNC-M"}).status_code == 403
    assert queue_of(record) == []


def test_the_pages_cost_the_same_however_long_the_line(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    record, patron = lent_out(), a_reader()
    client = signed_in(patron)
    with django_assert_max_num_queries(24):
        client.get(f"/records/{record}/hold/")
    for number in range(6):
        wait(record, a_reader(card=f"R1{number}"))
    hold = wait(record, patron)
    with django_assert_max_num_queries(24):
        client.get(f"/records/{record}/hold/")
    with django_assert_max_num_queries(16):
        client.get(f"/account/holds/{hold}/")
