"""Reading gaps: rows in place of ids, in few statements."""

from typing import Any

from sqlalchemy.orm import Session

from matcher.database import new_id
from matcher.models import Need, Product
from matcher.queries.gaps import latest_gaps
from matcher.states import RunStatus
from tests.factories import make_need, make_product, make_run
from tests.matcher.test_queries import statements


def stored(needs: list[Need], products: list[Product], **fields: Any) -> dict[str, Any]:
    """A gap as a run stores it."""
    return {
        "label": "深海",
        "phrases": ["深海", "深海数据"],
        "needs": [str(need.id) for need in needs],
        "need_count": len(needs),
        "buyers": [str(need.organisation_id) for need in needs],
        "buyer_count": len(needs),
        "sectors": ["science"],
        "share": 0.25,
        "sellers": [
            {"seller": str(product.organisation_id), "product": str(product.id), "share": 0.25, "similarity": 0.5}
            for product in products
        ],
    } | fields


def test_before_the_first_finished_run_there_are_none(session: Session) -> None:
    make_run(session, status=RunStatus.FAILED, gaps=[stored([], [])])
    assert latest_gaps(session) == (None, [])


def test_the_latest_finished_run_tells_them_in_its_order_with_their_rows(session: Session) -> None:
    need, product = make_need(session), make_product(session)
    make_run(session, gaps=[])
    newest = make_run(session, gaps=[stored([need], [product]), stored([], [], label="冰芯")])
    make_run(session, status=RunStatus.RUNNING, gaps=[])
    run, (first, second) = latest_gaps(session)
    assert run == newest
    assert (first.label, first.needs, first.buyers) == ("深海", [need], [need.organisation])
    assert [(seller.product, seller.share, seller.similarity) for seller in first.sellers] == [(product, 0.25, 0.5)]
    assert (second.label, second.needs, second.sellers) == ("冰芯", [], [])


def test_rows_that_are_gone_are_left_out_and_the_counts_stay(session: Session) -> None:
    need, product = make_need(session), make_product(session)
    gone = stored([need], [product])
    gone |= {"needs": [str(new_id()), *gone["needs"]], "need_count": 2}
    gone["sellers"] = [gone["sellers"][0] | {"product": str(new_id())}]
    make_run(session, gaps=[gone])
    _, (gap,) = latest_gaps(session)
    assert (gap.needs, gap.need_count, gap.sellers) == ([need], 2, [])


def test_many_gaps_take_no_more_statements_than_one(session: Session) -> None:
    gaps = [stored([make_need(session)], [make_product(session)]) for _ in range(5)]
    make_run(session, gaps=gaps)
    session.expire_all()
    with statements(session) as sent:
        _, found = latest_gaps(session)
        for gap in found:
            assert [need.organisation.name for need in gap.needs] == [buyer.name for buyer in gap.buyers]
            assert [seller.product.organisation.name for seller in gap.sellers]
    assert len(sent) == 4
