"""Certificates of a product, and the findings that their numbers give rise to."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.actions import findings
from matcher.codes.registration import parse_registration_number
from matcher.models import Certificate, Product
from matcher.states import FindingSeverity

UNRECOGNISED = "certificate-number-unrecognised"
CHECK_FAILED = "certificate-number-check-failed"
DUPLICATE = "certificate-number-duplicate"
RULES = (UNRECOGNISED, CHECK_FAILED, DUPLICATE)

FACTS = ("number", "issuer", "issued_on", "expires_on", "revoked_on")


def complete(given: str | Mapping[str, Any]) -> dict[str, Any]:
    """A certificate as content: a bare number, or a mapping with some of FACTS, to a mapping with all of them.

    The number is written one way (width, capitals, spaces), or the same one on two listings would go unseen.
    """
    known = {"number": given} if isinstance(given, str) else given
    number = parse_registration_number(known["number"]).text
    return {name: known.get(name) for name in FACTS} | {"number": number}


def facts(product: Product) -> list[dict[str, Any]]:
    """The product's certificates as content, in order."""
    return [{name: getattr(certificate, name) for name in FACTS} for certificate in product.certificates]


def replace(product: Any, wanted: Sequence[Mapping[str, Any]]) -> None:
    """Give the product these certificates instead of those it has; their numbers are parsed here."""
    if facts(product) == list(wanted):
        return
    product.certificates = [_certificate(position, known) for position, known in enumerate(wanted)]


def inspect(session: Session, product: Product) -> None:
    """Raise what the numbers give rise to now, on this product and on those that print the same, and settle the rest.

    An unknown form or a wrong check character never refuses a listing, and a number printed twice never merges two.
    """
    session.flush()
    numbers = {certificate.number for certificate in product.certificates}
    earlier = findings.keys_of(session, "product", product.id, (DUPLICATE,))
    touched = {key for _, key in earlier} | numbers
    holders = _holders(session, touched)
    affected = {product.id, *(owner for number in touched for owner in holders.get(number, ()))}
    for owner in sorted(affected):
        wanted = _duplicates(owner, touched, holders)
        if owner == product.id:
            wanted |= _own(product)
            findings.replace(session, "product", owner, RULES, wanted)
        else:
            findings.replace(session, "product", owner, (DUPLICATE,), wanted, keys=touched)


def _certificate(position: int, known: Mapping[str, Any]) -> Certificate:
    parsed = parse_registration_number(known["number"])
    return Certificate(position=position, recognised=parsed.recognised, valid_number=parsed.check_holds, **known)


def _own(product: Product) -> dict[tuple[str, str], findings.Remark]:
    remarks = {}
    for certificate in product.certificates:
        details = {"number": certificate.number}
        if not certificate.recognised:
            remarks[(UNRECOGNISED, certificate.number)] = findings.Remark(FindingSeverity.NOTE, details)
        elif certificate.valid_number is False:
            remarks[(CHECK_FAILED, certificate.number)] = findings.Remark(FindingSeverity.HOLD, details)
    return remarks


def _duplicates(
    owner: UUID, numbers: set[str], holders: Mapping[str, dict[UUID, str]]
) -> dict[tuple[str, str], findings.Remark]:
    remarks = {}
    for number in numbers:
        printed = holders.get(number, {})
        others = {row_id: ref for row_id, ref in printed.items() if row_id != owner}
        if owner in printed and others:
            details = {
                "number": number,
                "products": ", ".join(others.values()),
                "product_ids": [str(row_id) for row_id in others],
            }
            remarks[(DUPLICATE, number)] = findings.Remark(FindingSeverity.HOLD, details)
    return remarks


def _holders(session: Session, numbers: set[str]) -> dict[str, dict[UUID, str]]:
    """For each number the products that print it, id to reference, in order of reference."""
    rows = session.execute(
        select(Certificate.number, Product.id, Product.external_ref)
        .join(Product, Product.id == Certificate.product_id)
        .where(Certificate.number.in_(numbers))
        .order_by(Certificate.number, Product.external_ref, Product.id)
    )
    holders: dict[str, dict[UUID, str]] = {}
    for number, product_id, ref in rows:
        holders.setdefault(number, {})[product_id] = ref
    return holders
