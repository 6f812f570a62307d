"""A run leaves the gaps that its shortlists show."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker, undefer

from matcher.actions.runs import full_run
from matcher.models import Run
from matcher.settings import Settings
from matcher.transaction import reading, writing
from tests.factories import make_need, make_organisation, make_product

DEEP_SEA = {"name": "深海热液区微生物基因测序", "items": [], "must": True}


def test_what_three_buyers_want_and_nobody_sells_is_the_first_gap_of_a_run(
    sessions: sessionmaker[Session], settings: Settings
) -> None:
    with writing(sessions) as session:
        seller = make_organisation(session)
        make_product(session, seller, title="深海热液区水温观测", summary="深海热液区的水温")
        make_product(session, seller)
        buyers = [str(make_need(session, title=f"研究{n}", elements=[DEEP_SEA]).organisation_id) for n in range(3)]
        make_need(session, elements=[{"name": "珠峰冰芯同位素", "items": []}])
        seller_id = str(seller.id)
    full_run(sessions, replace(settings, embeddings="off"))
    with reading(sessions) as session:
        first, *others = session.scalars(select(Run).options(undefer(Run.gaps))).one().gaps
    assert (first["label"], first["buyer_count"], first["need_count"]) == (DEEP_SEA["name"], 3, 3)
    assert sorted(first["buyers"]) == sorted(buyers)
    assert [seller["seller"] for seller in first["sellers"]] == [seller_id]
    assert [gap["label"] for gap in others] == ["珠峰冰芯同位素"]


def test_the_floor_decides_which_needs_are_served(sessions: sessionmaker[Session], settings: Settings) -> None:
    with writing(sessions) as session:
        make_product(session)
        make_need(session)
    found = []
    for floor in (0, 10_000):
        full_run(sessions, replace(settings, embeddings="off", floor=floor))
        with reading(sessions) as session:
            newest = select(Run).options(undefer(Run.gaps)).order_by(Run.id.desc()).limit(1)
            found.append(len(session.scalars(newest).one().gaps))
    assert found == [0, 1], "another floor is another result, so the run is not skipped"
