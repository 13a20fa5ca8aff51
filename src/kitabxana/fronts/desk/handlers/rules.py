"""The rules that hold here, and why: seen by whoever works at a desk, changed by who may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from kitabxana.base.access import actor_of, staff
from kitabxana.fronts.desk.forms import policy_value, typed
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.render.rules import Asked, field, groups
from kitabxana.fronts.desk.render.words import language, named, unit_name
from kitabxana.fronts.desk.session import at_library
from kitabxana.holdings.queries import item_types
from kitabxana.kernel.decisions import Refused
from kitabxana.language import fold
from kitabxana.organisation.messages import refusal_text
from kitabxana.organisation.operations import delete_policy, set_policy
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import POLICIES
from kitabxana.patrons.queries import categories

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import Tree, UnitFacts


@staff("desk.use")
@require_safe
@at_library
def rules(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """What holds for a library, a category and an item type; `with` compares another library, `edit` opens a form."""
    return _show(request, where, request.GET)


@staff("organisation.edit")
@require_POST
@at_library
def change(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """Set one value at a level (`level`, `by_category`, `by_item_type`), or give the row `back_…` to inheritance."""
    name, data = request.POST.get("name", ""), request.POST
    if name not in POLICIES:
        raise Http404
    by = actor_of(request)
    try:
        if "back" in data:
            delete_policy(name=name, by=by, **_cell(data, "back_"))
        else:
            level: dict[str, Any] = {"unit": data.get("level") or None}
            level["category"] = data.get("category") or None if "by_category" in data else None
            level["item_type"] = data.get("item_type") or None if "by_item_type" in data else None
            set_policy(name=name, value=policy_value(name, data.get("value", "")), by=by, **level)
    except Refused as refused:
        return _show(request, where, data, problem=(name, refused), status=409)
    kept = {key: data.get(key, "") for key in ("unit", "category", "item_type", "with")}
    return redirect(f"{reverse('desk:rules')}?{urlencode(kept)}#{name}")


def _cell(data: QueryDict, prefix: str) -> dict[str, str | None]:
    return {part: data.get(f"{prefix}{part}") or None for part in ("unit", "category", "item_type")}


def _show(
    request: DeskRequest, where: UnitFacts, data: QueryDict, *, problem: tuple[str, Refused] | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    organisation, by = tree(), actor_of(request)
    readers, types = categories(), {code: kind["names"] for code, kind in item_types().items()}
    unit = named_unit(organisation, typed(data, "unit"))
    asked = Asked(
        unit=unit or where,
        category=_one_of(readers, data.get("category", "")),
        item_type=_one_of(types, data.get("item_type", "")),
        categories=readers,
        item_types=types,
    )
    other = named_unit(organisation, typed(data, "with"))
    name = problem[0] if problem else data.get("edit", "")
    cell = {**asked.cell, "with": other.code if other else ""}
    context = {
        "asked": asked,
        "unit_name": unit_name(organisation.units, asked.unit.code),
        "other": other,
        "other_name": unit_name(organisation.units, other.code) if other else "",
        "unknown": [text for text, found in ((typed(data, "unit"), unit), (typed(data, "with"), other))
                    if text and not found],
        "categories": [(code, named(names, code)) for code, names in sorted(readers.items())],
        "item_types": [(code, named(names, code)) for code, names in sorted(types.items())],
        "category_name": named(readers.get(asked.category, {}), asked.category),
        "item_type_name": named(types.get(asked.item_type, {}), asked.item_type),
        "groups": groups(organisation, asked, other=other, by=by),
        "field": field(organisation, asked, name, by=by),
        "typed": data.get("value") if problem else None,
        "problem": [refusal_text(one) for one in problem[1].refusals] if problem else [],
        "cell": cell,
        "address": f"{reverse('desk:rules')}?{urlencode(cell)}",
        "may_edit": by.may_anywhere("organisation.edit"),
    }  # fmt: skip
    return page(request, where, "rules", context, status=status)


def _one_of(names: dict[str, Any], code: str) -> str:
    """The code asked for, else the first there is; "" where there is none."""
    return code if code in names else min(names, default="")


def named_unit(organisation: Tree, text: str) -> UnitFacts | None:
    """The unit with this code, else the first whose name holds the text."""
    if not text or text in organisation.units:
        return organisation.units.get(text)
    wanted = fold(text)
    found = (unit for unit in organisation.units.values() if wanted in fold(f"{unit.name(language())} {unit.code}"))
    return next(found, None)
