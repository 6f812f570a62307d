"""Migrations on both databases: what they build is what the models say, and they are safe to repeat and to race."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DatabaseError

from matcher.database import Base, make_engine
from migrations import apply
from migrations.lock import migrating


@pytest.fixture
def bare(bare_database_url: str) -> Iterator[Engine]:
    engine = make_engine(bare_database_url)
    yield engine
    engine.dispose()


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def test_a_fresh_database_has_no_revision(bare: Engine) -> None:
    assert apply.current(bare) is None
    assert not apply.is_current(bare)


def test_the_migrated_database_is_what_the_models_say(bare: Engine) -> None:
    apply.upgrade(bare)
    assert apply.is_current(bare)
    assert differences(bare) == []


def test_down_and_up_again_leads_to_the_same_tables(bare: Engine) -> None:
    apply.upgrade(bare)
    apply.downgrade(bare, "base")
    assert inspect(bare).get_table_names() == ["alembic_version"]
    apply.upgrade(bare)
    assert differences(bare) == []


def test_a_second_upgrade_changes_nothing(bare: Engine) -> None:
    apply.upgrade(bare)
    with bare.begin() as connection:
        connection.execute(text("INSERT INTO engines VALUES ('f', '2026-01-01 00:00:00', '{}', '')"))
    apply.upgrade(bare)
    with bare.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM engines")).scalar_one() == 1


def test_upgrades_at_the_same_time_wait_for_each_other(bare_database_url: str) -> None:
    def upgrade(_: int) -> str | None:
        engine = make_engine(bare_database_url)
        try:
            apply.upgrade(engine)
            return apply.current(engine)
        finally:
            engine.dispose()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(upgrade, range(4))) == [apply.head()] * 4


def test_a_failed_migration_leaves_nothing_behind(bare: Engine) -> None:
    def fail_half_way() -> None:
        with migrating(bare) as connection:
            connection.execute(text("CREATE TABLE half (id integer)"))
            connection.execute(text("SELECT * FROM nowhere"))

    with pytest.raises(DatabaseError):
        fail_half_way()
    assert inspect(bare).get_table_names() == []


@pytest.mark.parametrize("bare_database_url", ["sqlite"], indirect=True)
def test_foreign_keys_hold_again_after_a_migration(bare: Engine) -> None:
    apply.upgrade(bare)
    with bare.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


def test_a_migration_that_orphans_rows_on_sqlite_is_refused(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    try:
        with pytest.raises(RuntimeError, match="1 rows without the row they refer to, in runs"), migrating(engine) as c:
            c.execute(
                text(
                    "INSERT INTO runs (id, status, fingerprint, library_hash, needs_total, needs_done, products_total, "
                    "matches_stored, started_at, created_at) VALUES ('1', 'running', 'gone', '', 0, 0, 0, 0, '', '')"
                )
            )
    finally:
        engine.dispose()


@pytest.mark.postgresql
@pytest.mark.parametrize("bare_database_url", ["postgresql"], indirect=True)
def test_locks_and_statements_are_limited_on_postgresql(bare: Engine) -> None:
    with migrating(bare) as connection:
        assert connection.execute(text("SHOW lock_timeout")).scalar_one() == "10s"
        assert connection.execute(text("SHOW statement_timeout")).scalar_one() == "10min"
