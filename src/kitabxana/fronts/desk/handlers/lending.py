"""A reader at the desk: lending, renewing, and what stood in the way."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from kitabxana.base.access import actor_of, staff
from kitabxana.base.idempotency import once
from kitabxana.circulation.messages import REFUSALS as CIRCULATION
from kitabxana.circulation.operations import check_out as lend_copy
from kitabxana.circulation.operations import check_out_many, fast_add
from kitabxana.circulation.operations import renew as renew_loan
from kitabxana.circulation.queries import holds_of, lent_titles, loans_of
from kitabxana.fronts.desk.forms import day_typed, lines, typed, whole_numbers
from kitabxana.fronts.desk.render.accounts import owes
from kitabxana.fronts.desk.render.item_words import told as copy_words
from kitabxana.fronts.desk.render.loans import lending_instruction, loan_rows, problems, undone_instruction
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.render.readers import hold_rows, loan_limit, reader_rows
from kitabxana.fronts.desk.render.words import local_day, named, sentence
from kitabxana.fronts.desk.session import Sitting, at_library, safe_next
from kitabxana.holdings.queries import item_by_barcode, item_types, items_by_barcode
from kitabxana.kernel.decisions import Refusal, Refused
from kitabxana.kernel.periods import end_of_day
from kitabxana.patrons.operations import note_view
from kitabxana.patrons.queries import patron, patron_by_card

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpResponse, QueryDict

    from kitabxana.base.actor import Actor
    from kitabxana.circulation.operations import Tried
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import UnitFacts
    from kitabxana.patrons.facts import PatronFacts


MOST_AT_ONCE = 100


@staff("circulation.check_out")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def check_out(request: DeskRequest, where: UnitFacts, patron_id: int) -> HttpResponse:
    """The reader's lending page; a POST lends the scanned `q`, or goes over to the reader whose card was scanned."""
    reader = visible(request, patron_id)
    note_view(patron_id=reader.id, by=actor_of(request))
    Sitting(request.session).receive(reader.id)
    if request.method != "POST":
        return _show(request, where, reader)
    if "barcodes" in request.POST:
        _lend_many(request, where, reader)
        return redirect("desk:check_out", reader.id)
    text = typed(request.POST, "q")
    item = item_by_barcode(text) if text else None
    if text and item is None:
        other = patron_by_card(text, scopes=actor_of(request).scopes("patrons.view"))
        if other is not None:
            address = reverse("desk:check_out", args=[other.id])
            return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
    if text:
        lend(request, where, reader, text, item=item)
    return answer(request, where, reader)


def lend(request: DeskRequest, where: UnitFacts, reader: PatronFacts, barcode: str, *, item: ItemFacts | None) -> None:
    """Lend this copy and keep what came of it for the page; None: nobody knows the barcode."""
    sitting = Sitting(request.session)
    sitting.receive(reader.id)
    if item is None:
        sitting.note_problem("lend", barcode, [Refusal("unknown_item", {"barcode": barcode})], patron=reader.id)
        return
    by, lift = actor_of(request), frozenset(request.POST.getlist("lift"))
    cancel = "cancel_hold" in request.POST
    kept, day = _kept(request.POST), day_typed(request.POST, "due")
    due = end_of_day(day, ZoneInfo(where.zone)) if day else None

    def do() -> int:
        return lend_copy(
            item_id=item.id, patron_id=reader.id, unit=where.code, by=by, now=timezone.now(), lift=lift, due=due,
            onsite="onsite" in kept, cancel_hold=cancel,
        ).id  # fmt: skip

    asked, key = ["lend", where.code, reader.id, item.id, sorted(lift), cancel, kept], request.POST.get("once", "")
    try:
        loan_id = once(caller=f"login {by.user_id}", key=key, asked=asked, do=do)
    except Refused as refused:
        has_it = next((loan.id for loan in loans_of(reader.id) if loan.item_id == item.id), None)
        sitting.note_problem("lend", barcode, refused.refusals, patron=reader.id, item=item.id, loan=has_it, asked=kept)
    else:
        sitting.note_loan(loan_id, item, barcode=barcode, once=key)


def _kept(data: QueryDict) -> dict[str, str]:
    """What was said of the loans of this visit: for use in the library, due on a day."""
    return {name: value for name in ("onsite", "due") if (value := typed(data, name))}


def _lend_many(request: DeskRequest, where: UnitFacts, reader: PatronFacts) -> None:
    """Lend a heap: each copy is a loan or a refusal of its own, however often the form is sent."""
    sitting, by = Sitting(request.session), actor_of(request)
    barcodes = lines(request.POST, "barcodes").split()[:MOST_AT_ONCE]
    tried: list[Tried] = []

    def do() -> list[int]:
        tried.extend(check_out_many(barcodes=barcodes, patron_id=reader.id, unit=where.code, by=by, now=timezone.now()))
        return [one.loan.id for one in tried if one.loan]

    asked = ["lend many", where.code, reader.id, barcodes]
    lent = once(caller=f"login {by.user_id}", key=request.POST.get("once", ""), asked=asked, do=do)
    items = items_by_barcode(barcodes)
    for one in tried:
        if one.loan is None:
            item = items.get(one.barcode)
            sitting.note_problem("lend", one.barcode, one.refusals, patron=reader.id, item=item.id if item else None)
    sitting.note_loans(lent)


@staff("circulation.fast_add")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def add_in_haste(request: DeskRequest, where: UnitFacts, patron_id: int) -> HttpResponse:
    """A book that no catalogue knows: a POST makes record and copy and lends it to this reader."""
    reader, data = visible(request, patron_id), request.POST or request.GET
    barcode, refused = typed(data, "barcode"), list[str]()
    values = {name: typed(data, name) for name in ("title", "author")}
    kind = typed(data, "item_type") or "BK"
    if request.method == "POST":
        try:
            fast_add(
                barcode=barcode, unit=where.code, item_type=kind, by=actor_of(request), now=timezone.now(), **values
            )
        except Refused as refusal:
            refused = [sentence(one) if one.code in CIRCULATION else copy_words(one) for one in refusal.refusals]
        else:
            lend(request, where, reader, barcode, item=item_by_barcode(barcode))
            return redirect("desk:check_out", reader.id)
    types = [(code, named(one["names"], code)) for code, one in sorted(item_types().items())]
    context = {
        "reader": reader_rows([reader], where=where)[0], "barcode": barcode, "values": values, "types": types,
        "kind": kind, "refused": refused,
    }  # fmt: skip
    return page(request, where, "fast_add", context, status=422 if refused else 200)


@staff("circulation.renew")
@require_POST
@at_library
def renew(request: DeskRequest, where: UnitFacts, patron_id: int) -> HttpResponse:
    """Renew the reader's loans named by `loan`, or all of them with `all`."""
    reader = visible(request, patron_id)
    sitting, now = Sitting(request.session), timezone.now()
    sitting.receive(reader.id)
    wanted = set(whole_numbers(request.POST, "loan"))
    lift, renewed = frozenset(request.POST.getlist("lift")), []
    by, sent = actor_of(request), request.POST.get("once", "")
    for loan in loans_of(reader.id):
        if loan.id not in wanted and "all" not in request.POST:
            continue
        do = functools.partial(_renewed, loan.id, by=by, now=now, lift=lift)
        key = f"{sent}:{loan.id}" if sent else ""
        try:
            renewed.append(once(caller=f"login {by.user_id}", key=key, asked=["renew", loan.id, sorted(lift)], do=do))
        except Refused as refused:
            sitting.note_problem(
                "renew", f"loan-{loan.id}", refused.refusals, patron=reader.id, item=loan.item_id, loan=loan.id
            )
    sitting.note_renewals(renewed)
    return answer(request, where, reader)


def _renewed(loan_id: int, *, by: Actor, now: datetime, lift: frozenset[str]) -> int:
    return renew_loan(loan_id=loan_id, by=by, now=now, lift=lift).id


@staff("desk.use")
@require_POST
def done(request: DeskRequest) -> HttpResponse:
    """The reader leaves the desk; the bar waits for the next."""
    Sitting(request.session).done()
    return redirect("desk:home")


@staff("desk.use")
@require_POST
def put_away(request: DeskRequest, problem_id: int) -> HttpResponse:
    """A refusal has been read."""
    Sitting(request.session).put_away(problem_id)
    return redirect(safe_next(request))


def visible(request: DeskRequest, patron_id: int) -> PatronFacts:
    """The reader, where this login may see readers of that library; else there is no such page."""
    reader = patron(patron_id, scopes=actor_of(request).scopes("patrons.view"))
    if reader is None:
        raise Http404
    return reader


def answer(request: DeskRequest, where: UnitFacts, reader: PatronFacts) -> HttpResponse:
    """For htmx the page's inner part at once, else a redirect, so that a reload sends nothing twice."""
    if request.htmx:
        return _show(request, where, reader)
    kept, address = _kept(request.POST), reverse("desk:check_out", args=[reader.id])
    return redirect(f"{address}?{urlencode(kept)}" if kept else address)


def _show(request: DeskRequest, where: UnitFacts, reader: PatronFacts) -> HttpResponse:
    sitting, lent = Sitting(request.session), lent_titles(reader.id)
    rows = loan_rows(lent, now=timezone.now(), just_lent=sitting.lent)
    said = sitting.take_said()
    mine = [one for one in sitting.problems if one["patron"] == reader.id]
    said_of_loans = _kept(request.GET)
    context = {
        "onsite": "onsite" in said_of_loans,
        "due": said_of_loans.get("due", ""),
        "today": local_day(timezone.now(), where.zone).isoformat(),
        "reader": reader_rows([reader], where=where)[0],
        "owes": owes(reader.id) if actor_of(request).may("charges.view", where.path) else [],
        "loans": rows,
        "late": sum(bool(row.days_over) for row in rows),
        "limit": loan_limit(reader, where=where),
        "holds": hold_rows([hold for hold in holds_of(reader.id) if hold.ready_at], where=where),
        "instruction": lending_instruction(said, [one.loan for one in lent], rows) or undone_instruction(said),
        "undo": last if (last := sitting.last) and (last["act"], last["reader"]) == ("lend", reader.id) else None,
        "problems": problems(mine, actor=actor_of(request), where=where, said=said),
    }
    return page(request, where, "check_out", context)
