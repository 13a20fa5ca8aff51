"""Runs of the import: what was read, how far it came, what came of it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone


class ImportRun(models.Model):
    """One file being imported. `position` moves with each committed batch, so a run broken off goes on from there.

    `file_digest` (size, first and last megabyte) is the file's own identity, whatever its name.
    """

    STATES = [("running", "running"), ("done", "done"), ("failed", "failed")]

    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64, db_index=True)
    profile: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=STATES, default="running")
    position = models.BigIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    items_created = models.PositiveIntegerField(default=0)
    rejects_file = models.CharField(max_length=500, blank=True)
    rejects_size = models.BigIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"
