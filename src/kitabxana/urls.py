from __future__ import annotations

from django.urls import include, path
from django.views.i18n import set_language

from kitabxana.base.access import public
from kitabxana.fronts.rest.routes import api

urlpatterns = [
    path("", include("kitabxana.fronts.opac.urls")),
    path("i18n/setlang/", public(set_language), name="set_language"),
    path("api/v1/", api.urls),
    path("desk/", include("kitabxana.fronts.desk.urls")),
]
