"""Products and the needs they fit."""

from typing import Any

from api.paging import decode_cursor, read_page
from api.rest.openapi import Blueprint
from api.rest.present import match_item, product_row
from api.rest.requests import MatchPageSchema, ProductPageSchema
from api.rest.schemas import MatchListSchema, ProductListSchema, ProductSchema
from api.session import database_session
from api.views import view_matches
from matcher.models import Product
from matcher.queries import matches as match_queries
from matcher.queries import products as product_queries

blueprint = Blueprint("products_api", __name__, description="Supply 供给: products and the needs they fit")


@blueprint.route("/products")
@blueprint.arguments(ProductPageSchema, location="query")
@blueprint.response(200, ProductListSchema)
@blueprint.problems(422)
def list_products(arguments: dict[str, Any]) -> dict[str, Any]:
    """List products

    Products by reference, each with the best score it has on any shortlist and the counts of its review.
    """
    limit = arguments["limit"]
    rows = product_queries.list_products(
        database_session(),
        status=arguments["status"],
        sector=arguments["sector"],
        text=arguments["q"],
        after=decode_cursor(arguments["cursor"], str),
        limit=limit + 1,
    )
    page = read_page(rows, limit, lambda row: row.key)
    return {"items": [product_row(row) for row in page.items], "next_cursor": page.next_cursor}


@blueprint.route("/products/<key:key>")
@blueprint.response(200, ProductSchema)
@blueprint.problems(404, 409)
def get_product(key: str) -> Product:
    """Get a product

    By id, or by the owner's own reference where only one organisation uses it.
    """
    return product_queries.get_product(database_session(), key)


@blueprint.route("/products/<key:key>/matches")
@blueprint.arguments(MatchPageSchema, location="query")
@blueprint.response(200, MatchListSchema)
@blueprint.problems(404, 409, 422)
def list_product_matches(arguments: dict[str, Any], key: str) -> dict[str, Any]:
    """List the needs that a product fits

    Matches by score, best first, each with the breakdown that adds up to it.
    """
    session, limit = database_session(), arguments["limit"]
    product = product_queries.get_product(session, key)
    rows = match_queries.for_product(
        session,
        product,
        status=arguments["status"],
        after=decode_cursor(arguments["cursor"], int),
        limit=limit + 1,
    )
    page = read_page(rows, limit, match_queries.score_key)
    items = [match_item(view) for view in view_matches(session, page.items)]
    return {"items": items, "next_cursor": page.next_cursor, "reason": None}
