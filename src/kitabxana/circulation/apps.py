from __future__ import annotations

from django.apps import AppConfig


class CirculationConfig(AppConfig):
    name = "kitabxana.circulation"
    label = "circulation"
