from __future__ import annotations

from django.apps import AppConfig


class PatronsConfig(AppConfig):
    name = "kitabxana.patrons"
    label = "patrons"

    def ready(self) -> None:
        from kitabxana.base.ports import identity_sources
        from kitabxana.patrons.queries import reader_identity

        identity_sources.append(reader_identity)
