"""A comparison of weights as people read it on a terminal, and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.table import Table

from matcher.commands.output import new_table
from matcher.commands.words import word
from matcher.models import Promotion
from matcher.queries.promotions import Active, state_of
from scoring.comparison import Comparison, GroupFigures
from scoring.errors import LearningRefusedError
from scoring.weights import PARTS, Weights

BAR_WIDTH = 30
"""Characters that stand for a share of 100 %."""


def comparison_tables(comparison: Comparison, language: str) -> Iterator[Table | str]:
    """nDCG@10 group by group, the weights, and how well scores tell chances."""
    yield _groups(comparison, language)
    figures = {"gain": comparison.gain, "least": comparison.least_gain}
    errors = {"old": comparison.old.error, "new": comparison.new.error}
    signed = {name: f"{value:+.4f}" for name, value in figures.items()}
    yield word("learn-figures", language, **signed, **{name: f"{value:.3f}" for name, value in errors.items()})
    yield _weights(comparison, language)
    yield _reliability(comparison, language)


def comparison_json(
    comparison: Comparison,
    active: Active,
    refused: LearningRefusedError | None,
    promotion: Promotion | None,
    *,
    dry_run: bool,
) -> dict[str, Any]:
    """All of it; ``promotion``: the one that was made."""
    return comparison.to_json() | {
        "present": comparison.present.to_json(),
        "present_promotion": str(active.promotion.id) if active.promotion else None,
        "learnt": comparison.learnt.to_json(),
        "refused": {"rule": refused.rule, "values": refused.values} if refused else None,
        "promotion": str(promotion.id) if promotion else None,
        "dry_run": dry_run,
    }


def promotions_table(promotions: Sequence[Promotion], active: Active, language: str) -> Table:
    """Promotions with their figures."""
    codes = ("promotion", "made-at", "made-by", "judged-needs", "ndcg-change", "error-change", "state")
    table = new_table(*(word(code, language) for code in codes), right=(3,))
    for promotion in promotions:
        reached, errors = promotion.figures["ndcg@10"], promotion.figures["calibration"]
        state = word(f"promotion-{state_of(promotion, active)}", language)
        if promotion.rolled_back_at:
            state = f"{state} {_minute(promotion.rolled_back_at)} {promotion.rolled_back_by}"
        table.add_row(
            str(promotion.id),
            _minute(promotion.created_at),
            promotion.actor,
            str(promotion.figures["needs"]),
            f"{reached['old']:.3f} → {reached['new']:.3f}",
            f"{errors['old']['ece']:.3f} → {errors['new']['ece']:.3f}",
            state,
        )
    return table


def promotion_json(promotion: Promotion, active: Active) -> dict[str, Any]:
    """A promotion for programs."""
    return {
        "id": str(promotion.id),
        "state": state_of(promotion, active),
        "created_at": promotion.created_at.isoformat(),
        "actor": promotion.actor,
        "rolled_back_at": promotion.rolled_back_at.isoformat() if promotion.rolled_back_at else None,
        "rolled_back_by": promotion.rolled_back_by,
        "weights": promotion.weights,
        "figures": promotion.figures,
    }


def _groups(comparison: Comparison, language: str) -> Table:
    codes = ("group", "judged-needs", "ndcg-old", "ndcg-new", "change", "ndcg-fitted")
    table = new_table(*(word(code, language) for code in codes), right=(1, 2, 3, 4, 5))

    def add(name: str, row: GroupFigures) -> None:
        cells = (f"{row.old:.3f}", f"{row.new:.3f}", f"{row.new - row.old:+.3f}", f"{row.fitted:.3f}")
        table.add_row(name, str(row.needs), *cells)

    for group in comparison.groups:
        add(group.name, group)
    table.add_section()
    add(word("all-needs", language), comparison.overall)
    return table


def _weights(comparison: Comparison, language: str) -> Table:
    table = new_table(word("weight", language), word("at-work", language), word("learnt", language), right=(1, 2))
    sides = [_shown(weights) for weights in (comparison.present, comparison.learnt)]
    for name in sides[0]:
        label = word(f"part-{name}", language) if name in PARTS else word(f"curve-{name}", language)
        table.add_row(label, *(f"{side[name]:.4f}" for side in sides))
    return table


def _shown(weights: Weights) -> Mapping[str, float]:
    """What learning changes: the parts, the facets as one, and the curve."""
    parts = {part: sum(weights.facets.values()) if part == "facets" else getattr(weights, part) for part in PARTS}
    return parts | {"slope": weights.slope, "offset": weights.offset}


def _reliability(comparison: Comparison, language: str) -> Table:
    table = new_table(*(word(c, language) for c in ("mean-score", "share-good", "pairs", "diagram")), right=(0, 1, 2))
    for score, share, pairs in comparison.new.bins:
        count = str(round(pairs / comparison.seeds))
        table.add_row(f"{score * 100:.0f}", f"{share:.0%}", count, _bar(score, share))
    return table


def _bar(score: float, share: float) -> str:
    """A bar as long as the share, with a mark where it would end if the score told the truth."""
    cells = ["█"] * round(share * BAR_WIDTH)
    cells += [" "] * (BAR_WIDTH + 1 - len(cells))
    cells[round(score * BAR_WIDTH)] = "┃"
    return "".join(cells).rstrip()


def _minute(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M}"
