"""Reading the two sides of a ranking from files."""

from pathlib import Path

import pytest

from matcher.errors import InvalidInputError
from matcher.file_ranking import lines, read_sides
from scoring.ranking import rank
from scoring.weights import Weights


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
    first, second = lines(rank(needs, products, Weights(), 5), needs, products)
    # One product that fills none of a listing's ten fields: trust 0, known, of weight 0.02 beside text's 0.50; text is
    # at its full 0.40 cosine, so 100 · 0.50 / 0.52 = 96.15.
    match = '{"product": "P\\"1", "score": 96.15, "parts": {"text": 96.15, "trust": 0.0}}'
    assert first == f'{{"need": "N-1", "matches": [{match}]}}\n'
    assert second == f'{{"need": "N-2", "matches": [{match}]}}\n'
