"""Storing shortlists: a match's version tells a reviewer whether it is still what was looked at."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.actions.shortlists import store_block
from matcher.engine import Scored, Shortlist
from matcher.models import Engine, Match, Run
from matcher.states import MatchStatus
from tests.factories import breakdown, make_match, make_need, make_product, make_run

OTHER_ENGINE = "0" * 64


@pytest.mark.parametrize(("change", "version"), [(None, 1), ("score", 2), ("engine", 2), ("need", 2), ("product", 2)])
def test_the_version_rises_where_score_engine_need_or_product_differ(
    session: Session, change: str | None, version: int
) -> None:
    match = make_match(session, score=5000)
    session.add(Engine(fingerprint=OTHER_ENGINE, weights={}, term_statistics=b""))
    session.flush()
    run: Run = make_run(session, fingerprint=OTHER_ENGINE if change == "engine" else match.fingerprint)
    need, product, score = str(match.need_id), str(match.product_id), 4999 if change == "score" else 5000
    versions = {need: 2 if change == "need" else 1, product: 2 if change == "product" else 1}
    store_block(session, run, [Shortlist(need, [Scored(product, score, breakdown(score))], None)], versions)
    assert session.scalars(select(Match.version)).one() == version


def test_what_stands_behind_a_match_is_stored_with_it_and_has_no_match_of_its_own(session: Session) -> None:
    need, best, behind = make_need(session), make_product(session), make_product(session)
    run = make_run(session)
    versions = {str(row.id): 1 for row in (need, best, behind)}
    scored = Scored(str(best.id), 5000, breakdown(5000), [str(behind.id)])
    store_block(session, run, [Shortlist(str(need.id), [scored], None)], versions)
    (match,) = session.scalars(select(Match)).all()
    assert (match.product_id, match.alike) == (best.id, [str(behind.id)])


def test_a_decided_match_that_goes_behind_another_is_kept_without_a_rank(session: Session) -> None:
    need, best, behind = make_need(session), make_product(session), make_product(session)
    decided = make_match(session, need, behind, status=MatchStatus.APPROVED, alike=[str(best.id)])
    run = make_run(session)
    versions = {str(row.id): 1 for row in (need, best, behind)}
    scored = Scored(str(best.id), 5000, breakdown(5000), [str(behind.id)])
    store_block(session, run, [Shortlist(str(need.id), [scored], None)], versions)
    session.refresh(decided)
    assert (decided.status, decided.rank, decided.alike) == (MatchStatus.APPROVED, None, [])
