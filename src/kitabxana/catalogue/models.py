"""Records as read, what is derived from them, and every state they had."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Func, Q
from django.utils import timezone


class NextChange(Func):
    """The next number of the one sequence that orders all changes of the catalogue."""

    template = "nextval('catalogue_change_seq')"
    output_field = models.BigIntegerField()


class Record(models.Model):
    """A bibliographic or authority record: MARC-in-JSON exactly as read, with its derived columns beside it.

    `brief` is what lists show, recomputed from `marc` by `rules.derive`, never edited. `digest` is BLAKE2b-128 of the
    canonical MARC-in-JSON: equal digests mean equal records. `agency` is MARC 003, "" where the record names none.
    """

    KINDS = [("b", "bibliographic"), ("a", "authority")]

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=1, choices=KINDS, default="b")
    marc: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    brief: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    digest = models.BinaryField(max_length=16)
    control_number = models.CharField(max_length=100, blank=True)
    agency = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=40, blank=True)
    source_format = models.CharField(max_length=10)
    import_run = models.BigIntegerField(null=True)
    """The import that last wrote this record: within one file, two records with one number are two records."""

    traits = models.TextField(null=True)
    """What matching compares (`matching.packed`); null for an authority, and for what was stored before it was kept."""

    suppressed = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    change_seq = models.BigIntegerField(db_default=NextChange())
    deleted_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=200, blank=True)
    made_through = models.CharField(max_length=20, blank=True)
    made_how = models.CharField(max_length=20, blank=True)
    """Who made the present state, through what and how: see `facts.Made`. When, `changed_at` says."""

    class Meta:
        indexes = [
            models.Index(fields=["control_number"], condition=~Q(control_number=""), name="record_control_number"),
            models.Index(fields=["digest"], condition=Q(control_number=""), name="record_digest"),
            models.Index(fields=["change_seq"], name="record_change_seq"),
            # Authorities are few among the records: their list must not read all of them.
            models.Index(
                fields=["change_seq"], condition=Q(kind="a", deleted_at__isnull=True), name="record_authorities"
            ),
            models.Index(
                fields=["created_at"],
                condition=Q(source="fast_add", version=1, deleted_at__isnull=True),
                name="record_fast_added",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.brief.get('title', '')}"


class RecordVersion(models.Model):
    """A former state of a record: its MARC-in-JSON, zstd-compressed, who made it, and until when it was the state."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    marc = models.BinaryField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200, blank=True)
    made_through = models.CharField(max_length=20, blank=True)
    made_how = models.CharField(max_length=20, blank=True)
    until = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "version"], name="version_once")]

    def __str__(self) -> str:
        return f"{self.record_id} v{self.version}"


class HeadingLink(models.Model):
    """A field of a record that follows an authority: the `ordinal`-th (from 0) of its tag.

    `form` names the authority's heading that it follows (`rules.authorities.Form`), `applied` is that heading's key as
    the field has it: another key than the authority's own says that the field waits to be brought up to date.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="headings")
    authority = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="followers")
    tag = models.CharField(max_length=3)
    ordinal = models.PositiveIntegerField()
    form = models.CharField(max_length=12)
    applied = models.CharField(max_length=32, blank=True)

    def __str__(self) -> str:
        return f"{self.record_id} {self.tag}[{self.ordinal}] → {self.authority_id}"


class Identifier(models.Model):
    """A standard number of a record in its normalised form: scheme "isbn" (13 digits), "issn" (8), "lccn", …

    Scheme "key" is what matching meets on, "heading" what fields follow, "word" what authorities are looked for by.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=10)
    value = models.CharField(max_length=60)

    class Meta:
        indexes = [
            # With the record in it, so that matching, which asks ten keys of every record, reads nothing but the index.
            models.Index(fields=["value", "scheme"], include=["record"], name="identifier_met"),
            # Beginnings of words: an index in the order of bytes, whatever the database's collation.
            models.Index(
                fields=["value"],
                opclasses=["varchar_pattern_ops"],
                condition=Q(scheme="word"),
                name="identifier_word",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


class Merge(models.Model):
    """Records that became one: `keep` went from `version_before` to `version_after`, each `MergedRecord` into it."""

    id = models.BigAutoField(primary_key=True)
    keep = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="merges")
    version_before = models.PositiveIntegerField()
    version_after = models.PositiveIntegerField()
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"merge {self.pk} into {self.keep_id}"


class MergedRecord(models.Model):
    """A record that went into another; `moved` is what each feature above moved, by its name (`ports.RecordTies`)."""

    id = models.BigAutoField(primary_key=True)
    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="records")
    gone = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+", db_index=False)
    moved: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    standing = models.BooleanField(default=True)
    """Whether the merge still holds: the old record's address leads to the kept one."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gone"], condition=Q(standing=True), name="merged_into_one"),
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} in merge {self.merge_id}"


class DuplicateSearch(models.Model):
    """A search of the whole catalogue for duplicates: `position` of `last` record numbers, moved by each step."""

    STATES = [("running", "running"), ("cancelled", "cancelled"), ("done", "done")]

    id = models.BigAutoField(primary_key=True)
    state = models.CharField(max_length=9, choices=STATES, default="running")
    least = models.PositiveSmallIntegerField()
    """The score from which on two records are proposed as one."""

    position = models.BigIntegerField(default=0)
    last = models.BigIntegerField()
    compared = models.BigIntegerField(default=0)
    pairs = models.BigIntegerField(default=0)
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="running"), name="one_duplicate_search"),
        ]

    def __str__(self) -> str:
        return f"search {self.pk} {self.state}"


class DuplicatePair(models.Model):
    """Two records that may be one (`one` has the lower number), or that somebody has said to be two: for ever."""

    id = models.BigAutoField(primary_key=True)
    one = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    score = models.SmallIntegerField()
    different = models.BooleanField(default=False)
    said_by = models.CharField(max_length=200, blank=True)
    said_at = models.DateTimeField(null=True)
    search = models.ForeignKey(DuplicateSearch, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    """The search in which the pair was last found: what a later one does not find goes."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="pair_once"),
            models.CheckConstraint(condition=Q(one_id__lt=models.F("other_id")), name="pair_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} {'≠' if self.different else '='} {self.other_id}"


class DuplicateCluster(models.Model):
    """Records that may all be one. `score` is the lowest by which one of them was joined to the others."""

    id = models.BigAutoField(primary_key=True)
    size = models.PositiveIntegerField()
    score = models.SmallIntegerField()
    put_off_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["put_off_at", "-size", "-score", "id"], name="cluster_order")]

    def __str__(self) -> str:
        return f"cluster {self.pk} of {self.size}"


class ClusterMember(models.Model):
    """A record is in one cluster at most."""

    id = models.BigAutoField(primary_key=True)
    cluster = models.ForeignKey(DuplicateCluster, on_delete=models.CASCADE, related_name="members")
    record = models.OneToOneField(Record, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.record_id} in {self.cluster_id}"


class Draft(models.Model):
    """What a cataloguer is typing, kept against loss: one for each record, and one for each new record begun.

    `key` is "r" and the record's id, or the new record's own random one. Drafts are no records: nobody else sees them.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=40)
    record = models.ForeignKey(Record, null=True, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField(null=True)
    framework = models.CharField(max_length=20, blank=True)
    text = models.TextField()
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="draft_once")]

    def __str__(self) -> str:
        return f"{self.owner_id} {self.key}"


class FrameworkEntry(models.Model):
    """What one level of the tree says of a framework's field or subfield, as in `rules.frameworks.Said`."""

    framework = models.CharField(max_length=20)
    unit = models.ForeignKey("organisation.Unit", null=True, on_delete=models.CASCADE, related_name="+")
    tag = models.CharField(max_length=3)
    code = models.CharField(max_length=1, blank=True)
    names: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    help: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    mandatory = models.BooleanField(null=True)
    hidden = models.BooleanField(null=True)
    default = models.CharField(max_length=200, null=True)
    values = models.CharField(max_length=20, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "unit", "tag", "code"], name="framework_entry_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.framework} {self.unit_id} {self.tag}{self.code}"


class ValueEntry(models.Model):
    """A code that a subfield may have, with its names, as a level of the tree says for all below; None for everyone."""

    list = models.CharField(max_length=20)
    unit = models.ForeignKey("organisation.Unit", null=True, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=80)
    names: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    hidden = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "unit", "code"], name="value_entry_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.list} {self.unit_id} {self.code}"


class Macro(models.Model):
    """A named sequence of edits (`rules.macros`): a cataloguer's own, or with `unit` a library's and of all below."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey("organisation.Unit", null=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "unit", "name"], name="macro_once", nulls_distinct=False),
            models.CheckConstraint(condition=Q(owner__isnull=True) ^ Q(unit__isnull=True), name="macro_is_somebody_s"),
        ]

    def __str__(self) -> str:
        return self.name
