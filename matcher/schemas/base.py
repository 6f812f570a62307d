"""What all schemas share: unknown fields go to ``extra`` where the caller keeps them (``unknown=INCLUDE``)."""

from typing import Any

from marshmallow import Schema, ValidationError, post_load

from matcher.messages import Message
from matcher.schemas.fields import clean_json


class RowSchema(Schema):
    """Loads one row as a plain dict that holds only the fields that were given.

    Unknown fields are refused unless loaded with ``unknown=INCLUDE``: then they are kept in ``extra``.
    """

    error_messages = {"unknown": Message("unknown-field"), "type": Message("not-an-object")}  # noqa: RUF012

    @post_load
    def finish(self, data: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Gather the unknown fields, map and check the whole row."""
        unknown = data.keys() - self.fields.keys()
        if unknown:
            data["extra"] = (data.get("extra") or {}) | _kept({name: data.pop(name) for name in sorted(unknown)})
        row = self.columns(data)
        self.check(row, partial=bool(options.get("partial")))
        return row

    def columns(self, data: dict[str, Any]) -> dict[str, Any]:
        """Fields as loaded → names of the model's columns."""
        return data

    def check(self, row: dict[str, Any], *, partial: bool) -> None:  # noqa: ARG002
        """Rules over several fields. Raises ValidationError."""
        start, end = row.get("coverage_start"), row.get("coverage_end")
        if start and end and end < start:
            raise ValidationError({"coverage_end": [Message("dates-reversed", start=start, end=end)]})


def _kept(unknown: dict[str, Any]) -> dict[str, Any]:
    kept, errors = dict[str, Any](), dict[str, Any]()
    for name, value in unknown.items():
        try:
            kept.update(clean_json({name: value}))
        except ValidationError as error:
            errors[name] = error.messages
    if errors:
        raise ValidationError(errors)
    return kept
