from __future__ import annotations

from django.urls import include, path

from kitabxana.fronts.rest.routes import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("desk/", include("kitabxana.fronts.desk.urls")),
]
