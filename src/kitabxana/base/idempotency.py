"""A write that is sent twice is done once: the second time the first answer is given again (case 11)."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from kitabxana.base.models import IdempotencyKey
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

KEPT_DAYS = 7
LONGEST_KEY = 80
_TAKE = """
    INSERT INTO base_idempotencykey (caller, key, digest, created_at) VALUES (%s, %s, %s, now())
    ON CONFLICT (caller, key) DO NOTHING RETURNING id
"""


def once(*, caller: str, key: str, asked: Any, do: Callable[[], Any]) -> Any:
    """Do a write and keep its answer, or give the answer kept for this caller and key.

    `do` runs in the same transaction as the key is taken in, and returns a JSON value; `asked` is what distinguishes
    one request from another, as a JSON value. A second request waits until the first is through. What is refused is
    not kept: sent again, it is tried again. Without a key it is simply done. Three statements more with one.
    Refused: key_reused (the key came with another request before), bad_key.
    """
    if not key:
        return do()
    if len(key) > LONGEST_KEY:
        raise Refused.one("bad_key")
    digest = hashlib.blake2b(json.dumps(asked, sort_keys=True).encode(), digest_size=16).digest()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, [caller, key, digest])
            taken = cursor.fetchone()
        if taken is None:
            row = IdempotencyKey.objects.get(caller=caller, key=key)
            if bytes(row.digest) != digest:
                raise Refused.one("key_reused")
            return row.answer
        answer = do()
        IdempotencyKey.objects.filter(pk=taken[0]).update(answer=answer)
        return answer


def release(*, caller: str, key: str) -> None:
    """What was done under this key was undone: the same request, sent again, is done anew."""
    IdempotencyKey.objects.filter(caller=caller, key=key).delete()


def forget(*, now: datetime) -> int:
    """Drop keys older than a week; returns how many. Run daily."""
    return IdempotencyKey.objects.filter(created_at__lt=now - timedelta(days=KEPT_DAYS)).delete()[0]
