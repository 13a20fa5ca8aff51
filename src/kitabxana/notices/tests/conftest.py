"""A small nation, a mail server, and the road from an event to the post."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kitabxana.notices.tests.post import mail_server, sms_gateway
from kitabxana.organisation.tests.builders import a_nation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitabxana.notices.tests.post import Gateway, Mailbox


@pytest.fixture
def nation(db: None) -> None:
    a_nation()


@pytest.fixture
def mail(settings: Any) -> Iterator[Mailbox]:
    with mail_server(settings) as box:
        yield box


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    with sms_gateway(settings) as door:
        yield door
