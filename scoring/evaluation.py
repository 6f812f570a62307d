"""How well a ranking agrees with judged pairs.

Grades run from 0 to 3; a product without a judgment has grade 0. nDCG@10 has gain 2^grade − 1 and discount log2(rank +
1) (Järvelin, Kekäläinen, TOIS 20(4), 2002; gain as in Burges et al., ICML 2005). Relevant means grade ≥ 2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from scoring.index import Index
from scoring.ranking import rank
from scoring.reranking import Reranking
from scoring.weights import Weights

RELEVANT = 2
DEPTH = 10

Grades = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over needs, each 0–1: nDCG over needs with any positive grade, the others over needs with a relevant
    product.

    ``needs``: how many needs nDCG averages over.
    """

    ndcg: float
    mrr: float
    precision: float
    recall: float
    needs: int

    def to_json(self) -> dict[str, Any]:
        """By the names in which such figures are published."""
        data = asdict(self)
        return {
            "ndcg@10": data["ndcg"],
            "mrr": data["mrr"],
            "p@5": data["precision"],
            "r@10": data["recall"],
            "needs": data["needs"],
        }


def ndcg(ranked: Sequence[str], grades: Grades, depth: int = DEPTH) -> float:
    """Normalised discounted cumulative gain at ``depth``; needs at least one positive grade."""
    discount = 1 / np.log2(np.arange(2, depth + 2))
    gains = np.array([2 ** grades.get(product, 0) - 1 for product in ranked[:depth]], float)
    ideal = np.sort([2**grade - 1 for grade in grades.values()])[::-1][:depth]
    return float(gains @ discount[: len(gains)] / (ideal @ discount[: len(ideal)]))


def reciprocal_rank(ranked: Sequence[str], grades: Grades) -> float:
    """One over the rank of the first relevant product, 0 where there is none."""
    return next((1 / place for place, product in enumerate(ranked, 1) if grades.get(product, 0) >= RELEVANT), 0.0)


def precision(ranked: Sequence[str], grades: Grades, depth: int = 5) -> float:
    """Share of relevant products among the first ``depth`` places, an empty place counting as a miss."""
    return sum(grades.get(product, 0) >= RELEVANT for product in ranked[:depth]) / depth


def recall(ranked: Sequence[str], grades: Grades, depth: int = DEPTH) -> float:
    """Share of the relevant products that stand in the first ``depth`` places."""
    relevant = {product for product, grade in grades.items() if grade >= RELEVANT}
    return len(relevant.intersection(ranked[:depth])) / len(relevant)


def evaluate(rankings: Mapping[str, Sequence[str]], judgments: Mapping[str, Grades]) -> Quality:
    """Mean quality of ``rankings`` (need → products, best first) over the needs that are judged and ranked."""
    graded = [need for need in rankings if any(judgments.get(need, {}).values())]
    served = [need for need in graded if max(judgments[need].values()) >= RELEVANT]

    def mean(values: Sequence[float]) -> float:
        return float(np.mean(values)) if values else 0.0

    return Quality(
        ndcg=mean([ndcg(rankings[need], judgments[need]) for need in graded]),
        mrr=mean([reciprocal_rank(rankings[need], judgments[need]) for need in served]),
        precision=mean([precision(rankings[need], judgments[need]) for need in served]),
        recall=mean([recall(rankings[need], judgments[need]) for need in served]),
        needs=len(graded),
    )


def evaluate_groups(rankings: Mapping[str, Sequence[str]], judgments: Mapping[str, Grades]) -> dict[str, Quality]:
    """Quality by the prefix of the need's id before its first ``-``, in order of the prefix."""
    groups: dict[str, dict[str, Sequence[str]]] = {}
    for need, ranked in rankings.items():
        groups.setdefault(need.split("-", 1)[0], {})[need] = ranked
    return {group: evaluate(members, judgments) for group, members in sorted(groups.items())}


@dataclass(frozen=True, slots=True)
class Figures:
    """What one engine reaches on judged pairs: over all needs, and by the prefix of their ids."""

    overall: Quality
    groups: Mapping[str, Quality]

    def to_json(self) -> dict[str, Any]:
        """By the names of ``Quality.to_json``."""
        groups = {group: quality.to_json() for group, quality in self.groups.items()}
        return {"overall": self.overall.to_json(), "groups": groups}


def judge(
    needs: Index,
    products: Index,
    weights: Weights,
    judgments: Mapping[str, Grades],
    reranking: Reranking | None = None,
) -> Figures:
    """Rank with the engine as it works in production, down to its last candidate, and compare with judged pairs."""
    rankings: dict[str, list[str]] = {}
    for ranked in rank(needs, products, weights, weights.candidates, reranking):
        ids = [products.profiles[column].id for column in ranked.pairs.columns]
        rankings |= {needs.profiles[row].id: ids[places.start : places.stop] for row, places in ranked}
    return Figures(evaluate(rankings, judgments), evaluate_groups(rankings, judgments))
