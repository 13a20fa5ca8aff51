"""A reader's photo at the desk: shown to who may see the reader, in nobody's cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kitabxana.base.access import actor_of, staff
from kitabxana.fronts.desk.handlers.acting import act_on_reader
from kitabxana.patrons.operations import MOST_PHOTO_BYTES, drop_photo, set_photo
from kitabxana.patrons.queries import photo as one_photo

if TYPE_CHECKING:
    from kitabxana.fronts.desk.session import DeskRequest


@staff("patrons.view")
@never_cache
@require_safe
def photo(request: DeskRequest, patron_id: int) -> HttpResponse:
    """The face itself, as JPEG; 404 where there is none or the reader is another system's."""
    found = one_photo(patron_id, scopes=actor_of(request).scopes("patrons.view"))
    if found is None:
        raise Http404
    return HttpResponse(found, content_type="image/jpeg", headers={"Content-Disposition": "inline"})


@staff("patrons.edit")
@require_POST
def change_photo(request: DeskRequest, patron_id: int) -> HttpResponse:
    """Keep the file `photo` that was sent, or with `out` take the photo out."""
    by = actor_of(request)
    if "out" in request.POST:
        return act_on_reader(
            request, patron_id, lambda: drop_photo(patron_id=patron_id, by=by), _("The photo was taken out.")
        )
    sent = request.FILES.get("photo")
    content = sent.read(MOST_PHOTO_BYTES + 1) if sent is not None else b""

    def act() -> None:
        set_photo(patron_id=patron_id, content=content, by=by, now=timezone.now())

    return act_on_reader(request, patron_id, act, _("The photo is kept."))
