"""What is done to a reader with one button: cards, PIN, restrictions, guarantors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from kitabxana.base.access import actor_of, staff
from kitabxana.fronts.desk.forms import typed, whole_numbers
from kitabxana.fronts.desk.reader_form import day_of
from kitabxana.fronts.desk.render.reader_words import told
from kitabxana.kernel.decisions import Refused
from kitabxana.patrons.operations import (
    add_card,
    add_guarantor,
    end_guarantee,
    lift_restriction,
    mark_card,
    restrict,
    set_number,
    set_pin,
)
from kitabxana.patrons.queries import details, is_visible, patron_by_card

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from kitabxana.fronts.desk.session import DeskRequest


def act_on_reader(request: DeskRequest, patron_id: int, act: Callable[[], object], done: str) -> HttpResponse:
    """Do it and go back to the reader's page, which tells what came of it."""
    if not is_visible(patron_id, scopes=actor_of(request).scopes("patrons.view")):
        raise Http404
    try:
        act()
    except Refused as refused:
        for refusal in refused.refusals:
            messages.error(request, told(refusal))
    else:
        messages.success(request, done)
    return redirect("desk:patron", patron_id)


@staff("patrons.edit")
@require_POST
def card(request: DeskRequest, patron_id: int) -> HttpResponse:
    """Another card; with `instead_of` the new one takes that one's place, which is `state` from now on."""

    def act() -> None:
        add_card(
            patron_id=patron_id,
            number=typed(request.POST, "number"),
            instead_of=typed(request.POST, "instead_of"),
            state=typed(request.POST, "state") or "replaced",
            by=actor_of(request),
        )

    return act_on_reader(request, patron_id, act, _("The new card can be used."))


@staff("patrons.edit")
@require_POST
def card_state(request: DeskRequest, patron_id: int) -> HttpResponse:
    """A card is lost, or found again."""

    def act() -> None:
        number, state = typed(request.POST, "number"), typed(request.POST, "state")
        mark_card(patron_id=patron_id, number=number, state=state, by=actor_of(request))

    return act_on_reader(request, patron_id, act, _("The card is marked."))


@staff("patrons.edit")
@require_POST
@sensitive_post_parameters("pin")
def pin(request: DeskRequest, patron_id: int) -> HttpResponse:
    new = request.POST.get("pin", "")[:129]
    return act_on_reader(
        request, patron_id, lambda: set_pin(patron_id=patron_id, pin=new, by=actor_of(request)), _("The PIN is set.")
    )


@staff("patrons.edit")
@require_POST
@sensitive_post_parameters("number")
def number(request: DeskRequest, patron_id: int) -> HttpResponse:
    """Keep a national number; an empty one takes it out."""

    def act() -> None:
        kind, typed_number = typed(request.POST, "kind"), typed(request.POST, "number")
        set_number(patron_id=patron_id, kind=kind, number=typed_number, by=actor_of(request))

    return act_on_reader(request, patron_id, act, _("The number is kept."))


@staff("patrons.edit")
@require_POST
def bar(request: DeskRequest, patron_id: int) -> HttpResponse:
    """Restrict the reader, until a day or until it is lifted."""

    def act() -> None:
        reason, until = typed(request.POST, "reason"), day_of(request.POST, "until")
        restrict(patron_id=patron_id, reason=reason, until=until, by=actor_of(request))

    return act_on_reader(request, patron_id, act, _("The reader may not borrow."))


@staff("patrons.edit")
@require_POST
def lift(request: DeskRequest, patron_id: int) -> HttpResponse:
    """Lift one of this reader's restrictions."""
    found = details(patron_id, scopes=actor_of(request).scopes("patrons.view"))
    wanted = set(whole_numbers(request.POST, "restriction"))
    mine = [one.id for one in found.restrictions if one.id in wanted] if found else []

    def act() -> None:
        for restriction in mine:
            lift_restriction(restriction_id=restriction, by=actor_of(request))

    return act_on_reader(request, patron_id, act, _("The restriction is lifted."))


@staff("patrons.edit")
@require_POST
def guarantor(request: DeskRequest, patron_id: int) -> HttpResponse:
    """Someone answers for the reader: a reader by card, or a person by name; `end` takes one out again."""
    actor = actor_of(request)

    def act() -> None:
        for guarantee in whole_numbers(request.POST, "end"):
            end_guarantee(patron_id=patron_id, guarantee_id=guarantee, by=actor)
            return
        number = typed(request.POST, "card")
        other = patron_by_card(number, scopes=actor.scopes("patrons.view")) if number else None
        if number and other is None:
            raise Refused.one("unknown_guarantor")
        add_guarantor(
            patron_id=patron_id,
            guarantor_id=other.id if other else None,
            name=typed(request.POST, "name"),
            phone=typed(request.POST, "phone"),
            relation=typed(request.POST, "relation"),
            by=actor,
        )

    return act_on_reader(request, patron_id, act, _("The guarantors are changed."))
