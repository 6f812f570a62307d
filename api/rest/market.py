"""What the market lacks and who is seen in it."""

from typing import Any

from marshmallow import Schema, fields

from api.rest.openapi import Blueprint
from api.rest.schemas import NeedBriefSchema, OrganisationBriefSchema, ProductBriefSchema
from api.session import database_session
from matcher.queries.exposure import Exposure, exposure
from matcher.queries.gaps import latest_gaps

_SHARE = {"description": "0 to 1.", "example": 0.25}


class SellerToApproachSchema(Schema):
    """A seller whose product comes near to what is wanted."""

    organisation = fields.Nested(OrganisationBriefSchema, attribute="product.organisation")
    product = fields.Nested(ProductBriefSchema)
    share = fields.Float(metadata={"description": "How much of the wording the product covers, 0 to 1."})
    similarity = fields.Float(metadata={"description": "Cosine of the texts, 0 to 1."})


class GapSchema(Schema):
    """Something that buyers want and no listed product serves 供给缺口."""

    label = fields.String(metadata={"example": "游客画像数据"})
    phrases = fields.List(fields.String(), metadata={"description": "All wordings, the most frequent first."})
    buyer_count = fields.Integer()
    buyers = fields.List(fields.Nested(OrganisationBriefSchema), metadata={"description": "At most 50."})
    need_count = fields.Integer()
    needs = fields.List(fields.Nested(NeedBriefSchema), metadata={"description": "At most 50."})
    sectors = fields.List(fields.String(), metadata={"description": "The most frequent first."})
    share = fields.Float(metadata={"description": "The most that any product covers of any wording, 0 to 1."})
    sellers = fields.List(fields.Nested(SellerToApproachSchema), metadata={"description": "At most 3, nearest first."})


class GapListSchema(Schema):
    """The gaps that the latest finished run found."""

    items = fields.List(fields.Nested(GapSchema))
    found_at = fields.DateTime(allow_none=True, metadata={"description": "Null before the first run."})


class ExposureSchema(Schema):
    """A seller's places on shortlists against its supply."""

    organisation = fields.Nested(OrganisationBriefSchema, attribute="seller")
    supply = fields.Integer(metadata={"description": "Listed products."})
    supply_share = fields.Float(metadata=_SHARE)
    first_places = fields.Integer(metadata={"description": "Shortlists that a product of the seller heads."})
    first_share = fields.Float(metadata=_SHARE)
    page_places = fields.Integer(metadata={"description": "Places on the shortlists' first pages (10 each)."})
    page_share = fields.Float(metadata=_SHARE)
    ratio = fields.Float(allow_none=True, metadata={"description": "first_share by supply_share; null without supply."})


class ExposureListSchema(Schema):
    """All sellers, the most exposed for their supply first."""

    items = fields.List(fields.Nested(ExposureSchema))


blueprint = Blueprint("market_api", __name__, description="Market 市场: gaps in supply, sellers' exposure")


@blueprint.route("/gaps")
@blueprint.response(200, GapListSchema)
@blueprint.problems()
def list_gaps() -> dict[str, Any]:
    """List gaps in supply

    What needs ask for and no listed product serves, gathered by wording over all open needs when the latest run ended;
    at most 200, those of most buyers first.
    """
    run, gaps = latest_gaps(database_session())
    return {"items": gaps, "found_at": run.finished_at if run is not None else None}


@blueprint.route("/exposure")
@blueprint.response(200, ExposureListSchema)
@blueprint.problems()
def list_exposure() -> dict[str, list[Exposure]]:
    """List sellers' exposure

    Each seller's share of the first places and first pages of all shortlists, against its share of the listed products.
    """
    return {"items": exposure(database_session())}
