"""Reads of bundles, with the rows of their members."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matcher.models import Product, Shortlist
from matcher.states import PriceMode


@dataclass(frozen=True, slots=True)
class StoredBundle:
    """A bundle 组合 as the run stored it (scoring.bundle.Bundle.to_json), with its products by id."""

    stored: Mapping[str, Any]
    products: Mapping[str, Product]

    @property
    def members(self) -> list[tuple[Product, list[Mapping[str, Any]]]]:
        """Each product with the elements that it covers best of all members."""
        return [(self.products[member["product"]], list(member["adds"])) for member in self.stored["members"]]

    @property
    def price(self) -> dict[str, Any]:
        """What the products cost together: ``amount`` in yuan, ``per`` period if all are paid by the same one, and how
        many prices are ``unknown``. No amount where some are paid once and others by period, or by different ones."""
        stored, rows = self.stored["price"], [self.products[product] for product in self.stored["products"]]
        paid = {row.price_unit if row.price_mode is PriceMode.PER_PERIOD else None for row in rows if row.price_amount}
        together = stored["amount"] is not None and len(paid) < 2
        return {
            "amount": stored["amount"] if together else None,
            "per": next(iter(paid), None) if together else None,
            "unknown": stored["unknown"],
        }

    @property
    def conflicts(self) -> list[tuple[str, list[tuple[Product, list[str]]]]]:
        """What stands against taking the members together: the kind, and what each product states."""
        return [
            (
                found["kind"],
                [(self.products[p], said) for p, said in zip(found["products"], found["values"], strict=True)],
            )
            for found in self.stored["conflicts"]
        ]


def stored_bundles(session: Session, shortlist: Shortlist | None) -> list[StoredBundle]:
    """The bundles of a need's shortlist, the one that covers most first; one of which a product is gone is left out.

    One statement however many there are.
    """
    stored = shortlist.bundles if shortlist is not None else []
    ids = {UUID(product) for bundle in stored for product in bundle["products"]}
    if not ids:
        return []
    rows = session.scalars(
        select(Product).where(Product.id.in_(ids)).options(joinedload(Product.organisation)).order_by(Product.id)
    )
    products = {str(row.id): row for row in rows}
    return [StoredBundle(bundle, products) for bundle in stored if products.keys() >= set(bundle["products"])]
