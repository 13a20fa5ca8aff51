"""The indexes of CQL: context sets, their names and where in the house each of their indexes looks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kitabxana.search.languages.names import ASKED, name_key

if TYPE_CHECKING:
    from kitabxana.search.languages.names import Target


@dataclass(frozen=True, slots=True)
class Index:
    """Where an index looks: any of `targets`, an author's part, a MARC field, or `special` matters."""

    targets: tuple[Target, ...] = ()
    relator: str = ""
    tag: str = ""
    code: str = ""
    special: Literal["", "all_records", "result_set"] = ""


def _set(**indexes: str) -> dict[str, Index]:
    return {name.lower(): Index(tuple(targets.split())) for name, targets in indexes.items()}  # type: ignore[arg-type]


_HOUSE = {
    name_key(name): Index((asked.target,), asked.relator)
    for asked in reversed(ASKED)
    for name in asked.en
    if asked.target != "marc" and not name.isdecimal()
}
INDEXES: dict[str, dict[str, Index]] = {
    "cql": _set(serverChoice="all", keywords="all", anywhere="all", anyIndexes="all", allIndexes="all")
    | {"allrecords": Index(special="all_records"), "resultsetid": Index(special="result_set")},
    "dc": _set(
        title="title", creator="author", contributor="author", author="author", subject="subject",
        description="notes contents", publisher="publisher", date="year", type="material", identifier="number",
        language="language",
    ),
    "bath": _set(
        any="all", title="title", uniformTitle="uniform_title", keyTitle="title", seriesTitle="series", author="author",
        name="author subject", personalName="author", corporateName="author", conferenceName="author",
        subject="subject", topicalSubject="subject", geographicName="subject", genreForm="genre", notes="notes",
        publisher="publisher", isbn="isbn", issn="issn", lccn="number", standardIdentifier="number",
        callNumber="call_number", possessingInstitution="library",
    ),
    "rec": _set(identifier="control_number", id="control_number", creationDate="added"),
    "kitabxana": _HOUSE,
}  # fmt: skip
"""Context set → index in lower case → where it looks. `marc` has every tag instead: marc.245, marc.245$a."""

SETS = (*INDEXES, "marc")
URIS = {
    "cql": ("info:srw/cql-context-set/1/cql", "http://docs.oasis-open.org/ns/search-ws/cql"),
    "dc": ("info:srw/cql-context-set/1/dc", "http://purl.org/dc/elements"),
    "bath": ("http://zing.z3950.org/cql/bath",),
    "rec": ("info:srw/cql-context-set/2/rec",),
    "marc": ("info:srw/cql-context-set/1/marc",),
    "kitabxana": ("urn:kitabxana:cql",),
}
"""Under which URIs a set is known, their versions left out: any of them is taken."""

_SET_OF = {uri: name for name, uris in URIS.items() for uri in uris}
_VERSION = re.compile(r"[-/]v?\d+(\.\d+)*/?$|/$")
_MARC = re.compile(r"(\d{3})(?:[$.]?([a-z0-9]))?")


def set_of(uri: str) -> str:
    """The context set with this URI, "" when the house has none."""
    return _SET_OF.get(_VERSION.sub("", uri.lower()), "")


def index_in(context: str, name: str) -> Index | None:
    """The index `context.name`, None when the house has none."""
    if context == "marc":
        found = _MARC.fullmatch(name.lower())
        return Index(tag=found[1], code=found[2] or "") if found else None
    return INDEXES.get(context, {}).get(name_key(name) if context == "kitabxana" else name.lower())


def index_anywhere(name: str) -> Index | None:
    """The index with this name in the first set that has one."""
    return next((found for context in SETS if (found := index_in(context, name))), None)
