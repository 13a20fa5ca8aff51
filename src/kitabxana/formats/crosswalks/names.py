"""Who made a work, from its access points: names in parts and what each person did.

Tags and indicators: MARC 21 Format for Bibliographic Data, 1XX and 7XX; roles: MARC Code List for Relators.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from kitabxana.formats.isbd import plain
from kitabxana.formats.marc.shape import fields, subfield, subfields
from kitabxana.language import fold

if TYPE_CHECKING:
    from kitabxana.formats.marc.shape import DataField, MarcJson

Kind = Literal["person", "family", "body", "meeting"]

_TAGS: Final[dict[str, Kind]] = {"00": "person", "10": "body", "11": "meeting"}
_CREATED: Final = frozenset({"aut", "cre", "art", "cmp", "pht", "ctg", "lbt", "dis", "inv", "prg"})
_EDITED: Final = frozenset({"edt", "com", "red", "edc", "pbd"})
_TERMS: Final = {
    "author": "aut", "creator": "cre", "composer": "cmp", "artist": "art", "photographer": "pht",
    "cartographer": "ctg", "librettist": "lbt", "editor": "edt", "ed": "edt", "edited by": "edt", "compiler": "com",
    "comp": "com", "translator": "trl", "tr": "trl", "trans": "trl", "illustrator": "ill", "ill": "ill",
    "narrator": "nrt", "director": "drt", "film director": "drt", "publisher": "pbl", "müəllif": "aut",
    "redaktor": "edt", "tərtibçi": "com", "tərcüməçi": "trl", "rəssam": "ill", "yazar": "aut", "editör": "edt",
    "çevirmen": "trl", "çeviren": "trl", "hazırlayan": "com", "автор": "aut", "редактор": "edt", "сост": "com",
    "составитель": "com", "переводчик": "trl", "пер": "trl", "художник": "ill",
}  # fmt: skip
"""Relator terms ($e) that say the same as a code; everything else is kept as no known role."""


@dataclass(frozen=True, slots=True)
class Name:
    """One access point. `role` is a MARC relator code, "" when nobody said it; `script` its original-script form.

    A person written "surname, forename" has `family` and `given`; every name has `text`, as it is filed.
    """

    text: str
    kind: Kind
    role: str = ""
    family: str = ""
    given: str = ""
    script: str = ""


def names_of(marc: MarcJson) -> tuple[Name, ...]:
    """Everyone responsible for the work itself, each once in each role; names of related works (7XX $t) left out."""
    scripts = _scripts(marc)
    found: dict[tuple[str, str], Name] = {}
    for group in "17":
        for ending, kind in _TAGS.items():
            for field in fields(marc, group + ending):
                if group == "7" and subfield(field, "t"):
                    continue
                name = _name(field, kind, scripts.get((group + ending, subfield(field, "6")[4:6]), ""))
                if group == "1" and not name.role:
                    name = Name(name.text, name.kind, "aut", name.family, name.given, name.script)
                if name.text:
                    found.setdefault((name.text, name.role), name)
    return tuple(found.values())


def authors(names: tuple[Name, ...], statement: str) -> list[Name]:
    """Who wrote or made the work.

    An added entry without a role is one of them when the first statement of responsibility names it: what follows
    " ; " there has other functions (ISBD, area 1). Without any statement it is one when there is no main entry.
    """
    made = [name for name in names if name.role in _CREATED]
    first = f" {fold(statement.partition(' ; ')[0])} "
    for name in names:
        if not name.role and (fold(name.family or name.text) in first if statement else not made):
            made.append(name)
    return made


def editors(names: tuple[Name, ...]) -> list[Name]:
    return [name for name in names if name.role in _EDITED]


def translators(names: tuple[Name, ...]) -> list[Name]:
    return [name for name in names if name.role == "trl"]


def _name(field: DataField, kind: Kind, script: str) -> Name:
    role = _role(field)
    if kind != "person":
        return Name(plain(" ".join(subfields(field, "abnc" if kind == "body" else "acd"))), kind, role, script=script)
    text = plain(" ".join(subfields(field, "abcq")))
    if field["ind1"] == "3":
        return Name(text, "family", role, script=script)
    family, comma, given = plain(subfield(field, "a")).partition(",")
    if not comma or field["ind1"] == "0" or not given.strip() or not family.strip():
        return Name(text, kind, role, script=script)
    return Name(text, kind, role, plain(family), plain(given), script)


def _role(field: DataField) -> str:
    """The first role given, by code ($4, also as an address) or by term ($e)."""
    for code in subfields(field, "4"):
        last = code.strip().rpartition("/")[2].lower()
        if len(last) == 3 and last.isascii() and last.isalpha():
            return last
    terms = (plain(term).lower().strip(" .") for term in subfields(field, "e"))
    return next((_TERMS[term] for term in terms if term in _TERMS), "oth" if subfield(field, "e") else "")


def _scripts(marc: MarcJson) -> dict[tuple[str, str], str]:
    found = {}
    for field in fields(marc, "880"):
        link = subfield(field, "6")
        found[link[:3], link[4:6]] = plain(" ".join(subfields(field, "abcq")))
    return found
