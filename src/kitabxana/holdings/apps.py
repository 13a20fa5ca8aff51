from __future__ import annotations

from django.apps import AppConfig


class HoldingsConfig(AppConfig):
    name = "kitabxana.holdings"
    label = "holdings"
