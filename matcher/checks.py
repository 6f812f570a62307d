"""What ``matcher doctor`` looks at. Each package adds its checks through the entry-point group ``matcher.checks``.

A check is a function of the settings; its entry point's name carries its place in the order: ``20-database``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from importlib.metadata import entry_points

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from matcher.actions.runs import library_hash, was_left
from matcher.database import make_engine, make_sessions
from matcher.engine import load_library
from matcher.meaning import LOCAL, open_encoder, open_reranker
from matcher.models import Run
from matcher.patience import BRIEF
from matcher.queries.needs import count_needs
from matcher.queries.products import count_products
from matcher.queries.promotions import read_active
from matcher.queries.runs import latest_run
from matcher.queries.staff import list_staff
from matcher.settings import Settings, unknown_variables
from matcher.states import NeedStatus, ProductStatus, RunStatus
from matcher.todays_engine import open_todays_engine
from matcher.transaction import reading
from scoring.errors import EncoderUnavailableError, RerankerUnavailableError
from scoring.semantic import Embedder

GROUP = "matcher.checks"

_TRIAL = "高速公路收费站通行流量"


class State(StrEnum):
    """How a check ended; only ``WRONG`` asks for something to be done."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    """What was found: ``code`` and ``values`` name a text of ``matcher.commands.words``.

    With ``ends`` nothing behind this check can be looked at.
    """

    name: str
    state: State
    code: str
    values: dict[str, object] = field(default_factory=dict)
    ends: bool = False


def run_checks(settings: Settings) -> list[Check]:
    """All checks in order, up to the first after which no other makes sense."""
    done: list[Check] = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        check: Callable[[Settings], Check] = point.load()
        done.append(check(settings))
        if done[-1].ends:
            break
    return done


def check_settings(_settings: Settings) -> Check:
    """Variables that nothing reads: most often a slip of the pen."""
    if unknown := unknown_variables():
        return Check("settings", State.NOTE, "settings-unknown", {"names": ", ".join(unknown)})
    return Check("settings", State.OK, "settings-ok")


def check_redis(settings: Settings) -> Check:
    """Redis is optional; where one is named it has to answer."""
    if settings.redis_url is None:
        return Check("redis", State.OK, "redis-unset")
    try:
        redis = import_module("redis")  # an extra: nothing else in this package needs it
    except ImportError:
        return Check("redis", State.WRONG, "redis-not-installed")
    try:
        with redis.Redis.from_url(settings.redis_url, socket_timeout=5, socket_connect_timeout=5) as client:
            client.ping()
    except redis.RedisError as error:
        return Check("redis", State.WRONG, "redis-unreachable", {"reason": error})
    return Check("redis", State.OK, "redis-ok")


def check_embeddings(settings: Settings) -> Check:
    """The encoder makes a vector: a configured server is asked for one."""
    try:
        encoder = open_encoder(settings, patience=BRIEF)
        if encoder is None:
            return Check("embeddings", State.NOTE, "embeddings-off")
        dimensions = Embedder(encoder).vectors([_TRIAL]).shape[1]
    except EncoderUnavailableError as error:
        if settings.embeddings == LOCAL:
            return Check("embeddings", State.NOTE, "embeddings-missing")
        return Check("embeddings", State.WRONG, "embeddings-unavailable", {"reason": error})
    return Check("embeddings", State.OK, "embeddings-ok", {"name": encoder.name, "dimensions": dimensions})


def check_rerank(settings: Settings) -> Check:
    """Reranking is optional; where a server is named it has to answer."""
    try:
        reranker = open_reranker(settings, patience=BRIEF)
        if reranker is None:
            return Check("rerank", State.OK, "rerank-unset")
        reranker.rerank(_TRIAL, [_TRIAL])
    except RerankerUnavailableError as error:
        return Check("rerank", State.WRONG, "rerank-unavailable", {"reason": error})
    return Check("rerank", State.OK, "rerank-ok", {"name": reranker.name})


def check_database(settings: Settings) -> Check:
    """The database answers. SQLite would make an empty file by looking, so the file is looked for first."""
    path = settings.sqlite_path
    if path and not path.exists():
        return Check("database", State.WRONG, "database-missing", {"path": path}, ends=True)
    engine = make_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            numbers = connection.dialect.server_version_info or ()
    except DBAPIError as error:
        reason = (str(error.orig).strip().splitlines() or ["?"])[0]
        return Check("database", State.WRONG, "database-unreachable", {"reason": reason}, ends=True)
    finally:
        engine.dispose()
    version = ".".join(str(number) for number in numbers)
    return Check("database", State.OK, "database-ok", {"dialect": engine.dialect.name, "version": version})


def check_library(settings: Settings) -> Check:
    """There is something to match."""
    with _reading(settings) as session:
        offered, wanted = count_products(session, ProductStatus.LISTED), count_needs(session, NeedStatus.OPEN)
    if not offered or not wanted:
        return Check("library", State.WRONG, "library-empty", ends=True)
    return Check("library", State.OK, "library-ok", {"products": offered, "needs": wanted})


def check_weights(settings: Settings) -> Check:
    """The promoted weights can be read; otherwise the package's are at work in their place."""
    with _reading(settings) as session:
        active = read_active(session)
    if active.promotion is None:
        return Check("weights", State.OK, "weights-by-default")
    known: dict[str, object] = {"promotion": active.promotion.id, "day": f"{active.promotion.created_at:%Y-%m-%d}"}
    if active.problem:
        return Check("weights", State.WRONG, "weights-unreadable", known | {"reason": active.problem})
    return Check("weights", State.OK, "weights-promoted", known)


def check_engine(settings: Settings) -> Check:
    """The stored scores are those of today's engine and library."""
    with _reading(settings) as session:
        last = latest_run(session)
        if last is None:
            return Check("engine", State.WRONG, "engine-never")
        if last.status is not RunStatus.FINISHED:
            return Check("engine", State.WRONG, "engine-unfinished", {"status": last.status})
        if _is_stale(session, last, settings):
            return Check("engine", State.WRONG, "engine-stale")
    return Check("engine", State.OK, "engine-ok", {"fingerprint": last.fingerprint[:12]})


def check_staff(settings: Settings) -> Check:
    """Somebody can log in."""
    with _reading(settings) as session:
        count = sum(member.active for member in list_staff(session))
    if not count:
        return Check("staff", State.WRONG, "staff-none")
    return Check("staff", State.OK, "staff-ok", {"count": count})


def _is_stale(session: Session, last: Run, settings: Settings) -> bool:
    library = load_library(session)
    scorer, _ = open_todays_engine(sessionmaker(session.get_bind()), settings, library)
    today = library_hash(library, settings), scorer.fingerprint
    return (last.library_hash, last.fingerprint) != today or was_left(last)


@contextmanager
def _reading(settings: Settings) -> Iterator[Session]:
    engine = make_engine(settings.database_url)
    try:
        with reading(make_sessions(engine)) as session:
            yield session
    finally:
        engine.dispose()
