"""Slows down guessing of passwords without locking anybody out.

Failures count per pair of address and account, so a guesser elsewhere never delays the account's owner. A second count
per address alone, with a higher allowance, meets those who try one password on many accounts. Counts live in this
process: N processes allow N times the guesses, which argon2 and the back-off make harmless, and a restart forgets them.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FREE_GUESSES = 5
FREE_GUESSES_PER_ADDRESS = 50
LONGEST_WAIT_S = 300.0
FORGET_AFTER_S = 3600.0
ENTRIES = 10_000


@dataclass(slots=True)
class _Count:
    failures: int
    last: float


class GuessThrottle:
    """Exponential back-off: after the free guesses each further failure doubles the wait, up to five minutes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: OrderedDict[tuple[str, ...], _Count] = OrderedDict()

    def wait(self, address: str, account: str) -> float:
        """Seconds until the next guess is looked at; 0.0 means now."""
        with self._lock:
            return max(
                self._left((address, account), FREE_GUESSES),
                self._left((address,), FREE_GUESSES_PER_ADDRESS),
            )

    def failed(self, address: str, account: str) -> None:
        """Count one wrong guess."""
        with self._lock:
            for key in ((address, account), (address,)):
                count = self._counts.setdefault(key, _Count(0, self._clock()))
                count.failures += 1
                count.last = self._clock()
                self._counts.move_to_end(key)
            while len(self._counts) > ENTRIES:
                self._counts.popitem(last=False)

    def succeeded(self, address: str, account: str) -> None:
        """Forget the pair's wrong guesses; the address keeps its own, or one known account would reset them all."""
        with self._lock:
            self._counts.pop((address, account), None)

    def _left(self, key: tuple[str, ...], free: int) -> float:
        count = self._counts.get(key)
        if count is None:
            return 0.0
        quiet = self._clock() - count.last
        if quiet > FORGET_AFTER_S:
            del self._counts[key]
            return 0.0
        if count.failures < free:
            return 0.0
        return max(0.0, min(LONGEST_WAIT_S, 2.0 ** min(count.failures - free, 20)) - quiet)
