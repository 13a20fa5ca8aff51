"""Messages to readers, what each of them tells of, the libraries' own texts, the readers' own wishes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Message(models.Model):
    """What goes out once through one channel; shown in the reader's account whatever the channel.

    `reader` is who gets it: the reader concerned, or who answers for a child. Nobody, for one whose registration was
    not taken. `next_try_at` of a `sending` one is when its sender counts as lost.
    """

    STATES = [
        ("queued", "queued"), ("sending", "sending"), ("sent", "sent"), ("failed", "failed"),
        ("suppressed", "suppressed"),
    ]  # fmt: skip

    id = models.BigAutoField(primary_key=True)
    reader = models.ForeignKey("patrons.Patron", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    trigger = models.CharField(max_length=24)
    level = models.PositiveSmallIntegerField(default=0)
    channel = models.CharField(max_length=8)
    address = models.CharField(max_length=400, blank=True)
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    sms = models.CharField(max_length=460, blank=True)
    state = models.CharField(max_length=10, choices=STATES, default="queued")
    reason = models.CharField(max_length=24, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="message_waits",
                condition=Q(state__in=("queued", "sending"), channel__in=("email", "sms")),
            ),
            models.Index(fields=["unit", "id"], name="message_letters", condition=Q(state="queued", channel="print")),
            models.Index(fields=["unit", "state", "-id"], name="message_of_unit"),
            models.Index(fields=["reader", "-id"], name="message_of_reader"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="message_sent_when"),
            models.CheckConstraint(
                condition=~Q(state__in=("failed", "suppressed")) | ~Q(reason=""), name="message_not_sent_why"
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


class Notice(models.Model):
    """One thing one reader was told of. The unique key is the last guard against telling it twice."""

    id = models.BigAutoField(primary_key=True)
    patron = models.ForeignKey("patrons.Patron", on_delete=models.PROTECT, related_name="+", db_index=False)
    trigger = models.CharField(max_length=24)
    thing = models.CharField(max_length=60)
    level = models.PositiveSmallIntegerField(default=0)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="notices")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patron", "trigger", "thing", "level"], name="told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.trigger} {self.thing}"


class Text(models.Model):
    """A library's, a system's or a nation's own words for one trigger in one language; nearest up the tree wins."""

    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    trigger = models.CharField(max_length=24)
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    sms = models.CharField(max_length=500)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "trigger", "language"], name="text_once"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.trigger} {self.language}"


class Wish(models.Model):
    """The channel a reader wants for one kind of notice; no row leaves it to the house."""

    patron = models.ForeignKey("patrons.Patron", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12)
    channel = models.CharField(max_length=8)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patron", "kind"], name="wish_once")]

    def __str__(self) -> str:
        return f"{self.patron_id} {self.kind} {self.channel}"
