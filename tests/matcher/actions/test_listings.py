"""Listings are stored once for their sellers, and marked as long as there is reason to."""

from pathlib import Path

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, sessionmaker

from matcher.actions import listings as actions
from matcher.actions.listings import DUPLICATE, THIN, import_listings
from matcher.database import utcnow
from matcher.listing_csv import ListingFile
from matcher.listing_profile import load_profile
from matcher.listings import Listing, ListingReader, seller_ref
from matcher.messages import LANGUAGES, message
from matcher.models import AuditEntry, Event, Finding, Organisation, Product
from matcher.queries.products import get_product
from matcher.states import FindingSeverity, FindingStatus, ProductStatus
from matcher.transaction import reading, writing
from tests.factories import make_organisation, make_product, make_staff
from tests.matcher.listing_samples import SELLER, TEXT

ONCE_MORE = "gzdex-12", "gzdex-15"
"""The two listings of the sample that say the same."""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "l.csv"
    path.write_text(TEXT, encoding="utf-8")
    return path


def listings(path: Path) -> list[Listing]:
    profile = load_profile("gzdex")
    return [row for row in ListingReader(ListingFile(path, profile.needed()), profile) if isinstance(row, Listing)]


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def open_findings(session: Session) -> dict[str, set[str]]:
    """References of the products that each rule marks now."""
    rows = session.execute(
        select(Finding.rule, Product.external_ref)
        .join(Product, Product.id == Finding.subject_id)
        .where(Finding.status == FindingStatus.OPEN)
    )
    marked: dict[str, set[str]] = {}
    for rule, ref in rows:
        marked.setdefault(rule, set()).add(ref)
    return marked


def counts(session: Session) -> list[int | None]:
    kinds = (Organisation, Product, Finding, AuditEntry, Event)
    return [session.scalar(select(func.count()).select_from(kind)) for kind in kinds]


def test_an_import_stores_products_with_one_organisation_for_each_seller(
    sessions: sessionmaker[Session], source: Path
) -> None:
    report = import_listings(sessions, listings(source))
    assert (report.created, report.updated, report.unchanged, report.edited) == (6, 0, 0, [])
    assert (report.sellers, report.thin, report.duplicates) == (2, 1, 2)
    with reading(sessions) as session:
        product = get_product(session, "gzdex-11")
        assert (product.organisation.name, product.organisation.external_ref) == (SELLER, seller_ref(SELLER))
        assert not product.organisation.demonstration
        assert product.status is ProductStatus.LISTED
        assert product.extra["deal_time"] == "2"


def test_a_second_import_changes_nothing(sessions: sessionmaker[Session], source: Path) -> None:
    import_listings(sessions, listings(source))
    with reading(sessions) as session:
        before = counts(session)
    report = import_listings(sessions, listings(source))
    assert (report.created, report.updated, report.unchanged, report.sellers) == (0, 0, 6, 0)
    with reading(sessions) as session:
        assert counts(session) == before


def test_a_changed_listing_is_updated_and_one_that_people_edited_is_left_alone(
    sessions: sessionmaker[Session], source: Path
) -> None:
    import_listings(sessions, listings(source))
    with writing(sessions) as session:
        get_product(session, "gzdex-13").title = "人工改过的标题"
    change(source, "0.5元/次", "0.8元/次")
    change(source, "免费", "面议")
    report = import_listings(sessions, listings(source))
    assert (report.updated, report.unchanged, report.edited) == (1, 4, ["gzdex-13"])
    with reading(sessions) as session:
        assert get_product(session, "gzdex-12").price_mode == "negotiable"
        assert get_product(session, "gzdex-13").price_text == "0.5元/次"


def test_blocks_and_views_make_no_difference(
    sessions: sessionmaker[Session], source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "BLOCK", 2)
    assert import_listings(sessions, listings(source)).created == 6
    # What an exchange counts at each visit is not content.
    change(source, ",10,4.5,2,", ",9999,4.5,2,")
    assert import_listings(sessions, listings(source)).unchanged == 6


def test_a_dry_run_says_the_same_and_stores_nothing(
    sessions: sessionmaker[Session], source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "BLOCK", 2)
    tried = import_listings(sessions, listings(source), dry_run=True)
    with reading(sessions) as session:
        assert counts(session) == [0, 0, 0, 0, 0]
    assert import_listings(sessions, listings(source)) == tried


def test_an_organisation_of_that_name_is_the_seller(sessions: sessionmaker[Session], source: Path) -> None:
    with writing(sessions) as session:
        known = make_organisation(session, name=SELLER)
        make_organisation(session, name=SELLER)
    for _ in range(2):
        import_listings(sessions, listings(source))
        with reading(sessions) as session:
            assert get_product(session, "gzdex-11").organisation_id == known.id


def test_thin_and_repeated_descriptions_are_notes_in_both_languages(
    sessions: sessionmaker[Session], source: Path
) -> None:
    import_listings(sessions, listings(source))
    with reading(sessions) as session:
        assert open_findings(session) == {THIN: {"gzdex-16"}, DUPLICATE: set(ONCE_MORE)}
        for finding in session.scalars(select(Finding)):
            assert finding.severity is FindingSeverity.NOTE
            assert all(message(finding.rule, language, **finding.details) for language in LANGUAGES)
        of_first = select(Finding).where(Finding.subject_id == get_product(session, ONCE_MORE[0]).id)
        details = session.scalars(of_first).one().details
        second = str(get_product(session, ONCE_MORE[1]).id)
        assert details == {"count": 1, "products": ONCE_MORE[1], "product_ids": [second]}


def test_findings_go_when_their_reason_goes_and_come_back_with_it(
    sessions: sessionmaker[Session], source: Path
) -> None:
    import_listings(sessions, listings(source))
    change(source, "逐月降水统计,逐月降水统计", "逐月降水统计,全省各县逐月降水量统计，含历年平均值与距平")
    change(source, "、 经营地址与登记机关", "、经营地址、登记机关与年报信息")
    report = import_listings(sessions, listings(source))
    assert (report.thin, report.duplicates) == (0, 0)
    with reading(sessions) as session:
        assert open_findings(session) == {}
    change(source, "、登记机关与年报信息", "与登记机关")
    import_listings(sessions, listings(source))
    with reading(sessions) as session:
        assert open_findings(session) == {DUPLICATE: set(ONCE_MORE)}


def test_what_staff_has_resolved_stays_resolved_until_there_is_news(
    sessions: sessionmaker[Session], source: Path
) -> None:
    import_listings(sessions, listings(source))
    with writing(sessions) as session:
        reviewer = make_staff(session)
        for finding in session.scalars(select(Finding)):
            finding.status, finding.resolved_at, finding.resolved_by = FindingStatus.RESOLVED, utcnow(), reviewer.id
    import_listings(sessions, listings(source))
    with reading(sessions) as session:
        assert open_findings(session) == {}
    change(source, "=1+1", "面议")
    with source.open("a", encoding="utf-8") as stream:
        stream.write(f"第三条,包含企业名称、统一社会信用代码、经营地址与登记机关,,{SELLER},/detail/99,,,,,,,,\n")
    import_listings(sessions, listings(source))
    with reading(sessions) as session:
        assert open_findings(session) == {DUPLICATE: {*ONCE_MORE, "gzdex-99"}}


def test_thin_is_under_15_characters_or_nothing_but_the_title(session: Session) -> None:
    seller = make_organisation(session)
    make_product(session, seller, external_ref="short", title="甲", summary="只有十四个字 的一段文字介绍")
    make_product(session, seller, external_ref="enough", title="乙", summary="刚好有十五个字的一段文字介绍。")
    make_product(session, seller, external_ref="blank", title="丙", summary="暂无")
    make_product(
        session,
        seller,
        external_ref="title",
        title="全省高速公路收费站逐日通行流量",
        summary="全省高速公路收费站 逐日通行流量",
    )
    make_product(session, seller, external_ref="gone", title="丁", summary="", status=ProductStatus.WITHDRAWN)
    assert actions.mark(session, [seller.id])[THIN] == 3
    session.flush()
    assert open_findings(session) == {THIN: {"short", "blank", "title"}}


def test_products_without_description_are_not_alike_for_that(session: Session) -> None:
    seller, other = make_organisation(session), make_organisation(session)
    for owner, title in ((seller, "甲"), (seller, "乙"), (seller, "丙"), (seller, " 丙"), (other, "甲")):
        make_product(session, owner, title=title, summary="")
    assert actions.mark(session, [seller.id, other.id])[DUPLICATE] == 2


def test_many_alike_are_all_counted_and_some_named(session: Session) -> None:
    seller = make_organisation(session)
    for _ in range(30):
        make_product(session, seller, summary="同一段足够长的、说明数据内容的文字")
    assert actions.mark(session, [seller.id])[DUPLICATE] == 30
    session.flush()
    for details in session.scalars(select(Finding.details)):
        assert (details["count"], len(details["product_ids"])) == (29, actions.MOST_NAMED)


def test_an_unchanged_import_asks_the_database_once_a_listing_and_writes_nothing(
    sessions: sessionmaker[Session], source: Path
) -> None:
    import_listings(sessions, listings(source))
    with reading(sessions) as session:
        engine = session.get_bind()
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement.split()[0].upper())

    event.listen(engine, "before_cursor_execute", note)
    import_listings(sessions, listings(source))
    event.remove(engine, "before_cursor_execute", note)
    # 6 listings; 4 reads of the block (sellers by name and by reference, products, certificates), 2 for the findings.
    assert statements.count("SELECT") == 6 + 4 + 2
    assert {"INSERT", "UPDATE", "DELETE"} & set(statements) == set()
