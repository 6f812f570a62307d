"""Whatever is sent, the answer is never a fault of ours."""

import json
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.states import StaffRole
from tests.api.conftest import Web

PATHS = (
    "/api/v1/needs",
    "/api/v1/needs/{}",
    "/api/v1/needs/{}/matches",
    "/api/v1/products",
    "/api/v1/products/{}",
    "/api/v1/products/{}/matches",
    "/api/v1/matches/{}/decision",
    "/needs",
    "/needs/{}",
    "/products",
    "/products/{}",
    "/matches/{}/decision",
    "/language/{}",
    "/login",
    "/{}",
)
WORDS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["SC-07", "GZ-01", "open", "best_score", "-1", "9" * 30, "\x00", "\ud800", "%", "'", "../..", "１"]
    ),
)
NAMES = st.sampled_from(["cursor", "limit", "status", "order", "q", "sector", "next", "language", "kind", "reason"])
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=8,
)
BODIES = st.one_of(
    st.dictionaries(st.sampled_from(["kind", "reason", "comment", "version", "other"]), JSON).map(json.dumps),
    JSON.map(json.dumps),
    WORDS,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"]),
    path=st.sampled_from(PATHS),
    key=WORDS,
    query=st.dictionaries(NAMES, WORDS, max_size=3),
    body=BODIES,
    kind=st.sampled_from(["application/json", "text/plain", "application/x-www-form-urlencoded"]),
)
def test_no_request_makes_a_fault_of_ours(
    web_everywhere: Web, method: str, path: str, key: str, query: dict[str, str], body: str, kind: str
) -> None:
    web = web_everywhere
    address = path.format(quote(key.encode("utf-8", "surrogatepass")))
    address += "?" + "&".join(
        f"{name}={quote(value.encode('utf-8', 'surrogatepass'))}" for name, value in query.items()
    )
    options: dict[str, Any] = {"method": method, "content_type": kind, "data": body.encode("utf-8", "replace")}
    headers = web.bearer(StaffRole.REVIEWER) if path.startswith("/api/") else {}
    with web.client(StaffRole.REVIEWER).open(address, headers=headers, **options) as response:
        assert response.status_code < 500
        if response.status_code >= 400 and path.startswith("/api/") and method != "HEAD":
            assert response.mimetype == "application/problem+json"
            assert response.get_json()["status"] == response.status_code
