"""What machines ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie
from django.views.generic import RedirectView

from kitabxana.base.access import public
from kitabxana.fronts.opac.messages import FORMATS

if TYPE_CHECKING:
    from django.http import HttpRequest

DAY = 24 * 3600


@public
@require_safe
@cache_control(public=True, max_age=DAY)
def robots(request: HttpRequest) -> HttpResponse:
    """Robots may read the records, not wander through searches, shelves, formats, desks and interfaces (RFC 9309)."""
    shut = [reverse(name) for name in ("opac:search", "opac:account", "opac:sign_in", "opac:own")]
    a_record = reverse("opac:record", args=[0])
    shut += [reverse("opac:shelf", args=["-"]).rstrip("-"), "/desk/", "/api/"]
    shut += [a_record.replace("0", "*") + page for page in ("cite/", "hold/", "marc/")]
    shut += [f"{a_record.replace('0/', '*.')}{form}$" for form in FORMATS if form != "jsonld"]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in shut), ""]
    lines += [f"Sitemap: {request.build_absolute_uri(reverse('opac:sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@public
@require_safe
@vary_on_cookie
@cache_control(public=True, max_age=DAY)
def opensearch(request: HttpRequest) -> HttpResponse:
    """How a browser searches here from its own bar (OpenSearch 1.1)."""
    absolute = request.build_absolute_uri
    context = {
        "page": absolute(reverse("opac:search")),
        "feed": absolute(reverse("opac:feed")),
        "icon": absolute(static("base/favicon.svg")),
        "address": absolute(reverse("opac:opensearch")),
    }
    media_type = "application/opensearchdescription+xml"
    return render(request, "opac/opensearch.xml", context, content_type=media_type)


class Favicon(RedirectView):
    """The address every browser tries by itself."""

    def get_redirect_url(self, *_args: object, **_kwargs: object) -> str:
        return static("base/favicon.svg")


favicon = public(Favicon.as_view())
