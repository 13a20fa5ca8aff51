"""What every page's frame needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from kitabxana.base.access import actor_of

if TYPE_CHECKING:
    from django.http import HttpRequest

THEMES = ("auto", "light", "dark")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the theme chosen with the switch, the languages, who is signed in."""
    theme = request.COOKIES.get("theme", "auto")
    return {
        "theme": theme if theme in THEMES else "auto",
        "languages": settings.LANGUAGES,
        "actor": actor_of(request),
    }
