"""What the house knows of records without asking anybody: derived facts, matching, the format, differences."""

from __future__ import annotations

from kitabxana.catalogue.rules.fields import Field, clean, control_field, data_fields, linked_tag, pick
from kitabxana.catalogue.rules.records import (
    MATERIALS,
    canonical,
    derive,
    digest_of,
    headings,
    kind_of,
    match,
    material_of,
    subjects,
    subjects_in,
)
from kitabxana.catalogue.rules.validation import validate

__all__ = [
    "MATERIALS",
    "Field",
    "canonical",
    "clean",
    "control_field",
    "data_fields",
    "derive",
    "digest_of",
    "headings",
    "kind_of",
    "linked_tag",
    "match",
    "material_of",
    "pick",
    "subjects",
    "subjects_in",
    "validate",
]
