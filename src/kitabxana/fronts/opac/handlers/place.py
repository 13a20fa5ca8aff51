"""The library a reader calls their own, from which distances are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kitabxana.base.access import public
from kitabxana.fronts.opac.render.libraries import systems
from kitabxana.fronts.opac.session import PLACE, own_library, safe_next
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """Choose one's library; it is remembered on this device and nowhere else."""
    organisation = tree()
    if request.method != "POST":
        context = {
            "systems": systems(organisation, now=timezone.now()),
            "mine": own_library(request, organisation),
            "next": request.GET.get("next", ""),
        }
        return render(request, "opac/own.html", context)
    response = redirect(safe_next(request, otherwise="opac:home"))
    library = request.POST.get("library", "")
    if library not in organisation.units:
        response.delete_cookie(PLACE, samesite="Lax")
        return response
    response.set_cookie(
        PLACE,
        library,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
