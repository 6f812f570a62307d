"""From marshmallow's nested errors to the flat list of problems that every reader gets."""

from collections.abc import Iterator, Mapping
from typing import Any

from matcher.errors import FieldProblem
from matcher.messages import Message, printable

LONGEST_NAME = 80


def problems(messages: Mapping[Any, Any] | list[Any], language: str) -> list[FieldProblem]:
    """Problems with dotted paths (``elements.0.name``) and texts in ``language``, in the order of the fields.

    ``messages``: what ``ValidationError.normalized_messages()`` gives.
    """
    return list(_flat(messages, "", language))


def _flat(messages: Any, path: str, language: str) -> Iterator[FieldProblem]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            step = "" if name == "_schema" else printable(str(name), LONGEST_NAME)
            yield from _flat(inner, f"{path}.{step}".strip("."), language)
    elif isinstance(messages, list):
        for inner in messages:
            yield from _flat(inner, path, language)
    elif isinstance(messages, Message):
        yield FieldProblem(path, messages.in_language(language), messages.code)
    else:
        yield FieldProblem(path, str(messages))
