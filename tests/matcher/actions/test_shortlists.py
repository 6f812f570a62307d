"""Storing shortlists: a match's version tells a reviewer whether it is still what was looked at."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.actions.shortlists import store_block
from matcher.engine import Scored, Shortlist
from matcher.models import Engine, Match, Run
from tests.factories import breakdown, make_match, make_run

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
