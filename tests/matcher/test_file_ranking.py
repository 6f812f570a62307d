"""Reading the two sides of a ranking from files."""

from pathlib import Path

import pytest

from matcher.errors import InvalidInputError
from matcher.file_ranking import embedded, lines, read_sides
from scoring.ranking import rank
from scoring.weights import Weights
from tests.scoring.encoders import letter_meaning


def files(folder: Path) -> tuple[list[Path], list[Path]]:
    products, needs = folder / "p.jsonl", folder / "n.jsonl"
    products.write_text('{"id": "P\\"1", "title": "公路通行数据"}\n', encoding="utf-8")
    needs.write_text('{"id": "N-2", "text": "公路通行"}\n{"id": "N-1", "text": "通行数据"}\n', encoding="utf-8")
    return [products], [needs]


def test_only_the_needs_asked_for_are_read(tmp_path: Path) -> None:
    needs, products = read_sides(*files(tmp_path), only={"N-2"})
    assert [need.id for need in needs.profiles] == ["N-2"]
    assert needs.statistics is products.statistics


def test_no_need_left_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError):
        read_sides(*files(tmp_path), only={"elsewhere"})


def test_ids_are_quoted_and_points_written_with_their_hundredths(tmp_path: Path) -> None:
    needs, products = read_sides(*files(tmp_path))
    first, second = lines(rank(needs, products, Weights(text=0.36, trust=0.04, slope=0), 5), needs, products)
    # One product that fills none of a listing's ten fields: trust 0, known, of weight 0.04 beside text's 0.36, which is
    # full: 0.36 / 0.40 = 0.9, without calibration 90.
    match = '{"product": "P\\"1", "score": 90.0, "parts": {"text": 90.0, "trust": 0.0}}'
    assert first == f'{{"need": "N-1", "matches": [{match}]}}\n'
    assert second == f'{{"need": "N-2", "matches": [{match}]}}\n'


def test_both_sides_are_embedded_and_it_is_told_how_far(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    meaning = letter_meaning()
    needs, products = embedded(*read_sides(*files(tmp_path)), meaning, lambda done, total: told.append((done, total)))
    assert needs.vectors is not None
    assert products.vectors is not None
    assert (needs.vectors.shape, products.vectors.shape) == ((2, 64), (1, 64))
    assert needs.meaning is products.meaning is meaning
    assert told[:2] == [(0, 1), (1, 1)]
    assert told[-1][0] == told[-1][1]
