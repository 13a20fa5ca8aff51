from __future__ import annotations

from django.apps import AppConfig


class PatronsConfig(AppConfig):
    name = "kitabxana.patrons"
    label = "patrons"

    def ready(self) -> None:
        from kitabxana.base.ports import IdentitySource, identity_sources, unit_guards
        from kitabxana.patrons.queries import READER_BEHIND, reader_identity, readers_of_unit

        identity_sources.append(IdentitySource(READER_BEHIND, reader_identity))
        unit_guards.append(readers_of_unit)
