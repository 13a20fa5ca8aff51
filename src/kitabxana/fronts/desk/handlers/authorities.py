"""Authorities at the desk: looked for, looked at, made of a record's heading, merged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kitabxana.base.access import actor_of, staff
from kitabxana.catalogue.messages import HEADING_KINDS, finding_text, refusal_text
from kitabxana.catalogue.operations import NotValid, add_authority_from, merge_authorities, save_record
from kitabxana.catalogue.queries import record as one_record
from kitabxana.catalogue.queries.authorities import MOST_FOUND, find_authorities, in_this_order, newest_authorities
from kitabxana.catalogue.queries.duplicates import merged_into, merges
from kitabxana.catalogue.rules.authorities import KINDS, authority_from, forms_of
from kitabxana.catalogue.rules.validation import errors
from kitabxana.fronts.desk.forms import page_number, typed, whole_number
from kitabxana.fronts.desk.render.authorities import authority_page, authority_rows, merged_headings, place_rows
from kitabxana.fronts.desk.render.duplicates import merge_rows
from kitabxana.fronts.desk.render.pages import page, pages
from kitabxana.fronts.desk.render.records import marc_lines
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kitabxana.catalogue.facts import RecordFacts
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

ROWS = 25
MERGES_SHOWN = 20
_TAGS = {kind: f"1{digits}" for digits, kind in KINDS.items()}


@staff("catalogue.view")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def authorities(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """The authorities in which every word typed begins a word, else those changed last; a POST makes a new one."""
    if request.method == "POST":
        return _new(request, where)
    return _list(request, where)


def _list(
    request: DeskRequest, where: UnitFacts, *, said: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    text, number = typed(request.GET, "q"), page_number(request.GET)
    start = (number - 1) * ROWS
    if text:
        ids = find_authorities(text)
        total, some = len(ids), ids[start : start + ROWS]
    else:
        total, some = newest_authorities(offset=start, limit=ROWS)
    context = {
        "q": text,
        "authorities": authority_rows(in_this_order(some)),
        "kinds": HEADING_KINDS.items(),
        "more": bool(text) and total == MOST_FOUND,
        "pages": pages(request.GET, name="page", number=number, total=total, size=ROWS),
        **(said or {}),
    }
    return page(request, where, "authorities", context, status=status)


def _new(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """A heading as it is typed, subfields begun by $ where there are any; then it can be edited line by line."""
    kind, text = request.POST.get("kind", ""), typed(request.POST, "heading")
    tag, now = _TAGS.get(kind, "150"), timezone.now()
    first, *others = text.split("$")
    pairs = [{"a": first.strip()}] if first.strip() else []
    pairs += [{one[:1].lower(): one[1:].strip()} for one in others if one[1:].strip()]
    ind1 = "1" if tag == "100" and "," in text else "2" if tag in ("110", "111") else "0" if tag == "100" else " "
    marc = authority_from(tag, {"ind1": ind1, "ind2": " ", "subfields": pairs}, day=f"{now:%y%m%d}")
    try:
        if not forms_of(marc):
            raise Refused.one("no_words")
        saved = save_record(record_id=None, marc=marc, version=None, by=actor_of(request), now=now, through="desk")
    except NotValid as refused:
        said = {"refusals": [finding_text(one) for one in errors(refused.findings)], "heading": text, "kind": kind}
        return _list(request, where, said=said, status=422)
    except Refused as refused:
        said = {"refusals": [refusal_text(one) for one in refused.refusals], "heading": text, "kind": kind}
        return _list(request, where, said=said, status=409)
    messages.success(request, _("The authority is made."))
    return redirect("desk:authority", saved.record_id)


@staff("catalogue.view")
@require_safe
@at_library
def authority(request: DeskRequest, where: UnitFacts, record_id: int) -> HttpResponse:
    """One authority; while its heading goes through the records that follow it, how far that is.

    One that went into another leads there.
    """
    if (into := merged_into(record_id)) is not None:
        return redirect("desk:authority", into)
    found = _authority(record_id)
    context = {
        "authority": authority_page(found),
        "merges": merge_rows(merges(limit=MERGES_SHOWN, record_id=record_id), zone=where.zone),
        "marc": list(marc_lines(found.marc)),
        "saved": whole_number(request.GET, "saved") == found.version,
    }
    return page(request, where, "authority", context)


def _authority(record_id: int) -> RecordFacts:
    found = one_record(record_id, hidden=True)
    if found is None or found.kind != "a":
        raise Http404
    return found


@staff("records.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def merge(request: DeskRequest, where: UnitFacts, record_id: int) -> HttpResponse:
    """What another authority would bring to this one, seen first; a POST merges the other into it."""
    keep = _authority(record_id)
    other = whole_number(request.POST, "gone") or whole_number(request.GET, "with") or 0
    gone = one_record(other, hidden=True) if other and other != record_id else None
    gone = gone if gone and gone.kind == "a" else None
    refusals: list[str] = []
    if request.method == "POST" and gone:
        by, now = actor_of(request), timezone.now()
        try:
            merge_authorities(keep=keep.id, gone=gone.id, by=by, now=now, through="desk")
        except Refused as refused:
            refusals = [refusal_text(one) for one in refused.refusals]
        else:
            messages.success(
                request, _("The authorities are one now; the records that followed the other follow this one.")
            )
            return redirect("desk:authority", keep.id)
    text = typed(request.GET, "q")
    begins = keep.brief.get("title", "").partition(" ")[0]  # a name's first word is what two forms of it share
    ids = [pk for pk in find_authorities(text or begins) if pk != record_id][:ROWS]
    headings, see = merged_headings(keep.marc, gone.marc) if gone else ([], [])
    context = {
        "keep": authority_page(keep),
        "gone": authority_page(gone) if gone else None,
        "q": text,
        "likely": authority_rows(in_this_order(ids)) if not gone else [],
        "headings": headings,
        "see": see,
        "refusals": refusals,
    }
    return page(request, where, "authority_merge", context, status=409 if refusals else 200)


@staff("catalogue.view")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def headings(request: DeskRequest, where: UnitFacts, record_id: int) -> HttpResponse:
    """The headings of a record, each with its authority; a POST makes an authority of one that has none."""
    found = one_record(record_id, hidden=True)
    if found is None or found.kind != "b":
        if (into := merged_into(record_id)) is not None and request.method != "POST":
            return redirect("desk:record_headings", into)
        raise Http404
    if request.method == "POST":
        by, now = actor_of(request), timezone.now()
        tag, ordinal = typed(request.POST, "tag")[:3], whole_number(request.POST, "ordinal") or 0
        try:
            saved = add_authority_from(record_id=record_id, tag=tag, ordinal=ordinal, by=by, now=now, through="desk")
        except Refused as refused:
            for refusal in refused.refusals:
                messages.error(request, refusal_text(refusal))
            return redirect("desk:record_headings", record_id)
        messages.success(request, _("The authority is made."))
        return redirect("desk:authority", saved.record_id)
    return page(request, where, "record_headings", {"record": found, "places": place_rows(found)})
