"""The ledger: debits, credits, what of one settles what of the other; registers, their shifts and receipts.

Amounts are whole minor units. A trigger on each table refuses to change one that stands: whatever turns out wrong is
put right by a further row. `outstanding` and `remaining` are sums kept beside, and checked against the rows.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Debit(models.Model):
    """Something charged. A `running` one (a fine of a loan still out) may still grow: it stands once it is settled,
    partly or whole. `ended` says that its source is over and nothing will be added any more.

    Numbers are shared with credits: one number names one line of an account.
    """

    id = models.BigAutoField(primary_key=True)
    patron = models.ForeignKey("patrons.Patron", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12)
    amount_minor = models.BigIntegerField()
    outstanding_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    source_kind = models.CharField(max_length=12, blank=True)
    source_id = models.BigIntegerField(null=True)
    source_part = models.IntegerField(default=0)
    item_id = models.BigIntegerField(null=True)
    note = models.CharField(max_length=250, blank=True)
    running = models.BooleanField(default=False)
    ended = models.BooleanField(default=False)
    charged_at = models.DateTimeField()
    charged_by = models.CharField(max_length=150)
    settled_at = models.DateTimeField(null=True)
    key = models.UUIDField(null=True, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["patron", "charged_at"], name="debit_of_patron"),
            models.Index(fields=["patron"], condition=Q(settled_at__isnull=True), name="debit_open"),
            models.Index(fields=["source_kind", "source_id"], condition=~Q(source_kind=""), name="debit_source"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source_kind", "source_id", "source_part"],
                condition=Q(running=True),
                name="one_running_debit_a_source",
            ),
            models.CheckConstraint(
                condition=Q(outstanding_minor__gte=0, outstanding_minor__lte=F("amount_minor")),
                name="debit_outstanding_within",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(outstanding_minor=0, running=False), name="debit_settled"
            ),
            models.CheckConstraint(
                condition=Q(running=False) | Q(outstanding_minor=F("amount_minor")), name="debit_running_untouched"
            ),
        ]

    def __str__(self) -> str:
        return f"debit {self.pk}"


class Credit(models.Model):
    """Something that settles debits: a payment, a waiver, a book brought instead. `remaining` waits for a debit."""

    id = models.BigAutoField(primary_key=True)
    patron = models.ForeignKey("patrons.Patron", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12)
    amount_minor = models.BigIntegerField()
    remaining_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=10, blank=True)
    note = models.CharField(max_length=250, blank=True)
    credited_at = models.DateTimeField()
    credited_by = models.CharField(max_length=150)
    key = models.UUIDField(null=True, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["patron", "credited_at"], name="credit_of_patron"),
            models.Index(fields=["patron"], condition=Q(remaining_minor__gt=0), name="credit_open"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(remaining_minor__gte=0, remaining_minor__lte=F("amount_minor")),
                name="credit_remaining_within",
            ),
        ]

    def __str__(self) -> str:
        return f"credit {self.pk}"


class Allocation(models.Model):
    """So much of this credit settles this debit. Taken back by a row of the opposite sign, never by deleting."""

    id = models.BigAutoField(primary_key=True)
    debit = models.ForeignKey(Debit, on_delete=models.PROTECT, related_name="allocations")
    credit = models.ForeignKey(Credit, on_delete=models.PROTECT, related_name="allocations")
    amount_minor = models.BigIntegerField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.credit_id} → {self.debit_id}"


class CashRegister(models.Model):
    """A drawer at a desk, in the currency of its library. `last_receipt` is the number given out last."""

    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)
    last_receipt = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="register_named_once")]

    def __str__(self) -> str:
        return f"register {self.pk}"


class Shift(models.Model):
    """A register's work from its float to its count. One open at a time; once counted it stands as it is."""

    register = models.ForeignKey(CashRegister, on_delete=models.PROTECT, related_name="shifts")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=150)
    float_minor = models.BigIntegerField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=150, blank=True)
    expected_minor = models.BigIntegerField(null=True)
    counted_minor = models.BigIntegerField(null=True)
    note = models.CharField(max_length=250, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register"], condition=Q(closed_at__isnull=True), name="one_open_shift"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, counted_minor__isnull=True, expected_minor__isnull=True)
                | Q(closed_at__isnull=False, counted_minor__isnull=False, expected_minor__isnull=False),
                name="shift_closed_is_counted",
            ),
        ]

    def __str__(self) -> str:
        return f"shift {self.pk}"


class Receipt(models.Model):
    """Money in (a payment's credit) or out (a debit that gives it back, negative), through one register."""

    id = models.BigAutoField(primary_key=True)
    register = models.ForeignKey(CashRegister, on_delete=models.PROTECT, related_name="+", db_index=False)
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="receipts")
    number = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField()
    method = models.CharField(max_length=10)
    patron = models.ForeignKey("patrons.Patron", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    credit = models.OneToOneField(Credit, null=True, on_delete=models.PROTECT, related_name="receipt")
    debit = models.OneToOneField(Debit, null=True, on_delete=models.PROTECT, related_name="receipt")
    at = models.DateTimeField()
    by = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "number"], name="receipt_number_once"),
            models.CheckConstraint(
                condition=Q(credit__isnull=False, debit__isnull=True, amount_minor__gt=0)
                | Q(credit__isnull=True, debit__isnull=False, amount_minor__lt=0),
                name="receipt_in_or_out",
            ),
        ]

    def __str__(self) -> str:
        return f"receipt {self.register_id}/{self.number}"
