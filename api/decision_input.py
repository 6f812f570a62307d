"""What a ruling on a match takes, from the API's body and from the console's form alike."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api.inputs import MESSAGES, NUMBER_MESSAGES, TEXT_MESSAGES, check_plain
from matcher.actions.decisions import LONGEST_COMMENT
from matcher.states import DecisionKind, RejectReason


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
