"""Authorities over REST: added, shown, changed with all that follows them, deleted when nothing does."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from kitabxana.base import outbox
from kitabxana.catalogue.operations import follow_headings
from kitabxana.catalogue.rules import pick
from kitabxana.catalogue.tests.builders import a_record, field, marc
from kitabxana.fronts.rest.tests.callers import Caller, a_librarian, codes
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.search.operations import index_records

pytestmark = [pytest.mark.django_db, pytest.mark.urls("kitabxana.fronts.rest.tests.urls")]
JSON = "application/marc-in-json"


def authority(*fields: dict[str, Any]) -> bytes:
    fixed = {"008": "240101n| azannaabn          |n aaa     d"}
    return orjson.dumps({"leader": "00000nz  a2200000n  4500", "fields": [fixed, *fields]})


@pytest.fixture
def ayla() -> Caller:
    a_nation()
    return a_librarian(role="cataloguer", name="ayla")


def test_a_changed_heading_goes_through_the_books(ayla: Caller) -> None:
    nizami = field("100", "1 ", a="Nizami Gəncəvi")
    made = ayla.send("POST", "/authorities", authority(nizami, field("400", "1 ", a="Nezami")), JSON)
    number = made.json()["id"]
    assert made.headers["Location"] == f"/api/v1/authorities/{number}"
    shown = ayla.get(f"/authorities/{number}")
    assert shown.json() == {
        "authority_id": number, "heading": "Nizami Gəncəvi", "references": [{"kind": "see", "heading": "Nezami"}],
    }  # fmt: skip
    book = ayla.send("POST", "/biblios", orjson.dumps(marc(author="Nizami Gəncəvi")), JSON).json()["id"]
    refused = ayla.send("DELETE", f"/authorities/{number}")
    assert (refused.status_code, codes(refused)) == (409, ["has_followers"])
    changed = authority(field("100", "0 ", a="Nizami"))
    headers = {"If-Match": shown.headers["ETag"]}
    assert ayla.send("PUT", f"/authorities/{number}", changed, JSON, headers=headers).json()["version"] == 2
    outbox.deliver({"heading.changed": (follow_headings,)})
    fields = orjson.loads(ayla.get(f"/biblios/{book}", headers={"Accept": JSON}).content)["fields"]
    assert [pick(one["100"], "a") for one in fields if "100" in one] == ["Nizami"]


def test_each_kind_has_its_own_place(ayla: Caller) -> None:
    book = a_record()
    answers = [
        ayla.send("POST", "/authorities", orjson.dumps(marc()), JSON),
        ayla.send("POST", "/biblios", authority(field("150", a="Poeziya")), JSON),
    ]
    assert [(one.status_code, codes(one)) for one in answers] == [(400, ["wrong_kind"])] * 2
    assert ayla.get(f"/authorities/{book}").status_code == 404
    number = ayla.send("POST", "/authorities", authority(field("150", a="Poeziya")), JSON).json()["id"]
    assert ayla.get(f"/biblios/{number}").status_code == 404
    assert ayla.send("DELETE", f"/biblios/{number}").status_code == 404
    assert ayla.send("DELETE", f"/authorities/{number}").status_code == 204


def test_authorities_are_listed_and_looked_for(ayla: Caller) -> None:
    for heading in ("Nizami Gəncəvi", "Füzuli", "Nəsimi"):
        ayla.send("POST", "/authorities", authority(field("100", "1 ", a=heading)), JSON)
    found = ayla.get("/authorities", {"search": "низами"})
    assert [one["heading"] for one in found.json()] == ["Nizami Gəncəvi"]
    listed = ayla.get("/authorities", {"_per_page": 2})
    assert [one["heading"] for one in listed.json()] == ["Nəsimi", "Füzuli"]
    assert listed.headers["X-Total-Count"] == "3"
    assert 'rel="next"' in listed.headers["Link"]
    assert ayla.get("/authorities", {"_order_by": "heading"}).status_code == 400


def test_records_are_found_as_readers_find_them(ayla: Caller, settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path
    numbers = [a_record(title=title) for title in ("Xəmsə", "Leyli və Məcnun")]
    index_records(numbers)
    found = ayla.get("/biblios", {"search": "hemse"})
    assert [(one["biblio_id"], one["title"]) for one in found.json()] == [(numbers[0], "Xəmsə")]
    listed = ayla.get("/biblios", {"_order_by": "title", "_per_page": 1})
    assert [one["biblio_id"] for one in listed.json()] == [numbers[0]]  # x comes before l in Azerbaijani
    assert listed.headers["X-Total-Count"] == "2"
    assert ayla.get("/biblios", {"_order_by": "-title"}).status_code == 400
