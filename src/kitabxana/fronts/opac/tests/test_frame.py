"""The first page, the frame around every page, languages, errors, and what machines ask for."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.test.client import RequestFactory
from django.urls import URLPattern
from django.utils import translation
from django.views import defaults

from kitabxana.base.actor import SYSTEM
from kitabxana.base.code_names import language_name
from kitabxana.catalogue.tests.builders import field
from kitabxana.fronts.opac import urls
from kitabxana.fronts.opac.render.libraries import opening
from kitabxana.fronts.opac.render.words import day, number
from kitabxana.fronts.opac.tests.readers import a_book, a_reader, browser, signed_in, text_of
from kitabxana.organisation.operations import add_closure, set_hours
from kitabxana.organisation.queries import tree
from kitabxana.organisation.tests.builders import a_login

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def test_the_first_page_shows_search_arrivals_and_libraries() -> None:
    record = a_book()
    a_book(title="Dəli Kür")  # the same work again is not shown twice
    page = browser().get("/")
    html, text = page.content.decode(), text_of(page)
    assert 'action="/search"' in html
    assert "2 works in our catalogue." in text
    assert html.count("k-book-title") == 1
    assert f"/records/{record}" in html or f"/records/{record + 1}" in html
    for said in ("GNC MKS", "GNC-M kitabxanası", "SAK MKS", "SAK-M kitabxanası"):
        assert said in text


def test_books_in_the_readers_language_have_their_own_shelf() -> None:
    a_book(title="Dəli Kür")
    text = text_of(browser("az").get("/"))
    assert "Dəli Kür" in text
    assert 'href="/search?sort=added&amp;language=aze"' in browser("az").get("/").content.decode()
    assert 'href="/search?sort=added&amp;language=rus"' not in browser("ru").get("/").content.decode()


def test_the_first_page_takes_a_bounded_number_of_statements(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    a_book()
    client = signed_in(a_reader())
    client.get("/")
    with django_assert_max_num_queries(5):
        client.get("/")


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 11, 23, 6, tzinfo=UTC), "open until 18:00"),  # Monday, 10:00 in Baku
        (datetime(2026, 11, 23, 4, 59, tzinfo=UTC), "opens today at 09:00"),
        (datetime(2026, 11, 23, 14, tzinfo=UTC), "closed, opens tomorrow at 09:00"),  # 18:00: shut
        (datetime(2026, 11, 28, 6, tzinfo=UTC), "closed, opens on Monday at 09:00"),
        (datetime(2026, 12, 24, 21, tzinfo=UTC), "closed for now"),  # already the 25th in Baku
    ],
)
def test_open_or_closed_by_the_librarys_own_clock(at: datetime, said: str) -> None:
    set_hours(unit="GNC-M", weekly={weekday: (time(9), time(18)) for weekday in range(1, 6)}, by=SYSTEM)
    add_closure(unit="AZ", first_day=date(2026, 12, 25), last_day=date(2027, 1, 10), by=SYSTEM)
    with translation.override("en"):
        told = opening(tree(), tree().units["GNC-M"], now=at)
    assert told is not None
    assert told.text == said
    assert told.open == said.startswith("open until")


def test_the_language_is_switched_on_the_page_one_is_on() -> None:
    client = Client()
    page = client.get("/search?q=kur")
    assert '<html lang="az"' in page.content.decode(), "Azerbaijani until the reader chooses"
    assert 'name="next" id="here" value="/search?q=kur"' in page.content.decode()
    changed = client.post("/i18n/setlang/", {"language": "ru", "next": "/search?q=kur"})
    assert changed["Location"] == "/search?q=kur"
    assert '<html lang="ru"' in client.get("/search?q=kur").content.decode()
    assert client.post("/i18n/setlang/", {"language": "en", "next": "https://evil.example/"})["Location"] == "/"


@pytest.mark.parametrize(
    ("language", "thousands", "december", "names"),
    [
        ("az", "12.345", "8 dekabr", ("Azərbaycan", "İngilis", "Fars")),
        ("tr", "12.345", "8 Aralık", ("Azerbaycan dili", "İngilizce", "Farsça")),
        ("en", "12,345", "December 8", ("Azerbaijani", "English", "Persian")),
        ("ru", "12\xa0345", "8 декабря", ("Азербайджанский", "Английский", "Персидский")),
    ],
)
def test_numbers_days_and_languages_by_locale(
    language: str, thousands: str, december: str, names: tuple[str, ...]
) -> None:
    with translation.override(language):
        assert number(12345) == thousands
        assert day(date(2026, 12, 8), today=date(2026, 11, 23)) == december
        assert "2027" in day(date(2027, 12, 8), today=date(2026, 11, 23))
        assert tuple(language_name(code) for code in ("aze", "eng", "per")) == names
        assert language_name("qqq") == "Qqq"


def test_errors_wear_the_houses_face() -> None:
    client = browser()
    for address in ("/nope", "/records/x/", "/records/5/"):
        lost = client.get(address)
        assert lost.status_code == 404
        assert "There is no such page" in text_of(lost)
        assert 'class="k-brand"' in lost.content.decode()
    client.force_login(a_login("anar", role="librarian", unit="GNC-M"))
    shut = client.get("/account/")
    assert shut.status_code == 403
    assert "This page is not open to you" in text_of(shut)


def test_the_pages_for_bad_requests_and_faults_need_nothing_that_may_be_broken(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    request = RequestFactory().get("/")
    with django_assert_num_queries(0), translation.override("en"):
        bad, fault = defaults.bad_request(request, ValueError()), defaults.server_error(request)
    assert (bad.status_code, fault.status_code) == (400, 500)
    assert "This request was not understood" in text_of(bad)
    assert "Something broke on our side" in text_of(fault)
    assert "data-bs-theme" not in fault.content.decode()


def test_every_address_says_who_may_enter() -> None:
    own = ("account", "renew", "notices", "place_hold", "hold", "history", "details", "own_data", "family", "charges",
           "receipt")  # fmt: skip
    others = {**dict.fromkeys(own, "reader"), "preview": "staff"}
    for route in urls.urlpatterns:
        assert isinstance(route, URLPattern)
        kind, _permission = route.callback.access  # type: ignore[attr-defined]
        assert kind == others.get(str(route.name), "public")


def test_pages_obey_the_strictest_policy() -> None:
    record = a_book(field("520", a="Məzmun"))
    reader = signed_in(a_reader())
    for address in ("/", "/search?q=kur", f"/records/{record}/", f"/records/{record}/marc/", "/sign-in/", "/account/"):
        page = reader.get(address, follow=True)
        html = page.content.decode()
        assert "script-src 'self'" in page["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*\bsrc=)", html)
        assert not re.search(r"<[^>]+\s(?:style|on\w+)=", html)


def test_machines_get_their_files() -> None:
    robots = browser().get("/robots.txt")
    assert robots["Content-Type"].startswith("text/plain")
    for shut in ("/search", "/account/", "/desk/"):
        assert f"Disallow: {shut}" in robots.content.decode().splitlines()
    icon = browser().get("/favicon.ico")
    assert icon.status_code == 302
    assert re.search(r"/static/base/favicon.*\.svg$", icon["Location"])


def test_no_template_trusts_text() -> None:
    templates = list((Path(urls.__file__).parent / "templates").rglob("*.html"))
    assert templates
    for template in templates:
        source = template.read_text()
        assert "|safe" not in source
        assert "autoescape off" not in source
