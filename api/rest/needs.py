"""Needs and their shortlists."""

from typing import Any

from flask import current_app

from api.meaning import current_meaning, current_reranking
from api.paging import decode_cursor, read_page
from api.rest.bundles import NeedMatchListSchema, bundle_item
from api.rest.openapi import Blueprint
from api.rest.pairs import ExplanationSchema, explanation_item
from api.rest.present import match_item, need_row
from api.rest.requests import MatchPageSchema, NeedPageSchema
from api.rest.schemas import NeedListSchema, NeedSchema
from api.session import database_session
from api.views import view_matches
from matcher.models import Need
from matcher.pair import explain_pair
from matcher.queries import matches as match_queries
from matcher.queries import needs as need_queries
from matcher.queries import products as product_queries
from matcher.queries.bundles import stored_bundles
from matcher.queries.needs import NeedOrder

KEY_KINDS = {NeedOrder.REF: str, NeedOrder.BEST_SCORE: int}

blueprint = Blueprint("needs_api", __name__, description="Demand 需求: needs and their shortlists")


@blueprint.route("/needs")
@blueprint.arguments(NeedPageSchema, location="query")
@blueprint.response(200, NeedListSchema)
@blueprint.problems(422)
def list_needs(arguments: dict[str, Any]) -> dict[str, Any]:
    """List needs with their best match

    Needs in the order asked for, each with the best match of the latest run and the counts of its review.
    """
    order, limit = arguments["order"], arguments["limit"]
    rows = need_queries.list_needs(
        database_session(),
        floor=current_app.config["MATCHER_FLOOR"],
        status=arguments["status"],
        sector=arguments["sector"],
        text=arguments["q"],
        order=order,
        after=decode_cursor(arguments["cursor"], KEY_KINDS[order]),
        limit=limit + 1,
    )
    page = read_page(rows, limit, lambda row: row.key)
    return {"items": [need_row(row) for row in page.items], "next_cursor": page.next_cursor}


@blueprint.route("/needs/<key:key>")
@blueprint.response(200, NeedSchema)
@blueprint.problems(404, 409)
def get_need(key: str) -> Need:
    """Get a need

    By id, or by the owner's own reference where only one organisation uses it.
    """
    return need_queries.get_need(database_session(), key)


@blueprint.route("/needs/<key:key>/matches")
@blueprint.arguments(MatchPageSchema, location="query")
@blueprint.response(200, NeedMatchListSchema)
@blueprint.problems(404, 409, 422)
def list_need_matches(arguments: dict[str, Any], key: str) -> dict[str, Any]:
    """List a need's shortlist

    Matches by rank, each with the breakdown that adds up to its score. Decided matches that have left the shortlist
    come last, with no rank. `bundles` are products that cover clearly more of the need together than any one does.
    """
    session, limit = database_session(), arguments["limit"]
    need = need_queries.get_need(session, key)
    rows = match_queries.shortlist(
        session,
        need,
        status=arguments["status"],
        after=decode_cursor(arguments["cursor"], int),
        limit=limit + 1,
    )
    page = read_page(rows, limit, match_queries.rank_key)
    found = need_queries.get_shortlist(session, need)
    return {
        "items": [match_item(view) for view in view_matches(session, page.items)],
        "next_cursor": page.next_cursor,
        "reason": found.reason if found is not None else None,
        "bundles": [bundle_item(bundle) for bundle in stored_bundles(session, found)],
    }


@blueprint.route("/needs/<key:need_key>/products/<key:product_key>/explanation")
@blueprint.response(200, ExplanationSchema)
@blueprint.problems(404, 409)
def explain(need_key: str, product_key: str) -> dict[str, Any]:
    """Explain any need and product

    The breakdown of their score, the hard rule that keeps them apart if one does, and where the match does not reach
    the floor or lacks a must-have, the smallest set of changes to the listing that would lift it.
    """
    session = database_session()
    need, product = need_queries.get_need(session, need_key), product_queries.get_product(session, product_key)
    floor = current_app.config["MATCHER_FLOOR"]
    pair = explain_pair(session, need, product, floor, current_meaning(), current_reranking())
    return explanation_item(need, product, pair)
