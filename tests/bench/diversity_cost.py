"""What collapsing alike listings and capping sellers costs in nDCG@10, on judged pairs.

    python -m tests.bench.diversity_cost [--products FILE --needs FILE [--needs FILE] --judgments FILE]

By default on the shipped library. A product's seller is its ``provider``. nDCG counts every relevant listing, also the
fifth that says the same as the first, so it can only fall; ``groups`` counts each group of alike listings once, at its
best grade, which is what a reader gains from it.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

from matcher.codes.regions import region_codes
from matcher.files import Judgments, read_judgments, read_needs, read_products
from matcher.meaning import file_embedder
from matcher.profiles import need_profile, product_profile, today
from matcher.settings import Settings
from scoring.alike import alike_groups
from scoring.diversity import AS_RANKED, PAGE, Diversity, arrange, seller_numbers
from scoring.evaluation import Quality, evaluate, evaluate_groups
from scoring.index import Index
from scoring.meaning import Meaning
from scoring.pool import Rows
from scoring.ranking import rank
from scoring.weights import Weights

DATA = Path(__file__).parents[2] / "seeds" / "data"
TOP = 20
CHOICES = {
    "as ranked": AS_RANKED,
    "alike collapsed": Diversity(collapse=True),
    **{f"collapsed, {cap} per seller": Diversity(collapse=True, cap=cap) for cap in (5, 3, 2, 1)},
    **{f"{cap} per seller": Diversity(cap=cap) for cap in (5, 3, 2, 1)},
}


def read(product_files: Sequence[Path], need_files: Sequence[Path], judgments: Judgments) -> tuple[Index, Index]:
    """Judged needs and all products, each owned by its provider; with meaning where the settings say so."""
    offered = [
        replace(product_profile(row, id=row["external_ref"], on=today()), owner=row.get("provider"))
        for row in read_products(product_files)
    ]
    embedder, _ = file_embedder(Settings.from_environment())
    products = Index.build(offered, meaning=Meaning(embedder) if embedder else None)
    rows = [row for row in read_needs(need_files) if row["external_ref"] in judgments]
    return products.like([need_profile(row, id=row["external_ref"]) for row in rows]), products


def shortlists(needs: Index, products: Index, groups: Rows, diversity: Diversity) -> dict[str, list[str]]:
    """Each need's shortlist as a run would store it."""
    sellers = seller_numbers([profile.owner for profile in products.profiles])
    found: dict[str, list[str]] = {}
    depth = diversity.depth(TOP, groups, Weights().candidates)
    for ranked in rank(needs, products, Weights(), depth):
        arranged = arrange(ranked, groups, sellers, diversity, TOP)
        ids = [products.profiles[column].id for column in ranked.pairs.columns[arranged.kept]]
        found |= {needs.profiles[row].id: ids[places.start : places.stop] for row, places in arranged}
    return found


def by_group(products: Index, groups: Rows, judgments: Judgments) -> tuple[dict[str, str], Judgments]:
    """Each product's group by the id of its first member, and the judgments with a group's best grade for its name."""
    name = {profile.id: products.profiles[groups[row]].id for row, profile in enumerate(products.profiles)}
    grades: Judgments = {}
    for need, given in judgments.items():
        best = grades.setdefault(need, {})
        for product, grade in given.items():
            group = name.get(product, product)
            best[group] = max(grade, best.get(group, 0))
    return name, grades


def named_once(rankings: Mapping[str, Sequence[str]], name: Mapping[str, str]) -> dict[str, list[str]]:
    """Rankings of groups; a group that was named already counts for nothing but takes its place."""
    found = {}
    for need, ranked in rankings.items():
        seen: set[str] = set()
        found[need] = [name[product] for product in ranked]
        for place, group in enumerate(found[need]):
            if group in seen:
                found[need][place] = f"again: {group}"
            seen.add(group)
    return found


def grades_apart(products: Index, groups: Rows, judgments: Judgments) -> list[int]:
    """By how much the grades of two listings of one group differ, for each need that both were judged for."""
    group_of = dict(zip((profile.id for profile in products.profiles), groups.tolist(), strict=True))
    apart: list[int] = []
    for grades in judgments.values():
        judged = [(group_of[product], grade) for product, grade in grades.items() if product in group_of]
        apart += [abs(one[1] - other[1]) for one, other in combinations(judged, 2) if one[0] == other[0]]
    return apart


def _figures(rankings: Mapping[str, Sequence[str]], judgments: Judgments) -> dict[str, Quality]:
    return {"all": evaluate(rankings, judgments), **evaluate_groups(rankings, judgments)}


def main() -> int:
    """Print a line a choice: nDCG@10 over listings by kind of need, then over groups of alike ones."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=Path, action="append")
    parser.add_argument("--needs", type=Path, action="append")
    parser.add_argument("--judgments", type=Path, action="append")
    given = parser.parse_args()
    judgments = read_judgments(given.judgments or [DATA / "judgments.tsv"])
    need_files = given.needs or [DATA / "scenarios.jsonl", DATA / "dev_needs.json"]
    needs, products = read(given.products or [DATA / "products.jsonl"], need_files, judgments)
    groups = alike_groups(products, region_codes)
    grouped = [members for members in _sizes(groups) if members > 1]
    print(f"{len(products)} products, {sum(grouped)} of them in {len(grouped)} groups; page of {PAGE}")  # noqa: T201
    apart = grades_apart(products, groups, judgments)
    print(f"{len(apart)} pairs of alike listings judged for one need, {apart.count(0)} of equal grade; ", end="")  # noqa: T201
    print(f"grades differ by at most {max(apart, default=0)}")  # noqa: T201
    name, grades = by_group(products, groups, judgments)
    for choice, diversity in CHOICES.items():
        rankings = shortlists(needs, products, groups, diversity)
        plain = _figures(rankings, judgments)
        once = _figures(named_once(rankings, name), grades)
        cells = [f"{kind} {quality.ndcg:.3f}" for kind, quality in plain.items()]
        cells.append(f"groups: all {once['all'].ndcg:.3f}")
        print(f"{choice:28}", *cells, sep="  ")  # noqa: T201
    return 0


def _sizes(groups: Rows) -> list[int]:
    counted: dict[int, int] = {}
    for group in groups.tolist():
        counted[group] = counted.get(group, 0) + 1
    return list(counted.values())


if __name__ == "__main__":
    sys.exit(main())
