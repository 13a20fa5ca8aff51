"""Readers in a table: which column is what, and what a row says."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from kitabxana.language import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TEXTS = (
    "card", "surname", "firstname", "middle_name", "email", "phone", "address", "city", "postcode", "language",
    "category", "home_unit", "staff_note", "public_note", "number", "number_kind",
)  # fmt: skip
DAYS = ("birth_date", "enrolled_on", "expires_on")
FIELDS = (*TEXTS, *DAYS)

# Folded headings, of Koha's own export and of lists in the four languages.
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "card": ("card", "cardnumber", "card number", "kart", "kart nomresi", "kart no", "uye no", "bilet", "номер билета",
             "билет", "карта"),
    "surname": ("surname", "last name", "family name", "soyad", "soyadi", "фамилия"),
    "firstname": ("firstname", "first name", "name", "given name", "ad", "adi", "имя"),
    "middle_name": ("middle name", "patronymic", "ata adi", "baba adi", "отчество"),
    "birth_date": ("birth date", "date of birth", "dateofbirth", "dogum tarixi", "dogum tarihi", "дата рождения"),
    "email": ("email", "e mail", "e poct", "e posta", "эл почта", "почта"),
    "phone": ("phone", "mobile", "telephone", "telefon", "mobil", "телефон"),
    "address": ("address", "unvan", "adres", "адрес"),
    "city": ("city", "town", "seher", "sehir", "ilce", "город"),
    "postcode": ("postcode", "postal code", "zipcode", "zip", "poct indeksi", "posta kodu", "индекс"),
    "language": ("language", "lang", "dil", "язык"),
    "category": ("category", "categorycode", "category id", "kateqoriya", "kategori", "категория"),
    "home_unit": ("library", "branchcode", "library id", "kitabxana", "kutuphane", "библиотека"),
    "enrolled_on": ("enrolled", "dateenrolled", "date enrolled", "qeydiyyat tarixi", "kayit tarihi", "дата записи"),
    "expires_on": ("expires", "dateexpiry", "expiry date", "bitme tarixi", "bitis tarihi", "срок"),
    "staff_note": ("note", "borrowernotes", "staff notes", "qeyd", "not", "примечание"),
    "public_note": ("opacnote", "opac notes"),
    "number": ("national number", "fin", "fin kod", "tckn", "tc kimlik no", "t c kimlik no", "passport"),
    "number_kind": ("number kind",),
}  # fmt: skip
_KNOWN = {" ".join(words(heading)): field for field, headings in _HEADINGS.items() for heading in headings}
_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")


def delimiter_of(first_line: str) -> str:
    """What stands between the columns: the most frequent of comma, semicolon, tabulator and bar in the heading."""
    return max(",;\t|", key=first_line.count)


def guess(header: Sequence[str]) -> dict[str, str]:
    """Heading → field, as far as a heading is known; no field twice."""
    found: dict[str, str] = {}
    for heading in header:
        field = _KNOWN.get(" ".join(words(heading)))
        if field and field not in found.values():
            found[heading] = field
    return found


def fields_of(
    row: Mapping[str, str | None], columns: Mapping[str, str], defaults: Mapping[str, str]
) -> tuple[dict[str, Any], str | None]:
    """(what a row says in the fields of a draft, the code of what can't be read).

    An empty cell says nothing; then the default holds, if there is one.
    """
    given = {field: " ".join((row.get(heading) or "").split()) for heading, field in columns.items()}
    whole: dict[str, Any] = {**defaults, **{field: text for field, text in given.items() if text}}
    if "number" in whole and "number_kind" not in whole:
        whole["number_kind"] = "tckn" if len(whole["number"]) == 11 else "fin"
    for field in DAYS:
        if field not in whole:
            continue
        day = read_day(whole[field])
        if day is None:
            return whole, "bad_birth_date" if field == "birth_date" else "bad_term"
        whole[field] = day
    return whole, None


def read_day(text: str) -> date | None:
    """2026-11-23, 23.11.2026, 23/11/2026; None for what is no day."""
    try:
        if found := _DAY_FIRST.fullmatch(text):
            day, month, year = map(int, found.groups())
            return date(year, month, day)
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
