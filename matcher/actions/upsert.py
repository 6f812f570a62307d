"""What every upsert by reference shares: which columns are content, and whether a row may be overwritten.

A row remembers the hash of its content as last loaded from a file (``source_hash``). Where its content no longer has
that hash, people have written it: a load then leaves it alone and says so.
"""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import update
from sqlalchemy.orm import Session

from matcher.actions import audit, certificates
from matcher.content import content_hash
from matcher.database import new_id, to_amount
from matcher.errors import FieldProblem, InvalidInputError
from matcher.models import Need, Organisation, Product, Scenario

Row = TypeVar("Row", Organisation, Scenario, Product, Need)


class Outcome(StrEnum):
    """What an upsert did. ``EDITED``: people have written the row since the last load, so it was left alone."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    EDITED = "edited"


IDENTITY = frozenset({"external_ref", "code", "status"})
"""What fields may hold besides content: the reference, and the status that a new row starts with."""

NOT_CONTENT = IDENTITY | {"id", "created_at", "updated_at", "version", "source_hash", "organisation_id", "outcome"}


def put(
    session: Session,
    kind: type[Row],
    present: Row | None,
    identity: Mapping[str, Any],
    fields: Mapping[str, Any],
    *,
    actor: str,
    overwrite: bool,
) -> tuple[Outcome, Row]:
    """Create or update one row from ``fields``, with an audit entry; ``present`` is the row that has ``identity``.

    ``overwrite`` takes the file's word even where people have written the row. Raises InvalidInputError.
    """
    wanted = complete(kind, fields)
    after = content_hash(wanted)
    name = kind.__name__.lower()
    if present is None:
        row = kind(id=new_id(), source_hash=after, **identity, **_starting_status(fields))
        _assign(row, wanted)
        session.add(row)
        audit.record(session, actor, f"{name}.created", row.id, after=after)
        return Outcome.CREATED, row
    before = content_hash(content_of(present))
    if before == after:
        _remember_source(session, present, after)
        return Outcome.UNCHANGED, present
    if before != present.source_hash and not overwrite:
        return Outcome.EDITED, present
    _assign(present, wanted)
    present.source_hash = after
    audit.record(session, actor, f"{name}.updated", present.id, before=before, after=after)
    return Outcome.UPDATED, present


def complete(kind: type[Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """``fields`` with every content column, absent ones at their default, amounts as stored.

    Raises InvalidInputError for names that ``kind`` does not have: a slip in a caller must not lose data silently.
    """
    names = _content_names(kind)
    if unknown := sorted(set(fields) - set(names) - IDENTITY):
        raise InvalidInputError([FieldProblem(name, "no such field", "unknown") for name in unknown])
    content: dict[str, Any] = {}
    for name in names:
        value = fields.get(name)
        if name == "certificates":
            content[name] = [certificates.complete(given) for given in value or ()]
        elif value is None:
            content[name] = _default(kind.__table__.columns[name])
        else:
            content[name] = _amount(name, value) if isinstance(value, Decimal) else value
    return content


def content_of(row: Organisation | Scenario | Product | Need) -> dict[str, Any]:
    """The row's present content, shaped as ``complete`` gives it."""
    content = {name: getattr(row, name) for name in _content_names(type(row))}
    if isinstance(row, Product):
        content["certificates"] = certificates.facts(row)
    return content


def _content_names(kind: type[Any]) -> list[str]:
    names = [column.key for column in kind.__table__.columns if column.key not in NOT_CONTENT]
    return [*names, "certificates"] if kind is Product else names


def _amount(name: str, value: Decimal) -> Decimal:
    try:
        return to_amount(value)
    except ValueError as error:
        raise InvalidInputError([FieldProblem(name, str(error), "range")]) from error


def _assign(row: Organisation | Scenario | Product | Need, content: Mapping[str, Any]) -> None:
    for name, value in content.items():
        if name == "certificates":
            certificates.replace(row, value)
        else:
            setattr(row, name, value)


def _starting_status(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"status": fields["status"]} if fields.get("status") else {}


def _remember_source(session: Session, row: Row, source_hash: str) -> None:
    """People and the file now agree. Not through the row itself: its content, so its version, stays as it was."""
    if row.source_hash != source_hash:
        kind = type(row)
        session.execute(
            update(kind).where(kind.id == row.id).values(source_hash=source_hash, updated_at=row.updated_at)
        )


def _default(column: Any) -> Any:
    if column.default is None:
        return None
    default = column.default.arg
    return default(None) if callable(default) else default
