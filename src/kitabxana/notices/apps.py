from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "kitabxana.notices"
    label = "notices"

    def ready(self) -> None:
        from kitabxana.base.ports import patron_ties
        from kitabxana.notices.operations.ties import TIES

        patron_ties.append(TIES)
