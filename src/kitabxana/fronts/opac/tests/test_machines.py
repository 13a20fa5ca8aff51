"""What machines ask for: feeds, the map of the site, robots.txt, the description of the search."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from kitabxana.catalogue.tests.builders import Record, change, field
from kitabxana.fronts.opac.handlers import sitemap
from kitabxana.fronts.opac.handlers.taking import FORMS
from kitabxana.fronts.opac.tests.readers import a_book, a_record, browser, index_all

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
SITE = "http://testserver"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def read(response: Any) -> Any:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return etree.fromstring(body)


def test_a_search_is_followed_with_its_newest_records_first() -> None:
    old = a_book(field("650", " 7", a="Çaylar"), title="Kür nağılı")
    new = a_book(title="Kür nəğməsi")
    a_book(title="Araz", author="Başqa, Adam")
    change(new, changed_at=datetime(2026, 11, 20, 8, tzinfo=UTC), created_at=datetime(2026, 11, 19, 8, tzinfo=UTC))
    change(old, changed_at=datetime(2026, 11, 18, 8, tzinfo=UTC))
    answer = browser().get("/search.atom?q=kur&sort=title&page=3")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = read(answer)
    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    assert feed.findtext("a:title", namespaces=ATOM) == "New for “kur” · Kitabxana"
    assert feed.findtext("a:updated", namespaces=ATOM) == "2026-11-20T08:00:00+00:00"
    entries = feed.findall("a:entry", ATOM)
    assert [entry.findtext("a:id", namespaces=ATOM) for entry in entries] == [
        f"{SITE}/records/{new}/", f"{SITE}/records/{old}/",
    ]  # fmt: skip
    assert entries[0].findtext("a:published", namespaces=ATOM) == "2026-11-19T08:00:00+00:00"
    assert "Şıxlı, İsmayıl" in entries[0].findtext("a:author/a:name", namespaces=ATOM)
    assert feed.xpath("a:link[@rel='alternate']/@href", namespaces=ATOM) == [f"{SITE}/search?q=kur&sort=added"]


def test_a_feed_has_the_filters_of_its_search_and_hides_what_is_hidden() -> None:
    here, hidden = a_book(title="Kür"), a_book(title="Kür gizli")
    a_book(title="Kür uzaqda", copies=("SAK-M",))
    change(hidden, suppressed=True)
    entries = read(browser().get("/search.atom?q=kur&library=GNC")).findall("a:entry", ATOM)
    assert [entry.findtext("a:title", namespaces=ATOM) for entry in entries] == ["Kür"]
    assert entries[0].findtext("a:id", namespaces=ATOM).endswith(f"/{here}/")
    assert read(browser().get("/search.atom?q=zzzq")).findall("a:entry", ATOM) == []


def test_a_feed_is_short_cheap_and_kept(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(33):
        a_record(title=f"Kür {number} <&> \x02")
    index_all()
    with django_assert_max_num_queries(1):
        answer = browser().get("/search.atom?q=kur")
    assert len(read(answer).findall("a:entry", ATOM)) == 30
    assert "max-age=900" in answer["Cache-Control"]
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in answer["Vary"].split(",")}, (
        "its words are a language's"
    )
    again = browser().get("/search.atom?q=kur", headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304


def test_the_results_page_leads_to_its_feed() -> None:
    a_book()
    html = browser().get("/search?q=kür&library=GNC&sort=title&page=1").content.decode()
    address = "/search.atom?q=k%C3%BCr&amp;library=GNC"
    assert f'<link rel="alternate" type="application/atom+xml" href="{address}">' in html
    assert html.count(address) == 2


def test_the_site_map_has_every_record_that_may_be_seen_with_its_day(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(sitemap, "BATCH", 2)
    records = [a_record(title=f"Kitab {at}") for at in range(5)]
    change(records[1], suppressed=True)
    change(records[2], deleted_at=datetime(2026, 1, 1, tzinfo=UTC))
    change(records[3], changed_at=datetime(2026, 3, 4, 5, tzinfo=UTC))
    parts = read(browser().get("/sitemap.xml")).xpath("s:sitemap/s:loc/text()", namespaces=MAP)
    assert parts[0] == f"{SITE}/sitemap-0.xml"
    part = records[0] // sitemap.PART
    with django_assert_num_queries(1 + 3):
        listed = read(browser().get(f"/sitemap-{part}.xml"))
    addresses = listed.xpath("s:url/s:loc/text()", namespaces=MAP)
    assert addresses == [f"{SITE}/records/{records[at]}/" for at in (0, 3, 4)]
    assert listed.xpath("s:url/s:lastmod/text()", namespaces=MAP)[1] == "2026-03-04"


def test_parts_of_the_site_map_meet_without_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "PART", 3)
    records = [a_record(title=f"Kitab {at}") for at in range(8)]
    parts = read(browser().get("/sitemap.xml")).xpath("s:sitemap/s:loc/text()", namespaces=MAP)
    found = [
        address
        for part in parts[-4:]
        for address in read(browser().get(part.removeprefix(SITE))).xpath("s:url/s:loc/text()", namespaces=MAP)
    ]
    assert found[-8:] == [f"{SITE}/records/{record}/" for record in records]
    assert browser().get(f"/sitemap-{len(parts)}.xml").status_code == 404
    assert browser().get("/sitemap-99999999999999999999.xml").status_code == 404


def test_an_empty_catalogue_has_an_empty_map() -> None:
    Record.objects.all().delete()
    assert read(browser().get("/sitemap.xml")).xpath("s:sitemap", namespaces=MAP) == []


def allowed(path: str) -> bool:
    """By the rules of RFC 9309, wildcards among them."""
    lines = browser().get("/robots.txt").content.decode().splitlines()
    shut = [line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow: ")]
    return not any(_covers(rule, path) for rule in shut)


def _covers(rule: str, path: str) -> bool:
    head, star, tail = rule.partition("*")
    if not path.startswith(head):
        return False
    ends = tail.removesuffix("$")
    return not star or (path.endswith(ends) if tail.endswith("$") else ends in path[len(head) :])


def test_robots_read_the_books_and_stay_away_from_the_rest() -> None:
    text = browser().get("/robots.txt").content.decode()
    assert f"Sitemap: {SITE}/sitemap.xml" in text
    for open_to_all in ("/", "/records/5/", "/records/5.jsonld", "/covers/5.svg", "/sitemap.xml", "/sitemap-0.xml"):
        assert allowed(open_to_all), open_to_all
    dear = ["/search", "/search?q=a&author=b", "/search.atom?q=a", "/shelf/GNC-M?from=5", "/records/5/cite/",
            "/records/5/marc/", "/account/", "/my-library/?next=/", "/desk/", "/api/v1/biblios"]  # fmt: skip
    dear += [f"/records/5.{form}" for form in FORMS if form != "jsonld"]
    for shut in dear:
        assert not allowed(shut), shut


def test_browsers_can_add_the_search() -> None:
    page = browser().get("/").content.decode()
    assert '<link rel="search" type="application/opensearchdescription+xml"' in page
    answer = browser().get("/opensearch.xml")
    assert answer["Content-Type"] == "application/opensearchdescription+xml"
    (name,) = read(answer).xpath("//*[local-name()='ShortName']/text()")
    assert len(name) <= 16
    templates = read(answer).xpath("//*[local-name()='Url']/@template")
    assert f"{SITE}/search?q={{searchTerms}}" in templates


def test_what_machines_get_is_kept_for_a_day() -> None:
    a_book()
    for address in ("/sitemap.xml", "/sitemap-0.xml", "/robots.txt", "/opensearch.xml"):
        kept = browser().get(address)["Cache-Control"]
        assert f"max-age={int(timedelta(days=1).total_seconds())}" in kept, address
