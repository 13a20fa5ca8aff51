from __future__ import annotations

from django.apps import AppConfig


class CirculationConfig(AppConfig):
    name = "kitabxana.circulation"
    label = "circulation"

    def ready(self) -> None:
        from kitabxana.base.ports import patron_ties, record_guards, record_ties
        from kitabxana.circulation.operations.record_ties import TIES as RECORD_TIES
        from kitabxana.circulation.operations.ties import TIES
        from kitabxana.circulation.queries import holds_on_record

        record_guards.append(holds_on_record)
        patron_ties.append(TIES)
        record_ties.append(RECORD_TIES)
