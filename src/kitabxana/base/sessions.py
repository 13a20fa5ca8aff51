"""Sessions in the database, as Django's own, but read and written by statements that are planned once.

Each scan at a desk reads its session and writes it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.utils import timezone

from kitabxana.base.statements import prepared

if TYPE_CHECKING:
    from django.contrib.sessions.base_session import AbstractBaseSession

_READ = "SELECT session_data, expire_date FROM django_session WHERE session_key = %s AND expire_date > %s"
_WRITE = "UPDATE django_session SET session_data = %s, expire_date = %s WHERE session_key = %s"


class SessionStore(DatabaseSessions):
    """What Django asks a session engine for by this name."""

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        with prepared() as cursor:
            cursor.execute(_READ, [self.session_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return None
        kept: AbstractBaseSession = self.model(self.session_key or "", *row)
        return kept

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's own signature
        """One statement, a transaction of its own; UpdateError when the session was ended meanwhile."""
        if must_create or self.session_key is None:
            super().save(must_create=must_create)
            return
        values: list[Any] = [self.encode(dict(self.items())), self.get_expiry_date(), self.session_key]
        with prepared() as cursor:
            cursor.execute(_WRITE, values)
            if not cursor.rowcount:
                raise UpdateError
