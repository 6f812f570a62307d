"""Base class, column types, engine and sessions.

SQLite runs in WAL mode with foreign keys on. Its driver opens no transaction by itself, so that ``BEGIN IMMEDIATE``
can be asked for by those who write: a read transaction that turns into a write one fails at once under WAL, whatever
the busy timeout (SQLITE_BUSY_SNAPSHOT).
"""

import json
import sqlite3
import time
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Dialect, Engine, Enum, MetaData, Numeric, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column, sessionmaker
from sqlalchemy.types import JSON, TypeDecorator, TypeEngine
from uuid_utils.compat import uuid7

BUSY_TIMEOUT_MS = 10_000

Json = JSON().with_variant(JSONB(), "postgresql")
"""JSON on SQLite, JSONB on PostgreSQL."""


def new_id() -> UUID:
    """A fresh UUIDv7 (RFC 9562): ids sort by the time they were made."""
    return uuid7()


def utcnow() -> datetime:
    """Now, aware, in UTC: what storage holds."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware UTC on the Python side whatever the database keeps. Naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: give it a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Amount(TypeDecorator[Decimal]):
    """An amount of money in yuan, four decimals, exact.

    PostgreSQL keeps a numeric(18, 4). SQLite has no decimals and would keep a float, which is off by some thousandths
    from twelve digits on; it gets a whole number of ten-thousandths, which sorts and compares alike.
    """

    impl = Numeric(18, 4)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else Numeric(18, 4))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        exact = to_amount(value)
        return int(exact.scaleb(4)) if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        return Decimal(value).scaleb(-4) if dialect.name == "sqlite" else value


AMOUNT_STEP = Decimal("0.0001")
AMOUNT_LIMIT = Decimal(10) ** 14


def to_amount(value: Decimal) -> Decimal:
    """``value`` as Amount keeps it: rounded to four decimals. Raises ValueError from 10^14 on and for no number."""
    if not value.is_finite() or abs(value) >= AMOUNT_LIMIT:
        raise ValueError(f"an amount must lie below {AMOUNT_LIMIT:f}")
    return value.quantize(AMOUNT_STEP)


def enum_column(kind: type[StrEnum]) -> Enum:
    """A column that holds the enum's values as text, checked when bound."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=32,
        validate_strings=True,
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """Base of all models; constraint names follow one convention so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: Json, list[Any]: Json, list[str]: Json}  # noqa: RUF012


class Identified:
    """A UUIDv7 key and the instant of creation."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class Versioned(Identified):
    """A row people change: the instant of the last change and a version that guards against lost updates."""

    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)
    version: Mapped[int] = mapped_column()

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        return {"version_id_col": cls.version}


def make_engine(url: str) -> Engine:
    """An engine for ``url`` (``sqlite:///…`` or ``postgresql+psycopg://…``) set up for this project."""
    if url.startswith("sqlite"):
        engine = create_engine(url, json_serializer=_to_json)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(url, pool_pre_ping=True, json_serializer=_to_json)


def dialect_insert(session: Session, model: type[Any]) -> Any:
    """An INSERT that may say ON CONFLICT, of the session's database."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(model)


def _to_json(value: Any) -> str:
    """Chinese as it is: escaped, each character would take six bytes instead of three. NaN is no JSON and refused."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions whose rows stay readable after commit."""
    return sessionmaker(engine, expire_on_commit=False)


def _set_up_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    _turn_wal_on(connection)
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=NORMAL")


def _turn_wal_on(connection: sqlite3.Connection) -> None:
    """Wait for others that open the new file at the same moment: SQLite gives up at once here, whatever the timeout."""
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
