"""How long a server elsewhere is waited for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on: ``attempts`` at one request with pauses that double from ``pause`` seconds; ``budget`` seconds
    for one call, all its requests and pauses together; ``connect`` and ``read`` seconds of silence."""

    attempts: int = 4
    pause: float = 0.5
    budget: float = 300.0
    connect: float = 5.0
    read: float = 60.0


BRIEF = Patience(attempts=1, budget=10, read=10)
"""For a trial while somebody waits."""
