"""Readers: people, their categories, cards, restrictions and those who answer for them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class PatronCategory(models.Model):
    """Who a reader is for the loan rules: adult, student, child, pensioner, staff…

    Ages are whole years, inclusive; a reader older than `most_age` moves on to `next_category` by night.
    """

    code = models.CharField(max_length=10, primary_key=True)
    names: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    enrolment_months = models.PositiveSmallIntegerField(default=12)
    least_age = models.PositiveSmallIntegerField(null=True)
    most_age = models.PositiveSmallIntegerField(null=True)
    next_category = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    needs_guarantor = models.BooleanField(default=False)
    self_registration = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.code


class Patron(models.Model):
    """A reader. `search_key` is the folded name by which lists are in order; login and PIN live apart, in `user`.

    One who left, or was merged into another, keeps the row (`deleted_at`) without anything that tells who it was.
    """

    id = models.BigAutoField(primary_key=True)
    home_unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    category = models.ForeignKey(PatronCategory, on_delete=models.PROTECT, related_name="+")
    surname = models.CharField(max_length=100)
    firstname = models.CharField(max_length=100, blank=True)
    middle_name = models.CharField(max_length=100, blank=True)
    search_key = models.CharField(max_length=320, db_collation="C")
    birth_date = models.DateField(null=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    phone_key = models.CharField(max_length=9, blank=True)
    address = models.CharField(max_length=250, blank=True)
    city = models.CharField(max_length=80, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=5, blank=True)
    contact_by: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    history = models.CharField(max_length=8, default="default")
    shown_to_guarantor = models.BooleanField(default=False, db_default=False)
    staff_note = models.TextField(blank=True)
    public_note = models.TextField(blank=True)
    enrolled_on = models.DateField()
    expires_on = models.DateField()
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="patron"
    )
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["search_key"], name="patron_search_key"),
            models.Index(fields=["home_unit", "search_key"], name="patron_of_unit"),
            models.Index(fields=["birth_date"], name="patron_birth_date", condition=Q(birth_date__isnull=False)),
            models.Index(fields=["phone_key"], name="patron_phone_key", condition=~Q(phone_key="")),
            models.Index(fields=["email"], name="patron_email", condition=~Q(email="")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(history__in=("default", "forever", "never")), name="patron_history"),
        ]

    def __str__(self) -> str:
        return f"patron {self.pk}"


class Card(models.Model):
    """A library card. Numbers are unique for ever: one that was lost is never given out again."""

    STATES = [("valid", "valid"), ("lost", "lost"), ("replaced", "replaced"), ("withdrawn", "withdrawn")]

    number = models.CharField(max_length=32, unique=True)
    patron = models.ForeignKey(Patron, on_delete=models.PROTECT, related_name="cards")
    state = models.CharField(max_length=10, choices=STATES, default="valid")
    issued_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.number


class CardSeries(models.Model):
    """Where a library's card numbers come from: the row is locked while numbers are taken. Below it, all draw from it.

    What was taken is never taken again, whether or not a card bears it.
    """

    unit = models.OneToOneField("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    prefix = models.CharField(max_length=20, blank=True)
    digits = models.PositiveSmallIntegerField(default=0)
    last = models.BigIntegerField(default=0)
    check_digit = models.CharField(max_length=4, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(last__gte=0), name="card_series_counts_up")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.prefix}{self.last}"


class PatronPhoto(models.Model):
    """A reader's face: a small JPEG, sealed for this reader."""

    patron = models.OneToOneField(Patron, on_delete=models.CASCADE, primary_key=True, related_name="photo")
    sealed = models.BinaryField()
    taken_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"photo {self.pk}"


class Restriction(models.Model):
    """A reason why a reader may not borrow, until a day (inclusive) or until it is lifted.

    What the house sets itself has a `kind` other than "manual" and a `source` (the loan, the debt): one open row each.
    """

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="restrictions")
    kind = models.CharField(max_length=12, default="manual")
    source = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    until = models.DateField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=200, blank=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patron", "kind", "source"],
                condition=Q(lifted_at__isnull=True) & ~Q(kind="manual"),
                name="one_automatic_restriction",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Guarantee(models.Model):
    """Who answers for a reader: another reader, or a person outside named here. Wards of one guarantor are a family."""

    ward = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="guarantors")
    guarantor = models.ForeignKey(Patron, null=True, on_delete=models.CASCADE, related_name="wards")
    name = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    relation = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ward", "guarantor"], condition=Q(guarantor__isnull=False), name="guarantor_once"
            ),
            models.CheckConstraint(condition=Q(guarantor__isnull=True) | ~Q(guarantor=F("ward")), name="not_oneself"),
            models.CheckConstraint(condition=Q(guarantor__isnull=False) | ~Q(name=""), name="guarantor_known"),
        ]

    def __str__(self) -> str:
        return f"guarantee {self.pk}"


class NameWord(models.Model):
    """A word that occurs in readers' names, with the keys by which it is met: few rows, for names repeat.

    `bridge` unites spellings of Azerbaijani, Turkish, Russian and romanized names, `skeleton` the Arabic script.
    """

    id = models.BigAutoField(primary_key=True)
    word = models.CharField(max_length=80, db_collation="C")
    bridge = models.CharField(max_length=80, db_collation="C")
    skeleton = models.CharField(max_length=80, db_collation="C")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["word"], name="name_word_once")]
        indexes = [
            models.Index(fields=["bridge"], name="name_word_bridge"),
            models.Index(fields=["skeleton"], name="name_word_skeleton"),
        ]

    def __str__(self) -> str:
        return self.word


class NameTrace(models.Model):
    """A bridge key, whole and with each of its letters left out: two words a slip of the finger apart share one."""

    pk = models.CompositePrimaryKey("trace", "word_id")
    trace = models.CharField(max_length=80, db_collation="C")
    word = models.ForeignKey(NameWord, on_delete=models.CASCADE, related_name="+")


class NameLink(models.Model):
    """This reader, of this library, has this word in the name."""

    pk = models.CompositePrimaryKey("word_id", "unit_id", "patron_id")
    word = models.ForeignKey(NameWord, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["patron", "word"], name="name_link_patron")]


class PersonalNumber(models.Model):
    """A reader's national number or passport, encrypted; `lookup` is its keyed hash, by which alone it is found."""

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="numbers")
    kind = models.CharField(max_length=8)
    sealed = models.BinaryField()
    lookup = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lookup"], name="number_of_one_person"),
            models.UniqueConstraint(fields=["patron", "kind"], name="one_number_of_a_kind"),
        ]

    def __str__(self) -> str:
        return f"number {self.pk}"


class PatronImport(models.Model):
    """An import of readers: one file under one plan. `rows_done` is where it goes on after a break."""

    fingerprint = models.CharField(max_length=64, unique=True)
    started_by = models.CharField(max_length=200)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    rows_done = models.PositiveIntegerField(default=0)
    counts: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"import {self.pk}"


class PatronImportReject(models.Model):
    """A row of an import that was set aside: its number (the heading is 1) and why; what it said stays in the file."""

    run = models.ForeignKey(PatronImport, on_delete=models.CASCADE, related_name="rejects")
    row = models.PositiveIntegerField()
    problem = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "row"], name="rejected_once")]

    def __str__(self) -> str:
        return f"row {self.row}: {self.problem}"


class Application(models.Model):
    """Someone registered as a reader from home and waits for the library's word. Not a reader until then.

    What was typed is kept until it is decided on, and forgotten when `application_days` have passed.
    """

    home_unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    typed: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    sender = models.CharField(max_length=64, db_index=True)
    sent_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    patron = models.ForeignKey(Patron, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        indexes = [
            models.Index(
                fields=["home_unit", "sent_at"], name="application_open", condition=Q(decided_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"application {self.pk}"
