"""What the API gives, and what a decision through it leaves behind."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from matcher.database import utcnow
from matcher.models import AuditEntry, Decision, Event, Match, Organisation, Shortlist, StaffToken
from matcher.states import DecisionKind, MatchStatus, RejectReason, StaffRole
from matcher.transaction import reading, writing
from tests import factories
from tests.api.conftest import Web, csrf_token, full_breakdown


@pytest.fixture
def script(web_everywhere: Web) -> FlaskClient:
    """A script of a reviewer."""
    client = web_everywhere.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = web_everywhere.bearer(StaffRole.REVIEWER)["Authorization"]
    return client


def all_items(client: FlaskClient, path: str, **query: Any) -> list[dict[str, Any]]:
    """Every row of a list, page by page."""
    items: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = client.get(path, query_string=query | ({"cursor": cursor} if cursor else {})).get_json()
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


def test_a_need_in_the_list_has_its_best_match_and_its_counts(web_everywhere: Web, script: FlaskClient) -> None:
    needs = {need["external_ref"]: need for need in script.get("/api/v1/needs").get_json()["items"]}
    need = needs["SC-07"]
    assert need["id"] == str(web_everywhere.need.id)
    assert need["best_score"] == 53.0
    assert need["best_product"]["title"] == "隧道孪生模型"
    assert need["matches"] == {"proposed": 2, "approved": 0, "rejected": 0}
    assert need["at_floor"] == 1
    assert need["organisation"]["demonstration"] is True
    assert needs["SC-08"]["best_score"] is None
    assert needs["SC-08"]["best_product"] is None


@pytest.mark.parametrize("order", ["ref", "best_score"])
def test_pages_hold_every_need_once(web_everywhere: Web, script: FlaskClient, order: str) -> None:
    with writing(web_everywhere.sessions) as session:
        buyer = factories.make_organisation(session)
        for number in range(5):
            factories.make_need(session, buyer, external_ref=f"Z-{number}")
    found = [need["external_ref"] for need in all_items(script, "/api/v1/needs", limit=2, order=order)]
    assert sorted(found) == ["SC-07", "SC-08", "Z-0", "Z-1", "Z-2", "Z-3", "Z-4"]
    if order == "ref":
        assert found == sorted(found)
    else:
        assert found[0] == "SC-07"


def test_filters_narrow_the_lists(script: FlaskClient) -> None:
    assert [need["external_ref"] for need in all_items(script, "/api/v1/needs", sector="transport")] == ["SC-07"]
    assert [need["external_ref"] for need in all_items(script, "/api/v1/needs", q="隧道")] == ["SC-07"]
    assert all_items(script, "/api/v1/needs", status="closed") == []
    assert [row["external_ref"] for row in all_items(script, "/api/v1/products", q="孪生")] == ["GZ-01"]


def test_a_need_is_found_by_id_and_by_reference(web_everywhere: Web, script: FlaskClient) -> None:
    by_id = script.get(f"/api/v1/needs/{web_everywhere.need.id}").get_json()
    assert by_id == script.get("/api/v1/needs/SC-07").get_json()
    assert by_id["sectors"] == ["transport"]
    assert by_id["budget"] is None


def test_a_reference_that_two_organisations_use_asks_for_an_id(web_everywhere: Web, script: FlaskClient) -> None:
    with writing(web_everywhere.sessions) as session:
        factories.make_need(session, external_ref="SC-07")
    problem = script.get("/api/v1/needs/SC-07").get_json()
    assert problem["status"] == 409
    assert str(web_everywhere.need.id) in problem["detail"]


def test_a_shortlist_has_breakdowns_that_add_up(script: FlaskClient) -> None:
    items = all_items(script, "/api/v1/needs/SC-07/matches", limit=1)
    assert [item["rank"] for item in items] == [1, 2]
    first = items[0]
    assert first["score"] == 53.0
    assert first["breakdown"]["score"] == first["score"]
    assert [part["points"] for part in first["breakdown"]["parts"]] == [20.0, 15.0, 10.0, 5.0, 3.0]
    words, *others = first["breakdown"]["parts"]
    assert words["terms"] == [{"term": "隧道", "points": 12.0}, {"term": "车流", "points": 6.0}]
    assert words["other"] == 2.0
    assert others == [part | {"points": part["points"] / 100} for part in full_breakdown()["parts"][1:]]
    assert first["product"]["external_ref"] == "GZ-01"
    assert first["status"] == "proposed"
    assert first["decision"] is None
    assert first["stale"] is False


def test_a_match_says_in_a_sentence_of_the_readers_language_what_speaks_for_it(script: FlaskClient) -> None:
    said = [
        script.get("/api/v1/needs/SC-07/matches", headers={"Accept-Language": tag}).get_json()["items"][0]["sentence"]
        for tag in ("zh-CN", "en")
    ]
    assert said[0].startswith("覆盖所需 3 类数据中的 1 类，部分覆盖 1 类（缺：路面数据）；共同用词：隧道、车流；")
    assert said[1].startswith(
        "Covers 1 of the 3 kinds of data asked for and 1 in part (missing: 路面数据); shared words: "
    )


def test_an_empty_shortlist_says_why(web_everywhere: Web, script: FlaskClient) -> None:
    with writing(web_everywhere.sessions) as session:
        need = session.merge(web_everywhere.empty_need)
        match = session.get_one(Match, web_everywhere.match.id)
        session.add(_empty_shortlist(need.id, match.run_id))
    assert script.get("/api/v1/needs/SC-08/matches").get_json() == {
        "items": [],
        "next_cursor": None,
        "reason": "nothing_in_common",
        "bundles": [],
    }


def _empty_shortlist(need_id: Any, run_id: Any) -> Any:
    return Shortlist(
        need_id=need_id,
        run_id=run_id,
        need_version=1,
        size=0,
        reason="nothing_in_common",
        scored_at=utcnow(),
    )


def test_a_product_has_its_certificates_and_the_needs_it_fits(script: FlaskClient) -> None:
    product = script.get("/api/v1/products/GZ-01").get_json()
    assert [certificate["number"] for certificate in product["certificates"]] == ["SZ2025120003445.6"]
    [match] = all_items(script, "/api/v1/products/GZ-01/matches")
    assert match["need"]["external_ref"] == "SC-07"
    rows = {row["external_ref"]: row for row in all_items(script, "/api/v1/products")}
    assert rows["GZ-01"]["best_score"] == 53.0


def test_a_match_is_stale_once_a_side_or_the_engine_has_moved_on(web_everywhere: Web, script: FlaskClient) -> None:
    web = web_everywhere
    with writing(web.sessions) as session:
        session.merge(web.product).summary = "another text"
    stale = [match["stale"] for match in all_items(script, "/api/v1/needs/SC-07/matches")]
    assert stale == [True, False]
    with writing(web.sessions) as session:
        factories.make_run(session, fingerprint="e" * 64)
    stale = [match["stale"] for match in all_items(script, "/api/v1/needs/SC-07/matches")]
    assert stale == [True, True]


def test_a_decision_leaves_a_ruling_an_audit_entry_and_an_event(web_everywhere: Web, script: FlaskClient) -> None:
    web = web_everywhere
    body = {"kind": "reject", "reason": "coverage", "comment": "缺县级数据", "version": 1}
    match = script.post(f"/api/v1/matches/{web.match.id}/decision", json=body).get_json()
    assert (match["status"], match["version"]) == ("rejected", 2)
    assert match["decision"]["reason"] == "coverage"
    assert match["decision"]["decided_by"] == "测试reviewer"
    assert match["decision"]["score"] == 53.0
    with reading(web.sessions) as session:
        [decision] = session.scalars(select(Decision))
        assert (decision.kind, decision.reason) == (DecisionKind.REJECT, RejectReason.COVERAGE)
        assert session.get_one(Match, web.match.id).status is MatchStatus.REJECTED
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.subject_id == web.match.id))
        assert entry.actor == f"token:{web.staff[StaffRole.REVIEWER].id}"
        [event] = session.scalars(select(Event).where(Event.entity_id == web.match.id))
        assert event.type == "match.rejected"


def test_a_browser_decides_with_the_token_in_a_header(web_everywhere: Web) -> None:
    client = web_everywhere.client(StaffRole.REVIEWER)
    headers = {"X-CSRFToken": csrf_token(client)}
    path = f"/api/v1/matches/{web_everywhere.match.id}/decision"
    assert client.post(path, json={"kind": "approve"}, headers=headers).status_code == 200


def test_a_refused_decision_changes_nothing(web_everywhere: Web, script: FlaskClient) -> None:
    path = f"/api/v1/matches/{web_everywhere.match.id}/decision"
    assert script.post(path, json={"kind": "approve", "version": 9}).status_code == 409
    with reading(web_everywhere.sessions) as session:
        assert session.scalars(select(Decision)).all() == []
        assert session.get_one(Match, web_everywhere.match.id).status is MatchStatus.PROPOSED


def test_the_use_of_a_token_is_noted_by_reads_too(web_everywhere: Web, script: FlaskClient) -> None:
    script.get("/api/v1/needs")
    with reading(web_everywhere.sessions) as session:
        [token] = session.scalars(select(StaffToken))
        assert token.last_used_at is not None


def test_the_use_of_a_token_is_noted_after_the_requests_own_session_and_once_a_minute(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = web.sessions.kw["bind"].pool
    held: list[int] = []

    def write(_sessions: object, _token: object) -> None:
        held.append(pool.checkedout())

    monkeypatch.setattr("api.auth._write_use", write)
    headers = web.bearer(StaffRole.REVIEWER)
    for _ in range(3):
        assert web.client().get("/api/v1/needs", headers=headers).status_code == 200
    path = f"/api/v1/matches/{web.match.id}/decision"
    assert web.client().post(path, json={"kind": "approve"}, headers=headers).status_code == 200
    assert held == [0]


def test_a_use_that_cannot_be_noted_fails_no_request(web: Web) -> None:
    headers = web.bearer(StaffRole.VIEWER)
    with web.sessions.kw["bind"].begin() as connection:
        refusal = "BEGIN SELECT RAISE(FAIL, 'disk full'); END"
        connection.execute(text(f"CREATE TRIGGER refused BEFORE UPDATE ON staff_tokens {refusal}"))
    assert web.client().get("/api/v1/needs", headers=headers).status_code == 200
    with reading(web.sessions) as session:
        assert session.scalars(select(StaffToken.last_used_at)).one() is None


def test_a_fresh_library_gives_empty_lists(web_everywhere: Web, script: FlaskClient) -> None:
    assert script.get("/api/v1/needs?q=zzzz").get_json() == {"items": [], "next_cursor": None}
    with reading(web_everywhere.sessions) as session:
        assert session.scalars(select(Organisation)).first() is not None


def test_a_match_names_the_products_that_say_the_same(web_everywhere: Web, script: FlaskClient) -> None:
    with writing(web_everywhere.sessions) as session:
        behind = factories.make_product(session, external_ref="GZ-77")
        session.get_one(Match, web_everywhere.match.id).alike = [str(behind.id)]
    first, second = all_items(script, "/api/v1/needs/SC-07/matches")
    assert [product["external_ref"] for product in first["alike"]] == ["GZ-77"]
    assert second["alike"] == []
