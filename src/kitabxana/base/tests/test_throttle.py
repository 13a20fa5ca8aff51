"""Token buckets, networks, and the client's address behind a proxy."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.http import HttpRequest, HttpResponse

from kitabxana.base.proxy import ClientAddressMiddleware
from kitabxana.base.throttle import Buckets, network_of

if TYPE_CHECKING:
    from pytest_django import Settings


def test_a_bucket_gives_what_it_holds_then_what_runs_in() -> None:
    buckets = Buckets(size=3, rate=0.5)
    assert [buckets.take("a", cost=1, now=100) for _ in range(3)] == [0, 0, 0]
    assert buckets.take("a", cost=1, now=100) == 2.0
    assert buckets.take("a", cost=1, now=101) == 1.0
    assert buckets.take("a", cost=1, now=102) == 0
    assert buckets.take("b", cost=1, now=102) == 0, "everyone has their own"


def test_a_bucket_never_holds_more_than_its_size() -> None:
    buckets = Buckets(size=2, rate=1)
    buckets.take("a", cost=1, now=0)
    assert [buckets.take("a", cost=1, now=10_000) > 0 for _ in range(3)] == [False, False, True]


def test_what_is_dear_takes_more_and_a_refusal_takes_nothing() -> None:
    buckets = Buckets(size=10, rate=1)
    assert buckets.take("a", cost=8, now=0) == 0
    assert buckets.take("a", cost=5, now=0) == 3.0
    assert buckets.take("a", cost=2, now=0) == 0
    assert buckets.take("c", cost=10**6, now=0) == 0, "nothing is dearer than a full bucket"
    assert buckets.take("c", cost=10**6, now=0) == 10


def test_memory_is_bounded() -> None:
    buckets = Buckets(size=1, rate=0.001, most=100)
    for at in range(1000):
        buckets.take(str(at), cost=1, now=at / 1000)
    assert len(buckets) == 100
    assert buckets.take("999", cost=1, now=1) > 0, "who came last is remembered"
    assert buckets.take("1", cost=1, now=1) == 0


def test_threads_do_not_get_more_than_there_is() -> None:
    buckets = Buckets(size=500, rate=0.0001)
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: buckets.take("a", cost=1, now=1), range(2000)))
    assert sum(wait == 0 for wait in waits) == 500


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("85.132.7.9", "85.132.7.0/24"),
        ("85.132.7.200", "85.132.7.0/24"),
        ("::ffff:85.132.7.9", "85.132.7.0/24"),
        ("2a02:ed0:1:2ff::5", "2a02:ed0:1:200::/56"),
        ("2a02:ed0:1:201::9", "2a02:ed0:1:200::/56"),
        ("unix:", ""),
        ("", ""),
    ],
)
def test_addresses_count_by_network(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("behind", "forwarded", "seen"),
    [
        (True, "1.1.1.1, 85.132.7.9", "85.132.7.9"),
        (True, "85.132.7.9", "85.132.7.9"),
        (True, "", "10.0.0.1"),
        (True, "85.132.7.9, unknown", "10.0.0.1"),
        (True, "2a02:ed0:0::1", "2a02:ed0::1"),
        (False, "85.132.7.9", "10.0.0.1"),
    ],
)
def test_only_our_own_proxy_is_believed(settings: Settings, behind: bool, forwarded: str, seen: str) -> None:  # noqa: FBT001
    settings.BEHIND_PROXY = behind
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": forwarded}
    ClientAddressMiddleware(lambda _request: HttpResponse())(request)
    assert request.META["REMOTE_ADDR"] == seen
