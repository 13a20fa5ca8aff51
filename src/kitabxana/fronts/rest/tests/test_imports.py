"""/import_batches and /jobs: a file staged by a program, decided, stored, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.queries import count_records, newest
from kitabxana.catalogue.tests.test_matching import book
from kitabxana.exchange.facts import Profile
from kitabxana.exchange.operations import advance, keep_profile
from kitabxana.exchange.tests.builders import numbered
from kitabxana.formats.marc import to_iso2709
from kitabxana.fronts.rest.tests.callers import Caller, a_batch, a_librarian, codes
from kitabxana.organisation.tests.builders import a_nation

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.django_db, pytest.mark.urls("kitabxana.fronts.rest.tests.urls")]


@pytest.fixture(autouse=True)
def _nation(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    a_nation()


@pytest.fixture
def caller() -> Caller:
    return a_librarian(role="cataloguer")


def worked() -> None:
    while advance():
        pass


def sent(caller: Caller, *records: dict[str, Any], query: str = "") -> Any:
    data = b"".join(map(to_iso2709, records))
    return caller.send("POST", f"/import_batches{query}", data, "application/octet-stream")


def test_a_file_is_staged_committed_and_taken_back(caller: Caller) -> None:
    answer = sent(caller, *numbered(3), query="?file_name=yeni.mrc")
    assert answer.status_code == 201
    told = answer.json()
    assert (told["file_name"], told["import_status"], told["num_records"]) == ("yeni.mrc", "staging", 0)
    assert answer.headers["Location"] == f"/api/v1/import_batches/{told['import_batch_id']}"
    at = f"/import_batches/{told['import_batch_id']}"
    assert caller.get(f"/jobs/{told['import_batch_id']}").json()["status"] == "started"
    worked()
    staged = caller.get(at).json()
    assert (staged["import_status"], staged["verdicts"]) == ("staged", {"new": 3})
    committed = caller.post(f"{at}/commit")
    assert (committed.status_code, committed.json()["type"]) == (202, "marc_import_commit_batch")
    worked()
    assert count_records() == 3
    assert caller.get(at).json()["import_status"] == "imported"
    job = caller.get(committed.headers["Location"].removeprefix("/api/v1")).json()
    assert (job["status"], job["progress"], job["size"]) == ("finished", 3, 3)
    assert caller.post(f"{at}/undo").status_code == 202
    worked()
    assert count_records() == 0
    assert {one["status"] for one in caller.get(f"{at}/records").json()} == {"reverted"}
    assert codes(caller.post(f"{at}/undo")) == ["batch_not_ready"]


def test_a_doubtful_record_shows_its_match_and_waits_for_a_decision(caller: Caller) -> None:
    first = a_batch(book(title="Dəli Kür"))
    caller.post(f"/import_batches/{first}/commit")
    worked()
    [(ours, _)] = newest(1)
    number = a_batch(book(title="Dəli Kür", year="1983", publisher="", pages=""))
    at = f"/import_batches/{number}"
    [one] = caller.get(f"{at}/records", {"undecided": "true"}).json()
    assert (one["verdict"], one["decision"], one["matched_biblio_id"]) == ("doubt", None, ours)
    assert one["matches"][0]["points"][0] == {"name": "title", "theirs": "dali kur", "ours": "dali kur", "weight": 50}
    assert codes(caller.post(f"{at}/commit")) == ["batch_undecided"]
    body = b'{"decision": "join", "import_record_ids": [1]}'
    assert caller.send("PUT", f"{at}/decisions", body).json() == {"records": 1}
    assert caller.post(f"{at}/commit").status_code == 202
    worked()
    assert caller.get(f"{at}/records").json()[0]["biblio_id"] == ours


def test_what_validation_finds_is_told_with_its_level(caller: Caller) -> None:
    whole = book(title="x")
    untitled = {**whole, "fields": [entry for entry in whole["fields"] if "245" not in entry]}
    number = a_batch(untitled)
    [one] = caller.get(f"/import_batches/{number}/records", headers={"Accept-Language": "en"}).json()
    assert one["decision"] is None
    assert ("no_title", "error", "The title (245) is missing.") in {
        (found["code"], found["level"], found["message"]) for found in one["findings"]
    }


def test_a_stored_profile_is_used_and_an_unknown_one_refused(caller: Caller) -> None:
    keep_profile("Ankara", Profile(source="Ankara", overlay="replace"), by=SYSTEM)
    told = sent(caller, *numbered(1), query="?profile=Ankara").json()
    assert told["profile"]["source"] == "Ankara"
    refused = sent(caller, *numbered(1), query="?profile=Nobody")
    assert (refused.status_code, codes(refused)) == (404, ["unknown_profile"])


def test_lists_are_paged_newest_first(caller: Caller) -> None:
    first, second = a_batch(), a_batch()
    answer = caller.get("/import_batches", {"_per_page": "1"})
    assert [one["import_batch_id"] for one in answer.json()] == [second]
    assert answer.headers["X-Total-Count"] == "2"
    assert [one["job_id"] for one in caller.get("/jobs").json()] == [second, first]
    assert codes(caller.get("/import_batches/999")) == ["unknown_batch"]
    assert codes(caller.get("/jobs/999")) == ["unknown_batch"]
    records = caller.get(f"/import_batches/{first}/records", {"_per_page": "1", "_page": "2"})
    assert [one["record_sequence"] for one in records.json()] == [2]
