"""The benchmark measures what it says, on a model that costs nothing."""

from itertools import islice
from pathlib import Path

from tests.bench.embed_speed import catalogue, measure
from tests.contracts.model_server import HashEncoder


def test_no_text_comes_twice() -> None:
    texts = list(islice(catalogue(), 2_000))
    assert len(set(texts)) == 2_000


def test_it_times_making_and_finding(tmp_path: Path) -> None:
    speed = measure(tmp_path, 300, HashEncoder())
    assert (speed.encoder, speed.texts) == ("hash", 300)
    assert speed.cold > 0
    assert speed.cached > 0
