"""Articles and their journal, stories and their volume."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.operations import put_keys, save_record
from kitabxana.catalogue.queries import hosts_of, parts_of, record
from kitabxana.catalogue.rules import data_fields, pick, validate
from kitabxana.catalogue.rules.analytics import hosts_named, part_of
from kitabxana.catalogue.rules.validation import errors
from kitabxana.catalogue.tests.builders import Identifier, change, field, marc
from kitabxana.formats.marc import iter_records
from kitabxana.formats.marc.tests.corpus import DATA

pytestmark = pytest.mark.django_db


def stored(whole: dict[str, Any]) -> Any:
    saved = save_record(record_id=None, marc=whole, version=None, by=SYSTEM, now=timezone.now(), through="desk")
    found = record(saved.record_id)
    assert found
    return found


def article(host: Any, title: str, place: str) -> Any:
    """A part as the desk's outline makes it, filled in."""
    outline = part_of(host.marc, host.id, day="261123")
    entry = next(content for tag, content in data_fields(outline) if tag == "773")
    pairs = [{code: place if code == "g" else text for code, text in pair.items()} for pair in entry["subfields"]]
    return stored(marc({"773": {**entry, "subfields": pairs}}, title=title))


@pytest.mark.parametrize("number", ["", "j77"])
def test_a_part_made_from_its_host_is_seen_from_both_sides(number: str) -> None:
    host = stored(marc(title="Azərbaycan", number=number))
    later, sooner = article(host, "İkinci", "№ 10, s. 4–9"), article(host, "Birinci", "№ 2, s. 3–8")
    stored(marc(title="Başqa"))
    assert [(part.brief["title"], part.place) for part in parts_of(host)] == [
        ("Birinci", "№ 2, s. 3–8"), ("İkinci", "№ 10, s. 4–9"),
    ]  # fmt: skip
    assert [(one.id, one.place) for one in hosts_of(later)] == [(host.id, "№ 10, s. 4–9")]
    assert parts_of(sooner) == hosts_of(host) == []


def test_the_outline_tells_what_the_host_is_and_has_no_error() -> None:
    journal = marc(field("022", a="0317-8471"), field("264", " 1", a="Bakı :", b="Yazıçı,", c="1953-"), title="Ulduz")
    journal["leader"] = "00000nas a2200000 i 4500"
    outline = part_of(journal, 7, day="261123")
    [entry] = [content for tag, content in data_fields(outline) if tag == "773"]
    assert [pick(entry, code) for code in "tdxw"] == ["Ulduz", "Bakı : Yazıçı, 1953-", "0317-8471", "(KITABXANA)7"]
    assert outline["leader"][6:8] == "ab"
    assert part_of(marc(), 7, day="261123")["leader"][6:8] == "aa"
    filled = {**outline, "fields": [{"245": field("245", "10", a="Məqalə")["245"]} if "245" in one else one
                                    for one in outline["fields"] if "100" not in one and "300" not in one]}  # fmt: skip
    assert errors(validate(filled)) == []


def test_a_bare_number_is_one_of_the_part_s_own_agency() -> None:
    whole = {"leader": "", "fields": [{"003": "AZ-X"}, field("773", "0 ", w="12 3"), field("773", "0 ", w="(TR)9")]}
    assert hosts_named(whole) == ["AZ-X:123", "TR:9"]


def test_what_readers_may_not_see_is_not_among_the_parts() -> None:
    host = stored(marc(title="Ulduz"))
    hidden = article(host, "Gizli", "s. 1")
    change(hidden.id, suppressed=True)
    assert parts_of(host) == []
    assert [part.id for part in parts_of(host, hidden=True)] == [hidden.id]
    change(host.id, suppressed=True)
    assert hosts_of(hidden) == []
    assert len(hosts_of(hidden, hidden=True)) == 1


def test_one_statement_however_many_parts_and_none_without_a_host() -> None:
    host = stored(marc(title="Ulduz"))
    for at in range(5):
        article(host, f"Məqalə {at}", f"s. {at}")
    with CaptureQueriesContext(connection) as queries:
        assert len(parts_of(host)) == 5
        assert hosts_of(host) == []
    assert len(queries) == 1


def test_records_stored_before_there_were_parts_get_their_hosts_with_their_keys() -> None:
    host = stored(marc(title="Ulduz"))
    part = article(host, "Məqalə", "s. 1")
    Identifier.objects.filter(record_id=part.id, scheme="host").delete()
    assert parts_of(host) == []
    put_keys(0, batch=100)
    assert [one.id for one in parts_of(host)] == [part.id]


def test_real_parts_name_their_hosts() -> None:
    named = [
        hosts_named(parsed.marc)
        for file in ("bib.utf8.mrc.gz", "bib.nonutf8.mrc.gz")
        for parsed in iter_records(DATA / file)
        if parsed.marc and any("773" in entry for entry in parsed.marc["fields"])
    ]
    assert sum(bool(names) for names in named) > 8
    assert all(":" in name and len(name) <= 60 for names in named for name in names)
