"""Storage: what goes in comes out, on both databases alike."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from matcher.database import AMOUNT_LIMIT, make_engine, new_id, to_amount
from matcher.models import Event, Product, Run
from matcher.states import RunStatus
from matcher.transaction import reading, writing
from tests.factories import make_product, make_run

PRAGMAS = {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 10_000}


def test_ids_sort_by_the_time_they_were_made() -> None:
    ids = [new_id() for _ in range(10_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("text_", ["0", "0.0001", "754300.0001", "99999999999999.9999", "-12.5"])
def test_amounts_are_exact(session: Session, text_: str) -> None:
    product = make_product(session, price_amount=Decimal(text_))
    session.expire(product)
    assert product.price_amount == Decimal(text_)


def test_amounts_are_rounded_to_the_same_step_everywhere(session: Session) -> None:
    product = make_product(session, price_amount=Decimal("754300.00015"))
    session.expire(product)
    assert product.price_amount == to_amount(Decimal("754300.00015")) == Decimal("754300.0002")


@pytest.mark.parametrize("value", [AMOUNT_LIMIT, -AMOUNT_LIMIT, Decimal("NaN"), Decimal("Infinity")])
def test_amounts_beyond_the_column_are_refused(session: Session, value: Decimal) -> None:
    with pytest.raises(StatementError, match="an amount must lie below"):
        make_product(session, price_amount=value)


def test_amounts_compare_and_sort_in_the_database(session: Session) -> None:
    for amount in ("9", "10", "0.5"):
        make_product(session, price_amount=Decimal(amount))
    found = session.scalars(
        select(Product.price_amount).where(Product.price_amount >= Decimal(9)).order_by(Product.price_amount)
    )
    assert list(found) == [Decimal(9), Decimal(10)]


def test_instants_come_back_aware_and_in_utc(session: Session) -> None:
    at = datetime(2026, 3, 1, 8, 30, tzinfo=timezone(timedelta(hours=8)))
    run = make_run(session, started_at=at)
    session.expire(run)
    assert run.started_at == at
    assert run.started_at.tzinfo is UTC


def test_a_naive_instant_is_refused(session: Session) -> None:
    with pytest.raises(StatementError, match="naive datetime"):
        make_run(session, started_at=datetime(2026, 3, 1))  # noqa: DTZ001


def test_json_keeps_chinese_as_it_is(session: Session) -> None:
    session.add(Event(type="x", entity_kind="x", entity_id=new_id(), payload={"词": ["供需", None, 1.5]}))
    session.flush()
    assert "供需" in str(session.execute(text("SELECT CAST(payload AS text) FROM events")).scalar_one())
    session.expire_all()
    assert session.scalars(select(Event)).one().payload == {"词": ["供需", None, 1.5]}


def test_json_refuses_what_is_no_json(session: Session) -> None:
    with pytest.raises((StatementError, ValueError)):
        make_product(session, extra={"x": float("nan")})


def test_at_most_one_run_is_running(session: Session) -> None:
    make_run(session, status=RunStatus.FINISHED)
    make_run(session, status=RunStatus.RUNNING)
    with pytest.raises(IntegrityError):
        make_run(session, status=RunStatus.RUNNING)


def test_of_two_changes_to_one_row_the_later_is_refused(session: Session) -> None:
    product = make_product(session)
    session.execute(text("UPDATE products SET version = 2, title = '先'"))
    product.title = "后"
    with pytest.raises(StaleDataError):
        session.flush()


def test_writing_commits_and_rolls_back_on_failure(sessions: sessionmaker[Session]) -> None:
    def fail() -> None:
        with writing(sessions) as session:
            make_run(session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with reading(sessions) as session:
        assert session.scalars(select(Run)).all() == []


def test_what_was_read_stays_readable_and_what_was_written_while_reading_is_gone(
    sessions: sessionmaker[Session],
) -> None:
    with writing(sessions) as session:
        make_product(session, title="原名")
    with reading(sessions) as session:
        product = session.scalars(select(Product)).one()
        product.title = "改名"
        session.flush()
    assert product.title == "改名"
    with reading(sessions) as session:
        assert session.scalars(select(Product.title)).one() == "原名"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sqlite_keeps_foreign_keys_and_waits_for_other_writers(engine: Engine) -> None:
    with engine.connect() as connection:
        kept = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in PRAGMAS]
    assert kept == list(PRAGMAS.values())


def test_many_may_open_a_new_sqlite_file_at_once(tmp_path: Path) -> None:
    def first_look(url: str) -> object:
        engine = make_engine(url)
        try:
            with engine.connect() as connection:
                return connection.execute(text("SELECT 1")).scalar_one()
        finally:
            engine.dispose()

    # One round in thirty met "database is locked" before; twenty rounds of eight keep the test short.
    for number in range(20):
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(first_look, [f"sqlite:///{tmp_path}/{number}.db"] * 8)) == [1] * 8
