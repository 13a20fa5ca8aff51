"""A record as lines: opened, checked while it is typed, saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from kitabxana.base.access import actor_of, staff
from kitabxana.catalogue.messages import refusal_text
from kitabxana.catalogue.operations import NotValid, StaleVersion, save_record
from kitabxana.catalogue.queries import record as one_record
from kitabxana.catalogue.rules import derive, validate
from kitabxana.catalogue.rules.analytics import part_of
from kitabxana.catalogue.rules.textmode import filled, rendered, typed
from kitabxana.catalogue.rules.validation import errors
from kitabxana.fronts.desk.forms import lines, whole_number
from kitabxana.fronts.desk.render.editing import finding_rows, three_way_rows
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kitabxana.catalogue.facts import MarcJson
    from kitabxana.catalogue.rules.textmode import Typed
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

_OWN = frozenset({"001", "003", "005"})


@staff("records.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def new(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """An empty record to fill, with `copy` another one's description, with `host` a part of it; a POST saves it."""
    if request.method == "POST":
        return _save(request, where, None)
    host = one_record(whole_number(request.GET, "host") or 0, hidden=True)
    if host and host.kind == "b":
        outline = part_of(host.marc, host.id, day=f"{timezone.now():%y%m%d}")
        return _show(request, where, None, rendered(outline))
    wanted = whole_number(request.GET, "copy")
    model = one_record(wanted, hidden=True) if wanted else None
    return _show(request, where, None, rendered(_copied(model.marc) if model else _blank()))


@staff("records.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def edit(request: DeskRequest, where: UnitFacts, record_id: int) -> HttpResponse:
    """A stored record as lines; a POST saves it over the `version` it was opened in."""
    if request.method == "POST":
        return _save(request, where, record_id)
    found = one_record(record_id, hidden=True)
    if found is None:
        raise Http404
    return _show(request, where, record_id, rendered(found.marc), version=found.version)


@staff("records.edit")
@require_POST
def check(request: DeskRequest) -> HttpResponse:
    """What is to be said of the record as it is typed, and how it will look."""
    read = typed(lines(request.POST, "text"))
    return render(request, "desk/_record_check.html", _checked(read, new="version" not in request.POST))


def _save(request: DeskRequest, where: UnitFacts, record_id: int | None) -> HttpResponse:
    text, version = lines(request.POST, "text"), whole_number(request.POST, "version")
    read = typed(text)
    if read.problems:
        return _show(request, where, record_id, text, version=version, status=422)
    marc = read.marc if record_id else filled(read.marc)
    try:
        saved = save_record(
            record_id=record_id, marc=marc, version=version, by=actor_of(request), now=timezone.now(),
            through="desk",
        )  # fmt: skip
    except NotValid as refused:
        return _show(request, where, record_id, text, version=version, refused=refused, status=422)
    except StaleVersion as stale:
        proposed = rendered(stale.difference.merged)
        more = {"both": three_way_rows(stale.difference), "conflicts": stale.difference.conflicts}
        return _show(request, where, record_id, proposed, version=stale.version, more=more, status=409)
    except Refused as refused:
        return _show(request, where, record_id, text, version=version, refused=refused, status=409)
    told = f"?saved={saved.version}" if saved.changed else ""
    return redirect(reverse("desk:record", args=[saved.record_id]) + told)


def _show(
    request: DeskRequest, where: UnitFacts, record_id: int | None, text: str, *, version: int | None = None,
    refused: Refused | None = None, more: dict[str, Any] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    read = typed(text)
    context = {
        "record_id": record_id,
        "text": text,
        "version": version,
        "refusals": [refusal_text(refusal) for refusal in refused.refusals] if refused else [],
        **_checked(read, new=record_id is None),
        **(more or {}),
    }
    return page(request, where, "record_edit", context, status=status)


def _checked(read: Typed, *, new: bool) -> dict[str, Any]:
    """What is left empty in a new record is not kept, so nothing is said of it."""
    findings = [one for one in validate(read.marc) if not new or one.code not in ("empty_subfield", "empty_field")]
    brief = derive(read.marc).brief if not errors(findings) else {}
    return {"findings": finding_rows(read, findings), "brief": brief}


def _blank() -> MarcJson:
    """The outline of a printed book in Azerbaijani from Azerbaijan, its date of entry today."""
    fixed = f"{timezone.now():%y%m%d}s{timezone.now():%Y}    aj            000 0 aze  "
    empty = [("020", "  ", "a"), ("040", "  ", "abc"), ("041", "0 ", "a"), ("100", "1 ", "a"), ("245", "10", "abc"),
             ("250", "  ", "a"), ("264", " 1", "abc"), ("300", "  ", "abc"), ("650", " 4", "a")]  # fmt: skip
    fields: list[dict[str, Any]] = [
        {tag: {"ind1": inds[0], "ind2": inds[1], "subfields": [{code: ""} for code in codes]}}
        for tag, inds, codes in empty
    ]
    return {"leader": "00000nam a2200000 i 4500", "fields": [{"008": fixed}, *fields]}


def _copied(marc: MarcJson) -> MarcJson:
    """A description without the numbers that are one record's own."""
    fields = [{tag: content} for entry in marc["fields"] for tag, content in entry.items() if tag not in _OWN]
    return {"leader": marc["leader"], "fields": fields}
