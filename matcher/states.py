"""Every enumeration of the domain and the legal moves between states, in one place."""

from enum import StrEnum
from typing import TypeVar

from matcher.errors import IllegalMoveError


class ProductKind(StrEnum):
    """What is sold."""

    DATASET = "dataset"
    DATA_PRODUCT = "data_product"
    MODEL = "model"
    PLATFORM_SERVICE = "platform_service"
    API = "api"
    REPORT = "report"


class ProductStatus(StrEnum):
    """Where a listing stands; only a listed product is matched."""

    DRAFT = "draft"
    LISTED = "listed"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"


class NeedStatus(StrEnum):
    """Where a need stands; only an open need is matched."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    EXPIRED = "expired"


class NeedOutcome(StrEnum):
    """How a need ended."""

    SERVED = "served"
    UNSERVED = "unserved"
    WITHDRAWN = "withdrawn"


class MatchStatus(StrEnum):
    """Where a match stands in staff's review."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


class DecisionKind(StrEnum):
    """What a reviewer ruled."""

    APPROVE = "approve"
    REJECT = "reject"


class RejectReason(StrEnum):
    """Why a match was turned down."""

    IRRELEVANT = "irrelevant"
    COVERAGE = "coverage"
    TIMELINESS = "timeliness"
    PRICE = "price"
    COMPLIANCE = "compliance"
    QUALITY = "quality"
    DUPLICATE = "duplicate"
    OTHER = "other"


class RunStatus(StrEnum):
    """One scoring pass."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class DealMode(StrEnum):
    """How rights pass: 交易 许可 共享 交换 质押融资 作价入股 证券化."""

    TRADE = "trade"
    LICENCE = "licence"
    SHARE = "share"
    EXCHANGE = "exchange"
    PLEDGE = "pledge"
    EQUITY = "equity"
    SECURITISATION = "securitisation"


class DeliveryMode(StrEnum):
    """How data reaches the buyer."""

    FILE = "file"
    API = "api"
    STREAM = "stream"
    REPORT = "report"
    SAAS = "saas"
    ON_PREMISES = "on_premises"
    SANDBOX = "sandbox"
    PRIVACY_COMPUTING = "privacy_computing"


class UpdateFrequency(StrEnum):
    """How often data is renewed, most often first: the order carries the facet's comparison."""

    REALTIME = "realtime"
    MINUTELY = "minutely"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"
    ONCE = "once"


class PriceMode(StrEnum):
    """How a price is asked."""

    NEGOTIABLE = "negotiable"
    FREE = "free"
    PER_CALL = "per_call"
    PER_PERIOD = "per_period"
    FIXED = "fixed"


class DataClass(StrEnum):
    """Classes of the national data classification: 一般 重要 核心."""

    GENERAL = "general"
    IMPORTANT = "important"
    CORE = "core"


class OrganisationRole(StrEnum):
    """What an organisation comes to the exchange for."""

    PROVIDER = "provider"
    BUYER = "buyer"
    EXCHANGE = "exchange"


class StaffRole(StrEnum):
    """What a member of staff may do; each role includes those after it."""

    ADMIN = "admin"
    REVIEWER = "reviewer"
    VIEWER = "viewer"


class FindingSeverity(StrEnum):
    """What a finding asks for: stop, a look by staff, or nothing."""

    BLOCK = "block"
    HOLD = "hold"
    NOTE = "note"


class FindingStatus(StrEnum):
    """Whether staff has dealt with a finding."""

    OPEN = "open"
    RESOLVED = "resolved"


State = TypeVar("State", ProductStatus, NeedStatus, MatchStatus, RunStatus)

LEGAL_MOVES: dict[type[StrEnum], dict[StrEnum, frozenset[StrEnum]]] = {
    ProductStatus: {
        ProductStatus.DRAFT: frozenset({ProductStatus.LISTED, ProductStatus.WITHDRAWN}),
        ProductStatus.LISTED: frozenset({ProductStatus.PAUSED, ProductStatus.WITHDRAWN}),
        ProductStatus.PAUSED: frozenset({ProductStatus.LISTED, ProductStatus.WITHDRAWN}),
        ProductStatus.WITHDRAWN: frozenset(),
    },
    NeedStatus: {
        NeedStatus.DRAFT: frozenset({NeedStatus.OPEN, NeedStatus.CLOSED}),
        NeedStatus.OPEN: frozenset({NeedStatus.CLOSED, NeedStatus.EXPIRED}),
        NeedStatus.EXPIRED: frozenset({NeedStatus.OPEN, NeedStatus.CLOSED}),
        NeedStatus.CLOSED: frozenset(),
    },
    MatchStatus: {
        MatchStatus.PROPOSED: frozenset({MatchStatus.APPROVED, MatchStatus.REJECTED}),
        MatchStatus.APPROVED: frozenset({MatchStatus.REJECTED}),
        MatchStatus.REJECTED: frozenset({MatchStatus.APPROVED}),
    },
    RunStatus: {
        RunStatus.RUNNING: frozenset({RunStatus.FINISHED, RunStatus.FAILED}),
        RunStatus.FINISHED: frozenset(),
        RunStatus.FAILED: frozenset({RunStatus.RUNNING}),
    },
}
"""By kind of state first: members of different enums with the same text, such as ``draft``, are one and the same key
of a dictionary."""


def move(current: State, target: State) -> State:
    """Return ``target`` if the move is legal, else raise IllegalMoveError naming both states and the legal ones."""
    legal = LEGAL_MOVES[type(current)][current]
    if target not in legal:
        raise IllegalMoveError(current, target, sorted(legal))
    return target
