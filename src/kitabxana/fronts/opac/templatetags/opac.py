"""What every reader's template needs: numbers by locale, the search box."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import template
from django.urls import reverse

from kitabxana.fronts.opac.asked import Asked
from kitabxana.fronts.opac.messages import BOX_FIELDS, FORMATS
from kitabxana.fronts.opac.render.words import number

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


@register.simple_tag
def formats() -> list[tuple[str, str]]:
    """(what its address ends in, name) of each format a record can be taken in."""
    return list(FORMATS.items())
