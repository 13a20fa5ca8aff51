"""What an import puts over ours: field by field, linked to authorities by their numbers, copies with all they tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from kitabxana.base.actor import SYSTEM, Actor
from kitabxana.catalogue.operations import save_record
from kitabxana.catalogue.queries import authorities_of, history, newest, record
from kitabxana.catalogue.rules import data_fields, pick
from kitabxana.catalogue.tests.builders import field
from kitabxana.catalogue.tests.test_matching import book
from kitabxana.exchange.facts import Profile
from kitabxana.exchange.operations import advance, commit_batch, decide, import_marc, stage
from kitabxana.exchange.rules.items import split_items
from kitabxana.exchange.rules.koha_items import field_952
from kitabxana.exchange.tests.builders import a_file, copy_952
from kitabxana.holdings.queries import items_of
from kitabxana.organisation.tests.builders import a_nation

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db
RULES = (("650", "add", ""), ("5XX", "keep", ""), ("*", "replace", ""), ("500", "replace", "senior"))
IMPORTER = Actor("Leyla", grants={"catalogue.import": ("",), "records.edit": ("",)})


@pytest.fixture(autouse=True)
def _nation(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    a_nation()


def numbered(*more: dict[str, Any], title: str = "Dəli Kür") -> dict[str, Any]:
    whole = book(*more, title=title)
    return {**whole, "fields": [{"001": "77"}, {"003": "TR-X"}, *whole["fields"]]}


def ours() -> int:
    whole = numbered(field("500", a="Bizim qeyd"), field("650", " 4", a="Bizim mövzu"))
    return save_record(
        record_id=None, marc=whole, version=None, by=SYSTEM, now=timezone.now(), through="desk"
    ).record_id


THEIRS = numbered(field("500", a="Onların"), field("650", " 4", a="Yeni mövzu"), title="Dəli Kür : roman")


def said(record_id: int) -> list[str]:
    found = record(record_id)
    assert found
    return [pick(content, "a") for tag, content in data_fields(found.marc) if tag in ("245", "500", "650")]


def brought(path: Path, *records: dict[str, Any], by: Actor = IMPORTER, **profile: Any) -> None:
    """Staged, every record put over ours, stored."""
    number = stage(a_file(path, records), file_name="a.mrc", profile=Profile(**profile), by=by)
    while advance(number):
        pass
    decide(batch_id=number, decision="overlay", verdict="match", by=by)
    commit_batch(batch_id=number, by=by)
    while advance(number):
        pass


def test_a_staged_import_meets_ours_by_the_rules_of_its_profile(tmp_path: Path) -> None:
    mine = ours()
    brought(tmp_path / "a.mrc", THEIRS, overlay="replace", fields=RULES)
    assert said(mine) == ["Dəli Kür : roman /", "Bizim qeyd", "Bizim mövzu", "Yeni mövzu"]
    assert len(history(mine)) == 2
    brought(tmp_path / "b.mrc", THEIRS, overlay="replace", fields=RULES)
    assert len(history(mine)) == 2  # nothing new in it


def test_a_senior_cataloguer_may_replace_what_others_keep(tmp_path: Path) -> None:
    mine = ours()
    senior = Actor("Rauf", grants={**IMPORTER.grants, "records.senior": ("",)})
    brought(tmp_path / "a.mrc", THEIRS, by=senior, overlay="replace", fields=RULES)
    assert said(mine) == ["Dəli Kür : roman /", "Onların", "Bizim mövzu", "Yeni mövzu"]


def test_an_import_at_once_goes_the_same_way(tmp_path: Path) -> None:
    mine = ours()
    file = a_file(tmp_path / "a.mrc", [THEIRS])
    import_marc(file, by=SYSTEM, profile=Profile(fields=(("5XX", "keep", ""), ("650", "keep", ""))))
    assert said(mine) == ["Dəli Kür : roman /", "Bizim qeyd", "Bizim mövzu"]


def test_headings_follow_the_authorities_that_they_name(tmp_path: Path) -> None:
    heading = {"leader": "00000nz  a2200000n  4500", "fields": [
        {"001": "55"}, {"003": "AZ-A"}, {"008": "240101n| azannaabn          |n aaa     d"},
        field("100", "1 ", a="Şıxlı, İsmayıl"),
    ]}  # fmt: skip
    authority = save_record(
        record_id=None, marc=heading, version=None, by=SYSTEM, now=timezone.now(), through="desk"
    ).record_id
    named = book(field("700", "1 ", a="Şıxlı, İ.", _0="(AZ-A)55"), field("700", "1 ", a="X", _0="(AZ-A)56"))
    import_marc(a_file(tmp_path / "a.mrc", [named]), by=SYSTEM)
    [(new, _)] = newest(1)
    assert authorities_of(new) == {("700", 0): authority}  # 100 has the same letters and names nobody


def test_a_copy_keeps_scheme_source_and_replacement_price(tmp_path: Path) -> None:
    given = copy_952("B1", _2="ddc", e="hədiyyə", g="12.50", v="30", x="yalnız biz")
    named = copy_952("B2", e="Qanun nəşriyyatı")
    import_marc(a_file(tmp_path / "a.mrc", [book(given, named)]), by=SYSTEM)
    first, second = sorted(items_of([newest(1)[0][0]])[newest(1)[0][0]], key=lambda item: item.barcode or "")
    assert (first.scheme, first.source, first.price_minor, first.replacement_minor) == ("ddc", "gift", 1250, 3000)
    assert first.staff_note == "yalnız biz"
    assert (second.source, second.staff_note) == ("other", "Qanun nəşriyyatı")
    again = split_items({"leader": "", "fields": [field_952(first, reference=())]}, Profile())[1][0]
    assert (again.scheme, again.source, again.replacement_minor) == ("ddc", "gift", 3000)
