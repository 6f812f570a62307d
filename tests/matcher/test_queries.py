"""Lists: always in one order, whole pages, a constant number of statements."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from matcher.errors import AmbiguousReferenceError, InvalidInputError, NotFoundError
from matcher.models import Need, Product
from matcher.queries import matches
from matcher.queries.findings import count_open, open_findings
from matcher.queries.needs import NeedOrder, count_needs, get_need, get_shortlist, list_needs
from matcher.queries.products import ProductOrder, count_products, get_product, list_products
from matcher.queries.runs import latest_run, list_runs
from matcher.states import MatchStatus, NeedStatus, ProductKind, ProductStatus, RunStatus
from tests.factories import make_match, make_need, make_organisation, make_product, make_run


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """The statements that the block sends."""
    sent: list[str] = []

    def note(*arguments: Any) -> None:
        if arguments[2] != "BEGIN":  # sent by ourselves on SQLite only
            sent.append(arguments[2])

    event.listen(session.get_bind(), "before_cursor_execute", note)
    yield sent
    event.remove(session.get_bind(), "before_cursor_execute", note)


def pages(page: Callable[[Any], list[Any]], as_text: bool) -> list[Any]:
    """All rows, page by page, the places travelling as they are or as text."""
    rows: list[Any] = []
    after = None
    while found := page(after):
        rows += found
        after = tuple(key if isinstance(key, int) else str(key) for key in found[-1].key) if as_text else found[-1].key
    return rows


@pytest.mark.parametrize("order", list(NeedOrder))
@pytest.mark.parametrize("as_text", [False, True])
def test_pages_of_needs_hold_every_need_once_in_order(session: Session, order: NeedOrder, as_text: bool) -> None:
    buyer, run = make_organisation(session), make_run(session)
    for number in range(7):
        need = make_need(session, buyer, external_ref=f"N{number % 3}-{number}")
        if number % 2:
            make_match(session, need, score=5000 if number < 4 else 100, run_id=run.id)
    whole = list_needs(session, order=order, limit=None)
    paged = pages(lambda after: list_needs(session, order=order, after=after, limit=2), as_text)
    assert [row.need.id for row in paged] == [row.need.id for row in whole]
    assert len(whole) == 7
    if order is NeedOrder.BEST_SCORE:
        assert [row.best_score for row in whole] == [5000, 5000, 100, None, None, None, None]


@pytest.mark.parametrize("order", list(ProductOrder))
def test_pages_of_products_hold_every_product_once_in_order(session: Session, order: ProductOrder) -> None:
    for _ in range(5):
        make_product(session)
    whole = list_products(session, order=order, limit=None)
    paged = pages(lambda after: list_products(session, order=order, after=after, limit=2), as_text=True)
    assert [row.product.id for row in paged] == [row.product.id for row in whole]


@pytest.mark.parametrize("after", [("x", "y"), ("x",), (1, 2), ("N", None), (None, "N", 3)])
def test_a_place_that_is_none_is_refused(session: Session, after: tuple[Any, ...]) -> None:
    with pytest.raises(InvalidInputError, match="cursor"):
        list_needs(session, after=after)


def test_a_list_costs_as_many_statements_for_many_rows_as_for_one(session: Session) -> None:
    run = make_run(session)
    counts = []
    for rows in (1, 6):
        for _ in range(rows):
            make_match(session, run_id=run.id)
        session.commit()
        session.expire_all()
        with statements(session) as sent:
            for row in list_needs(session):
                assert row.best
                assert row.best.product.title
                assert row.need.organisation.name
            for product_row in list_products(session):
                assert product_row.product.organisation.name
                assert product_row.product.certificates == []
        counts.append(len(sent))
    assert counts[0] == counts[1] == 6


def test_a_need_tells_how_it_stands(session: Session) -> None:
    need, run = make_need(session), make_run(session)
    scores = {5000: MatchStatus.PROPOSED, 3500: MatchStatus.APPROVED, 3499: MatchStatus.PROPOSED}
    for rank, (score, status) in enumerate(scores.items(), 1):
        make_match(session, need, score=score, rank=rank, status=status, run_id=run.id)
    make_match(session, need, score=9000, rank=None, status=MatchStatus.REJECTED, run_id=run.id)
    (row,) = list_needs(session, floor=3500)
    assert (row.best_score, row.at_floor) == (5000, 2)
    assert row.counts == {MatchStatus.PROPOSED: 2, MatchStatus.APPROVED: 1, MatchStatus.REJECTED: 1}
    shortlist = get_shortlist(session, need)
    assert shortlist is not None
    assert shortlist is row.shortlist


def test_lists_are_filtered(session: Session) -> None:
    one = make_need(session, title="隧道100%监测", sectors=["transport"], status=NeedStatus.CLOSED)
    make_need(session, title="电力负荷预测", sectors=["energy"])
    found = [
        list_needs(session, text="100%"),
        list_needs(session, text=one.external_ref.lower()),
        list_needs(session, sector="transport"),
        list_needs(session, status=NeedStatus.CLOSED),
    ]
    assert [[row.need.id for row in rows] for rows in found] == [[one.id]] * 4
    assert list_needs(session, sector="trans_ort") == list_needs(session, text="1__%") == []
    product = make_product(session, title="隧道模型", kind=ProductKind.MODEL, sectors=["transport"])
    make_product(session, status=ProductStatus.DRAFT)
    listed = [
        list_products(session, text="隧道"),
        list_products(session, kind=ProductKind.MODEL),
        list_products(session, sector="transport"),
        list_products(session, status=ProductStatus.LISTED),
        list_products(session, organisation_id=product.organisation_id),
    ]
    assert [[row.product.id for row in rows] for rows in listed] == [[product.id]] * 5
    assert (count_needs(session), count_needs(session, NeedStatus.OPEN)) == (2, 1)
    assert (count_products(session), count_products(session, ProductStatus.LISTED)) == (2, 1)


def test_a_row_is_found_by_id_and_by_reference(session: Session) -> None:
    need, product = make_need(session, external_ref="SC-01"), make_product(session, external_ref="GZ-01")
    assert get_need(session, str(need.id)) is get_need(session, "SC-01") is get_need(session, need.id) is need
    assert get_product(session, str(product.id)) is get_product(session, "GZ-01") is product


def test_a_missing_row_and_a_reference_in_use_twice_are_told_apart(session: Session) -> None:
    with pytest.raises(NotFoundError, match="no need 'SC-01'"):
        get_need(session, "SC-01")
    ids = sorted(str(make_need(session, external_ref="SC-01").id) for _ in range(2))
    with pytest.raises(AmbiguousReferenceError) as ambiguous:
        get_need(session, "SC-01")
    assert list(ambiguous.value.ids) == ids


def test_a_shortlist_is_in_order_of_rank_and_its_leavers_come_last(session: Session) -> None:
    need, run = make_need(session), make_run(session)
    left = make_match(session, need, score=9000, rank=None, status=MatchStatus.APPROVED, run_id=run.id)
    ranked = [make_match(session, need, score=score, rank=rank, run_id=run.id) for rank, score in ((2, 10), (1, 20))]
    assert matches.shortlist(session, need) == [ranked[1], ranked[0], left]
    assert matches.shortlist(session, need, status=MatchStatus.APPROVED) == [left]
    assert matches.shortlist(session, need, after=matches.rank_key(ranked[1]), limit=1) == [ranked[0]]
    assert matches.shortlist(session, need, after=matches.rank_key(ranked[0])) == [left]


def test_a_products_matches_are_in_order_of_score(session: Session) -> None:
    product, run = make_product(session), make_run(session)
    found = [make_match(session, product=product, score=score, run_id=run.id) for score in (10, 30, 30)]
    expected = [found[1], found[2], found[0]]
    assert matches.for_product(session, product) == expected
    assert matches.for_product(session, product, after=matches.score_key(found[1])) == expected[1:]
    (row,) = list_products(session)
    assert (row.best_score, row.counts) == (30, {MatchStatus.PROPOSED: 3})


def test_a_match_comes_whole_in_one_go(session: Session) -> None:
    match_id = make_match(session).id
    session.commit()
    session.expire_all()
    with statements(session) as sent:
        match = matches.get_match(session, str(match_id))
        assert match.need.organisation.name
        assert match.product.organisation.name
        assert match.product.certificates == []
    assert len(sent) == 2
    assert matches.of_pair(session, match.need, match.product) is match


@pytest.mark.parametrize("key", ["x", "01890000-0000-7000-8000-000000000000"])
def test_a_missing_match_is_named(session: Session, key: str) -> None:
    with pytest.raises(NotFoundError, match=f"no match '{key}'"):
        matches.get_match(session, key)


def test_the_latest_run_is_the_one_that_began_last(session: Session) -> None:
    assert latest_run(session) is None
    finished, failed = make_run(session), make_run(session, status=RunStatus.FAILED)
    assert latest_run(session) is failed
    assert latest_run(session, RunStatus.FINISHED) is finished
    assert list_runs(session, limit=5) == [failed, finished]


def test_no_findings_are_open_at_first(session: Session) -> None:
    assert (open_findings(session), count_open(session)) == ([], 0)


def test_orders_are_stable_where_every_key_is_equal(session: Session) -> None:
    sellers = [make_organisation(session) for _ in range(3)]
    rows: list[Product | Need] = [make_product(session, seller, external_ref="SAME") for seller in sellers]
    assert [row.product for row in list_products(session)] == sorted(rows, key=lambda row: row.id)
