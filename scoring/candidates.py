"""Which products each need is scored against: those nearest in text, and those nearest in meaning.

In a large library meaning is asked only for needs whose words find too little, such as one in another language:
comparing every vector with every other would take longer than all the rest.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.index import Index
from scoring.machine import processors
from scoring.pool import Rows, highest
from scoring.semantic import Vectors
from scoring.tfidf import LARGE, Cosines

Candidates: TypeAlias = tuple[Rows, Rows, Cosines]
"""Parallel arrays of need (ascending), product and text cosine."""

_CELLS = 1 << 24
"""Cosines of meaning computed at a time: 64 MB."""


def candidates(needs: Index, products: Index, top: int) -> Candidates:
    """The ``top`` products nearest to each need in text, and as many nearest in meaning where both sides have it."""
    found = nearest_in_text(needs, products, top)
    if needs.vectors is None or products.vectors is None:
        return found
    enough = np.bincount(found[0], minlength=len(needs)) >= min(top, len(products))
    asking = np.flatnonzero(needs.has_meaning & (~enough if len(products) >= LARGE else True))
    rows, columns = _nearest_in_meaning(needs.vectors[asking], products.vectors, top)
    return united(found, needs, products, asking[rows], columns)


def nearest_in_text(needs: Index, products: Index, top: int) -> Candidates:
    """The ``top`` products of highest text cosine for each need, without those that share no term."""
    return products.nearest.candidates(needs.terms, top, processors())


def _nearest_in_meaning(needs: Vectors, products: Vectors, top: int) -> tuple[Rows, Rows]:
    """Rows and columns of the ``top`` highest cosines of each need; of equal ones the lower product comes in."""
    if not len(products):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    top = min(top, len(products))
    found: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] = [(np.empty(0, np.int64), np.empty(0, np.int64))]
    step = max(1, _CELLS // len(products))
    for start in range(0, len(needs), step):
        cosines = needs[start : start + step] @ products.T
        least = -np.partition(-cosines, top - 1, axis=1)[:, top - 1 : top]
        rows, columns = np.nonzero(cosines >= least)
        kept = highest(rows, columns, cosines[rows, columns], top)
        found.append((rows[kept] + start, columns[kept]))
    return np.concatenate([rows for rows, _ in found]), np.concatenate([columns for _, columns in found])


def united(found: Candidates, needs: Index, products: Index, rows: Rows, columns: Rows) -> Candidates:
    """``found`` and the pairs (``rows``, ``columns``) that it lacks."""
    width = max(1, len(products))
    new = np.setdiff1d(rows * width + columns, found[0] * width + found[1])
    more = (new // width, new % width)
    lines, cells = np.concatenate([found[0], more[0]]), np.concatenate([found[1], more[1]])
    cosines = np.concatenate([found[2], products.cosines(needs, *more)])
    order = np.argsort(lines, kind="stable")
    return lines[order], cells[order], cosines[order]
