"""Plumbing tables: logins, the audit trail, the outbox."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """A login, staff or reader; what it may do follows from roles (organisation) or the reader it belongs to."""

    username = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=5, blank=True)
    is_active = models.BooleanField(default=True)
    one_time_until = models.DateTimeField(null=True)
    """Set while the password is one that somebody else gave: until then it opens one page, where a new one is set."""
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"

    known: tuple[Any, ...] | None = None
    """What the features know of the login (ports.identity_sources), where it was read with it for one request."""

    def __str__(self) -> str:
        return self.username


class ApiClient(models.Model):
    """A program that asks for OAuth2 tokens (RFC 6749, client credentials) and acts with its user's roles."""

    client_id = models.CharField(max_length=64, unique=True)
    secret_hash = models.CharField(max_length=200)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.client_id


class LoginFailure(models.Model):
    """Failed logins by key (login name, address), kept for the throttle only."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()


class AuditEntry(models.Model):
    """One action, written in its own transaction. Append-only: a trigger refuses UPDATE and DELETE.

    Partitioned by month in the database, hence the composite key.
    """

    pk = models.CompositePrimaryKey("id", "at")
    id = models.BigIntegerField(editable=False)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    unit = models.CharField(max_length=10, blank=True)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=30)
    object_id = models.CharField(max_length=40)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    address = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.action} {self.object_type} {self.object_id}"


class OutboxEvent(models.Model):
    """Something that happened, not yet told to those who must hear of it. A row goes when all of them have heard.

    Rows are found by their presence, never by "number > last seen", so a transaction that commits late is not missed.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=60)
    payload: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["next_try_at", "id"], name="outbox_due")]

    def __str__(self) -> str:
        return f"{self.name} {self.id}"


class IdempotencyKey(models.Model):
    """A request that was done, by who sent it and the key it bore: the same sent again gets the stored answer.

    `digest` is the BLAKE2b-128 of what was asked: a key used for something else is not the same request.
    """

    caller = models.CharField(max_length=64)
    key = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=16)
    answer: models.JSONField[Any, Any] = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="idempotency_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return f"{self.caller} {self.key}"
