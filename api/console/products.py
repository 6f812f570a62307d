"""The list of products and a product with the needs it fits."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from api import words
from api.inputs import choice, search_words
from api.language import _, current_language
from api.paging import decode_cursor, read_page
from api.session import database_session
from api.views import view_matches
from matcher.messages import message
from matcher.models import Finding, Product
from matcher.queries import matches as match_queries
from matcher.queries import products as product_queries
from matcher.queries.findings import open_findings
from matcher.queries.products import ProductRow
from matcher.states import ProductStatus

ROWS = 50
MATCHES = 20

blueprint = Blueprint("products", __name__)


@blueprint.get("/products")
def index() -> ResponseReturnValue:
    """Products with their best match."""
    status, text = choice(ProductStatus, request.args.get("status")), search_words(request.args.get("q"))
    rows: list[ProductRow] = product_queries.list_products(
        database_session(),
        status=status,
        text=text,
        after=decode_cursor(request.args.get("cursor"), str),
        limit=ROWS + 1,
    )
    return render_template(
        "products.html",
        page=read_page(rows, ROWS, lambda row: row.key),
        tabs=[(None, _("All")), *((member, words.label(member)) for member in ProductStatus)],
        status=status,
        text=text,
    )


@blueprint.get("/products/<key:key>")
def show(key: str) -> ResponseReturnValue:
    """A product beside the needs that it fits, best first."""
    session = database_session()
    product = product_queries.get_product(session, key)
    after = decode_cursor(request.args.get("cursor"), int)
    page = read_page(
        match_queries.for_product(session, product, after=after, limit=MATCHES + 1), MATCHES, match_queries.score_key
    )
    return render_template(
        "product.html",
        product=product,
        page=page,
        views=view_matches(session, page.items),
        facts=listing_facts(product),
        findings=[finding_text(finding) for finding in open_findings(session, "product", [product.id])],
    )


def listing_facts(product: Product) -> list[tuple[str, str]]:
    """Name and value of what the listing says in its fields."""
    priced = product.price_mode is not None or product.price_amount is not None or product.price_text
    price = words.price(product.price_mode, product.price_amount, product.price_unit, product.price_text)
    personal = product.personal_information
    rows = [
        (_("Kind"), words.label(product.kind) if product.kind else None),
        (_("Sector"), words.joined(words.sector(code) for code in product.sectors) or product.sector_text),
        (_("Region"), words.joined(words.region(code) for code in product.regions) or product.region_text),
        (_("Scenario"), product.scenario),
        (_("Volume"), product.volume),
        (
            _("Update frequency"),
            words.label(product.update_frequency) if product.update_frequency else product.frequency_text,
        ),
        (_("Modes"), words.joined_modes(product.delivery_modes, product.deal_modes)),
        (_("Price"), price if priced else None),
        (_("Data class"), words.label(product.data_class) if product.data_class else None),
        (_("Personal information"), words.yes_or_no(personal) if personal is not None else None),
    ]
    return [(name, value) for name, value in rows if value]


def finding_text(finding: Finding) -> str:
    """A finding in words."""
    try:
        return message(finding.rule, current_language(), **finding.details)
    except KeyError:  # a rule of a later version, or details of an earlier one
        return finding.rule
