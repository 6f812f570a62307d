"""Rows by what people call them: an id, or the owner's own reference."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matcher.errors import AmbiguousReferenceError, NotFoundError
from matcher.models import Need, Product

Listed = TypeVar("Listed", Need, Product)


def find(session: Session, kind: type[Listed], key: str | UUID) -> Listed:
    """The row with this id, or else the one with this ``external_ref``, with its organisation.

    Raises NotFoundError and, where several organisations use the reference, AmbiguousReferenceError.
    """
    name = kind.__name__.lower()
    wanted = select(kind).options(joinedload(kind.organisation)).order_by(kind.id)
    row_id = as_uuid(key)
    if row_id and (row := session.scalars(wanted.where(kind.id == row_id)).one_or_none()):
        return row
    rows = session.scalars(wanted.where(kind.external_ref == str(key))).all()
    if not rows:
        raise NotFoundError(name, str(key))
    if len(rows) > 1:
        raise AmbiguousReferenceError(name, str(key), [str(row.id) for row in rows])
    return rows[0]


def as_uuid(key: str | UUID) -> UUID | None:
    """``key`` as an id, None where it is none."""
    if isinstance(key, UUID):
        return key
    try:
        return UUID(key)
    except ValueError:
        return None
