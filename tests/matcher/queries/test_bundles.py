"""Stored bundles with the rows of their members."""

from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from matcher.models import Product, Shortlist
from matcher.queries.bundles import stored_bundles
from tests.factories import bundle, make_match, make_product


def shortlist_with(session: Session, *bundles: dict[str, Any]) -> Shortlist:
    match = make_match(session)
    shortlist = session.get_one(Shortlist, match.need_id)
    shortlist.bundles = list(bundles)
    session.flush()
    return shortlist


def test_members_and_conflicts_come_with_their_rows(session: Session) -> None:
    first, second = make_product(session), make_product(session)
    conflict = {"kind": "deal", "products": [str(second.id), str(first.id)], "values": [["trade"], ["share"]]}
    stored = bundle([first, second], conflicts=[conflict])
    (found,) = stored_bundles(session, shortlist_with(session, stored))
    assert [product for product, _ in found.members] == [first, second]
    assert found.members[0][1] == stored["members"][0]["adds"]
    assert found.conflicts == [("deal", [(second, ["trade"]), (first, ["share"])])]


def test_a_bundle_of_which_a_product_is_gone_is_left_out(session: Session) -> None:
    first, second, third = (make_product(session) for _ in range(3))
    shortlist = shortlist_with(session, bundle([first, second]), bundle([first, third]))
    session.execute(delete(Product).where(Product.id == second.id))
    (found,) = stored_bundles(session, shortlist)
    assert [product for product, _ in found.members] == [first, third]


def test_before_the_first_run_there_is_none(session: Session) -> None:
    assert stored_bundles(session, None) == []
    assert stored_bundles(session, shortlist_with(session)) == []
