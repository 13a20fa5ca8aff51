"""Robots wait; people, readers and staff don't."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.http import QueryDict

from kitabxana.fronts.opac.limits import buckets, cost_of
from kitabxana.fronts.opac.tests.readers import a_book, a_reader, browser, signed_in, text_of
from kitabxana.organisation.tests.builders import a_login

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoAssertNumQueries, Settings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _few_searches(settings: Settings) -> Iterator[None]:
    settings.SEARCHES_PER_MINUTE = 6
    buckets.cache_clear()
    yield
    buckets.cache_clear()


def exhausted() -> None:
    for _ in range(6):
        assert browser().get("/search?q=kur").status_code == 200


def test_a_network_that_asks_too_much_is_told_when_to_come_back() -> None:
    exhausted()
    answer = browser().get("/search?q=kur")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 10
    assert answer["Cache-Control"] == "no-store"
    assert "Too many searches at once" in text_of(answer)
    part = browser().get("/search?q=kur", headers={"hx-request": "true"})
    assert (part.status_code, part["HX-Redirect"]) == (429, "/search?q=kur")
    assert "HX-Redirect" not in answer
    assert browser().get("/search?q=kur", REMOTE_ADDR="127.0.0.99").status_code == 429, (
        "a neighbour is the same network"
    )
    assert browser().get("/search?q=kur", REMOTE_ADDR="85.132.7.9").status_code == 200


def test_only_what_costs_much_is_measured() -> None:
    record = a_book()
    exhausted()
    for address in ("/search.atom?q=kur", "/shelf/GNC-M", f"/records/{record}/cite/"):
        assert browser().get(address).status_code == 429, address
    for address in ("/", f"/records/{record}/", f"/records/{record}.jsonld", "/sitemap.xml", "/robots.txt"):
        assert browser().get(address).status_code == 200, address


def test_readers_and_staff_never_wait() -> None:
    exhausted()
    assert signed_in(a_reader()).get("/search?q=kur").status_code == 200
    staff = browser()
    staff.force_login(a_login("anar", role="librarian", unit="GNC-M"))
    assert staff.get("/search?q=kur").status_code == 200


def test_zero_turns_it_off(settings: Settings) -> None:
    settings.SEARCHES_PER_MINUTE = 0
    assert [browser().get("/search?q=kur").status_code for _ in range(9)] == [200] * 9


def test_measuring_costs_no_statement(django_assert_num_queries: DjangoAssertNumQueries, settings: Settings) -> None:
    browser().get("/shelf/SAK-M")
    settings.SEARCHES_PER_MINUTE = 0
    with django_assert_num_queries(2):
        browser().get("/shelf/SAK-M")
    settings.SEARCHES_PER_MINUTE = 6
    with django_assert_num_queries(2):
        browser().get("/shelf/SAK-M")


@pytest.mark.parametrize(
    ("address", "cost"),
    [
        ("q=kur", 1),
        ("q=kur&page=2", 1),
        ("q=kur&page=60", 2),
        ("page=99999999999999999999", 2),
        ("page=²", 1),
        ("library=GNC&language=aze&language=rus&year=1990-1999", 5),
        ("utm_source=x", 1),
    ],
)
def test_filters_and_far_pages_count_more(address: str, cost: int) -> None:
    assert cost_of(QueryDict(address)) == cost
