"""What ``matcher doctor`` asks about the tables."""

from matcher.checks import Check, State
from matcher.database import make_engine
from matcher.settings import Settings
from migrations import apply


def check_migrations(settings: Settings) -> Check:
    """The database has the tables that this version of the program expects."""
    engine = make_engine(settings.database_url)
    try:
        current, head = apply.current(engine), apply.head()
    finally:
        engine.dispose()
    if current != head:
        values: dict[str, object] = {"current": current or "-", "head": head}
        return Check("migrations", State.WRONG, "migrations-behind", values, ends=True)
    return Check("migrations", State.OK, "migrations-ok", {"revision": current})
