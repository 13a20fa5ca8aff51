"""/circulation_rules: what holds for a library, category and item type, which row says so, and setting it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from ninja import Router

from kitabxana.fronts.rest import shapes_of_loans as shapes
from kitabxana.fronts.rest.errors import bad_request
from kitabxana.fronts.rest.session import require
from kitabxana.fronts.rest.shapes import problems
from kitabxana.holdings.queries import item_types
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.operations import delete_policy, set_policy
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import POLICIES, decide
from kitabxana.patrons.queries import categories

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from kitabxana.organisation.facts import Cell, Tree
    from kitabxana.organisation.rules import Decided

router = Router(tags=["circulation_rules"])


@router.get(
    "/circulation_rules", response={200: list[shapes.Rules], **problems(403, 404)}, operation_id="listCircrules"
)
def list_rules(request: HttpRequest, asked: shapes.RuleList) -> list[shapes.Rules]:
    """With `effective` one entry: what holds in the cell asked for. Without, one for each cell where a row is set."""
    require(request, "desk.use")
    organisation, names = tree(), _names(asked.rules)
    cell = _cell(organisation, asked.library_id, asked.patron_category_id, asked.item_type_id)
    if not asked.effective:
        return _rows(organisation, cell, names)
    if cell[0] is None:
        raise bad_request(["query", "library_id"], "is needed for what is effective")
    where = {"unit": cell[0], "category": cell[1] or "", "item_type": cell[2] or ""}
    found = {name: decide(organisation, name, **where) for name in names}
    sources = {name: None if one.built_in else _source(one) for name, one in found.items()}
    return [
        shapes.Rules(context=_context(cell), rules={name: one.value for name, one in found.items()}, sources=sources)
    ]


@router.put(
    "/circulation_rules",
    response={200: list[shapes.Rules], **problems(403, 404, 409, 413, 415)},
    operation_id="setCircrules",
)
def set_rules(request: HttpRequest, asked: shapes.SetRules) -> list[shapes.Rules]:
    """Set rows of one cell, all or none, and take out those in `give_back`: then what is above holds again."""
    actor = require(request, "organisation.edit")
    organisation = tree()
    cell = _cell(organisation, asked.library_id, asked.patron_category_id, asked.item_type_id)
    at: dict[str, Any] = dict(zip(("unit", "category", "item_type"), cell, strict=True))
    if not asked.rules and not asked.give_back:
        raise bad_request(["body"], "names no rule")
    with transaction.atomic():
        for name, value in asked.rules.items():
            set_policy(name=name, value=value, by=actor, **at)
        for name in asked.give_back:
            delete_policy(name=name, by=actor, **at)
    return _rows(tree(), cell, list(POLICIES), exactly=True)


def _names(text: str | None) -> list[str]:
    if text is None:
        return list(POLICIES)
    names = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := [name for name in names if name not in POLICIES]:
        raise bad_request(["query", "rules"], f"no such rule: {', '.join(unknown)}")
    return names


def _cell(organisation: Tree, library: str | None, category: str | None, item_type: str | None) -> Cell:
    """The cell named, "*" standing for all as in Koha. Refused: unknown_unit, unknown_category, unknown_item_type."""
    unit, category, kind = (None if text == "*" else text for text in (library, category, item_type))
    if unit is not None and unit not in organisation.units:
        raise Refused.one("unknown_unit", unit=unit)
    if category is not None and category not in categories():
        raise Refused.one("unknown_category", code=category)
    if kind is not None and kind not in item_types():
        raise Refused.one("unknown_item_type", code=kind)
    return unit, category, kind


def _rows(
    organisation: Tree, cell: Cell, names: Sequence[str], *, exactly: bool = False
) -> list[shapes.Rules]:  # fmt: skip
    """The rows that are set, by cell; those of every cell that agrees with what is named, or of this one `exactly`."""
    found: dict[Cell, dict[str, Any]] = {cell: {}} if exactly else {}
    for name in names:
        for at, value in organisation.policies.get(name, {}).items():
            agrees = all(wanted in (None, there) for wanted, there in zip(cell, at, strict=True))
            if at == cell or (agrees and not exactly):
                found.setdefault(at, {})[name] = value
    ordered = sorted(found.items(), key=lambda pair: [part or "" for part in pair[0]])
    return [shapes.Rules(context=_context(at), rules=rules, sources={}) for at, rules in ordered]


def _source(one: Decided) -> shapes.RuleContext:
    return _context((one.unit, one.category, one.item_type))


def _context(cell: Cell) -> shapes.RuleContext:
    return shapes.RuleContext(library_id=cell[0], patron_category_id=cell[1], item_type_id=cell[2])
