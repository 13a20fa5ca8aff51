"""A book's own page, its MARC and its cover."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import Record, field
from kitabxana.circulation.operations import check_out, place_hold
from kitabxana.fronts.opac.tests.readers import (
    a_book,
    a_copy,
    a_reader,
    a_record,
    browser,
    index_all,
    signed_in,
    text_of,
)

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def page_of(record: int) -> str:
    response = browser().get(f"/records/{record}/")
    assert response.status_code == 200
    return response.content.decode()


def test_the_book_stands_first_with_all_a_card_says() -> None:
    record = a_book(
        field("250", a="2-ci nəşr"),
        field("260", a="Bakı :", b="Yazıçı,", c="1982."),
        field("300", a="437 səh. ;", c="21 sm"),
        field("490", "0 ", a="Azərbaycan romanı ;", v="7"),
        field("520", a="Kür boyunda bir nəslin taleyi."),
        field("020", a="9785170800049", q="cild"),
        field("080", a="821.512.162-31"),
        field("650", " 7", a="Azərbaycan ədəbiyyatı", x="Roman"),
        field("700", "1 ", a="Qarayev, Yaşar", _4="aui"),
        field("505", a="Birinci hissə"),
        field("856", "40", u="https://example.org/x", y="Mətn"),
        field("880", "10", _6="245-01/(N", a="Дәли Күр"),
        title="Dəli Kür",
    )
    html = page_of(record)
    text = text_of(browser().get(f"/records/{record}/"))
    for said in (
        "Dəli Kür", "Дәли Күр", "Şıxlı, İsmayıl", "Qarayev, Yaşar (author of introduction)", "Edition 2-ci nəşr",
        "Published Bakı : Yazıçı, 1982", "Extent 437 səh. ; 21 sm", "Series Azərbaycan romanı ; 7",
        "Kür boyunda bir nəslin taleyi", "ISBN 9785170800049 (cild)", "UDC 821.512.162-31", "Language Azerbaijani",
        "Contents Birinci hissə", "Azərbaycan ədəbiyyatı -- Roman",
    ):  # fmt: skip
        assert said in text
    assert '<a href="https://example.org/x" rel="nofollow noopener noreferrer">Mətn</a>' in html
    assert html.index("k-title") < html.index('id="copies"')


def test_people_and_subjects_lead_to_what_else_there_is() -> None:
    record = a_book(field("650", " 7", a="Poemalar", x="Tənqid"), title="Xəmsə", author="Nizami Gəncəvi")
    a_book(title="Leyli və Məcnun", author="Nizami Gəncəvi")
    html = page_of(record)
    author = "/search?author=Nizami+G%C9%99nc%C9%99vi"
    assert f'href="{author}"' in html
    assert "2 works" in text_of(browser().get(author))
    assert 'href="/search?subject=Poemalar"' in html
    assert "1 work" in text_of(browser().get("/search?subject=Poemalar"))
    assert "By the same author" in html
    assert "Leyli və Məcnun" in html


def test_other_editions_are_found_by_title_and_author() -> None:
    record = a_book(title="Xəmsə", author="Nizami Gəncəvi")
    edition = a_book(title="Xəmsə", author="Nizami Gəncəvi")
    stranger = a_book(title="Xəmsə", author="Nəvai, Əlişir")
    html = page_of(record)
    shelf = html[html.index("Other editions") :]
    assert f'href="/records/{edition}/"' in shelf
    assert f"/records/{stranger}/" not in html


def test_copies_stand_by_library_in_their_live_state_and_tell_nobodys_name() -> None:
    record = a_record()
    lent, shelved = a_copy(record, barcode="B1"), a_copy(record, barcode="B2", call_number="821 Ş 55", location="Fond")
    a_copy(record, barcode="B3", unit="SAK-M", not_for_loan=True)
    index_all()
    reader = a_reader(surname="Gizlinova", card="R-SECRET")
    waiting = a_reader(surname="Sirlizadə", card="R-OTHER")
    loan = check_out(item_id=lent, patron_id=reader, unit="GNC-M", by=SYSTEM, now=timezone.now())
    place_hold(record_id=record, patron_id=waiting, pickup_unit="GNC-M", by=SYSTEM, now=timezone.now())
    response = browser().get(f"/records/{record}/")
    text = text_of(response)
    assert "GNC-M kitabxanası" in text
    assert "1 of 2 on the shelf" in text
    assert f"On loan, back by {loan.due_at + timedelta(hours=4):%B} {(loan.due_at + timedelta(hours=4)).day}" in text
    assert "821 Ş 55 Fond On the shelf B2" in text
    assert "For use in the library B3" in text
    assert "1 reader waits for it" in text
    for secret in ("Gizlinova", "R-SECRET", "Sirlizadə", "R-OTHER"):
        assert secret not in response.content.decode()
    assert text.index("GNC-M kitabxanası") < text.index("SAK-M kitabxanası"), "free copies first"
    assert shelved


@pytest.mark.parametrize("hidden", [{"suppressed": True}, {"deleted_at": "now"}])
def test_a_hidden_record_is_not_to_be_told_from_none(hidden: dict[str, object]) -> None:
    record = a_book()
    Record.objects.filter(pk=record).update(**{k: timezone.now() if v == "now" else v for k, v in hidden.items()})
    for address in (f"/records/{record}/", f"/records/{record}/marc/", f"/covers/{record}.svg"):
        gone = browser().get(address)
        assert gone.status_code == 404
        assert "Dəli Kür" not in gone.content.decode()
    assert "There is no such page" in text_of(browser().get("/records/999999999/"))
    assert browser().get("/records/99999999999999999999/").status_code == 404


def test_a_page_takes_a_bounded_number_of_statements(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    record = a_record()
    for at in range(30):
        a_copy(record, barcode=f"B{at}", unit=("GNC-M", "GNC-2", "SAK-M")[at % 3])
    a_book()
    client = signed_in(a_reader())
    client.get(f"/records/{record}/")
    with django_assert_max_num_queries(9):
        client.get(f"/records/{record}/")


def test_the_way_back_leads_to_ones_own_results_only() -> None:
    record = a_book()
    back = browser().get(f"/records/{record}/", headers={"referer": "http://testserver/search?q=kur&page=2"})
    assert 'href="/search?q=kur&amp;page=2"' in back.content.decode()
    for elsewhere in (
        "http://evil.example/search?q=kur",
        "http://testserver/account/",
        "javascript:alert(1)",
        "/search",
    ):
        html = browser().get(f"/records/{record}/", headers={"referer": elsewhere}).content.decode()
        assert "Back to the results" not in html


def test_marc_is_shown_field_by_field() -> None:
    record = a_book(number="AZ1")
    text = text_of(browser().get(f"/records/{record}/marc/"))
    assert "LDR 00000nam a2200000 i 4500" in text
    assert "245 10 $a Dəli Kür / $c Şıxlı, İsmayıl" in text
    assert "001 AZ1" in text


def test_a_cover_is_drawn_kept_and_told_unchanged() -> None:
    record = a_book()
    html = page_of(record)
    address = html[html.index("/covers/") :].split('"')[0]
    drawn = browser().get(address)
    assert drawn["Content-Type"] == "image/svg+xml"
    assert "immutable" in drawn["Cache-Control"]
    assert "max-age=31536000" in drawn["Cache-Control"]
    assert "Dəli" in text_of(drawn)
    assert "Cookie" not in drawn.get("Vary", "")
    again = browser().get(address, headers={"if-none-match": drawn["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "immutable" not in browser().get(f"/covers/{record}.svg")["Cache-Control"]
    Record.objects.filter(pk=record).update(brief={"title": "Dəli Kür yenidən"})
    renamed = page_of(record)
    assert address not in renamed, "another cover has another address"
    assert browser().get(address, headers={"if-none-match": drawn["ETag"]}).status_code == 200


def test_a_script_from_right_to_left_finds_its_own_way() -> None:
    record = a_book(field("880", "10", _6="245-01/(3/r", a="لیلی و مجنون"), title="Leyli və Məcnun")
    html = page_of(record)
    assert '<p class="k-subtitle"><bdi dir="auto" lang="az">لیلی و مجنون</bdi></p>' in html
    assert '<h1 class="k-title" dir="auto" lang="az-Latn">' in html
    listed = browser().get("/search?q=leyli").content.decode()
    assert 'dir="auto" lang="az">لیلی و مجنون</bdi>' in listed
    assert "لیلی" in text_of(browser().get(f"/covers/{record}.svg"))


HOSTILE = '<script>alert("x")</script>\'"><img src=x onerror=alert(1)>'


def test_hostile_text_in_a_record_stays_text() -> None:
    record = a_book(
        field("500", a=HOSTILE), field("650", " 7", a=HOSTILE), field("856", "40", u="javascript:alert(1)", y="Bax"),
        field("520", a=HOSTILE), field("700", "1 ", a=HOSTILE, e=HOSTILE), title=HOSTILE, author=HOSTILE,
    )  # fmt: skip
    for address in (f"/records/{record}/", f"/records/{record}/marc/", "/search", "/", f"/covers/{record}.svg"):
        html = browser().get(address).content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert 'href="javascript' not in html.lower()
