"""Products: create and update."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.actions import certificates
from matcher.actions.upsert import Outcome, put
from matcher.events import EventType, emit
from matcher.models import Organisation, Product

EVENTS = {Outcome.CREATED: EventType.PRODUCT_CREATED, Outcome.UPDATED: EventType.PRODUCT_UPDATED}


def put_product(
    session: Session, organisation: Organisation, fields: Mapping[str, Any], *, actor: str, overwrite: bool = False
) -> Outcome:
    """Create or update the organisation's product with ``fields["external_ref"]``.

    ``fields`` are names of its columns, and ``certificates``: numbers, or mappings with ``number`` and, where known,
    ``issuer``, ``issued_on``, ``expires_on``, ``revoked_on``. A row that people have edited is left alone
    (``Outcome.EDITED``) unless ``overwrite``. Odd certificate numbers become findings. Raises InvalidInputError.
    """
    ref = fields["external_ref"]
    present = session.scalars(
        select(Product).where(Product.organisation_id == organisation.id, Product.external_ref == ref)
    ).one_or_none()
    identity = {"organisation_id": organisation.id, "external_ref": ref}
    outcome, product = put(session, Product, present, identity, fields, actor=actor, overwrite=overwrite)
    if event := EVENTS.get(outcome):
        emit(session, event, product.id, {"external_ref": ref, "organisation": organisation.external_ref})
        certificates.inspect(session, product)
    return outcome
