"""Listings of an exchange: stored for their sellers, and marked where they say too little or the same twice."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload, sessionmaker

from matcher.actions import findings
from matcher.actions.findings import Remark
from matcher.actions.organisations import put_organisation
from matcher.actions.products import put_product
from matcher.actions.upsert import Outcome
from matcher.codes.placeholders import says_nothing
from matcher.codes.text import folded
from matcher.listings import Listing, seller_ref
from matcher.models import Finding, Organisation, Product
from matcher.states import FindingSeverity, FindingStatus, OrganisationRole, ProductStatus
from matcher.transaction import writing

ACTOR = "command:import"
BLOCK = 200
"""Listings a transaction: an import that is stopped leaves whole blocks, and the next one finds them unchanged."""

THIN = "thin-description"
DUPLICATE = "duplicate-listing"
RULES = (THIN, DUPLICATE)
THIN_LENGTH = 15
"""Characters, spaces left out, under which a description says too little to match on."""
MOST_NAMED = 20
"""How many others a repeated description's finding names; it counts them all."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did to products. ``edited``: references of those that people have edited, left alone.

    ``sellers``: organisations made. ``thin``, ``duplicates``: products so marked now among all those of the file's
    sellers.
    """

    created: int
    updated: int
    unchanged: int
    edited: list[str] = field(default_factory=list)
    sellers: int = 0
    thin: int = 0
    duplicates: int = 0

    def to_json(self) -> dict[str, Any]:
        """The report as JSON."""
        return asdict(self)


class _DryRunError(Exception):
    """Ends a dry run's transaction, so that it is rolled back."""


class _Tally:
    """What has been done so far."""

    def __init__(self) -> None:
        self.outcomes: Counter[Outcome] = Counter()
        self.edited: list[str] = []
        self.sellers: set[UUID] = set()
        self.new_sellers = 0
        self.marked: Counter[str] = Counter()

    def report(self) -> ImportReport:
        return ImportReport(
            created=self.outcomes[Outcome.CREATED],
            updated=self.outcomes[Outcome.UPDATED],
            unchanged=self.outcomes[Outcome.UNCHANGED],
            edited=self.edited,
            sellers=self.new_sellers,
            thin=self.marked[THIN],
            duplicates=self.marked[DUPLICATE],
        )


def import_listings(
    sessions: sessionmaker[Session], listings: Iterable[Listing], *, dry_run: bool = False
) -> ImportReport:
    """Store the listings, a block each transaction, then mark what is thin or said twice. Repeatable.

    A ``dry_run`` does the same in one transaction that is rolled back: on SQLite others' writes wait meanwhile.
    """
    tally = _Tally()
    blocks = _blocks(listings)
    if dry_run:
        with suppress(_DryRunError), writing(sessions) as session:
            for block in blocks:
                _put_block(session, block, tally)
            tally.marked = mark(session, tally.sellers)
            raise _DryRunError
    else:
        for block in blocks:
            with writing(sessions) as session:
                _put_block(session, block, tally)
        with writing(sessions) as session:
            tally.marked = mark(session, tally.sellers)
    return tally.report()


def mark(session: Session, sellers: Collection[UUID]) -> Counter[str]:
    """Raise a finding for each thin or repeated description of the sellers' products, settle those that hold no more.

    Withdrawn products are left out. Returns how many products each rule marks. The work is in step with
    what changed: findings that already say so are read, all at once, and not written.
    """
    products = _products(session, sellers)
    wanted = _thin(products) | _repeated(products)
    remarks: defaultdict[UUID, dict[tuple[str, str], Remark]] = defaultdict(dict)
    for (product_id, rule), remark in wanted.items():
        remarks[product_id][rule, ""] = remark
    present = _present(session, sellers)
    due = {finding.subject_id for finding in present if _is_open(finding) and _key(finding) not in wanted}
    settled = {_key(finding) for finding in present if _says(finding, wanted.get(_key(finding)))}
    due |= {product_id for product_id, rule in wanted.keys() - settled}
    for product_id in sorted(due):
        findings.replace(session, "product", product_id, RULES, remarks[product_id])
    return Counter(rule for _, rule in wanted)


def _blocks(listings: Iterable[Listing]) -> Iterator[list[Listing]]:
    waiting = iter(listings)
    while block := list(islice(waiting, BLOCK)):
        yield block


def _put_block(session: Session, block: Sequence[Listing], tally: _Tally) -> None:
    sellers = _sellers(session, dict.fromkeys(listing.seller for listing in block), tally)
    ids = {seller.id for seller in sellers.values()}
    tally.sellers |= ids
    # Held on to, so that each is in the session when put_product asks for it, its certificates too.
    held = session.scalars(
        select(Product)
        .options(selectinload(Product.certificates))
        .where(
            Product.organisation_id.in_(ids),
            Product.external_ref.in_([listing.fields["external_ref"] for listing in block]),
        )
    ).all()
    for listing in block:
        outcome = put_product(session, sellers[listing.seller], listing.fields, actor=ACTOR)
        tally.outcomes[outcome] += 1
        if outcome is Outcome.EDITED:
            tally.edited.append(listing.fields["external_ref"])
    del held


def _sellers(session: Session, names: Iterable[str], tally: _Tally) -> dict[str, Organisation]:
    """Each name's organisation: the one an import made, else the first of that name, else a new one."""
    refs = {name: seller_ref(name) for name in names}
    named = select(Organisation).where(Organisation.name.in_(refs)).order_by(Organisation.id.desc())
    by_name = {row.name: row for row in session.scalars(named)}
    made = select(Organisation).where(Organisation.external_ref.in_(refs.values()))
    by_ref = {row.external_ref: row for row in session.scalars(made)}
    for name, ref in refs.items():
        if ref not in by_ref:
            by_ref[ref] = by_name.get(name) or _new_seller(session, name, ref, tally)
    return {name: by_ref[ref] for name, ref in refs.items()}


def _new_seller(session: Session, name: str, ref: str, tally: _Tally) -> Organisation:
    fields = {"external_ref": ref, "name": name, "roles": [OrganisationRole.PROVIDER.value]}
    put_organisation(session, fields, actor=ACTOR)
    tally.new_sellers += 1
    return session.scalars(select(Organisation).where(Organisation.external_ref == ref)).one()


class _Text(NamedTuple):
    """What a product says, without spaces, width and case."""

    id: UUID
    seller: UUID
    ref: str
    title: str
    description: str


def _products(session: Session, sellers: Collection[UUID]) -> list[_Text]:
    rows = session.execute(
        select(Product.id, Product.organisation_id, Product.external_ref, Product.title, Product.summary)
        .where(Product.organisation_id.in_(sellers), Product.status != ProductStatus.WITHDRAWN)
        .order_by(Product.external_ref, Product.id)
    )
    return [_Text(row_id, seller, ref, _bare(title), _bare(summary)) for row_id, seller, ref, title, summary in rows]


def _bare(text: str | None) -> str:
    return "" if text is None or says_nothing(text) else re.sub(r"\s+", "", folded(text))


def _thin(products: Iterable[_Text]) -> dict[tuple[UUID, str], Remark]:
    lengths = {each.id: 0 if each.description == each.title else len(each.description) for each in products}
    return {
        (product_id, THIN): Remark(FindingSeverity.NOTE, {"length": length})
        for product_id, length in lengths.items()
        if length < THIN_LENGTH
    }


def _repeated(products: Iterable[_Text]) -> dict[tuple[UUID, str], Remark]:
    """Products of one seller with the same description; without one, the title must be the same."""
    groups: defaultdict[tuple[UUID, str], list[_Text]] = defaultdict(list)
    for each in products:
        groups[each.seller, each.description or each.title].append(each)
    remarks = {}
    for group in groups.values():
        for each in group if len(group) > 1 else ():
            others = [other for other in group[: MOST_NAMED + 1] if other.id != each.id]
            details = {
                "count": len(group) - 1,
                "products": ", ".join(other.ref for other in others[:MOST_NAMED]),
                "product_ids": [str(other.id) for other in others[:MOST_NAMED]],
            }
            remarks[each.id, DUPLICATE] = Remark(FindingSeverity.NOTE, details)
    return remarks


def _present(session: Session, sellers: Collection[UUID]) -> Sequence[Finding]:
    theirs = select(Product.id).where(Product.organisation_id.in_(sellers))
    about = (Finding.subject_kind == "product", Finding.rule.in_(RULES), Finding.subject_id.in_(theirs))
    return session.scalars(select(Finding).where(*about).order_by(Finding.id)).all()


def _key(finding: Finding) -> tuple[UUID, str]:
    return finding.subject_id, finding.rule


def _is_open(finding: Finding) -> bool:
    return finding.status is FindingStatus.OPEN


def _says(finding: Finding, wanted: Remark | None) -> bool:
    """Whether the finding says the same already, and stands, or was resolved by staff who have seen it."""
    stands = _is_open(finding) or finding.resolved_by is not None
    return wanted is not None and stands and finding.details == wanted.details
