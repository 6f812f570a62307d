"""The shipped library goes in once, and stays as people leave it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from matcher.database import make_engine, make_sessions
from matcher.files import InvalidFileError
from matcher.models import AuditEntry, Certificate, Event, Finding, Need, Organisation, Product, Scenario
from matcher.states import FindingSeverity, NeedStatus, OrganisationRole, ProductStatus
from matcher.transaction import reading, writing
from seeds.library import DATA, UNNAMED_PROVIDER
from seeds.load import Report, load
from tests.factories import make_product

# 116 names of providers in the catalogue less the unnamed one, 6 demonstration buyers, and the exchange.
ORGANISATIONS = 115 + 6 + 1
ROWS = ORGANISATIONS + 23 + 23 + 127


@pytest.fixture
def sqlite_sessions(sqlite_url: str) -> Iterator[sessionmaker[Session]]:
    engine: Engine = make_engine(sqlite_url)
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files to change."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def counts(session: Session) -> dict[str, int]:
    kinds = (Organisation, Scenario, Need, Product, Certificate, Finding, AuditEntry, Event)
    return {kind.__name__: session.scalar(select(func.count()).select_from(kind)) or 0 for kind in kinds}


def edit_lines(path: Path, change: Any) -> None:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    change(rows)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def test_the_whole_library_is_loaded(sessions: sessionmaker[Session]) -> None:
    report = load(sessions)
    assert (report.created, report.updated, report.unchanged, report.edited) == (ROWS, 0, 0, [])
    with reading(sessions) as session:
        found = counts(session)
        assert found["Product"] == 127
        assert found["Need"] == found["Scenario"] == 23
        assert found["Organisation"] == ORGANISATIONS
        # 17 listings print a number each (10 lists are empty).
        assert found["Certificate"] == 17
        assert found["AuditEntry"] == ROWS
        assert found["Event"] == 127 + 23


def test_a_second_load_changes_nothing(sessions: sessionmaker[Session]) -> None:
    load(sessions)
    with reading(sessions) as session:
        before = counts(session)
        versions = session.execute(select(Product.id, Product.version, Product.updated_at).order_by(Product.id)).all()
    report = load(sessions)
    assert report == Report(created=0, updated=0, unchanged=ROWS, edited=[], findings=report.findings)
    with reading(sessions) as session:
        assert counts(session) == before
        again = session.execute(select(Product.id, Product.version, Product.updated_at).order_by(Product.id)).all()
        assert again == versions


def test_a_changed_row_of_the_file_is_updated(sqlite_sessions: sessionmaker[Session], folder: Path) -> None:
    load(sqlite_sessions, folder=folder)

    def change(rows: list[dict[str, Any]]) -> None:
        rows[0]["title"] = "隧道数字孪生仿真应用模型（新版）"

    edit_lines(folder / "products.jsonl", change)
    report = load(sqlite_sessions, folder=folder)
    assert (report.created, report.updated, report.unchanged, report.edited) == (0, 1, ROWS - 1, [])
    with reading(sqlite_sessions) as session:
        product = session.scalars(select(Product).where(Product.external_ref == "GZ-01")).one()
        assert product.title.endswith("（新版）")


def rename_provider(rows: list[dict[str, Any]]) -> None:
    rows[0]["provider"] += "（更名）"


def test_a_corrected_provider_keeps_one_listing_that_moves_and_is_updated(
    sqlite_sessions: sessionmaker[Session], folder: Path
) -> None:
    load(sqlite_sessions, folder=folder)
    with reading(sqlite_sessions) as session:
        before = session.scalars(select(Product).where(Product.external_ref == "GZ-01")).one()
    edit_lines(folder / "products.jsonl", rename_provider)
    report = load(sqlite_sessions, folder=folder)
    # The organisation of the new name; the one of the old name stays as it was, where it has no other listing too.
    assert (report.created, report.updated, report.edited) == (1, 1, [])
    with reading(sqlite_sessions) as session:
        product = session.scalars(select(Product).where(Product.external_ref == "GZ-01")).one()
        assert product.id == before.id
        assert product.organisation.name == product.provider == f"{before.provider}（更名）"
        assert counts(session)["Product"] == 127
        moved = session.scalars(select(AuditEntry).where(AuditEntry.action == "product.moved")).one()
        assert (moved.subject_id, moved.details["to_organisation"]) == (product.id, product.organisation.external_ref)
    again = load(sqlite_sessions, folder=folder)
    assert (again.created, again.updated, again.edited) == (0, 0, [])


def test_a_listing_that_people_edited_does_not_move_unless_forced(
    sqlite_sessions: sessionmaker[Session], folder: Path
) -> None:
    load(sqlite_sessions, folder=folder)
    with writing(sqlite_sessions) as session:
        product = session.scalars(select(Product).where(Product.external_ref == "GZ-01")).one()
        product.title, seller = "人工改过的标题", product.organisation_id
    edit_lines(folder / "products.jsonl", rename_provider)
    assert load(sqlite_sessions, folder=folder).edited == ["product GZ-01"]
    with reading(sqlite_sessions) as session:
        kept = session.scalars(select(Product).where(Product.external_ref == "GZ-01")).one()
        assert (kept.title, kept.organisation_id) == ("人工改过的标题", seller)
    assert load(sqlite_sessions, folder=folder, force=True).updated == 1
    with reading(sqlite_sessions) as session:
        assert session.scalars(select(Product).where(Product.external_ref == "GZ-01")).one().organisation_id != seller


def test_another_sellers_listing_with_the_same_reference_stays_with_its_seller(
    sqlite_sessions: sessionmaker[Session],
) -> None:
    with writing(sqlite_sessions) as session:
        other = make_product(session, external_ref="GZ-01").id
    load(sqlite_sessions)
    with reading(sqlite_sessions) as session:
        assert session.get_one(Product, other).title != "隧道数字孪生仿真应用模型"
        assert counts(session)["Product"] == 128


def test_a_row_that_people_edited_is_left_alone_and_reported_unless_forced(
    sqlite_sessions: sessionmaker[Session],
) -> None:
    load(sqlite_sessions)
    with writing(sqlite_sessions) as session:
        session.scalars(select(Need).where(Need.external_ref == "SC-07")).one().title = "人工改过的标题"
    report = load(sqlite_sessions)
    assert report.edited == ["need SC-07"]
    with reading(sqlite_sessions) as session:
        assert session.scalars(select(Need).where(Need.external_ref == "SC-07")).one().title == "人工改过的标题"
    forced = load(sqlite_sessions, force=True)
    assert (forced.updated, forced.edited) == (1, [])
    with reading(sqlite_sessions) as session:
        assert session.scalars(select(Need).where(Need.external_ref == "SC-07")).one().title != "人工改过的标题"


def test_both_products_with_the_same_number_are_kept_and_flagged(sqlite_sessions: sessionmaker[Session]) -> None:
    load(sqlite_sessions)
    with reading(sqlite_sessions) as session:
        holders = session.scalars(select(Certificate.product_id).where(Certificate.number == "SZ2024120009738.5")).all()
        assert len(holders) == 2
        found = session.scalars(select(Finding).order_by(Finding.id)).all()
        assert {finding.subject_id for finding in found} == set(holders)
        assert {finding.rule for finding in found} == {"certificate-number-duplicate"}
        assert {finding.severity for finding in found} == {FindingSeverity.HOLD}


def test_every_scenario_is_an_open_need_of_its_demonstration_buyer(sqlite_sessions: sessionmaker[Session]) -> None:
    load(sqlite_sessions)
    with reading(sqlite_sessions) as session:
        needs = session.scalars(select(Need).order_by(Need.external_ref)).all()
        assert [need.external_ref for need in needs] == [f"SC-{number:02}" for number in range(1, 24)]
        assert {need.status for need in needs} == {NeedStatus.OPEN}
        assert all(need.scenario is not None and need.scenario.code == need.external_ref for need in needs)
        buyers = {need.external_ref: need.organisation for need in needs}
        assert all(buyer.demonstration and "演示" in buyer.name for buyer in buyers.values())
        assert buyers["SC-17"] is buyers["SC-20"] is not buyers["SC-21"]


def test_every_organisation_has_a_demonstration_contact_at_example_org(sqlite_sessions: sessionmaker[Session]) -> None:
    load(sqlite_sessions)
    with reading(sqlite_sessions) as session:
        for organisation in session.scalars(select(Organisation)):
            assert organisation.demonstration
            assert (organisation.contact_email or "").endswith("@example.org")
            assert set(organisation.preferences) == {"digest", "floor", "cap"}


def test_listings_without_a_provider_belong_to_the_exchange(sqlite_sessions: sessionmaker[Session]) -> None:
    load(sqlite_sessions)
    with reading(sqlite_sessions) as session:
        exchange = session.scalars(select(Organisation).where(Organisation.external_ref == UNNAMED_PROVIDER)).one()
        assert exchange.roles == [OrganisationRole.EXCHANGE]
        listed = session.scalars(select(Product).where(Product.organisation_id == exchange.id)).all()
        assert len(listed) == 10
        assert {(product.provider, product.status) for product in listed} == {(None, ProductStatus.LISTED)}


def test_words_of_the_catalogue_become_codes(sqlite_sessions: sessionmaker[Session]) -> None:
    load(sqlite_sessions)
    with reading(sqlite_sessions) as session:
        product = session.scalars(select(Product).where(Product.region_text == "贵州省万峰林及所在州")).one()
        assert product.regions == ["522301", "522300"]
        assert all(product.sectors for product in session.scalars(select(Product)))


def test_progress_is_told_every_row(sqlite_sessions: sessionmaker[Session]) -> None:
    told: list[tuple[int, int]] = []
    load(sqlite_sessions, progress=lambda done, total: told.append((done, total)))
    assert told == [(done, ROWS) for done in range(1, ROWS + 1)]


def test_a_bad_row_leaves_nothing_behind(sqlite_sessions: sessionmaker[Session], folder: Path) -> None:
    with (folder / "products.jsonl").open("a", encoding="utf-8") as stream:
        stream.write('{"id": "X-1"}\n')
    with pytest.raises(InvalidFileError) as raised:
        load(sqlite_sessions, folder=folder, language="en")
    assert [(p.line, p.field, p.code) for p in raised.value.problems] == [(128, "title", "required")]
    with reading(sqlite_sessions) as session:
        assert set(counts(session).values()) == {0}


def test_a_scenario_without_a_buyer_is_refused(sqlite_sessions: sessionmaker[Session], folder: Path) -> None:
    def change(rows: list[dict[str, Any]]) -> None:
        rows.append(rows[0] | {"id": "SC-99"})

    edit_lines(folder / "scenarios.jsonl", change)
    with pytest.raises(InvalidFileError, match="SC-99"):
        load(sqlite_sessions, folder=folder)
