"""What is asked at every loan: statements written out once, which the database plans once for each connection."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from psycopg import Cursor

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper
    from django.db.models import Field, Model

SELDOM = 1_000_000
"""How often another statement must be asked before it is prepared too: what is asked once is better planned anew."""


class _Preparing(Cursor[Any]):
    def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
        return super().execute(query, params, **{**more, "prepare": True})

    def _send_query_prepared(self, name: bytes, pgq: Any, **more: Any) -> None:
        self._query = pgq  # psycopg forgets it here, and who counts and reads statements asks for it
        super()._send_query_prepared(name, pgq, **more)


def prepared() -> CursorWrapper:
    """A cursor like `connection.cursor()` for statements that never change and are asked all day long.

    A third of what a check-out costs the database is planning. The text must be one constant: each text is kept.
    """
    connection.ensure_connection()
    if connection.connection.prepare_threshold is None:
        connection.connection.prepare_threshold = SELDOM
    # Wrapped as Django's own: counted, watched, and its errors translated.
    wrapped: CursorWrapper = connection._prepare_cursor(_Preparing(connection.connection))  # type: ignore[attr-defined]  # noqa: SLF001
    return wrapped


def insert(row: Model) -> int:
    """Store a new row in the current transaction with the values it has; returns its id, and sets it on the row.

    For models whose key is `id` and whose columns are plain values: no expressions, no defaults of the database, no
    parents. Nothing is asked of signals. Raises IntegrityError as `save` does.
    """
    assert transaction.get_connection().in_atomic_block, "a row belongs to its action's transaction"
    statement, fields = _written(type(row))
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    with prepared() as cursor:
        cursor.execute(statement, values)
        number: int = cursor.fetchone()[0]
    row.id = number  # type: ignore[attr-defined]
    row._state.adding = False  # noqa: SLF001 - as Django's own save does
    return number


@functools.cache
def _written(model: type[Model]) -> tuple[str, tuple[Field[Any, Any], ...]]:
    """The statement and the fields it takes; a key that the database counts is left to it."""
    meta = model._meta  # noqa: SLF001 - Django's documented interface
    fields = tuple(field for field in meta.local_concrete_fields if field.get_internal_type() != "BigAutoField")
    columns, places = ", ".join(f'"{field.column}"' for field in fields), ", ".join(["%s"] * len(fields))
    return f'INSERT INTO "{meta.db_table}" ({columns}) VALUES ({places}) RETURNING id', fields  # noqa: S608 - our own
