"""The results page: what is found, what is said of its copies, facets, sorting, paging."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.rules import derive
from kitabxana.catalogue.tests.builders import Record, field
from kitabxana.circulation.operations import check_in, check_out
from kitabxana.fronts.opac.render.copies import state_of
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
from kitabxana.holdings.operations import move
from kitabxana.holdings.queries import copy_groups, items_of

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def results(query: str = "", **headers: str) -> _MonkeyPatchedWSGIResponse:
    return browser().get(f"/search{query}", headers=headers)


def test_a_hit_shows_what_a_reader_needs_to_choose() -> None:
    record = a_book(
        field("260", b="Yazıçı,"), field("880", "10", _6="245-01/(N", a="Дәли Күр"), copies=("GNC-M", "GNC-M", "SAK-M")
    )
    page = results("?q=deli+kur")
    text = text_of(page)
    assert "1 result for “deli kur”" in text
    for said in ("Dəli Kür", "Дәли Күр", "Şıxlı, İsmayıl", "1982", "Azerbaijani", "Book", "Yazıçı", "3 available"):
        assert said in text
    assert f'href="/records/{record}/"' in page.content.decode()
    assert re.search(rf'src="/covers/{record}\.svg\?[0-9a-f]{{8}}"', page.content.decode())


def test_the_line_on_copies_follows_the_database_not_the_index() -> None:
    a_book(copies=("GNC-M",))
    assert "1 available, in: GNC-M kitabxanası" in text_of(results("?q=kur"))
    item = a_copy(a_record(title="Xəmsə"), barcode="X1")
    index_all()
    loan = check_out(item_id=item, patron_id=a_reader(), unit="GNC-M", by=SYSTEM, now=timezone.now())
    assert re.search(r"On loan, back by \w+", text_of(results("?q=xemse")))
    late = loan.due_at + timedelta(days=2)
    check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=late)
    assert "1 available" in text_of(results("?q=xemse"))


def test_a_late_copy_is_not_promised() -> None:
    item = a_copy(a_record(), barcode="X1")
    index_all()
    check_out(item_id=item, patron_id=a_reader(), unit="GNC-M", by=SYSTEM, now=timezone.now() - timedelta(days=60))
    assert "On loan, was due back on" in text_of(results("?q=kur"))


@pytest.mark.parametrize(
    ("state", "listed", "own"),
    [
        ({"lost": "lost"}, "0 copies", "Missing"),
        ({"damaged": True}, "Not available", "Not available"),
        ({"restricted": True}, "Not available", "Not available"),
        ({"not_for_loan": True}, "For use in the library", "For use in the library"),
        ({"withdrawn": True}, "0 copies", "None of our libraries has a copy now."),
    ],
)
def test_a_copy_that_cannot_be_taken_is_not_called_available(state: dict[str, Any], listed: str, own: str) -> None:
    record = a_record()
    a_copy(record, **state)
    index_all()
    hit, page = text_of(results("?q=kur")), text_of(browser().get(f"/records/{record}/"))
    assert listed in hit
    assert own in page
    assert "1 available" not in hit + page
    assert "1 of 1 on the shelf" not in page


def test_a_book_without_copies_says_so() -> None:
    a_book(copies=())
    assert "0 copies" in text_of(results("?q=kur"))


def test_a_chosen_library_is_named_first() -> None:
    a_book(copies=("GNC-M", "GNC-M", "SAK-M"))
    assert "in: GNC-M kitabxanası, SAK-M kitabxanası" in text_of(results("?q=kur"))
    assert "in: SAK-M kitabxanası, GNC-M kitabxanası" in text_of(results("?q=kur&library=SAK"))


def test_facets_count_toggle_and_add_up_within_one() -> None:
    a_book(copies=("GNC-M",))
    a_book(field("041", a="rus"), title="Kür sahilində", copies=("SAK-M",))
    row = Record.objects.get(brief__title="Kür sahilində")
    marc = _in_russian(row.marc)
    Record.objects.filter(pk=row.pk).update(marc=marc, brief=derive(marc).brief)
    index_all()
    both = results("?q=kur")
    assert 'href="?q=kur&amp;language=aze"' in both.content.decode()
    one = results("?q=kur&language=aze")
    html = one.content.decode()
    assert "1 result" in text_of(one)
    assert 'href="?q=kur&amp;language=aze&amp;language=rus"' in html, "the other value can still be added"
    assert re.search(r'href="\?q=kur" aria-current="true"', html), "the chosen value can be let go"
    assert 'aria-label="Remove the filter Language: Azerbaijani"' in html
    assert "2 results" in text_of(results("?q=kur&language=aze&language=rus"))


def _in_russian(marc: dict[str, object]) -> dict[str, object]:
    fields = [{"008": "240101s1999    aj            000 1 rus d"} if "008" in one else one for one in marc["fields"]]  # type: ignore[attr-defined]
    return {**marc, "fields": fields}


def test_libraries_stand_as_a_tree() -> None:
    a_book(copies=("GNC-M",))
    a_book(title="Kür sahilində", copies=("SAK-M",))
    closed = text_of(results("?q=kur"))
    assert "GNC MKS 1" in closed
    assert "GNC-M kitabxanası 1" not in closed
    opened = text_of(results("?q=kur&library=GNC"))
    assert "GNC MKS 1 GNC-M kitabxanası 1 SAK MKS 1" in opened


def test_years_stand_in_decades_with_true_counts() -> None:
    for number in range(25):
        a_record(title=f"Kitab {number}")
    index_all()
    assert "1980–1989 25" in text_of(results("?q=kitab"))
    assert "25 results" in text_of(results("?q=kitab&year=1980-1989"))
    assert "Nothing was found" in text_of(results("?q=kitab&year=1990-1999"))


def test_counts_taken_from_a_part_of_very_many_hits_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(17):
        a_record(title=f"Kitab {number}")
    index_all()
    assert "Azerbaijani 17" in text_of(results("?q=kitab"))
    monkeypatch.setattr("kitabxana.search.models.tantivy_engine.SAMPLED_FROM", 16)
    assert re.search(r"Azerbaijani ≈ (16|32) ", text_of(results("?q=kitab*")))


def test_pages_go_on_and_absurd_ones_are_answered() -> None:
    for number in range(45):
        a_record(title=f"Kitab {number:02}")
    index_all()
    first = results("?q=kitab&sort=title").content.decode()
    assert first.count('class="k-hit"') == 20
    assert 'href="?q=kitab&amp;sort=title&amp;page=3"' in first
    assert results("?q=kitab&sort=title&page=3").content.decode().count('class="k-hit"') == 5
    for absurd in ("-1", "0", "x", "", "²", "1e3"):
        assert 'start="1"' in results(f"?q=kitab&page={absurd}").content.decode()
    for absurd in ("4", "999999", "9" * 400):
        assert 'start="41"' in results(f"?q=kitab&page={absurd}").content.decode()


def test_sorting_keeps_the_search_and_its_filters() -> None:
    for title in ("Çinar", "Ağac", "Ceyran"):
        a_record(title=title)
    index_all()
    html = results("?sort=title&language=aze").content.decode()
    assert re.findall(r'hx-boost="false">([^<]+)</a>', html) == ["Ağac", "Ceyran", "Çinar"]
    assert '<input type="hidden" name="language" value="aze">' in html
    assert '<option value="title" selected>' in html


def test_words_can_be_looked_for_in_one_field() -> None:
    a_book(title="Nizami haqqında", author="Araslı, Həmid")
    a_book(title="Xəmsə", author="Nizami Gəncəvi")
    assert "1 result" in text_of(results("?q=nizami&in=author"))
    assert "2 results" in text_of(results("?q=nizami"))
    assert "Xəmsə" not in text_of(results("?q=nizami&in=title"))


def test_nothing_found_gives_advice_and_ways_on() -> None:
    a_book()
    page = results("?q=zzzq&library=GNC&in=title")
    assert page.status_code == 200
    assert "Nothing was found for “zzzq”." in text_of(page)
    html = page.content.decode()
    assert 'href="?q=zzzq&amp;in=title"' in html
    assert 'href="?q=zzzq&amp;library=GNC"' in html


@pytest.mark.parametrize("many", [1, 40])
def test_a_page_of_twenty_takes_six_statements_at_most(
    many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(25):
        record = a_record(title=f"Kitab {number}")
        for at in range(many if number < 3 else 1):
            a_copy(record, barcode=f"B{number}-{at}", unit=("GNC-M", "GNC-2", "SAK-M")[at % 3])
    index_all()
    nobody, someone = browser(), signed_in(a_reader())
    for client in (nobody, someone):
        client.get("/search?q=kitab")
        with django_assert_max_num_queries(6):
            page = client.get("/search?q=kitab&library=GNC&language=aze")
        assert page.content.decode().count('class="k-hit"') == 20


def test_a_page_stays_small_whatever_is_in_it() -> None:
    """Under 60 KB with long titles in two scripts, full facets and a long query."""
    for number in range(30):
        subject, name = f"Азәрбајҹан әдәбијјаты {number} " * 4, f"Müəlliflərdən {number}, {'Əliağabəy ' * 6}"
        record = a_record(
            field("650", " 7", a=subject),
            field("880", "10", _6="245-01/(N", a="Бөјүк Азәрбајҹан китабы " * 5),
            title=f"Böyük Azərbaycan kitabı {number} " * 4, author=name,
        )  # fmt: skip
        a_copy(record, barcode=f"B{number}", unit=("GNC-M", "GNC-2", "SAK-M")[number % 3])
    index_all()
    page = results("?q=böyük+azərbaycan+kitabı&library=GNC&language=aze")
    assert page.content.decode().count('class="k-hit"') == 20
    assert len(page.content) < 60_000


def test_htmx_gets_the_part_and_the_history_the_whole() -> None:
    a_book()
    part = results("?q=kur", **{"HX-Request": "true"}).content.decode()
    assert 'id="results"' in part
    assert "<html" not in part
    assert "<title>kur · Search · Kitabxana</title>" in part
    whole = results("?q=kur", **{"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in whole.content.decode()
    assert "HX-Request" in whole["Vary"]


def test_what_was_hidden_after_indexing_is_not_shown() -> None:
    record = a_book()
    Record.objects.filter(pk=record).update(suppressed=True)
    assert "Dəli Kür" not in text_of(results("?q=kur"))


def test_a_hostile_query_stays_text_everywhere_on_the_page() -> None:
    a_book()
    hostile = """"><script>alert('x')</script><img src=x onerror=alert(1)>"""
    page = browser().get("/search", {"q": hostile, "author": hostile, "library": hostile, "year": hostile})
    html = page.content.decode()
    assert page.status_code == 200
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;alert" in html, "but it is shown back to who typed it"


def test_counting_in_sql_and_looking_at_each_copy_tell_the_same() -> None:
    """The list's one grouped statement and the book's page must never disagree on a copy."""
    record = a_record()
    flags = ("lost", "damaged", "not_for_loan", "restricted")
    for number, state in enumerate(product((False, True), repeat=len(flags))):
        values: dict[str, Any] = dict(zip(flags, state, strict=True))
        values["lost"] = "lost" if values["lost"] else ""
        item = a_copy(record, barcode=f"C{number}", unit=("GNC-M", "SAK-M")[number % 2], **values)
        move(item_id=item, place=("shelf", "shelf", "loan", "transit")[number % 4], now=timezone.now())
    counted: Counter[str] = Counter()
    for group in copy_groups([record])[record]:
        counted[state_of(group)] += group.count
    looked_at = Counter(state_of(item) for item in items_of([record])[record])
    assert counted == looked_at
    assert sum(counted.values()) == 2 ** len(flags)
    assert len(counted) > 4
