from __future__ import annotations

from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "kitabxana.organisation"
    label = "organisation"

    def ready(self) -> None:
        from kitabxana.base.ports import IdentitySource, identity_sources
        from kitabxana.organisation.queries import ROLES_HELD, staff_identity

        identity_sources.append(IdentitySource(ROLES_HELD, staff_identity))
