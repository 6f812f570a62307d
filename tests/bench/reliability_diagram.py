"""The reliability diagram of the documentation: do scores tell chances?

    matcher learn --dry-run --json --collection … > told.json
    python -m tests.bench.reliability_diagram < told.json > docs/images/reliability.svg

Each circle is a tenth of the scores with its mean score (x) and the share of its pairs graded 2 or 3 (y), on needs that
neither weights nor curve were learnt from; its radius grows with the logarithm of the pairs. On the line scores are
true.
"""

import json
import math
import sys
from collections.abc import Sequence

SIZE, MARGIN = 360, 48
SIDE = SIZE - 2 * MARGIN
GREY, BLUE = "#8a8f98", "#2f6fb2"


def diagram(bins: Sequence[tuple[float, float, int]], seeds: int) -> str:
    """An SVG of bins ``(mean score, share, pairs counted once for each seed)``, the first two 0–1."""
    marks = [
        f'<circle cx="{_x(score):.1f}" cy="{_y(share):.1f}" r="{3 + 1.2 * math.log10(max(1, pairs / seeds)):.1f}" '
        f'fill="{BLUE}"><title>{round(pairs / seeds)}</title></circle>'
        for score, share, pairs in bins
    ]
    ticks = [_tick(tenth / 100) for tenth in (0, 25, 50, 75, 100)]
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" font-family="sans-serif" '
            f'font-size="12" fill="{GREY}" role="img">',
            "<title>Share of pairs graded 2 or 3 against the score</title>",
            f'<rect x="{MARGIN}" y="{MARGIN}" width="{SIDE}" height="{SIDE}" fill="none" stroke="{GREY}"/>',
            f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="{GREY}" stroke-dasharray="4 4"/>',
            *ticks,
            *marks,
            f'<text x="{SIZE / 2}" y="{SIZE - 8}" text-anchor="middle">score</text>',
            f'<text x="{MARGIN}" y="{MARGIN - 14}">graded 2 or 3, %</text>',
            "</svg>\n",
        )
    )


def _tick(share: float) -> str:
    number = f"{share * 100:.0f}"
    below = f'<text x="{_x(share)}" y="{SIZE - MARGIN + 16}" text-anchor="middle">{number}</text>'
    return below + f'<text x="{MARGIN - 8}" y="{_y(share) + 4}" text-anchor="end">{number}</text>'


def _x(share: float) -> float:
    return MARGIN + share * SIDE


def _y(share: float) -> float:
    return SIZE - MARGIN - share * SIDE


if __name__ == "__main__":
    told = json.load(sys.stdin)
    sys.stdout.write(diagram(told["calibration"]["new"]["bins"], told["seeds"]))
