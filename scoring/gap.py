"""What buyers want and nobody sells 供给缺口, gathered over all open needs.

A need is served where its best match reaches the floor and each of its elements is covered by a product that it may
have, one product or several together. What is left over is wanted: the elements that no product covers; or the need
itself, where it names none, or where all are covered and still no match reaches the floor. What is wanted in much the
same words is one gap.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sparse_dot_topn import sp_matmul_topn

from scoring.candidates import nearest_in_text
from scoring.diversity import seller_numbers
from scoring.elements import COVERED, coverage
from scoring.facets import exclusions
from scoring.index import Index
from scoring.pool import Rows, places_within
from scoring.profile import Element, NeedProfile, as_need
from scoring.tfidf import Cosines
from scoring.weights import Weights

SAME = 0.40
"""Cosine from which two wanted phrases are one gap. Down to it, elements of the development needs name much the same
data (游客数据 · 游客画像数据, 0.40); below, other data come in (个人基本信息 · 患者基本信息, 0.36)."""

MOST_GAPS = 200
MOST_NAMED = 50
MOST_PHRASES = 20
MOST_SELLERS = 3

_CANDIDATES = 30
"""Products looked at for each wanted element: the nearest in text. One that covers a phrase holds most of it."""

_NEIGHBOURS = 256
_BLOCK = 4096
_PAIRS_A_GAP = 200
"""Pairs of a gap whose needs are looked at as a whole."""

_PAIRS = 8192
_LABEL = 60
"""Characters of a need's text that name it where it has no title."""

Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NearSeller:
    """A seller to approach: its product that comes nearest, with the share of the phrase that it covers and the text
    cosine to it, 0–1 each."""

    seller: str | None
    product: str
    share: float
    similarity: float


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is wanted: ``label`` is the phrase in the middle, ``phrases`` all wordings, most wanted first.

    ``needs``: ids; ``buyers``: ids of the organisations behind them. Of each the first MOST_NAMED; the counts count
    all, and a buyer for every need whose owner is unknown. ``sectors``: most frequent first. ``share``: the most that
    any product covers of any of the phrases, 0–1. ``sellers``: nearest first.
    """

    label: str
    phrases: tuple[str, ...]
    needs: tuple[str, ...]
    need_count: int
    buyers: tuple[str, ...]
    buyer_count: int
    sectors: tuple[str, ...]
    share: float
    sellers: tuple[NearSeller, ...]

    def to_json(self) -> dict[str, Any]:
        """As stored."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class _Near:
    """Products near to wanted phrases, as parallel arrays: the phrase's line, the product, its share and cosine."""

    lines: Rows
    columns: Rows
    shares: Shares
    cosines: Cosines

    @property
    def nearness(self) -> Shares:
        """How near each product comes to the phrase."""
        return self.shares + self.cosines

    def take(self, places: Rows) -> "_Near":
        return _Near(self.lines[places], self.columns[places], self.shares[places], self.cosines[places])


@dataclass(frozen=True, eq=False)
class _Behind:
    """The whole needs that the lines are taken from: the need in ``rows[k]`` of ``needs`` stands behind line k."""

    needs: Index
    rows: Rows

    @classmethod
    def of(cls, wanted: Index, needs: Index) -> Self:
        return cls(needs, np.array([needs.rows[need_of(line.id)] for line in wanted.profiles], np.int64))

    def cosines(self, near: _Near, products: Index) -> Shares:
        """The text cosine of each pair's product with the whole need: (pairs,)."""
        rows, cosines = self.rows[near.lines], np.empty(len(near.lines))
        for start in range(0, len(rows), _PAIRS):
            part = slice(start, start + _PAIRS)
            cosines[part] = products.cosines(self.needs, rows[part], near.columns[part])
        return cosines


def find_gaps(
    needs: Sequence[NeedProfile], products: Index, weights: Weights, best: Mapping[str, int], floor: int
) -> list[Gap]:
    """The gaps, those of most buyers first, then of most needs; at most MOST_GAPS.

    ``best``: the score of each need's best match in hundredths of a point, missing where it has none. ``floor``: the
    score from which a match is worth a review. All that nobody wants of ``needs`` that are closed is left out.
    """
    asking = [need for need in needs if need.open]
    lines = [line for need in asking for line in _lines(need, best.get(need.id, -1) >= floor)]
    wanted = Index.build([line for line, _ in lines], products.statistics)
    whole = {line.id for line, is_whole in lines if is_whole}
    behind = _Behind.of(wanted, Index.build(asking, products.statistics))
    near = _nearest(wanted, behind, products, weights)
    share = np.zeros(len(wanted))
    np.maximum.at(share, near.lines, near.shares)
    unserved = _unserved(wanted, share, whole)
    middle = _middles([as_need(wanted.profiles[line]) for line in unserved])
    gap_of = np.full(len(wanted), -1, np.int64)
    gap_of[unserved] = unserved[middle]
    found = sorted(_gathered(wanted, gap_of, share), key=lambda row: _rank(row[1]))[:MOST_GAPS]
    gap_of[~np.isin(gap_of, [line for line, _ in found])] = -1
    sellers = _sellers(near, gap_of, behind, products)
    return [replace(gap, sellers=tuple(sellers.get(line, ()))) for line, gap in found]


def need_of(line: str) -> str:
    """The need's id within a line's."""
    return line.rpartition("/")[0]


def _lines(need: NeedProfile, reached: bool) -> Iterator[tuple[NeedProfile, bool]]:
    """What a need may turn out to lack, each as a need of its own: its elements; and itself, if no match reached the
    floor, which is told by the second value."""
    alone = replace(need, title="", text="", tags=())
    for number, element in enumerate(need.elements):
        yield replace(alone, id=f"{need.id}/{number}", elements=(Element(element.name, element.items),)), False
    if not reached:
        name = need.title.strip() or " ".join(need.text.split())[:_LABEL]
        yield replace(need, id=f"{need.id}/whole", elements=(Element(name),)), True


def _nearest(wanted: Index, behind: _Behind, products: Index, weights: Weights) -> _Near:
    """The products nearest to each line in text that no hard rule keeps from it, with what they cover."""
    eligible, supply = products.eligible
    found = [_Near(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), np.empty(0, np.float32))]
    for start in range(0, len(wanted) if len(supply) else 0, _BLOCK):
        lines = np.arange(start, min(start + _BLOCK, len(wanted)))
        part, texts = wanted.take(lines), behind.needs.terms[behind.rows[lines]]
        rows, columns, cosines = nearest_in_text(part, supply, _CANDIDATES)
        allowed = exclusions(part.facets, supply.facets, rows, columns) < 0
        rows, columns, cosines = rows[allowed], columns[allowed], cosines[allowed]
        shares = coverage(part.elements, texts, supply, rows, columns, weights.element_threshold)
        found.append(_Near(rows + start, eligible[columns], np.nan_to_num(shares), cosines))
    return _Near(
        np.concatenate([near.lines for near in found]),
        np.concatenate([near.columns for near in found]),
        np.concatenate([near.shares for near in found]),
        np.concatenate([near.cosines for near in found]),
    )


def _unserved(wanted: Index, share: Shares, whole: set[str]) -> Rows:
    """The lines that are lacking: elements that nobody covers, and whole needs of which no element is lacking."""
    is_whole = np.array([profile.id in whole for profile in wanted.profiles], bool)
    lacking = ~is_whole & (share < COVERED)
    partly = {need_of(wanted.profiles[line].id) for line in np.flatnonzero(lacking).tolist()}
    return np.array(
        [
            line
            for line, profile in enumerate(wanted.profiles)
            if lacking[line] or (is_whole[line] and need_of(profile.id) not in partly)
        ],
        np.int64,
    )


def _middles(lines: Sequence[NeedProfile]) -> Rows:
    """For each line the one in the middle of its gap: (lines,).

    A star is drawn around the line with most buyers near it, then around the next of those that are left, and so on
    (Aslam, Pelekhov, Rus, Journal of Graph Algorithms and Applications 8(1), 2004): unlike in a chain, everything in a
    gap is near to its middle. Rarity is that among the lines: what nobody sells is made of words that no product has.
    """
    index = Index.build([replace(line, ref=f"{place:09}") for place, line in enumerate(lines)])
    said = [index.document(row) for row in range(len(index))]
    numbers = {text: number for number, text in enumerate(dict.fromkeys(said))}
    saying = np.array([numbers[text] for text in said], np.int64)
    first = np.unique(saying, return_index=True)[1].astype(np.int64)
    terms = Index.build([index.profiles[row] for row in first.tolist()]).terms if len(first) else index.terms
    near = sp_matmul_topn(terms, terms.T.tocsr(), top_n=_NEIGHBOURS, threshold=SAME)
    buyers, size = seller_numbers([line.owner for line in lines]), (len(first), 2 * len(lines))
    asked = sparse.csr_matrix((np.ones(len(saying), np.int32), (saying, buyers)), shape=size)
    wanting = np.asarray(((near > 0) @ asked > 0).sum(axis=1)).ravel()
    middle = np.full(len(first), -1, np.int64)
    for star in np.lexsort((-np.bincount(saying, minlength=len(first)), -wanting)):
        if middle[star] < 0:
            around = near.indices[near.indptr[star] : near.indptr[star + 1]]
            middle[around[middle[around] < 0]] = star
            middle[star] = star
    return first[middle[saying]]


def _gathered(wanted: Index, gap_of: Rows, share: Shares) -> Iterator[tuple[int, Gap]]:
    """The gaps by the line in their middle, yet without sellers."""
    members: defaultdict[int, list[int]] = defaultdict(list)
    for line in np.flatnonzero(gap_of >= 0).tolist():
        members[int(gap_of[line])].append(line)
    for middle, lines in members.items():
        profiles = [wanted.profiles[line] for line in lines]
        needs = {need_of(profile.id): profile for profile in profiles}
        buyers = dict.fromkeys(profile.owner for profile in profiles if profile.owner)
        unknown = sum(profile.owner is None for profile in needs.values())
        phrases = Counter(profile.elements[0].name for profile in profiles)
        sectors = Counter(sector for profile in needs.values() for sector in profile.sectors)
        yield (
            middle,
            Gap(
                label=wanted.profiles[middle].elements[0].name,
                phrases=tuple(_most_first(phrases)[:MOST_PHRASES]),
                needs=tuple(needs)[:MOST_NAMED],
                need_count=len(needs),
                buyers=tuple(buyers)[:MOST_NAMED],
                buyer_count=len(buyers) + unknown,
                sectors=tuple(_most_first(sectors)),
                share=round(float(share[lines].max()), 4),
                sellers=(),
            ),
        )


def _rank(gap: Gap) -> tuple[int, int, str]:
    return -gap.buyer_count, -gap.need_count, gap.label


def _most_first(counted: Counter[str]) -> list[str]:
    return sorted(counted, key=lambda text: (-counted[text], text))


def _sellers(near: _Near, gap_of: Rows, behind: _Behind, products: Index) -> dict[int, list[NearSeller]]:
    """For each gap the sellers whose products come nearest to any of its lines, and to the need behind it: of those
    that have nothing of 投诉数据 a tourist office wants to hear of one in tourism."""
    near = near.take(np.flatnonzero(gap_of[near.lines] >= 0))
    order = np.lexsort((near.columns, -near.nearness, gap_of[near.lines]))
    near = near.take(order[places_within(gap_of[near.lines[order]]) < _PAIRS_A_GAP])
    gaps = gap_of[near.lines]
    owners = seller_numbers([profile.owner for profile in products.profiles])[near.columns]
    nearness = near.nearness + behind.cosines(near, products)
    order = np.lexsort((near.columns, -nearness, gaps))
    order = order[np.sort(np.unique(np.stack([gaps, owners])[:, order], axis=1, return_index=True)[1])]
    found: defaultdict[int, list[NearSeller]] = defaultdict(list)
    for place in order[places_within(gaps[order]) < MOST_SELLERS].tolist():
        product = products.profiles[near.columns[place]]
        share, cosine = float(near.shares[place]), float(near.cosines[place])
        found[int(gaps[place])].append(NearSeller(product.owner, product.id, round(share, 4), round(cosine, 4)))
    return found
