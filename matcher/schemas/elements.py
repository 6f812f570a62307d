"""Fields for data elements and certificates: lists whose entries are a text or an object."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, missing

from matcher.codes.price import Price, parse_price
from matcher.messages import Message
from matcher.schemas.fields import (
    Amount,
    Day,
    Flag,
    Said,
    Text,
    Words,
    amount_of,
    as_list,
    clean_json,
    clean_text,
    each,
    kind_of,
    refusal,
)

MOST_ELEMENTS = 200
MOST_CERTIFICATES = 50

_NAME = Text(300, required=True, filled=True)
_ITEMS = Words(most=200, limit=300)
_MUST = Flag()
_NUMBER = Text(80, one_line=True, required=True, filled=True)
_ISSUER = Text(200)
_DAY = Day()


class Elements(Said, fields.List[Any]):
    """Data elements 数据要素项: ``[{"name": str, "items": [str]}]``, with ``must`` where ``musts`` is set (needs).

    An entry may be a bare name; one text is split. ``keep_unknown`` keeps an entry's other keys, else they are refused.
    """

    def __init__(self, *, musts: bool = False, keep_unknown: bool = False, **options: Any) -> None:
        self.musts, self.keep_unknown = musts, keep_unknown
        options.setdefault("allow_none", True)
        fields.List.__init__(self, fields.Raw(), **options)

    def read(self, value: Any) -> list[Any]:
        entries = as_list(value)
        if len(entries) > MOST_ELEMENTS:
            raise refusal("too-many", limit=MOST_ELEMENTS, length=len(entries))
        return each((entry for entry in entries if entry != ""), self._element)

    def _element(self, value: Any) -> dict[str, Any]:
        if isinstance(value, str):
            element: dict[str, Any] = {"name": clean_text(value, limit=_NAME.limit), "items": []}
            return element | {"must": False} if self.musts else element
        if not isinstance(value, Mapping):
            raise refusal("not-object", kind=kind_of(value))
        element = _read(value, {"name": _NAME, "items": _ITEMS, "must": _MUST}, keep_unknown=self.keep_unknown)
        element["items"] = element.get("items") or []
        must = element.pop("must", None)
        return element | {"must": bool(must)} if self.musts else element


class Certificates(Said, fields.List[Any]):
    """Registration certificates: bare numbers, or objects with ``number``, ``issuer`` and dates."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("allow_none", True)
        fields.List.__init__(self, fields.Raw(), **options)

    def read(self, value: Any) -> list[Any]:
        entries = as_list(value)
        if len(entries) > MOST_CERTIFICATES:
            raise refusal("too-many", limit=MOST_CERTIFICATES, length=len(entries))
        return each((entry for entry in entries if entry != ""), self._certificate)

    def _certificate(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return _NUMBER.deserialize(value)
        dates = dict.fromkeys(("issued_on", "expires_on", "revoked_on"), _DAY)
        return _read(value, {"number": _NUMBER, "issuer": _ISSUER, **dates}, keep_unknown=False)


class PriceText(Said, fields.Raw):
    """A price as text or number, loaded as a ``Price``; what cannot be read is an unknown price with its text."""

    LIMIT = 200

    def read(self, value: Any) -> Price:
        if isinstance(value, str):
            return parse_price(clean_text(value, limit=self.LIMIT))
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise refusal("not-number", value=kind_of(value))
        amount_of(value)
        return parse_price(value)


class Budget(Amount):
    """An amount, or a text such as 50万元; a text that names no amount (面议) is unknown."""

    def read(self, value: Any) -> Any:
        if isinstance(value, str):
            return parse_price(clean_text(value, limit=PriceText.LIMIT)).amount
        return super().read(value)


def _read(value: Mapping[str, Any], known: Mapping[str, fields.Field[Any]], *, keep_unknown: bool) -> dict[str, Any]:
    read, errors = dict[str, Any](), dict[str, Any]()
    for name, field in known.items():
        if name in value or field.required:
            try:
                read[name] = field.deserialize(value.get(name, missing))
            except ValidationError as error:
                errors[name] = error.messages
    for name in value.keys() - known.keys():
        if keep_unknown:
            read[name] = clean_json(value[name])
        else:
            errors[name] = [Message("unknown-field")]
    if errors:
        raise ValidationError(errors)
    return {name: found for name, found in read.items() if found is not None}
