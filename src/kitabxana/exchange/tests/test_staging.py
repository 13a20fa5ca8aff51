"""A file staged, reviewed, decided, committed and taken back whole."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from kitabxana.base.actor import NOBODY, SYSTEM, Actor
from kitabxana.catalogue.queries import count_records, newest, record
from kitabxana.catalogue.tests.builders import field, former_states
from kitabxana.catalogue.tests.test_matching import book
from kitabxana.circulation.operations import check_out
from kitabxana.exchange.facts import Profile
from kitabxana.exchange.operations import advance, commit_batch, decide, import_marc, stage, staging, undo_batch
from kitabxana.exchange.queries import batch, batches, profiles, staged, staged_one
from kitabxana.exchange.tests.builders import a_file, copy_952
from kitabxana.holdings.queries import item_by_barcode
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from pathlib import Path

    from kitabxana.exchange.facts import BatchFacts

pytestmark = pytest.mark.django_db

NUMBERED = [{"001": "K1"}, {"003": "AZ-K"}]
OURS = [
    book(*NUMBERED, title="Xəmsə", author="Nizami Gəncəvi"),
    book(title="Dəli Kür"),
    book(title="Qarabağnamə", author="Mirzə Camal", year="1959", pages="150 s."),
]
CHANGED = book(*NUMBERED, field("520", a="Annotasiya"), title="Xəmsə", author="Nizami Gəncəvi")
ALIKE = book(copy_952("T1"), title="Дәли Күр", author="Шыхлы, Исмајыл", publisher="Јазычы")
DOUBTFUL = book(copy_952("T2"), title="Qarabağnamə", author="Mirzə Camal", year="1960", publisher="", pages="")
NEW = book(copy_952("T3"), title="Kimya dərsliyi", author="Əliyev, Vəli")


@pytest.fixture(autouse=True)
def _house(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"
    a_nation()
    import_marc(a_file(tmp_path / "ours.mrc", OURS), by=SYSTEM)


def a_batch(tmp_path: Path, *records: dict[str, Any], profile: Profile | None = None, junk: int | None = None) -> int:
    path = a_file(tmp_path / "theirs.mrc", records or (CHANGED, OURS[1], ALIKE, DOUBTFUL, NEW), junk_after=junk)
    return stage(path, file_name="theirs.mrc", profile=profile or Profile(), by=SYSTEM)


def worked(batch_id: int) -> BatchFacts:
    while advance(batch_id):
        pass
    found = batch(batch_id)
    assert found
    return found


def test_each_record_gets_a_verdict_and_nothing_is_stored_yet(tmp_path: Path) -> None:
    before = newest(10)
    found = worked(a_batch(tmp_path, junk=2))
    assert (found.state, found.read, found.error) == ("staged", 6, "")
    assert found.verdicts == {"match": 2, "same": 1, "doubt": 1, "new": 1, "rejected": 1}
    assert found.undecided == 1
    assert newest(10) == before
    total, rows = staged(found.id)
    assert total == 6
    told = [(row.verdict, row.decision) for row in rows]
    assert told == [
        ("match", "overlay"), ("same", "join"), ("rejected", "skip"), ("match", "join"), ("doubt", ""), ("new", "add")
    ]  # fmt: skip
    assert rows[2].reason == "bad_directory"
    like = rows[3]
    assert like.score == sum(weight for *_, weight in like.points) >= 82
    assert like.candidate is not None
    assert record(like.candidate).brief["title"] == "Dəli Kür"  # type: ignore[union-attr]
    assert staged(found.id, verdict="doubt")[0] == staged(found.id, undecided=True)[0] == 1


def test_undecided_records_hold_up_the_commit(tmp_path: Path) -> None:
    found = worked(a_batch(tmp_path))
    with pytest.raises(Refused) as caught:
        commit_batch(batch_id=found.id, by=SYSTEM)
    assert [(one.code, one.params["records"]) for one in caught.value.refusals] == [("batch_undecided", 1)]


def test_commit_does_what_was_decided(tmp_path: Path) -> None:
    found = worked(a_batch(tmp_path))
    assert decide(batch_id=found.id, decision="skip", verdict="doubt", by=SYSTEM) == 1
    commit_batch(batch_id=found.id, by=SYSTEM)
    done = worked(found.id)
    assert (done.state, done.percent) == ("committed", 100)
    assert done.results == {"overlaid": 1, "joined": 2, "skipped": 1, "added": 1}
    assert count_records() == 4
    overlaid, joined, new = (staged_one(found.id, number) for number in (1, 3, 5))
    assert overlaid
    assert joined
    assert new
    assert former_states(overlaid.record_id or 0) == 1
    copy = item_by_barcode("T1")
    assert copy is not None
    assert copy.record_id == joined.candidate == joined.record_id
    assert former_states(copy.record_id) == 0
    assert item_by_barcode("T2") is None
    assert newest(1)[0][1]["title"] == "Kimya dərsliyi"


def test_undo_leaves_the_house_as_it_was(tmp_path: Path) -> None:
    before = {pk: record(pk).marc for pk, _ in newest(10)}  # type: ignore[union-attr]
    found = worked(a_batch(tmp_path))
    decide(batch_id=found.id, decision="add", verdict="doubt", by=SYSTEM)
    commit_batch(batch_id=found.id, by=SYSTEM)
    assert worked(found.id).results["added"] == 2
    undo_batch(batch_id=found.id, by=SYSTEM)
    done = worked(found.id)
    assert done.state == "undone"
    assert done.results == {"undone": 5}
    assert {pk: one.marc for pk, _ in newest(10) if (one := record(pk))} == before
    assert [item_by_barcode(barcode) for barcode in ("T1", "T2", "T3")] == [None, None, None]


def test_undo_leaves_what_is_in_use(tmp_path: Path) -> None:
    found = worked(a_batch(tmp_path, NEW))
    commit_batch(batch_id=found.id, by=SYSTEM)
    worked(found.id)
    copy = item_by_barcode("T3")
    assert copy is not None
    check_out(
        item_id=copy.id, patron_id=a_reader(), unit="GNC-M", by=SYSTEM, now=datetime(2026, 11, 23, 10, tzinfo=UTC)
    )
    undo_batch(batch_id=found.id, by=SYSTEM)
    assert worked(found.id).results == {"stays": 1}
    assert count_records() == 4
    assert item_by_barcode("T3") is not None


def test_undo_leaves_a_record_that_was_changed_since(tmp_path: Path) -> None:
    found = worked(a_batch(tmp_path, CHANGED))
    commit_batch(batch_id=found.id, by=SYSTEM)
    worked(found.id)
    later = book(*NUMBERED, field("520", a="Sonra yazıldı"), title="Xəmsə", author="Nizami Gəncəvi")
    import_marc(a_file(tmp_path / "later.mrc", [later]), by=SYSTEM)
    undo_batch(batch_id=found.id, by=SYSTEM)
    assert worked(found.id).results == {"stays": 1}
    [one] = staged(found.id)[1]
    kept = record(one.record_id or 0)
    assert kept is not None
    assert kept.marc["fields"] == later["fields"]


def test_the_same_file_staged_before_the_first_was_committed_adds_nothing_twice(tmp_path: Path) -> None:
    new = book({"001": "N9"}, {"003": "AZ-K"}, title="Kimya dərsliyi", author="Əliyev, Vəli")
    first, second = worked(a_batch(tmp_path, new)), worked(a_batch(tmp_path, new))
    for one in (first, second):
        commit_batch(batch_id=one.id, by=SYSTEM)
        worked(one.id)
    assert count_records() == 4
    assert worked(second.id).results == {"joined": 1}


def test_bulk_decisions_reach_only_what_they_can_be(tmp_path: Path) -> None:
    found = worked(a_batch(tmp_path))
    assert decide(batch_id=found.id, decision="overlay", verdict="new", by=SYSTEM) == 0
    assert decide(batch_id=found.id, decision="add", numbers=[3, 4], by=SYSTEM) == 2
    assert decide(batch_id=found.id, decision="", numbers=[5], by=SYSTEM) == 0


def test_a_step_is_a_transaction_and_the_next_goes_on_where_it_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (staging, __import__("kitabxana.exchange.operations.deciding", fromlist=["STEP"])):
        monkeypatch.setattr(module, "STEP", 2)
    batch_id = a_batch(tmp_path)
    assert advance(batch_id)
    half = batch(batch_id)
    assert half
    assert (half.state, half.read, half.busy) == ("reading", 2, True)
    assert 0 < half.percent < 100
    staging._open.clear()  # another process goes on
    assert worked(batch_id).read == 5
    decide(batch_id=batch_id, decision="skip", verdict="doubt", by=SYSTEM)
    commit_batch(batch_id=batch_id, by=SYSTEM)
    assert worked(batch_id).results == {"overlaid": 1, "joined": 2, "skipped": 1, "added": 1}


def test_a_damaged_file_keeps_what_came_before_and_says_so(tmp_path: Path) -> None:
    whole = gzip.compress(a_file(tmp_path / "whole.mrc", [NEW] * 400).read_bytes(), compresslevel=0)
    path = tmp_path / "cut.mrc.gz"
    path.write_bytes(whole[: len(whole) // 2])
    found = worked(stage(path, file_name="cut.mrc.gz", profile=Profile(), by=SYSTEM))
    assert 100 < found.read < 300
    assert found.state == "staged"
    assert found.error


def test_profiles_are_kept_by_name() -> None:
    staging.keep_profile("Türkiyə", Profile(source="TR", matching="points", overlay="replace"), by=SYSTEM)
    assert profiles() == {"Türkiyə": Profile(source="TR", matching="points", overlay="replace")}


def test_only_who_may_import_can_do_any_of_it(tmp_path: Path) -> None:
    batch_id = a_batch(tmp_path)
    worked(batch_id)
    for refused in (
        lambda: stage(tmp_path / "theirs.mrc", file_name="x", profile=Profile(), by=NOBODY),
        lambda: decide(batch_id=batch_id, decision="skip", verdict="new", by=NOBODY),
        lambda: commit_batch(batch_id=batch_id, by=NOBODY),
        lambda: undo_batch(batch_id=batch_id, by=NOBODY),
        lambda: staging.keep_profile("x", Profile(), by=NOBODY),
    ):
        with pytest.raises(Refused, match="not_permitted"):
            refused()


def test_who_may_not_add_libraries_adds_none_by_a_file(tmp_path: Path) -> None:
    cataloguer = Actor("Lalə", grants={"catalogue.import": ("",)})
    found = worked(a_batch(tmp_path, book(copy_952("T7", library="YENI"), title="Kimya", author="Əliyev, Vəli")))
    commit_batch(batch_id=found.id, by=cataloguer)
    assert worked(found.id).results == {"added": 1}
    [one] = staged(found.id)[1]
    assert one.detail.startswith("bad_library_code")
    assert item_by_barcode("T7") is None


def test_what_can_not_be_done_now_is_refused(tmp_path: Path) -> None:
    batch_id = a_batch(tmp_path)
    with pytest.raises(Refused, match="batch_not_ready"):
        commit_batch(batch_id=batch_id, by=SYSTEM)
    with pytest.raises(Refused, match="unknown_batch"):
        undo_batch(batch_id=batch_id + 1000, by=SYSTEM)
    assert batches()[0] == 1
    worked(batch_id)
    assert not advance()
