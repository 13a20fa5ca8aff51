"""Records in every format they can be had in; each is read back by a reader that is not ours."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pymarc
import pytest
from django.utils import timezone

from kitabxana.catalogue.rules import derive
from kitabxana.catalogue.tests.builders import a_record, field
from kitabxana.fronts.rest.tests.callers import Caller, a_librarian, codes, table
from kitabxana.organisation.tests.builders import a_nation

pytestmark = [pytest.mark.django_db, pytest.mark.urls("kitabxana.fronts.rest.tests.urls")]
REAL = Path(__file__).parents[6] / "shared" / "data" / "marc" / "bib.marcjson.jsonl.gz"


def records_of(xml: bytes) -> list[Any]:
    return list(pymarc.parse_xml_to_array(io.BytesIO(xml)))  # type: ignore[no-untyped-call]


@pytest.fixture
def here() -> Caller:
    a_nation()
    return a_librarian()


def whole() -> int:
    return a_record(
        field("020", a="978-9952-26-034-1 (cild)"), field("020", a="9789952260358"), field("041", a="aze"),
        field("240", "10", a="Dəli Kür."), field("250", a="2-ci nəşr."),
        field("260", a="Bakı :", b="Gənclik,", c="1982."), field("300", a="432 s. :", b="şək. ;", c="21 sm."),
        field("490", "0 ", a="Azərbaycan romanı"), field("520", a="Kür sahilində."),
        field("856", "40", u="https://example.org/1"), number="az1",
    )  # fmt: skip


def test_as_json(here: Caller) -> None:
    record = whole()
    answer = here.get(f"/biblios/{record}")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == {
        "biblio_id": record, "title": "Dəli Kür", "subtitle": None, "medium": None, "part_number": None,
        "part_name": None, "uniform_title": "Dəli Kür", "author": "Şıxlı, İsmayıl", "edition_statement": "2-ci nəşr",
        "publication_place": "Bakı", "publisher": "Gənclik", "publication_year": "1982", "copyright_date": 1982,
        "pages": "432 s.", "illustrations": "şək", "material_size": "21 sm", "series_title": "Azərbaycan romanı",
        "isbn": "978-9952-26-034-1 (cild) | 9789952260358", "issn": None, "lc_control_number": None,
        "abstract": "Kür sahilində", "url": "https://example.org/1", "serial": False, "language": "aze",
        "material": "book",
    }  # fmt: skip


def test_as_marc(here: Caller) -> None:
    record = whole()
    stored = table("catalogue.Record").get(pk=record).marc

    def body(media_type: str) -> bytes:
        answer = here.get(f"/biblios/{record}", headers={"Accept": media_type})
        assert answer.headers["Content-Type"].split(";")[0] == media_type
        assert "Accept" in answer.headers["Vary"]
        return bytes(answer.content)

    assert json.loads(body("application/marc-in-json")) == stored
    (binary,) = pymarc.MARCReader(body("application/marc"))
    (xml,) = records_of(body("application/marcxml+xml"))
    for read in (binary, xml):
        assert read.as_dict()["fields"] == stored["fields"]
    text = body("text/plain").decode()
    assert text.startswith("LDR 00000nam a2200000 i 4500\n001     az1\n")
    assert "\n245 10 _aDəli Kür /\n       _cŞıxlı, İsmayıl\n" in text


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json"),
        ("application/marc;q=0.5, application/marcxml+xml", "application/marcxml+xml"),
        ("application/json;q=0.1, application/marc-in-json;q=0.9", "application/marc-in-json"),
        ("text/*", "text/plain"),
        ("text/html", None),
        ("application/xml", None),
        ("application/json;q=0", None),
    ],
)
def test_what_the_caller_takes(here: Caller, accept: str, given: str | None) -> None:
    answer = here.get(f"/biblios/{a_record()}", headers={"Accept": accept})
    if given is None:
        assert (answer.status_code, codes(answer)) == (406, ["not_acceptable"])
        assert "application/marcxml+xml" in answer.json()["errors"][0]["message"]
    else:
        assert answer.headers["Content-Type"].split(";")[0] == given


def test_a_record_too_long_for_iso_2709_can_be_had_otherwise(here: Caller) -> None:
    record = a_record(field("520", a="ə" * 6000))
    answer = here.get(f"/biblios/{record}", headers={"Accept": "application/marc"})
    assert (answer.status_code, codes(answer)) == (406, ["not_in_this_format"])
    assert here.get(f"/biblios/{record}", headers={"Accept": "application/marcxml+xml"}).status_code == 200


@pytest.mark.parametrize("change", [{"suppressed": True}, {"deleted_at": timezone.now()}, {"kind": "a"}])
def test_what_is_hidden_is_not_there(here: Caller, change: dict[str, Any]) -> None:
    record = a_record()
    table("catalogue.Record").filter(pk=record).update(**change)
    for path in (f"/biblios/{record}", f"/biblios/{record}/items"):
        answer = here.get(path)
        assert (answer.status_code, codes(answer)) == (404, ["unknown_record"])


def test_real_records_in_every_format(here: Caller) -> None:
    with gzip.open(REAL, "rt") as lines:
        found = [json.loads(line) for line, _ in zip(lines, range(60), strict=False)]
    assert len(found) == 60
    for marc in found:
        derived = derive(marc)
        row = table("catalogue.Record").create(
            marc=marc, brief=derived.brief, digest=derived.digest, source_format="json"
        )
        for media_type in ("application/json", "application/marc-in-json", "application/marcxml+xml", "text/plain"):
            answer = here.get(f"/biblios/{row.pk}", headers={"Accept": media_type})
            assert answer.status_code == (200 if derived.kind == "b" else 404), (row, media_type)
        (xml,) = records_of(here.get(f"/biblios/{row.pk}", headers={"Accept": "application/marcxml+xml"}).content)
        assert len(xml.fields) == len(marc["fields"])
