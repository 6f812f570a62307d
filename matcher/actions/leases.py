"""Who is at work on a run: a lease that runs out, so that a process that died blocks nobody for long."""

import os
import secrets
import socket
from datetime import datetime, timedelta

from matcher.models import Run

LEASE = timedelta(seconds=120)
"""Renewed with each block of needs, which takes seconds."""


def new_holder() -> str:
    """A name for this piece of work, ``host:pid:token``: the token tells two runs of one process apart."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(8)}"


def is_held(run: Run, now: datetime) -> bool:
    """Whether a living process is at work on ``run``.

    A holder on this machine whose process is gone died without letting go: its lease need not be waited for. Should
    that be a mistake (two containers under one host name), the check of the holder in every write still keeps the loser
    from writing.
    """
    if run.held_by is None or run.held_until is None or run.held_until <= now:
        return False
    host, pid, _ = run.held_by.rsplit(":", 2)
    return host != socket.gethostname() or _is_alive(int(pid))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
