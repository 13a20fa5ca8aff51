"""Duplicates at the desk: searched for, looked at side by side, merged, said to be two, undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from kitabxana.base.access import actor_of, staff
from kitabxana.catalogue import operations
from kitabxana.catalogue.facts import Goes
from kitabxana.catalogue.matching import HOUSE, traits_of
from kitabxana.catalogue.messages import refusal_text
from kitabxana.catalogue.queries import by_identifier, record
from kitabxana.catalogue.queries import duplicates as queries
from kitabxana.catalogue.queries.matching import candidates
from kitabxana.catalogue.rules.merging import choosable
from kitabxana.fronts.desk.forms import page_number, typed, whole_number, whole_numbers
from kitabxana.fronts.desk.render.duplicates import cluster_rows, compared, merge_rows, search_row
from kitabxana.fronts.desk.render.pages import page, pages
from kitabxana.fronts.desk.session import at_library
from kitabxana.holdings.queries import item_by_barcode
from kitabxana.kernel.decisions import Refused
from kitabxana.kernel.identifiers import isbn13

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse, QueryDict

    from kitabxana.catalogue.facts import Merged
    from kitabxana.fronts.desk.render.duplicates import Compared
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

ROWS = 25
MERGES_SHOWN = 10
LIKELY = 5


@staff("records.merge")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def duplicates(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """The clusters, largest and surest first, how the search stands, the last merges; a POST turns the search."""
    if request.method == "POST":
        return _turned(request)
    number = page_number(request.GET)
    total, some = queries.clusters_page(offset=(number - 1) * ROWS, limit=ROWS)
    context = {
        "search": search_row(queries.search(), zone=where.zone),
        "clusters": cluster_rows(some),
        "merges": merge_rows(queries.merges(limit=MERGES_SHOWN), zone=where.zone),
        "scores": (HOUSE.sure, HOUSE.maybe),
        "pages": pages(request.GET, name="page", number=number, total=total, size=ROWS),
    }
    return page(request, where, "duplicates", context)


def _turned(request: DeskRequest) -> HttpResponse:
    by, search_id = actor_of(request), whole_number(request.POST, "search") or 0
    least = whole_number(request.POST, "least") or HOUSE.sure
    ways: dict[str, Callable[[], object]] = {
        "begin": lambda: operations.begin_search(by=by, least=least),
        "stop": lambda: operations.stop_search(search_id=search_id, by=by),
        "resume": lambda: operations.resume_search(search_id=search_id, by=by),
    }
    _try(request, ways.get(request.POST.get("do", ""), lambda: None))
    return redirect("desk:duplicates")


@staff("records.merge")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def cluster(request: DeskRequest, where: UnitFacts, cluster_id: int) -> HttpResponse:
    """One cluster side by side; a POST merges it, says that a record is another book, or puts it off."""
    found = queries.cluster(cluster_id)
    if found is None:
        if request.method == "POST":
            raise Http404
        return redirect("desk:duplicates")  # somebody has seen to it meanwhile
    if request.method == "POST":
        return _judged(request, where, cluster_id, found.records)
    return _show(request, where, found.records, cluster_id=cluster_id)


def _judged(request: DeskRequest, where: UnitFacts, cluster_id: int, records: tuple[int, ...]) -> HttpResponse:
    by, do = actor_of(request), request.POST.get("do", "")
    further = queries.next_cluster(but=cluster_id)
    onward = redirect("desk:duplicate", further) if further else redirect("desk:duplicates")
    if do == "put_off":
        _try(request, lambda: operations.put_off(cluster_id=cluster_id, by=by))
        return onward
    if do == "different":
        return _different(request, records, onward)
    wanted = [pk for pk in whole_numbers(request.POST, "gone") if pk in records]
    try:
        done = _merge(request, wanted)
    except Refused as refused:
        return _show(request, where, records, cluster_id=cluster_id, refused=refused)
    left = queries.cluster_of(done.keep)
    onward = redirect("desk:duplicate", left) if left else onward
    onward["Location"] += f"?merged={done.id}"
    return onward


def _different(request: DeskRequest, records: tuple[int, ...], onward: HttpResponse) -> HttpResponse:
    """The record that is another book than all the others, or with none named: none is the same as another."""
    by, named = actor_of(request), whole_number(request.POST, "record")
    alone = [named] if named in records else list(records)

    def work() -> None:
        for one in alone:
            operations.say_different(record_id=one, others=[pk for pk in records if pk != one], by=by)

    if _try(request, work):
        messages.success(request, _("Remembered: they are not the same."))
    left = queries.cluster_of(next(pk for pk in records if pk not in alone)) if len(alone) < len(records) else None
    return redirect("desk:duplicate", left) if left else onward


@staff("records.merge")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def merge(request: DeskRequest, where: UnitFacts, record_id: int) -> HttpResponse:
    """Two records that a librarian brings together: `with` is the other's number, an ISBN or a barcode."""
    mine = record(record_id, hidden=True)
    if mine is None or mine.kind != "b":
        raise Http404
    if request.method == "POST":
        wanted = whole_numbers(request.POST, "gone")
        try:
            done = _merge(request, wanted)
        except Refused as refused:
            return _show(request, where, (record_id, *wanted), mine=record_id, refused=refused)
        return redirect(f"{reverse('desk:duplicates')}?merged={done.id}")
    asked = typed(request.GET, "with")
    others = tuple(pk for pk in _meant(asked) if pk != record_id)
    if others and compared((record_id, *others), keep=None):
        return _show(request, where, (record_id, *others[:1]), mine=record_id)
    [likely] = candidates([traits_of(mine.marc)])
    likely = [one for one in likely if one.record_id != record_id][:LIKELY]
    context = {"record": mine, "asked": asked, "likely": likely}
    return page(request, where, "record_merge", context)


def _meant(asked: str) -> list[int]:
    """The records that a number, an ISBN or a barcode may mean."""
    copy = item_by_barcode(asked) if asked else None
    found = [copy.record_id] if copy else []
    found += by_identifier("isbn", number) if (number := isbn13(asked)) else []
    return found + ([int(asked)] if asked.isascii() and asked.isdecimal() and len(asked) < 10 else [])


@staff("records.merge")
@require_POST
@at_library
def undo(request: DeskRequest, where: UnitFacts, merge_id: int) -> HttpResponse:
    """Make of merged records what they were, of authorities too."""
    del where
    by, now = actor_of(request), timezone.now()
    merge = queries.merge(merge_id)
    if merge is None:
        raise Http404
    if merge.kind == "a":
        if _try(request, lambda: operations.part_authorities(merge_id=merge_id, by=by, now=now, through="desk")):
            messages.success(request, _("The merge is undone: what followed the other authority follows it again."))
        return redirect("desk:authority", merge.keep)
    if _try(request, lambda: operations.undo_merge(merge_id=merge_id, by=by, now=now, through="desk")):
        messages.success(request, _("The merge is undone: the records are what they were."))
    return redirect("desk:duplicates")


def _merge(request: DeskRequest, wanted: list[int]) -> Merged:
    """What the form says: what stays, what goes, which fields are taken and which are left out."""
    data = request.POST
    keep = whole_number(data, "keep") or 0
    kept = record(keep, hidden=True)
    stay = set(whole_numbers(data, "stay"))
    leave = frozenset(set(choosable(kept.marc)) - stay) if kept and "fields" in data else frozenset()
    done = operations.merge_records(
        keep=keep,
        version=whole_number(data, f"version-{keep}"),
        gone=[_goes(data, pk) for pk in wanted if pk != keep],
        leave=leave,
        by=actor_of(request),
        now=timezone.now(),
        through="desk",
    )
    count = len(done.gone)
    told = ngettext("%(count)s record merged.", "%(count)s records merged.", count) % {"count": count}
    messages.success(request, told)
    return done


def _goes(data: QueryDict, record_id: int) -> Goes:
    take = frozenset(whole_numbers(data, f"take-{record_id}")) if "fields" in data else None
    return Goes(record_id, take=take, version=whole_number(data, f"version-{record_id}"))


def _show(
    request: DeskRequest, where: UnitFacts, records: tuple[int, ...], *, cluster_id: int = 0, mine: int = 0,
    refused: Refused | None = None,
) -> HttpResponse:  # fmt: skip
    keep = whole_number(request.POST, "keep") or whole_number(request.GET, "keep")
    found: Compared | None = compared(records, keep=keep)
    if found is None:
        return redirect("desk:duplicates")
    context: dict[str, Any] = {
        "found": found,
        "cluster_id": cluster_id,
        "mine": mine,
        "with": request.GET.get("with", ""),
        "further": queries.next_cluster(but=cluster_id) if cluster_id else None,
        "merged": queries.merge(whole_number(request.GET, "merged") or 0),
        "refusals": [refusal_text(refusal) for refusal in refused.refusals] if refused else [],
    }
    return page(request, where, "duplicate", context, status=409 if refused else 200)


def _try(request: DeskRequest, work: Callable[[], object]) -> bool:
    """Do it, or say why it was not done."""
    try:
        work()
    except Refused as refused:
        for refusal in refused.refusals:
            messages.error(request, refusal_text(refusal))
        return False
    return True
