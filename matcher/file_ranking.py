"""Ranking the products of files for the needs of files, with no database: what is read and what is written."""

import json
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from matcher.errors import FieldProblem, InvalidInputError
from matcher.files import read_needs, read_products
from matcher.messages import LANGUAGES, message
from matcher.profiles import need_profile, product_profile, today
from matcher.progress import Report
from scoring.breakdown import HUNDRED
from scoring.index import Index
from scoring.meaning import Meaning
from scoring.ranking import PairScores, Ranked, empty_reason
from scoring.weights import PARTS


def _unreported(_done: int, _total: int) -> None:
    pass


_POINTS = [json.dumps(points / 100) for points in range(HUNDRED + 1)]
_SCORES = np.array([f'"score": {points}, "parts": {{' for points in _POINTS], object)
_PARTS = [
    np.array([f'{", " if place else ""}"{part}": {points}' for points in _POINTS] + [""], object)
    for place, part in enumerate(PARTS)
]
"""How each number of points is written, by part; the last entry is for a part that is not known."""


def read_sides(
    product_files: Sequence[Path],
    need_files: Sequence[Path],
    only: Container[str] | None = None,
    *,
    language: str = LANGUAGES[0],
    report: Report = _unreported,
) -> tuple[Index, Index]:
    """Needs and products of the files, indexed; of the needs those whose id is in ``only``, where given.

    The statistics are those of the products. Nothing is embedded. Problems are told in ``language``; ``report`` is told
    each of four steps. Raises InvalidFileError, and InvalidInputError where no need is left.
    """
    rows = [row for row in read_needs(need_files, language=language) if only is None or row["external_ref"] in only]
    if not rows:
        raise InvalidInputError([FieldProblem("judgments", message("judges-none", language), "judges-none")])
    report(1, 4)
    on = today()
    given = read_products(product_files, language=language)
    report(2, 4)
    products = Index.build([product_profile(row, id=row["external_ref"], on=on) for row in given])
    report(3, 4)
    needs = products.like([need_profile(row, id=row["external_ref"]) for row in rows])
    report(4, 4)
    return needs, products


def embedded(needs: Index, products: Index, meaning: Meaning, report: Report = _unreported) -> tuple[Index, Index]:
    """Both sides with what they mean; ``report`` is told how many of how many texts are ready.

    Raises EncoderUnavailableError, here and not later: the scale of the cosines is measured too.
    """
    made, _ = len(products), meaning.scale
    report(0, made)
    offered = meaning.vectors(products.profiles, report)
    wanted = meaning.vectors(needs.profiles, lambda done, total: report(made + done, made + total))
    return replace(needs, meaning=meaning, vectors=wanted), replace(products, meaning=meaning, vectors=offered)


def lines(blocks: Iterable[Ranked], needs: Index, products: Index) -> Iterator[str]:
    """A line of JSON for each need. Put together from ready pieces: a JSON writer took as long as the ranking."""
    names = np.array([f'{{"product": {_quoted(profile.id)}, ' for profile in products.profiles], object)
    for ranked in blocks:
        matches = _matches(ranked.pairs, names)
        for row, places in ranked:
            reason = "" if places else f', "reason": "{empty_reason(needs, row, products)}"'
            found = ", ".join(matches[places.start : places.stop])
            yield f'{{"need": {_quoted(needs.profiles[row].id)}, "matches": [{found}]{reason}}}\n'


def _matches(pairs: PairScores, names: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Each pair as a JSON object; text, the first part, is always known, so no comma is left over."""
    written = names[pairs.columns] + _SCORES[pairs.scores]
    points = np.where(np.isnan(pairs.values), HUNDRED + 1, pairs.points)
    for place, texts in enumerate(_PARTS):
        written = written + texts[points[:, place]]
    return np.asarray(written + "}}", object)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
