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


class ImportProfile(models.Model):
    """A named way of reading files: the fields of `facts.Profile`."""

    name = models.CharField(max_length=80, unique=True)
    values: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name


class CopyTarget(models.Model):
    """Another catalogue to copy from: the fields of `facts.SearchTarget`. Without a unit it is everybody's.

    `password` is sealed (base.sealing) at the place that rules.copying.sealing_place tells.
    """

    unit = models.ForeignKey("organisation.Unit", on_delete=models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=40)
    address = models.CharField(max_length=500)
    version = models.CharField(max_length=3, choices=[(one, one) for one in ("1.1", "1.2", "2.0")], default="1.2")
    schema = models.CharField(max_length=80, default="marcxml")
    flavour = models.CharField(max_length=8, blank=True)
    seconds = models.PositiveSmallIntegerField(default=5)
    indexes: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    profile = models.CharField(max_length=80, blank=True)
    active = models.BooleanField(default=True)
    protocol = models.CharField(max_length=5, choices=[("sru", "SRU"), ("z3950", "Z39.50")], default="sru")
    database = models.CharField(max_length=80, blank=True)
    encoding = models.CharField(max_length=10, blank=True)
    login = models.CharField(max_length=80, blank=True)
    password = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "name"], name="copy_target_once", nulls_distinct=False),
            models.CheckConstraint(condition=models.Q(seconds__gte=1, seconds__lte=15), name="copy_target_seconds"),
        ]

    def __str__(self) -> str:
        return self.name


class ImportBatch(models.Model):
    """A file whose records wait for decisions before they go into the house.

    `position` and `done` move with each committed step, so that work broken off goes on from there: `position` of
    `size` bytes while reading (a packed file is longer inside), `done` records while committing and undoing.
    `run` is the ImportRun under which its records are stored; `actor` is who committed or took back, with what the
    work needs of their permissions: the worker does it in their name.
    """

    STATES = [
        ("reading", "reading"), ("staged", "staged"), ("committing", "committing"), ("committed", "committed"),
        ("undoing", "undoing"), ("undone", "undone"),
    ]  # fmt: skip

    file_name = models.CharField(max_length=255)
    path = models.CharField(max_length=500)
    size = models.BigIntegerField()
    profile: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=STATES, default="reading")
    position = models.BigIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, null=True)
    error = models.CharField(max_length=500, blank=True)
    actor: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField(default=timezone.now)
    committed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"


class StagedRecord(models.Model):
    """One record of a batch: what it was found to be, what was decided, what came of it.

    `marc` is MARC-in-JSON with its item fields; a rejected record has its bytes in `data` instead. `candidate` is the
    stored record it may be, with `score`, `points` ([name, mine, theirs, weight]) and `differs`. `version` is the
    version that an overlay replaced, `items` the copies that were added.
    """

    VERDICTS = [(code, code) for code in ("new", "same", "match", "doubt", "rejected")]
    DECISIONS = [(code, code) for code in ("", "add", "overlay", "join", "skip")]
    RESULTS = [(code, code) for code in ("", "added", "overlaid", "joined", "skipped", "gone", "undone", "stays")]

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="records")
    number = models.PositiveIntegerField()
    verdict = models.CharField(max_length=8, choices=VERDICTS)
    decision = models.CharField(max_length=8, choices=DECISIONS, blank=True)
    result = models.CharField(max_length=8, choices=RESULTS, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    score = models.IntegerField(default=0)
    points: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    differs = models.CharField(max_length=20, blank=True)
    candidate = models.BigIntegerField(null=True)
    brief: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    marc: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(null=True)
    data = models.BinaryField(null=True)
    record_id = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(null=True)
    items: models.JSONField[list[int], list[int]] = models.JSONField(default=list)
    findings: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    """What validation says of it: the fields of a catalogue.facts.Finding each."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="staged_number_once")]
        indexes = [models.Index(fields=["batch", "verdict", "number"], name="staged_verdict")]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.number} {self.verdict}"
