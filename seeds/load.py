"""Loading the library into the database: repeatable, through the actions that everybody uses."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, sessionmaker

from matcher.actions.needs import put_need
from matcher.actions.organisations import put_organisation
from matcher.actions.products import put_product
from matcher.actions.scenarios import put_scenario
from matcher.actions.upsert import Outcome
from matcher.errors import NotFoundError
from matcher.messages import LANGUAGES
from matcher.models import Organisation, Product
from matcher.queries import findings, organisations, scenarios
from matcher.transaction import writing
from seeds.library import DATA, PROVIDER_PREFIX, UNNAMED_PROVIDER, Library, Row, provider_ref, read_library

ACTOR = "command:seed"

Step = tuple[str, Outcome]


@dataclass(frozen=True, slots=True)
class Report:
    """What a load did. ``edited``: rows that people have edited, left alone (``kind ref``). ``findings``: open ones."""

    created: int
    updated: int
    unchanged: int
    edited: list[str] = field(default_factory=list)
    findings: int = 0

    def to_json(self) -> dict[str, Any]:
        """The report as JSON."""
        return asdict(self)


def load(
    sessions: sessionmaker[Session],
    *,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
    folder: Path = DATA,
    language: str = LANGUAGES[0],
) -> Report:
    """Put every row of ``folder`` into the database in one transaction: all or nothing.

    A second load changes nothing; a changed row of the files is updated; a row that people have edited is left alone
    and reported, unless ``force``. ``progress`` is told rows done and rows in all. Raises InvalidFileError.
    """
    library = read_library(folder, language=language)
    outcomes: Counter[Outcome] = Counter()
    edited = []
    with writing(sessions) as session:
        for done, (name, outcome) in enumerate(_put_all(session, library, force), start=1):
            outcomes[outcome] += 1
            if outcome is Outcome.EDITED:
                edited.append(name)
            if progress is not None:
                progress(done, len(library))
        session.flush()
        open_findings = findings.count_open(session)
    return Report(
        created=outcomes[Outcome.CREATED],
        updated=outcomes[Outcome.UPDATED],
        unchanged=outcomes[Outcome.UNCHANGED],
        edited=edited,
        findings=open_findings,
    )


def _put_all(session: Session, library: Library, force: bool) -> Iterator[Step]:
    for row in library.organisations:
        outcome = put_organisation(session, row, actor=ACTOR, overwrite=force)
        yield f"organisation {row['external_ref']}", outcome
    for row in library.scenarios:
        yield f"scenario {row['code']}", put_scenario(session, row, actor=ACTOR, overwrite=force)
    for row in library.needs:
        buyer = _organisation(session, library.buyers[row["external_ref"]])
        need = _opened(session, row)
        yield f"need {row['external_ref']}", put_need(session, buyer, need, actor=ACTOR, overwrite=force)
    for row in library.products:
        seller = _organisation(session, provider_ref(row.get("provider")))
        former = _former_seller(session, seller, row["external_ref"])
        outcome = put_product(session, seller, row, actor=ACTOR, overwrite=force, former=former)
        yield f"product {row['external_ref']}", outcome


def _organisation(session: Session, ref: str) -> Organisation:
    organisation = organisations.by_ref(session, ref)
    if organisation is None:
        raise NotFoundError("organisation", ref)
    return organisation


def _former_seller(session: Session, seller: Organisation, ref: str) -> Organisation | None:
    """The other organisation out of the library's files that holds the listing: its provider's name was corrected."""
    loaded = or_(Organisation.external_ref == UNNAMED_PROVIDER, Organisation.external_ref.startswith(PROVIDER_PREFIX))
    holders = select(Organisation).join(Product, Product.organisation_id == Organisation.id)
    found = holders.where(Product.external_ref == ref, Organisation.id != seller.id, loaded)
    return session.scalars(found.order_by(Organisation.id).limit(1)).one_or_none()


def _opened(session: Session, row: Row) -> Row:
    """A scenario opened as a need, which remembers where it came from."""
    scenario = scenarios.by_code(session, row["external_ref"])
    if scenario is None:
        raise NotFoundError("scenario", row["external_ref"])
    return row | {"scenario_id": scenario.id}
