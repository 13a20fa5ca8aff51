"""The record in other formats at permanent addresses, and citations."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from lxml import etree

from kitabxana.catalogue.tests.builders import Record, field
from kitabxana.formats.citing import STYLES
from kitabxana.fronts.opac.handlers.taking import FORMS
from kitabxana.fronts.opac.messages import CITATION_STYLES, FORMATS
from kitabxana.fronts.opac.tests.readers import a_book, browser, text_of

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
SITE = "http://testserver"


def test_every_format_has_a_name_and_an_address() -> None:
    assert set(FORMATS) == set(FORMS)
    assert set(CITATION_STYLES) == set(STYLES)


def test_each_format_says_the_same_book() -> None:
    record = a_book(field("020", a="9785170800049"), field("260", a="Bakı :", b="Yazıçı,", c="1982."), title="Dəli Kür")
    taken = {form: browser().get(f"/records/{record}.{form}") for form in FORMS}
    assert {form: (answer.status_code, answer["Content-Type"]) for form, answer in taken.items()} == {
        form: (200, wanted.content_type) for form, wanted in FORMS.items()
    }
    text = {form: answer.content.decode() for form, answer in taken.items()}
    assert "TI  - Dəli Kür\r\n" in text["ris"]
    assert f"UR  - {SITE}/records/{record}/\r\n" in text["ris"]
    assert "title = {{Dəli Kür}}" in text["bib"]
    assert taken["mrc"].content[:5].isdigit()
    assert taken["mrc"].content[-1:] == b"\x1d"
    assert "Dəli Kür" in etree.tostring(etree.fromstring(taken["marcxml"].content), method="text", encoding="unicode")
    assert "Dəli Kür" in etree.tostring(etree.fromstring(taken["dc.xml"].content), method="text", encoding="unicode")
    described = json.loads(text["jsonld"])
    assert (described["@type"], described["isbn"]) == ("Book", "9785170800049")
    assert described["@id"] == f"{SITE}/records/{record}/"
    assert json.loads(text["csl.json"])[0]["title"] == "Dəli Kür"


def test_a_file_for_a_program_is_downloaded_under_a_name() -> None:
    record = a_book()
    taken = browser().get(f"/records/{record}.ris")
    assert taken["Content-Disposition"] == f'attachment; filename="record-{record}.ris"'
    assert taken["X-Robots-Tag"] == "noindex"
    assert "Content-Disposition" not in browser().get(f"/records/{record}.jsonld")


@pytest.mark.parametrize("hidden", [{"suppressed": True}, {"deleted_at": "now"}])
def test_a_hidden_record_is_there_in_no_format(hidden: dict[str, object]) -> None:
    record = a_book()
    Record.objects.filter(pk=record).update(**{k: timezone.now() if v == "now" else v for k, v in hidden.items()})
    for address in (*(f"/records/{record}.{form}" for form in FORMS), f"/records/{record}/cite/"):
        gone = browser().get(address)
        assert gone.status_code == 404, address
        assert "Dəli Kür" not in gone.content.decode()


def test_under_one_address_everyone_gets_the_same_bytes() -> None:
    record = a_book(copies=("GNC-M", "SAK-M"))
    Record.objects.filter(pk=record).update(marc={"leader": "00000npc a2200000 i 4500", "fields": []})
    for form in FORMS:
        assert len({browser(language).get(f"/records/{record}.{form}").content for language in ("az", "en", "ru")}) == 1
    kept_at = json.loads(browser("en").get(f"/records/{record}.jsonld").content)["itemLocation"]
    assert [place["name"] for place in kept_at] == ["GNC-M kitabxanası", "SAK-M kitabxanası"]


def test_an_unknown_format_or_record_is_not_found() -> None:
    record = a_book()
    for address in (f"/records/{record}.exe", f"/records/{record}.", "/records/99999999999999999999.ris"):
        assert browser().get(address).status_code == 404


def test_what_is_unchanged_is_not_sent_again_and_what_was_hidden_is_not_kept() -> None:
    record = a_book()
    first = browser().get(f"/records/{record}.ris")
    assert "no-cache" in first["Cache-Control"]
    again = browser().get(f"/records/{record}.ris", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Record.objects.filter(pk=record).update(version=2)
    assert browser().get(f"/records/{record}.ris", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_a_record_too_long_for_iso_2709_is_given_as_marcxml() -> None:
    record = a_book(*(field("500", a="ş" * 4900) for _ in range(11)))
    answer = browser().get(f"/records/{record}.mrc")
    assert (answer.status_code, answer["Location"]) == (302, f"/records/{record}.marcxml")
    assert browser().get(f"/records/{record}.marcxml").status_code == 200


def test_what_xml_can_not_carry_is_said_not_broken() -> None:
    record = a_book(field("500", a="zəng \x07"))
    answer = browser().get(f"/records/{record}.marcxml")
    assert answer.status_code == 406
    assert "can't carry" in answer.content.decode()
    assert browser().get(f"/records/{record}.dc.xml").status_code == 200


@pytest.mark.parametrize(
    ("language", "said"),
    [("az", "2-ci nəşr"), ("tr", "2. bs."), ("en", "2nd ed."), ("ru", "2-е изд.")],
)
def test_citations_are_in_the_readers_language(language: str, said: str) -> None:
    record = a_book(field("250", a="2-ci nəşr"), field("260", a="Bakı", b="Yazıçı", c="1982"))
    page = browser(language).get(f"/records/{record}/cite/")
    text = text_of(page)
    assert text.count(said) == 4
    for style in CITATION_STYLES.values():
        assert style in text
    assert "Şıxlı, İ. (1982)." in text
    assert "<i>Dəli Kür</i>" in page.content.decode()


def test_hostile_text_stays_text_in_a_citation_and_in_the_head() -> None:
    record = a_book(field("520", a='"><script>alert(1)</script>'), title='<script>alert("x")</script>"')
    for address in (f"/records/{record}/cite/", f"/records/{record}/"):
        assert "<script>alert" not in browser().get(address).content.decode()


def test_formats_cost_few_statements(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    record = a_book()
    for form in FORMS:
        with django_assert_max_num_queries(3):
            assert browser().get(f"/records/{record}.{form}").status_code == 200


def test_the_page_tells_machines_what_it_is_about() -> None:
    record = a_book(
        field("520", a="Kür boyunda bir nəslin taleyi."), field("020", a="9785170800049"), title="Dəli Kür",
        copies=("GNC-M",),
    )  # fmt: skip
    html = browser().get(f"/records/{record}/").content.decode()
    page: Any = etree.HTML(html)
    address = f"{SITE}/records/{record}/"
    assert page.xpath("//link[@rel='canonical']/@href") == [address]
    (article,) = page.xpath("//article[@itemscope]")
    assert (article.get("itemtype"), article.get("itemid")) == ("https://schema.org/Book", address)
    said = {one.get("itemprop"): one.get("content") for one in article.xpath("meta[@itemprop]")}
    assert (said["name"], said["isbn"], said["inLanguage"]) == ("Dəli Kür", "9785170800049", "az")
    assert said["author"] == "Şıxlı, İsmayıl"
    graph = {one.get("property"): one.get("content") for one in page.xpath("//meta[starts-with(@property, 'og:')]")}
    assert (graph["og:type"], graph["og:title"], graph["og:url"]) == ("book", "Dəli Kür", address)
    assert "Kür boyunda" in graph["og:description"]
    assert page.xpath("//link[@type='application/ld+json']/@href") == [f"/records/{record}.jsonld"]
    assert not re.search(r"<script(?![^>]*\bsrc=)", html), "the policy allows no data block either"
