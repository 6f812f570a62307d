"""Who is at work on a run: a lease that runs out, so that a process that died blocks nobody for long."""

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from threading import Event, Thread

from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from matcher.database import utcnow
from matcher.models import Run
from matcher.transaction import writing

LEASE = timedelta(seconds=120)
"""Short, as a process that died on another machine blocks everybody for so long. Renewed with each block of needs and
by ``kept_alive``."""

BEAT = LEASE / 4
"""How often ``kept_alive`` renews: a database that is away for a minute costs no lease."""


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


@contextmanager
def kept_alive(sessions: sessionmaker[Session], run: Run) -> Iterator[None]:
    """Renew the lease of ``run`` in a thread until the block ends, however long one step takes: a slow server may need
    minutes for 64 texts. A holder that lost its lease gets none back."""
    ended = Event()
    mine = (Run.id == run.id, Run.held_by == run.held_by)

    def beat() -> None:
        while not ended.wait(BEAT.total_seconds()):
            with suppress(DBAPIError), writing(sessions) as session:  # the next beat tries again
                session.execute(update(Run).where(*mine).values(held_until=utcnow() + LEASE))

    thread = Thread(target=beat, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
