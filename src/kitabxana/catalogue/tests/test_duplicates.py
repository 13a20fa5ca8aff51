"""The whole catalogue searched for duplicates, step by step; kept up with changes; what people said is remembered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from kitabxana.base.actor import NOBODY, SYSTEM
from kitabxana.catalogue.facts import Goes
from kitabxana.catalogue.operations import (
    begin_search,
    delete_record,
    look_again,
    merge_records,
    put_off,
    resume_search,
    save_record,
    say_different,
    search_on,
    stop_search,
    undo_merge,
)
from kitabxana.catalogue.operations.duplicates import STEP
from kitabxana.catalogue.queries import stored_record
from kitabxana.catalogue.queries.duplicates import cluster, cluster_of, clusters_page, next_cluster, search
from kitabxana.catalogue.tests.builders import Record, an_authority, field
from kitabxana.catalogue.tests.test_matching import book
from kitabxana.kernel.decisions import Refused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
OTHER_FORM = book(title="Дәли Күр", author="Шыхлы, Исмајыл", publisher="Јазычы", pages="428 с.")


def stored(whole: dict[str, Any]) -> int:
    return save_record(record_id=None, marc=whole, version=None, by=SYSTEM, now=NOW, through="test").record_id


def searched() -> None:
    begin_search(by=SYSTEM)
    while search_on():
        pass


def found() -> list[tuple[int, ...]]:
    return [one.records for one in clusters_page(offset=0, limit=99)[1]]


def refused(work: Any) -> list[str]:
    with pytest.raises(Refused) as caught:
        work()
    return [one.code for one in caught.value.refusals]


def merged(keep: int, *gone: int) -> int:
    wanted = [Goes(one) for one in gone]
    return merge_records(keep=keep, gone=wanted, by=SYSTEM, now=NOW, through="test").id


def test_clusters_of_the_whole_catalogue_come_the_largest_and_surest_first() -> None:
    one, two = stored(book()), stored(OTHER_FORM)
    stored(book(title="Dəli Kür", year="1999", pages="300 s."))
    first, second, third = (stored(book(title="Qılınc və qələm", author="Ordubadi, M. S.")) for _ in range(3))
    an_authority(field("100", "1 ", a="Şıxlı, İsmayıl"))
    searched()
    assert found() == [(first, second, third), (one, two)]
    total, [top, _] = clusters_page(offset=0, limit=9)
    assert (total, top.size) == (2, 3)
    told = search()
    assert told is not None
    assert (told.state, told.percent, told.pairs) == ("done", 100, 4)
    assert cluster_of(two) == next_cluster(but=top.id)
    put_off(cluster_id=top.id, by=SYSTEM)
    assert found() == [(one, two), (first, second, third)]


def test_a_search_goes_in_steps_is_halted_and_goes_on() -> None:
    one, two = stored(book()), stored(OTHER_FORM)
    Record.objects.filter(pk=two)  # numbers are far apart: the search has more than one step
    far = Record.objects.get(pk=one)
    far.pk, far.control_number = two + 2 * STEP, ""
    far.save()
    number = begin_search(by=SYSTEM)
    assert refused(lambda: begin_search(by=SYSTEM)) == ["search_running"]
    assert refused(lambda: resume_search(search_id=number, by=SYSTEM)) == ["search_running"]
    assert search_on()
    told = search()
    assert told is not None
    assert 0 < told.percent < 100
    stop_search(search_id=number, by=SYSTEM)
    assert not search_on()
    assert refused(lambda: stop_search(search_id=number, by=SYSTEM)) == ["unknown_search"]
    assert found() == []
    resume_search(search_id=number, by=SYSTEM)
    while search_on():
        pass
    assert (one, two) in found()
    assert refused(lambda: resume_search(search_id=number, by=SYSTEM)) == ["unknown_search"]


def test_what_was_said_to_be_two_is_never_proposed_again() -> None:
    one, two, three = stored(book()), stored(OTHER_FORM), stored(book())
    searched()
    assert found() == [(one, two, three)]
    say_different(record_id=two, others=[one, three], by=SYSTEM)
    assert found() == [(one, three)]
    look_again([{"records": [one, two, three]}])
    assert found() == [(one, three)]
    searched()
    assert found() == [(one, three)]
    assert refused(lambda: say_different(record_id=one, others=[], by=SYSTEM)) == ["unknown_record"]


def test_records_that_come_change_and_go_are_followed() -> None:
    one = stored(book())
    look_again([{"records": [one]}])
    two = stored(OTHER_FORM)
    look_again([{"records": [two]}])
    assert found() == []  # nobody has asked for duplicates yet
    searched()
    three = stored(book())
    look_again([{"records": [three]}])
    assert found() == [(one, two, three)]
    row = stored_record(two)
    assert row is not None
    save_record(
        record_id=two, marc=book(title="Başqa kitab", author="Kimsə", year="2001"), version=row.version, by=SYSTEM,
        now=NOW, through="test",
    )  # fmt: skip
    look_again([{"records": [two]}, {"records": [two]}])
    assert found() == [(one, three)]
    delete_record(record_id=three, by=SYSTEM, now=NOW, through="test")
    look_again([{"records": [three]}])
    assert found() == []


def test_merged_records_leave_their_cluster_at_once_and_come_back_with_the_undo() -> None:
    one, two, three = stored(book()), stored(OTHER_FORM), stored(book())
    searched()
    made = merged(one, two)
    [left] = clusters_page(offset=0, limit=9)[1]
    assert (left.records, left.size) == ((one, three), 2)
    merged(one, three)
    assert found() == []
    look_again([{"records": [one, two, three]}])
    assert found() == []
    undo_merge(merge_id=made, by=SYSTEM, now=NOW, through="test")
    look_again([{"records": [one, two]}])
    assert found() == [(one, two)]


def test_only_who_may_merge_may_do_any_of_this() -> None:
    one, two = stored(book()), stored(OTHER_FORM)
    number = begin_search(by=SYSTEM)
    for work in (
        lambda: begin_search(by=NOBODY),
        lambda: stop_search(search_id=number, by=NOBODY),
        lambda: resume_search(search_id=number, by=NOBODY),
        lambda: say_different(record_id=one, others=[two], by=NOBODY),
        lambda: put_off(cluster_id=1, by=NOBODY),
    ):
        assert refused(work) == ["not_permitted"]
    assert refused(lambda: begin_search(by=SYSTEM, least=3)) == ["bad_score"]
    assert cluster(999_999) is None
