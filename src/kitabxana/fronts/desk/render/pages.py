"""Whole pages and the parts of them that htmx asks for."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils.http import urlencode

from kitabxana.base.access import actor_of
from kitabxana.fronts.desk.render.menu import menu
from kitabxana.fronts.desk.render.words import language
from kitabxana.fronts.desk.session import workplaces

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

DOORS = {
    "check_out": "circulation.check_out",
    "check_in": "circulation.check_in",
    "renew": "circulation.renew",
    "holds": "circulation.hold",
    "offline": "circulation.offline",
    "rotas": "circulation.view",
    "overdue": "circulation.view",
    "set_due": "circulation.set_due",
    "backdate": "circulation.backdate",
    "readers": "patrons.view",
    "edit_readers": "patrons.edit",
    "numbers": "patrons.number",
    "merge": "patrons.merge",
    "import_readers": "patrons.import",
    "export": "patrons.export",
    "erase": "patrons.erase",
    "audit": "audit.view",
    "records": "catalogue.view",
    "accounts": "charges.view",
    "charge": "charges.charge",
    "collect": "charges.collect",
    "replace": "charges.replace",
    "waive": "charges.waive",
    "cancel": "charges.cancel",
    "give_back": "charges.refund",
    "registers": "registers.use",
    "add_register": "registers.edit",
    "edit_records": "records.edit",
    "delete_records": "records.delete",
    "merge_records": "records.merge",
    "items": "items.view",
    "batches": "items.batch",
    "lists": "lists.edit",
    "imports": "catalogue.import",
    "targets": "targets.edit",
    "notices": "notices.view",
    "labels": "labels.print",
    "label_sheets": "labels.edit",
    "organise": "organisation.edit",
    "staff": "staff.edit",
}


@dataclass(frozen=True, slots=True)
class Pages:
    """Where a list stands: pages are counted from 1, addresses are "" where there is no such page."""

    number: int
    last: int
    total: int
    previous: str
    next: str


def pages(query: QueryDict, *, name: str, number: int, total: int, size: int) -> Pages:
    """Links to the neighbours of a page; every other part of the address stays as it is."""
    last = max(1, -(-total // size))

    def address(page: int) -> str:
        kept = {key: str(value) for key, value in query.items() if key != name}
        return "?" + urlencode(kept | {name: str(page)})

    return Pages(
        number=number,
        last=last,
        total=total,
        previous=address(min(number, last + 1) - 1) if number > 1 else "",
        next=address(number + 1) if number < last else "",
    )


def page(
    request: DeskRequest, where: UnitFacts, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """`desk/<name>.html`, or for htmx its inner part `desk/_<name>.html`."""
    actor = actor_of(request)
    may = {door: actor.may(permission, where.path) for door, permission in DOORS.items()}
    may["everything"] = actor.may("organisation.edit", "")
    match = request.resolver_match
    frame = {
        "where": where,
        "once": uuid.uuid4().hex,
        "where_name": where.name(language()),
        "several_libraries": len(workplaces(actor, getattr(request, "organisation", None))) > 1,
        "may": may,
        "menu": menu(may, at=match.url_name or "" if match else ""),
    }
    template = f"desk/_{name}.html" if request.htmx else f"desk/{name}.html"
    return render(request, template, frame | context, status=status)
