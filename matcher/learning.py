"""What weights are learnt from: judged pairs of files, and staff's rulings.

A match that staff approved has grade 2, one rejected for a reason that speaks of fit (``SAYS_UNFIT``) grade 0; the last
ruling counts. Nothing else is an example: what was rejected for another reason may have fitted, what nobody ruled on
may fit. Three biases remain and are accepted. Staff rules on what the engine in use has shown, so pairs that it never
shows teach nothing. Scores come to mean the chance of an approval among pairs that staff rules on, who begin at the
top. And both texts are read as they are today, even where they have been edited since.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from matcher.file_ranking import embedded, read_sides
from matcher.files import Judgments, read_judgments
from matcher.messages import LANGUAGES
from matcher.models import Decision, Match, Need, Product
from matcher.profiles import profile_of_need, profile_of_product, today
from matcher.progress import Report
from matcher.queries.decisions import latest_rulings
from matcher.states import DecisionKind, ProductStatus, RejectReason
from scoring.evaluation import RELEVANT
from scoring.index import Index
from scoring.judged import Judged
from scoring.meaning import Meaning
from scoring.profile import NeedProfile, ProductProfile

SAYS_UNFIT = frozenset({RejectReason.IRRELEVANT, RejectReason.COVERAGE, RejectReason.TIMELINESS})
"""Reasons that speak of what the two texts say. Price, compliance and quality are weighed where the engine does not
look, a duplicate fits as well as its twin, and other may mean anything."""


@dataclass(frozen=True, slots=True)
class JudgedFiles:
    """A library in files with its judgments, as ``matcher evaluate`` takes them."""

    products: Sequence[Path]
    needs: Sequence[Path]
    judgments: Sequence[Path]

    @classmethod
    def parse(cls, given: Sequence[str]) -> Self:
        """From three texts, each one path or several joined by commas."""
        return cls(*([Path(path) for path in each.split(",")] for each in given))

    @property
    def paths(self) -> list[Path]:
        """All the files."""
        return [*self.products, *self.needs, *self.judgments]

    @property
    def name(self) -> str:
        """After the first file of judgments."""
        return self.judgments[0].stem


@dataclass(frozen=True, slots=True)
class Rulings:
    """Staff's rulings with all that they are about. ``listed``: what the term statistics are taken from; ``products``:
    those ruled on, listed or not; ``needs`` and ``products`` count as on offer."""

    listed: list[ProductProfile]
    products: list[ProductProfile]
    needs: list[NeedProfile]
    grades: Judgments = field(default_factory=dict)


def read_judged(
    files: JudgedFiles,
    name: str,
    meaning: Meaning | None,
    *,
    language: str = LANGUAGES[0],
    report: Report = lambda _done, _total: None,
) -> Judged:
    """Read a judged library; ``report`` is told how many of how many texts are embedded.

    Raises InvalidInputError and EncoderUnavailableError.
    """
    judgments = read_judgments(files.judgments, language=language)
    needs, products = read_sides(files.products, files.needs, judgments, language=language)
    if meaning:
        needs, products = embedded(needs, products, meaning, report)
    return Judged(name, needs, products, judgments)


def load_rulings(session: Session) -> Rulings:
    """Read all rulings that are an example, in four statements."""
    grades: Judgments = {}
    for ruling in latest_rulings(session):
        approved = ruling.kind is DecisionKind.APPROVE
        if approved or ruling.reason in SAYS_UNFIT:
            grades.setdefault(str(ruling.need_id), {})[str(ruling.product_id)] = RELEVANT if approved else 0
    ruled = {product for products in grades.values() for product in products}
    decided = select(Match).join(Decision, Decision.match_id == Match.id)
    wanted = select(Need).where(Need.id.in_(decided.with_only_columns(Match.need_id))).order_by(Need.id)
    offered = select(Product).where(
        or_(Product.status == ProductStatus.LISTED, Product.id.in_(decided.with_only_columns(Match.product_id)))
    )
    on = today()
    products = [
        profile_of_product(row, on)
        for row in session.scalars(offered.options(selectinload(Product.certificates)).order_by(Product.id))
    ]
    return Rulings(
        listed=[profile for profile in products if profile.listed],
        products=[replace(profile, listed=True) for profile in products if profile.id in ruled],
        needs=[
            replace(profile, open=True)
            for profile in map(profile_of_need, session.scalars(wanted))
            if profile.id in grades
        ],
        grades=grades,
    )


def judged_rulings(rulings: Rulings, name: str, meaning: Meaning | None) -> Judged:
    """The rulings with both sides indexed under the statistics of what is listed. Raises EncoderUnavailableError."""
    statistics = Index.build(rulings.listed).statistics
    products = Index.build(rulings.products, statistics, meaning)
    return Judged(name, products.like(rulings.needs), products, rulings.grades, pooled=False)
