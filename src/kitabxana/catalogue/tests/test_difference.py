"""What two states have apart, and what two changes are together."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitabxana.catalogue.rules.difference import difference, lines_of, same_but_stamp, three_way
from kitabxana.catalogue.tests.builders import field, marc

NOTE, OTHER = field("500", a="Birinci qeyd."), field("500", a="İkinci qeyd.")


def told(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """ "kind tag" of every field that is not the same."""
    return [
        f"{change.kind} {(change.before or change.after or ('',))[0]}"
        for change in difference(before, after)
        if change.kind != "same"
    ]


def test_a_state_is_like_itself() -> None:
    assert told(marc(NOTE), marc(NOTE)) == []


def test_when_a_record_was_changed_is_no_difference() -> None:
    assert told(marc({"005": "1"}), marc({"005": "2"})) == []
    assert same_but_stamp(marc({"005": "1"}), marc())
    assert not same_but_stamp(marc(NOTE), marc())


def test_fields_are_added_removed_and_changed_where_they_stand() -> None:
    assert told(marc(NOTE), marc(NOTE, OTHER)) == ["added 500"]
    assert told(marc(NOTE, OTHER), marc(OTHER)) == ["removed 500"]
    assert told(marc(title="Dəli Kür"), marc(title="Dəli Kür.")) == ["changed 245"]
    assert told(marc(), {**marc(), "leader": "00000cam a2200000 i 4500"}) == ["changed LDR"]


def test_of_several_alike_the_likest_is_the_same_field() -> None:
    first = field("650", " 7", a="Romanlar", _2="fast")
    second = field("650", " 7", a="Tarix", x="Müharibə", _2="fast")
    mended = field("650", " 7", a="Tarix", x="Müharibələr", _2="fast")
    before, after = marc(first, second), marc(mended)
    kinds = [(change.kind, change.before) for change in difference(before, after) if change.kind != "same"]
    assert kinds == [("removed", ("650", first["650"])), ("changed", ("650", second["650"]))]


def test_a_field_moved_is_taken_out_and_put_in() -> None:
    assert told(marc(NOTE, field("504", a="B"), OTHER), marc(OTHER, NOTE, field("504", a="B"))) in (
        ["added 500", "removed 500"],
        ["removed 500", "removed 504", "added 500", "added 504"],
    )


def test_two_changes_in_different_fields_are_both_kept() -> None:
    both = three_way(marc(NOTE), marc(NOTE, title="Dəli Kür : roman"), marc(NOTE, OTHER))
    assert both.conflicts == 0
    assert [row.side for row in both.rows if row.side != "same"] == ["theirs", "mine"]
    assert both.merged == marc(NOTE, OTHER, title="Dəli Kür : roman")


def test_the_same_field_changed_in_two_ways_is_a_conflict_in_which_mine_is_proposed() -> None:
    both = three_way(marc(), marc(title="Onlarınkı"), marc(title="Mənimki"))
    [row] = [row for row in both.rows if row.side != "same"]
    assert (row.side, both.conflicts) == ("conflict", 1)
    assert row.base == lines_of(marc())[3]
    assert row.theirs == lines_of(marc(title="Onlarınkı"))[3]
    assert both.merged == marc(title="Mənimki")


@pytest.mark.parametrize(("theirs", "mine"), [(marc(), marc(NOTE)), (marc(NOTE), marc())])
def test_what_one_side_removed_stays_removed(theirs: dict[str, Any], mine: dict[str, Any]) -> None:
    assert three_way(marc(NOTE), theirs, mine).merged == marc()


def test_removed_here_and_changed_there_is_a_conflict() -> None:
    assert three_way(marc(NOTE), marc(field("500", a="Birinci qeyd!")), marc()).conflicts == 1


def test_alike_changes_are_one() -> None:
    both = three_way(marc(), marc(NOTE, title="Yeni"), marc(NOTE, title="Yeni"))
    assert both.conflicts == 0
    assert both.merged == marc(NOTE, title="Yeni")
    assert {row.side for row in both.rows} == {"same", "both"}


def test_a_monstrous_record_is_compared_in_time() -> None:
    before = {"leader": "x", "fields": [field("500", a=f"köhnə {number}") for number in range(3000)]}
    after = {"leader": "x", "fields": [field("500", a=f"yeni {number}") for number in range(3000)]}
    assert len(difference(before, after)) == 6001


FIELDS = st.lists(
    st.builds(lambda tag, text: field(tag, a=text), st.sampled_from(["245", "500", "650"]), st.sampled_from("abcd")),
    max_size=7,
)


@given(FIELDS, FIELDS)
def test_each_state_can_be_read_out_of_the_difference(one: list[dict[str, Any]], two: list[dict[str, Any]]) -> None:
    before, after = {"leader": "x", "fields": one}, {"leader": "x", "fields": two}
    changes = difference(before, after)
    assert [change.before for change in changes if change.before] == lines_of(before)
    assert [change.after for change in changes if change.after] == lines_of(after)
    assert all((change.kind == "same") == (change.before == change.after) for change in changes)
    assert all(not (change.before and change.after) or change.before[0] == change.after[0] for change in changes)


@given(FIELDS, FIELDS, FIELDS)
def test_who_changes_nothing_loses_nothing(
    base: list[dict[str, Any]], theirs: list[dict[str, Any]], mine: list[dict[str, Any]]
) -> None:
    old, there, here = ({"leader": "x", "fields": fields} for fields in (base, theirs, mine))
    assert three_way(old, there, old).merged == there
    assert three_way(old, old, here).merged == here
    assert three_way(old, here, here).merged == here
    both = three_way(old, there, here)
    assert [row.mine for row in both.rows if row.mine] == lines_of(here) or any(row.side == "both" for row in both.rows)
    for row in both.rows:
        assert (row.side == "conflict") <= (row.theirs != row.mine)
