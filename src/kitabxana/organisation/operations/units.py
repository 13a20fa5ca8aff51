"""Units of the tree: made, described, moved, closed for good and opened again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction

from kitabxana.base import audit
from kitabxana.base.ports import unit_guards
from kitabxana.kernel.decisions import Refusal, Refused
from kitabxana.organisation.models import Unit
from kitabxana.organisation.operations.permission import lock_tree, require, unit_row
from kitabxana.organisation.rules import details_problem, parent_problem, unit_problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from kitabxana.base.actor import Actor

DESCRIBED = (
    "country", "zone", "currency", "address", "city", "postcode", "phone", "email", "latitude", "longitude",
)  # fmt: skip
LONGEST_PATH = 80


@transaction.atomic
def add_unit(*, code: str, kind: str, parent: str | None, names: Mapping[str, str], by: Actor, **details: Any) -> int:
    """Add a unit under `parent` (None for a nation); returns its id.

    `details` are the remaining columns of `Unit`. Refused: bad_code, unknown_kind, unknown_zone, unknown_unit,
    code_taken, not_permitted.
    """
    lock_tree()
    if problem := unit_problem(code=code, kind=kind, zone=details.get("zone", "")):
        raise Refused.one(problem, code=code, kind=kind, zone=details.get("zone", ""))
    above = Unit.objects.filter(code=parent).first() if parent else None
    if parent and above is None:
        raise Refused.one("unknown_unit", unit=parent)
    if Unit.objects.filter(code=code).exists():
        raise Refused.one("code_taken", value=code)
    path = f"{above.path if above else ''}{code}/"
    require(by, "organisation.edit", path)
    unit = Unit.objects.create(code=code, kind=kind, parent=above, path=path, names=dict(names), **details)
    audit.record(by, "unit.add", object_type="unit", object_id=code, after={"path": path, "names": dict(names)})
    return unit.pk


@transaction.atomic
def describe_unit(*, code: str, names: Mapping[str, str], by: Actor, **details: Any) -> None:
    """Give a unit its names (language → name) and `details` (any of `DESCRIBED`; "" inherits what is above).

    Refused: the codes of `rules.details_problem`, bad_email, unknown_unit, not_permitted.
    """
    lock_tree()
    unit = unit_row(code)
    require(by, "organisation.edit", unit.path)
    wanted = {name: details.get(name, getattr(unit, name)) for name in DESCRIBED}
    kept = {language: name.strip() for language, name in names.items() if name.strip()}
    asked = {name: wanted[name] for name in ("country", "zone", "currency", "latitude", "longitude")}
    if problem := details_problem(names=kept, **asked):
        raise Refused.one(problem, zone=wanted["zone"])
    _check_email(wanted["email"])
    wanted["names"] = kept
    before = {name: getattr(unit, name) for name in wanted if getattr(unit, name) != wanted[name]}
    if not before:
        return
    Unit.objects.filter(pk=unit.pk).update(**wanted)
    after = {name: wanted[name] for name in before}
    audit.record(by, "unit.describe", object_type="unit", object_id=code, before=before, after=after)


@transaction.atomic
def move_unit(*, code: str, parent: str, by: Actor) -> None:
    """Put a unit with all below it under another one; what it inherits changes with its place, its code does not.

    Refused: wrong_parent (also under itself, into another nation, too deep), unit_closed, unknown_unit, not_permitted
    (asked for at both places).
    """
    lock_tree()
    unit, above = unit_row(code), unit_row(parent)
    require(by, "organisation.edit", unit.path)
    require(by, "organisation.edit", above.path)
    inside = above.path.startswith(unit.path)
    elsewhere = above.path.split("/")[0] != unit.path.split("/")[0]
    if inside or elsewhere or parent_problem(unit.kind, above.kind):
        raise Refused.one("wrong_parent")
    if above.closed_on:
        raise Refused.one("unit_closed", unit=parent)
    old, new = unit.path, f"{above.path}{code}/"
    deepest = max(len(path) for path in Unit.objects.filter(path__startswith=old).values_list("path", flat=True))
    if deepest - len(old) + len(new) > LONGEST_PATH:
        raise Refused.one("wrong_parent")
    Unit.objects.filter(pk=unit.pk).update(parent=above)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE organisation_unit SET path = %s || substr(path, %s) WHERE starts_with(path, %s)",
            [new, len(old) + 1, old],
        )
    audit.record(by, "unit.move", object_type="unit", object_id=code, before={"path": old}, after={"path": new})


@transaction.atomic
def close_unit(*, code: str, on: date, by: Actor) -> None:
    """Close a unit for good: nobody works there, nothing is fetched there; what was done there keeps its place.

    Refused: unit_closed, units_below (some below are open), what features above say (`ports.unit_guards`: copies_left,
    readers_left), unknown_unit, not_permitted.
    """
    lock_tree()
    unit = unit_row(code)
    require(by, "organisation.edit", unit.path)
    if unit.closed_on:
        raise Refused.one("unit_closed", unit=code)
    reasons = [reason for guard in unit_guards for reason in guard(code)]
    if Unit.objects.filter(parent=unit, closed_on__isnull=True).exists() or unit.kind == "nation":
        reasons.append(Refusal("units_below", {}))
    if reasons:
        raise Refused(tuple(reasons))
    Unit.objects.filter(pk=unit.pk).update(closed_on=on)
    audit.record(by, "unit.close", object_type="unit", object_id=code, after={"on": str(on)})


@transaction.atomic
def reopen_unit(*, code: str, by: Actor) -> None:
    """Open a closed unit again. Refused: unit_closed (the one above it is), unknown_unit, not_permitted."""
    lock_tree()
    unit = unit_row(code)
    require(by, "organisation.edit", unit.path)
    if unit.parent and unit.parent.closed_on:
        raise Refused.one("unit_closed", unit=unit.parent.code)
    Unit.objects.filter(pk=unit.pk).update(closed_on=None)
    audit.record(by, "unit.reopen", object_type="unit", object_id=code, before={"on": str(unit.closed_on)})


def _check_email(address: str) -> None:
    if not address:
        return
    try:
        validate_email(address)
    except ValidationError as wrong:
        raise Refused.one("bad_email") from wrong
