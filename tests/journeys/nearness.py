"""How near two rows are in meaning, by the model that is installed and nothing else of the engine."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from scoring.semantic import Encoder
from tests.journeys.inputs import Side, fold


class Nearness:
    """Cosines of needs with products, each side all that it says as one text."""

    def __init__(self, encoder: Encoder, needs: Mapping[str, Side], products: Mapping[str, Side]) -> None:
        self.rows, self.columns = ({ref: place for place, ref in enumerate(side)} for side in (needs, products))
        self.cosines = _vectors(encoder, needs, asking=True) @ _vectors(encoder, products, asking=False).T

    def cosine(self, need: Side, product: Side) -> float:
        """Of one pair."""
        return float(self.cosines[self.rows[need.ref], self.columns[product.ref]])

    def nearer(self, need: Side, product: Side) -> float:
        """The share of all products that are nearer to the need."""
        return float((self.cosines[self.rows[need.ref]] > self.cosine(need, product)).mean())


def _vectors(encoder: Encoder, sides: Mapping[str, Side], *, asking: bool) -> npt.NDArray[np.float32]:
    vectors = encoder.encode([_text(side) for side in sides.values()], asking=asking)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def _text(side: Side) -> str:
    elements = "、".join(
        f"{element.name}：{'、'.join(element.items)}" if element.items else element.name for element in side.elements
    )
    return fold("。".join(text for text in (side.title, side.text, elements, "、".join(side.tags)) if text))
