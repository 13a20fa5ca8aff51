"""A record found in another catalogue into ours, and which catalogues can be asked."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kitabxana.base import audit
from kitabxana.base.actor import EVERYWHERE
from kitabxana.base.outgoing import address_problem
from kitabxana.base.outgoing_lines import end_of
from kitabxana.base.sealing import seal
from kitabxana.catalogue.operations import save_record
from kitabxana.catalogue.queries.matching import candidates
from kitabxana.catalogue.rules import derive
from kitabxana.exchange.models import CopyTarget
from kitabxana.exchange.queries import profiles
from kitabxana.exchange.rules.copying import Z3950_PORT, overlay_rules, sealing_place, target_problem
from kitabxana.exchange.rules.matching import surely
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.catalogue.facts import MarcJson, Saved
    from kitabxana.exchange.facts import SearchTarget


@dataclass(frozen=True, slots=True)
class Over:
    """Our record that a copied one goes over, in the version that the cataloguer has seen."""

    record_id: int
    version: int


@transaction.atomic
def copy_record(
    *, marc: MarcJson, source: str, profile: str, by: Actor, now: datetime, over: Over | None = None,
    anyway: bool = False,
) -> Saved:  # fmt: skip
    """Store a record of another catalogue (`source` names it) as a new one, or over ours by the rules of `profile`.

    A book that the house has beyond doubt is not added a second time unless `anyway` is said. Refused: known_already
    (`record` is ours) and what save_record refuses.
    """
    if over is None and not anyway:
        traits = derive(marc).traits
        same = surely(candidates([traits])[0]) if traits else None
        if same:
            raise Refused.one("known_already", record=same.record_id)
    return save_record(
        record_id=over.record_id if over else None, marc=marc, version=over.version if over else None, by=by, now=now,
        through="copy", source=source[:40], overlay=overlay_rules(profiles().get(profile)) if over else None,
    )  # fmt: skip


@transaction.atomic
def set_target(target: SearchTarget, *, by: Actor) -> int:
    """Add a catalogue to copy from at a level of the tree, or change the one of this name there; returns its id.

    A login without a password keeps the one that is stored, as long as it is the same login at the same address.
    Refused: not_permitted, unknown_unit, bad_target, bad_wait, bad_address, bad_host, unknown_profile.
    """
    unit_id = _unit_id(target.unit, by)
    problem = target_problem(target) or _address_problem(target)
    if problem:
        raise Refused.one(problem)
    if target.profile and target.profile not in profiles():
        raise Refused.one("unknown_profile", profile=target.profile)
    open_to_all = {name: value for name, value in asdict(target).items() if name != "password"}
    told = {name: value for name, value in open_to_all.items() if name not in ("id", "unit", "name")}
    name = target.name.strip()
    cell: dict[str, Any] = {"unit_id": unit_id, "name": name}
    same = {"address": target.address, "login": target.login, "protocol": target.protocol}
    if target.password and target.login:
        told["password"] = seal(target.password, place=sealing_place(unit_id, name))
    elif not target.login or not CopyTarget.objects.filter(**cell, **same).exists():
        told["password"] = None
    row, _ = CopyTarget.objects.update_or_create(**cell, defaults=told)
    audit.record(by, "target.set", object_type="target", object_id=row.pk, after=open_to_all | {"id": row.pk})
    return row.pk


def _address_problem(target: SearchTarget) -> str | None:
    if target.protocol == "z3950":
        return None if end_of(target.address, port=Z3950_PORT) else "bad_host"
    return address_problem(target.address)


@transaction.atomic
def drop_target(*, target_id: int, by: Actor) -> None:
    """Ask a catalogue no more. Refused: not_permitted, unknown_target."""
    row = CopyTarget.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=target_id).first()
    if row is None:
        raise Refused.one("unknown_target")
    _unit_id(row.unit.code if row.unit else None, by)
    row.delete()
    audit.record(by, "target.drop", object_type="target", object_id=target_id, before={"name": row.name})


def _unit_id(unit: str | None, by: Actor) -> int | None:
    """The level's id, None for the whole installation. Refused: unknown_unit, not_permitted."""
    units = tree().units
    if unit is not None and unit not in units:
        raise Refused.one("unknown_unit", unit=unit)
    if not by.may("targets.edit", units[unit].path if unit else EVERYWHERE):
        raise Refused.one("not_permitted", permission="targets.edit")
    return units[unit].id if unit else None
