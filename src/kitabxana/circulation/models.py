"""Open loans, holds and transfers, small and true; past loans apart from them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Loan(models.Model):
    """An open loan. One row per item at most: this unique index is the last guard against lending a copy twice."""

    id = models.BigAutoField(primary_key=True)
    item = models.OneToOneField("holdings.Item", on_delete=models.PROTECT, related_name="+")
    patron = models.ForeignKey("patrons.Patron", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    policy_unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    lent_at = models.DateTimeField()
    due_at = models.DateTimeField()
    renewals = models.PositiveSmallIntegerField(default=0)
    renewed_at = models.DateTimeField(null=True)
    days_mode = models.CharField(max_length=12)
    lifted: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    lent_by = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="loan_due")]

    def __str__(self) -> str:
        return f"loan {self.pk}"


class PastLoan(models.Model):
    """A loan that ended: append-only, partitioned by the year of return. Anonymising empties `patron_id`, no more."""

    pk = models.CompositePrimaryKey("id", "returned_at")
    id = models.BigIntegerField()
    returned_at = models.DateTimeField()
    item_id = models.BigIntegerField()
    patron_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField()
    return_unit_id = models.BigIntegerField()
    lent_at = models.DateTimeField()
    due_at = models.DateTimeField()
    renewals = models.PositiveSmallIntegerField()
    lifted: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    returned_by = models.CharField(max_length=150)

    def __str__(self) -> str:
        return f"past loan {self.id}"


class Hold(models.Model):
    """A reader waits for a title or for one copy. The queue's order is (priority_class, placed_at, id)."""

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey("catalogue.Record", on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey("holdings.Item", null=True, on_delete=models.PROTECT, related_name="+")
    patron = models.ForeignKey("patrons.Patron", on_delete=models.PROTECT, related_name="+")
    pickup_unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    priority_class = models.SmallIntegerField(default=0)
    placed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["record", "priority_class", "placed_at", "id"], name="hold_queue")]

    def __str__(self) -> str:
        return f"hold {self.pk}"


class Allocation(models.Model):
    """The copy set aside for a hold; both unique. `ready_at` is when it reached its pickup shelf, None on the way."""

    hold = models.OneToOneField(Hold, on_delete=models.CASCADE, related_name="allocation")
    item = models.OneToOneField("holdings.Item", on_delete=models.PROTECT, related_name="+")
    allocated_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    expires_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.hold_id} ← {self.item_id}"


class PastHold(models.Model):
    """A hold that ended, and how."""

    OUTCOMES = [("filled", "filled"), ("cancelled", "cancelled"), ("expired", "expired")]

    id = models.BigIntegerField(primary_key=True)
    record_id = models.BigIntegerField()
    patron_id = models.BigIntegerField(null=True)
    pickup_unit_id = models.BigIntegerField()
    placed_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=OUTCOMES)

    def __str__(self) -> str:
        return f"past hold {self.pk}"


class Transfer(models.Model):
    """A copy on its way between libraries. Open until `arrived_at`; one open transfer a copy."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey("holdings.Item", on_delete=models.PROTECT, related_name="+")
    from_unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    to_unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=12)
    sent_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(arrived_at__isnull=True), name="one_open_transfer"),
            models.CheckConstraint(condition=~Q(from_unit=models.F("to_unit")), name="transfer_goes_somewhere"),
        ]

    def __str__(self) -> str:
        return f"transfer {self.pk}"
