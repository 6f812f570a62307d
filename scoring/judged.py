"""Judged pairs of one library: what weights are learnt from and compared on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scoring.evaluation import Grades, ndcg
from scoring.index import Index
from scoring.learning import Sample, judged_pairs
from scoring.ranking import rank, score_pairs
from scoring.weights import Weights


@dataclass(frozen=True, eq=False)
class Judged:
    """Needs and products of one library with ``judgments``, need id → product id → grade 0–3.

    ``pooled``: judges went through what several engines found, so what has no judgment counts as 0. Where it is false
    only judged pairs are learnt from and ranked (condensed lists: Sakai, Alternatives to Bpref, SIGIR 2007): what
    nobody looked at is neither good nor bad.
    """

    name: str
    needs: Index
    products: Index
    judgments: Mapping[str, Grades]
    pooled: bool = True

    @cached_property
    def telling(self) -> dict[str, str]:
        """Id → ``ref`` of the needs on which two engines can differ: a product is graded above 0 and, where only judged
        ones count, another one 0."""
        judged = {need.id: (need.ref, self.judgments.get(need.id, {}).values()) for need in self.needs.profiles}
        return {need: ref for need, (ref, grades) in judged.items() if any(grades) and (self.pooled or not all(grades))}

    def ids(self, refs: Iterable[str]) -> list[str]:
        """The telling needs with these ``refs``."""
        wanted = set(refs)
        return [need for need, ref in self.telling.items() if ref in wanted]

    def group(self, need: str) -> str:
        """The prefix of a telling need's ``ref`` before its first ``-``. Stored needs, whose refs follow no rule, are
        one group: those of a list that is not pooled."""
        return self.telling[need].split("-", 1)[0] if self.pooled else ""

    def sample(self, present: Weights) -> Sample:
        """The pairs to learn from: judged ones and, where all count, the hard candidates by the ``present`` weights."""
        judgments = {need: self.judgments[need] for need in self.telling}
        return (Sample.of if self.pooled else Sample.of_judged)(self.needs, self.products, present, judgments)

    def ndcg(self, weights: Weights, needs: Iterable[str]) -> dict[str, float]:
        """nDCG@10 of each of these ``needs``: of the whole engine's list, or of the judged products alone."""
        part = self.needs.take(np.array(sorted(self.needs.rows[need] for need in needs), np.int64))
        lists = self._found(part, weights) if self.pooled else self._condensed(part, weights)
        return {need.id: ndcg(lists.get(need.id, []), self.judgments[need.id]) for need in part.profiles}

    def _found(self, needs: Index, weights: Weights) -> dict[str, list[str]]:
        """As ``evaluation.judge`` ranks: down to the last candidate."""
        lists: dict[str, list[str]] = {}
        for ranked in rank(needs, self.products, weights, weights.candidates):
            ids = [self.products.profiles[column].id for column in ranked.pairs.columns]
            lists |= {needs.profiles[row].id: ids[places.start : places.stop] for row, places in ranked}
        return lists

    def _condensed(self, needs: Index, weights: Weights) -> dict[str, list[str]]:
        rows, columns, _ = judged_pairs(needs, self.products, self.judgments)
        cosines = self.products.cosines(needs, rows, columns)
        scored = score_pairs(needs, self.products, rows, columns, cosines, weights)
        lists: dict[str, list[str]] = {}
        for pair in np.lexsort((columns, -scored.totals, rows)):
            if scored.excluded[pair] < 0:
                product = self.products.profiles[columns[pair]].id
                lists.setdefault(needs.profiles[rows[pair]].id, []).append(product)
        return lists
