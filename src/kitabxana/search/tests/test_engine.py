"""What is put into the index is found, by the words a reader types, and what is taken out is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kitabxana.catalogue.rules import derive
from kitabxana.catalogue.tests.builders import field, marc
from kitabxana.search.facts import FACETS, Held, SearchRequest
from kitabxana.search.models import TantivyEngine
from kitabxana.search.rules import document
from kitabxana.search.tests.builders import typed

if TYPE_CHECKING:
    from pathlib import Path

BOOKS = (
    marc(field("650", " 7", a="Poemalar"), title="Xəmsə", author="Nizami Gəncəvi", number="1"),
    marc(field("020", a="978-0-253-32552-5"), title="İstanbul hatıralar ve şehir", author="Pamuk, Orhan", number="2"),
    marc(title="Dəli Kür", author="Şıxlı, İsmayıl", number="3"),
    marc(field("880", "10", _6="245-01/(N", a="Хәмсә"), title="Xəmsə (kiril)", author="Nizami Gəncəvi", number="4"),
    marc(field("500", a="Nizami haqqında"), title="Ədəbiyyat tarixi", author="Araslı, Həmid", number="5"),
)


@pytest.fixture
def engine(tmp_path: Path) -> TantivyEngine:
    engine = TantivyEngine(tmp_path / "index")
    writer = engine.writer()
    for at, book in enumerate(BOOKS, start=1):
        units = ("GNC-M", "GNC", "AZ") if at % 2 else ("SAK-M", "SAK", "AZ")
        writer.put(document(record_id=at, marc=book, derived=derive(book), held=Held(units=units)), fresh=True)
    writer.commit()
    writer.close()
    return engine


def ids(engine: TantivyEngine, text: str, **more: Any) -> list[int]:
    return [hit.record_id for hit in engine.search(SearchRequest(typed(text), **more)).hits]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("xəmsə", {1, 4}),
        ("XEMSE", {1, 4}),
        ("Хәмсә", {1, 4}),
        ("istanbul", {2}),
        ("ISTANBUL", {2}),
        ("İSTANBUL", {2}),
        ("sixli deli", {3}),
        ("nizami -xəmsə", {5}),
        ("author:nizami", {1, 4}),
        ("müəllif:nizami", {1, 4}),
        ('"dəli kür"', {3}),
        ('"kür dəli"', set()),
        ("pamuk OR şıxlı", {2, 3}),
        ("ədəb*", {5}),
        ("9780253325525", {2}),
        ("0-253-32552-6", set()),
        ("subject:poemalar", {1}),
        ("", {1, 2, 3, 4, 5}),
        ("mövcudolmayan", set()),
    ],
)
def test_what_a_reader_types_finds_what_is_meant(engine: TantivyEngine, typed: str, found: set[int]) -> None:
    assert set(ids(engine, typed)) == found


def test_a_word_in_the_author_weighs_more_than_in_a_note(engine: TantivyEngine) -> None:
    assert ids(engine, "nizami")[-1] == 5


def test_facets_count_and_filter(engine: TantivyEngine) -> None:
    facets = engine.facets(SearchRequest(typed(""), facets=FACETS), 5).by_facet
    assert dict(facets["library"]) == {"AZ": 5, "GNC-M": 3, "GNC": 3, "SAK-M": 2, "SAK": 2}
    assert dict(facets["language"]) == {"aze": 5}
    assert dict(facets["year"]) == {"1980-1989": 5}
    assert dict(facets["author"])["Nizami Gəncəvi"] == 2
    assert set(ids(engine, "", filters={"library": ("SAK",)})) == {2, 4}
    assert set(ids(engine, "", filters={"library": ("SAK",), "author": ("Nizami Gəncəvi",)})) == {4}
    assert set(ids(engine, "", filters={"author": ("Nizami Gəncəvi", "Pamuk, Orhan")})) == {1, 2, 4}
    assert len(ids(engine, "", filters={"year": ("1980-1989",)})) == 5
    assert ids(engine, "", filters={"year": ("1990-1999",)}) == []
    assert ids(engine, "", filters={"year": ("so-what",)}) == []


def test_pages_and_orders(engine: TantivyEngine) -> None:
    whole = ids(engine, "", sort="title")
    assert whole == [3, 5, 1, 4, 2]
    assert ids(engine, "", sort="title", offset=2, limit=2) == whole[2:4]
    assert ids(engine, "", sort="added") == [5, 4, 3, 2, 1]


def test_putting_again_replaces_and_removing_removes(engine: TantivyEngine) -> None:
    changed = marc(title="Yeni ad", number="3")
    writer = engine.writer()
    writer.put(document(record_id=3, marc=changed, derived=derive(changed), held=Held()))
    writer.remove([1])
    writer.commit()
    writer.close()
    assert engine.count() == 4
    assert ids(engine, "dəli") == []
    assert ids(engine, "yeni ad") == [3]
    assert ids(engine, "poemalar") == []


def test_what_was_not_committed_is_not_found(engine: TantivyEngine) -> None:
    book = marc(title="Yarımçıq")
    writer = engine.writer()
    writer.put(document(record_id=9, marc=book, derived=derive(book), held=Held()), fresh=True)
    writer.close()
    assert ids(engine, "yarımçıq") == []
