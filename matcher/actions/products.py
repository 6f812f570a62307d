"""Products: create and update."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.actions import audit, certificates
from matcher.actions.upsert import Outcome, put
from matcher.events import EventType, emit
from matcher.models import Organisation, Product

EVENTS = {Outcome.CREATED: EventType.PRODUCT_CREATED, Outcome.UPDATED: EventType.PRODUCT_UPDATED}


def put_product(
    session: Session,
    organisation: Organisation,
    fields: Mapping[str, Any],
    *,
    actor: str,
    overwrite: bool = False,
    former: Organisation | None = None,
) -> Outcome:
    """Create or update the organisation's product with ``fields["external_ref"]``.

    ``fields`` are names of its columns, and ``certificates``: numbers, or mappings with ``number`` and, where known,
    ``issuer``, ``issued_on``, ``expires_on``, ``revoked_on``. A row that people have edited is left alone
    (``Outcome.EDITED``) unless ``overwrite``. Where the organisation has no such product but ``former`` has, that one
    moves to the organisation. Odd certificate numbers become findings. Raises InvalidInputError.
    """
    ref = fields["external_ref"]
    present = _held(session, organisation, ref) or (_held(session, former, ref) if former else None)
    identity = {"organisation_id": organisation.id, "external_ref": ref}
    outcome, product = put(session, Product, present, identity, fields, actor=actor, overwrite=overwrite)
    if product.organisation_id != organisation.id and outcome is not Outcome.EDITED:
        _move(session, product, organisation, actor)
        outcome = Outcome.UPDATED
    if event := EVENTS.get(outcome):
        emit(session, event, product.id, {"external_ref": ref, "organisation": organisation.external_ref})
        certificates.inspect(session, product)
    return outcome


def _held(session: Session, organisation: Organisation, ref: str) -> Product | None:
    held = select(Product).where(Product.organisation_id == organisation.id, Product.external_ref == ref)
    return session.scalars(held).one_or_none()


def _move(session: Session, product: Product, organisation: Organisation, actor: str) -> None:
    before = product.organisation.external_ref
    product.organisation = organisation
    details = {"from_organisation": before, "to_organisation": organisation.external_ref}
    audit.record(session, actor, "product.moved", product.id, **details)
