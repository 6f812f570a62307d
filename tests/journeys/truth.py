"""Is what a breakdown states true of its need and its product? Every falsehood is told in words; none means true."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from scoring.synonyms import synonyms
from tests.journeys.inputs import Asked, Side, alike, facet_state, fold, held, valid_number

COVERED = 0.6
"""From this share on an element is called covered (docs/scoring.md)."""

PAIR_FROM = 0.5
"""From this similarity on two tags may pair (docs/scoring.md)."""

LEAST_HELD = 0.25
"""A unit covers a phrase from half of its weight on. Rare pairs weigh up to three times as much as common ones, so at
least a quarter of the pairs must be there."""

LISTING_FIELDS = 10
"""summary, elements, tags, sector, region, volume, frequency, delivery, deal, price (docs/scoring.md: filled share)."""

Part = Mapping[str, Any]
Falsehoods = Iterator[str]


def falsehoods(need: Side, product: Side, breakdown: Mapping[str, Any]) -> list[str]:
    """Everything in ``breakdown`` that the two rows do not bear out."""
    found = list(_sums(breakdown))
    for part in breakdown["parts"]:
        check = _CHECKS.get(part["part"])
        found += [f"there is no check for the part {part['part']}"] if check is None else check(part, need, product)
    return found


def _sums(breakdown: Mapping[str, Any]) -> Falsehoods:
    if sum(part["points"] for part in breakdown["parts"]) != breakdown["score"]:
        yield "the parts do not add up to the score"
    for part in breakdown["parts"]:
        if part["known"] != (part["value"] is not None) or (not part["known"] and part["points"]):
            yield f"{part['part']}: known, value and points do not agree"
        if part["value"] is not None and not 0 <= part["value"] <= 1:
            yield f"{part['part']}: a value of {part['value']}"


def _text(part: Part, need: Side, product: Side) -> Falsehoods:
    points = [term["points"] for term in part["terms"]]
    if sum(points) + part["other"] != part["points"]:
        yield "the terms do not add up to the part"
    if points != sorted(points, reverse=True) or not all(points):
        yield "the terms are not in the order of their points"
    for row in part["terms"]:
        asked = row.get("asked", row["term"])
        if asked != row["term"] and not any({asked, row["term"]} <= set(group) for group in synonyms()):
            yield f"{asked} and {row['term']} are no synonyms"
        for said, side, name in ((asked, need, "need"), (row["term"], product, "product")):
            if said not in side.whole:
                yield f"{said} is not in the {name}"


def _meaning(part: Part, need: Side, product: Side) -> Falsehoods:
    if part["known"] and not -1 <= part["similarity"] <= 1:
        yield f"a similarity of {part['similarity']}"


def _tags(part: Part, need: Side, product: Side) -> Falsehoods:
    for side, name in ((need, "need"), (product, "product")):
        paired = [pair[name] for pair in part["pairs"]]
        stated = Counter(map(fold, paired + part[f"{name}_only"]))
        if stated != Counter(set(map(fold, side.tags))) or not {*paired} <= {*side.tags}:
            yield f"the tags of the {name} are others: {sorted(stated)}"
    for pair in part["pairs"]:
        similarity = alike(pair["need"], pair["product"])
        if abs(similarity - pair["similarity"]) > 0.0051 or similarity < PAIR_FROM - 0.005:
            yield f"{pair['need']} and {pair['product']} are {similarity:.2f} alike, not {pair['similarity']}"
    for tag in part["need_only"]:
        nearest = max((alike(tag, other) for other in part["product_only"]), default=0)
        if nearest >= PAIR_FROM + 0.005:
            yield f"{tag} has a partner among the product's other tags"


def _elements(part: Part, need: Side, product: Side) -> Falsehoods:
    rows = [(state, row) for state in ("covered", "partly", "missing") for row in part[state]]
    wanted = Counter((element.name, element.must) for element in need.elements)
    if Counter((row["element"], row["must"]) for _, row in rows) != wanted:
        yield "the need asks for other elements"
        return
    asked = {element.name: element for element in need.elements}
    for state, row in rows:
        yield from _element(state, row, asked[row["element"]], product)


def _element(state: str, row: Mapping[str, Any], element: Asked, product: Side) -> Falsehoods:
    name, share, by = row["element"], row["share"], row["by"]
    if state != ("covered" if share >= COVERED else "partly" if share > 0 else "missing"):
        yield f"{name}: {share} is not {state}"
    wanted, *items = [max(held(phrase, unit) for unit in product.pieces) for phrase in element.phrases]
    if state == "missing" and by:
        yield f"{name}: “{by}” covers what is missing"
    if state != "covered" and items and all(map(product.says, element.phrases)):
        yield f"{name} is covered: the product says all of its phrases"
    if state != "missing" and not (by and product.says(by)):
        yield f"{name}: “{by}” is nothing that the product says"
    if state != "missing" and max(held(phrase, by) for phrase in element.phrases) < LEAST_HELD:
        yield f"{name}: “{by}” has too little of it"
    if state == "covered" and max(wanted, sum(items) / max(1, len(items))) < LEAST_HELD:
        yield f"{name} is not covered: nothing holds its name or its items"


def _facets(part: Part, need: Side, product: Side) -> Falsehoods:
    for row in part["facets"]:
        facet = row["facet"]
        for side, name in ((need, "need"), (product, "product")):
            if sorted(row[name]) != sorted(side.codes[facet]):
                yield f"{facet}: the {name} says {side.codes[facet]}, not {row[name]}"
        state = facet_state(facet, need.codes[facet], product.codes[facet])
        if row["state"] != state:
            yield f"{facet}: {state}, not {row['state']}"
        if (row["value"] is None) != (state == "unknown"):
            yield f"{facet}: a value of {row['value']} where it is {state}"
    if part["known"] != any(row["state"] != "unknown" for row in part["facets"]):
        yield "facets: known although none is, or the other way round"


def _trust(part: Part, need: Side, product: Side) -> Falsehoods:
    facts = {fact["fact"]: fact["value"] for fact in part["facts"]}
    certified = True if any(map(valid_number, product.certificates)) else None  # none of these has an end
    if facts["certificate"] is not certified:
        yield f"certificate: {certified}, not {facts['certificate']}"
    if abs(facts["completeness"] - product.filled / LISTING_FIELDS) > 1e-9:
        yield f"completeness: {product.filled} of {LISTING_FIELDS} fields, not {facts['completeness']}"


_CHECKS: dict[str, Callable[[Part, Side, Side], Falsehoods]] = {
    "text": _text,
    "meaning": _meaning,
    "tags": _tags,
    "elements": _elements,
    "facets": _facets,
    "trust": _trust,
}


def states(need: Side, breakdown: Mapping[str, Any]) -> dict[str, Sequence[Asked]]:
    """The need's elements by the state that ``breakdown``, once it is known to be true, gives them."""
    part = next(part for part in breakdown["parts"] if part["part"] == "elements")
    asked = {element.name: element for element in need.elements}
    return {state: [asked[row["element"]] for row in part[state]] for state in ("covered", "partly", "missing")}
