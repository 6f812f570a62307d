"""Bundles 组合 as the API gives them."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.rest.schemas import MatchListSchema, ProductBriefSchema
from matcher.queries.bundles import StoredBundle

_SHARE = {"description": "Weighted share of the data asked for, 0 to 1."}


class BundleElementSchema(Schema):
    """An element of the need and how far it is covered."""

    element = fields.String(metadata={"example": "交通流数据"})
    share = fields.Float(metadata={"description": "0 to 1."})
    must = fields.Boolean()


class BundleMemberSchema(Schema):
    """A product of a bundle."""

    product = fields.Nested(ProductBriefSchema)
    adds = fields.List(
        fields.Nested(BundleElementSchema),
        metadata={"description": "The elements that it covers best of all members."},
    )


class BundlePriceSchema(Schema):
    """What the products cost together."""

    amount = fields.Float(
        allow_none=True,
        metadata={"description": "Yuan; null where a price is unknown, or where they are for different periods."},
    )
    per = fields.String(
        allow_none=True, metadata={"description": "The period, if all are paid by the same one.", "example": "年"}
    )
    # marshmallow has a setting of that name.
    unknown_prices = fields.Integer(
        data_key="unknown",
        attribute="unknown",
        metadata={"description": "Products whose price is unknown or not comparable."},
    )


class StatedSchema(Schema):
    """What one product states."""

    product = fields.Nested(ProductBriefSchema)
    values = fields.List(fields.String(), metadata={"example": ["licence"]})


class ConflictSchema(Schema):
    """What stands against taking products together."""

    kind = fields.String(validate=validate.OneOf(["deal", "delivery", "data_class"]))
    products = fields.List(fields.Nested(StatedSchema))


class BundleSchema(Schema):
    """Products that cover clearly more of a need together than any one does 组合."""

    coverage = fields.Float(metadata=_SHARE | {"example": 0.93})
    best_single = fields.Float(metadata={"description": "The same of the best single product.", "example": 0.61})
    members = fields.List(fields.Nested(BundleMemberSchema))
    uncovered = fields.List(fields.Nested(BundleElementSchema), metadata={"description": "What stays uncovered."})
    price = fields.Nested(BundlePriceSchema)
    conflicts = fields.List(fields.Nested(ConflictSchema))


class NeedMatchListSchema(MatchListSchema):
    """A page of a need's shortlist, with the bundles of the whole of it."""

    bundles = fields.List(
        fields.Nested(BundleSchema),
        metadata={"description": "At most three, the one that covers most first; the same on every page."},
    )


def bundle_item(bundle: StoredBundle) -> dict[str, Any]:
    """A bundle with its products in short in place of their ids."""
    return dict(bundle.stored) | {
        "price": bundle.price,
        "members": [{"product": product, "adds": adds} for product, adds in bundle.members],
        "conflicts": [
            {"kind": kind, "products": [{"product": product, "values": said} for product, said in stating]}
            for kind, stating in bundle.conflicts
        ],
    }
