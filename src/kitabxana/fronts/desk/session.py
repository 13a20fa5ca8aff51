"""Who works at this desk, in which library, and what the page remembers between two scans."""

from __future__ import annotations

import functools
from itertools import dropwhile
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django_htmx.http import HttpResponseClientRedirect

from kitabxana.base.access import actor_of
from kitabxana.kernel.decisions import Refusal
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, MutableMapping

    from django.http.response import HttpResponseBase
    from django_htmx.middleware import HtmxDetails

    from kitabxana.base.actor import Actor
    from kitabxana.circulation.facts import CheckedIn
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import Tree, UnitFacts

WORKPLACES = frozenset({"library", "point"})
MOST_RETURNED = 30
MOST_PROBLEMS = 20


class DeskRequest(HttpRequest):
    """A request as the middlewares leave it."""

    htmx: HtmxDetails
    organisation: Tree
    """The tree as `at_library` read it for this request."""


def workplaces(actor: Actor, organisation: Tree | None = None) -> list[UnitFacts]:
    """The libraries and service points where this login may work at a desk, in the order of the tree."""
    organisation = organisation or tree()
    under = (unit for scope in actor.scopes("desk.use") for unit in organisation.under(scope))
    return list({unit.code: unit for unit in under if _may_work(actor, unit)}.values())


def working_unit(actor: Actor, organisation: Tree | None = None) -> UnitFacts | None:
    """The library of this session, or the only one there is; None when one must be chosen first."""
    organisation = organisation or tree()
    unit = organisation.units.get(actor.unit)
    if unit and _may_work(actor, unit):
        return unit
    possible = workplaces(actor, organisation)
    return possible[0] if len(possible) == 1 else None


def _may_work(actor: Actor, unit: UnitFacts) -> bool:
    return unit.kind in WORKPLACES and not unit.closed and actor.may("desk.use", unit.path)


def at_library(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Call the view with the working library as its second argument; without one, ask for it first."""

    @functools.wraps(view)
    def entered(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.organisation = tree()
        where = working_unit(actor_of(request), request.organisation)
        if where is not None:
            return view(request, where, *args, **kwargs)
        if _is_empty(request):
            return HttpResponseClientRedirect(reverse("desk:setup")) if request.htmx else redirect("desk:setup")
        came_from = request.get_full_path() if request.method == "GET" else reverse("desk:home")
        ask = f"{reverse('desk:library')}?{urlencode({'next': came_from})}"
        return HttpResponseClientRedirect(ask) if request.htmx else redirect(ask)

    return entered


def _is_empty(request: DeskRequest) -> bool:
    """Nowhere to work yet, and the one who comes may set it up."""
    return actor_of(request).may("organisation.edit", "") and not any(
        unit.kind in WORKPLACES for unit in request.organisation.units.values()
    )


def safe_next(request: HttpRequest) -> str:
    """Where to go on: the `next` of the form or address when it is a path of this site, else the desk."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else reverse("desk:home")


class Sitting:
    """What happened at this desk lately, kept in the login's session as ids and codes: no names, no titles.

    `reader` is who stands at the desk, `lent` their loans of this visit, `problems` the refusals not yet put away,
    `returned` the last check-ins (newest first), `said` the outcome that the next page announces once, `last` the
    lending or return that was the last thing done here, which can be undone.
    """

    def __init__(self, session: MutableMapping[str, Any]) -> None:
        self._session = session
        self._kept: dict[str, Any] = session.get("sitting") or {}

    @property
    def reader(self) -> int | None:
        return self._kept.get("reader")

    @property
    def lent(self) -> list[int]:
        return list(self._kept.get("lent", ()))

    @property
    def problems(self) -> list[dict[str, Any]]:
        return list(self._kept.get("problems", ()))

    @property
    def returned(self) -> list[dict[str, Any]]:
        return list(self._kept.get("returned", ()))

    @property
    def last(self) -> dict[str, Any] | None:
        """`act` (lend, return), `loan`, `item`, `record`, `barcode`, `reader`, and `once`, the key it was sent with."""
        return self._kept.get("last")

    def receive(self, patron_id: int) -> None:
        """A reader steps up; whoever stood here before is done."""
        if self.reader != patron_id:
            self._keep(reader=patron_id, lent=[], problems=self._problems_of(None), said=None, last=None)

    def done(self) -> None:
        """The reader leaves."""
        self._keep(reader=None, lent=[], problems=self._problems_of(None), said=None, last=None)

    def note_loan(self, loan_id: int, item: ItemFacts, *, barcode: str, once: str = "") -> None:
        left = [problem for problem in self.problems if problem["what"] != barcode]
        lent = self.lent if loan_id in self.lent else [*self.lent, loan_id]
        last = self._act("lend", loan_id, item, barcode=barcode, reader=self.reader, once=once)
        self._keep(lent=lent, problems=left, said={"code": "lent", "loan": loan_id}, last=last)

    def note_loans(self, loan_ids: list[int]) -> None:
        """Several were lent at once."""
        self._keep(lent=[*self.lent, *(one for one in loan_ids if one not in self.lent)], last=None)
        if loan_ids:
            self._keep(said={"code": "lent_many", "loans": loan_ids})

    def note_renewals(self, loan_ids: list[int]) -> None:
        left = [problem for problem in self.problems if problem["loan"] not in loan_ids]
        self._keep(problems=left)
        if loan_ids:
            self._keep(said={"code": "renewed", "loans": loan_ids}, last=None)

    def note_return(self, done: CheckedIn, *, barcode: str, at: str, once: str = "") -> None:
        entry = {
            "item": done.item.id,
            "record": done.item.record_id,
            "barcode": barcode,
            "at": at,
            "instruction": done.instruction,
            "to": done.to_unit,
            "patron": done.hold.patron_id if done.hold else None,
            "until": done.hold.expires_on.isoformat() if done.hold and done.hold.expires_on else "",
            "notes": list(done.notes),
        }
        left = [problem for problem in self.problems if problem["what"] != barcode]
        last = self._last_of(barcode)  # read twice, it was not on loan the second time
        if done.loan:
            last = self._act("return", done.loan.id, done.item, barcode=barcode, reader=None, once=once)
        self._keep(
            returned=[entry, *self.returned][:MOST_RETURNED], problems=left, said={"code": "returned"}, last=last
        )

    def note_undone(self, undone: dict[str, Any]) -> None:
        """The last act was undone, told as `last` told it; told again, it changes nothing more."""
        if self.last == undone:
            left = [problem for problem in self.problems if problem["what"] != undone["barcode"]]
            lent = [one for one in self.lent if one != undone["loan"]]
            returned = list(dropwhile(lambda entry: entry["item"] == undone["item"], self.returned))
            changed = {"lent": lent} if undone["act"] == "lend" else {"returned": returned}
            self._keep(problems=left, last=None, **changed)
        self._keep(said={"code": "undone", "act": undone["act"], "record": undone["record"],
                         "barcode": undone["barcode"]})  # fmt: skip

    def note_problem(
        self, verb: str, what: str, refusals: Iterable[Refusal], *, patron: int | None = None, item: int | None = None,
        loan: int | None = None, asked: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        """Keep what was refused until it is put away; the same thing refused again takes the place of the first."""
        told = [{"code": one.code, "params": dict(one.params), "override": one.override} for one in refusals]
        entry = {"verb": verb, "what": what, "patron": patron, "item": item, "loan": loan, "refusals": told,
                 "asked": asked or {}}  # fmt: skip
        left = [old for old in self.problems if (old["verb"], old["what"]) != (verb, what)]
        numbers = [old["id"] for old in left]
        number = max(numbers, default=0) + 1
        left.append(entry | {"id": number})
        last = self._last_of(what) if verb != "undo" else None
        self._keep(problems=left[-MOST_PROBLEMS:], said={"code": "refused", "problem": number}, last=last)

    def put_away(self, problem_id: int) -> None:
        self._keep(problems=[old for old in self.problems if old["id"] != problem_id])

    def take_said(self) -> dict[str, Any] | None:
        """The last outcome, once."""
        said: dict[str, Any] | None = self._kept.get("said")
        if said:
            self._keep(said=None)
        return said

    @staticmethod
    def _act(act: str, loan_id: int, item: ItemFacts, *, barcode: str, reader: int | None, once: str) -> dict[str, Any]:
        return {"act": act, "loan": loan_id, "item": item.id, "record": item.record_id, "barcode": barcode,
                "reader": reader, "once": once}  # fmt: skip

    def _last_of(self, barcode: str) -> dict[str, Any] | None:
        """The last act where it was of this copy: a scanner that reads a book twice takes nothing from it."""
        return self.last if self.last and self.last["barcode"] == barcode else None

    def _problems_of(self, patron_id: int | None) -> list[dict[str, Any]]:
        return [problem for problem in self.problems if problem["patron"] == patron_id]

    def _keep(self, **changes: Any) -> None:
        self._kept = self._kept | changes
        self._session["sitting"] = self._kept


def refusal_of(told: dict[str, Any]) -> Refusal:
    """A refusal as `Sitting.note_problem` kept it."""
    return Refusal(told["code"], told["params"], told["override"])
