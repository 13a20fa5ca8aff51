"""The desk's menu: what there is, in groups, as far as the login may enter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Door:
    """One page: its address's name, the permission's name in `pages.DOORS` ("" for all staff), the key with Alt.

    `also` are the pages that belong to it and light it up.
    """

    page: str
    words: _StrPromise
    icon: str
    door: str = ""
    key: str = ""
    also: tuple[str, ...] = ()


GROUPS: tuple[tuple[_StrPromise, tuple[Door, ...]], ...] = (
    (_("Desk"), (Door("home", _("Desk"), "scan-barcode", key="1", also=("check_out", "fast_add")),)),
    (_("Check in"), (Door("check_in", _("Check in"), "book-down", "check_in", "2"),)),
    (
        _("Readers"),
        (
            Door("patrons", _("Readers"), "users", "readers", "3", ("patron", "edit_patron", "loan", "account")),
            Door("overdue", _("Overdue loans"), "calendar-x", "overdue"),
            Door("new_patron", _("New reader"), "user-plus", "edit_readers"),
            Door("applications", _("Registered from home"), "inbox", "edit_readers"),
            Door("notices", _("Notices"), "mail", "notices", also=("texts", "text")),
            Door("import_patrons", _("From a file"), "upload", "import_readers"),
            Door("change_many", _("Change many"), "users", "import_readers"),
            Door("registers", _("Cash registers"), "banknote", "registers", "6", ("register", "receipt")),
            Door("offline", _("From offline desks"), "wifi-off", "offline"),
        ),
    ),
    (_("Holds"), (Door("holds", _("Holds"), "bookmark", "holds", "h", ("record_holds",)),)),
    (
        pgettext_lazy("menu", "Catalogue"),
        (
            Door("record_new", _("New record"), "file-plus", "edit_records", "5"),
            Door("copying", _("Copying"), "copy-plus", "edit_records", "0"),
            Door("imports", _("Imports"), "file-input", "imports", "7", ("import", "staged_record", "import_profiles")),
            Door("authorities", _("Authorities"), "book-user", "records", also=("authority", "authority_merge")),
            Door("duplicates", _("Duplicates"), "copy-check", "merge_records", also=("duplicate",)),
            Door("added_in_haste", _("Added in haste"), "book-plus", "edit_records"),
            Door("labels", _("Labels and cards"), "tags", "labels", also=("label_sheets",)),
            Door("batch", _("Many copies"), "library", "batches", "8", ("act",)),
            Door("book", _("Accession book"), "book-open", "batches"),
            Door("misses", _("Searched in vain"), "search", "records"),
        ),
    ),
    (
        _("Lists"),
        (
            Door("lists", _("Lists and numbers"), "list-tree", "lists", "9"),
            Door("values", _("Authorised values"), "list-checks", "lists"),
            Door("frameworks", _("Frameworks"), "layout-list", "lists"),
            Door("targets", _("Catalogues to copy from"), "globe", "targets"),
        ),
    ),
    (
        pgettext_lazy("menu", "Administration"),
        (
            Door("rules", _("Rules"), "scale", key="4"),
            Door("calendar", _("Calendar"), "calendar-days"),
            Door("categories", _("Categories of readers"), "tags"),
            Door("rules_many", _("One rule for many"), "copy-check", "organise"),
            Door("units", _("Libraries and systems"), "network", also=("unit", "unit_change")),
            Door("people", _("Staff and roles"), "id-card", "staff", also=("person",)),
            Door("rotas", _("Rotas"), "refresh-cw", "rotas", also=("rota",)),
            Door("trail", _("Audit trail"), "history", "audit"),
            Door("setup", _("Guided set-up"), "rocket", "everything"),
            Door("password", _("My password"), "key-round"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Entry:
    words: str
    address: str
    icon: str
    key: str
    here: bool


@dataclass(frozen=True, slots=True)
class Group:
    words: str
    entries: tuple[Entry, ...]

    @property
    def single(self) -> bool:
        """A group of one page is a link, no list to open."""
        return len(self.entries) == 1


def menu(may: Mapping[str, bool], *, at: str) -> list[Group]:
    """The groups with what may be entered; `at` is the name of the page that is open."""
    shown = [
        Group(str(words), tuple(_entry(one, at) for one in doors if not one.door or may[one.door]))
        for words, doors in GROUPS
    ]
    return [group for group in shown if group.entries]


def _entry(one: Door, at: str) -> Entry:
    return Entry(str(one.words), reverse(f"desk:{one.page}"), one.icon, one.key, at in (one.page, *one.also))
