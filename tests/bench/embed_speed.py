"""How many texts a second each local model and both together embed, and how many the cache file gives back.

    python -m tests.bench.embed_speed [--size 200]

The texts are the shipped catalogue's titles and summaries, then titles of two products joined until there are enough
different ones: nothing is embedded twice.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.resources import files
from itertools import islice, permutations
from pathlib import Path

from matcher.remarks import Remark
from matcher.vector_file import FileVectors
from scoring.semantic import E5Encoder, Embedder, Encoder, UseEncoder, local_encoder


@dataclass(frozen=True, slots=True)
class Speed:
    """Texts, their mean length in characters, seconds to load the model, texts a second made and found."""

    encoder: str
    texts: int
    characters: float
    load: float
    cold: float
    cached: float


def catalogue() -> Iterator[str]:
    """The shipped products as a need is compared with them, then pairs of their titles with a summary between."""
    lines = files("seeds").joinpath("data", "products.jsonl").read_text(encoding="utf-8").splitlines()
    products = [json.loads(line) for line in lines]
    yield from (f"{product['title']}。{product['summary']}" for product in products)
    for one, two in permutations(products, 2):
        yield f"{one['title']}。{one['summary']}{two['title']}"


def measure(folder: Path, size: int, encoder: Encoder) -> Speed:
    """Embed ``size`` texts with an empty cache in ``folder``, then once more from it."""
    texts = list(islice(catalogue(), size))
    began = time.perf_counter()
    encoder.encode(["数据"])
    load = time.perf_counter() - began
    rates = []
    for expected in (0, len(texts)):
        embedder = Embedder(encoder, FileVectors(folder, _refuse))
        began = time.perf_counter()
        embedder.vectors(texts)
        rates.append(len(texts) / (time.perf_counter() - began))
        assert embedder.reused == expected
    length = sum(map(len, texts)) / len(texts)
    return Speed(encoder.name, len(texts), round(length, 1), round(load, 2), round(rates[0], 1), round(rates[1]))


def _refuse(remark: Remark) -> None:
    raise AssertionError(remark)


def main() -> int:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=200)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        speeds = [
            asdict(measure(Path(folder), arguments.size, encoder))
            for encoder in (UseEncoder(), E5Encoder(), local_encoder())
        ]
    print(json.dumps(speeds, indent=2))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
