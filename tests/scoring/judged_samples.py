"""A library whose judges follow the sector, made of letters that only one need and its two products share.

For each need one product says the same words but is of another sector, and a good one shares two of six letters and
the sector. The weights that ship put words first.
"""

from dataclasses import fields
from typing import Any, NamedTuple

import numpy as np

from scoring.comparison import Comparison, GroupFigures
from scoring.index import Index
from scoring.judged import Judged
from scoring.learning import Reliability
from scoring.profile import NeedProfile, ProductProfile
from scoring.weights import Weights
from tests.scoring.samples import need, product

WANTED, OTHER = ("transport",), ("meteorology",)


class Topic(NamedTuple):
    """What a need is about: ``same`` are its words, ``near`` those of the good product."""

    name: str
    same: str
    near: str


def topics(count: int) -> list[Topic]:
    """Topics that have no letter in common."""
    letters = np.random.default_rng(0).permutation(np.arange(0x4E00, 0x9FA5))
    words = ["".join(map(chr, letters[20 * number : 20 * number + 20])) for number in range(count)]
    return [Topic(f"{number:02}", word[:6], word[:2] + word[6:]) for number, word in enumerate(words)]


def library(count: int, prefix: str = "S") -> tuple[list[NeedProfile], list[ProductProfile]]:
    """``count`` needs and their products, ``good-…`` and ``bad-…``."""
    wanted, offered = [], []
    for topic in topics(count):
        wanted.append(need(f"{prefix}-{topic.name}", text=topic.same, sectors=WANTED))
        offered.append(product(f"bad-{topic.name}", title=topic.same, sectors=OTHER))
        offered.append(product(f"good-{topic.name}", title=topic.near, sectors=WANTED))
    return wanted, offered


def judged(count: int = 36, name: str = "made", *, pooled: bool = True) -> Judged:
    """The library with its judgments."""
    wanted, offered = library(count)
    products = Index.build(offered)
    graded = {f"S-{topic.name}": {f"good-{topic.name}": 3, f"bad-{topic.name}": 0} for topic in topics(count)}
    return Judged(name, products.like(wanted), products, graded, pooled)


def comparison(**changed: Any) -> Comparison:
    """A comparison that no rule objects to."""
    group = GroupFigures("made", "S", 40, 0.6, 0.7, 0.7)
    known: dict[str, Any] = {
        "present": Weights(),
        "learnt": Weights(text=0.3, meaning=0.7, tags=0.09),
        "overall": group,
        "groups": (group,),
        "error": 0.01,
        "pairs": 400,
        "seeds": 3,
        "old": Reliability(0.04, ((0.5, 0.5, 400),)),
        "new": Reliability(0.03, ((0.5, 0.5, 1200),)),
    }
    assert known.keys() == {field.name for field in fields(Comparison)}
    return Comparison(**known | changed)
