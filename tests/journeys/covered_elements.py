"""Which elements the engine calls covered in the library that ships, and a draw of them to be read.

    python -m tests.journeys.covered_elements [--least 0.6]

prints every pair of a wanted element and a product that covers it from ``--least`` on, in the order in which they are
drawn, with the unit of the listing that covers it best. Two kinds of wants: the needs that name elements; and each
listing's own elements, as a buyer asks for them who looks for the same from somebody else.

``covered_elements.tsv`` holds what a reader made of them: ``right`` is 1 where the listing says that it has the data
that is asked for, of a matter that serves the need, be it without naming every item; 0 where it has only a part of it,
has it of another matter, or mentions it as something else, such as a use.
"""

import argparse
import csv
import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matcher.file_ranking import read_sides
from scoring.elements import COVERED, covers
from scoring.profile import NeedProfile
from scoring.weights import Weights

DATA = Path(__file__).parents[2] / "seeds" / "data"
LABELS = Path(__file__).with_suffix(".tsv")
DRAWN = 100


@dataclass(frozen=True)
class Covered:
    """An element of the need (or listing) ``need`` and a product that covers it, with its share and the best unit."""

    need: str
    element: str
    product: str
    share: float
    unit: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What names the pair."""
        return self.need, self.element, self.product


def pool(least: float = COVERED) -> list[Covered]:
    """All pairs covered from ``least`` on, in the order of the SHA-256 of their keys: the first 100 are the draw."""
    found = [pair for pair in _pairs() if pair.share >= least]
    return sorted(found, key=lambda pair: hashlib.sha256("\t".join(pair.key).encode()).digest())


def labels() -> dict[tuple[str, str, str], bool]:
    """Whether a reader called a pair right."""
    with LABELS.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t")
        return {(row["need"], row["element"], row["product"]): row["right"] == "1" for row in rows}


def _pairs() -> Iterator[Covered]:
    asked, products = read_sides([DATA / "products.jsonl"], [DATA / "scenarios.jsonl", DATA / "dev_needs.json"])
    same = [
        NeedProfile(id=one.id, ref=one.ref, title=one.title, text=one.text, elements=one.elements, tags=one.tags)
        for one in products.profiles
    ]
    needs = products.like([need for need in (*asked.profiles, *same) if need.elements])
    columns, threshold = np.arange(len(products)), Weights().element_threshold
    for row, need in enumerate(needs.profiles):
        found = covers(needs.elements[row], needs.terms[[row]], products, columns, threshold)
        for product, covered in zip(products.profiles, found, strict=True):
            if product.id != need.id:
                for element, cover in zip(need.elements, covered, strict=True):
                    yield Covered(need.ref, element.name, product.ref, cover.share, cover.by)


def main() -> int:
    """Print the pairs as tab-separated values."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--least", type=float, default=COVERED)
    table = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n")
    table.writerows((*pair.key, f"{pair.share:.2f}", pair.unit) for pair in pool(parser.parse_args().least))
    return 0


if __name__ == "__main__":
    sys.exit(main())
