"""What every reader's template needs: numbers by locale, the search box."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from kitabxana.fronts.opac.asked import Asked
from kitabxana.fronts.opac.messages import BOX_FIELDS, FORMATS
from kitabxana.fronts.opac.render.words import number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitabxana.fronts.opac.render.facets import FacetValue

register = template.Library()
register.filter("num", number)


@register.inclusion_tag("opac/_box.html", takes_context=True)
def search_box(context: template.Context, *, large: bool = False) -> dict[str, Any]:
    """The search box, filled with what was asked on a results page."""
    return {"asked": context.get("asked", Asked()), "box_fields": BOX_FIELDS.items(), "large": large}


@register.filter
def feed_address(asked: Asked) -> str:
    """Where the newest records of a search are followed."""
    return reverse("opac:feed") + replace(asked, sort=None, page=1).address()


@register.filter
def facet_values(values: Iterable[FacetValue]) -> str:
    """The list of a facet's values, each a link. Put together here: as template it was a third of a results page."""
    return format_html("<ul>{}</ul>", format_html_join("", "{}", ((_facet_value(value),) for value in values)))


def _facet_value(value: FacetValue) -> str:
    deep = f"ps-{value.level + 2}" if value.level else ""
    bar = f"k-num k-share k-share--{value.share}" if value.share else "k-num"
    return format_html(_CHOSEN if value.chosen else _OPEN, deep, value.address, value.label, bar, value.count)


_OPEN = '<li class="{}"><a href="{}" rel="nofollow"><span dir="auto">{}</span> <span class="{}">{}</span></a></li>'
_CHOSEN = _OPEN.replace(" rel=", ' aria-current="true" rel=')


@register.simple_tag
def formats() -> list[tuple[str, str]]:
    """(what its address ends in, name) of each format a record can be taken in."""
    return list(FORMATS.items())
