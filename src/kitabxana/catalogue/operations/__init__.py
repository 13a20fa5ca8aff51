"""The doors through which records change: `save_record` and its kin for one, `add_many` and `replace` for many."""

from __future__ import annotations

from kitabxana.catalogue.operations.bulk import NewRecord, add_many, bury_many, put_keys, replace
from kitabxana.catalogue.operations.delete import delete_record, undelete_record
from kitabxana.catalogue.operations.drafts import drop_draft, drop_macro, keep_draft, keep_macro
from kitabxana.catalogue.operations.duplicates import (
    begin_search,
    look_again,
    put_off,
    resume_search,
    say_different,
    search_on,
    stop_search,
)
from kitabxana.catalogue.operations.frameworks import drop_value, say_of_framework, set_value, unsay_of_framework
from kitabxana.catalogue.operations.headings import add_authority_from, follow_headings
from kitabxana.catalogue.operations.linking import link_later, link_next
from kitabxana.catalogue.operations.merging import merge_records, undo_merge
from kitabxana.catalogue.operations.save import NotValid, StaleVersion, restore_version, save_record
from kitabxana.catalogue.operations.state import lean_on
from kitabxana.catalogue.operations.uniting import merge_authorities, part_authorities

__all__ = [
    "NewRecord",
    "NotValid",
    "StaleVersion",
    "add_authority_from",
    "add_many",
    "begin_search",
    "bury_many",
    "delete_record",
    "drop_draft",
    "drop_macro",
    "drop_value",
    "follow_headings",
    "keep_draft",
    "keep_macro",
    "lean_on",
    "link_later",
    "link_next",
    "look_again",
    "merge_authorities",
    "merge_records",
    "part_authorities",
    "put_keys",
    "put_off",
    "replace",
    "restore_version",
    "resume_search",
    "save_record",
    "say_different",
    "say_of_framework",
    "search_on",
    "set_value",
    "stop_search",
    "undelete_record",
    "undo_merge",
    "unsay_of_framework",
]
