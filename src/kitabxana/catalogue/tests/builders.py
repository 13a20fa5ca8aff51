"""Records for tests."""

from __future__ import annotations

from typing import Any

from kitabxana.catalogue.models import Identifier as Identifier  # noqa: PLC0414 - for states no operation makes yet
from kitabxana.catalogue.models import Record as Record  # noqa: PLC0414 - for states no operation makes yet
from kitabxana.catalogue.models import RecordVersion
from kitabxana.catalogue.rules import derive


def field(tag: str, ind: str = "  ", /, **subfields: str) -> dict[str, Any]:
    """field("245", "10", a="Dəli Kür", c="İsmayıl Şıxlı"); a digit code is written _6="…"."""
    pairs = [{code.lstrip("_"): text} for code, text in subfields.items()]
    return {tag: {"ind1": ind[0], "ind2": ind[1], "subfields": pairs}}


def marc(
    *fields: dict[str, Any], title: str = "Dəli Kür", author: str = "Şıxlı, İsmayıl", number: str = ""
) -> dict[str, Any]:
    """A small but whole book record as MARC-in-JSON."""
    own = [
        *([{"001": number}, {"003": "AZ-TEST"}] if number else []),
        {"008": "240101s1982    aj            000 1 aze d"},
        field("100", "1 ", a=author),
        field("245", "10", a=title + " /", c=author),
        *fields,
    ]
    return {"leader": "00000nam a2200000 i 4500", "fields": own}


def a_record(*fields: dict[str, Any], **basics: str) -> int:
    """A stored record; returns the id."""
    whole = marc(*fields, **basics)
    derived = derive(whole)
    row = Record.objects.create(
        marc=whole, brief=derived.brief, digest=derived.digest, control_number=derived.control_number,
        agency=derived.agency, source_format="iso2709",
    )  # fmt: skip
    return row.pk


def an_authority(*fields: dict[str, Any]) -> int:
    """A stored authority record; returns the id."""
    whole = {"leader": "00000nz  a2200000n  4500", "fields": list(fields)}
    derived = derive(whole)
    row = Record.objects.create(
        kind="a", marc=whole, brief=derived.brief, digest=derived.digest, control_number="", agency="",
        source_format="iso2709",
    )  # fmt: skip
    return row.pk


def change(record_id: int, **columns: Any) -> None:
    """Put a stored record into a state that no operation makes yet (suppressed, deleted…)."""
    Record.objects.filter(pk=record_id).update(**columns)


def former_states(record_id: int) -> int:
    """How many versions of a record are kept beside the present one."""
    return RecordVersion.objects.filter(record_id=record_id).count()
