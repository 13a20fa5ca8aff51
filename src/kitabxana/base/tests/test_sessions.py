"""Sessions: written by one statement, gone when they were ended, expired ones are nobody's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.utils import timezone

from kitabxana.base.sessions import SessionStore

pytestmark = pytest.mark.django_db


def kept() -> SessionStore:
    session = SessionStore()
    session["unit"] = "GNC-M"
    session.save()
    return session


def test_what_is_saved_is_read_and_changed_by_one_statement_each(django_assert_num_queries: Any) -> None:
    key = kept().session_key
    with django_assert_num_queries(2):
        again = SessionStore(key)
        assert again["unit"] == "GNC-M"
        again["unit"] = "SAK-M"
        again.save()
    assert SessionStore(key)["unit"] == "SAK-M"


def test_a_session_that_was_ended_meanwhile_is_not_written_again() -> None:
    session = kept()
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        session.save()
    assert not Session.objects.exists()


def test_an_expired_session_is_empty_and_its_key_is_not_taken_on() -> None:
    key = kept().session_key
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    late = SessionStore(key)
    assert dict(late.items()) == {}
    assert late.session_key is None
