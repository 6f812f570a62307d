"""Everything that may be tuned, frozen and range-checked. A changed weight makes another engine with another
fingerprint."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from scoring.errors import WeightsError

PARTS = ("text", "meaning", "tags", "elements", "facets", "trust")
"""The parts of a score in the order in which they are shown."""

FACETS = ("sector", "region", "update_frequency", "delivery", "deal", "price", "freshness")
"""The facets in the order in which they are shown."""


def _facet_weights() -> Mapping[str, float]:
    return {
        "sector": 0.06,
        "region": 0.04,
        "update_frequency": 0.03,
        "delivery": 0.03,
        "deal": 0.03,
        "price": 0.02,
        "freshness": 0.02,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Weights of the parts and the constants of their scales.

    A part's weight counts against the sum of the weights of all parts that are known for a pair, so only proportions
    matter. ``text_full`` and ``tags_full``: the cosine and the overlap from which on text and tags say all they can
    (cosines between a sentence and a listing rarely pass 0.35 even where they mean the same). ``tag_threshold``:
    similarity in whole percent from which two tags may pair. ``element_threshold``: share of a phrase's terms from
    which on a unit covers it. ``candidates``: how many products of highest text cosine, and as many nearest in meaning,
    each need is scored against. ``slope`` and ``offset``: the curve from total to score (breakdown.calibrated).
    """

    text: float = 0.32
    meaning: float = 0.68
    tags: float = 0.08
    elements: float = 0.08
    facets: Mapping[str, float] = field(default_factory=_facet_weights)
    trust: float = 0.06
    text_full: float = 0.35
    tags_full: float = 0.50
    tag_threshold: int = 50
    element_threshold: float = 0.50
    candidates: int = 100
    slope: float = 11.5
    offset: float = -6.54

    def __post_init__(self) -> None:
        """Refuse what cannot be meant, naming the field: WeightsError."""
        for name in ("text", "meaning", "tags", "elements", "trust"):
            _check(name, getattr(self, name), 0, 1)
        if not isinstance(self.facets, Mapping) or set(self.facets) != set(FACETS):
            raise WeightsError(f"facets: must name exactly {', '.join(FACETS)}")
        for name, weight in self.facets.items():
            _check(f"facets.{name}", weight, 0, 1)
        if not (self.text or self.meaning or self.tags or self.elements):
            raise WeightsError("text, meaning, tags, elements: at least one must be above 0")
        _check("text_full", self.text_full, 0.01, 1)
        _check("tags_full", self.tags_full, 0.01, 1)
        _check("tag_threshold", self.tag_threshold, 1, 100)
        _check("element_threshold", self.element_threshold, 0.01, 1)
        _check("candidates", self.candidates, 1, 100_000)
        _check("slope", self.slope, 0, 100)
        _check("offset", self.offset, -100, 100)
        for name in ("tag_threshold", "candidates"):
            if not isinstance(getattr(self, name), int):
                raise WeightsError(f"{name}: {getattr(self, name)!r} is not a whole number")

    def without(self, part: str) -> Self:
        """The same engine without one part (a name of PARTS)."""
        none = dict.fromkeys(FACETS, 0.0) if part == "facets" else 0.0
        return type(self).from_json(self.to_json() | {part: none})

    def to_json(self) -> dict[str, Any]:
        """All fields by name."""
        return asdict(self) | {"facets": {name: self.facets[name] for name in FACETS}}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` gave; WeightsError names a field that is unknown or out of range."""
        known = {item.name for item in fields(cls)}
        if unknown := sorted(set(data) - known):
            raise WeightsError(f"{unknown[0]}: no such weight; possible: {', '.join(sorted(known))}")
        return cls(**data)


def _check(name: str, value: float, low: float, high: float) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise WeightsError(f"{name}: {value!r} is not a number from {low} to {high}")
