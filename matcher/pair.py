"""Any need and any product: the score between them, its reasons, and what would lift it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from matcher.engine import Explanation, Scorer, load_library
from matcher.meaning import remark_on
from matcher.models import Engine, Match, Need, Product, Run
from matcher.profiles import profile_of_need, profile_of_product, today
from matcher.queries import matches
from matcher.queries.promotions import active_weights
from matcher.queries.runs import latest_run
from matcher.remarks import Remark
from matcher.states import NeedStatus, ProductStatus, RunStatus
from scoring.errors import EncoderUnavailableError, ScoringError
from scoring.index import Index
from scoring.meaning import Meaning
from scoring.near_miss import NearMiss, near_miss
from scoring.profile import ProductProfile
from scoring.reranking import Reranking
from scoring.tfidf import TermStatistics
from scoring.weights import Weights


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair explained. ``stored``: the breakdown is the last run's. ``near_miss``: None where the match counts.

    ``engine_gone``: the engine behind a stored breakdown is no longer at hand, so that nothing is known of what would
    lift the match. ``remarks``: what a breakdown made now had to go without.
    """

    explanation: Explanation
    stored: bool
    near_miss: NearMiss | None
    engine_gone: bool = False
    remarks: Sequence[Remark] = field(default_factory=list)


def explain_pair(
    session: Session,
    need: Need,
    product: Product,
    floor: int,
    meaning: Meaning | None = None,
    reranking: Reranking | None = None,
) -> Pair:
    """The pair's stored breakdown where the last run's still holds, else one made now by the last run's engine, or by
    one over today's library where there is no such engine. ``floor`` in hundredths of a point.

    A score made now asks the reranker once. Where encoder or reranker cannot be had it goes without, and says so.
    """
    try:
        return _explained(session, need, product, floor, meaning, reranking)
    except EncoderUnavailableError as error:
        pair = _explained(session, need, product, floor, None, reranking)
        return replace(pair, remarks=[remark_on(error), *pair.remarks])


def _explained(
    session: Session,
    need: Need,
    product: Product,
    floor: int,
    meaning: Meaning | None,
    reranking: Reranking | None,
) -> Pair:
    match, last = matches.of_pair(session, need, product), latest_run(session)
    wanted, offered = profile_of_need(need), profile_of_product(product, today())
    scorer = _stored_scorer(session, offered, meaning, reranking)
    stored = match is not None and last is not None and _holds(match, last)
    if match and stored and scorer is None:
        return Pair(Explanation(match.breakdown, None), stored, None, engine_gone=True)
    scorer = scorer or _todays_scorer(session, offered, meaning, reranking)
    explanation = Explanation(match.breakdown, None) if match and stored else scorer.explain(wanted, offered)
    statistics, encoder = scorer.products.statistics, scorer.products.meaning
    reranked = _reranked(explanation.breakdown)
    lift = near_miss(wanted, offered, statistics, scorer.weights, floor, encoder, reranked)
    failure = reranking.failure if reranking else None
    remarks = [{"code": "pair-not-reranked", "detail": str(failure)}] if failure else []
    return Pair(explanation, stored, lift, remarks=remarks)


def _reranked(breakdown: Mapping[str, Any]) -> float | None:
    """What the reranker said of a pair, None where it was not asked."""
    return next((part.get("reranked") for part in breakdown.get("parts", ()) if part["part"] == "meaning"), None)


def _stored_scorer(
    session: Session, product: ProductProfile, meaning: Meaning | None, reranking: Reranking | None
) -> Scorer | None:
    """The last finished run's engine as it was stored: no library has to be read. None where there is none, or where
    this version of the program scores otherwise."""
    run = latest_run(session, RunStatus.FINISHED)
    engine = session.get(Engine, run.fingerprint) if run else None
    if engine is None:
        return None
    try:
        statistics = TermStatistics.from_bytes(engine.term_statistics)
        scorer = Scorer.for_products([product], Weights.from_json(engine.weights), statistics, meaning, reranking)
    except EncoderUnavailableError:
        raise
    except (ScoringError, ValueError):
        return None
    return scorer if scorer.fingerprint == engine.fingerprint else None


def _todays_scorer(
    session: Session, product: ProductProfile, meaning: Meaning | None, reranking: Reranking | None
) -> Scorer:
    """The engine over today's library, of which only ``product`` is embedded: somebody waits."""
    statistics = Index.build(load_library(session).products).statistics
    return Scorer.for_products([product], active_weights(session), statistics, meaning, reranking)


def _holds(match: Match, last: Run) -> bool:
    """Whether a match is what a run of today would store."""
    need, product = match.need, match.product
    on_offer = need.status is NeedStatus.OPEN and product.status is ProductStatus.LISTED
    of_today = (match.need_version, match.product_version) == (need.version, product.version)
    return on_offer and of_today and last.status is RunStatus.FINISHED and match.run_id == last.id
