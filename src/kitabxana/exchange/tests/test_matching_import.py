"""Import with matching by points: another agency's record finds the one that the house has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.facts import Goes, Saved
from kitabxana.catalogue.matching import traits_of, unpacked
from kitabxana.catalogue.operations import merge_records, put_keys, save_record
from kitabxana.catalogue.queries import count_records, newest, record, version_marc
from kitabxana.catalogue.queries.matching import LARGEST_BLOCK, candidates
from kitabxana.catalogue.tests.builders import Record, a_record, change, field, former_states, marc
from kitabxana.catalogue.tests.test_matching import book
from kitabxana.exchange.facts import Profile
from kitabxana.exchange.operations import import_marc
from kitabxana.exchange.tests.builders import a_file, copy_952
from kitabxana.holdings.queries import items_of
from kitabxana.organisation.tests.builders import a_nation

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db
POINTS = Profile(matching="points")
OURS = book(title="Dəli Kür", author="Şıxlı, İsmayıl")
THEIRS = book(copy_952("T1"), title="Дәли Күр", author="Шыхлы, Исмајыл", publisher="Јазычы")


@pytest.fixture(autouse=True)
def _house(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"
    a_nation()


def load(tmp_path: Path, *records: dict[str, Any], profile: Profile = POINTS) -> tuple[int, int, int]:
    summary = import_marc(
        a_file(tmp_path / f"{count_records()}-{len(records)}.mrc", records), by=SYSTEM, profile=profile
    )
    return summary.created, summary.updated, summary.unchanged


def save(before: Saved | None, record: dict[str, Any]) -> Saved:
    stored = (before.record_id, before.version) if before else (None, None)
    return save_record(
        record_id=stored[0], marc=record, version=stored[1], by=SYSTEM, now=timezone.now(), through="test"
    )


def test_another_agencys_record_joins_its_copies_to_ours_and_leaves_ours_as_it_is(tmp_path: Path) -> None:
    load(tmp_path, OURS)
    assert load(tmp_path, THEIRS) == (0, 0, 1)
    [(ours, brief)] = newest(5)
    assert brief["title"] == "Dəli Kür"
    assert [item.barcode for item in items_of([ours])[ours]] == ["T1"]
    assert former_states(ours) == 0


def test_it_replaces_ours_where_the_profile_says_so(tmp_path: Path) -> None:
    load(tmp_path, OURS)
    assert load(tmp_path, THEIRS, profile=Profile(matching="points", overlay="replace")) == (0, 1, 0)
    [(ours, brief)] = newest(5)
    assert brief["title"] == "Дәли Күр"
    assert former_states(ours) == 1


def test_without_points_only_the_control_number_counts(tmp_path: Path) -> None:
    load(tmp_path, OURS)
    assert load(tmp_path, THEIRS, profile=Profile()) == (1, 0, 0)


def test_another_volume_and_another_year_are_new(tmp_path: Path) -> None:
    load(tmp_path, book(title="Tarix. 1-ci cild"))
    assert load(tmp_path, book(title="Tarix. 2-ci cild"), book(title="Tarix. 1-ci cild", year="1999")) == (2, 0, 0)


def test_two_of_one_file_stay_two(tmp_path: Path) -> None:
    """As with control numbers: a file's own records never overlay each other, also in one batch."""
    assert load(tmp_path, OURS, THEIRS) == (2, 0, 0)
    replacing = Profile(matching="points", overlay="replace")
    again = book(title="Deli Kur"), book(title="Dəli  kür.")
    created, updated, _ = load(tmp_path, *again, profile=replacing)
    assert created + updated == 2
    assert updated <= 1


def test_what_is_deleted_is_not_found(tmp_path: Path) -> None:
    load(tmp_path, OURS)
    [(ours, _)] = newest(1)
    change(ours, deleted_at="2026-01-01T00:00Z")
    assert load(tmp_path, THEIRS) == (1, 0, 0)


def test_candidates_cost_two_statements_however_many_records(tmp_path: Path) -> None:
    load(tmp_path, *(book(title=f"Roman {word}") for word in ("dağlar", "dənizlər", "çaylar")))
    asked = [traits_of(book(title=f"Roman {word}")) for word in ("dağlar", "dənizlər", "çaylar")]
    asked.append(traits_of(book(title="Kimya dərsliyi", author="Əliyev, Vəli", pages="90 s.")))
    with CaptureQueriesContext(connection) as queries:
        found = candidates(asked)
    assert len(queries) == 2
    best = [record(some[0].record_id).brief["title"] if some else "" for some in found]  # type: ignore[union-attr]
    assert best[:3] == ["Roman dağlar", "Roman dənizlər", "Roman çaylar"]
    assert found[3] == []


def test_a_key_that_too_many_share_is_passed_over(tmp_path: Path) -> None:
    """Forty-one identical annual reports say nothing about the forty-second."""
    same = [book({"001": f"R{at}"}, {"003": "AZ-R"}, title="İllik hesabat") for at in range(LARGEST_BLOCK + 1)]
    load(tmp_path, *same, profile=Profile())
    assert candidates([traits_of(book(title="İllik hesabat"))]) == [[]]


def test_records_stored_without_keys_get_them(tmp_path: Path) -> None:
    stored = [a_record(title="Dəli Kür"), a_record(title="Xəmsə", author="Nizami Gəncəvi")]
    asked = [traits_of(marc(title="Dəli Kür"))]
    assert candidates(asked) == [[]]
    last, count = put_keys(0, batch=1)
    assert (last, count) == (stored[0], 1)
    assert put_keys(last, batch=10) == (stored[1], 1)
    assert put_keys(stored[1], batch=10) == (0, 0)
    assert [one.record_id for one in candidates(asked)[0]] == [stored[0]]
    put_keys(0, batch=10)
    assert [one.record_id for one in candidates(asked)[0]] == [stored[0]]


def test_what_is_kept_for_comparing_says_what_the_record_does(tmp_path: Path) -> None:
    """Saved, imported, overlaid; a record stored before it was kept has its MARC read, and keeps it from `keys` on."""
    saved = save(None, marc(title="Alma ağacı"))
    save(saved, marc(title="Alma bağı"))
    load(tmp_path, OURS, book({"001": "n2"}, {"003": "AZ"}, title="Xəmsə", author="Nizami Gəncəvi"))
    load(tmp_path, book({"001": "n2"}, {"003": "AZ"}, title="Xəmsə yeni", author="Nizami Gəncəvi"))
    rows = list(Record.objects.order_by("pk"))
    assert len(rows) == 3
    for row in rows:
        assert unpacked(row.traits or "") == traits_of(row.marc)
    asked = [traits_of(row.marc) for row in rows]
    found = candidates(asked)
    assert all(found)
    Record.objects.update(traits=None)
    assert candidates(asked) == found
    put_keys(0, batch=10)
    assert [row.traits for row in Record.objects.order_by("pk")] == [row.traits for row in rows]
    assert candidates(asked) == found


def test_who_decides_alone_is_not_shown_what_differs_or_may_be_it(tmp_path: Path) -> None:
    first = book({"001": "v1"}, {"003": "AZ-V"}, title="Azərbaycan tarixi 1-ci cild")
    second = book({"001": "v2"}, {"003": "AZ-V"}, title="Azərbaycan tarixi 2-ci cild")
    load(tmp_path, first, second, profile=Profile())
    asked = [traits_of(book(title="Azərbaycan tarixi 1-ci cild"))]
    [everything] = candidates(asked)
    assert [bool(one.match.differs) for one in everything] == [False, True]
    assert candidates(asked, least=82) == [everything[:1]]
    assert candidates(asked, least=everything[0].match.score + 1) == [[]]


def test_a_file_brought_again_does_not_raise_what_was_merged(tmp_path: Path) -> None:
    keep = a_record(number="K1", title="Dəli Kür")
    mine = marc(number="G1", title="Dali Kur")
    assert load(tmp_path, mine, profile=Profile()) == (1, 0, 0)
    gone = newest(1)[0][0]
    merge_records(keep=keep, gone=[Goes(gone)], by=SYSTEM, now=timezone.now(), through="test")
    kept = version_marc(keep, 2)
    again = marc(copy_952("M1"), field("500", a="Yeni qeyd"), number="G1", title="Dali Kur")
    for profile in (Profile(), POINTS, Profile(overlay="replace")):
        summary = import_marc(
            a_file(tmp_path / f"{profile.matching}{profile.overlay}.mrc", [again]), by=SYSTEM, profile=profile
        )
        assert (summary.created, summary.updated, summary.unchanged) == (0, 0, 1)
    assert record(gone) is None
    assert version_marc(keep, 2) == kept
    assert former_states(keep) == 1
    assert [item.barcode for item in items_of([keep])[keep]] == ["M1"]
