"""Words that say the same: what else a need could have said.

The groups are data (``synonyms.tsv``), reviewed line by line. Only needs are widened: a listing is taken at its word.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import accumulate

import numpy as np
import rjieba

from scoring.pool import StringSets
from scoring.tokens import SEPARATOR

_CHINESE = re.compile("[\u4e00-\u9fff]")


@cache
def synonyms() -> tuple[tuple[str, ...], ...]:
    """The groups of forms that stand for each other, normalised: they decide scores, so the fingerprint covers them."""
    text = files("scoring").joinpath("synonyms.tsv").read_text(encoding="utf-8")
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#"))


@cache
def _others() -> dict[str, tuple[str, ...]]:
    """The other forms of each form."""
    return {form: tuple(other for other in group if other != form) for group in synonyms() for form in group}


def also_said(said: StringSets) -> list[dict[str, str]]:
    """What each row of normalised pieces could have said as well: other form → the form that it has, of several the
    first of the alphabet.

    A form counts where it is made of whole words: 动车 does not stand in 机动车. A text without Chinese is left alone:
    Chinese listings hold next to nothing of it, and one word put into Chinese would speak for all of it.
    """
    rewordings = _rewordings(said.strings)
    found: list[dict[str, str]] = [{} for _ in range(len(said))]
    having = np.isin(said.ids, np.array(list(rewordings), np.int32))
    for row in np.unique(np.repeat(np.arange(len(said)), said.lengths)[having]).tolist():
        text = SEPARATOR.join(said.row(row))
        if _CHINESE.search(text):
            ids = said.ids[said.indptr[row] : said.indptr[row + 1]].tolist()
            others = (item for place in ids if place in rewordings for item in rewordings[place].items())
            found[row] = {other: form for other, form in sorted(others, reverse=True) if other not in text}
    return found


def _rewordings(pieces: Sequence[str]) -> dict[int, dict[str, str]]:
    """The same for single pieces: the places of those that hold a form."""
    found: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for form, places in _holders(pieces):
        for place in places:
            if _stands(form, pieces[place]):
                found[place] |= dict.fromkeys(_others()[form], form)
    return found


def _holders(pieces: Sequence[str]) -> Iterator[tuple[str, list[int]]]:
    """Each form with the places of the pieces that hold its letters. All are searched as one text: a pattern of all
    forms, or a search piece by piece, takes several times as long."""
    joined = SEPARATOR.join(pieces)
    ends = np.cumsum([len(piece) + len(SEPARATOR) for piece in pieces])
    for form in _others():
        starts = []
        start = joined.find(form)
        while start >= 0:
            starts.append(start)
            start = joined.find(form, start + len(form))
        if starts:
            yield form, np.unique(np.searchsorted(ends, starts, side="right")).tolist()


def _stands(form: str, piece: str) -> bool:
    """Whether the form begins and ends where words of the piece do."""
    borders = {0, *accumulate(len(word) for word in rjieba.cut(piece))}
    return any(start + len(form) in borders and piece.startswith(form, start) for start in borders)
