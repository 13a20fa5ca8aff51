"""Staged imports beside what others do: other formats, tombstones in the history, readers who wait."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.queries import history, newest, record, stored_record
from kitabxana.circulation.operations import place_hold
from kitabxana.exchange.facts import Profile
from kitabxana.exchange.operations import commit_batch, decide, stage, undo_batch
from kitabxana.exchange.queries import staged, staged_one
from kitabxana.exchange.tests.builders import a_file, numbered
from kitabxana.exchange.tests.test_staging import worked
from kitabxana.formats.marc import control
from kitabxana.formats.marc.tests.corpus import DATA
from kitabxana.holdings.queries import items_of
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _house(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"
    a_nation()


def stored(batch: int) -> list[int]:
    """The batch, committed; ids of its records in the order of the file."""
    worked(batch)
    decide(batch_id=batch, decision="add", verdict="doubt", by=SYSTEM)
    commit_batch(batch_id=batch, by=SYSTEM)
    worked(batch)
    return [row.record_id or 0 for row in staged(batch, limit=300)[1]]


def a_batch(tmp_path: Path, count: int) -> int:
    return stage(a_file(tmp_path / "a.mrc", numbered(count)), file_name="a.mrc", profile=Profile(), by=SYSTEM)


def test_what_an_import_added_goes_with_a_tombstone_that_its_history_tells_of(tmp_path: Path) -> None:
    batch = a_batch(tmp_path, 2)
    one, other = stored(batch)
    undo_batch(batch_id=batch, by=SYSTEM)
    assert worked(batch).results == {"undone": 2}
    assert record(one) is None
    assert record(other) is None
    told = [(state.made.how, state.made.through) for state in history(one)]
    assert told == [("deleted", "import"), ("imported", "import")]
    assert not items_of([one, other], withdrawn=True)


def test_a_record_that_a_reader_waits_for_stays(tmp_path: Path) -> None:
    batch = a_batch(tmp_path, 2)
    wanted, other = stored(batch)
    place_hold(record_id=wanted, patron_id=a_reader(), pickup_unit="GNC-M", by=SYSTEM, now=NOW)
    undo_batch(batch_id=batch, by=SYSTEM)
    assert worked(batch).results == {"stays": 1, "undone": 1}
    assert record(wanted) is not None
    found = stored_record(other)
    assert found is not None
    assert found.deleted


def test_unimarc_is_staged_and_becomes_marc21(tmp_path: Path) -> None:
    batch = stage(DATA / "unimarc.iso2709.mrc.gz", file_name="unimarc.mrc.gz", profile=Profile(), by=SYSTEM)
    found = worked(batch)
    assert (found.state, found.read, found.error) == ("staged", 220, "")
    assert staged(batch, verdict="rejected")[0] == 0
    lost = [row.number for row in staged(batch, limit=300)[1] if row.detail.startswith("not_carried_over: ")]
    assert len(lost) > 50
    ids = stored(batch)
    assert all(one and len(control(one.marc, "008")) == 40 for one in (record(pk) for pk, _ in newest(300)))
    told = staged_one(batch, lost[0])
    assert told is not None
    assert told.record_id in ids
    assert told.detail.startswith("not_carried_over: ")
