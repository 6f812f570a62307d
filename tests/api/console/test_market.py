"""The pages of gaps and exposure."""

import pytest
from flask.testing import FlaskClient

from matcher.states import StaffRole
from matcher.transaction import writing
from tests.api.conftest import Web
from tests.factories import make_run
from tests.matcher.queries.test_gaps import stored


@pytest.fixture
def viewer(web: Web) -> FlaskClient:
    """A viewer's browser."""
    return web.client(StaffRole.VIEWER)


def test_gaps_lead_to_the_needs_and_to_the_sellers(web: Web, viewer: FlaskClient) -> None:
    with writing(web.sessions) as session:
        need, product = session.merge(web.need), session.merge(web.product)
        make_run(session, gaps=[stored([need], [product], need_count=7), stored([], [], label="冰芯")])
    text = viewer.get("/gaps").text
    for words in ("深海", "又称：深海数据", "25%", "SC-07", "共 7 条", "隧道孪生模型", "冰芯"):
        assert words in text
    for path in (f"/needs/{web.need.id}", f"/products/{web.product.id}"):
        assert path in text
        assert viewer.get(path).status_code == 200


def test_without_gaps_the_page_says_why(web: Web, viewer: FlaskClient) -> None:
    with writing(web.sessions) as session:
        make_run(session, gaps=[])
    assert "每条征集中的需求都有达标的匹配" in viewer.get("/gaps").text


def test_exposure_lists_sellers_by_ratio(web: Web, viewer: FlaskClient) -> None:
    text = viewer.get("/exposure").text
    assert web.product.organisation.name in text
    assert text.index("2.00") < text.index("0.00")


def test_a_long_list_ends_with_how_many_are_left(
    web: Web, viewer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "另有" not in viewer.get("/exposure").text
    monkeypatch.setattr("api.console.market.SELLERS_SHOWN", 1)
    assert "另有 1 个供方" in viewer.get("/exposure").text


def test_both_pages_are_in_the_navigation_and_for_staff_only(web: Web, viewer: FlaskClient) -> None:
    home = viewer.get("/needs").text
    for path in ("/gaps", "/exposure"):
        assert f'href="{path}"' in home
        assert 'aria-current="page"' in viewer.get(path).text
        assert web.client().get(path).status_code == 302
