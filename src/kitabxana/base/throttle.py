"""How much one network may ask: token buckets in this process, and the network an address belongs to."""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict
from typing import Final

IPV4_NETWORK: Final = 24
IPV6_NETWORK: Final = 56
"""What is counted together: a house or an office has a /56 to itself, and whoever rents addresses rents a /24."""

MOST: Final = 20_000
"""Networks remembered; the one longest unseen is forgotten first, and its bucket would be full again anyway."""


def network_of(address: str) -> str:
    """The network an IP address is counted with; an address that is none counts with all such."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    length = IPV4_NETWORK if parsed.version == 4 else IPV6_NETWORK
    return str(ipaddress.ip_network((parsed, length), strict=False))


class Buckets:
    """One bucket of `size` tokens for each key, refilled by `rate` tokens a second; threads may share it."""

    def __init__(self, *, size: float, rate: float, most: int = MOST) -> None:
        self._size, self._rate, self._most = size, rate, most
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._levels)

    def take(self, key: str, *, cost: float, now: float) -> float:
        """Take `cost` tokens (a full bucket at most); 0, or the seconds to wait, and then nothing was taken.

        `now` is seconds of a clock that never goes back.
        """
        cost = min(cost, self._size)
        with self._lock:
            level, since = self._levels.pop(key, (self._size, now))
            level = min(self._size, level + (now - since) * self._rate)
            missing = cost - level
            self._levels[key] = (level if missing > 0 else level - cost, now)
            if len(self._levels) > self._most:
                self._levels.popitem(last=False)
        return max(0.0, missing / self._rate)
