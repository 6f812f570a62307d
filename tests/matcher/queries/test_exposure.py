"""Exposure: shares of places against shares of supply."""

import pytest
from sqlalchemy.orm import Session

from matcher.queries.exposure import exposure
from matcher.states import ProductStatus
from tests.factories import make_match, make_need, make_organisation, make_product, make_run


def test_each_seller_has_its_shares_and_the_most_exposed_for_its_supply_is_first(session: Session) -> None:
    """Of 4 listed products A has 3, B 1. B heads one of two shortlists: (1/2) ÷ (1/4) = 2; A: (1/2) ÷ (3/4) = 2/3."""
    a, b, c = (make_organisation(session, name=name) for name in "ABC")
    of_a = [make_product(session, a) for _ in range(3)]
    of_b = make_product(session, b)
    make_product(session, c, status=ProductStatus.WITHDRAWN)
    first, second, run = make_need(session), make_need(session), make_run(session)
    for need, product, rank in [
        (first, of_a[0], 1),
        (first, of_a[1], 2),
        (first, of_b, 11),
        (second, of_b, 1),
        (second, of_a[2], 10),
    ]:
        make_match(session, need, product, rank=rank, run_id=run.id)
    rows = exposure(session)
    assert [(row.seller.name, row.supply, row.first_places, row.page_places) for row in rows] == [
        ("B", 1, 1, 1),
        ("A", 3, 1, 3),
    ]
    assert [row.ratio for row in rows] == pytest.approx([2, 2 / 3])
    assert [row.page_share for row in rows] == [0.25, 0.75]
    assert [row.supply_share for row in rows] == [0.25, 0.75]


def test_a_seller_without_places_has_ratio_nought_and_one_without_supply_none(session: Session) -> None:
    idle, gone = make_organisation(session, name="idle"), make_organisation(session, name="gone")
    make_product(session, idle)
    left = make_match(session, product=make_product(session, gone, status=ProductStatus.WITHDRAWN))
    assert [(row.seller.name, row.ratio) for row in exposure(session)] == [("idle", 0.0), ("gone", None)]
    left.rank = None
    session.flush()
    assert [row.seller.name for row in exposure(session)] == ["idle"]


def test_an_empty_library_has_no_exposure(session: Session) -> None:
    assert exposure(session) == []
