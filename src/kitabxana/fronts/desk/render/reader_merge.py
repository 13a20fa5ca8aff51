"""Two readers side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kitabxana.fronts.desk.render.words import long_date

if TYPE_CHECKING:
    from datetime import date

    from django.utils.functional import _StrPromise

    from kitabxana.patrons.facts import PatronDetails

FIELDS: dict[str, _StrPromise] = {
    "surname": _("Surname"),
    "firstname": _("First name"),
    "middle_name": _("Father's name"),
    "birth_date": _("Birth date"),
    "phone": _("Telephone"),
    "email": _("E-mail"),
    "address": _("Address"),
    "city": _("City or village"),
    "postcode": _("Postcode"),
    "public_note": _("Note the reader sees"),
    "staff_note": _("Note for staff"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A field whose value one may choose: `keep` stays, or `gone` is taken; an empty `keep` is filled anyway."""

    name: str
    label: str
    keep: str
    gone: str


def differences(keep: PatronDetails, gone: PatronDetails) -> list[Difference]:
    """The fields in which the two are not the same."""
    rows = [Difference(name, str(label), _text(keep, name), _text(gone, name)) for name, label in FIELDS.items()]
    return [row for row in rows if row.gone and row.keep != row.gone]


def _text(found: PatronDetails, name: str) -> str:
    value: str | date | None = getattr(found if hasattr(found, name) else found.facts, name)
    return value if isinstance(value, str) else long_date(value) if value else ""
