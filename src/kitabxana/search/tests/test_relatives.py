"""Words meet their relatives in other scripts, spellings and forms, and rank below what is written as typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kitabxana.catalogue.rules import derive
from kitabxana.catalogue.tests.builders import field, marc
from kitabxana.search.facts import FACETS, Held, SearchRequest
from kitabxana.search.models import TantivyEngine, tantivy_engine
from kitabxana.search.rules import document
from kitabxana.search.rules.kin import LAYERS
from kitabxana.search.tests.builders import typed

if TYPE_CHECKING:
    from pathlib import Path


def in_language(code: str, *fields: dict[str, Any], **basics: str) -> dict[str, Any]:
    made = marc(*fields, **basics)
    return {
        **made,
        "fields": [{"008": one["008"][:35] + code + " d"} if "008" in one else one for one in made["fields"]],
    }


def an_index(home: Path, *books: dict[str, Any], **held: Any) -> TantivyEngine:
    engine = TantivyEngine(home / "index")
    writer = engine.writer()
    for number, book in enumerate(books, start=1):
        stock = held.get(f"held_{number}", Held(units=("AZ",)))
        writer.put(document(record_id=number, marc=book, derived=derive(book), held=stock), fresh=True)
    writer.commit()
    writer.close()
    return engine


def ids(engine: TantivyEngine, text: str, **more: Any) -> list[int]:
    return [hit.record_id for hit in engine.search(SearchRequest(typed(text), **more)).hits]


@pytest.mark.parametrize("text", ["Xəmsə", "xemse", "hemse", "Хәмсә", "Hamse", "xəmsəni", "خمسه"])
def test_one_book_is_found_however_it_is_spelled(tmp_path: Path, text: str) -> None:
    other = marc(title="Leyli və Məcnun", author="Füzuli")
    engine = an_index(tmp_path, other, marc(title="Xəmsə", author="Nizami Gəncəvi"))
    assert ids(engine, text) == [2]


@pytest.mark.parametrize(
    ("written", "language", "text"),
    [
        ("Qarabağ", "aze", "karabağ"),
        ("Xəzər", "aze", "hazar"),
        ("Kitablarımızdan", "aze", "kitab"),
        ("Şiirler", "tur", "şiirlerinden"),
        ("Война и мир", "rus", "voina"),
        ("Книги о природе", "rus", "книга"),
        ("The Cats of Istanbul", "eng", "cat"),
        ("Гарабағ", "aze", "qarabag"),
        ("Ƶurnalist", "aze", "jurnalist"),
        ("نظامی گنجوی", "per", "nizami"),
    ],
)
def test_relatives_meet(tmp_path: Path, written: str, language: str, text: str) -> None:
    engine = an_index(tmp_path, in_language(language, title=written), marc(title="Ayrı bir dəftər", author="Başqası"))
    assert ids(engine, text)[0] == 1


def test_what_is_written_as_typed_comes_first_then_folded_then_relatives(tmp_path: Path) -> None:
    titles = ("Karabağ", "Qarabag", "Qarabağ", "Qarabağlı")
    engine = an_index(tmp_path, *(marc(title=title) for title in titles))
    found = [titles[record - 1] for record in ids(engine, "Qarabağ")]
    assert found[:3] == ["Qarabağ", "Qarabag", "Karabağ"]


def test_a_layer_of_no_weight_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = an_index(tmp_path, marc(title="Qarabağ"))
    assert ids(engine, "karabağ") == [1]
    for layer in ("bridged", "stemmed"):
        monkeypatch.setitem(LAYERS, layer, 0)
    assert ids(engine, "karabağ") == []
    assert ids(engine, "qarabag") == [1]


def test_the_more_popular_of_equals_comes_first(tmp_path: Path) -> None:
    engine = an_index(tmp_path, marc(title="Nar"), marc(title="Nar"), held_2=Held(units=("AZ",), popularity=6))
    assert ids(engine, "nar") == [2, 1]


def test_words_of_a_role_and_of_a_subfield(tmp_path: Path) -> None:
    translated = marc(
        field("700", "1 ", a="Vurğun, Səməd", _4="trl"), field("020", a="9789952800005"), number="AZ-000017"
    )
    engine = an_index(tmp_path, translated, marc(author="Vurğun, Səməd"))
    assert ids(engine, "tərcüməçi:vurğun") == [1]
    assert set(ids(engine, "müəllif:vurğun")) == {1, 2}
    assert ids(engine, "marc:700a=vurğun") == [1]
    assert ids(engine, "700$a:vurğun") == [1]
    assert ids(engine, "AZ-000017") == [1]
    assert ids(engine, "isbn:978-9952-8-0000-5") == [1]


def test_codes_spans_and_call_numbers(tmp_path: Path) -> None:
    engine = an_index(
        tmp_path,
        in_language("aze", field("041", "1 ", a="aze", h="rus"), field("080", a="821.512.162")),
        in_language("tur"),
        held_2=Held(units=("TR",), call_numbers=("813 PAM",), added=20261120),
    )
    assert ids(engine, "dil:türkcə") == [2]
    assert ids(engine, "orijinal:rus") == [1]
    assert ids(engine, "şifr:821.512*") == [1]
    assert ids(engine, 'şifr:"813 PAM"') == [2]
    assert ids(engine, "new:30") == [2]
    assert set(ids(engine, "il:1980-1990")) == {1, 2}
    assert ids(engine, "il:1990-") == []
    assert ids(engine, "kitabxana:TR") == [2]


def test_very_many_hits_are_estimated_from_a_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = an_index(tmp_path, *(marc(title=f"Nar {number}") for number in range(64)))
    request = SearchRequest(typed("nar"), facets=FACETS, filters={"library": ("AZ",)})
    exact = engine.facets(request, 64)
    assert dict(exact.by_facet["language"]) == {"aze": 64}
    assert not exact.estimated
    monkeypatch.setattr(tantivy_engine, "SAMPLED_FROM", 10)
    sampled = engine.facets(request, 64)
    assert sampled.by_facet == exact.by_facet
    assert sampled.estimated == set(FACETS)


def test_of_very_many_headings_that_begin_alike_the_usual_ones_come_from_a_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = [marc(title=f"Nar {number}", author="Nazim Hikmət") for number in range(200)]
    engine = an_index(
        tmp_path, *usual, *(marc(title=f"Nağıl {number}", author=f"Yazar {number}") for number in range(99))
    )
    whole = engine.suggestions("na", 2)
    monkeypatch.setattr(tantivy_engine, "SAMPLED_FROM", 10)
    assert engine.suggestions("na", 2)[0] == whole[0]
    assert whole[0][1] == 200, "counted in all records, wherever it was met"
    few = engine.terms("suggest_few", "na", 1000)
    assert 5 < len(few) < 100
    assert engine.suggestions("na", 500) == engine.terms("suggest", "na", 500), "with few, all are looked through"


def test_ids_of_all_hits_come_in_order(tmp_path: Path) -> None:
    engine = an_index(tmp_path, *(marc(title="Nar") for _ in range(7)))
    request = SearchRequest(typed("nar"))
    assert engine.ids_after(request, 0, 3) == [1, 2, 3]
    assert engine.ids_after(request, 3, 9) == [4, 5, 6, 7]
