"""Files into the catalogue: counted, matched, resumed, nothing lost."""

from __future__ import annotations

import base64
import gzip
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import zstandard
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kitabxana.base import outbox
from kitabxana.base.actor import NOBODY, SYSTEM
from kitabxana.catalogue.queries import count_records, newest, record
from kitabxana.catalogue.tests.builders import field, former_states, marc
from kitabxana.exchange.facts import Profile, Summary
from kitabxana.exchange.operations import import_marc
from kitabxana.exchange.rules import feed
from kitabxana.exchange.tests.builders import a_file, copy_952, numbered
from kitabxana.formats.marc import (
    SourceError,
    control,
    fields,
    iter_records,
    marcxml_collection,
    subfield,
    to_marcjson,
    to_marcxml,
    to_mrk,
)
from kitabxana.formats.marc.tests.corpus import DATA
from kitabxana.holdings.queries import item_by_barcode, items_of
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.search.facts import SearchRequest
from kitabxana.search.operations import gather_headings, headings_changed
from kitabxana.search.queries import find, status
from kitabxana.search.tests.builders import typed

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _house(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"
    a_nation()
    outbox.settle(list(range(10_000)))


def open_text(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()


def browse_lines() -> set[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, text, see, also, key_az FROM search_heading")
        return set(cursor.fetchall())


def counts(summary: Summary) -> tuple[int, int, int, int, int]:
    return summary.read, summary.created, summary.updated, summary.unchanged, summary.rejected


def test_a_file_becomes_findable_records_with_their_copies(tmp_path: Path) -> None:
    summary = import_marc(a_file(tmp_path / "a.mrc", numbered(3)), by=SYSTEM)
    assert counts(summary) == (3, 3, 0, 0, 0)
    answer = find(SearchRequest(typed("kitab"), facets=("library",)))
    assert answer.total == 3
    assert dict(answer.counts.by_facet["library"])["GNC-M"] == 3
    assert dict(answer.counts.by_facet["library"])["AZ"] == 3
    item = item_by_barcode("B2")
    assert item is not None
    assert (item.home_unit, item.call_number, item.item_type) == ("GNC-M", "821.512.162", "BK")
    assert status().in_step


def test_run_twice_it_doubles_nothing(tmp_path: Path) -> None:
    file = a_file(tmp_path / "a.mrc", numbered(3))
    import_marc(file, by=SYSTEM)
    again = import_marc(file, by=SYSTEM)
    assert counts(again) == (3, 0, 0, 3, 0)
    assert again.items_created == 0
    assert count_records() == 3


def test_a_changed_record_is_updated_and_its_former_state_kept(tmp_path: Path) -> None:
    import_marc(a_file(tmp_path / "a.mrc", numbered(2)), by=SYSTEM)
    changed = numbered(2)
    changed[1]["fields"].append(field("520", a="Yeni annotasiya"))
    summary = import_marc(a_file(tmp_path / "b.mrc", changed), by=SYSTEM)
    assert counts(summary) == (2, 0, 1, 1, 0)
    assert [former_states(record_id) for record_id, _ in newest(2)] == [1, 0]
    assert find(SearchRequest(typed("annotasiya"))).total == 1


def test_one_control_number_for_two_strangers_makes_two_records(tmp_path: Path) -> None:
    """Files without 003 share numbers: overlaying a stranger would lose a record."""
    one, other = marc(title="Dəli Kür", number="7"), marc(title="Anna Karenina", author="Tolstoy, Leo", number="7")
    for record_json in (one, other):
        record_json["fields"] = [entry for entry in record_json["fields"] if "003" not in entry]
    import_marc(a_file(tmp_path / "a.mrc", [one]), by=SYSTEM)
    summary = import_marc(a_file(tmp_path / "b.mrc", [other]), by=SYSTEM)
    assert counts(summary) == (1, 1, 0, 0, 0)
    assert count_records() == 2


def test_alike_records_with_one_number_in_one_file_stay_two(tmp_path: Path) -> None:
    file = a_file(tmp_path / "a.mrc", [marc(title="Əsərləri 1", number="7"), marc(title="Əsərləri 2", number="7")])
    assert counts(import_marc(file, by=SYSTEM)) == (2, 2, 0, 0, 0)
    assert counts(import_marc(file, by=SYSTEM)) == (2, 0, 0, 2, 0)


def test_records_without_a_number_are_known_by_their_content(tmp_path: Path) -> None:
    file = a_file(tmp_path / "a.mrc", [marc(title="Nömrəsiz"), marc(title="Nömrəsiz")])
    assert counts(import_marc(file, by=SYSTEM)) == (2, 1, 0, 1, 0)
    assert counts(import_marc(file, by=SYSTEM)) == (2, 0, 0, 2, 0)


def test_a_bad_record_is_set_aside_with_its_bytes_and_the_rest_goes_on(tmp_path: Path) -> None:
    file = a_file(tmp_path / "a.mrc", numbered(4), junk_after=2)
    summary = import_marc(file, by=SYSTEM)
    assert (summary.created, summary.rejected) == (4, 1)
    lines = [json.loads(line) for line in (tmp_path / summary.rejects_file).read_text().splitlines()]
    assert len(lines) == 1
    raw = base64.b64decode(lines[0]["record_base64"])
    assert file.read_bytes()[lines[0]["offset"] :].startswith(raw)
    assert lines[0]["reason"]


@pytest.mark.parametrize("write", [to_marcjson, to_mrk, to_marcxml])
def test_every_format_brings_the_same_records(tmp_path: Path, write: Callable[[dict[str, Any]], bytes]) -> None:
    iso = a_file(tmp_path / "a.mrc", numbered(3))
    file = tmp_path / "records.of.any.name"
    file.write_bytes(b"\n".join(write(parsed.marc) for parsed in iter_records(iso) if parsed.marc))
    assert counts(import_marc(file, by=SYSTEM)) == (3, 3, 0, 0, 0)
    assert counts(import_marc(iso, by=SYSTEM)) == (3, 0, 0, 3, 0)
    assert item_by_barcode("B3") is not None


def test_a_format_that_was_told_is_kept_to(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(to_marcjson(numbered(1)[0]))
    assert counts(import_marc(file, by=SYSTEM, profile=Profile(form="mrk"))) == (1, 0, 0, 0, 1)


def test_unimarc_becomes_marc21_and_what_has_no_place_is_reported(tmp_path: Path) -> None:
    summary = import_marc(DATA / "unimarc.iso2709.mrc.gz", by=SYSTEM)
    assert (summary.read, summary.rejected) == (220, 0)
    assert summary.created + summary.unchanged + summary.updated == 220
    lines = [json.loads(line) for line in open_text(summary.rejects_file)]
    assert len(lines) == summary.incomplete > 50
    assert {line["reason"] for line in lines} == {"not_carried_over"}
    assert b"\x1d" in base64.b64decode(lines[0]["record_base64"])
    assert find(SearchRequest(typed("Джейн Эйр"))).total >= 1
    stored = [record(record_id) for record_id, _ in newest(300)]
    assert all(one and len(control(one.marc, "008")) == 40 for one in stored)
    authorities = import_marc(DATA / "unimarc_auth.iso2709.mrc.gz", by=SYSTEM)
    assert (authorities.read, authorities.created, authorities.rejected) == (566, 566, 0)


def test_irbis_comes_with_its_copies(tmp_path: Path) -> None:
    file = DATA.parent / "irbis" / "istu.irbis64.txt.gz"
    summary = import_marc(file, by=SYSTEM, profile=Profile(library="GNC-M"))
    assert (summary.read, summary.created, summary.rejected) == (300, 300, 0)
    item = item_by_barcode("6642906664685")
    assert item is not None
    assert (item.home_unit, item.accession_number, item.location) == ("GNC-M", "666468", "КХ")
    assert find(SearchRequest(typed("вулканизм Камчатки"))).total >= 1


def test_a_flavour_that_was_told_is_kept_to(tmp_path: Path) -> None:
    import_marc(DATA / "unimarc.iso2709.mrc.gz", by=SYSTEM, profile=Profile(flavour="marc21"))
    found = record(newest(1)[0][0])
    assert found is not None
    assert subfield(fields(found.marc, "200")[0], "a")


@pytest.mark.parametrize("readers", [1, 2])
def test_interrupted_it_goes_on_where_it_was(readers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "_how_many", lambda *_: readers)
    monkeypatch.setattr(sys.modules["kitabxana.exchange.operations.import_marc"], "BATCH", 10)
    file = a_file(tmp_path / "a.mrc", numbered(35), junk_after=5)
    first = import_marc(file, by=SYSTEM, cancelled=lambda: True)
    assert first.cancelled
    assert first.read == 10
    assert status().indexed == first.created == 9
    second = import_marc(file, by=SYSTEM)
    assert second.resumed_at > 0
    assert counts(second) == (36, 35, 0, 0, 1)
    assert count_records() == 35
    assert len((tmp_path / second.rejects_file).read_text().splitlines()) == 1


@pytest.mark.parametrize("damaged", [False, True])
def test_two_who_read_bring_what_one_would(*, damaged: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["kitabxana.exchange.operations.import_marc"], "BATCH", 30)
    monkeypatch.setattr(feed, "WORTH_TWO_BYTES", 0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    whole = gzip.compress(a_file(tmp_path / "a.mrc", numbered(100), junk_after=5).read_bytes())
    file = tmp_path / "records.gz"
    file.write_bytes(whole[: len(whole) * 2 // 3] if damaged else whole)
    assert feed._how_many(file, Profile()) == 2
    if damaged:
        with pytest.raises(SourceError):
            import_marc(file, by=SYSTEM)
    else:
        assert counts(import_marc(file, by=SYSTEM)) == (101, 100, 0, 0, 1)
    titles = [brief["title"] for _, brief in reversed(newest(101))]
    assert titles == [f"Kitab {at}" for at in range(1, len(titles) + 1)]
    assert len(titles) > 30
    assert status().in_step


def test_what_cannot_be_shared_out_is_read_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    small = a_file(tmp_path / "a.mrc", numbered(1))
    assert feed._how_many(small, Profile()) == 1
    monkeypatch.setattr(feed, "WORTH_TWO_BYTES", 0)
    assert feed._how_many(small, Profile()) == 2
    assert feed._how_many(small, Profile(form="mrk")) == 1
    spoilt = tmp_path / "spoilt.gz"
    spoilt.write_bytes(gzip.compress(b"x" * 9)[:-12])
    assert feed._how_many(spoilt, Profile()) == 1
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    assert feed._how_many(small, Profile()) == 1


def test_the_browse_lists_have_what_reading_the_records_again_would_give(tmp_path: Path) -> None:
    """Lines are told with the import's event; nothing is read for them but what was there before."""
    records = [parsed.marc for parsed in iter_records(DATA / "bib.utf8.mrc.gz") if parsed.marc][:300]
    records += [parsed.marc for parsed in iter_records(DATA / "auth.utf8.mrc.gz") if parsed.marc][:100]
    file = tmp_path / "a.jsonl"
    file.write_bytes(b"\n".join(map(to_marcjson, records)))
    import_marc(file, by=SYSTEM)
    with CaptureQueriesContext(connection) as queries:
        while outbox.deliver({"headings.wanted": (headings_changed,)}):
            pass
    assert not [query for query in queries if "marc" in query["sql"]]
    listed = browse_lines()
    assert len(listed) > 1000
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_heading")
    gather_headings()
    assert browse_lines() == listed


@pytest.mark.parametrize("packing", ["plain", "gzip", "zstd"])
def test_marcxml_and_packed_files_are_known_by_their_bytes(tmp_path: Path, packing: str) -> None:
    packs: dict[str, Callable[[bytes], bytes]] = {"plain": bytes, "gzip": gzip.compress, "zstd": zstandard.compress}
    file = tmp_path / "records.dat"
    file.write_bytes(packs[packing](b"".join(marcxml_collection(numbered(3)))))
    summary = import_marc(file, by=SYSTEM)
    assert counts(summary) == (3, 3, 0, 0, 0)
    assert item_by_barcode("B3") is not None


def test_a_damaged_packing_keeps_what_came_before(tmp_path: Path) -> None:
    file = tmp_path / "half.mrc.gz"
    whole = gzip.compress(a_file(tmp_path / "a.mrc", numbered(400)).read_bytes())
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError):
        import_marc(file, by=SYSTEM)
    assert 0 < count_records() < 400
    assert status().in_step


def test_unknown_libraries_and_types_are_added_so_that_no_copy_is_lost(tmp_path: Path) -> None:
    file = a_file(tmp_path / "a.mrc", [marc(copy_952("X1", library="YENI"), number="n1")])
    summary = import_marc(file, by=SYSTEM, profile=Profile(under="SAK"))
    assert summary.libraries_added == ["YENI"]
    assert tree().units["YENI"].path == "AZ/SAK/YENI/"
    assert item_by_barcode("X1") is not None


def test_a_barcode_of_another_record_is_set_aside(tmp_path: Path) -> None:
    records = [marc(copy_952("B1"), title="Bir", number="n1"), marc(copy_952("B1"), title="İki", number="n2")]
    summary = import_marc(a_file(tmp_path / "a.mrc", records), by=SYSTEM)
    assert (summary.created, summary.items_created, summary.items_rejected) == (2, 1, 1)
    assert "barcode_taken" in (tmp_path / summary.rejects_file).read_text()


def test_copies_of_marc21_holdings(tmp_path: Path) -> None:
    place = field("852", "4 ", b="GNC-2", c="Oxu zalı", h="821.5", i="NIZ", _8="1.1")
    copy = field("876", p="H1", t="1", _8="1.1")
    file = a_file(tmp_path / "a.mrc", [marc(place, copy, number="n1")])
    import_marc(file, by=SYSTEM, profile=Profile(items="852"))
    item = item_by_barcode("H1")
    assert item is not None
    assert (item.home_unit, item.location, item.call_number) == ("GNC-2", "Oxu zalı", "821.5 NIZ")


def test_an_import_describes_a_copy_anew_and_leaves_it_where_it_is(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from kitabxana.circulation.operations import check_out
    from kitabxana.patrons.tests.builders import a_reader

    import_marc(a_file(tmp_path / "a.mrc", numbered(1)), by=SYSTEM)
    item = item_by_barcode("B1")
    assert item is not None
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    check_out(item_id=item.id, patron_id=a_reader(), unit="GNC-M", by=SYSTEM, now=now)
    changed = [marc(copy_952("B1", c="Arxiv"), title="Kitab 1", number="n1")]
    import_marc(a_file(tmp_path / "b.mrc", changed), by=SYSTEM)
    item = item_by_barcode("B1")
    assert item is not None
    assert (item.location, item.place) == ("Arxiv", "loan")


def test_fields_that_only_look_like_copies_stay_in_the_record(tmp_path: Path) -> None:
    note = field("952", a="Library has 2 copies.")
    import_marc(a_file(tmp_path / "a.mrc", [marc(note, number="n1")]), by=SYSTEM)
    record_id = newest(1)[0][0]
    stored = record(record_id)
    assert stored is not None
    assert note in stored.marc["fields"]
    assert items_of([record_id]) == {}


def test_without_the_permission_nothing_is_read(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        import_marc(a_file(tmp_path / "a.mrc", numbered(1)), by=NOBODY)
    assert count_records() == 0
