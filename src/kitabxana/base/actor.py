"""Who is acting: one value for a librarian, a reader, a program and the system itself."""

from __future__ import annotations

from dataclasses import dataclass, field

EVERYWHERE = ""
"""The path prefix that every unit's path begins with."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Passed to every operation as `by`.

    `grants` maps a permission to the path prefixes of the organisation tree under which it is held. `unit` is the
    code of the library where the actor works now, "" when there is none. `patron_id` is set for a reader.
    `address` and `request_id` go into the audit trail.
    """

    name: str
    user_id: int | None = None
    patron_id: int | None = None
    unit: str = ""
    grants: dict[str, tuple[str, ...]] = field(default_factory=dict)
    address: str | None = None
    request_id: str = ""

    def may(self, permission: str, path: str) -> bool:
        """Whether `permission` is held for the unit with this materialised path."""
        return any(path.startswith(prefix) for prefix in self.grants.get(permission, ()))

    def may_anywhere(self, permission: str) -> bool:
        return bool(self.grants.get(permission))

    def scopes(self, permission: str) -> tuple[str, ...]:
        """The path prefixes to filter a query by; () means nothing may be seen."""
        return self.grants.get(permission, ())


class _Almighty(dict[str, tuple[str, ...]]):
    def get(self, _key: str, _default: object = None) -> tuple[str, ...]:
        return (EVERYWHERE,)


SYSTEM = Actor(name="system", grants=_Almighty())
"""The installation itself: command line, worker, demo loader."""

NOBODY = Actor(name="")
