"""The API alone, where the installation has it."""

from __future__ import annotations

from django.urls import path

from kitabxana.fronts.rest.routes import api

urlpatterns = [path("api/v1/", api.urls)]
