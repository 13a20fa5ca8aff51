"""Small parts of an editing page, fetched when they are wanted: a row, a builder, what may be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from kitabxana.base.access import staff
from kitabxana.catalogue.queries.editing import authorities_named, framework_at
from kitabxana.catalogue.rules import clean, control_field, pick
from kitabxana.catalogue.rules.authorities import LINKED, forms_of, with_heading, with_number
from kitabxana.catalogue.rules.forming import new_row, read, rows_from, rows_of
from kitabxana.catalogue.rules.frameworks import FIXED, FrameField, names_of
from kitabxana.catalogue.rules.frameworks.places import begun
from kitabxana.catalogue.rules.textmode import fixed_written, rendered, typed
from kitabxana.fronts.desk.forms import lines, whole_number
from kitabxana.fronts.desk.forms import typed as word
from kitabxana.fronts.desk.render.form_rows import builder, form_row, options
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.identifiers import control_number

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kitabxana.catalogue.facts import MarcJson
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts


@staff("records.edit")
@require_safe
@at_library
def row(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """A new row number `n` for a `tag`, or one with the field of a `line` of text mode."""
    number, framework = whole_number(request.GET, "n"), framework_at(word(request.GET, "framework"), where)
    tag, line = word(request.GET, "tag"), lines(request.GET, "line")
    if number is None:
        raise Http404
    if line:
        found = [
            one for one in rows_of(typed("LDR\n" + line).marc, framework) if one.kind != "lines" and one.tag == line[:3]
        ]
        if not found:
            raise Http404
        made = found[0]
    elif len(tag) == 3 and tag.isascii() and tag.isalnum() and tag not in ("001", "003", "005", "LDR"):
        made = new_row(framework.fields.get(tag) or FrameField(tag, names_of(tag)), number)
    else:
        raise Http404
    shown = form_row(made.__class__(number, made.kind, made.tag, made.indicators, made.text, made.pairs), framework)
    return render(request, "desk/editor/_row.html", {"row": shown})


@staff("records.edit")
@require_safe
def fixed(request: DeskRequest) -> HttpResponse:
    """The places of a fixed field: `value` as shown, in a record with `leader`; `first` begins it anew for a kind."""
    tag, value, leader = (
        word(request.GET, "tag"),
        request.GET.get("value", "")[:100],
        request.GET.get("leader", "")[:60],
    )
    if tag not in FIXED:
        raise Http404
    first = request.GET.get("first", "")[:1]
    if first:
        value = fixed_written(begun(tag, first))
    return render(
        request, "desk/editor/_fixed.html", {"tag": tag, "value": value, "places": builder(tag, value, leader)}
    )


@staff("records.edit")
@require_POST
@at_library
def look(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """What may stand in a box, by what is typed in it: a code of a `list`, or for a field sent whole an authority."""
    asked, kind = word(request.POST, "q"), word(request.POST, "list")
    if kind != "authority":
        return render(request, "desk/editor/_options.html", {"codes": options(kind, asked, unit=where)})
    return render(request, "desk/editor/_options.html", {"authorities": _authorities(request, asked)})


def _authorities(request: DeskRequest, asked: str) -> list[dict[str, Any]]:
    """Each heading that fits, with the line the field would become: what it says beside the heading stays."""
    rows = rows_from(dict(request.POST.lists()))
    tag = rows[0].tag if rows else ""
    if tag not in LINKED:
        return []
    here = read(rows).marc["fields"]
    field = here[0][tag] if here else {"ind1": " ", "ind2": " ", "subfields": []}
    found = []
    for _, marc, follow in authorities_named(asked, ends=(tag[1:],)):
        number, agency = control_number(control_field(marc, "001")), control_number(control_field(marc, "003"))
        for form in forms_of(marc):
            if form.name[1:3] != tag[1:]:
                continue
            bare = {**field, "subfields": [pair for pair in field["subfields"] if "0" not in pair]}
            whole = with_number(with_heading(tag, bare, form), number, agency)
            line = rendered({"leader": "", "fields": [{tag: whole}]}).split("\n")[1]
            found.append({"text": _heading(form.field), "line": line, "follow": follow, "number": number})
    return found


def _heading(field: MarcJson) -> str:
    codes = "".join(dict.fromkeys(code for pair in field["subfields"] for code in pair if code not in "0123456789"))
    return clean(pick(field, codes))
