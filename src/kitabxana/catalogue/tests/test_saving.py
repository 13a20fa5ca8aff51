"""One record through its door: saved, refused, kept in every version, taken out and brought back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kitabxana.base.actor import NOBODY, SYSTEM, Actor
from kitabxana.base.models import AuditEntry, OutboxEvent
from kitabxana.catalogue.facts import Made, VersionFacts
from kitabxana.catalogue.messages import REFUSALS, refusal_text
from kitabxana.catalogue.operations import (
    NotValid,
    StaleVersion,
    delete_record,
    lean_on,
    restore_version,
    save_record,
    undelete_record,
)
from kitabxana.catalogue.queries import (
    by_identifier,
    difference,
    history,
    record,
    stored_record,
    version_marc,
)
from kitabxana.catalogue.rules import control_field
from kitabxana.catalogue.rules.difference import same_but_stamp
from kitabxana.catalogue.rules.stamp import stamped
from kitabxana.catalogue.tests.builders import a_record, field, marc
from kitabxana.kernel.decisions import Refused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, 30, 15, 250_000, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
AYLA = Actor(name="ayla", user_id=7, grants={"records.edit": ("AZ/",), "records.delete": ("AZ/",)})
ISBN = field("020", a="9789952800005")


def save(
    marc: dict[str, Any], record_id: int | None = None, version: int | None = None, *, by: Actor = AYLA,
    now: datetime = NOW,
) -> Any:  # fmt: skip
    return save_record(record_id=record_id, marc=marc, version=version, by=by, now=now, through="desk", source="test")


def codes(caught: pytest.ExceptionInfo[Refused]) -> list[str]:
    for refusal in caught.value.refusals:
        assert refusal_text(refusal)
    return [refusal.code for refusal in caught.value.refusals]


def test_a_new_record_is_stored_with_what_is_known_of_it() -> None:
    saved = save(marc(ISBN, number="77"))
    assert (saved.version, saved.changed, saved.findings) == (1, True, ())
    found = record(saved.record_id)
    assert found is not None
    assert (found.brief["title"], found.brief["isbn"], found.version) == ("Dəli Kür", "9789952800005", 1)
    assert control_field(found.marc, "005") == "20261123103015.2"
    assert [tag for entry in found.marc["fields"] for tag in entry][:4] == ["001", "003", "005", "008"]
    assert by_identifier("isbn", "9789952800005") == [saved.record_id]


def test_a_change_keeps_the_state_before() -> None:
    first = save(marc(ISBN, number="77"))
    second = save(marc(title="Dəli Kür : roman", number="77"), first.record_id, 1, now=LATER)
    assert (second.version, second.record_id) == (2, first.record_id)
    found = record(first.record_id)
    assert found is not None
    assert found.brief["title"] == "Dəli Kür : roman"
    assert by_identifier("isbn", "9789952800005") == []
    old = version_marc(first.record_id, 1)
    assert old is not None
    assert same_but_stamp(old, marc(ISBN, number="77"))
    assert history(first.record_id) == [
        VersionFacts(2, Made("ayla", "desk", "changed", LATER), current=True),
        VersionFacts(1, Made("ayla", "desk", "created", NOW), current=False),
    ]


def test_its_number_and_agency_stay_whatever_is_sent() -> None:
    first = save(marc(number="77"))
    save(marc(title="Yeni", number="88"), first.record_id, 1)
    found = record(first.record_id)
    assert found is not None
    assert control_field(found.marc, "001") == "77"
    bare = save({**marc(title="Bare"), "fields": marc(title="Bare")["fields"]}, first.record_id, 2)
    found = record(first.record_id)
    assert found is not None
    assert (control_field(found.marc, "001"), control_field(found.marc, "003"), bare.version) == ("77", "AZ-TEST", 3)


def test_what_changes_nothing_writes_nothing() -> None:
    first = save(marc(number="77"))
    again = save(marc(number="77"), first.record_id, 1, now=LATER)
    assert (again.version, again.changed) == (1, False)
    assert OutboxEvent.objects.filter(name="record.changed").count() == 1
    assert len(history(first.record_id)) == 1


def test_every_save_is_audited_and_told() -> None:
    saved = save(marc())
    [entry] = AuditEntry.objects.filter(object_type="record")
    assert (entry.action, entry.object_id, entry.actor_name) == ("record.created", str(saved.record_id), "ayla")
    [event] = OutboxEvent.objects.all()
    assert (event.name, event.payload) == ("record.changed", {"records": [saved.record_id]})


def test_errors_keep_a_record_out_and_warnings_come_back() -> None:
    with pytest.raises(NotValid) as caught:
        save(marc(field("245", "10", a="İkinci sərlövhə"), field("500", a="")))
    assert codes(caught) == ["not_valid"]
    assert [finding.code for finding in caught.value.findings] == ["empty_subfield", "repeated_key"]
    saved = save(marc(field("500", a="")))
    assert [finding.code for finding in saved.findings] == ["empty_subfield"]


def test_a_stale_save_changes_nothing_and_is_told_what_both_did() -> None:
    first = save(marc(number="77"))
    save(marc(title="Onlarınkı", number="77"), first.record_id, 1)
    with pytest.raises(StaleVersion) as caught:
        save(marc(field("500", a="Mənim qeydim."), number="77"), first.record_id, 1)
    assert codes(caught) == ["stale_version"]
    assert (caught.value.version, caught.value.difference.conflicts) == (2, 0)
    assert {row.side for row in caught.value.difference.rows} == {"same", "theirs", "mine"}
    saved = save(caught.value.difference.merged, first.record_id, 2)
    found = record(first.record_id)
    assert found is not None
    assert (saved.version, found.brief["title"]) == (3, "Onlarınkı")
    assert same_but_stamp(found.marc, marc(field("500", a="Mənim qeydim."), title="Onlarınkı", number="77"))


def test_what_both_made_alike_is_no_conflict() -> None:
    first = save(marc())
    save(marc(title="Yeni"), first.record_id, 1)
    assert save(marc(title="Yeni"), first.record_id, 1).changed is False


@pytest.mark.parametrize("version", [None, 0, 9])
def test_a_version_that_never_was_is_refused(version: int | None) -> None:
    first = save(marc())
    with pytest.raises(Refused) as caught:
        save(marc(title="Yeni"), first.record_id, version)
    assert codes(caught) == ["unknown_version"]


def test_any_version_can_be_brought_back() -> None:
    first = save(marc(ISBN))
    save(marc(title="Səhv"), first.record_id, 1)
    back = restore_version(record_id=first.record_id, wanted=1, version=2, by=AYLA, now=LATER, through="desk")
    found = record(first.record_id)
    assert found is not None
    assert (back.version, found.brief["title"]) == (3, "Dəli Kür")
    assert by_identifier("isbn", "9789952800005") == [first.record_id]
    assert [(one.version, one.made.how) for one in history(first.record_id)] == [
        (3, "restored"), (2, "changed"), (1, "created")
    ]  # fmt: skip
    with pytest.raises(StaleVersion):
        restore_version(record_id=first.record_id, wanted=2, version=2, by=AYLA, now=LATER, through="desk")
    again = restore_version(record_id=first.record_id, wanted=1, version=3, by=AYLA, now=LATER, through="desk")
    assert again.changed is False
    with pytest.raises(Refused) as caught:
        restore_version(record_id=first.record_id, wanted=8, version=3, by=AYLA, now=LATER, through="desk")
    assert codes(caught) == ["unknown_version"]


def test_an_imported_state_with_errors_can_be_brought_back() -> None:
    number = a_record(field("245", "10", a="İki sərlövhə"))
    save(marc(title="Düzəldilmiş"), number, 1)
    assert restore_version(record_id=number, wanted=1, version=2, by=AYLA, now=NOW, through="desk").changed


def test_two_versions_are_compared() -> None:
    first = save(marc())
    save(marc(title="Yeni"), first.record_id, 1)
    changes = difference(first.record_id, before=1, after=2)
    assert changes is not None
    assert [(one.kind, (one.after or ("",))[0]) for one in changes if one.kind != "same"] == [("changed", "245")]
    assert difference(first.record_id, before=1, after=7) is None


def test_a_deleted_record_leaves_a_tombstone_and_can_come_back() -> None:
    first = save(marc(ISBN))
    assert delete_record(record_id=first.record_id, by=AYLA, now=LATER, through="desk") == 2
    assert record(first.record_id, hidden=True) is None
    assert by_identifier("isbn", "9789952800005") == []
    tombstone = stored_record(first.record_id)
    assert tombstone is not None
    assert tombstone.deleted
    assert delete_record(record_id=first.record_id, by=AYLA, now=LATER, through="desk") == 2
    for refused in (
        lambda: save(marc(title="Yeni"), first.record_id, 2),
        lambda: restore_version(record_id=first.record_id, wanted=1, version=2, by=AYLA, now=NOW, through="desk"),
    ):
        with pytest.raises(Refused) as caught:
            refused()
        assert codes(caught) == ["record_deleted"]
    with pytest.raises(Refused) as caught:
        lean_on(first.record_id)
    assert codes(caught) == ["unknown_record"]
    assert undelete_record(record_id=first.record_id, by=AYLA, now=LATER, through="desk") == 3
    assert undelete_record(record_id=first.record_id, by=AYLA, now=LATER, through="desk") == 3
    assert by_identifier("isbn", "9789952800005") == [first.record_id]
    lean_on(first.record_id)
    assert [one.made.how for one in history(first.record_id)] == ["undeleted", "deleted", "created"]
    assert OutboxEvent.objects.filter(name="record.changed").count() == 3


@pytest.mark.parametrize(
    "by", [NOBODY, Actor(name="reader", patron_id=1), Actor(name="x", grants={"items.edit": ("",)})]
)
def test_only_who_may_does_any_of_it(by: Actor) -> None:
    number = a_record()
    for refused in (
        lambda: save(marc(), by=by),
        lambda: save(marc(title="Yeni"), number, 1, by=by),
        lambda: restore_version(record_id=number, wanted=1, version=1, by=by, now=NOW, through="desk"),
        lambda: delete_record(record_id=number, by=by, now=NOW, through="desk"),
        lambda: undelete_record(record_id=number, by=by, now=NOW, through="desk"),
    ):
        with pytest.raises(Refused) as caught:
            refused()
        assert codes(caught) == ["not_permitted"]
    assert len(history(number)) == 1


def test_what_is_not_there_can_be_neither_changed_nor_deleted() -> None:
    for refused in (
        lambda: save(marc(), 999_999, 1),
        lambda: delete_record(record_id=999_999, by=AYLA, now=NOW, through="desk"),
        lambda: undelete_record(record_id=999_999, by=AYLA, now=NOW, through="desk"),
    ):
        with pytest.raises(Refused) as caught:
            refused()
        assert codes(caught) == ["unknown_record"]
    assert history(999_999) == []
    assert stored_record(999_999) is None


def test_what_a_save_costs(django_assert_num_queries: Any) -> None:
    """The outer SAVEPOINT and RELEASE stand for BEGIN and COMMIT and are counted."""
    with django_assert_num_queries(7):  # authorities, record, identifiers, audit, event
        first = save(marc(ISBN))
    with django_assert_num_queries(10):  # lock, authorities, version, record, identifiers, links, audit, event
        save(marc(ISBN, title="Yeni"), first.record_id, 1)
    with django_assert_num_queries(10):  # the identifiers go: the same
        save(marc(title="Yeni"), first.record_id, 2)
    with django_assert_num_queries(4):  # nothing new
        save(marc(title="Yeni"), first.record_id, 3)
    with django_assert_num_queries(2):
        history(first.record_id)


def test_the_stamp_stands_where_it_stood() -> None:
    fields = [{"001": "1"}, {"008": "x"}, {"005": "old"}, {"005": "older"}, {"003": "AZ"}]
    put = stamped({"leader": "l", "fields": fields}, kept=None, now=NOW)
    assert put["fields"] == [{"001": "1"}, {"008": "x"}, {"005": "20261123103015.2"}, {"005": "older"}, {"003": "AZ"}]
    assert fields[2] == {"005": "old"}
    kept = {"leader": "", "fields": [{"001": "9"}]}
    assert stamped({"leader": "l", "fields": fields}, kept=kept, now=NOW)["fields"][0] == {"001": "9"}


def test_every_refusal_has_a_sentence() -> None:
    assert {"not_permitted", "not_valid", "stale_version", "has_items", "has_holds"} <= set(REFUSALS)
    assert SYSTEM.may_anywhere("records.delete")
