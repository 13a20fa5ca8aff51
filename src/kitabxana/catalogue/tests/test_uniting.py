"""Two authorities become one and two again; headings follow what comes after them, and keep what they follow."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kitabxana.base.actor import NOBODY, SYSTEM, Actor
from kitabxana.base.models import AuditEntry, OutboxEvent
from kitabxana.catalogue.facts import OverlayRule
from kitabxana.catalogue.matching import packed
from kitabxana.catalogue.operations import (
    NewRecord,
    add_many,
    delete_record,
    link_later,
    link_next,
    merge_authorities,
    part_authorities,
    replace,
    save_record,
    undelete_record,
    undo_merge,
)
from kitabxana.catalogue.queries import authorities_of, heading_progress, history, record, stored_record
from kitabxana.catalogue.queries.duplicates import merged_into, merges
from kitabxana.catalogue.rules import canonical, derive
from kitabxana.catalogue.rules.authorities import places_named
from kitabxana.catalogue.tests.builders import field
from kitabxana.catalogue.tests.test_authorities import NIZAMI, NOW, authority, book, codes, deliver, save, told
from kitabxana.kernel.decisions import Refused

pytestmark = pytest.mark.django_db
GANJAVI = field("100", "1 ", a="Nizami Ganjavi")


def merged(keep: int, gone: int) -> int:
    """The number of the merge, gone through all records."""
    merge_authorities(keep=keep, gone=gone, by=SYSTEM, now=NOW, through="test")
    deliver()
    return merges(limit=1, record_id=keep)[0].id


def parted(merge: int) -> int:
    back = part_authorities(merge_id=merge, by=SYSTEM, now=NOW, through="test")
    deliver()
    return back


def new(marc: dict[str, Any]) -> NewRecord:
    """A record as an import brings it."""
    made = derive(marc)
    return NewRecord(
        kind=made.kind, marc=canonical(marc).decode(), brief=json.dumps(made.brief), digest=made.digest,
        control_number=made.control_number, agency=made.agency, identifiers=made.identifiers,
        places=places_named(marc), traits=packed(made.traits) if made.traits else None,
    )  # fmt: skip


def test_an_undone_merge_gives_back_words_number_and_followers() -> None:
    keep = save(authority(NIZAMI, number="az1"))
    gone = save(authority(GANJAVI, field("400", "1 ", a="Nezami"), number="az2"))
    own = save(book(field("700", "1 ", a="Nizami Gəncəvi,", d="1141-1209")))
    theirs = save(book(field("700", "1 ", a="Nizami Ganjavi,", e="müəllif.")))
    both = save(book(field("700", "1 ", a="Nizami Ganjavi"), field("700", "1 ", a="Nizami Gəncəvi,", d="1141-1209")))
    merge = merged(keep, gone)
    assert told(theirs, "700") == ["Nizami Gəncəvi, 1141-1209, müəllif. (AZ-AMK)az1"]
    assert merged_into(gone) == keep
    assert parted(merge) == gone
    assert told(theirs, "700") == ["Nizami Ganjavi, müəllif. (AZ-AMK)az2"]
    assert told(own, "700") == ["Nizami Gəncəvi, 1141-1209 (AZ-AMK)az1"]
    assert authorities_of(both) == {("700", 0): gone, ("700", 1): keep}
    assert told(both, "700") == ["Nizami Ganjavi (AZ-AMK)az2", "Nizami Gəncəvi, 1141-1209 (AZ-AMK)az1"]
    kept, back = stored_record(keep), stored_record(gone)
    assert kept
    assert back
    assert not back.deleted
    assert [tag for entry in kept.marc["fields"] for tag in entry if tag in ("035", "400")] == []
    assert merged_into(gone) is None
    assert heading_progress(gone) == (2, 2)
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"record.merge", "record.unmerge"}
    assert merged(keep, gone) > merge  # and once more


def test_what_was_done_since_the_merge_stays() -> None:
    keep, gone = save(authority(NIZAMI, number="az1")), save(authority(GANJAVI, number="az2"))
    number = save(book(field("650", " 4", a="x"), field("700", "1 ", a="Nizami Ganjavi")))
    merge = merged(keep, gone)
    stored = record(keep, hidden=True)
    assert stored
    added = {**stored.marc, "fields": [*stored.marc["fields"], field("670", a="Sonra")]}
    save(added, keep, stored.version)
    found = record(number)
    assert found
    fields = [one for one in found.marc["fields"] if "700" not in one]
    again = [one for one in found.marc["fields"] if "700" in one]
    save({**found.marc, "fields": [*fields, field("700", "1 ", a="Öndə"), *again]}, number, found.version)
    later = save(book(field("700", "1 ", a="Nizami Gəncəvi,", d="1141-1209")))
    parted(merge)
    assert told(keep, "670") == ["Sonra"]
    assert authorities_of(number) == {("700", 1): gone}
    assert told(number, "700") == ["Öndə", "Nizami Ganjavi (AZ-AMK)az2"]
    assert authorities_of(later) == {("700", 0): keep}


def test_a_number_of_an_authority_that_went_leads_to_the_one_that_stayed() -> None:
    keep, gone = save(authority(NIZAMI, number="az1")), save(authority(GANJAVI, number="az2"))
    third = save(authority(field("100", "1 ", a="Şeyx Nizami"), number="az3"))
    merged(keep, gone)
    merge = merged(third, keep)
    named = book(field("700", "1 ", a="Hər kəs", _0="(AZ-AMK)az2"))
    by_saving = save(named)
    assert authorities_of(by_saving) == {("700", 0): third}
    assert told(by_saving, "700") == ["Hər kəs (AZ-AMK)az3"]
    [by_file] = add_many([new(named)], source="", source_format="marc21", run=1)
    assert authorities_of(by_file) == {("700", 0): third}
    parted(merge)
    assert authorities_of(save(named)) == {("700", 0): keep}


def test_who_may_undo_a_merge_and_when() -> None:
    keep, gone, third = save(authority(NIZAMI)), save(authority(GANJAVI)), save(authority(field("150", a="Poeziya")))
    merge = merged(keep, gone)
    for who, wanted in ((NOBODY, "not_permitted"), (Actor("e", grants={"records.edit": ("",)}), "not_permitted")):
        with pytest.raises(Refused) as caught:
            part_authorities(merge_id=merge, by=who, now=NOW, through="test")
        assert codes(caught) == [wanted]
    with pytest.raises(Refused) as caught:
        undo_merge(merge_id=merge, by=SYSTEM, now=NOW, through="test")
    assert codes(caught) == ["unknown_merge"]
    with pytest.raises(Refused) as caught:
        undelete_record(record_id=gone, by=SYSTEM, now=NOW, through="test")
    assert codes(caught) == ["merged_away"]
    further = merged(third, keep)
    with pytest.raises(Refused) as caught:
        parted(merge)
    assert codes(caught) == ["record_deleted"]
    parted(further)
    parted(merge)
    with pytest.raises(Refused) as caught:
        parted(merge)
    assert codes(caught) == ["merge_undone"]


def test_headings_follow_an_authority_that_comes_later_and_stay_as_they_are_written() -> None:
    by_words = save(book(field("700", "1 ", a="NİZAMİ GƏNCƏVİ,", d="1141-1209", e="müəllif")))
    by_number = save(book(field("700", "1 ", a="Kimsə", _0="(AZ-AMK)az1")))
    another = save(book(field("700", "1 ", a="Nizami Gəncəvi,", d="1141-1209", _0="(DLC)n1")))
    nizami = save(authority(NIZAMI, number="az1"))
    assert OutboxEvent.objects.filter(name="heading.added", payload={"authority": nizami}).exists()
    everything = [by_words, by_number, another, nizami, 0]
    with CaptureQueriesContext(connection) as queries:
        assert link_later(everything) == 2
    assert len(queries) <= 6  # and the savepoint
    assert authorities_of(by_words) == authorities_of(by_number) == {("700", 0): nizami}
    assert authorities_of(another) == {}
    assert told(by_words, "700") == ["NİZAMİ GƏNCƏVİ, 1141-1209 müəllif"]
    assert len(history(by_words)) == 1
    assert link_later(everything) == 0
    save(authority(field("100", "0 ", a="Nizami"), number="az1"), nizami, 1)
    deliver()
    assert told(by_words, "700") == ["Nizami müəllif"]


def test_the_whole_catalogue_is_gone_through_and_two_of_one_name_are_not_guessed_between() -> None:
    numbers = [save(book(field("650", " 4", a=name))) for name in ("Poeziya", "Nəsr", "Poeziya")]
    topic = save(authority(field("150", a="Poeziya")))
    for _ in range(2):
        save(authority(field("150", a="Nəsr")))
    last, linked = 0, 0
    while True:
        last, some = link_next(last, batch=2)
        linked += some
        if not last:
            break
    assert linked == 2
    assert [authorities_of(number) for number in numbers] == [{("650", 0): topic}, {}, {("650", 0): topic}]


def test_what_tells_that_a_heading_is_new() -> None:
    topic = save(authority(field("150", a="Poeziya")))
    told_of = OutboxEvent.objects.filter(name="heading.added")
    assert told_of.count() == 1
    save(authority(field("150", a="Poeziya"), field("670", a="x")), topic, 1)
    assert told_of.count() == 1
    save(authority(field("150", a="Poeziya"), field("750", " 7", a="Поэзия")), topic, 2)
    assert told_of.count() == 2
    delete_record(record_id=topic, by=SYSTEM, now=NOW, through="test")
    undelete_record(record_id=topic, by=SYSTEM, now=NOW, through="test")
    assert told_of.count() == 3
    save_record(record_id=None, marc=book(), version=None, by=SYSTEM, now=NOW, through="test")
    assert told_of.count() == 3


@pytest.mark.parametrize("overlay", [(), (OverlayRule("*", "replace", ""),)])
def test_a_record_replaced_by_a_file_keeps_what_its_headings_follow(overlay: tuple[OverlayRule, ...]) -> None:
    topic, person = save(authority(field("150", a="Poeziya"))), save(authority(NIZAMI, number="az1"))
    other = save(authority(field("100", "1 ", a="Füzuli"), number="az2"))
    number = save(book(field("650", " 4", a="Poeziya"), field("700", "1 ", a="Nizami Gəncəvi,", d="1141-1209")))
    assert len(authorities_of(number)) == 2
    file = book(
        field("500", a="Yeni"), field("650", " 4", a="Nəsr"), field("650", " 4", a="POEZİYA"),
        field("700", "1 ", a="Nizami Gəncəvi,", d="1141-1209", _0="(AZ-AMK)az2"),
        field("700", "1 ", a="Nizami Gəncəvi,", d="1141-1209."),
    )  # fmt: skip
    assert replace(number, new(file), by=SYSTEM, overlay=overlay)
    assert authorities_of(number) == {("650", 1): topic, ("700", 0): other, ("700", 1): person}


def test_an_authority_that_a_file_changes_is_followed_like_any_other() -> None:
    topic = save(authority(field("150", a="Poeziya"), number="az5"))
    number = save(book(field("650", " 4", a="Poeziya")))
    file = authority(field("150", a="Şeir"), field("750", " 7", a="Поэзия"), number="az5")
    assert replace(topic, new(file), by=SYSTEM)
    assert OutboxEvent.objects.filter(name="heading.added", payload={"authority": topic}).count() == 2
    deliver()
    assert told(number, "650") == ["Şeir (AZ-AMK)az5"]
