"""Headers of every response, and pages that need nothing from elsewhere."""

import re

import pytest

from matcher.states import StaffRole
from tests.api.conftest import Web

PAGES = ("/login", "/needs", "/needs/SC-07", "/products", "/products/GZ-01", "/needs/none")


@pytest.mark.parametrize("path", [*PAGES, "/api/v1/needs", "/health/live", "/static/console.css", "/nothing"])
def test_every_response_has_the_headers(web: Web, path: str) -> None:
    with web.client(StaffRole.VIEWER).get(path) as response:
        policy = response.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        for rule in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'"):
            assert rule in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert ("no-store" in response.headers.get("Cache-Control", "")) is not path.startswith("/static")


def test_https_is_remembered(web: Web) -> None:
    response = web.client().get("/login", base_url="https://matcher.example")
    assert response.headers["Strict-Transport-Security"].startswith("max-age=")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_no_other_host_and_has_nothing_inline(web: Web, path: str) -> None:
    text = web.client(StaffRole.REVIEWER).get(path, follow_redirects=True).text
    assert not re.search(r"(?:src|href|action)=[\"'](?:https?:)?//", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=", text)
    assert "<style" not in text


def test_the_style_sheet_asks_no_other_host(web: Web) -> None:
    with web.client().get("/static/console.css") as response:
        text = response.get_data(as_text=True)
    assert "url(" not in text
    assert "@import" not in text
