"""A record as a form or as lines: opened, checked while it is typed, saved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from kitabxana.base.access import actor_of, staff
from kitabxana.catalogue.messages import refusal_text
from kitabxana.catalogue.operations import NotValid, StaleVersion, drop_draft, keep_draft, save_record
from kitabxana.catalogue.queries import briefs
from kitabxana.catalogue.queries import record as one_record
from kitabxana.catalogue.queries.editing import (
    RECORD_KEY,
    draft,
    drafts_of,
    framework_at,
    macros_for,
    record_with_draft,
)
from kitabxana.catalogue.rules import derive, validate
from kitabxana.catalogue.rules.analytics import part_of
from kitabxana.catalogue.rules.forming import acted, missing, with_field
from kitabxana.catalogue.rules.frameworks import FrameField, blank, frameworks, names_of
from kitabxana.catalogue.rules.macros import edits_of, run
from kitabxana.catalogue.rules.textmode import filled, rendered
from kitabxana.catalogue.rules.validation import errors
from kitabxana.fronts.desk.editing import FORM, TEXT, begun_as, opened, opened_text, sent, turned
from kitabxana.fronts.desk.forms import typed, whole_number
from kitabxana.fronts.desk.render.editing import finding_rows, three_way_rows
from kitabxana.fronts.desk.render.form_rows import form_rows, materials, offers
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.render.words import short_moment
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kitabxana.catalogue.facts import DraftFacts, MarcJson
    from kitabxana.fronts.desk.editing import Work
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

_OWN = frozenset({"001", "003", "005"})
MODE_COOKIE = "editor"


@staff("records.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def new(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """An empty record of the `framework` to fill; with `copy` another one's description, with `host` a part of it, with
    `draft` one begun. A POST saves it."""
    if request.method == "POST":
        return _sent(request, where, None)
    mode, code = _mode(request), typed(request.GET, "framework")
    kept = draft(_owner(request), typed(request.GET, "draft")) if "draft" in request.GET else None
    if kept and kept.record_id is None:
        work = opened_text(
            kept.text, record_id=None, version=None, mode=mode, unit=where, code=kept.framework, key=kept.key
        )
        return _show(request, where, work)
    wanted = whole_number(request.GET, "copy")
    model = one_record(wanted, hidden=True) if wanted else None
    host = one_record(whole_number(request.GET, "host") or 0, hidden=True)
    if host and host.kind == "b":
        outline = part_of(host.marc, host.id, day=f"{timezone.now():%y%m%d}")
        return _show(request, where, opened(outline, record_id=None, version=None, mode=mode, unit=where))
    marc = _copied(model.marc) if model else _blank(code or "book", where)
    work = opened(marc, record_id=None, version=None, mode=mode, unit=where, code="" if model else code)
    if model is None and work.mode == TEXT:
        work.text = rendered(marc)
    begun = [] if model else drafts_of(_owner(request))
    return _show(request, where, work, more={"begun": _begun(begun, where)})


@staff("records.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def edit(request: DeskRequest, where: UnitFacts, record_id: int) -> HttpResponse:
    """A stored record in a form or as lines; a POST saves it over the `version` it was opened in."""
    if request.method == "POST":
        return _sent(request, where, record_id)
    found, kept = record_with_draft(record_id, _owner(request))
    if found is None:
        raise Http404
    mode, code = _mode(request), typed(request.GET, "framework")
    if kept and "draft" in request.GET:
        work = opened_text(
            kept.text, record_id=record_id, version=kept.version, mode=mode, unit=where, code=kept.framework
        )
        return _show(request, where, work)
    work = opened(found.marc, record_id=record_id, version=found.version, mode=mode, unit=where, code=code)
    more: dict[str, Any] = {}
    if kept and kept.text != rendered(found.marc):
        more = {"kept": short_moment(kept.changed_at, where.zone), "kept_stale": kept.version != found.version}
    return _show(request, where, work, more=more)


@staff("records.edit")
@require_POST
@at_library
def check(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """What is to be said of the record as it is typed; what is typed is kept as a draft."""
    record_id = whole_number(request.POST, "record")
    work = sent(request.POST, record_id=record_id, unit=where)
    kept = False
    if "key" in request.POST and (record_id is None or briefs([record_id])):
        keep_draft(work.draft, by=actor_of(request))
        kept = True
    return render(request, "desk/_record_check.html", _checked(work) | {"draft_kept": kept})


@staff("records.edit")
@require_POST
def forget(request: DeskRequest) -> HttpResponse:
    """Throw a draft away, and go where its record is edited."""
    key = request.POST.get("key", "")[:40]
    drop_draft(key, by=actor_of(request))
    record_id = key.removeprefix(RECORD_KEY)
    if key.startswith(RECORD_KEY) and record_id.isascii() and record_id.isdecimal() and len(record_id) < 10:
        return redirect("desk:record_edit", int(record_id))
    return redirect("desk:record_new")


def _sent(request: DeskRequest, where: UnitFacts, record_id: int | None) -> HttpResponse:
    """One of the page's buttons: another mode or framework, a step in the form, a macro, else Save."""
    data = request.POST
    work = sent(data, record_id=record_id, unit=where)
    if "mode" in data:
        response = _show(request, where, turned(work, FORM if data["mode"] == FORM else TEXT))
        response.set_cookie(MODE_COOKIE, data["mode"] if data["mode"] in (FORM, TEXT) else FORM, samesite="Lax")
        return response
    if "use" in data:
        return _show(request, where, _used(work, typed(data, "framework"), where))
    if "act" in data and work.mode == FORM:
        return _show(request, where, _acted(work, data["act"], typed(data, "add")))
    if "run" in data:
        return _run(request, where, work)
    return _save(request, where, work)


def _used(work: Work, code: str, where: UnitFacts) -> Work:
    code = code if code in frameworks() else work.framework.code
    if work.read.problems:
        return work
    if work.record_id is None:
        return begun_as(work, code, unit=where, marc=_blank(code, where))
    return opened(work.read.marc, record_id=work.record_id, version=work.version, mode=work.mode, unit=where, code=code)


def _acted(work: Work, act: str, tag: str) -> Work:
    if act == "add":
        if len(tag) == 3 and tag.isalnum() and tag.isascii() and tag not in (*_OWN, "LDR"):
            work.rows = with_field(work.rows, work.framework.fields.get(tag) or FrameField(tag, names_of(tag)))
    else:
        what, _, number = act.partition(":")
        if number.isascii() and number.isdecimal() and len(number) < 7:
            work.rows = acted(work.rows, what, int(number))
    return work


def _run(request: DeskRequest, where: UnitFacts, work: Work) -> HttpResponse:
    wanted = whole_number(request.POST, "macro_id")
    found = next((one for one in macros_for(_owner(request), where) if one.id == wanted), None)
    if found is None or work.read.problems:
        return _show(request, where, work, status=422 if work.read.problems else 200)
    after = opened(
        run(work.read.marc, edits_of(found.text)[0]), record_id=work.record_id, version=work.version, mode=work.mode,
        unit=where, code=work.framework.code, key=work.key,
    )  # fmt: skip
    return _show(request, where, after, more={"ran": found.name})


def _save(request: DeskRequest, where: UnitFacts, work: Work) -> HttpResponse:
    marc = work.read.marc if work.record_id else filled(work.read.marc)
    if work.read.problems or (work.record_id is None and missing(marc, work.framework, level="error")):
        return _show(request, where, work, status=422)
    by = actor_of(request)
    try:
        saved = save_record(
            record_id=work.record_id, marc=marc, version=work.version, by=by, now=timezone.now(), through="desk"
        )
    except NotValid as refused:
        return _show(request, where, work, refused=refused, status=422)
    except StaleVersion as stale:
        merged = opened(
            stale.difference.merged, record_id=work.record_id, version=stale.version, mode=work.mode, unit=where,
            code=work.framework.code,
        )  # fmt: skip
        more = {"both": three_way_rows(stale.difference), "conflicts": stale.difference.conflicts}
        return _show(request, where, merged, more=more, status=409)
    except Refused as refused:
        return _show(request, where, work, refused=refused, status=409)
    drop_draft(work.key, by=by)
    told = f"?saved={saved.version}" if saved.changed else ""
    return redirect(reverse("desk:record", args=[saved.record_id]) + told)


def _show(
    request: DeskRequest, where: UnitFacts, work: Work, *, refused: Refused | None = None,
    more: dict[str, Any] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {
        "record_id": work.record_id,
        "version": work.version,
        "key": work.key,
        "text": work.text or rendered(work.read.marc),
        "rows": form_rows(work.rows, work.framework) if work.mode == FORM else None,
        "framework": work.framework.code,
        "materials": materials(),
        "offers": offers(work.framework) if work.mode == FORM else [],
        "macros": macros_for(_owner(request), where),
        "refusals": [refusal_text(refusal) for refusal in refused.refusals] if refused else [],
        **_checked(work),
        **(more or {}),
    }
    return page(request, where, "record_edit", context, status=status)


def _checked(work: Work) -> dict[str, Any]:
    """What is left empty in a new record is not kept, so nothing is said of it."""
    marc, new = work.read.marc, work.record_id is None
    told = validate(marc)
    findings = [one for one in told if not new or one.code not in ("empty_subfield", "empty_field")]
    wanted = missing(filled(marc) if new else marc, work.framework, level="error" if new else "warning")
    if any(one.code == "no_title" for one in findings):  # told once, with the place where it is mended
        wanted = [one for one in wanted if (one.code, one.tag) != ("wanted_field", "245")]
        findings = [replace(one, tag="245", occurrence=1) if one.code == "no_title" else one for one in findings]
    findings += wanted
    brief = derive(marc).brief if not errors(told) else {}
    rows = finding_rows(work.read, findings)
    return {"findings": rows, "in_form": work.mode == FORM, "brief": brief}


def _mode(request: DeskRequest) -> str:
    asked = request.GET.get("mode") or request.COOKIES.get(MODE_COOKIE)
    return TEXT if asked == TEXT else FORM


def _owner(request: DeskRequest) -> int:
    return actor_of(request).user_id or 0


def _begun(drafts: list[DraftFacts], where: UnitFacts) -> list[tuple[str, str, str]]:
    """(key, title or first line, when) of a cataloguer's unfinished new records."""
    found = []
    for one in drafts:
        line = next((text for text in one.text.splitlines() if text.startswith("245")), "")
        title = line.partition("$a")[2].partition(" $")[0].strip()
        found.append((one.key, title, short_moment(one.changed_at, where.zone)))
    return found


def _blank(code: str, where: UnitFacts) -> MarcJson:
    today = timezone.localtime(timezone.now())
    return blank(framework_at(code, where), day=f"{today:%y%m%d}", year=f"{today:%Y}")


def _copied(marc: MarcJson) -> MarcJson:
    """A description without the numbers that are one record's own."""
    fields = [{tag: content} for entry in marc["fields"] for tag, content in entry.items() if tag not in _OWN]
    return {"leader": marc["leader"], "fields": fields}
