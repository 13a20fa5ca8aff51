from __future__ import annotations

from django.apps import AppConfig


class HoldingsConfig(AppConfig):
    name = "kitabxana.holdings"
    label = "holdings"

    def ready(self) -> None:
        from kitabxana.base.ports import record_guards, record_ties, unit_guards
        from kitabxana.holdings.operations.ties import TIES
        from kitabxana.holdings.queries import copies_at_unit, copies_of_record

        record_guards.append(copies_of_record)
        record_ties.append(TIES)
        unit_guards.append(copies_at_unit)
