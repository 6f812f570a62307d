"""Bundles on a terminal and as JSON."""

from collections.abc import Iterator
from typing import Any

from matcher.bundle_texts import conflict_texts, coverage_text, elements_text, price_text, uncovered_text
from matcher.queries.bundles import StoredBundle


def lines(bundle: StoredBundle, language: str) -> Iterator[str]:
    """One bundle: how much it covers, what each member adds, what is missing, what it costs, what stands against it."""
    yield coverage_text(bundle, language)
    for product, adds in bundle.members:
        yield f"  + {product.external_ref} {product.title}: {elements_text(adds, language)}"
    yield f"  {uncovered_text(bundle, language)}"
    yield f"  {price_text(bundle, language)}"
    for text in conflict_texts(bundle, language):
        yield f"  ! {text}"


def as_json(bundle: StoredBundle) -> dict[str, Any]:
    """As stored, with each product's reference and title, and the price as far as it can be summed up."""
    named = [
        {"product": str(product.id), "external_ref": product.external_ref, "title": product.title, "adds": adds}
        for product, adds in bundle.members
    ]
    return dict(bundle.stored) | {"members": named, "price": bundle.price}
