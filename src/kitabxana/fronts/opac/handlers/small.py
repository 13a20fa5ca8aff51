"""What machines ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from kitabxana.base.access import public

if TYPE_CHECKING:
    from django.http import HttpRequest

DAY = 24 * 3600


@public
@require_safe
@cache_control(public=True, max_age=DAY)
def robots(_request: HttpRequest) -> HttpResponse:
    """Robots may read the records, not wander through searches, desks and interfaces (RFC 9309)."""
    shut = [reverse("opac:search"), reverse("opac:account"), reverse("opac:sign_in"), "/desk/", "/api/"]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in shut), ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


class Favicon(RedirectView):
    """The address every browser tries by itself."""

    def get_redirect_url(self, *_args: object, **_kwargs: object) -> str:
        return static("base/favicon.svg")


favicon = public(Favicon.as_view())
