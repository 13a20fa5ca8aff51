"""The index follows the database: by events, by rebuilding, and one writer at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.db import connections

from kitabxana.base import outbox
from kitabxana.catalogue.tests.builders import a_record, change
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.search.facts import SearchRequest
from kitabxana.search.models import store
from kitabxana.search.operations import WRITER_LOCK, bulk_writing, index_changed, index_records, rebuild, writing
from kitabxana.search.queries import find, status
from kitabxana.search.tests.builders import typed

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_index(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def found(text: str, **filters: tuple[str, ...]) -> set[int]:
    return {hit.record_id for hit in find(SearchRequest(typed(text), filters=filters)).hits}


def test_a_new_copy_is_told_to_the_index() -> None:
    a_nation()
    record = a_record(title="Qarabağ")
    assert found("qarabağ") == set()
    a_copy(record, unit="GNC-2")
    assert status().waiting == 1
    while outbox.deliver({"item.changed": (index_changed,)}):
        pass
    assert found("qarabağ", library=("GNC",)) == {record}
    assert found("qarabağ", library=("SAK",)) == set()
    assert status().in_step


def test_a_deleted_record_is_taken_out() -> None:
    record = a_record(title="Qarabağ")
    index_records([record])
    change(record, suppressed=True)
    index_changed([{"records": [record]}])
    assert found("qarabağ") == set()


def test_a_rebuild_switches_generations_and_keeps_searching() -> None:
    record = a_record(title="Qarabağ")
    index_records([record])
    before = store.current_directory()
    change(record, brief={"title": "Qarabağ", "year": 1999})
    assert rebuild() == 1
    after = store.current_directory()
    assert after is not None
    assert after != before
    assert before is not None
    assert not before.exists()
    assert found("qarabağ") == {record}


def test_an_index_of_another_version_is_not_read(tmp_path: Path) -> None:
    index_records([a_record()])
    (tmp_path / "index" / "current").write_text("v0-1")
    assert store.current_directory() is None
    assert status().indexed == 0


def test_a_bulk_load_lets_others_of_its_process_write() -> None:
    """With the writer it holds: an index has one, and a second would wait for its lock in vain."""
    loaded, theirs = a_record(title="Qarabağ"), a_record(title="Xəmsə")
    with bulk_writing() as writer:
        index_changed([{"records": [theirs]}])
        assert found("xəmsə") == {theirs}
        writer.remove([theirs])
        writer.commit()
    assert found("xəmsə") == set()
    index_records([loaded])
    assert found("qarabağ") == {loaded}


def test_while_another_writes_events_wait() -> None:
    connections["default"].ensure_connection()
    parameters = connections["default"].get_connection_params()
    own = {key: parameters[key] for key in ("dbname", "user", "host") if parameters.get(key)}
    with psycopg.connect(**own, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [WRITER_LOCK])
        with pytest.raises(outbox.NotNow):
            index_changed([{"records": [1]}])
        other.execute("SELECT pg_advisory_unlock(%s)", [WRITER_LOCK])
    with writing():
        pass
