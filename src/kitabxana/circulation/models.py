"""Open loans, holds and transfers, small and true; past loans apart from them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone


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
    unseen_renewals = models.PositiveSmallIntegerField(default=0)
    auto_renewals = models.PositiveSmallIntegerField(default=0)
    renewed_at = models.DateTimeField(null=True)
    auto_renew = models.BooleanField(default=False)
    not_renewed_for = models.DateTimeField(null=True)
    """The due moment for which the reader was told that the loan did not renew itself."""

    onsite = models.BooleanField(default=False)
    claimed_at = models.DateTimeField(null=True)
    days_mode = models.CharField(max_length=12)
    lifted: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    lent_by = models.CharField(max_length=150)
    undoable = models.BooleanField(default=False, db_default=False)
    """Nothing else changed with it: for some minutes whoever lent it can take the lending back (`operations.undo`)."""

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="loan_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(renewals__gte=models.F("auto_renewals")) & Q(renewals__gte=models.F("unseen_renewals")),
                name="loan_renewals_counted",
            ),
        ]

    def __str__(self) -> str:
        return f"loan {self.pk}"


class PastLoan(models.Model):
    """A loan that ended: append-only, partitioned by the year of return. Anonymising empties `patron_id`, no more.

    One row goes again: that of a return that is undone within minutes (decision 0013). For that it keeps all that the
    open loan had; what ended before this was kept has `policy_unit_id` empty.
    """

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
    onsite = models.BooleanField(default=False)
    checked_in_at = models.DateTimeField(null=True)
    """When the desk took it back, where that was later than the return: backdated or from the drop box."""

    lifted: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    returned_by = models.CharField(max_length=150)
    policy_unit_id = models.BigIntegerField(null=True)
    unseen_renewals = models.PositiveSmallIntegerField(default=0, db_default=0)
    auto_renewals = models.PositiveSmallIntegerField(default=0, db_default=0)
    renewed_at = models.DateTimeField(null=True)
    auto_renew = models.BooleanField(default=False, db_default=False)
    not_renewed_for = models.DateTimeField(null=True)
    days_mode = models.CharField(max_length=12, blank=True, default="", db_default="")
    lent_by = models.CharField(max_length=150, blank=True, default="", db_default="")
    undoable = models.BooleanField(default=False, db_default=False)
    """Nothing else came of the return: for some minutes whoever took it back can undo that (`operations.undo`)."""

    def __str__(self) -> str:
        return f"past loan {self.id}"


class ReturnClaim(models.Model):
    """A reader says that a copy came back. Open until it has an outcome, which stays with this claim (case 37)."""

    OUTCOMES = [("", "open"), ("found", "found"), ("reader_had_it", "the reader had it"), ("lost", "lost")]

    id = models.BigAutoField(primary_key=True)
    loan_id = models.BigIntegerField(db_index=True)
    item = models.ForeignKey("holdings.Item", on_delete=models.PROTECT, related_name="+")
    patron = models.ForeignKey("patrons.Patron", on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()
    note = models.CharField(max_length=250, blank=True)
    outcome = models.CharField(max_length=14, choices=OUTCOMES, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(outcome=""), name="one_open_claim"),
            models.CheckConstraint(
                condition=Q(outcome="", settled_at__isnull=True) | (~Q(outcome="") & Q(settled_at__isnull=False)),
                name="claim_settled_with_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"claim {self.pk}"


def now_turn() -> Decimal:
    """A place at the end of every queue: this moment."""
    return Decimal(repr(timezone.now().timestamp()))


class Hold(models.Model):
    """A reader waits for a title, a volume of it, or one copy. The queue's order is (priority_class, turn, id).

    `turn` begins as the moment of placing in seconds; who is moved gets a number between two neighbours, so that
    nobody else's row is written. Holds with one `cohort` are "the first of these": they count as one, and the first
    that is filled ends the others. It is the number of the first of them.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey("catalogue.Record", on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey("holdings.Item", null=True, on_delete=models.PROTECT, related_name="+")
    item_type = models.ForeignKey(
        "holdings.ItemType", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    volume = models.CharField(max_length=200, blank=True, db_default="")
    patron = models.ForeignKey("patrons.Patron", on_delete=models.PROTECT, related_name="+")
    pickup_unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    priority_class = models.SmallIntegerField(default=0)
    turn = models.DecimalField(max_digits=40, decimal_places=24, default=now_turn)
    placed_at = models.DateTimeField()
    expires_on = models.DateField(null=True)
    """The last day on which the reader still wants it."""

    suspended = models.BooleanField(default=False, db_default=False)
    suspended_until = models.DateField(null=True)
    cohort = models.BigIntegerField(null=True)
    note = models.CharField(max_length=250, blank=True, db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["record", "priority_class", "turn", "id"], name="hold_line"),
            models.Index(fields=["cohort"], condition=Q(cohort__isnull=False), name="hold_cohort"),
            models.Index(fields=["expires_on"], condition=Q(expires_on__isnull=False), name="hold_expiry"),
            models.Index(
                fields=["suspended_until"], condition=Q(suspended_until__isnull=False), name="hold_resumption"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(suspended=True) | Q(suspended_until__isnull=True), name="hold_until_suspended"
            ),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"


class Allocation(models.Model):
    """The copy a hold waits for; both unique: no copy serves two holds, no hold has two copies.

    Until `trapped_at` the copy stands on its shelf and is to be fetched. From then on it is kept for the reader:
    on its way, and from `ready_at` on its pickup shelf until the evening of `expires_on`.
    """

    hold = models.OneToOneField(Hold, on_delete=models.CASCADE, related_name="allocation")
    item = models.OneToOneField("holdings.Item", on_delete=models.PROTECT, related_name="+")
    allocated_at = models.DateTimeField()
    trapped_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    expires_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_on"], condition=Q(expires_on__isnull=False), name="shelf_expiry")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ready_at__isnull=True) | Q(trapped_at__isnull=False), name="ready_when_trapped"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hold_id} ← {self.item_id}"


class PastHold(models.Model):
    """A hold that ended, and how. `item_id` is the copy that had stood ready for it and was not fetched: it is to be
    taken off the hold shelf when it has not been seen since."""

    OUTCOMES = [("filled", "filled"), ("cancelled", "cancelled"), ("expired", "expired")]

    id = models.BigIntegerField(primary_key=True)
    record_id = models.BigIntegerField()
    patron_id = models.BigIntegerField(null=True)
    pickup_unit_id = models.BigIntegerField()
    placed_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=OUTCOMES)
    item_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["pickup_unit_id", "ended_at"], condition=Q(item_id__isnull=False), name="shelf_to_clear"
            ),
            models.Index(fields=["patron_id"], name="past_hold_reader"),
        ]

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


class Rota(models.Model):
    """A round of libraries among which copies travel. `cyclic`: it begins again after its last stage; `resting`: no
    copy moves on for now."""

    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=80)
    cyclic = models.BooleanField(default=True)
    resting = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class RotaStage(models.Model):
    """A library of a rota and for how many days a copy stands there, counted from its arrival."""

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="stages")
    place = models.PositiveSmallIntegerField()
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    days = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rota", "place"], name="rota_stage_once"),
            models.CheckConstraint(condition=Q(days__gte=1), name="rota_stage_lasts"),
        ]

    def __str__(self) -> str:
        return f"rota {self.rota_id} stage {self.place}"


class RotaCopy(models.Model):
    """A copy that travels, on one rota at most. It belongs to its stage's library, and at home without a stage: then
    its round is over and the row goes when it is scanned there. Until `arrived_at` it is still elsewhere."""

    item = models.OneToOneField("holdings.Item", on_delete=models.PROTECT, related_name="+")
    stage = models.ForeignKey(RotaStage, null=True, on_delete=models.SET_NULL, related_name="copies")
    arrived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__isnull=False) | Q(arrived_at__isnull=True), name="rota_copy_arrives_at_a_stage"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} of {self.stage_id}"


class OfflineEvent(models.Model):
    """What a desk did without a connection, known by its key for ever; a conflict waits until it is settled."""

    OUTCOMES = [("done", "done"), ("conflict", "conflict")]

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=9)
    barcode = models.CharField(max_length=60)
    card = models.CharField(max_length=40, blank=True)
    done_by = models.CharField(max_length=150, blank=True, db_default="")
    """Who was at that desk, as the desk says; `sent_by` answers for it."""

    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()
    sent_by = models.CharField(max_length=150)
    outcome = models.CharField(max_length=8, choices=OUTCOMES, default="done")
    refusals: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "key"], name="offline_event_once")]
        indexes = [
            models.Index(
                fields=["unit", "happened_at"],
                condition=Q(outcome="conflict", settled_at__isnull=True),
                name="offline_conflict",
            ),
        ]

    def __str__(self) -> str:
        return f"offline {self.kind} {self.key}"
