"""Why something was not done, said to the reader whom it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import ngettext

from kitabxana.circulation.messages import refusal_text
from kitabxana.fronts.opac.messages import ACCOUNT_REFUSALS, OWN_REFUSALS
from kitabxana.fronts.opac.render.words import day, number
from kitabxana.patrons.messages import REFUSALS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from django.utils.functional import _StrPromise

    from kitabxana.kernel.decisions import Refusal


def own_words(refusals: Iterable[Refusal]) -> str:
    """Why something of one's own account was not changed."""
    return " ".join(_own(one) for one in refusals)


def _own(refusal: Refusal) -> str:
    if refusal.code == "must_wait":
        wait = int(str(dict(refusal.params)["seconds"]))
        return ngettext(
            "Too many failed attempts. Try again in %(count)s second.",
            "Too many failed attempts. Try again in %(count)s seconds.",
            wait,
        ) % {"count": number(wait)}
    words = ACCOUNT_REFUSALS.get(refusal.code) or REFUSALS.get(refusal.code) or OWN_REFUSALS[refusal.code]
    return str(words) % dict(refusal.params)


def refused_text(refusals: Iterable[Refusal], *, today: date, of: Mapping[str, _StrPromise] | None = None) -> str:
    """The reasons as one line; `of` holds words for codes that mean something else where they are said."""
    return " ".join(reason(refusal, today=today, of=of) for refusal in refusals)


def reason(refusal: Refusal, *, today: date, of: Mapping[str, _StrPromise] | None = None) -> str:
    """A refusal of circulation in a sentence to its reader, days written out."""
    words = (of or {}).get(refusal.code) or OWN_REFUSALS.get(refusal.code)
    if words is None:
        return refusal_text(refusal)
    params: dict[str, Any] = dict(refusal.params)
    if params.get("date"):
        params["date"] = day(today.fromisoformat(str(params["date"])), today=today)
    return str(words) % params
