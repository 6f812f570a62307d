"""Breadth: a listing that says everything is about nothing.

A cosine forgives length: all words at once lie as near to an odd need as the best honest listing does. What a listing
holds beyond several times the usual number of different terms therefore dilutes all that it says.
"""

import numpy as np
import numpy.typing as npt

from scoring.index import Index

_USUAL = 3
"""So many times the library's mean number of different terms are nothing unusual: no listing of two real libraries has
more than 2.4."""

_ALWAYS = 500
"""So many different terms are nothing unusual in any library: some 2,000 characters."""


def undiluted(products: Index) -> npt.NDArray[np.float64]:
    """What is left of all that each listing says: (rows,), 1 for usual ones, below it in inverse proportion to the
    number of their terms."""
    statistics = products.statistics
    mean = statistics.document_frequency.sum() / max(1, statistics.documents)
    usual = max(_ALWAYS, _USUAL * mean)
    return np.asarray(usual / np.maximum(np.diff(products.terms.indptr), usual), np.float64)
