from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "kitabxana.fronts.desk"
    label = "desk"
