"""Headings follow their authorities: by number, by words, in each language; a change goes through all of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kitabxana.base import outbox
from kitabxana.base.actor import NOBODY, SYSTEM
from kitabxana.base.models import OutboxEvent
from kitabxana.catalogue.messages import refusal_text
from kitabxana.catalogue.operations import (
    add_authority_from,
    delete_record,
    follow_headings,
    merge_authorities,
    restore_version,
    save_record,
    undelete_record,
)
from kitabxana.catalogue.operations.headings import RECORDS_AT_ONCE
from kitabxana.catalogue.queries import (
    authorities_of,
    heading_progress,
    history,
    record,
    records_of_authority,
    stored_record,
)
from kitabxana.catalogue.rules import data_fields, pick, validate
from kitabxana.catalogue.rules.authorities import Form, authority_from, forms_of, key_of, references, with_heading
from kitabxana.catalogue.tests.builders import field, marc
from kitabxana.formats.marc import iter_records
from kitabxana.kernel.decisions import Refused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
DATA = Path(__file__).resolve().parents[5] / "shared" / "data" / "marc"
FIXED = {"008": "240101n| azannaabn          |n aaa     d"}
NIZAMI = field("100", "1 ", a="Nizami Gəncəvi,", d="1141-1209")


def save(whole: dict[str, Any], record_id: int | None = None, version: int | None = None) -> int:
    saved = save_record(record_id=record_id, marc=whole, version=version, by=SYSTEM, now=NOW, through="test")
    return saved.record_id


def authority(*fields: dict[str, Any], number: str = "") -> dict[str, Any]:
    own = [{"001": number}, {"003": "AZ-AMK"}] if number else []
    return {"leader": "00000nz  a2200000n  4500", "fields": [*own, FIXED, *fields]}


def book(*fields: dict[str, Any]) -> dict[str, Any]:
    return marc(*fields, title="Xəmsə", author="Kimsə")


def told(record_id: int, tag: str) -> list[str]:
    """The fields with this tag as they are typed."""
    found = record(record_id, hidden=True)
    assert found is not None
    return [pick(one, "abcdqtexv0") for name, one in data_fields(found.marc) if name == tag]


def codes(caught: pytest.ExceptionInfo[Refused]) -> list[str]:
    assert all(refusal_text(refusal) for refusal in caught.value.refusals)
    return [refusal.code for refusal in caught.value.refusals]


def deliver() -> int:
    """Let the changed headings go through; how often it took."""
    times = 0
    while outbox.pending("heading.changed"):
        outbox.deliver({"heading.changed": (follow_headings,), "record.changed": ()})
        times += 1
    return times


def test_a_heading_follows_the_one_authority_with_the_same_words_and_says_so() -> None:
    nizami = save(authority(NIZAMI, number="az77"))
    number = save(book(field("600", "14", a="NİZAMİ GƏNCƏVİ,", d="1141-1209", x="Tərcümeyi-hal"),
                       field("700", "1 ", a="Nizami Gəncəvi", d="1141-1209.", e="müəllif"),
                       field("700", "1 ", a="Nizami")))  # fmt: skip
    assert authorities_of(number) == {("600", 0): nizami, ("700", 0): nizami}
    assert told(number, "700") == ["Nizami Gəncəvi 1141-1209. müəllif (AZ-AMK)az77", "Nizami"]
    assert records_of_authority(nizami, limit=5) == [number]


def test_the_number_decides_and_not_the_words() -> None:
    first, second = (
        save(authority(NIZAMI, number="az77")),
        save(authority(field("100", "1 ", a="Nizami"), number="az78")),
    )
    by_number = field("700", "1 ", a="Nizami Gəncəvi,", d="1141-1209", _0="(AZ-AMK) az 78")
    elsewhere = field("700", "1 ", a="Nizami Gəncəvi,", d="1141-1209", _0="(DLC)n1")
    number = save(book(by_number, elsewhere))
    assert authorities_of(number) == {("700", 0): second}
    assert first not in authorities_of(number).values()


def test_two_authorities_with_one_heading_are_not_guessed_between() -> None:
    save(authority(NIZAMI))
    save(authority(NIZAMI, field("670", a="başqası")))
    assert authorities_of(save(book(field("700", "1 ", a="Nizami Gəncəvi,", d="1141-1209")))) == {}


def test_a_changed_heading_goes_through_all_that_follow_it() -> None:
    nizami = save(authority(NIZAMI))
    role = field("700", "1 ", a="Nizami Gəncəvi,", d="1141-1209,", e="müəllif.")
    one = save(book(role, field("500", a="qeyd")))
    two = save(book(field("600", "14", a="Nizami Gəncəvi,", d="1141-1209", x="Yaradıcılığı")))
    assert heading_progress(nizami) == (2, 2)
    save(authority(field("100", "0 ", a="Nizami,", c="Gəncəvi,", d="1141-1209")), nizami, 1)
    assert heading_progress(nizami) == (0, 2)
    assert deliver() == 1
    assert heading_progress(nizami) == (2, 2)
    assert told(one, "700") == ["Nizami, Gəncəvi, 1141-1209, müəllif."]
    assert told(two, "600") == ["Nizami, Gəncəvi, 1141-1209 Yaradıcılığı"]
    [newest, _] = history(one)
    assert (newest.made.by, newest.made.through, newest.made.how) == ("system", "authority", "changed")
    assert {"records": [one, two]} in OutboxEvent.objects.filter(name="record.changed").values_list(
        "payload", flat=True
    )
    assert deliver() == 0


def test_what_does_not_touch_the_heading_stirs_nobody() -> None:
    nizami = save(authority(NIZAMI))
    save(authority(NIZAMI, field("670", a="Mənbə")), nizami, 1)
    assert outbox.pending("heading.changed") == 0


def test_each_language_has_its_form_and_a_record_keeps_its_own() -> None:
    russian = field("700", "17", a="Низами Гянджеви,", d="1141-1209", _2="rvk")
    nizami = save(authority(NIZAMI, russian))
    az = save(book(field("700", "1 ", a="Nizami Gəncəvi,", d="1141-1209")))
    ru = save(book(field("700", "1 ", a="Низами Гянджеви,", d="1141-1209")))
    assert authorities_of(az) == authorities_of(ru) == {("700", 0): nizami}
    save(authority(NIZAMI, field("700", "17", a="Низами,", d="1141-1209", _2="rvk")), nizami, 1)
    deliver()
    assert told(ru, "700") == ["Низами, 1141-1209"]
    assert told(az, "700") == ["Nizami Gəncəvi, 1141-1209"]
    assert len(history(az)) == 1


def test_a_great_authority_is_gone_through_in_parts() -> None:
    topic = save(authority(field("150", a="Poeziya")))
    for _ in range(RECORDS_AT_ONCE + 5):
        save(book(field("650", " 4", a="Poeziya")))
    save(authority(field("150", a="Şeir")), topic, 1)
    outbox.deliver({"heading.changed": (follow_headings,)})
    assert heading_progress(topic) == (RECORDS_AT_ONCE, RECORDS_AT_ONCE + 5)
    deliver()
    assert heading_progress(topic) == (RECORDS_AT_ONCE + 5, RECORDS_AT_ONCE + 5)


def test_the_same_word_told_twice_changes_nothing() -> None:
    topic, number = save(authority(field("150", a="Poeziya"))), save(book(field("650", " 4", a="Poeziya")))
    save(authority(field("150", a="Şeir")), topic, 1)
    event = {"authority": topic, "by": "ayla"}
    follow_headings([event, event])
    follow_headings([event])
    assert len(history(number)) == 2


def test_two_authorities_become_one() -> None:
    keep, gone = (
        save(authority(NIZAMI)),
        save(authority(field("100", "1 ", a="Nizami Ganjavi"), field("400", "1 ", a="Nezami"))),
    )
    number = save(book(field("700", "1 ", a="Nizami Ganjavi")))
    assert merge_authorities(keep=keep, gone=gone, by=SYSTEM, now=NOW, through="test") == 2
    deliver()
    assert authorities_of(number) == {("700", 0): keep}
    assert told(number, "700") == ["Nizami Gəncəvi, 1141-1209"]
    kept, lost = stored_record(keep), stored_record(gone)
    assert kept is not None
    assert lost is not None
    assert lost.deleted
    assert [reference.text for reference in references(kept.marc)] == ["Nizami Ganjavi", "Nezami"]
    for other in (gone, keep, number):
        with pytest.raises(Refused) as caught:
            merge_authorities(keep=keep, gone=other, by=SYSTEM, now=NOW, through="test")
        assert codes(caught) == ["not_an_authority"]
    with pytest.raises(Refused) as caught:
        merge_authorities(keep=keep, gone=gone, by=NOBODY, now=NOW, through="test")
    assert codes(caught) == ["not_permitted"]


def test_a_tombstone_is_left_alone_and_follows_when_it_comes_back() -> None:
    topic, number = save(authority(field("150", a="Poeziya"))), save(book(field("650", " 4", a="Poeziya")))
    delete_record(record_id=number, by=SYSTEM, now=NOW, through="test")
    save(authority(field("150", a="Şeir")), topic, 1)
    deliver()
    assert [one.version for one in history(number)] == [2, 1]
    assert heading_progress(topic) == (0, 0)
    undelete_record(record_id=number, by=SYSTEM, now=NOW, through="test")
    deliver()
    assert told(number, "650") == ["Şeir"]


def test_an_authority_that_is_followed_stays() -> None:
    topic = save(authority(field("150", a="Poeziya")))
    number = save(book(field("650", " 4", a="Poeziya")))
    with pytest.raises(Refused) as caught:
        delete_record(record_id=topic, by=SYSTEM, now=NOW, through="test")
    assert codes(caught) == ["has_followers"]
    save(book(), number, 1)
    assert delete_record(record_id=topic, by=SYSTEM, now=NOW, through="test") == 2
    restore_version(record_id=number, wanted=1, version=2, by=SYSTEM, now=NOW, through="test")
    assert authorities_of(number) == {}  # a deleted authority is followed by nobody


def test_a_heading_becomes_an_authority() -> None:
    number = save(
        book(field("650", " 4", a="Poeziya", x="Tarix"), field("700", "1 ", a="Nizami Gəncəvi,", e="müəllif"))
    )
    made = add_authority_from(record_id=number, tag="700", ordinal=0, by=SYSTEM, now=NOW, through="test")
    found = record(made.record_id, hidden=True)
    assert found is not None
    assert (found.kind, found.brief["title"]) == ("a", "Nizami Gəncəvi")
    assert validate(found.marc) == []
    assert authorities_of(number) == {("700", 0): made.record_id}
    for tag, ordinal in (("700", 1), ("245", 0)):
        with pytest.raises(Refused) as caught:
            add_authority_from(record_id=number, tag=tag, ordinal=ordinal, by=SYSTEM, now=NOW, through="test")
        assert codes(caught) == ["unknown_heading"]


def test_a_title_and_subdivisions_stay_when_the_name_changes() -> None:
    [form] = forms_of(authority(field("100", "0 ", a="Nizami")))
    series = field("800", "1 ", a="Nizami Gəncəvi,", d="1141-1209.", t="Xəmsə ;", v="2")["800"]
    subfields = with_heading("800", series, form)["subfields"]
    assert subfields == [{"a": "Nizami."}, {"t": "Xəmsə ;"}, {"v": "2"}]
    [whole] = forms_of(authority(field("100", "0 ", a="Nizami.", t="Xəmsə")))
    assert with_heading("800", series, whole)["subfields"] == [{"a": "Nizami."}, {"t": "Xəmsə ;"}, {"v": "2"}]
    subject = field("650", " 4", _6="880-01", a="Poeziya", x="Tarix", _0="(AZ)1")["650"]
    assert with_heading("650", subject, Form("150", "", field("150", a="Şeir")["150"]))["subfields"] == [
        {"6": "880-01"}, {"a": "Şeir"}, {"x": "Tarix"}, {"0": "(AZ)1"}
    ]  # fmt: skip


def test_saving_stays_within_its_statements(django_assert_max_num_queries: Any) -> None:
    save(authority(NIZAMI, number="az77"))
    with django_assert_max_num_queries(12):
        number = save(book(field("700", "1 ", a="Nizami Gəncəvi,", d="1141-1209"), field("020", a="9789952800005")))
    with django_assert_max_num_queries(12):
        save(book(field("650", " 4", a="Başqa")), number, 1)


def test_real_authorities_give_headings_that_real_books_follow() -> None:
    """Every real heading that is read has a key, and putting a heading in its own place changes nothing."""
    with_key = 0
    for parsed in iter_records(DATA / "auth.utf8.mrc.gz"):
        for form in forms_of(parsed.marc) if parsed.marc else ():
            with_key += 1
            tag = f"6{form.name[1:3]}"
            assert key_of(tag, with_heading(tag, form.field, form), subdivided=True) == form.key
            made = authority_from(tag, form.field, day="240101")
            assert [one.key for one in forms_of(made)] == [form.key]
    assert with_key > 2000
