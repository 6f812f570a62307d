"""What the API gives."""

from decimal import Decimal
from typing import Any

from marshmallow import Schema, fields, validate

from matcher.states import (
    DataClass,
    DealMode,
    DecisionKind,
    DeliveryMode,
    MatchStatus,
    NeedOutcome,
    NeedStatus,
    PriceMode,
    ProductKind,
    ProductStatus,
    RejectReason,
    UpdateFrequency,
)

SCORE = {"description": "0 to 100, two decimals.", "example": 73.25}
POINTS = {"description": "Points of the score, two decimals."}
FINGERPRINT = {"description": "Hash of the engine's weights and statistics.", "example": "3f" * 32}


class ProblemFieldSchema(Schema):
    """One field that is wrong."""

    field = fields.String(metadata={"example": "reason"})
    message = fields.String()
    code = fields.String(metadata={"example": "reason-missing"})


class ProblemSchema(Schema):
    """A problem document (RFC 9457)."""

    type = fields.String(metadata={"description": "Stable name of the kind of problem."})
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    instance = fields.String(metadata={"description": "The path that was asked for."})
    errors = fields.List(fields.Nested(ProblemFieldSchema))


class OrganisationBriefSchema(Schema):
    """An organisation in short."""

    id = fields.UUID()
    external_ref = fields.String(metadata={"example": "DEMO-B-01"})
    name = fields.String()
    demonstration = fields.Boolean(metadata={"description": "Made up for demonstration."})


class ElementSchema(Schema):
    """One piece of data wanted or contained."""

    name = fields.String(metadata={"example": "交通流数据"})
    items = fields.List(fields.String())
    must = fields.Boolean(metadata={"description": "Needs only: without it the product does not serve."})


class ListingSchema(Schema):
    """What needs and products share."""

    id = fields.UUID()
    external_ref = fields.String(metadata={"example": "SC-07"})
    organisation = fields.Nested(OrganisationBriefSchema)
    title = fields.String()
    elements = fields.List(fields.Nested(ElementSchema))
    tags = fields.List(fields.String())
    sectors = fields.List(fields.String(), metadata={"example": ["transport"]})
    sector_text = fields.String(allow_none=True, metadata={"description": "The source's own words."})
    regions = fields.List(fields.String(), metadata={"description": "GB/T 2260 codes.", "example": ["520000"]})
    region_text = fields.String(allow_none=True)
    coverage_start = fields.Date(allow_none=True)
    coverage_end = fields.Date(allow_none=True)
    update_frequency = fields.Enum(UpdateFrequency, by_value=True, allow_none=True)
    frequency_text = fields.String(allow_none=True)
    delivery_modes = fields.List(fields.Enum(DeliveryMode, by_value=True))
    deal_modes = fields.List(fields.Enum(DealMode, by_value=True))
    version = fields.Integer()
    created_at = fields.DateTime()
    updated_at = fields.DateTime()


class NeedSchema(ListingSchema):
    """A data need 数据需求."""

    status = fields.Enum(NeedStatus, by_value=True)
    outcome = fields.Enum(NeedOutcome, by_value=True, allow_none=True)
    text = fields.String()
    excluded_delivery_modes = fields.List(fields.Enum(DeliveryMode, by_value=True))
    excluded_deal_modes = fields.List(fields.Enum(DealMode, by_value=True))
    budget = fields.Decimal(as_string=True, allow_none=True, metadata={"description": "Yuan, at most."})
    requires_certificate = fields.Boolean()
    fresh_since = fields.Date(allow_none=True)
    deadline_on = fields.Date(allow_none=True)


class CertificateSchema(Schema):
    """A registration certificate 登记证书."""

    number = fields.String(metadata={"example": "SZ2025120003445.6"})
    recognised = fields.Boolean(metadata={"description": "Whether the number has a known form."})
    valid_number = fields.Boolean(allow_none=True, metadata={"description": "Whether its check character holds."})
    issuer = fields.String(allow_none=True)
    issued_on = fields.Date(allow_none=True)
    expires_on = fields.Date(allow_none=True)
    revoked_on = fields.Date(allow_none=True)


class ProductSchema(ListingSchema):
    """A data product 数据产品."""

    status = fields.Enum(ProductStatus, by_value=True)
    provider = fields.String(allow_none=True)
    kind = fields.Enum(ProductKind, by_value=True, allow_none=True)
    summary = fields.String()
    scenario = fields.String(allow_none=True)
    outcomes = fields.List(fields.String())
    volume = fields.String(allow_none=True)
    price_mode = fields.Enum(PriceMode, by_value=True, allow_none=True)
    price_amount = fields.Decimal(as_string=True, allow_none=True, metadata={"description": "Yuan."})
    price_unit = fields.String(allow_none=True)
    price_text = fields.String(allow_none=True)
    data_class = fields.Enum(DataClass, by_value=True, allow_none=True)
    personal_information = fields.Boolean(allow_none=True)
    sample = fields.String(allow_none=True)
    certificates = fields.List(fields.Nested(CertificateSchema))


class NeedBriefSchema(Schema):
    """A need in short."""

    id = fields.UUID()
    external_ref = fields.String(metadata={"example": "SC-07"})
    title = fields.String()
    status = fields.Enum(NeedStatus, by_value=True)


class ProductBriefSchema(Schema):
    """A product in short."""

    id = fields.UUID()
    external_ref = fields.String(metadata={"example": "GZ-01"})
    title = fields.String()
    provider = fields.String(allow_none=True)
    status = fields.Enum(ProductStatus, by_value=True)


class ReviewCountsSchema(Schema):
    """How many matches of a need stand where."""

    proposed = fields.Integer()
    approved = fields.Integer()
    rejected = fields.Integer()


class NeedRowSchema(NeedSchema):
    """A need in a list, with the outcome of the latest run."""

    best_score = fields.Float(allow_none=True, metadata=SCORE)
    best_product = fields.Nested(ProductBriefSchema, allow_none=True)
    at_floor = fields.Integer(metadata={"description": "Matches on the shortlist at or over the floor."})
    matches = fields.Nested(ReviewCountsSchema)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """What the row itself has no word for, its need has."""
        return obj[attr] if attr in obj else super().get_attribute(obj["need"], attr, default)


class ProductRowSchema(ProductSchema):
    """A product in a list, with how its matches stand."""

    best_score = fields.Float(allow_none=True, metadata=SCORE)
    matches = fields.Nested(ReviewCountsSchema)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """What the row itself has no word for, its product has."""
        return obj[attr] if attr in obj else super().get_attribute(obj["product"], attr, default)


class TermSchema(Schema):
    """A shared term and the points it brought."""

    term = fields.String(metadata={"example": "隧道"})
    points = fields.Float(metadata=POINTS | {"example": 3.21})


class TagPairSchema(Schema):
    """Two tags that mean nearly the same."""

    need = fields.String(metadata={"example": "智慧旅游"})
    product = fields.String(metadata={"example": "智慧文旅"})
    similarity = fields.Float()


class ElementCoverSchema(Schema):
    """An element of the need and what of the product covers it."""

    element = fields.String()
    by = fields.String()
    share = fields.Float()
    must = fields.Boolean()


class MissingElementSchema(Schema):
    """An element of the need that the product lacks."""

    element = fields.String()
    must = fields.Boolean()


class FacetSchema(Schema):
    """One condition on both sides."""

    facet = fields.String(metadata={"example": "sector"})
    state = fields.String(validate=validate.OneOf(["agree", "partly", "unknown", "disagree"]))
    value = fields.Float(allow_none=True)
    need = fields.Raw(allow_none=True)
    product = fields.Raw(allow_none=True)


class FactSchema(Schema):
    """A fact that trust rests on."""

    fact = fields.String(metadata={"example": "certificate"})
    value = fields.Raw(allow_none=True)


class PartSchema(Schema):
    """One part 得分项 of a score; the lists are those of its kind."""

    part = fields.String(metadata={"example": "text"})
    weight = fields.Float(metadata={"description": "As set; what counts is its share of all known parts' weights."})
    known = fields.Boolean(metadata={"description": "An unknown part gives its weight to the others."})
    value = fields.Float(
        allow_none=True, metadata={"description": "How far the two sides agree in it, 0 to 1.", "example": 0.62}
    )
    points = fields.Float(
        metadata={
            "description": "Its share of the score, in proportion to weight times value, two decimals. The score is a "
            "curve over the sum of those, so a part has no fixed most.",
            "example": 27.55,
        }
    )
    similarity = fields.Float(allow_none=True, metadata={"description": "Of meaning: the cosine of the two vectors."})
    likeness = fields.Float(
        allow_none=True, metadata={"description": "Of meaning: that cosine from unlike texts (0) to like ones (1)."}
    )
    reranked = fields.Float(
        allow_none=True,
        metadata={
            "description": "Of meaning: what the reranker says, 0 to 1, null where it was not asked. The value "
            "is the mean of the two, or the one that is there."
        },
    )
    terms = fields.List(fields.Nested(TermSchema))
    other = fields.Float(metadata={"description": "Points of all terms not named, two decimals.", "example": 1.2})
    pairs = fields.List(fields.Nested(TagPairSchema))
    need_only = fields.List(fields.String())
    product_only = fields.List(fields.String())
    covered = fields.List(fields.Nested(ElementCoverSchema))
    partly = fields.List(fields.Nested(ElementCoverSchema))
    missing = fields.List(fields.Nested(MissingElementSchema))
    facets = fields.List(fields.Nested(FacetSchema))
    facts = fields.List(fields.Nested(FactSchema))


class BreakdownSchema(Schema):
    """A breakdown 得分说明: parts whose points add up to the score."""

    score = fields.Float(metadata=SCORE)
    fingerprint = fields.String(metadata=FINGERPRINT)
    parts = fields.List(fields.Nested(PartSchema))


class DecisionSchema(Schema):
    """A ruling 审核意见 as it was given."""

    id = fields.UUID()
    kind = fields.Enum(DecisionKind, by_value=True)
    reason = fields.Enum(RejectReason, by_value=True, allow_none=True)
    comment = fields.String(allow_none=True)
    decided_at = fields.DateTime(attribute="created_at")
    decided_by = fields.String(attribute="staff.name")
    score = fields.Function(lambda decision: as_points(decision.score), metadata={"type": "number"} | SCORE)


class MatchSchema(Schema):
    """A scored pair 匹配."""

    id = fields.UUID()
    rank = fields.Integer(allow_none=True, metadata={"description": "Place in the need's shortlist, from 1."})
    score = fields.Float(metadata=SCORE)
    status = fields.Enum(MatchStatus, by_value=True)
    need = fields.Nested(NeedBriefSchema)
    product = fields.Nested(ProductBriefSchema)
    sentence = fields.String(
        metadata={
            "description": "The breakdown in one sentence, in the request's language; plain text.",
            "example": "覆盖所需 5 类数据中的 4 类（缺：投诉数据）；标签“智慧旅游”一致；更新频率未知。",
        }
    )
    breakdown = fields.Nested(BreakdownSchema)
    alike = fields.List(
        fields.Nested(ProductBriefSchema),
        metadata={"description": "The same seller's products that say the same and stand behind this one."},
    )
    fingerprint = fields.String(metadata=FINGERPRINT)
    stale = fields.Boolean(metadata={"description": "The need, the product or the engine has changed since."})
    scored_at = fields.DateTime()
    version = fields.Integer(metadata={"description": "Send it back with a decision."})
    decision = fields.Nested(DecisionSchema, allow_none=True, metadata={"description": "The latest one."})


class NeedListSchema(Schema):
    """A page of needs."""

    items = fields.List(fields.Nested(NeedRowSchema))
    next_cursor = fields.String(allow_none=True)


class ProductListSchema(Schema):
    """A page of products."""

    items = fields.List(fields.Nested(ProductRowSchema))
    next_cursor = fields.String(allow_none=True)


class MatchListSchema(Schema):
    """A page of the matches of one need or one product, best first."""

    items = fields.List(fields.Nested(MatchSchema))
    next_cursor = fields.String(allow_none=True)
    reason = fields.String(
        allow_none=True,
        metadata={
            "description": "Why a need's shortlist is empty: stop_words_only, nothing_in_common, no_products, "
            "all_excluded; null otherwise and for products."
        },
    )


def as_points(hundredths: int) -> float:
    """Hundredths of a point as the API's score, exactly two decimals."""
    return float(Decimal(hundredths) / 100)
