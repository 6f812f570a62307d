"""From rows to what the response schemas dump: scores as points, counts by name."""

from collections.abc import Mapping
from typing import Any

from api.rest.schemas import as_points
from api.views import MatchView
from matcher.queries.needs import NeedRow
from matcher.queries.products import ProductRow
from matcher.states import MatchStatus


def need_row(row: NeedRow) -> dict[str, Any]:
    """A need in a list."""
    return {
        "need": row.need,
        "best_score": as_points(row.best_score) if row.best_score is not None else None,
        "best_product": row.best.product if row.best is not None else None,
        "at_floor": row.at_floor,
        "matches": _counts(row.counts),
    }


def product_row(row: ProductRow) -> dict[str, Any]:
    """A product in a list."""
    return {
        "product": row.product,
        "best_score": as_points(row.best_score) if row.best_score is not None else None,
        "matches": _counts(row.counts),
    }


def match_item(view: MatchView) -> dict[str, Any]:
    """A match with its breakdown and last ruling."""
    match = view.match
    return {
        "id": match.id,
        "rank": match.rank,
        "score": as_points(match.score),
        "status": match.status,
        "need": match.need,
        "product": match.product,
        "sentence": view.sentence,
        "breakdown": breakdown_item(match.breakdown),
        "alike": view.alike,
        "fingerprint": match.fingerprint,
        "stale": view.stale,
        "scored_at": match.scored_at,
        "version": match.version,
        "decision": view.decision,
    }


def breakdown_item(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A stored breakdown, which counts hundredths, in points like the score beside it."""
    parts = [_part_item(part) for part in stored.get("parts", ())]
    return _in_points(stored, "score") | {"parts": parts}


def _part_item(part: Mapping[str, Any]) -> dict[str, Any]:
    item = _in_points(part, "points", "other")
    if "terms" in item:
        item["terms"] = [_in_points(term, "points") for term in item["terms"]]
    return item


def _in_points(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return dict(row) | {name: as_points(row[name]) for name in names if name in row}


def _counts(counts: dict[MatchStatus, int]) -> dict[str, int]:
    return {status.value: counts.get(status, 0) for status in MatchStatus}
