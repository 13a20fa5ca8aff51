"""The catalogue into files: every live record once, as it was catalogued, in bounded pieces."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree

from kitabxana.base import outbox
from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.queries import newest
from kitabxana.catalogue.tests.builders import field, marc
from kitabxana.exchange.operations import import_marc
from kitabxana.exchange.queries import Wanted, export, exporting
from kitabxana.exchange.rules.encoding import EncoderDied, second_encoder
from kitabxana.exchange.rules.export_formats import EXPORT_FORMATS, format_of
from kitabxana.exchange.tests.builders import copy_952, numbered
from kitabxana.formats.marc import control, iter_records, to_marcjson
from kitabxana.formats.marc.tests.corpus import DATA
from kitabxana.holdings.queries import items_of
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.search.facts import SearchRequest
from kitabxana.search.queries import each_hit
from kitabxana.search.tests.builders import typed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kitabxana.exchange.rules.encoding import Encoded
    from kitabxana.formats.marc import MarcJson

pytestmark = pytest.mark.django_db
LOSSLESS = ("iso2709", "marcxml", "marcjson", "mrk")


@pytest.fixture(autouse=True)
def _house(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"
    a_nation()
    outbox.settle(list(range(10_000)))


def exported(tmp_path: Path, name: str = "marcjson", **wanted: Any) -> list[MarcJson]:
    """What comes out, read again."""
    file = tmp_path / f"out.{name}"
    file.write_bytes(whole(export(name, Wanted(**wanted))))
    got = list(iter_records(file))
    assert [parsed.reason for parsed in got if parsed.reason] == []
    return [parsed.marc for parsed in got if parsed.marc]


def whole(pieces: Iterable[Encoded]) -> bytes:
    return b"".join(piece.data for piece in pieces)


def numbers(records: list[MarcJson]) -> list[str]:
    return [control(one, "001") for one in records]


def load(tmp_path: Path, records: list[MarcJson]) -> None:
    file = tmp_path / "in.json"
    file.write_bytes(b"".join(map(to_marcjson, records)))
    summary = import_marc(file, by=SYSTEM)
    assert summary.created == len(records)


@pytest.mark.parametrize("name", LOSSLESS)
def test_order_of_fields_and_repeated_subfields_survive_storage(tmp_path: Path, name: str) -> None:
    """jsonb sorts the keys of an object: order stands in arrays alone, and one object holds one subfield."""
    odd = [("b", "1"), ("a", "2"), ("b", "1"), ("a", ""), ("z", "3"), ("a", "2")]
    given = {"ind1": "1", "ind2": " ", "subfields": [{code: text} for code, text in odd]}
    record = marc(title="Kür", number="n1")
    record["fields"] = [*record["fields"], {"900": given}, {"100": given}, {"900": given}, {"500": given}]
    load(tmp_path, [record])
    [out] = exported(tmp_path, name)
    assert out["fields"] == record["fields"]


@pytest.mark.parametrize("name", LOSSLESS)
def test_real_records_come_back_field_for_field(tmp_path: Path, name: str) -> None:
    records = [parsed.marc for parsed in iter_records(DATA / "bib.marcjson.jsonl.gz") if parsed.marc]
    file = tmp_path / "in.json"
    file.write_bytes(b"".join(map(to_marcjson, records)))
    import_marc(file, by=SYSTEM)
    stored = {json.dumps(one["fields"]) for one in records}
    out = exported(tmp_path, name)
    assert len(out) > 60
    assert [one for one in out if json.dumps(one["fields"]) not in stored] == []


def test_deleted_and_suppressed_ones_stay_in_the_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "BATCH", 2)
    load(tmp_path, numbered(5, copies=False))
    assert numbers(exported(tmp_path)) == ["n1", "n2", "n3", "n4", "n5"]
    first = newest(5)[-1][0]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalogue_record SET suppressed = true WHERE id = %s", [first])
        cursor.execute("UPDATE catalogue_record SET deleted_at = now() WHERE id = %s", [first + 2])
    assert numbers(exported(tmp_path)) == ["n2", "n4", "n5"]
    assert numbers(exported(tmp_path, suppressed=True)) == ["n1", "n2", "n4", "n5"]
    assert exported(tmp_path, kind="a") == []


def test_a_query_takes_every_hit_in_order_whatever_their_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "BATCH", 3)
    load(tmp_path, [*numbered(7, title="Kitab"), marc(title="Jurnal", number="j")])
    assert numbers(exported(tmp_path, query=typed("kitab"))) == [f"n{at}" for at in range(1, 8)]
    assert numbers(exported(tmp_path, query=typed("jurnal"))) == ["j"]
    assert exported(tmp_path, query=typed("yoxdur")) == []
    pages = list(each_hit(SearchRequest(typed("kitab"), limit=1, sort="title"), batch=3))
    assert [len(page) for page in pages] == [3, 3, 1]
    found = [record_id for page in pages for record_id in page]
    assert found == sorted(set(found))


def test_copies_go_out_as_952_and_come_in_as_they_were(tmp_path: Path) -> None:
    subfields = {"c": "OX", "8": "FIC", "g": "12.50", "h": "2-ci cild", "i": "145", "t": "2", "z": "Qeyd", "l": "7",
                 "1": "4", "4": "1", "5": "1", "7": "1", "0": "1", "d": "2020-03-04"}  # fmt: skip
    load(tmp_path, [marc(copy_952("B1", **subfields), copy_952("B2"), title="Kür", number="n1")])
    [record_id] = [record_id for record_id, _ in newest(1)]
    before = items_of([record_id], withdrawn=True)[record_id]
    [plain] = exported(tmp_path)
    assert [entry for entry in plain["fields"] if "952" in entry] == []
    [out] = exported(tmp_path, items=True)
    copies = [{code: text for pair in entry["952"]["subfields"] for code, text in pair.items()}
              for entry in out["fields"] if "952" in entry]  # fmt: skip
    assert len(copies) == 2
    [full] = [one for one in copies if one["p"] == "B1"]
    assert {code: full.get(code) for code in subfields} == subfields
    assert before[0].price_minor == 1250
    again = json.loads(json.dumps(out).replace('"B1"', '"C1"').replace('"B2"', '"C2"').replace('"n1"', '"n2"'))
    load(tmp_path, [again])
    after = items_of([newest(1)[0][0]], withdrawn=True).popitem()[1]
    own = ("location", "collection", "price_minor", "volume", "lost", "damaged", "withdrawn", "not_for_loan", "loans")
    assert [[getattr(item, name) for name in own] for item in after] == [
        [getattr(item, name) for name in own] for item in before
    ]


def test_what_a_format_cannot_carry_is_left_out_and_named(tmp_path: Path) -> None:
    load(tmp_path, [*numbered(2, copies=False), marc(field("520", a="x" * 10_000), title="Uzun", number="long")])
    pieces = list(export("iso2709", Wanted()))
    [left] = [one for piece in pieces for one in piece.left_out]
    assert (left.place, "9999" in left.why, sum(piece.records for piece in pieces)) == ("520[1]", True, 2)
    assert "long" in numbers(exported(tmp_path, "marcxml"))


@pytest.mark.parametrize("name", ["marcxml", "mods", "bibframe"])
@pytest.mark.parametrize("count", [0, 5])
def test_documents_are_well_formed_however_many_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, count: int
) -> None:
    monkeypatch.setattr(exporting, "BATCH", 2)
    if count:
        load(tmp_path, numbered(count))
    root = etree.fromstring(whole(export(name, Wanted())))
    titles = "".join(map(str, root.itertext()))
    assert [at for at in range(1, 6) if f"Kitab {at}" in titles] == list(range(1, count + 1))
    if name != "bibframe":
        assert len(root) == count


@pytest.mark.parametrize("count", [0, 1, 5, 6])
@pytest.mark.parametrize("name", ["iso2709", "marcxml"])
def test_two_encoders_write_the_same_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, count: int
) -> None:
    monkeypatch.setattr(exporting, "BATCH", 2)
    if count:
        load(tmp_path, numbered(count))
    with second_encoder() as beside:
        together = list(export(name, Wanted(items=True), beside=beside))
    alone = list(export(name, Wanted(items=True)))
    assert together == alone
    assert sum(piece.records for piece in alone) == count


def test_an_encoder_that_dies_breaks_the_export_off(tmp_path: Path) -> None:
    load(tmp_path, numbered(2))
    with second_encoder() as beside:
        beside.give("no such format", [(1, "{}")], {})
        with pytest.raises(EncoderDied):
            list(export("iso2709", Wanted(), beside=beside))


def test_pieces_and_statements_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "BATCH", 10)
    load(tmp_path, numbered(25))
    with CaptureQueriesContext(connection) as plain:
        pieces = list(export("iso2709", Wanted()))
    assert [piece.records for piece in pieces] == [0, 10, 10, 5, 0]
    assert len(plain) == 4
    with CaptureQueriesContext(connection) as full:
        list(export("iso2709", Wanted(items=True)))
    assert len(full) <= 4 + 3 * 3


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.mrc", "iso2709"), ("A.XML.GZ", "marcxml"), ("x.jsonl.zst", "marcjson"), ("x.mrk", "mrk"), ("-", "iso2709"),
     ("x.mods", "mods"), ("x.rdf", "bibframe"), ("noname", "iso2709")],
)  # fmt: skip
def test_the_files_name_tells_the_format(name: str, form: str) -> None:
    assert format_of(name) == form


def test_no_two_formats_claim_one_ending() -> None:
    endings = [ending for form in EXPORT_FORMATS.values() for ending in form.endings]
    assert len(endings) == len(set(endings))
