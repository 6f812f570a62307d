"""Listing profiles in: which column of an exchange's CSV feeds which field of a product."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from marshmallow import Schema, ValidationError, fields

from matcher.messages import Message
from matcher.schemas.fields import Said, Text, each, kind_of, refusal
from matcher.schemas.product import FileProductSchema

ISO = "iso"
"""How a profile calls dates such as 2026-03-01 and 2026-03-01T08:00:00+08:00."""

PRODUCT = FileProductSchema()
FEEDABLE = tuple(name for name in PRODUCT.fields if name not in ("id", "provider", "extra"))
"""The fields that columns may feed; ``reference`` and ``seller`` see to id and provider."""

_SAMPLE_DAY = date(2026, 3, 1)
_VALUE = Text(200, one_line=True)


class Columns(Said):
    """A column by name, or a list of such names; loaded as a list."""

    entry = Text(200, one_line=True, filled=True)

    def read(self, value: Any) -> list[str]:
        if isinstance(value, list) and value:
            return each(value, self.entry.read)
        return [self.entry.read(value)]


class Named(Said):
    """An object whose values ``entry`` reads, each given its name and its value; ``must``: the name it cannot lack."""

    def __init__(self, entry: Callable[[str, Any], Any], *, must: str | None = None, **options: Any) -> None:
        self.entry, self.must = entry, must
        super().__init__(**options)

    def read(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise refusal("not-object", kind=kind_of(value))
        read, errors = dict[str, Any](), dict[str, Any]()
        for name, given in value.items():
            try:
                read[name] = self.entry(name, given)
            except ValidationError as error:
                errors[name] = error.messages
        if self.must and self.must not in value:
            errors[self.must] = [Message("required")]
        if errors:
            raise ValidationError(errors)
        return read


class Separator(Said):
    """Up to 20 characters, kept with their spaces."""

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise refusal("not-text", kind=kind_of(value))
        if not value:
            raise refusal("required")
        if len(value) > 20:
            raise refusal("too-long", limit=20, length=len(value))
        return value


class Pattern(Said):
    """A regular expression with one group."""

    def read(self, value: Any) -> re.Pattern[str]:
        if not isinstance(value, str):
            raise refusal("not-text", kind=kind_of(value))
        try:
            pattern = re.compile(value)
        except re.error as error:
            raise refusal("not-pattern", value=value, reason=error) from None
        if pattern.groups != 1:
            raise refusal("pattern-groups", value=value, count=pattern.groups)
        return pattern


class _Strict(Schema):
    error_messages = {"unknown": Message("unknown-field"), "type": Message("not-an-object")}  # noqa: RUF012


class FeedSchema(_Strict):
    """What feeds a field. ``split``: what stands between several values in a cell; ``values``: cell → value."""

    column = Columns(required=True)
    split = Separator()
    values = Named(lambda _cell, value: _VALUE.read(value))


class ReferenceSchema(_Strict):
    """Where a listing's reference stands: a column, the part of its cells that counts, and what goes before it."""

    column = Text(200, one_line=True, filled=True, required=True)
    pattern = Pattern()
    prefix = Text(40, one_line=True)


def _feed(name: str, given: Any) -> Any:
    _check_field(name, FEEDABLE)
    return _FEED.load(given if isinstance(given, Mapping) else {"column": given})


def _constant(name: str, given: Any) -> Any:
    _check_field(name, (*FEEDABLE, "extra"))
    PRODUCT.fields[name].deserialize(given)
    return given


def _check_field(name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise refusal("field-unknown", near=", ".join(get_close_matches(name, known, n=3, cutoff=0.5) or known))


def _date_format(_column: str, given: Any) -> str:
    form = _VALUE.read(given)
    try:
        holds = form == ISO or datetime.strptime(_SAMPLE_DAY.strftime(form), form).date() == _SAMPLE_DAY  # noqa: DTZ007
    except (ValueError, re.error):
        holds = False
    if not holds:
        raise refusal("not-date-format", value=form)
    return form


_FEED = FeedSchema()


class ListingProfileSchema(_Strict):
    """A profile as its file holds it; ``docs/files.md`` describes it."""

    about = Text(2000)
    seller = Text(200, one_line=True, filled=True, required=True)
    reference = fields.Nested(ReferenceSchema, allow_none=True)
    feeds = Named(_feed, must="title", required=True, data_key="fields")
    constants = Named(_constant)
    dates = Named(_date_format)
    dropped = Columns()
