"""The benchmark measures what it says, on a corpus small enough for every run."""

from pathlib import Path

from tests.bench.corpus import generate
from tests.bench.rank_speed import measure


def test_the_same_seed_gives_the_same_corpus(tmp_path: Path) -> None:
    first, second = (generate(tmp_path / name, 20) for name in ("first", "second"))
    assert first.products.read_bytes() == second.products.read_bytes()
    assert first.needs.read_bytes() == second.needs.read_bytes()


def test_it_times_command_and_peer_and_every_stage(tmp_path: Path) -> None:
    speed = measure(tmp_path, 300, rich=True)
    assert speed.ratio > 1  # a process that starts, reads and writes takes longer than one product of small matrices
    assert speed.memory < 4096
    assert speed.found == 1.0  # a library of 300 is no large one: every product is looked at
    assert len(speed.stages) == 7
    assert len((tmp_path / "matches.jsonl").read_text(encoding="utf-8").splitlines()) == 300
