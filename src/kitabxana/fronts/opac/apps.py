from __future__ import annotations

from django.apps import AppConfig


class OpacConfig(AppConfig):
    name = "kitabxana.fronts.opac"
    label = "opac"
