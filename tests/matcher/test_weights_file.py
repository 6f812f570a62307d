"""Weights go into a file and come out the same; what is wrong with a file is said."""

from pathlib import Path

import pytest

from matcher.files import InvalidFileError
from matcher.weights_file import read_weights, weights_text
from scoring.weights import Weights


def test_weights_survive_a_file(tmp_path: Path) -> None:
    path = tmp_path / "w.json"
    path.write_text(weights_text(Weights(tags=0.123)), encoding="utf-8")
    assert read_weights(path) == Weights(tags=0.123)


def test_weights_that_a_file_does_not_name_have_their_defaults(tmp_path: Path) -> None:
    path = tmp_path / "w.json"
    path.write_text('\ufeff{"text": 0.1}', encoding="utf-8")
    assert read_weights(path) == Weights(text=0.1)


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (None, "file-unreadable", "w.json: "),
        (b"\xff", "not-utf8", "UTF-8"),
        (b'{"text": 0.5,\n', "not-json", "w.json:2: "),
        (b"[1]", "weights-unfit", "object"),
        (b'{"mood": 1}', "weights-unfit", "mood: no such weight"),
        (b'{"text": NaN}', "weights-unfit", "text: nan"),
        (b'{"facets": 1}', "weights-unfit", "facets: "),
        (b'{"candidates": 1.5}', "weights-unfit", "candidates: "),
        (b"[" * 100_000, "weights-unfit", "w.json: "),
        (b'{"text": ' + b"9" * 5000 + b"}", "weights-unfit", "w.json: "),
    ],
)
def test_what_cannot_be_weights_is_refused(tmp_path: Path, content: bytes | None, code: str, said: str) -> None:
    path = tmp_path / "w.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidFileError) as refused:
        read_weights(path, language="en")
    (problem,) = refused.value.problems
    assert problem.code == code
    assert said in str(refused.value)
