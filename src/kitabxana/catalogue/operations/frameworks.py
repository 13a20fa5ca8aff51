"""What a level of the tree says of frameworks and authorised values, and takes back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kitabxana.base import audit
from kitabxana.base.actor import EVERYWHERE
from kitabxana.catalogue.models import FrameworkEntry, ValueEntry
from kitabxana.catalogue.rules.frameworks import frameworks, said_problem
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kitabxana.base.actor import Actor
    from kitabxana.catalogue.rules.frameworks import Said

_LIST = re.compile("[a-z0-9_]{1,20}")


def _unit_id(unit: str | None, by: Actor) -> int | None:
    """The unit's id, None for the whole installation. Refused: unknown_unit, not_permitted."""
    units = tree().units
    if unit is not None and unit not in units:
        raise Refused.one("unknown_unit", unit=unit)
    if not by.may("lists.edit", units[unit].path if unit else EVERYWHERE):
        raise Refused.one("not_permitted", permission="lists.edit")
    return units[unit].id if unit else None


@transaction.atomic
def say_of_framework(framework: str, said: Said, *, by: Actor) -> None:
    """Let a level (`said.origin`) say this of a framework's field or subfield, in place of what it said before.

    What it leaves out (None, no name) is inherited. Audited. Refused: not_permitted, unknown_unit, unknown_framework
    and the codes of `rules.frameworks.said_problem`.
    """
    unit_id = _unit_id(said.origin, by)
    if framework not in frameworks():
        raise Refused.one("unknown_framework", framework=framework)
    if problem := said_problem(said):
        raise Refused.one(problem, place=f"{said.tag} {said.code}".strip())
    after: dict[str, Any] = {
        "names": dict(said.names), "help": dict(said.help), "mandatory": said.mandatory, "hidden": said.hidden,
        "default": said.default, "values": said.values,
    }  # fmt: skip
    cell: dict[str, Any] = {"framework": framework, "unit_id": unit_id, "tag": said.tag, "code": said.code}
    FrameworkEntry.objects.update_or_create(**cell, defaults=after)
    audit.record(by, "framework.set", object_type="framework", object_id=_object(framework, said), after=after)


@transaction.atomic
def unsay_of_framework(framework: str, *, unit: str | None, tag: str, code: str, by: Actor) -> None:
    """Give a field or subfield back to what is said above. Audited.

    Refused: not_permitted, unknown_unit, nothing_said.
    """
    unit_id = _unit_id(unit, by)
    at: dict[str, Any] = {"unit_id": unit_id}
    if not FrameworkEntry.objects.filter(**at, framework=framework, tag=tag, code=code).delete()[0]:
        raise Refused.one("nothing_said")
    audit.record(by, "framework.drop", object_type="framework", object_id=f"{framework}/{unit or '*'}/{tag}{code}"[:40])


@transaction.atomic
def set_value(
    *, name: str, unit: str | None, code: str, names: Mapping[str, str], by: Actor, hidden: bool = False
) -> None:
    """Say at a unit (None: the whole installation) that a code is a value of the list `name` there and below.

    What is above is renamed or, with `hidden`, taken out of the choice. Audited. Refused: not_permitted, unknown_unit,
    bad_list_name, bad_list_code, bad_name.
    """
    unit_id = _unit_id(unit, by)
    if not _LIST.fullmatch(name):
        raise Refused.one("bad_list_name")
    if not code.strip() or code != code.strip() or len(code) > 80 or not code.isprintable():
        raise Refused.one("bad_list_code")
    if any(len(text) > 120 or not text.isprintable() for text in names.values()):
        raise Refused.one("bad_name")
    after: dict[str, Any] = {"names": {lang: text.strip() for lang, text in names.items() if text.strip()}}
    after["hidden"] = hidden
    cell: dict[str, Any] = {"list": name, "unit_id": unit_id, "code": code}
    ValueEntry.objects.update_or_create(**cell, defaults=after)
    audit.record(by, "value.set", object_type="value", object_id=f"{name}/{unit or '*'}/{code}"[:40], after=after)


@transaction.atomic
def drop_value(*, name: str, unit: str | None, code: str, by: Actor) -> None:
    """Unsay what was said at this level: what is said above holds again. Audited.

    Refused: not_permitted, unknown_unit, nothing_said.
    """
    unit_id = _unit_id(unit, by)
    at: dict[str, Any] = {"unit_id": unit_id}
    if not ValueEntry.objects.filter(**at, list=name, code=code).delete()[0]:
        raise Refused.one("nothing_said")
    audit.record(by, "value.drop", object_type="value", object_id=f"{name}/{unit or '*'}/{code}"[:40])


def _object(framework: str, said: Said) -> str:
    return f"{framework}/{said.origin or '*'}/{said.tag}{said.code}"[:40]
