"""An act of withdrawal as paper."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.contrib.staticfiles import finders

from kitabxana.fronts.desk.render.item_words import amount
from kitabxana.fronts.desk.render.words import language, long_date, named
from kitabxana.holdings.queries import Lists
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from kitabxana.holdings.facts import ActFacts

logger = logging.getLogger(__name__)


def act_page(act: ActFacts) -> dict[str, Any]:
    """What the act says, names in the reader's language, sums by currency."""
    units = tree().units
    reasons = Lists().at("withdrawal_reason", act.unit)
    sums: dict[str, int] = {}
    for line in act.lines:
        if line["price_minor"] is not None:
            sums[line["currency"]] = sums.get(line["currency"], 0) + line["price_minor"]
    return {
        "act": act,
        "library": units[act.unit].name(language()),
        "day": long_date(act.day),
        "reason": named(reasons[act.reason].names, act.reason) if act.reason in reasons else act.reason,
        "lines": [{**line, "price": amount(line["price_minor"], line["currency"])} for line in act.lines],
        "sums": [amount(minor, currency) for currency, minor in sums.items()],
    }


def pdf(page: str, *, style: str = "desk/act.css", more: str = "") -> bytes | None:
    """The page as PDF, in a style of the house and `more` CSS; None where the machine has no Pango (WeasyPrint)."""
    try:
        from weasyprint import CSS, HTML
    except OSError:
        logger.warning("PDF is not made: Pango is not on this machine")
        return None
    sheet = finders.find(style)
    assert isinstance(sheet, str), "the house's own file"
    styles = [CSS(filename=sheet), *([CSS(string=more)] if more else [])]
    made: bytes = HTML(string=page, url_fetcher=_nothing).write_pdf(stylesheets=styles)
    return made


def _nothing(url: str, *_args: Any, **_more: Any) -> dict[str, Any]:
    """An act needs nothing from outside, and no text of a record may ask for it."""
    raise ValueError(url)
