"""Copies: what a library owns of a record, where each is, and in what state."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone


class ItemType(models.Model):
    """What kind of thing an item is for the loan rules: book, periodical, reference…"""

    code = models.CharField(max_length=10, primary_key=True)
    names: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    not_for_loan = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.code


class Item(models.Model):
    """One copy. The states (lost, damaged, withdrawn, not for loan, restricted) are independent of each other.

    `place` is where the copy is, and it is in one place at a time. What changes with every loan is in no full index,
    so those updates stay heap-only; the partial index holds only the few copies that are on their way or waiting.
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
    price_minor = models.IntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    lost = models.CharField(max_length=20, blank=True)
    lost_at = models.DateTimeField(null=True)
    damaged = models.BooleanField(default=False)
    withdrawn = models.BooleanField(default=False)
    not_for_loan = models.BooleanField(default=False)
    restricted = models.BooleanField(default=False)
    place = models.CharField(max_length=12, choices=PLACES, default="shelf")
    loans = models.PositiveIntegerField(default=0)
    last_seen_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    source_digest = models.BinaryField(max_length=16, null=True)
    """BLAKE2b-128 of the MARC field an imported item came from: an import run again knows what is unchanged."""

    class Meta:
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
