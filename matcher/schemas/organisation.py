"""Organisations in."""

from typing import Any

from marshmallow import Schema, fields

from matcher.codes.credit_code import normalised_credit_code
from matcher.messages import LANGUAGES, Message
from matcher.schemas.base import RowSchema
from matcher.schemas.fields import Codes, Email, Flag, Text, Whole, refusal
from matcher.states import OrganisationRole

DIGEST_RHYTHMS = ("daily", "weekly", "never")


class CreditCode(Text):
    """统一社会信用代码, checked."""

    def read(self, value: Any) -> str:
        text = super().read(value)
        code = normalised_credit_code(text)
        if code is None:
            raise refusal("not-credit-code", value=text)
        return code


class OneOf(Text):
    """One of a few words."""

    def __init__(self, choices: tuple[str, ...], **options: Any) -> None:
        self.choices = choices
        super().__init__(40, metadata={"enum": list(choices)}, **options)

    def read(self, value: Any) -> str:
        text = super().read(value)
        if text not in self.choices:
            raise refusal("not-one-of", value=text, choices=", ".join(self.choices))
        return text


class PreferencesSchema(Schema):
    """What an organisation wants to be told: how often, from which score on, and how much at most."""

    error_messages = {"unknown": Message("unknown-field"), "type": Message("not-an-object")}  # noqa: RUF012

    digest = OneOf(DIGEST_RHYTHMS)
    floor = Whole(0, 100)
    cap = Whole(1, 100)


class OrganisationSchema(RowSchema):
    """An organisation by the names of its columns. ``preferences``: digest, floor (points), cap (most at a time)."""

    external_ref = Text(120, one_line=True, filled=True, required=True)
    name = Text(300, filled=True, required=True)
    credit_code = CreditCode(40)
    roles = Codes(lambda code: code in set(OrganisationRole), ", ".join(OrganisationRole))
    contact_name = Text(120)
    contact_email = Email(320)
    contact_phone = Text(40)
    language = OneOf(LANGUAGES)
    preferences = fields.Nested(PreferencesSchema)
    demonstration = Flag()
