"""Applications, columns and what stood against a row, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kitabxana.fronts.desk.render.reader_merge import FIELDS as PERSON
from kitabxana.fronts.desk.render.reader_words import category_choices, told
from kitabxana.fronts.desk.render.words import local_day, long_date, short_date, unit_name
from kitabxana.kernel.decisions import Refusal
from kitabxana.organisation.queries import tree
from kitabxana.patrons.messages import REFUSALS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.functional import _StrPromise

    from kitabxana.organisation.facts import UnitFacts
    from kitabxana.patrons.facts import ApplicationFacts

FIELDS: dict[str, _StrPromise] = {
    "card": gettext_lazy("Card"),
    **PERSON,
    "category": gettext_lazy("Category"),
    "home_unit": gettext_lazy("Library"),
    "language": gettext_lazy("Language of letters"),
    "enrolled_on": gettext_lazy("Member since"),
    "expires_on": gettext_lazy("Member until"),
    "number": gettext_lazy("National number"),
    "number_kind": gettext_lazy("Kind of number"),
}
"""What a column of a table may be."""


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    id: int
    name: str
    born: str
    reached: str
    address: str
    category: str
    library: str
    sent: str


def application_rows(waiting: Sequence[ApplicationFacts], *, where: UnitFacts) -> list[ApplicationRow]:
    names, units = dict(category_choices()), tree().units
    return [
        ApplicationRow(
            id=one.id,
            name=_joined(one, ("surname", "firstname", "middle_name"), " "),
            born=long_date(date.fromisoformat(one.typed["birth_date"])),
            reached=_joined(one, ("phone", "email")),
            address=_joined(one, ("address", "postcode", "city")),
            category=names.get(one.typed["category"], one.typed["category"]),
            library=unit_name(units, one.home_unit),
            sent=short_date(local_day(one.sent_at, where.zone)),
        )
        for one in waiting
    ]


def _joined(one: ApplicationFacts, fields: Sequence[str], between: str = ", ") -> str:
    return between.join(filter(None, (one.typed.get(name, "") for name in fields)))


def problem_rows(problems: Mapping[str, int]) -> list[str]:
    """What stood against rows, a sentence each, the most frequent first; a number before it when there are several."""
    found = []
    for codes, count in sorted(problems.items(), key=lambda pair: (-pair[1], pair[0])):
        text = " ".join(_sentence(code) for code in codes.split(", "))
        rows = ngettext("%(count)s row", "%(count)s rows", count) % {"count": count}
        found.append(f"{rows}: {text}" if count > 1 else text)
    return found


def _sentence(code: str) -> str:
    """A refusal without its parameters: a row's own are in the file of what was set aside."""
    if code.startswith("missing ") or code in FIELDS:
        name = code.removeprefix("missing ")
        return _("There is no: %(field)s.") % {"field": FIELDS.get(name, name)}
    if code in REFUSALS or code in ("not_permitted", "unknown_patron", "unknown_unit"):
        blanks = dict.fromkeys(
            ("card", "code", "library", "age", "least", "kind", "name", "permission", "unit", "what", "rows", "most"),
            "…",
        )
        return told(Refusal(code, blanks))
    return code
