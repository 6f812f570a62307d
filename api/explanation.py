"""A stored breakdown in the reader's words: what the console shows under a score.

Numbers stay as the engine gave them, hundredths of a point in ``int``; only codes turn into labels here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api import words
from api.language import _

WHOLE = 10_000
"""Hundredths of a point in the highest score."""


@dataclass(frozen=True, slots=True)
class FacetRow:
    """One facet: what the need asks for, what the product has, and whether they agree."""

    name: str
    state: str
    mark: str
    tone: str
    state_name: str
    need: str
    product: str

    @property
    def said(self) -> bool:
        """Whether either side says anything about it."""
        return (self.need, self.product) != (words.UNKNOWN, words.UNKNOWN)


@dataclass(frozen=True, slots=True)
class PartView:
    """One part 得分项: its points, where its piece of the stacked bar starts, and its reasons.

    ``value``: how far the two sides agree in it, 0–1. ``weight``: its share of all weights in percent once unknown
    parts have given theirs away; how many points that brings depends on the other parts too, as the score is a curve
    over their sum. ``raw`` is the part of the breakdown itself.
    """

    part: str
    name: str
    about: str
    known: bool
    points: int
    start: int
    weight: float
    value: float
    raw: Mapping[str, Any]
    facets: Sequence[FacetRow] = ()
    facts: Sequence[tuple[str, str, str]] = ()

    @property
    def filled(self) -> int:
        """The value as the length of a bar, 0–10000."""
        return min(WHOLE, round(WHOLE * self.value))


@dataclass(frozen=True, slots=True)
class Explanation:
    """A breakdown 得分说明 ready to be shown."""

    score: int
    fingerprint: str
    parts: Sequence[PartView]

    @property
    def lacks_must(self) -> bool:
        """Whether a must-have element is not covered."""
        return any(
            row.get("must") for part in self.parts for state in ("partly", "missing") for row in part.raw.get(state, ())
        )

    @property
    def in_words(self) -> str:
        """The sum as text, for those who do not see the bar."""
        terms = " + ".join(f"{part.name} {points(part.points)}" for part in self.parts if part.known)
        return f"{terms} = {points(self.score)}"


def points(hundredths: int) -> str:
    """Hundredths of a point as people read them: 7325 → 73.25."""
    return f"{hundredths / 100:.2f}"


def explain(breakdown: Mapping[str, Any]) -> Explanation:
    """The view of ``breakdown`` (the JSON of ``scoring.breakdown``) in the current language."""
    rows: Sequence[Mapping[str, Any]] = breakdown.get("parts", ())
    known_weight = sum(float(row.get("weight", 0)) for row in rows if row.get("known")) or 1.0
    parts, start = [], 0
    for row in rows:
        share = float(row.get("weight", 0)) / known_weight if row.get("known") else 0.0
        parts.append(_part(row, share, start))
        start += int(row.get("points", 0))
    return Explanation(int(breakdown.get("score", 0)), str(breakdown.get("fingerprint", "")), tuple(parts))


def _part(row: Mapping[str, Any], share: float, start: int) -> PartView:
    part = str(row["part"])
    name, about = part_words(part)
    return PartView(
        part=part,
        name=name,
        about=about,
        known=bool(row.get("known")),
        points=int(row.get("points", 0)),
        start=start,
        weight=100 * share,
        value=float(row.get("value") or 0.0),
        raw=row,
        facets=tuple(_facet(facet) for facet in row.get("facets", ())),
        facts=tuple(_fact(fact) for fact in row.get("facts", ())),
    )


def part_words(part: str) -> tuple[str, str]:
    """A part's name and what it measures."""
    names = {
        "text": (_("Text"), _("words that both sides use, rare ones counting more")),
        "tags": (_("Tags"), _("tags that mean nearly the same, paired one to one")),
        "elements": (_("Data elements"), _("how much of the data asked for the product has")),
        "meaning": (_("Meaning"), _("nearness of what both texts say")),
        "facets": (_("Conditions"), _("sector, region, frequency, delivery, deal, price")),
        "trust": (_("Trust"), _("certificate and completeness of the listing")),
    }
    return names.get(part, (part, ""))


def _facet(row: Mapping[str, Any]) -> FacetRow:
    facet, state = str(row["facet"]), str(row["state"])
    marks = {
        "agree": ("✓", "good", _("agrees")),
        "partly": ("◐", "warm", _("agrees in part")),
        "unknown": ("–", "soft", _("unknown, counts neither way")),
        "disagree": ("✕", "bad", _("differs")),
    }
    mark, tone, state_name = marks.get(state, ("–", "soft", state))
    return FacetRow(
        name=words.facet_name(facet),
        state=state,
        mark=mark,
        tone=tone,
        state_name=state_name,
        need=words.facet_values(facet, row.get("need")),
        product=words.facet_values(facet, row.get("product")),
    )


def _fact(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """Tone, mark and sentence of one fact of the part "trust"."""
    value = row.get("value")
    if row["fact"] == "certificate":
        if value is None:
            return "soft", "–", _("No certificate is known; that counts neither way")
        return (
            ("good", "✓", _("A valid certificate is on record")) if value else ("bad", "✕", _("No valid certificate"))
        )
    if row["fact"] == "completeness":
        if value is None:
            return "soft", "–", _("How complete the listing is, is unknown")
        percent = round(100 * float(value))
        return (
            "good" if percent >= 50 else "warm",
            "◐",
            _("%(percent)s%% of the listing is filled in", percent=percent),
        )
    return "soft", "–", f"{row['fact']}: {value}"
