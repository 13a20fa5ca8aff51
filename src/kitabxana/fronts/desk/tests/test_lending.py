"""A reader at the desk: scans, refusals, overrides, renewals."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import check_in, check_out, place_hold
from kitabxana.circulation.queries import holds_of, loans_of
from kitabxana.fronts.desk.tests.people import administrator, librarian
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.operations import set_policy
from kitabxana.patrons.operations import restrict
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from django.test import Client

HTMX = {"hx-request": "true"}


def scan(client: Client, patron: int, barcode: str, **more: Any) -> Any:
    """As the page does it: the part for htmx comes back at once."""
    return client.post(f"/desk/check-out/{patron}/", {"q": barcode, **more}, headers=HTMX)


def in_days(days: int) -> str:
    """A date as the English page writes it, counted from today in Baku."""
    day = (timezone.now() + timedelta(hours=4, days=days)).date()
    return f"{day.day} {day:%B} {day.year}"


def test_from_the_card_to_the_lent_book_by_scanning_alone() -> None:
    patron, _item = a_reader(surname="Məmmədova"), a_copy(a_record(title="Əli və Nino"))
    client = librarian()
    opened = client.post("/desk/scan/", {"q": " R1 "})
    assert opened["Location"] == f"/desk/check-out/{patron}/"
    page = client.get(opened["Location"]).content.decode()
    assert "Məmmədova Aytən" in page
    part = scan(client, patron, "B1").content.decode()
    assert f"Lent. Due {in_days(15)}" in part
    assert "Əli və Nino" in part
    assert "<html" not in part
    assert [loan.patron_id for loan in loans_of(patron)] == [patron]


def test_without_javascript_a_scan_ends_in_a_redirect_that_reloads_harmlessly() -> None:
    patron, _item = a_reader(), a_copy(a_record())
    client = librarian()
    answer = client.post(f"/desk/check-out/{patron}/", {"q": "B1"}, follow=True)
    assert answer.redirect_chain == [(f"/desk/check-out/{patron}/", 302)]
    assert "Lent. Due" in answer.content.decode()
    again = client.get(f"/desk/check-out/{patron}/").content.decode()
    assert "Lent. Due" not in again
    assert "<html" in again


def test_a_double_scan_lends_once_and_says_what_it_is() -> None:
    patron, _item = a_reader(), a_copy(a_record())
    client = librarian()
    scan(client, patron, "B1")
    part = scan(client, patron, "B1").content.decode()
    assert "The reader has this item already." in part
    assert len(loans_of(patron)) == 1


def test_an_unknown_barcode_stays_on_the_page_until_it_is_put_away() -> None:
    patron, _item = a_reader(), a_copy(a_record())
    client = librarian()
    scan(client, patron, "NOPE")
    part = scan(client, patron, "B1").content.decode()
    assert "There is no item with the barcode NOPE." in part
    assert "Lent. Due" in part
    answer = client.post("/desk/problems/1/put-away/", {"next": f"/desk/check-out/{patron}/"}, follow=True)
    assert "NOPE" not in answer.content.decode()


def test_every_refusal_is_shown_and_the_librarian_lifts_what_is_hers_at_once() -> None:
    set_policy(name="max_loans", value=0, by=SYSTEM)
    patron, _item = a_reader(expires_on=date(2026, 1, 2)), a_copy(a_record(), damaged=True)
    client = librarian()
    part = scan(client, patron, "B1").content.decode()
    assert "The membership ended on 2 January 2026." in part
    assert "The item is recorded as damaged." in part
    assert "The reader has 0 loans; the limit is 0." in part
    lifts = ["card_expired", "item_damaged", "too_many_loans"]
    assert [f'name="lift" value="{code}"' in part for code in lifts] == [True] * 3
    assert loans_of(patron) == []
    lifted = scan(client, patron, "B1", lift=lifts).content.decode()
    assert "Lent. Due" in lifted
    assert "recorded as damaged" not in lifted
    assert len(loans_of(patron)) == 1


@pytest.mark.parametrize("cancel", [False, True])
def test_who_lends_past_a_hold_says_whether_it_goes_on(*, cancel: bool) -> None:
    record, patron, waiting = a_record(), a_reader(), a_reader(card="R2")
    a_copy(record)
    place_hold(record_id=record, patron_id=waiting, pickup_unit="GNC-M", by=SYSTEM, now=timezone.now())
    client = librarian()
    part = scan(client, patron, "B1").content.decode()
    assert part.count("Lend and cancel that hold") == 1
    said = {"cancel_hold": "1"} if cancel else {}
    lent = scan(client, patron, "B1", lift=["wanted_by_other"], **said).content.decode()
    assert "Lent. Due" in lent
    assert len(holds_of(waiting)) == (0 if cancel else 1)
    assert "cancel that hold" not in scan(client, patron, "B1").content.decode(), "it is theirs now"


def test_what_the_librarian_may_not_lift_has_no_button_and_the_post_is_refused() -> None:
    patron, _item = a_reader(), a_copy(a_record())
    restrict(patron_id=patron, reason="itirilmiş kitab", by=SYSTEM)
    client = librarian()
    part = scan(client, patron, "B1").content.decode()
    assert "The reader may not borrow: itirilmiş kitab." in part
    assert 'name="lift"' not in part
    scan(client, patron, "B1", lift="patron_restricted")
    assert loans_of(patron) == []
    boss = administrator()
    assert 'name="lift" value="patron_restricted"' in scan(boss, patron, "B1").content.decode()
    scan(boss, patron, "B1", lift="patron_restricted")
    assert len(loans_of(patron)) == 1


def test_another_card_in_the_barcode_bar_goes_over_to_that_reader() -> None:
    first, second = a_reader(), a_reader(card="R2")
    client = librarian()
    assert scan(client, first, "R2")["HX-Redirect"] == f"/desk/check-out/{second}/"
    assert client.post(f"/desk/check-out/{first}/", {"q": "R2"})["Location"] == f"/desk/check-out/{second}/"


def test_overdue_loans_are_marked_with_their_days() -> None:
    patron, item = a_reader(), a_copy(a_record())
    check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=timezone.now() - timedelta(days=18))
    page = librarian().get(f"/desk/check-out/{patron}/").content.decode()
    assert "3 days late" in page


def test_the_due_day_is_the_lending_library_s_own_day() -> None:
    patron, item = a_reader(), a_copy(a_record())
    # 21:00 UTC on 1 December is 01:00 on 2 December in Baku: fifteen days later is the 17th there
    check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=datetime(2090, 12, 1, 21, tzinfo=UTC))
    assert "17 Dec 2090" in librarian().get(f"/desk/check-out/{patron}/").content.decode()


def test_one_loan_is_renewed_then_all_and_refusals_name_their_loan() -> None:
    patron, record = a_reader(), a_record()
    for barcode in ("B1", "B2"):
        check_out(item_id=a_copy(record, barcode=barcode), patron_id=patron, unit="GNC-M", by=SYSTEM,
                  now=timezone.now())  # fmt: skip
    first, second = loans_of(patron)
    client = librarian()
    address = f"/desk/check-out/{patron}/renew/"
    part = client.post(address, {"loan": first.id}, headers=HTMX).content.decode()
    assert f"Renewed. Due {in_days(30)}" in part
    part = client.post(address, {"all": "1"}, headers=HTMX).content.decode()
    assert "The loan was renewed 1 times; the limit is 1." in part
    assert {loan.id: loan.renewals for loan in loans_of(patron)} == {first.id: 1, second.id: 1}
    assert f'name="loan" value="{first.id}"' in part
    lifted = client.post(address, {"loan": first.id, "lift": "too_many_renewals"}, headers=HTMX).content.decode()
    assert "Renewed. Due" in lifted
    assert "the limit is 1" not in lifted


def test_a_book_that_waits_for_the_reader_is_shown_at_once() -> None:
    record, first, patron = a_record(title="Dəli Kür"), a_reader(card="R9"), a_reader()
    item = a_copy(record)
    now = timezone.now()
    check_out(item_id=item, patron_id=first, unit="GNC-M", by=SYSTEM, now=now)
    place_hold(record_id=record, patron_id=patron, pickup_unit="GNC-M", by=SYSTEM, now=now)
    check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=now)
    page = librarian().get(f"/desk/check-out/{patron}/").content.decode()
    assert "Waiting on the hold shelf" in page
    assert "Dəli Kür" in page


def test_the_bar_on_the_desk_lends_only_to_the_reader_it_showed() -> None:
    patron, _item = a_reader(), a_copy(a_record())
    client = librarian()
    client.get(f"/desk/check-out/{patron}/")
    assert f'name="reader" value="{patron}"' in client.get("/desk/").content.decode()
    client.post("/desk/scan/", {"q": "B1", "reader": patron})
    assert len(loans_of(patron)) == 1
    client.post("/desk/done/")
    assert 'name="reader"' not in client.get("/desk/").content.decode()
    a_copy(a_record(), barcode="B2")
    assert client.post("/desk/scan/", {"q": "B2"})["Location"].startswith("/desk/records/")
    assert len(loans_of(patron)) == 1


def test_a_copy_that_was_looked_up_is_lent_to_the_card_scanned_after_it() -> None:
    patron, _item = a_reader(), a_copy(a_record())
    client = librarian()
    answer = client.post("/desk/scan/", {"q": "R1", "copy": "B1"}, follow=True)
    assert "Lent. Due" in answer.content.decode()
    assert len(loans_of(patron)) == 1


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_what_records_and_readers_and_scanners_say_is_text_never_markup(hostile: str) -> None:
    patron, record = a_reader(surname=hostile), a_record(title=hostile)
    a_copy(record, call_number=hostile)
    client = librarian()
    pages = [scan(client, patron, "B1"), scan(client, patron, hostile), client.get(f"/desk/records/{record}/"),
             client.get(f"/desk/readers/{patron}/"), client.get("/desk/", {"q": hostile}),
             client.post("/desk/check-in/", {"q": "B1"}, follow=True), client.get("/desk/readers/")]  # fmt: skip
    for page in pages:
        text = page.content.decode()
        assert "&lt;script&gt;alert(1)" in text or "&lt;img src=x" in text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
