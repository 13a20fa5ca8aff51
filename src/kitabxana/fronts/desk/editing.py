"""What is on an editing page: a record in one of two modes, as it was opened or as it was sent."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils import timezone

from kitabxana.catalogue.facts import DraftFacts
from kitabxana.catalogue.queries.editing import RECORD_KEY, framework_at
from kitabxana.catalogue.rules.forming import read, rows_from, rows_of
from kitabxana.catalogue.rules.frameworks import FIXED, framework_for
from kitabxana.catalogue.rules.textmode import filled, rendered, typed
from kitabxana.fronts.desk.forms import lines, whole_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

    from kitabxana.catalogue.facts import MarcJson
    from kitabxana.catalogue.rules.forming import Row
    from kitabxana.catalogue.rules.frameworks import Framework
    from kitabxana.catalogue.rules.textmode import Typed
    from kitabxana.organisation.facts import UnitFacts

FORM, TEXT = "form", "text"
MOST_ROWS = 400
"""A record with more fields is typed as text: a form of it would be slow to send."""


@dataclass(slots=True)
class Work:
    """The page: `read` is the record as far as it can be read, `text` its lines, `rows` those of the form."""

    record_id: int | None
    version: int | None
    key: str
    mode: str
    framework: Framework
    read: Typed
    text: str = ""
    rows: Sequence[Row] = field(default_factory=list)

    @property
    def draft(self) -> DraftFacts:
        """What is kept of it against loss."""
        text = self.text if self.mode == TEXT else rendered(self.read.marc)
        return DraftFacts(self.key, self.record_id, self.version, self.framework.code, text, timezone.now())


def opened(
    marc: MarcJson,
    *,
    record_id: int | None,
    version: int | None,
    mode: str,
    unit: UnitFacts,
    code: str = "",
    key: str = "",
) -> Work:
    """A page with a record as it is stored, begun or merged."""
    framework = framework_at(code or framework_for(marc), unit)
    return _work(rendered(marc), framework, record_id=record_id, version=version, mode=mode, key=key)


def opened_text(
    text: str, *, record_id: int | None, version: int | None, mode: str, unit: UnitFacts, code: str = "", key: str = ""
) -> Work:
    """A page with lines that were typed; what can't be read stays in text mode."""
    framework = framework_at(code or framework_for(typed(text).marc), unit)
    return _work(text, framework, record_id=record_id, version=version, mode=mode, key=key)


def _work(text: str, framework: Framework, *, record_id: int | None, version: int | None, mode: str, key: str) -> Work:
    found = typed(text)
    key = key or (f"{RECORD_KEY}{record_id}" if record_id else uuid.uuid4().hex)
    work = Work(record_id, version, key, TEXT, framework, found, text=text)
    if mode == FORM and not found.problems and len(found.marc["fields"]) <= MOST_ROWS:
        # What is left empty in a new record is not there: the framework offers it again.
        work.mode, work.rows = FORM, rows_of(found.marc if record_id else filled(found.marc), framework)
        work.read = read(work.rows)
    return work


def sent(data: QueryDict, *, record_id: int | None, unit: UnitFacts) -> Work:
    """The page as it was sent, in the mode it had."""
    version, code = whole_number(data, "version"), data.get("framework", "")[:20]
    key = f"{RECORD_KEY}{record_id}" if record_id else (_key(data.get("key", "")) or uuid.uuid4().hex)
    if "text" in data:
        text = lines(data, "text")
        found = typed(text)
        framework = framework_at(code or framework_for(found.marc), unit)
        return Work(record_id, version, key, TEXT, framework, found, text=text)
    rows = rows_from(dict(data.lists()))
    found = read(rows)
    framework = framework_at(code or framework_for(found.marc), unit)
    return Work(record_id, version, key, FORM, framework, found, rows=rows)


def turned(work: Work, mode: str) -> Work:
    """The same record in the other mode; text that can't be read stays as it is."""
    if mode == work.mode or work.read.problems:
        return work
    return _work(
        rendered(work.read.marc),
        work.framework,
        record_id=work.record_id,
        version=work.version,
        mode=mode,
        key=work.key,
    )


def begun_as(work: Work, code: str, *, unit: UnitFacts, marc: MarcJson) -> Work:
    """A new record's page with another framework: its coded fields are those of `marc`, the others stay."""
    coded = [entry for entry in marc["fields"] if set(entry) & set(FIXED)]
    rest = [entry for entry in filled(work.read.marc)["fields"] if not set(entry) & set(FIXED)]
    whole = {"leader": marc["leader"], "fields": [*coded, *rest]}
    return opened(whole, record_id=None, version=None, mode=work.mode, unit=unit, code=code, key=work.key)


def _key(text: str) -> str:
    """The key of a new record's draft: 32 hexadecimal digits, "" for anything else."""
    return text if len(text) == 32 and all(sign in "0123456789abcdef" for sign in text) else ""
