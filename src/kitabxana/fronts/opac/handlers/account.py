"""The reader's own pages: signing in and out, loans, renewals, holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import auth, messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kitabxana.base.access import actor_of, public, reader
from kitabxana.base.login import seconds_locked
from kitabxana.catalogue.queries import newest
from kitabxana.circulation.operations import renew as renew_loan
from kitabxana.circulation.queries import loans_of
from kitabxana.fronts.opac.handlers.owning import own_page
from kitabxana.fronts.opac.render.books import one_of_each
from kitabxana.fronts.opac.render.charges import charges
from kitabxana.fronts.opac.render.holds import hold_rows
from kitabxana.fronts.opac.render.loans import loan_rows, titles_of
from kitabxana.fronts.opac.render.refusals import refused_text
from kitabxana.fronts.opac.render.words import day, local_day, number
from kitabxana.fronts.opac.session import enter, is_reader, reader_id, safe_next
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree
from kitabxana.patrons.queries import categories, patrons_by_id

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from kitabxana.circulation.facts import LoanFacts

LONGEST_CARD = 32
LONGEST_PIN = 128
COVERS = 9


@public
@never_cache
@sensitive_post_parameters("pin")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Card number and PIN. Too many failures wait; a staff login belongs to the desk."""
    if request.method != "POST":
        if is_reader(request):
            return redirect("opac:account")
        return _form(request, {"next": request.GET.get("next", "")})
    card = "".join(request.POST.get("card", "").split())[:LONGEST_CARD]
    problem = enter(request, card=card, pin=request.POST.get("pin", "")[:LONGEST_PIN])
    if not problem:
        return redirect(safe_next(request))
    context = {"next": request.POST.get("next", ""), "card": card, "error": _problem(request, card, problem)}
    return _form(request, context, status=403)


def _form(request: HttpRequest, context: dict[str, str], *, status: int = 200) -> HttpResponse:
    covers = [book.cover for book in one_of_each(newest(4 * COVERS))[:COVERS]]
    return render(request, "opac/sign_in.html", {"covers": covers, **context}, status=status)


def _problem(request: HttpRequest, card: str, problem: str) -> str:
    if problem == "staff":
        return _("This login is for staff. Please use the staff entrance.")
    wait = seconds_locked(request, name=card, now=timezone.now())
    if wait:
        return ngettext(
            "Too many failed attempts. Try again in %(count)s second.",
            "Too many failed attempts. Try again in %(count)s seconds.",
            wait,
        ) % {"count": number(wait)}
    return _("The card number or the PIN is not right. Check both, or ask at your library's desk.")


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    return redirect("opac:home")


@reader
@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """What I have, when it is due, what I wait for."""
    patron_id, organisation, now = reader_id(request), tree(), timezone.now()
    patron = patrons_by_id([patron_id])[patron_id]
    zone = organisation.units[patron.home_unit].zone
    today = local_day(now, zone)
    loans = loan_rows(patron_id, organisation=organisation, now=now)
    names = categories().get(patron.category, {})
    return own_page(
        request,
        "account",
        {
            "patron": patron,
            "category": names.get(request.LANGUAGE_CODE) or names.get("az", patron.category),
            "library": organisation.units[patron.home_unit].name(request.LANGUAGE_CODE),
            "expired": patron.expires_on < today,
            "expires": day(patron.expires_on, today=today),
            "loans": loans,
            "overdue": sum(loan.overdue for loan in loans),
            "holds": hold_rows(patron_id, organisation=organisation, now=now),
            "charges": charges(patron_id, organisation=organisation, now=now),
        },
    )


@reader
@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """Renew one loan (`loan`), or all of them; says of each what came of it."""
    now = timezone.now()
    loans = loans_of(reader_id(request))
    wanted = request.POST.get("loan")
    if wanted is not None:
        loans = [loan for loan in loans if str(loan.id) == wanted]
        if not loans:
            messages.error(request, _("You have returned it already."))
    titles = titles_of(loans)
    for loan in loans:
        _renew_one(request, loan, titles[loan.id], now=now)
    return redirect("opac:account")


def _renew_one(request: HttpRequest, loan: LoanFacts, title: str, *, now: datetime) -> None:
    zone = tree().units[loan.unit].zone
    today = local_day(now, zone)
    try:
        renewed = renew_loan(loan_id=loan.id, by=actor_of(request), now=now, unseen=True)
    except Refused as refused:
        told = {"title": title, "reason": refused_text(refused.refusals, today=today)}
        messages.error(request, _("“%(title)s” was not renewed. %(reason)s") % told)
    else:
        until = {"title": title, "day": day(local_day(renewed.due_at, zone), today=today)}
        messages.success(request, _("“%(title)s” is yours until %(day)s.") % until)
