"""The copy's form: what was typed into changes, and changes into fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitabxana.fronts.desk.forms import typed
from kitabxana.fronts.desk.render.item_words import LABELS, LOST, SCHEMES, SOURCES, amount
from kitabxana.fronts.desk.render.words import language, named
from kitabxana.holdings.rules import FLAGS, PERMISSION_OF, PRICES, TEXTS
from kitabxana.kernel.money import parse_minor
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.http import QueryDict

    from kitabxana.base.actor import Actor
    from kitabxana.holdings.queries import Lists

LONG = ("note", "staff_note")
GROUPS = (
    ("home_unit", "item_type", "location", "collection"),
    ("call_number", "scheme", "volume", "copy_number"),
    ("barcode", "accession_number", "source", "price_minor", "replacement_minor", "currency"),
    ("note", "staff_note"),
)
STATES = ("lost", *FLAGS)


@dataclass(frozen=True, slots=True)
class Field:
    """`kind` is text, area, choice or check; the options of a choice are (code, name)."""

    name: str
    label: str
    kind: str
    value: str
    on: bool = False
    options: tuple[tuple[str, str], ...] = ()
    shut: bool = False
    longest: int = 255


def read(data: QueryDict, names: Iterable[str]) -> dict[str, Any]:
    """The changes typed into these fields. An amount that can't be read is kept as text, for the rules to refuse."""
    found: dict[str, Any] = {}
    for name in names:
        text = typed(data, name)
        if name in PRICES:
            found[name] = (parse_minor(text) if parse_minor(text) is not None else text) if text else None
        elif name in FLAGS:
            found[name] = bool(data.get(name))
        elif name in LONG:
            found[name] = data.get(name, "").replace("\r\n", "\n").strip()[: TEXTS[name]]
        elif name == "barcode":
            found[name] = text or None
        else:
            found[name] = text
    return found


class Fields:
    """Builds the fields of one copy's form; lists are those of the library it belongs to."""

    def __init__(self, lists: Lists, *, unit: str, by: Actor) -> None:
        self._lists, self._unit, self._by = lists, unit, by
        self._organisation = tree()
        self._path = self._organisation.units[unit].path

    def field(self, name: str, value: Any, *, shut: bool = False) -> Field:
        options = self._options(name, value)
        kind = "check" if name in FLAGS else "area" if name in LONG else "choice" if options else "text"
        text = amount(value) if name in PRICES and isinstance(value, int) else str(value or "")
        return Field(
            name=name,
            label=str(LABELS[name]),
            kind=kind,
            value=text,
            on=value is True,
            options=options,
            shut=shut or not self._by.may(PERMISSION_OF[name], self._path),
            longest=TEXTS.get(name, 255),
        )

    def groups(self, values: Mapping[str, Any], *, leave_out: tuple[str, ...] = ()) -> list[list[Field]]:
        return [[self.field(name, values.get(name)) for name in group if name not in leave_out] for group in GROUPS]

    def states(self, values: Mapping[str, Any]) -> list[Field]:
        return [self.field(name, values.get(name)) for name in STATES]

    def _options(self, name: str, value: Any) -> tuple[tuple[str, str], ...]:
        words = {"scheme": SCHEMES, "source": SOURCES, "lost": LOST}
        if name in words:
            return (("", "—"), *((code, str(text)) for code, text in words[name].items()))
        if name == "home_unit":
            return self._libraries(str(value or self._unit))
        if name not in ("item_type", "location", "collection"):
            return ()
        listed = {code: named(entry.names, code) for code, entry in self._lists.open_at(name, self._unit).items()}
        if not listed:
            return ()
        if value and value not in listed:
            listed[str(value)] = str(value)
        options = sorted(listed.items(), key=lambda pair: pair[1].casefold())
        return tuple(options) if name == "item_type" else (("", "—"), *options)

    def _libraries(self, now: str) -> tuple[tuple[str, str], ...]:
        """The libraries of the same system where copies may be edited, and the copy's own."""
        organisation = self._organisation
        near = organisation.under(organisation.system_of(self._unit).path)
        found = {
            unit.code: unit.name(language())
            for unit in near
            if unit.kind in ("library", "point") and self._by.may("items.edit", unit.path)
        }
        found[now] = organisation.units[now].name(language()) if now in organisation.units else now
        return tuple(found.items())
