"""The gaps in supply that a run leaves: what the engine finds over the library and the shortlists just stored."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.engine import Library, Scorer
from matcher.models import Run, Shortlist
from scoring import gap


def find_gaps(session: Session, run: Run, library: Library, scorer: Scorer, floor: int) -> list[dict[str, Any]]:
    """The gaps as stored (scoring.gap.Gap.to_json), once ``run`` has stored all its shortlists.

    ``floor``: hundredths of a point from which a match serves. One statement, and some 15 s for 10,000 needs of five
    elements each over as many products.
    """
    scores = select(Shortlist.need_id, Shortlist.best_score).where(Shortlist.run_id == run.id)
    best = {str(need_id): score for need_id, score in session.execute(scores) if score is not None}
    found = gap.find_gaps(library.needs, scorer.products, scorer.weights, best, floor)
    return [one.to_json() for one in found]
