"""The tree of units and what hangs on it: hours, closures, policies, staff roles."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q


class Unit(models.Model):
    """A nation, a library system (MKS), a library or a service point.

    `path` is the codes from the root down, each followed by "/": everything under a unit is one prefix comparison.
    Empty zone, currency and country inherit from the parent.
    """

    KINDS = [("nation", "nation"), ("system", "system"), ("library", "library"), ("point", "point")]

    code = models.CharField(max_length=10, unique=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    kind = models.CharField(max_length=8, choices=KINDS)
    path = models.CharField(max_length=80, unique=True, db_collation="C")
    names: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    country = models.CharField(max_length=2, blank=True)
    zone = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    address = models.CharField(max_length=250, blank=True)
    city = models.CharField(max_length=80, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    closed_on = models.DateField(null=True)
    """The day from which on nobody works here any more; what was done here keeps its place."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind="nation") | Q(parent__isnull=False), name="unit_has_parent"),
        ]

    def __str__(self) -> str:
        return self.code


class OpeningHours(models.Model):
    """Weekly hours in local time; a unit without any row inherits its parent's. `weekday` is ISO: 1 Monday … 7."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "weekday"], name="hours_once_a_weekday"),
            models.CheckConstraint(condition=Q(weekday__gte=1, weekday__lte=7), name="hours_weekday"),
            models.CheckConstraint(condition=Q(opens__lt=models.F("closes")), name="hours_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.weekday} {self.opens}–{self.closes}"


class Closure(models.Model):
    """A closed day or run of days, for the unit and all below it. `yearly` repeats month and day every year."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="closures")
    first_day = models.DateField()
    last_day = models.DateField()
    yearly = models.BooleanField(default=False)
    title = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(first_day__lte=models.F("last_day")), name="closure_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.first_day}–{self.last_day} {self.title}"


class OpenDay(models.Model):
    """An exception: the unit and all below it are open on this day whatever else says closed.

    Without hours, those of the weekday hold.
    """

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="open_days")
    day = models.DateField()
    opens = models.TimeField(null=True)
    closes = models.TimeField(null=True)
    title = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "day"], name="open_day_once"),
            models.CheckConstraint(
                condition=Q(opens__isnull=True, closes__isnull=True) | Q(opens__lt=models.F("closes")),
                name="open_day_hours_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.day} {self.title}"


class Policy(models.Model):
    """One value of one policy for a unit × patron category × item type; an empty cell means "all".

    The most specific row wins, name by name: unit first (nearest in the tree), then category, then item type.
    """

    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.CASCADE, related_name="policies")
    category = models.CharField(max_length=10, null=True, blank=True)
    item_type = models.CharField(max_length=10, null=True, blank=True)
    name = models.CharField(max_length=40)
    value: models.JSONField[Any, Any] = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "unit", "category", "item_type"], name="policy_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}[{self.unit_id},{self.category},{self.item_type}] = {self.value}"


class RoleAssignment(models.Model):
    """A login holds a role at a unit and everything below it; without a unit, in the whole installation."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=20)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.CASCADE, related_name="staff")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "unit"], name="role_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.unit_id}"


class SetupStep(models.Model):
    """One step of the guided set-up that is behind us, done or skipped; `finished` ends all of it."""

    name = models.CharField(max_length=20, unique=True)
    skipped = models.BooleanField(default=False)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class TreeVersion(models.Model):
    """One row whose stamp changes with the tree, hours, closures or policies: processes drop what they cached."""

    stamp = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return str(self.stamp)
