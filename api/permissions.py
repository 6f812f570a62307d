"""Who may call what: every endpoint has an entry here, and one without is refused."""

from enum import Enum

from matcher.states import StaffRole


class Public(Enum):
    """Endpoints open to anybody."""

    ANYBODY = "anybody"


ANYBODY = Public.ANYBODY
VIEWER = StaffRole.VIEWER
REVIEWER = StaffRole.REVIEWER

PERMISSIONS: dict[str, StaffRole | Public] = {
    "static": ANYBODY,
    "bootstrap.static": ANYBODY,
    "health.live": ANYBODY,
    "health.ready": ANYBODY,
    "login.show": ANYBODY,
    "login.sign_in": ANYBODY,
    "login.choose_language": ANYBODY,
    "login.sign_out": VIEWER,
    "api-docs.openapi_json": ANYBODY,
    "needs.home": VIEWER,
    "needs.index": VIEWER,
    "needs.show": VIEWER,
    "needs.explain": VIEWER,
    "products.index": VIEWER,
    "products.show": VIEWER,
    "market.gaps": VIEWER,
    "market.exposure": VIEWER,
    "decisions.decide": REVIEWER,
    "needs_api.list_needs": VIEWER,
    "needs_api.get_need": VIEWER,
    "needs_api.list_need_matches": VIEWER,
    "needs_api.explain": VIEWER,
    "products_api.list_products": VIEWER,
    "products_api.get_product": VIEWER,
    "products_api.list_product_matches": VIEWER,
    "market_api.list_gaps": VIEWER,
    "market_api.list_exposure": VIEWER,
    "matches_api.decide": REVIEWER,
}
"""Endpoint to the least role; roles include those below them (``matcher.states.StaffRole``)."""

RANKS = {StaffRole.VIEWER: 0, StaffRole.REVIEWER: 1, StaffRole.ADMIN: 2}


def allows(role: StaffRole, least: StaffRole) -> bool:
    """Whether ``role`` includes ``least``."""
    return RANKS[role] >= RANKS[least]
