"""Marshmallow fields of this project: strict about what may be stored, plain about what is wrong.

Every failure is a ``Message``, so that it can be said in the reader's language. ``None`` means unknown wherever it is
allowed. Text is trimmed; control characters and lone surrogates are refused because no database here holds them all.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields

from matcher.codes.labels import member_of
from matcher.codes.placeholders import says_nothing
from matcher.messages import Message

DEEPEST = 20
"""Levels of nesting kept in ``extra``."""
LONGEST_TEXT = 100_000
LARGEST_AMOUNT = 10**14

_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SEPARATORS = re.compile(r"[、,，;；\n]+")
_EMAIL = re.compile(r"[^\s@<>\"(),;:]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.IGNORECASE)


def kind_of(value: object) -> Message:
    """What kind of JSON value this is, for people."""
    match value:
        case None:
            kind = "null"
        case bool():
            kind = "boolean"
        case str():
            kind = "text"
        case int() | float() | Decimal():
            kind = "number"
        case Mapping():
            kind = "object"
        case _:
            kind = "list"
    return Message(f"kind-{kind}")


def refusal(code: str, **values: Any) -> ValidationError:
    """The error to raise for one field."""
    return ValidationError([Message(code, **values)])


def clean_text(value: str, *, limit: int, one_line: bool = False) -> str:
    """``value`` trimmed and with ``\\n`` line ends. Raises ValidationError for characters no text has, or too many."""
    if not value.isprintable():
        value = value.replace("\r\n", "\n").replace("\r", "\n")
        if unfit := _UNFIT.search(value):
            code = "lone-surrogate" if unfit[0] >= "\ud800" else "control-character"
            raise refusal(code, position=unfit.start() + 1, character=f"U+{ord(unfit[0]):04X}")
    value = value.strip()
    if len(value) > limit:
        raise refusal("too-long", limit=limit, length=len(value))
    if one_line and ("\n" in value or "\t" in value):
        raise refusal("line-break")
    return value


def clean_json(value: Any, depth: int = 0) -> Any:
    """``value`` as any JSON may be kept. Raises ValidationError for unfit text, infinite numbers and deep nesting."""
    if depth > DEEPEST:
        raise refusal("too-deep", limit=DEEPEST)
    match value:
        case str():
            return clean_text(value, limit=LONGEST_TEXT)
        case float() if not math.isfinite(value):
            raise refusal("not-finite", value=value)
        case Mapping():
            return {clean_text(str(name), limit=200): clean_json(inner, depth + 1) for name, inner in value.items()}
        case list() | tuple():
            return [clean_json(inner, depth + 1) for inner in value]
    return value


class Said(fields.Field[Any]):
    """Mixin: a field that reads a value by ``read``, fails in messages, and allows ``None`` unless it is required."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("allow_none", not options.get("required", False))
        super().__init__(**options)

    def read(self, value: Any) -> Any:
        """The value as it may be stored. Raises ValidationError."""
        raise NotImplementedError

    def make_error(self, key: str, **values: Any) -> ValidationError:
        return refusal(key, **values)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        return self.read(value)


class Text(Said, fields.String):
    """Text of at most ``limit`` characters; a whole number is read as its digits. ``filled``: must not be empty."""

    def __init__(self, limit: int, *, one_line: bool = False, filled: bool = False, **options: Any) -> None:
        self.limit, self.one_line, self.filled = limit, one_line, filled
        options.setdefault("metadata", {"maxLength": limit})
        super().__init__(**options)

    def read(self, value: Any) -> str:
        if type(value) is int and abs(value) < LARGEST_AMOUNT:
            value = str(value)
        if not isinstance(value, str):
            raise refusal("not-text", kind=kind_of(value))
        text = clean_text(value, limit=self.limit, one_line=self.one_line)
        if self.filled and not text:
            raise refusal("required")
        return text


class Prose(Text):
    """Text, or a list of texts that is joined with ``、``."""

    def read(self, value: Any) -> str:
        if isinstance(value, list):
            value = "、".join(str(super(Prose, self).read(v)) for v in value if v is not None)
        return super().read(value)


class Email(Text):
    """An e-mail address."""

    def read(self, value: Any) -> str:
        text = super().read(value)
        if text and not _EMAIL.fullmatch(text):
            raise refusal("not-email", value=text)
        return text


def each(values: Iterable[Any], read: Callable[[Any], Any]) -> list[Any]:
    """``read`` applied to every value but ``None``; failures are collected by position."""
    results, errors = [], dict[int, Any]()
    for place, value in enumerate(values):
        if value is None:
            continue
        try:
            results.append(read(value))
        except ValidationError as error:
            errors[place] = error.messages
    if errors:
        raise ValidationError(errors)
    return results


class Words(Said, fields.List[Any]):
    """A list of texts, each once; one text is split at ``、,，;；`` and line ends. Empty entries are dropped."""

    def __init__(self, most: int, limit: int, **options: Any) -> None:
        self.most, self.limit = most, limit
        options.setdefault("metadata", {"maxItems": most})
        self.entry = Text(limit)
        fields.List.__init__(self, self.entry, **_with_none(options))

    def read(self, value: Any) -> list[Any]:
        entries = as_list(value)
        if len(entries) > self.most:
            raise refusal("too-many", limit=self.most, length=len(entries))
        return list(dict.fromkeys(text for text in each(entries, self.entry.read) if text))


def _with_none(options: dict[str, Any]) -> dict[str, Any]:
    options.setdefault("allow_none", not options.get("required", False))
    return options


def as_list(value: Any) -> list[Any]:
    """A list as it is, one text split at its separators. Raises ValidationError for anything else."""
    if isinstance(value, str):
        return [part.strip() for part in _SEPARATORS.split(value) if part.strip()]
    if not isinstance(value, list):
        raise refusal("not-list", kind=kind_of(value))
    return value


class Choice(Said, fields.String):
    """A member of an enumeration by value or label; fillers such as 待完善 are ``None``."""

    def __init__(self, kind: type[StrEnum], *, also: Mapping[str, StrEnum] | None = None, **options: Any) -> None:
        self.kind, self.also = kind, dict(also or {})
        options.setdefault("metadata", {"enum": [member.value for member in kind]})
        super().__init__(**options)

    def read(self, value: Any) -> Any:
        if not isinstance(value, str):
            raise refusal("not-text", kind=kind_of(value))
        text = clean_text(value, limit=LONGEST_TEXT)
        member = self.also.get(text) or member_of(self.kind, text)
        if member is None and not (self.allow_none and says_nothing(text)):
            raise refusal("not-one-of", value=text, choices=", ".join(self.kind))
        return member


class Codes(Said, fields.List[Any]):
    """A list of codes that ``known`` accepts, each once."""

    def __init__(self, known: Callable[[str], bool], choices: str, *, most: int = 400, **options: Any) -> None:
        self.known, self.choices, self.most = known, choices, most
        self.entry = Text(40)
        fields.List.__init__(self, self.entry, **_with_none(options))

    def read(self, value: Any) -> list[Any]:
        entries = as_list(value)
        if len(entries) > self.most:
            raise refusal("too-many", limit=self.most, length=len(entries))
        return list(dict.fromkeys(each(entries, self._code)))

    def _code(self, value: Any) -> str:
        code = self.entry.read(value)
        if not self.known(code):
            raise refusal("not-one-of", value=code, choices=self.choices)
        return code


class Day(Said, fields.Date):
    """A date, ISO 8601 (2026-03-01); a time after it is dropped."""

    def read(self, value: Any) -> date | None:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value.strip()[:10])
        except (AttributeError, TypeError, ValueError):
            if isinstance(value, str) and says_nothing(value):
                return None
            raise refusal("not-date", value=value) from None


class Amount(Said, fields.Decimal):
    """Yuan, 0 up to 10¹⁴, at most 4 decimals kept; a number or digits."""

    def read(self, value: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
            raise refusal("not-number", value=kind_of(value))
        return amount_of(value)


def amount_of(value: int | float | str | Decimal) -> Decimal:
    """``value`` as yuan. Raises ValidationError outside 0–10¹⁴ and for text that is no number."""
    if isinstance(value, int) and not 0 <= value < LARGEST_AMOUNT:
        raise refusal("out-of-range", low=0, high="10^14", value="-…" if value < 0 else "…")
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        raise refusal("not-number", value=value) from None
    if not amount.is_finite():
        raise refusal("not-finite", value=value)
    if not 0 <= amount < LARGEST_AMOUNT:
        raise refusal("out-of-range", low=0, high="10^14", value=value)
    return Decimal(f"{amount.quantize(Decimal('0.0001')).normalize():f}")


class Flag(Said, fields.Boolean):
    """True or false, also as 是/否 or yes/no; fillers are unknown."""

    WORDS: Mapping[str, bool] = {"true": True, "false": False, "是": True, "否": False, "yes": True, "no": False}

    def read(self, value: Any) -> Any:
        if isinstance(value, bool):
            return value
        if isinstance(value, str):
            word = value.strip().casefold()
            if word in self.WORDS:
                return self.WORDS[word]
            if self.allow_none and says_nothing(word):
                return None
        raise refusal("not-boolean", value=value if isinstance(value, str | int | float) else kind_of(value))


class Whole(Said, fields.Integer):
    """A whole number from ``low`` to ``high``."""

    def __init__(self, low: int, high: int, **options: Any) -> None:
        self.low, self.high = low, high
        super().__init__(**options)

    def read(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise refusal("not-number", value=value if isinstance(value, str | float) else kind_of(value))
        if not self.low <= value <= self.high:
            raise refusal("out-of-range", low=self.low, high=self.high, value=value if abs(value) < 10**9 else "…")
        return value


class Extra(Said, fields.Dict):
    """What else a source says, kept as it is."""

    def read(self, value: Any) -> dict[Any, Any]:
        if not isinstance(value, Mapping):
            raise refusal("not-object", kind=kind_of(value))
        return dict(clean_json(value))
