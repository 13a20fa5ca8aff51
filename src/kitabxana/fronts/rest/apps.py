from __future__ import annotations

from django.apps import AppConfig


class RestConfig(AppConfig):
    name = "kitabxana.fronts.rest"
    label = "rest"
