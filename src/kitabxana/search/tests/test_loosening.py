"""What is tried when nothing is found as asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from kitabxana.catalogue.tests.builders import a_record, field
from kitabxana.holdings.operations import move
from kitabxana.holdings.queries import items_by_barcode
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.search.facts import SearchAnswer, SearchRequest
from kitabxana.search.operations import index_records
from kitabxana.search.queries import as_written, each_hit, find
from kitabxana.search.rules.loosening import alike, beginnings
from kitabxana.search.tests.builders import typed

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_index(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def found(text: str, **more: Any) -> SearchAnswer:
    return find(SearchRequest(typed(text), **more))


def ids(answer: SearchAnswer) -> list[int]:
    return [hit.record_id for hit in answer.hits]


@pytest.mark.parametrize(
    ("word", "meant"),
    [("nizmai", "nizami"), ("nizamu", "nizami"), ("nzami", "nizami"), ("inzami", "nizami"), ("mizami", "nizami")],
)
def test_a_slip_of_the_finger_is_understood(word: str, meant: str) -> None:
    dictionary = {"nizami": 9, "nisa": 3, "xaqani": 5, "nizamilik": 1}
    near = {other: count for other, count in dictionary.items() if other.startswith(tuple(beginnings(word)))}
    assert alike(word, near)[0][0] == meant


def test_no_beginning_is_a_single_letter() -> None:
    for word in ("nizami", "koroğlu", "низами", "abc"):
        assert all(len(start) > 1 for start in beginnings(word))


def test_short_words_have_one_slip_at_most() -> None:
    assert alike("nar", {"var": 5, "nari": 2, "nabat": 1, "kar": 3, "naringi": 9}) == [
        ("nari", 1),
        ("var", 1),
        ("kar", 1),
    ]
    assert beginnings("ab") == []


def test_a_misspelt_word_finds_what_is_spelt_alike_and_says_so() -> None:
    book = a_record(title="Koroğlu dastanı")
    index_records([book, a_record(title="Leyli və Məcnun")])
    misspelt = found("Korolğu")
    assert (ids(misspelt), misspelt.loosened, misspelt.instead) == ([book], "alike", (("Korolğu", "koroglu"),))
    assert as_written("koroglu") == "Koroğlu"


@pytest.mark.parametrize("text", ["ybpfvb", "тшяфьш"])
def test_words_of_the_wrong_keyboard_are_typed_again(text: str) -> None:
    book = a_record(title="Nizami")
    index_records([book, a_record(title="Başqa")])
    assert ids(found(text)) == [book]


def test_the_alphabet_of_the_nineteen_thirties_is_read() -> None:
    book = a_record(title="Azərbaycan Cümhuriyyəti")
    index_records([book, a_record(title="Azərbaycan nağılları")])
    assert ids(found("Azərbajçan Cymhurijjəti")) == [book]


def test_most_of_the_words_are_better_than_nothing() -> None:
    book = a_record(title="Qırmızı saçlı qadın", author="Orhan Pamuk")
    index_records([book, a_record(title="Saç"), a_record(title="Evim"), a_record(title="Qar evi")])
    answer = found("orhan pamuk qırmızı evim")
    assert answer.loosened == "most"
    assert ids(answer)[0] == book


def test_what_is_left_out_stays_out_when_loosening() -> None:
    evim = a_record(title="Evim")
    index_records([a_record(title="Qırmızı saçlı qadın"), evim])
    assert ids(found("saçlı evim -qırmızı")) == [evim]


def test_a_form_of_a_word_that_stands_in_a_note_only_is_found() -> None:
    book = a_record(field("500", a="Xalça sənəti haqqında"))
    index_records([book])
    assert ids(found("xalçalarımız")) == [book]


def test_a_rare_word_offers_the_usual_one() -> None:
    usual = [a_record(title=f"Tarix {number}") for number in range(30)]
    index_records([*usual, a_record(title="Tatix")])
    assert found("tatix").instead == (("tatix", "tarix"),)
    assert found("tarix").instead == ()


def test_only_what_stands_on_a_shelf() -> None:
    a_nation()
    there, lent, lost = a_record(title="Nar"), a_record(title="Nar"), a_record(title="Nar")
    a_copy(there, unit="GNC-2", barcode="A")
    move(item_id=a_copy(lent, unit="GNC-2", barcode="B"), place="loan", now=timezone.now())
    a_copy(lost, unit="GNC-2", barcode="C", lost="lost")
    index_records([there, lent, lost])
    assert len(ids(found("nar"))) == 3
    answer = found("nar", available=True)
    assert (ids(answer), answer.total, answer.cut) == ([there], 1, False)
    assert ids(found("nar", available=True, filters={"library": ("SAK",)})) == []


def test_what_is_only_narrowed_away_is_not_respelt() -> None:
    a_nation()
    book = a_record(title="Nar ağacı")
    a_copy(book, unit="GNC-2", barcode="A")
    index_records([book, a_record(title="Nar"), a_record(title="Ağac")])
    elsewhere = found("nar ağacı", filters={"library": ("SAK",)})
    assert (elsewhere.total, elsewhere.loosened, elsewhere.instead) == (0, "", ())
    move(item_id=next(iter(items_by_barcode(["A"]).values())).id, place="loan", now=timezone.now())
    lent = found("nar ağacı", available=True)
    assert (lent.total, lent.loosened) == (0, "")


def test_a_barcode_leads_to_its_record() -> None:
    a_nation()
    book = a_record(title="Nar")
    a_copy(book, unit="GNC-2", barcode="AZ-000-17")
    index_records([book])
    assert ids(found("barkod:AZ-000-17")) == [book]
    assert ids(found("barkod:AZ-000-18")) == []


def test_all_hits_can_be_gone_through() -> None:
    books = [a_record(title="Nar") for _ in range(5)]
    index_records(books)
    assert [record for batch in each_hit(SearchRequest(typed("nar"))) for record in batch] == books
