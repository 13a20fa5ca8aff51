"""Reads of the organisation. The tree is small and asked for everywhere, so each process holds one copy of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from kitabxana.base.actor import EVERYWHERE
from kitabxana.base.models import User
from kitabxana.base.request_memory import remembered
from kitabxana.base.statements import prepared
from kitabxana.organisation.facts import CalendarEntry, ClosureFacts, StaffFacts, Tree, UnitDetails, UnitFacts
from kitabxana.organisation.models import (
    Closure,
    OpenDay,
    OpeningHours,
    Policy,
    RoleAssignment,
    SetupStep,
    TreeVersion,
    Unit,
)
from kitabxana.organisation.rules import POLICIES, ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from django.db.models import QuerySet

    from kitabxana.kernel.periods import Hours
    from kitabxana.organisation.facts import Cell

_held: dict[UUID, Tree] = {}
"""At most one entry: the tree under the stamp it was read with. A cache of committed facts, never of a request's."""


def tree() -> Tree:
    """The organisation as it is now: one SQL statement when nothing has changed, and one in a whole request."""
    return remembered(_current)


def _current() -> Tree:
    with prepared() as cursor:
        cursor.execute("SELECT stamp FROM organisation_treeversion")
        row = cursor.fetchone()
    stamp = row[0] if row else TreeVersion.objects.get_or_create(pk=1)[0].stamp
    held = _held.get(stamp)
    if held is None:
        held = _read(stamp)
        _held.clear()
        _held[stamp] = held
    return held


ROLES_HELD = """(
    SELECT json_agg(json_build_array(a.role, u.code, u.path) ORDER BY a.id)
    FROM organisation_roleassignment a LEFT JOIN organisation_unit u ON u.id = a.unit_id
    WHERE a.user_id = base_user.id AND base_user.one_time_until IS NULL)"""
"""A one-time password grants nothing."""


def staff_identity(held: list[tuple[str, str | None, str | None]] | None) -> dict[str, Any]:
    """A login's grants and its first library, of the value of `ROLES_HELD`."""
    grants: dict[str, set[str]] = {}
    unit = ""
    for role, code, path in held or []:
        unit = unit or code or ""
        for permission in ROLES.get(role, frozenset()):
            grants.setdefault(permission, set()).add(EVERYWHERE if path is None else path)
    return {"grants": {name: tuple(sorted(paths)) for name, paths in grants.items()}, "unit": unit}


def roles_of(user_id: int) -> list[tuple[str, str | None]]:
    """(role, unit code or None) pairs."""
    return list(RoleAssignment.objects.filter(user_id=user_id).values_list("role", "unit__code"))


def staff_page(*, scopes: Sequence[str], text: str = "", unit: str = "", offset: int, limit: int
               ) -> tuple[int, list[StaffFacts]]:  # fmt: skip
    """Logins that hold a role under these path prefixes, by login name, and how many; three statements.

    `text` is a part of the login name or the person's name, `unit` the code of a unit they have a role at or below.
    """
    held = RoleAssignment.objects.filter(_under(scopes))
    if unit:
        held = held.filter(unit__path__startswith=tree().units[unit].path)
    users = User.objects.filter(Exists(held.filter(user=OuterRef("pk"))))
    if text:
        users = users.filter(Q(username__icontains=text) | Q(name__icontains=text))
    return users.count(), _staff(users.order_by("username")[offset : offset + limit])


def staff_login(user_id: int, *, scopes: Sequence[str]) -> StaffFacts | None:
    """One login with all its roles, when one of them is held under these prefixes; two statements."""
    held = RoleAssignment.objects.filter(_under(scopes), user=OuterRef("pk"))
    return next(iter(_staff(User.objects.filter(Exists(held), pk=user_id))), None)


def _staff(users: QuerySet[User]) -> list[StaffFacts]:
    roles: dict[int, list[tuple[str, str | None]]] = {}
    found = list(users)
    rows = RoleAssignment.objects.filter(user__in=[user.pk for user in found]).order_by("unit__path", "role")
    for user_id, role, code in rows.values_list("user_id", "role", "unit__code"):
        roles.setdefault(user_id, []).append((role, code))
    return [
        StaffFacts(one.pk, one.username, one.name, one.is_active, one.one_time_until, tuple(roles.get(one.pk, ())))
        for one in found
    ]


def _under(scopes: Sequence[str]) -> Q:
    """Roles held at these path prefixes or below; with the whole installation also those that are its own."""
    if EVERYWHERE in scopes:
        return Q()
    found = Q(pk__in=())
    for path in scopes:
        found |= Q(unit__path__startswith=path)
    return found


def staff_at(code: str) -> list[StaffFacts]:
    """Who has a role right at this unit; two statements."""
    return _staff(User.objects.filter(roles__unit__code=code).distinct().order_by("username"))


def unit_details(codes: Iterable[str]) -> dict[str, UnitDetails]:
    """code → what the unit says itself, empty where it inherits; one statement."""
    rows = Unit.objects.filter(code__in=list(codes))
    return {row.code: UnitDetails(row.country, row.zone, row.currency, row.closed_on) for row in rows}


def setup_steps() -> dict[str, bool]:
    """The steps of the set-up that are behind us, with whether they were skipped."""
    return dict(SetupStep.objects.values_list("name", "skipped"))


def setup_open() -> bool:
    """Whether the guided set-up waits: a nation without any library, or steps begun and not finished."""
    if "finished" in (steps := setup_steps()):
        return False
    return bool(steps) or not any(unit.kind == "library" for unit in tree().units.values())


def calendar_entries(code: str, *, since: date) -> list[CalendarEntry]:
    """Closures and exceptions a unit keeps or inherits, not over on `since`, by day; two statements and the tree."""
    organisation = tree()
    lineage = {organisation.units[up].id: up for up in organisation.units[code].lineage}
    closed = Closure.objects.filter(Q(yearly=True) | Q(last_day__gte=since), unit_id__in=lineage)
    opened = OpenDay.objects.filter(unit_id__in=lineage, day__gte=since)
    found = [
        CalendarEntry(row.pk, lineage[row.unit_id], row.first_day, row.last_day, row.title, yearly=row.yearly)
        for row in closed
    ]
    for row in opened:
        hours = (row.opens, row.closes) if row.opens and row.closes else None
        unit = lineage[row.unit_id]
        found.append(CalendarEntry(row.pk, unit, row.day, row.day, row.title, open=True, hours=hours))
    return sorted(found, key=lambda one: (not one.yearly, one.first_day.replace(year=2000) if one.yearly
                                          else one.first_day, one.id))  # fmt: skip


def _read(stamp: UUID) -> Tree:
    # What hangs on units is read before them: whatever was added meanwhile, each row finds the unit it speaks of.
    days, closed, cells = list(OpeningHours.objects.all()), list(Closure.objects.all()), list(Policy.objects.all())
    open_days = list(OpenDay.objects.all())
    units: dict[str, UnitFacts] = {}
    for row in Unit.objects.select_related("parent").order_by("path"):
        above = units.get(row.parent.code) if row.parent else None
        units[row.code] = _unit_facts(row, above)
    by_id = {unit.id: unit for unit in units.values()}
    hours: dict[str, dict[int, Any]] = {}
    for day in days:
        hours.setdefault(by_id[day.unit_id].code, {})[day.weekday] = (day.opens, day.closes)
    return Tree(
        stamp=stamp,
        units=units,
        by_id=by_id,
        hours=hours,
        closures=_closures(closed, by_id),
        opened=_opened(open_days, by_id),
        policies=_policies(cells, by_id),
    )


def _opened(rows: Iterable[OpenDay], by_id: Mapping[int, UnitFacts]) -> dict[str, dict[date, Hours | None]]:
    found: dict[str, dict[date, Hours | None]] = {}
    for row in rows:
        hours = (row.opens, row.closes) if row.opens and row.closes else None
        found.setdefault(by_id[row.unit_id].code, {})[row.day] = hours
    return found


def _policies(rows: Iterable[Policy], by_id: Mapping[int, UnitFacts]) -> dict[str, dict[Cell, Any]]:
    """Compiled for the question that is asked: by name first. Values whose name is gone are left aside."""
    found: dict[str, dict[Cell, Any]] = {}
    for row in rows:
        if row.name in POLICIES:
            unit = by_id[row.unit_id].code if row.unit_id else None
            found.setdefault(row.name, {})[unit, row.category, row.item_type] = row.value
    return found


def _closures(rows: Iterable[Closure], by_id: Mapping[int, UnitFacts]) -> dict[str, tuple[ClosureFacts, ...]]:
    found: dict[str, list[ClosureFacts]] = {}
    for row in rows:
        code = by_id[row.unit_id].code
        found.setdefault(code, []).append(ClosureFacts(row.first_day, row.last_day, row.yearly))
    return {code: tuple(closures) for code, closures in found.items()}


def _unit_facts(row: Unit, above: UnitFacts | None) -> UnitFacts:
    return UnitFacts(
        id=row.pk,
        code=row.code,
        kind=row.kind,
        path=row.path,
        parent=above.code if above else None,
        names=row.names,
        country=row.country or (above.country if above else ""),
        zone=row.zone or (above.zone if above else settings.TIME_ZONE),
        currency=row.currency or (above.currency if above else "AZN"),
        address=row.address,
        city=row.city,
        postcode=row.postcode,
        phone=row.phone,
        email=row.email,
        latitude=row.latitude,
        longitude=row.longitude,
        closed=row.closed_on is not None,
    )
