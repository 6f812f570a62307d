"""The words behind a score: which terms, tags, elements, facets and facts earned its points.

Everything said here follows from the two profiles and adds up to the points of its part; nothing is scored anew.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import rjieba

from scoring.breakdown import Breakdown, Part, split
from scoring.elements import ElementCover, covers
from scoring.index import Index
from scoring.profile import NeedProfile, ProductProfile, as_need, as_product
from scoring.ranking import PairScores
from scoring.synonyms import also_said
from scoring.tags import distinct, pair_tags
from scoring.tokens import is_stop_word
from scoring.weights import FACETS, PARTS, Weights

SHOWN_TERMS = 12
"""Terms named one by one; the rest is summed up as ``other``."""

_COMPARED = 5000
"""Letters of each text in which shared strings are looked for: comparing takes their product in time. A term that
stands further on only is shown by itself."""


def explain(needs: Index, products: Index, scored: PairScores, weights: Weights, fingerprint: str) -> list[Breakdown]:
    """The breakdown of every pair in ``scored``, whose rows and columns count in ``needs`` and ``products``."""
    breakdowns: list[Breakdown] = []
    asking = np.unique(scored.rows)
    also = dict(zip(asking.tolist(), also_said(needs.units.said.take(asking)), strict=True))
    bounds = np.flatnonzero(np.diff(scored.rows, prepend=-1, append=-1)) if len(scored) else scored.rows
    for start, end in pairwise(bounds.tolist()):
        row = int(scored.rows[start])
        columns = scored.columns[start:end]
        covered = covers(needs.elements[row], needs.terms[[row]], products, columns, weights.element_threshold)
        breakdowns += [
            _Pair(needs, products, scored, place, weights, covered[place - start], also[row]).breakdown(fingerprint)
            for place in range(start, end)
        ]
    return breakdowns


class _Pair:
    """One scored pair, looked at closely."""

    def __init__(
        self,
        needs: Index,
        products: Index,
        scored: PairScores,
        place: int,
        weights: Weights,
        covered: Sequence[ElementCover],
        also: Mapping[str, str],
    ) -> None:
        self.row, self.column = int(scored.rows[place]), int(scored.columns[place])
        self.needs, self.products, self.weights, self.covered, self.also = needs, products, weights, covered, also
        self.need, self.product = as_need(needs.profiles[self.row]), as_product(products.profiles[self.column])
        self.scored, self.place = scored, place

    def breakdown(self, fingerprint: str) -> Breakdown:
        details = {
            "text": self._text,
            "meaning": self._meaning,
            "tags": self._tags,
            "elements": self._elements,
            "facets": self._facets,
            "trust": self._trust,
        }
        parts = []
        for number, part in enumerate(PARTS):
            value = float(self.scored.values[self.place, number])
            parts.append(
                Part(
                    part=part,
                    weight=round(float(self.scored.weights[self.place, number]), 4),
                    value=None if np.isnan(value) else round(value, 4),
                    points=int(self.scored.points[self.place, number]),
                    details=details[part](int(self.scored.points[self.place, number])),
                )
            )
        return Breakdown(int(self.scored.scores[self.place]), fingerprint, tuple(parts))

    def _text(self, points: int) -> dict[str, Any]:
        strings, shares = _shared_terms(self.needs, self.row, self.products, self.column, self.also)
        *earned, other = split(points, np.array(shares))
        named = sorted(
            ((term, own) for term, own in zip(strings, earned, strict=True) if own), key=lambda t: (-t[1], t[0])
        )
        return {
            "terms": [
                {"term": term, "points": own} | ({"asked": self.also[term]} if term in self.also else {})
                for term, own in named[:SHOWN_TERMS]
            ],
            "other": other + sum(own for _, own in named[SHOWN_TERMS:]),
        }

    def _meaning(self, _points: int) -> dict[str, Any]:
        mine, theirs, meaning = self.needs.vectors, self.products.vectors, self.products.meaning
        said = float(self.scored.reranked[self.place])
        reranked = None if np.isnan(said) else round(said, 4)
        if mine is None or theirs is None or meaning is None:
            return {"similarity": None, "likeness": None, "reranked": reranked}
        cosine = mine[self.row] @ theirs[self.column]
        likeness = round(float(meaning.likeness(cosine)), 4)
        return {"similarity": round(float(cosine), 4), "likeness": likeness, "reranked": reranked}

    def _tags(self, _points: int) -> dict[str, Any]:
        mine, theirs = distinct(self.need.tags), distinct(self.product.tags)
        pairs = pair_tags(mine, theirs, self.weights.tag_threshold)
        answered, answering = {pair.need for pair in pairs}, {pair.product for pair in pairs}
        return {
            "pairs": [
                {"need": pair.need, "product": pair.product, "similarity": pair.similarity / 100} for pair in pairs
            ],
            "need_only": [tag for tag in mine if tag not in answered],
            "product_only": [tag for tag in theirs if tag not in answering],
        }

    def _elements(self, _points: int) -> dict[str, Any]:
        states: dict[str, list[dict[str, Any]]] = {"covered": [], "partly": [], "missing": []}
        for element, cover in zip(self.need.elements, self.covered, strict=True):
            entry: dict[str, Any] = {"element": element.name, "must": element.must, "share": round(cover.share, 4)}
            states[cover.state].append(entry | {"by": cover.by})
        return dict(states)

    def _facets(self, _points: int) -> dict[str, Any]:
        values = self.scored.facets[self.place]
        return {
            "facets": [
                {
                    "facet": facet,
                    "state": _state(float(value)),
                    "value": None if np.isnan(value) else float(value),
                    "need": _said(self.need, _NEED_SAYS[facet]),
                    "product": _said(self.product, _PRODUCT_SAYS[facet]),
                }
                for facet, value in zip(FACETS, values, strict=True)
            ]
        }

    def _trust(self, _points: int) -> dict[str, Any]:
        return {
            "facts": [
                {"fact": "certificate", "value": self.product.certified},
                {"fact": "completeness", "value": self.product.filled},
            ]
        }


_NEED_SAYS = {
    "sector": "sectors",
    "region": "regions",
    "update_frequency": "update_frequency",
    "delivery": "delivery_modes",
    "deal": "deal_modes",
    "price": "budget",
    "freshness": "fresh_since",
}
_PRODUCT_SAYS = _NEED_SAYS | {"price": "price", "freshness": "covers_until"}


def _said(profile: NeedProfile | ProductProfile, name: str) -> list[str | float]:
    """What a profile states in one field, as a list; empty where it says nothing."""
    value = getattr(profile, name)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, date):
        return [value.isoformat()]
    return [] if value is None else [value]


def _state(value: float) -> str:
    if np.isnan(value):
        return "unknown"
    return "agree" if value >= 1 else "partly" if value > 0 else "disagree"


def _shared_terms(
    needs: Index, row: int, products: Index, column: int, also: Mapping[str, str]
) -> tuple[list[str], list[float]]:
    """Strings that stand in both texts, then those of ``also``, what the need could have said, that stand in the
    product's; and each one's part in the cosine, with one more part for all that has no string.

    Single characters and pairs read badly, so each is credited to the longest string shared letter by letter that
    holds it, one that the need has before one that it could have.
    """
    mine, own = _row(needs, row)
    theirs, other = _row(products, column)
    common, left, right = np.intersect1d(mine, theirs, assume_unique=True, return_indices=True)
    parts = own[left].astype(np.float64) * other[right]
    text = products.document(column)[:_COMPARED]
    strings = _common_strings(needs.document(row)[:_COMPARED], text)
    strings.sort(key=lambda string: (-len(string), string))
    strings += sorted((string for string in also if string in text), key=lambda string: (-len(string), string))
    holders: dict[str, int] = {}
    for place, string in enumerate(strings):
        for end in range(1, len(string) + 1):
            holders.setdefault(string[end - 1], place)
            holders.setdefault(string[max(0, end - 2) : end], place)
    credit = [0.0] * (len(strings) + 1)
    for column_of_term, part in zip(common, parts, strict=True):
        term = needs.statistics.text_of(int(column_of_term))
        within = (place for place, string in enumerate(strings) if len(term) > 2 and term in string)
        credit[holders.get(term, next(within, len(strings)))] += float(part)
    return strings, credit


def _row(index: Index, row: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    """The terms of one row and their weights."""
    start, end = index.terms.indptr[row : row + 2]
    return index.terms.indices[start:end], index.terms.data[start:end]


def _common_strings(mine: str, theirs: str) -> list[str]:
    """Longest stretches of whole words of ``mine``, from left to right, that stand in ``theirs`` too; at least two
    letters each, no separators within and no stop word at either end."""
    found: list[str] = []
    for piece in _solid(mine):
        words = rjieba.cut(piece)
        start = 0
        while start < len(words):
            end = start
            while end < len(words) and "".join(words[start : end + 1]) in theirs:
                end += 1
            found.append(_trimmed(words[start:end]))
            start = max(end, start + 1)
    return [string for string in dict.fromkeys(found) if len(string) > 1]


def _solid(text: str) -> Sequence[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text).split()


def _trimmed(words: Sequence[str]) -> str:
    kept = list(words)
    while kept and is_stop_word(kept[0]):
        kept = kept[1:]
    while kept and is_stop_word(kept[-1]):
        kept = kept[:-1]
    return "".join(kept)
