"""What the lists of the API take. Messages of the checks are codes; ``api.problem_texts`` words them."""

from marshmallow import Schema, fields, validate

from api.inputs import LONGEST_SEARCH, MESSAGES, NUMBER_MESSAGES, TEXT_MESSAGES, check_plain
from api.paging import DEFAULT_LIMIT, LARGEST_LIMIT, LONGEST_CURSOR
from matcher.queries.needs import NeedOrder
from matcher.states import MatchStatus, NeedStatus, ProductStatus


class PageSchema(Schema):
    """Where a page starts and how long it is."""

    cursor = fields.String(
        load_default=None,
        validate=validate.Length(max=LONGEST_CURSOR, error="too-long:{max}"),
        error_messages=TEXT_MESSAGES,
        metadata={"description": "`next_cursor` of the page before; leave it out for the first page."},
    )
    limit = fields.Integer(
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(1, LARGEST_LIMIT, error="out-of-range:{min}–{max}"),
        error_messages=NUMBER_MESSAGES,
        metadata={"description": "Rows per page."},
    )


class ListPageSchema(PageSchema):
    """Paging and the filters of both lists."""

    sector = fields.String(
        load_default=None,
        validate=[validate.Length(max=LONGEST_SEARCH, error="too-long:{max}"), check_plain],
        error_messages=TEXT_MESSAGES,
        metadata={"description": "A sector's code, such as `transport`."},
    )
    q = fields.String(
        load_default=None,
        validate=[validate.Length(max=LONGEST_SEARCH, error="too-long:{max}"), check_plain],
        error_messages=TEXT_MESSAGES,
        metadata={"description": "Words to look for in reference, title and text."},
    )


class NeedPageSchema(ListPageSchema):
    """Paging and filters of the list of needs."""

    order = fields.Enum(
        NeedOrder,
        by_value=True,
        load_default=NeedOrder.REF,
        error_messages=MESSAGES,
        metadata={"description": "`ref` or `best_score` (best first)."},
    )

    status = fields.Enum(
        NeedStatus, by_value=True, load_default=None, error_messages=MESSAGES, metadata={"description": "Only these."}
    )


class MatchPageSchema(PageSchema):
    """Paging and filters of matches."""

    status = fields.Enum(
        MatchStatus, by_value=True, load_default=None, error_messages=MESSAGES, metadata={"description": "Only these."}
    )


class ProductPageSchema(ListPageSchema):
    """Paging and filters of the list of products."""

    status = fields.Enum(
        ProductStatus,
        by_value=True,
        load_default=None,
        error_messages=MESSAGES,
        metadata={"description": "Only these."},
    )
