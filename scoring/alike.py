"""Which listings of one seller say the same, so that a shortlist need show only one of them.

Two listings are alike where one seller offers both, both name the same regions, times and data class, and either

- their texts, tags and elements are the same, and so are the titles but for serial numbers, editions and a slip of the
  pen. Sellers copy one description under many titles, also those of other things, so it is no proof by itself; or
- their texts are all but equal and they name the same numbers and the same places. A scale, a year or a town is what
  tells two otherwise equal listings apart.

Sellers are never mixed, and an unknown seller is nobody else.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

import numpy as np
from rapidfuzz import fuzz, process
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from sparse_dot_topn import sp_matmul_topn

from scoring.index import Index
from scoring.pool import Rows
from scoring.profile import Profile, as_product
from scoring.tokens import normalise_all

Places = Callable[[str], Collection[str]]
"""The places that a text names, each by one name."""

TITLE = 90.0
"""Similarity in percent from which two titles over the same text mean the same: below stand 食品经营许可证 and
食品生产许可证."""

NEAR = 0.97
"""Cosine from which two different texts say the same. At 0.965 stand 居民 and 非居民, which do not."""

_NEIGHBOURS = 32
"""Near texts looked at for each; of more, one leads to the next."""

_NUMBER = re.compile(r"\d+(?:[.:]\d+)*")
_SERIAL = re.compile(r"0\d*")
_NOT = "非"
_SAYS_LITTLE = re.compile(r"[\u4e00-\u9fff]{2}版|[\W\d_]+")
"""Editions (通用版, 定制版), digits and punctuation: left out where titles are compared."""

_PUNCTUATION = re.compile(r"\W+")

Edge = tuple[int, int]


def alike_groups(products: Index, places: Places) -> Rows:
    """The group of each product, named after its first row: int64 (products,). A product like no other has its own.

    ``places`` tells towns and provinces apart; it is asked about few texts only.
    """
    sellers = [rows for rows in _rows_by(products, _circumstances) if len(rows) > 1]
    edges = [edge for rows in sellers for edge in _same_text(products, rows, places)]
    behind = {row for _, row in edges}
    alone = [[row for row in rows if row not in behind] for rows in sellers]
    edges += [edge for rows in alone for edge in _near_text(products, rows, places)]
    pairs = np.array(edges, np.int64).reshape(-1, 2)
    shape = (len(products), len(products))
    linked = sparse.csr_matrix((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=shape)
    labels: Rows = connected_components(linked, directed=False)[1]
    first: Rows = np.unique(labels, return_index=True)[1].astype(np.int64)
    return first[labels]


def _rows_by(products: Index, key: Callable[[Profile], object]) -> Iterable[list[int]]:
    rows: defaultdict[object, list[int]] = defaultdict(list)
    for row, profile in enumerate(products.profiles):
        rows[key(profile)].append(row)
    return rows.values()


def _circumstances(profile: Profile) -> object:
    """What must be the same whatever the texts say."""
    if profile.owner is None:
        return profile.id
    product = as_product(profile)
    when_and_where = (frozenset(product.regions), product.update_frequency, product.covers_until)
    return product.owner, product.data_class, *when_and_where


def _same_text(products: Index, rows: Sequence[int], places: Places) -> Iterator[Edge]:
    """Of rows of one seller, each that says the same as an earlier one under much the same title, with that one."""
    by_body: defaultdict[object, list[int]] = defaultdict(list)
    for row, body in zip(rows, _bodies(products, rows), strict=True):
        by_body[body].append(row)
    for same in by_body.values():
        if len(same) > 1:
            yield from _same_title(products, same, places)


def _bodies(products: Index, rows: Sequence[int]) -> Iterator[tuple[object, ...]]:
    """All that each listing says but for its title, whatever its punctuation and the order of its tags."""
    texts = normalise_all([products.profiles[row].text for row in rows])
    for row, text in zip(rows, texts, strict=True):
        yield _PUNCTUATION.sub("", text), frozenset(products.tags.row(row)), frozenset(products.elements[row])


def _same_title(products: Index, rows: Sequence[int], places: Places) -> Iterator[Edge]:
    """Of rows with one body, each whose title means the same as an earlier one's, with that one."""
    heads: defaultdict[object, dict[int, str]] = defaultdict(dict)
    titles = normalise_all([products.profiles[row].title for row in rows])
    for row, title in zip(rows, titles, strict=True):
        named, telling = heads[_figures(title, serials=False), frozenset(places(title))], _SAYS_LITTLE.sub("", title)
        nearest = process.extractOne(telling, named, scorer=fuzz.ratio, score_cutoff=TITLE)
        if nearest:
            yield nearest[2], row
        else:
            named[row] = telling


def _figures(text: str, *, serials: bool = True) -> tuple[frozenset[str], int]:
    """The numbers of a text and how often it says 非. Serial numbers, which are padded with zeros (004类双人版001),
    tell titles apart for the seller only."""
    numbers = frozenset(number for number in _NUMBER.findall(text) if serials or not _SERIAL.fullmatch(number))
    return numbers, text.count(_NOT)


def _near_text(products: Index, rows: Sequence[int], places: Places) -> Iterator[Edge]:
    """Pairs of rows of one seller whose texts are all but equal."""
    terms = products.terms[rows]
    near = sp_matmul_topn(terms, terms.T.tocsr(), top_n=_NEIGHBOURS, threshold=NEAR).tocoo()
    for i, j in sorted(zip(near.row.tolist(), near.col.tolist(), strict=True)):
        if i < j and _same_marks(products.document(rows[i]), products.document(rows[j]), places):
            yield rows[i], rows[j]


def _same_marks(one: str, other: str, places: Places) -> bool:
    """Whether two texts name the same numbers and the same places, which tell listings of one kind apart."""
    return _figures(one) == _figures(other) and set(places(one)) == set(places(other))
