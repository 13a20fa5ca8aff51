"""Codes of the catalogue as sentences in the user's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from kitabxana.catalogue.facts import Finding
    from kitabxana.kernel.decisions import Refusal

FINDINGS: dict[str, _StrPromise] = {
    "bad_leader": _("The leader has %(length)s characters instead of 24."),
    "bad_tag": _("A tag has three letters or digits."),
    "bad_indicator": _("The indicators are two characters: %(value)s."),
    "bad_subfield_code": _("A subfield code is one letter or digit."),
    "bad_character": _("A character here can't be stored: NUL or a separator of the format."),
    "not_a_control_field": _("A control field has no indicators and subfields."),
    "not_a_data_field": _("This field needs indicators and subfields."),
    "no_title": _("The title (245) is missing."),
    "no_heading": _("The heading (1XX) is missing."),
    "several_entries": _("There can be one main heading (1XX) only: %(tags)s."),
    "repeated_key": _("This field can stand once only."),
    "undefined_tag": _("MARC 21 has no such field."),
    "undefined_indicator": _("Indicator %(number)s can't be %(value)s."),
    "undefined_subfield": _("MARC 21 has no such subfield here."),
    "undefined_code": _("%(value)s is no code for this place."),
    "repeated_field": _("This field should stand once only."),
    "repeated_subfield": _("This subfield should stand once only in its field."),
    "empty_field": _("The field has no subfields."),
    "empty_subfield": _("The subfield is empty."),
    "bad_length": _("The field has %(length)s characters instead of %(wanted)s."),
    "no_fixed_field": _("The field %(wanted)s is missing."),
    "bad_isbn": _("%(value)s is no valid ISBN. A number printed wrong belongs into $z."),
    "bad_issn": _("%(value)s is no valid ISSN. A number printed wrong belongs into $y."),
    "unknown_value": _("%(value)s is not on the list of MARC 21 codes."),
    "bad_link": _("%(value)s is no link between a field and its original script, such as 880-01."),
    "lonely_link": _("The field linked by %(value)s is missing."),
    "control_character": _("There is a line break or another control character in the text."),
    "obsolete_tag": _("This field is no longer used in MARC 21."),
    "obsolete_indicator": _("%(value)s is no longer used as indicator %(number)s."),
    "obsolete_subfield": _("This subfield is no longer used."),
    "obsolete_code": _("The code %(value)s is no longer used here."),
    "obsolete_value": _("The code %(value)s is no longer used."),
    "isbn_with_words": _("Words beside the ISBN belong into $q: %(value)s."),
    "joined_codes": _("Each code has a subfield of its own: %(value)s."),
    "wanted_field": _("This field must be filled here."),
    "wanted_subfield": _("The subfield $%(code)s must be filled here."),
}
"""What `rules.validate` finds."""

TEXT_PROBLEMS: dict[str, _StrPromise] = {
    "no_leader": _("The line LDR with the leader is missing."),
    "no_subfield": _("The line has no subfield: write $ and a code before the text."),
    "bad_indicators": _("Two indicators stand between the tag and the first $; # is a blank."),
    "no_code": _("A $ must be followed by a subfield code. The sign itself is written {dollar}."),
}
"""Why a line of `rules.textmode` can't be read."""

REFUSALS: dict[str, _StrPromise] = {
    "not_permitted": _("You do not have the permission for this here: %(permission)s."),
    "unknown_record": _("This record does not exist (any more)."),
    "unknown_version": _("The record has no version %(version)s."),
    "record_deleted": _("The record is deleted. Bring it back first."),
    "not_valid": _("The record has errors: %(errors)s. Nothing was saved."),
    "stale_version": _("Someone else has changed the record meanwhile (version %(version)s). Nothing was saved."),
    "has_items": _("The record has copies: %(items)s. Withdraw or move them first."),
    "has_holds": _("Readers are waiting for this title: %(holds)s."),
    "has_followers": _("Headings follow this authority: %(fields)s. Merge it with another one first."),
    "not_an_authority": _("These are not two authority records that stand."),
    "cannot_merge": _("These records can't be merged: they must be two bibliographic records that stand."),
    "records_changed": _("Record %(record)s has been changed meanwhile. Look at it again; nothing was merged."),
    "merged_away": _("The record was merged into record %(into)s. Undo that merge to have it back."),
    "unknown_merge": _("There is no such merge."),
    "merge_undone": _("This merge has been undone already."),
    "search_running": _("A search for duplicates is running already."),
    "unknown_search": _("There is no such search that this can be done with."),
    "bad_score": _("Records are proposed from a score of %(least)s on."),
    "no_words": _("A heading needs words."),
    "unknown_heading": _("The record has no such heading: %(tag)s."),
    "unknown_unit": _("There is no such library: %(unit)s."),
    "unknown_framework": _("There is no such framework: %(framework)s."),
    "nothing_said": _("Nothing of this is said at this level."),
    "bad_place": _("A field has three digits or letters, a subfield one: %(place)s."),
    "bad_name": _("A name has at most 120 letters and no line breaks; a help text 400."),
    "bad_default": _("Text that a framework puts in has one line of at most 200 letters."),
    "bad_list_name": _("The name of a list has 1 to 20 small letters, digits or underlines."),
    "bad_list_code": _("A code has 1 to 80 letters and no blank at its ends."),
    "bad_macro": _("Line %(line)s of the macro can't be read."),
    "bad_macro_name": _("A macro needs a name of at most 80 letters, and at most 100 lines."),
    "unknown_macro": _("There is no such macro."),
}

HEADING_KINDS: dict[str, _StrPromise] = {
    "person": pgettext_lazy("heading", "Person"),
    "corporate": pgettext_lazy("heading", "Organisation"),
    "meeting": pgettext_lazy("heading", "Meeting"),
    "title": pgettext_lazy("heading", "Title of a work"),
    "event": pgettext_lazy("heading", "Event"),
    "period": pgettext_lazy("heading", "Period"),
    "subject": pgettext_lazy("heading", "Subject"),
    "place": pgettext_lazy("heading", "Place"),
    "genre": pgettext_lazy("heading", "Genre or form"),
}
SEARCH_STATES: dict[str, _StrPromise] = {
    "running": _("Searching"),
    "cancelled": _("Halted"),
    "done": _("Searched"),
}
RELATORS: dict[str, _StrPromise] = {
    "adp": _("adapter"),
    "aft": _("author of afterword"),
    "art": _("artist"),
    "aui": _("author of introduction"),
    "aut": _("author"),
    "cmp": _("composer"),
    "com": _("compiler"),
    "ctb": _("contributor"),
    "drt": _("director"),
    "edt": _("editor"),
    "ill": _("illustrator"),
    "nrt": _("narrator"),
    "pht": _("photographer"),
    "rev": _("reviewer"),
    "trl": _("translator"),
    "wpr": _("writer of foreword"),
}
"""MARC relator codes that are common on books."""


def refusal_text(refusal: Refusal) -> str:
    """The sentence for a refusal, its parameters filled in."""
    return str(REFUSALS[refusal.code]) % dict(refusal.params)


def finding_text(finding: Finding) -> str:
    """The sentence for a finding, without its place."""
    return str(FINDINGS[finding.code]) % finding.params


def place_of(finding: Finding) -> str:
    """Where it is, for people: "245 $a", "650[2]", "008/23"; "" for the record as a whole."""
    place = finding.tag
    if finding.occurrence > 1:
        place += f"[{finding.occurrence}]"
    if finding.position is not None:
        place += f"/{finding.position:02d}"
    return f"{place} ${finding.subfield}" if finding.subfield else place
