"""Gaps and exposure as the API gives them."""

from matcher.states import StaffRole
from matcher.transaction import writing
from tests.api.conftest import Web
from tests.factories import make_run
from tests.matcher.queries.test_gaps import stored


def test_gaps_have_the_needs_buyers_and_sellers_behind_them(web_everywhere: Web) -> None:
    with writing(web_everywhere.sessions) as session:
        need, product = session.merge(web_everywhere.need), session.merge(web_everywhere.product)
        make_run(session, gaps=[stored([need], [product])])
    client, header = web_everywhere.client(), web_everywhere.bearer(StaffRole.VIEWER)
    told = client.get("/api/v1/gaps", headers=header).get_json()
    (gap,) = told["items"]
    assert told["found_at"] is not None
    assert (gap["label"], gap["phrases"], gap["share"]) == ("深海", ["深海", "深海数据"], 0.25)
    assert (gap["buyer_count"], gap["buyers"][0]["name"], gap["buyers"][0]["demonstration"]) == (1, "演示采购方", True)
    assert (gap["need_count"], gap["needs"][0]["external_ref"]) == (1, "SC-07")
    (seller,) = gap["sellers"]
    assert (seller["product"]["external_ref"], seller["similarity"]) == ("GZ-01", 0.5)
    assert seller["organisation"]["name"] == product.organisation.name


def test_before_the_first_run_there_are_no_gaps(web: Web) -> None:
    header = web.bearer(StaffRole.VIEWER)
    told = web.client().get("/api/v1/gaps", headers=header).get_json()
    assert told["items"] == []


def test_exposure_compares_places_with_supply(web_everywhere: Web) -> None:
    """Two sellers of one product each; the first heads the one shortlist, so its ratio is 1 ÷ ½."""
    header = web_everywhere.bearer(StaffRole.VIEWER)
    first, second = web_everywhere.client().get("/api/v1/exposure", headers=header).get_json()["items"]
    assert (first["supply"], first["supply_share"], first["first_places"], first["ratio"]) == (1, 0.5, 1, 2.0)
    assert (second["first_places"], second["page_places"], second["page_share"], second["ratio"]) == (0, 1, 0.5, 0.0)
    assert first["organisation"]["external_ref"]


def test_nobody_reads_them_without_a_token(web: Web) -> None:
    assert {web.client().get(f"/api/v1/{path}").status_code for path in ("gaps", "exposure")} == {401}
