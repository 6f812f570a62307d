"""What the API and the decision forms take. Messages of the checks are codes; ``api.problem_texts`` words them."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api.inputs import LONGEST_SEARCH
from api.paging import DEFAULT_LIMIT, LARGEST_LIMIT, LONGEST_CURSOR, is_plain
from matcher.queries.needs import NeedOrder
from matcher.states import DecisionKind, MatchStatus, NeedStatus, ProductStatus, RejectReason

LONGEST_COMMENT = 2000
Messages = dict[str, str | list[Any] | dict[Any, Any]]
MESSAGES: Messages = {
    "required": "required",
    "null": "null",
    "invalid": "invalid",
    "unknown": "invalid-choice:{choices}",
}
TEXT_MESSAGES: Messages = MESSAGES | {"invalid": "invalid-string"}
NUMBER_MESSAGES: Messages = MESSAGES | {"invalid": "invalid-integer"}


def check_plain(text: str) -> None:
    """Control characters and lone surrogates are refused: no database can hold all of them."""
    if not is_plain(text):
        raise ValidationError("control-characters")


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
        validate=validate.OneOf([NeedOrder.REF, NeedOrder.BEST_SCORE], error="invalid-choice:ref, best_score"),
        error_messages=MESSAGES,
        metadata={"description": "`ref` or `best_score` (best first).", "enum": ["ref", "best_score"]},
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


class DecisionInputSchema(Schema):
    """A ruling on a match. A rejection needs a reason."""

    kind = fields.Enum(DecisionKind, by_value=True, required=True, error_messages=MESSAGES)
    reason = fields.Enum(RejectReason, by_value=True, load_default=None, allow_none=True, error_messages=MESSAGES)
    comment = fields.String(
        load_default=None,
        allow_none=True,
        validate=[validate.Length(max=LONGEST_COMMENT, error="too-long:{max}"), check_plain],
        error_messages=TEXT_MESSAGES,
    )
    version = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        error_messages=NUMBER_MESSAGES,
        metadata={"description": "The match's `version` as you saw it; 409 where it has moved on.", "example": 1},
    )

    @validates_schema
    def check_reason(self, data: dict[str, Any], **_options: Any) -> None:
        """A reason is due where a match is turned down, and only there."""
        if data.get("kind") is DecisionKind.REJECT and data.get("reason") is None:
            raise ValidationError("reason-missing", "reason")
        if data.get("kind") is DecisionKind.APPROVE and data.get("reason") is not None:
            raise ValidationError("reason-not-allowed", "reason")
