"""Copies: what a library owns of a record, where each is, and in what state."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone


class ItemType(models.Model):
    """What kind of thing an item is for the loan rules: book, periodical, reference…"""

    code = models.CharField(max_length=10, primary_key=True)
    unit = models.ForeignKey("organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    """Whose type this is: it can be chosen there and below. None is everyone's."""

    names: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    not_for_loan = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.code


class LiveItems(models.Manager["Item"]):
    """Copies that were not deleted."""

    def get_queryset(self) -> models.QuerySet[Item]:
        return super().get_queryset().filter(deleted_at__isnull=True)


class Item(models.Model):
    """One copy. The states (lost, damaged, withdrawn, not for loan, restricted) are independent of each other.

    `place` is where the copy is, and it is in one place at a time. What changes with every loan is in no full index,
    so those updates stay heap-only; the partial index holds only the few copies that are on their way or waiting.
    A deleted copy stays as a tombstone that only `every` shows, so that its barcode is never another's.
    """

    PLACES = [
        ("shelf", "shelf"),
        ("loan", "loan"),
        ("hold_shelf", "hold shelf"),
        ("transit", "transit"),
        ("conservation", "conservation"),
        ("order", "order"),
    ]

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey("catalogue.Record", on_delete=models.PROTECT, related_name="+")
    barcode = models.CharField(max_length=60, null=True, unique=True)
    home_unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    holding_unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    item_type = models.ForeignKey(ItemType, on_delete=models.PROTECT, related_name="+", db_index=False)
    location = models.CharField(max_length=80, blank=True)
    collection = models.CharField(max_length=80, blank=True)
    call_number = models.CharField(max_length=255, blank=True)
    shelf_key = models.CharField(max_length=255, blank=True, db_collation="C")
    accession_number = models.CharField(max_length=40, blank=True)
    copy_number = models.CharField(max_length=40, blank=True)
    volume = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    scheme = models.CharField(max_length=8, blank=True, db_default="")
    source = models.CharField(max_length=16, blank=True, db_default="")
    staff_note = models.TextField(blank=True, db_default="")
    price_minor = models.IntegerField(null=True)
    replacement_minor = models.IntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    lost = models.CharField(max_length=20, blank=True)
    lost_at = models.DateTimeField(null=True)
    damaged = models.BooleanField(default=False)
    withdrawn = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True)
    not_for_loan = models.BooleanField(default=False)
    restricted = models.BooleanField(default=False)
    place = models.CharField(max_length=12, choices=PLACES, default="shelf")
    loans = models.PositiveIntegerField(default=0)
    last_seen_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, db_default=1)
    source_digest = models.BinaryField(max_length=16, null=True)
    """BLAKE2b-128 of the MARC field an imported item came from: an import run again knows what is unchanged."""

    every: models.Manager[Item] = models.Manager()
    objects = LiveItems()

    class Meta:
        base_manager_name = "every"
        default_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=Q(place__in=["shelf", "loan", "hold_shelf", "transit", "conservation", "order"]),
                name="item_place",
            ),
        ]
        indexes = [
            # Serves the foreign key too: all copies of a library, in the order in which they stand.
            models.Index(fields=["home_unit", "shelf_key", "id"], name="item_shelf"),
            models.Index(
                fields=["holding_unit", "place"],
                condition=Q(place__in=["hold_shelf", "transit"]),
                name="item_underway",
            ),
        ]

    def __str__(self) -> str:
        return self.barcode or f"item {self.pk}"


class ListEntry(models.Model):
    """A code of a list (`rules.LISTS`) with its names, said at one level of the tree for all below; None for everyone.

    What is said nearer wins: another name, or `hidden` where the code is not to be chosen. For item types the entry
    renames or hides a type that exists.
    """

    kind = models.CharField(max_length=20)
    unit = models.ForeignKey("organisation.Unit", null=True, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=80)
    names: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    hidden = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "unit", "code"], name="list_entry_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.unit_id} {self.code}"


class NumberSeries(models.Model):
    """Where barcodes, accession numbers and act numbers come from: the row is locked while numbers are taken.

    A number taken is written in the same transaction as what bears it, so none is lost and none given twice.
    """

    KINDS = [("barcode", "barcode"), ("accession", "accession"), ("act", "act")]

    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=KINDS)
    prefix = models.CharField(max_length=20, blank=True)
    digits = models.PositiveSmallIntegerField(default=0)
    last = models.BigIntegerField(default=0)
    check_digit = models.CharField(max_length=4, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind"], name="series_once"),
            models.CheckConstraint(condition=Q(last__gte=0), name="series_counts_up"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.kind} {self.prefix}{self.last}"


class Batch(models.Model):
    """Many copies changed at once, and how to put them back."""

    KINDS = [("change", "change"), ("withdraw", "withdraw")]

    kind = models.CharField(max_length=10, choices=KINDS)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    changes: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    note = models.CharField(max_length=200, blank=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=200, blank=True)
    left = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class BatchLine(models.Model):
    """What a batch did with one copy; the values are those of `PlannedChange`."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    before: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    after: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.item_id}"


class WithdrawalAct(models.Model):
    """The paper by which a library writes off copies, as it stood on the day: its lines do not follow the records."""

    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, related_name="act")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    series = models.ForeignKey(NumberSeries, on_delete=models.PROTECT, related_name="+")
    number = models.BigIntegerField()
    text = models.CharField(max_length=40)
    day = models.DateField()
    reason = models.CharField(max_length=80)
    commission: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    approved_by = models.CharField(max_length=200, blank=True)
    lines: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "number"], name="act_once")]

    def __str__(self) -> str:
        return self.text


class AccessionEntry(models.Model):
    """A line of an accession book. It stays when the copy goes; the act that struck it off is named."""

    id = models.BigAutoField(primary_key=True)
    series = models.ForeignKey(NumberSeries, on_delete=models.PROTECT, related_name="+")
    number = models.BigIntegerField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=300)
    price_minor = models.IntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    source = models.CharField(max_length=16, blank=True)
    entered_at = models.DateTimeField()
    act = models.ForeignKey(WithdrawalAct, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "number"], name="accession_once")]

    def __str__(self) -> str:
        return f"{self.series_id} {self.number}"


class ItemRecord(models.Model):
    """A further record that is bound into a copy: the copy is that record's too."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="bound")
    record = models.ForeignKey("catalogue.Record", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "record"], name="bound_once")]

    def __str__(self) -> str:
        return f"{self.item_id} + {self.record_id}"
