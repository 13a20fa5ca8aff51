"""Records sent by programs: the same rules as at the desk, nothing overwritten that was not seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from kitabxana.catalogue.queries import history, record, stored_record
from kitabxana.catalogue.rules import control_field, pick
from kitabxana.catalogue.rules.difference import same_but_stamp
from kitabxana.catalogue.tests.builders import a_record, field, marc
from kitabxana.formats.marc import iter_records, to_iso2709, to_marcxml
from kitabxana.fronts.rest.tests.callers import Caller, a_librarian, codes
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.tests.builders import a_nation

pytestmark = [pytest.mark.django_db, pytest.mark.urls("kitabxana.fronts.rest.tests.urls")]
JSON = "application/marc-in-json"
DATA = Path(__file__).parents[6] / "shared" / "data" / "marc"


@pytest.fixture
def ayla() -> Caller:
    a_nation()
    return a_librarian(role="cataloguer", name="ayla")


def put(caller: Caller, number: int, whole: dict[str, Any], *, match: str | None = None) -> Any:
    headers = {} if match is None else {"If-Match": match}
    return caller.send("PUT", f"/biblios/{number}", orjson.dumps(whole), JSON, headers=headers)


def title(number: int) -> str:
    found = record(number)
    return str(found.brief["title"]) if found else ""


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        (JSON, orjson.dumps(marc(number="77"))),
        ("application/marcxml+xml", to_marcxml(marc(number="77"))),
("application/marcxml+xml; charset=utf-8", b"<?xml version='1.0'?><x>" + to_marcxml(marc(number="77")) + b"</x>"),
        ("application/marc", to_iso2709(marc(number="77"))),
    ],
)  # fmt: skip
def test_a_record_is_added_in_any_format(ayla: Caller, media_type: str, body: bytes) -> None:
    answer = ayla.send("POST", "/biblios", body, media_type)
    assert answer.status_code == 200, answer.content
    saved = answer.json()
    assert (saved["version"], saved["findings"], answer.headers["ETag"]) == (1, [], '"1"')
    assert answer.headers["Location"] == f"/api/v1/biblios/{saved['id']}"
    found = record(saved["id"])
    assert found is not None
    fields = [entry for entry in found.marc["fields"] if "005" not in entry]
    assert fields == marc(number="77")["fields"]
    [made] = history(saved["id"])
    assert (made.made.by, made.made.through, made.made.how) == ("ayla", "rest", "created")


def test_warnings_pass_and_are_told_in_the_caller_s_language(ayla: Caller) -> None:
    body = orjson.dumps(marc(field("020", a="9789952800006")))
    answer = ayla.send("POST", "/biblios", body, JSON, headers={"Accept-Language": "en"})
    [finding] = answer.json()["findings"]
    assert (finding["code"], finding["level"], finding["tag"], finding["subfield"]) == (
        "bad_isbn",
        "warning",
        "020",
        "a",
    )
    assert "9789952800006" in finding["message"]


def test_errors_are_told_and_nothing_is_saved(ayla: Caller) -> None:
    body = orjson.dumps({"leader": marc()["leader"], "fields": [field("500", a="sərlövhəsiz")]})
    answer = ayla.send("POST", "/biblios", body, JSON)
    assert (answer.status_code, codes(answer)) == (400, ["not_valid"])
    assert [one["code"] for one in answer.json()["errors"][0]["findings"] if one["level"] == "error"] == ["no_title"]


def test_a_record_is_read_changed_and_put_back(ayla: Caller) -> None:
    number = a_record(title="Dəli Kur", number="77")
    read = ayla.get(f"/biblios/{number}", headers={"Accept": JSON})
    assert read.headers["ETag"] == '"1"'
    saved = put(ayla, number, marc(title="Dəli Kür", number="88"), match=read.headers["ETag"])
    assert (saved.status_code, saved.json()["version"], saved.headers["ETag"]) == (200, 2, '"2"')
    found = record(number)
    assert found is not None
    assert (found.brief["title"], control_field(found.marc, "001")) == ("Dəli Kür", "77")
    again = put(ayla, number, marc(title="Dəli Kür"), match='W/"2"')
    assert again.json()["version"] == 2
    assert put(ayla, number, marc(title="Kür"), match="*").json()["version"] == 3


def test_without_if_match_the_record_s_own_stamp_says_what_was_seen(ayla: Caller) -> None:
    number = ayla.send("POST", "/biblios", orjson.dumps(marc()), JSON).json()["id"]
    seen = orjson.loads(ayla.get(f"/biblios/{number}", headers={"Accept": JSON}).content)
    changed = {**seen, "fields": [*seen["fields"], field("500", a="Mənim.")]}
    assert put(ayla, number, changed).json()["version"] == 2
    late = {**seen, "fields": [*seen["fields"], field("501", a="Gecikmiş.")]}
    answer = put(ayla, number, late)
    assert (answer.status_code, codes(answer)) == (409, ["stale_version"])


@pytest.mark.parametrize("whole", [marc(title="Kor"), marc({"005": "19991231000000.0"}, title="Kor")])
def test_who_does_not_say_what_they_saw_overwrites_nothing(ayla: Caller, whole: dict[str, Any]) -> None:
    number = a_record()
    answer = put(ayla, number, whole)
    assert (answer.status_code, codes(answer)) == (428, ["no_version"])
    assert title(number) == "Dəli Kür"


def test_a_stale_save_gets_both_changes(ayla: Caller) -> None:
    number = a_record()
    put(ayla, number, marc(title="Onlarınkı"), match='"1"')
    answer = put(ayla, number, marc(field("500", a="Mənim."), title="Mənimki"), match='"1"')
    assert (answer.status_code, codes(answer)) == (409, ["stale_version"])
    [problem] = answer.json()["errors"]
    assert problem["version"] == 2
    assert [row["side"] for row in problem["difference"]] == ["conflict", "mine"]
    conflict, mine = problem["difference"]
    assert pick(conflict["theirs"]["245"], "a") == "Onlarınkı /"
    assert (mine["base"], mine["theirs"], mine["mine"]) == (None, None, field("500", a="Mənim."))
    assert title(number) == "Onlarınkı"


@pytest.mark.parametrize(
    ("media_type", "body", "code"),
    [
        ("application/json", b"{}", "unsupported_media_type"),
        ("", b"", "unsupported_media_type"),
        (JSON, b"{", "bad_request"),
        (JSON, b"[]", "bad_request"),
        (JSON, b'{"leader": "x", "fields": [{"245": 1}]}', "bad_request"),
        (JSON, b'{"leader": "x", "fields": [{"245": {"ind1": "1"}}]}', "bad_request"),
        (JSON, b'{"leader": "", "fields": [{"1": {"ind1": "1", "ind2": "", "subfields": [{"a": 1}]}}]}', "bad_request"),
        (JSON, b'{"leader": "00000nam a2200000 i 4500", "fields": [{"500": "\\u0000"}]}', "not_valid"),
        (JSON, orjson.dumps({**marc(), "leader": "00000nz  a2200000n  4500"}), "wrong_kind"),
        ("application/marcxml+xml", b"<record>", "bad_request"),
        ("application/marcxml+xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><record>&a;</record>", "bad_request"),
        ("application/marcxml+xml", (to_marcxml(marc()) * 2).join([b"<collection>", b"</collection>"]), "bad_request"),
        ("application/marc", b"junk", "bad_request"),
        ("application/marc", b"\x1d", "bad_request"),
        ("application/marc", to_iso2709(marc()) * 2, "bad_request"),
    ],
)  # fmt: skip
def test_what_is_no_record_is_refused(ayla: Caller, media_type: str, body: bytes, code: str) -> None:
    for answer in (
        ayla.send("POST", "/biblios", body, media_type),
        ayla.send("PUT", f"/biblios/{a_record()}", body, media_type, headers={"If-Match": '"1"'}),
    ):
        assert codes(answer) == [code]
        assert answer.status_code == (415 if code == "unsupported_media_type" else 400)


@pytest.mark.parametrize("match", ["3", '"x"', "", '"1", "2"'])
def test_a_match_that_is_none(ayla: Caller, match: str) -> None:
    answer = put(ayla, a_record(), marc(title="Yeni"), match=match)
    assert (answer.status_code, codes(answer)) == (400, ["bad_request"])


def test_a_version_that_never_was(ayla: Caller) -> None:
    answer = put(ayla, a_record(), marc(title="Yeni"), match='"9"')
    assert (answer.status_code, codes(answer)) == (404, ["unknown_version"])


def test_a_record_is_deleted_but_not_while_it_is_used(ayla: Caller) -> None:
    free, used = a_record(), a_record()
    a_copy(used)
    answer = ayla.send("DELETE", f"/biblios/{used}")
    assert (answer.status_code, codes(answer)) == (409, ["has_items"])
    assert ayla.send("DELETE", f"/biblios/{free}").status_code == 204
    assert ayla.get(f"/biblios/{free}").status_code == 404
    assert ayla.send("DELETE", f"/biblios/{free}").status_code == 404
    assert put(ayla, free, marc(title="Yeni"), match='"2"').status_code == 404
    tombstone = stored_record(free)
    assert tombstone is not None
    assert tombstone.deleted


def test_real_records_go_in_and_come_out_the_same(ayla: Caller) -> None:
    some = [
        parsed.marc for parsed, _ in zip(iter_records(DATA / "bib.utf8.mrc.gz"), range(40), strict=False) if parsed.marc
    ]
    kept = 0
    for whole in some:
        answer = ayla.send("POST", "/biblios", to_marcxml(whole), "application/marcxml+xml")
        assert answer.status_code in (200, 400)
        if answer.status_code == 200:
            kept += 1
            found = record(answer.json()["id"])
            assert found is not None
            assert same_but_stamp(found.marc, whole)
    assert kept > 30
