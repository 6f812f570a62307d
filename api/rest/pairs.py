"""Any need and product explained, as the API gives it."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.language import current_language
from api.rest.present import breakdown_item
from api.rest.schemas import SCORE, BreakdownSchema, NeedBriefSchema, ProductBriefSchema, as_points
from matcher.meaning import remark_text
from matcher.models import Need, Product
from matcher.near_miss_texts import with_texts
from matcher.pair import Pair
from matcher.sentence import sentence
from scoring.facets import RULES

RULE = {"description": f"The hard rule that keeps the pair apart: {', '.join(RULES)}; null for none."}
KINDS = (
    *("element", "listed", "certificate"),
    *("delivery", "deal", "update_frequency", "region", "price", "freshness"),
)
"""The kinds of scoring.near_miss.Change."""


class MustsSchema(Schema):
    """How many of the must-have elements are covered."""

    have = fields.Integer(metadata={"example": 4})
    of = fields.Integer(metadata={"example": 5})
    missing = fields.List(fields.String(), metadata={"example": ["县级覆盖"]})


class ChangeSchema(Schema):
    """One thing that the seller can change."""

    kind = fields.String(validate=validate.OneOf(KINDS))
    text = fields.String(metadata={"description": "In the request's language.", "example": "交付方式增加：API 接口"})
    gain = fields.Float(metadata={"description": "Points that this change brings by itself.", "example": 2.35})
    had = fields.Boolean(metadata={"description": "The listing says something else now, or covers a part."})
    element = fields.String(metadata={"description": "The element to add, with `items` and `must`."})
    items = fields.List(fields.String())
    must = fields.Boolean()
    value = fields.List(
        fields.Raw(), metadata={"description": "What the need asks for; any one mode will do, all regions are asked."}
    )
    refused = fields.List(
        fields.String(), metadata={"description": "Where `value` is empty: any mode but these will do."}
    )


class NearMissSchema(Schema):
    """What keeps a match from counting, and what would lift it 差一点."""

    floor = fields.Float(metadata={"description": "Points from which a match counts.", "example": 35.0})
    score_before = fields.Float(metadata=SCORE)
    score_after = fields.Float(metadata=SCORE | {"description": "With all changes made."})
    reaches = fields.Boolean(
        metadata={"description": "Whether the changes lift the match; if not, they are the best steps found."}
    )
    musts = fields.Nested(MustsSchema)
    excluded = fields.String(allow_none=True, metadata=RULE)
    state = fields.String(metadata={"description": "How it stands now, in the request's language."})
    outcome = fields.String(metadata={"description": "Where the changes lead, in the request's language."})
    changes = fields.List(fields.Nested(ChangeSchema))


class ExplanationSchema(Schema):
    """Why a product has its score for a need, and what would lift it."""

    need = fields.Nested(NeedBriefSchema)
    product = fields.Nested(ProductBriefSchema)
    stored = fields.Boolean(
        metadata={"description": "The latest run's breakdown; if not, it was made for this answer."}
    )
    excluded = fields.String(allow_none=True, metadata=RULE)
    sentence = fields.String(metadata={"description": "The breakdown in one sentence, in the request's language."})
    breakdown = fields.Nested(BreakdownSchema)
    remarks = fields.List(
        fields.String(),
        metadata={"description": "What could not be asked for this answer, in the request's language."},
    )
    near_miss = fields.Nested(
        NearMissSchema,
        allow_none=True,
        metadata={
            "description": "Null where the match reaches the floor and lacks no must-have, and until the next run "
            "where the engine behind a stored score is no longer at hand."
        },
    )


def explanation_item(need: Need, product: Product, pair: Pair) -> dict[str, Any]:
    """A pair with its points in place of hundredths."""
    language = current_language()
    why = pair.explanation
    return {
        "need": need,
        "product": product,
        "stored": pair.stored,
        "excluded": why.excluded,
        "sentence": sentence(why.breakdown, language, why.excluded),
        "breakdown": breakdown_item(why.breakdown),
        "remarks": [remark_text(remark, language) for remark in pair.remarks],
        "near_miss": _near_miss_item(with_texts(pair.near_miss.to_json(), language)) if pair.near_miss else None,
    }


def _near_miss_item(near_miss: dict[str, Any]) -> dict[str, Any]:
    scores = {name: as_points(near_miss[name]) for name in ("floor", "score_before", "score_after")}
    # Without "items", marshmallow would find the method of that name that every dictionary has.
    changes = [{"items": []} | change | {"gain": as_points(change["gain"])} for change in near_miss["changes"]]
    return near_miss | scores | {"changes": changes}
