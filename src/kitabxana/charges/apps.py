from __future__ import annotations

from django.apps import AppConfig


class ChargesConfig(AppConfig):
    name = "kitabxana.charges"
    label = "charges"

    def ready(self) -> None:
        from kitabxana.base.ports import patron_ties
        from kitabxana.charges.operations.ties import TIES

        patron_ties.append(TIES)
