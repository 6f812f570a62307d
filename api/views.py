"""What the console and the API both show of a match: row, explanation, last ruling, and whether it is stale."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from api.explanation import Explanation, explain
from api.language import current_language
from matcher.models import Decision, Match, Need, Product
from matcher.queries.decisions import latest_decisions
from matcher.queries.matches import alike_products
from matcher.queries.runs import latest_run
from matcher.sentence import sentence
from matcher.states import RunStatus


@dataclass(frozen=True)
class MatchView:
    """A match with all that is said about it. ``stale``: a side or the engine has moved on since it was scored.

    ``alike``: the products that say the same and stand behind the match's.
    """

    match: Match
    decision: Decision | None
    stale: bool
    alike: Sequence[Product] = ()

    @property
    def need(self) -> Need:
        """The demand side."""
        return self.match.need

    @property
    def product(self) -> Product:
        """The supply side."""
        return self.match.product

    @cached_property
    def explanation(self) -> Explanation:
        """The breakdown in the reader's language."""
        return explain(self.match.breakdown)

    @cached_property
    def sentence(self) -> str:
        """The breakdown in one sentence of the reader's language, plain text."""
        return sentence(self.match.breakdown, current_language())


def view_matches(session: Session, matches: Sequence[Match]) -> list[MatchView]:
    """Views of ``matches`` in their order; three statements however many there are."""
    if not matches:
        return []
    decisions = latest_decisions(session, [match.id for match in matches])
    run = latest_run(session, RunStatus.FINISHED)
    engine = run.fingerprint if run is not None else None
    alike = alike_products(session, matches)
    return [MatchView(match, decisions.get(match.id), _is_stale(match, engine), alike[match.id]) for match in matches]


def _is_stale(match: Match, engine: str | None) -> bool:
    return (
        match.need_version != match.need.version
        or match.product_version != match.product.version
        or (engine is not None and match.fingerprint != engine)
    )
