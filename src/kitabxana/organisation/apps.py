from __future__ import annotations

from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "kitabxana.organisation"
    label = "organisation"

    def ready(self) -> None:
        from kitabxana.base.ports import identity_sources
        from kitabxana.organisation.queries import staff_identity

        identity_sources.append(staff_identity)
