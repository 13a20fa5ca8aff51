"""Holds at the desk: what is to be fetched, what stands ready, what is to be cleared or on its way; a title's line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from kitabxana.base.access import actor_of, staff
from kitabxana.base.idempotency import once
from kitabxana.catalogue.queries import record as one_record
from kitabxana.circulation import operations
from kitabxana.circulation.queries import queue_of
from kitabxana.circulation.queries.holds import hold as one_hold
from kitabxana.circulation.queries.holds import hold_shelf, on_their_way, pull_list, to_clear
from kitabxana.circulation.queries.rotas import to_send_on
from kitabxana.circulation.rules.holds import is_pickup
from kitabxana.fronts.desk.forms import day_typed, page_number, typed, whole_number
from kitabxana.fronts.desk.render.holding import (
    LISTS,
    asked_choices,
    clear_rows,
    fetch_rows,
    line_rows,
    rota_rows,
    way_rows,
)
from kitabxana.fronts.desk.render.pages import page, pages
from kitabxana.fronts.desk.render.words import language, sentence
from kitabxana.fronts.desk.session import at_library
from kitabxana.holdings.queries import item_by_barcode, items_of
from kitabxana.kernel.decisions import Refusal, Refused
from kitabxana.language import sort_key
from kitabxana.organisation.queries import tree
from kitabxana.patrons.queries import patron_by_card

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse, QueryDict

    from kitabxana.base.actor import Actor
    from kitabxana.circulation.facts import HoldFacts
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

LINE_A_PAGE = 50
MOST_TITLES = 20
"""Of how many titles the first can be waited for at once."""


@staff("circulation.hold")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def holds(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """The lists of this library; a POST says that the copy `not_found` is not on its shelf, or sends the copy on its
    way (`transfer`) to another library (`to`)."""
    kind = typed(request.GET, "list")
    kind = kind if kind in LISTS else "fetch"
    refused: list[str] = []
    if request.method == "POST":
        try:
            return redirect(f"{reverse('desk:holds')}?{_of_the_lists(request, where, kind)}")
        except Refused as refusal:
            refused = [sentence(one) for one in refusal.refusals]
    rows = {
        "fetch": lambda: fetch_rows(pull_list(where.code), where=where, names=False),
        "ready": lambda: fetch_rows(hold_shelf(where.code), where=where, names=True),
        "clear": lambda: clear_rows(to_clear(where.code), where=where),
        "in": lambda: way_rows(on_their_way(where.code, incoming=True), where=where, incoming=True),
        "out": lambda: way_rows(on_their_way(where.code, incoming=False), where=where, incoming=False),
        "on": lambda: rota_rows(to_send_on(where.code)),
    }[kind]()
    elsewhere = next((row for row in rows if row.transfer and row.transfer == whole_number(request.GET, "send")), None)
    context = {"elsewhere": elsewhere, "libraries": _libraries(elsewhere.ends) if elsewhere else [],
               "kind": kind, "kinds": LISTS.items(), "title": LISTS[kind], "rows": rows, "refused": refused,
               "said": typed(request.GET, "said")}  # fmt: skip
    return page(request, where, "holds", context, status=409 if refused else 200)


def _of_the_lists(request: DeskRequest, where: UnitFacts, kind: str) -> str:
    """Do what a list's form says; returns how the address of the list goes on. Refused as the operations."""
    by, data = actor_of(request), request.POST
    if (transfer := whole_number(data, "transfer")) is not None:
        operations.send_elsewhere(transfer_id=transfer, to_unit=typed(data, "to"), by=by)
        return f"list={kind}&said=sent"
    item_id = whole_number(data, "not_found") or 0
    other = operations.not_found(item_id=item_id, unit=where.code, by=by, now=timezone.now())
    return f"said={'another' if other else 'none'}"


def _libraries(without: tuple[str, ...]) -> list[tuple[str, str]]:
    """Where a copy can be sent, by name."""
    units = [one for one in tree().units.values() if one.kind in ("library", "point") and one.code not in without]
    named = [(one.code, one.name(language())) for one in units]
    return sorted(named, key=lambda pair: sort_key(pair[1], language()))


@staff("circulation.hold")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def record_holds(request: DeskRequest, where: UnitFacts, record_id: int) -> HttpResponse:
    """Who waits for a title; a POST places, moves, suspends, resumes, cancels or changes the pickup library."""
    found = one_record(record_id, hidden=True)
    if found is None:
        raise Http404
    refused: list[Refusal] = []
    if request.method == "POST":
        try:
            _do(request, where, record_id)
        except Refused as refusal:
            refused = list(refusal.refusals)
        else:
            kept = {"page": request.GET["page"]} if request.GET.get("page") else {}
            address = reverse("desk:record_holds", args=[record_id])
            return redirect(f"{address}?{urlencode(kept)}" if kept else address)
    line, number, actor = queue_of(record_id), page_number(request.GET), actor_of(request)
    shown = line[(number - 1) * LINE_A_PAGE : number * LINE_A_PAGE]
    organisation = tree()
    context = {
        "record": found,
        "rows": line_rows(shown, actor=actor, where=where),
        "pages": pages(request.GET, name="page", number=number, total=len(line), size=LINE_A_PAGE),
        "pickups": [
            (code, unit.name(language())) for code, unit in organisation.units.items() if is_pickup(organisation, code)
        ],
        "asked": asked_choices(items_of([record_id], organisation=organisation).get(record_id, [])),
        "refused": [sentence(one) for one in refused],
        "lift": _liftable(refused, actor, where),
        "sent": request.POST,
    }
    return page(request, where, "record_holds", context, status=409 if refused else 200)


def _liftable(refused: list[Refusal], actor: Actor, where: UnitFacts) -> list[str]:
    """The codes to lift, where this login may lift every one of them."""
    able = bool(refused) and all(one.override and actor.may(one.override, where.path) for one in refused)
    return [one.code for one in refused] if able else []


def _do(request: DeskRequest, where: UnitFacts, record_id: int) -> None:
    data, by = request.POST, actor_of(request)
    if typed(data, "do") == "place":
        once(
            caller=f"login {by.user_id}", key=data.get("once", ""),
            asked=["hold", record_id, typed(data, "card"), typed(data, "what"), typed(data, "others")],
            do=lambda: _place(data, where, record_id, by=by),
        )  # fmt: skip
        return
    hold = one_hold(whole_number(data, "hold") or 0)
    if hold is None or hold.record_id != record_id:
        raise Refused.one("unknown_hold")
    what = ACTS.get(typed(data, "do"))
    if what is None:
        raise Http404
    what(hold, data, {"hold_id": hold.id, "by": by, "now": timezone.now()})


def _place(data: QueryDict, where: UnitFacts, record_id: int, *, by: Actor) -> int:
    card = typed(data, "card")
    reader = patron_by_card(card, scopes=by.scopes("patrons.view"))
    if reader is None:
        raise Refused.one("unknown_patron", card=card)
    asked: dict[str, Any] = {
        "patron_id": reader.id, "pickup_unit": typed(data, "pickup") or where.code, "by": by, "now": timezone.now(),
        "lift": frozenset(data.getlist("lift")), "until": day_typed(data, "until"), "note": typed(data, "note"),
    }  # fmt: skip
    if others := _titles_named(typed(data, "others")):
        return operations.place_first_of(record_ids=[record_id, *others], **asked)[0].id
    kind, _colon, which = data.get("what", "").partition(":")
    if kind == "volume":
        asked["volume"] = which
    elif kind == "item":
        asked["item_id"] = int(which) if which.isascii() and which.isdecimal() and len(which) < 18 else 0
    return operations.place_hold(record_id=record_id, **asked).id


def _titles_named(text: str) -> list[int]:
    """Titles by barcodes of their copies or by numbers of their records. Refused: unknown_item with what is neither."""
    found = []
    for word in text.replace(",", " ").split()[:MOST_TITLES]:
        copy = item_by_barcode(word)
        if copy is not None:
            found.append(copy.record_id)
        elif word.isascii() and word.isdecimal() and len(word) < 18 and one_record(int(word), hidden=True) is not None:
            found.append(int(word))
        else:
            raise Refused.one("unknown_item", barcode=word)
    return found


def _move(_hold: HoldFacts, data: QueryDict, asked: dict[str, Any]) -> object:
    return operations.move_hold(rank=max(whole_number(data, "rank") or 1, 1), **asked)


def _suspend(_hold: HoldFacts, data: QueryDict, asked: dict[str, Any]) -> object:
    return operations.suspend_hold(until=day_typed(data, "until"), **asked)


def _give_up(_hold: HoldFacts, data: QueryDict, asked: dict[str, Any]) -> object:
    return operations.suspend_hold(until=day_typed(data, "until"), give_up=True, **asked)


def _resume(_hold: HoldFacts, _data: QueryDict, asked: dict[str, Any]) -> object:
    return operations.resume_hold(**asked)


def _cancel(_hold: HoldFacts, _data: QueryDict, asked: dict[str, Any]) -> object:
    return operations.cancel_hold(**asked)


def _pickup(_hold: HoldFacts, data: QueryDict, asked: dict[str, Any]) -> object:
    return operations.change_pickup(pickup_unit=typed(data, "pickup"), **asked)


def _last(hold: HoldFacts, _data: QueryDict, asked: dict[str, Any]) -> object:
    return operations.put_last(last=hold.priority_class <= 0, **asked)


ACTS: dict[str, Callable[[HoldFacts, QueryDict, dict[str, Any]], object]] = {
    "move": _move, "suspend": _suspend, "resume": _resume, "cancel": _cancel, "pickup": _pickup, "last": _last,
    "give_up": _give_up,
}  # fmt: skip
