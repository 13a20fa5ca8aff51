"""Two records become one and, if that was a mistake, two again: versions, tombstone, links, what import knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kitabxana.base.actor import NOBODY, SYSTEM
from kitabxana.base.audit import trail
from kitabxana.base.models import OutboxEvent
from kitabxana.catalogue.facts import Goes
from kitabxana.catalogue.messages import refusal_text
from kitabxana.catalogue.operations import NotValid, merge_records, save_record, undelete_record, undo_merge
from kitabxana.catalogue.queries import (
    by_identifier,
    history,
    known_by_control_number,
    record,
    stored_record,
    version_marc,
)
from kitabxana.catalogue.queries.duplicates import merge, merged_into, merges
from kitabxana.catalogue.rules import data_fields, derive, pick
from kitabxana.catalogue.rules.merging import entries
from kitabxana.catalogue.tests.builders import a_record, an_authority, field, marc
from kitabxana.kernel.decisions import Refused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def joined(keep: int, *gone: int, **more: Any) -> int:
    wanted = [Goes(one) for one in gone]
    return merge_records(keep=keep, gone=wanted, by=SYSTEM, now=NOW, through="test", **more).id


def undone(merge_id: int) -> tuple[int, ...]:
    return undo_merge(merge_id=merge_id, by=SYSTEM, now=LATER, through="test")


def codes(work: Any) -> list[str]:
    with pytest.raises(Refused) as caught:
        work()
    for refusal in caught.value.refusals:
        assert refusal_text(refusal)
    return [refusal.code for refusal in caught.value.refusals]


def told(record_id: int, tag: str) -> list[str]:
    found = stored_record(record_id)
    assert found is not None
    return [pick(one, "abcdx") for name, one in data_fields(found.marc) if name == tag]


def test_one_stays_with_what_the_others_knew_and_the_others_lead_to_it() -> None:
    keep = a_record(field("020", a="9789952212341"), number="K1")
    gone = a_record(field("020", a="9785090389945"), field("650", " 4", a="Roman"), number="G1")
    third = a_record(field("650", " 4", a="Roman"), field("520", a="Kür haqqında"))
    made = merge_records(
        keep=keep, gone=[Goes(gone, version=1), Goes(third)], version=1, by=SYSTEM, now=NOW, through="test"
    )
    assert (made.keep, made.version, made.gone) == (keep, 2, (gone, third))
    assert told(keep, "020") == ["9789952212341", "9785090389945"]
    assert told(keep, "650") == ["Roman"]
    assert told(keep, "520") == ["Kür haqqında"]
    assert told(keep, "035") == ["(AZ-TEST)G1"]
    assert by_identifier("isbn", "9785090389945") == [keep]
    for one in (gone, third):
        found = stored_record(one)
        assert found is not None
        assert found.deleted
        assert record(one) is None
        assert merged_into(one) == keep
        assert history(one)[0].made.how == "merged"
    assert merged_into(keep) is None
    assert [state.made.how for state in history(keep)] == ["merged", ""]
    changed = [one.payload["records"] for one in OutboxEvent.objects.filter(name="record.changed")]
    assert sorted(changed) == [[keep], [gone], [third]]
    [entry] = [one for one in trail("record", keep, limit=9) if one.action == "record.merge"]
    assert (entry.after or {})["gone"] == [gone, third]
    [listed] = merges(limit=9)
    assert (listed.gone, listed.undone_at) == ((gone, third), None)


def test_what_is_taken_and_left_is_the_librarian_s_choice() -> None:
    keep, gone = marc(field("500", a="Köhnə qeyd")), marc(field("500", a="Yeni qeyd"), field("650", " 4", a="Roman"))
    wanted = frozenset(at for at, (tag, _) in enumerate(entries(gone)) if tag == "500")
    left = frozenset(at for at, (tag, _) in enumerate(entries(keep)) if tag == "500")
    one, other = a_record(*keep["fields"][3:]), a_record(*gone["fields"][3:])
    merge_records(keep=one, gone=[Goes(other, take=wanted)], leave=left, by=SYSTEM, now=NOW, through="test")
    assert told(one, "500") == ["Yeni qeyd"]
    assert told(one, "650") == []


def test_undoing_makes_two_records_of_it_again_and_keeps_what_was_changed_since() -> None:
    keep = a_record(field("500", a="Qeyd"), number="K1")
    gone = a_record(field("650", " 4", a="Roman"), number="G1")
    before = version_marc(keep, 1)
    made = joined(keep, gone)
    now = stored_record(keep)
    assert now is not None
    changed = {**now.marc, "fields": [*now.marc["fields"], field("520", a="Sonradan əlavə")]}
    save_record(record_id=keep, marc=changed, version=2, by=SYSTEM, now=NOW, through="test")
    assert undone(made) == (gone,)
    assert told(keep, "650") == told(keep, "035") == []
    assert told(keep, "520") == ["Sonradan əlavə"]
    assert told(keep, "500") == ["Qeyd"]
    back = record(gone)
    assert back is not None
    assert told(gone, "650") == ["Roman"]
    assert merged_into(gone) is None
    assert before is not None
    assert history(gone)[0].made.how == "unmerged"
    assert codes(lambda: undone(made)) == ["merge_undone"]
    assert merge(made).undone_by == "system"  # type: ignore[union-attr]
    again = joined(keep, gone)
    assert merged_into(gone) == keep
    undone(again)


def test_a_chain_of_merges_leads_to_its_end_and_is_undone_from_its_end() -> None:
    one, two, three = a_record(title="Bir"), a_record(title="Bir"), a_record(title="Bir")
    first, second = joined(two, one), joined(three, two)
    assert merged_into(one) == merged_into(two) == three
    assert codes(lambda: undone(first)) == ["record_deleted"]
    undone(second)
    assert merged_into(one) == two
    undone(first)
    assert merged_into(one) is None
    assert record(one) is not None


def test_what_cannot_be_one_is_refused_and_changes_nothing() -> None:
    keep, gone, authority = a_record(), a_record(), an_authority(field("100", "1 ", a="Şıxlı"))
    assert codes(lambda: joined(keep, keep)) == ["cannot_merge"]
    assert codes(lambda: joined(keep, gone, gone)) == ["cannot_merge"]
    assert codes(lambda: joined(keep)) == ["cannot_merge"]
    assert codes(lambda: joined(keep, authority)) == ["cannot_merge"]
    assert codes(lambda: joined(keep, 999_999)) == ["unknown_record"]
    assert codes(lambda: joined(keep, gone, version=7)) == ["records_changed"]
    assert codes(
        lambda: merge_records(keep=keep, gone=[Goes(gone)], by=NOBODY, now=NOW, through="test")
    ) == ["not_permitted"]  # fmt: skip
    assert codes(lambda: undo_merge(merge_id=1, by=NOBODY, now=NOW, through="test")) == ["not_permitted"]
    assert codes(lambda: undone(999_999)) == ["unknown_merge"]
    joined(keep, gone)
    assert codes(lambda: joined(keep, gone)) == ["cannot_merge"]
    assert codes(lambda: undelete_record(record_id=gone, by=SYSTEM, now=NOW, through="test")) == ["merged_away"]
    assert [state.version for state in history(keep)] == [2, 1]


def test_a_choice_that_makes_a_wrong_record_is_refused() -> None:
    keep, gone = a_record(), a_record()
    title = frozenset({1, 2})  # the main entry and the title, a second time
    with pytest.raises(NotValid):
        merge_records(keep=keep, gone=[Goes(gone, take=title)], by=SYSTEM, now=NOW, through="test")
    assert [state.version for state in history(gone)] == [1]


def test_a_file_that_comes_again_knows_where_its_record_went() -> None:
    keep, gone = a_record(number="K1"), a_record(number="G1", title="Dali Kur")
    made = joined(keep, gone)
    [known] = known_by_control_number([("G1", "AZ-TEST")])["G1", "AZ-TEST"]
    assert (known.id, known.deleted, known.merged) == (keep, False, True)
    assert known.digest == derive(marc(number="G1", title="Dali Kur")).digest
    undone(made)
    [known] = known_by_control_number([("G1", "AZ-TEST")])["G1", "AZ-TEST"]
    assert (known.id, known.merged) == (gone, False)
