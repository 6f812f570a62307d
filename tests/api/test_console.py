"""What staff sees and does in the console."""

from html import unescape
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, event
from sqlalchemy.orm import Session

from matcher.database import utcnow
from matcher.models import Certificate, Decision, Finding, Match, Need, Shortlist
from matcher.queries.matches import get_match
from matcher.states import FindingSeverity, MatchStatus, NeedStatus, RejectReason, StaffRole
from matcher.transaction import reading, writing
from tests import factories
from tests.api.conftest import Web, csrf_token, full_breakdown


def page(client: FlaskClient, path: str) -> str:
    """A page's text."""
    response = client.get(path, follow_redirects=True)
    assert response.status_code == 200
    return unescape(response.text)


def decide(client: FlaskClient, web: Web, **data: str | int) -> str:
    """Send a decision form and read the page behind it."""
    path = f"/matches/{web.match.id}/decision"
    response = client.post(path, data={"csrf_token": csrf_token(client), **data}, follow_redirects=True)
    assert response.status_code == 200
    return unescape(response.text)


def status_of(web: Web) -> MatchStatus:
    """Where the match stands."""
    with reading(web.sessions) as session:
        return session.get_one(Match, web.match.id).status


def test_the_list_shows_each_need_with_its_best_match_and_its_review(web_everywhere: Web) -> None:
    text = page(web_everywhere.client(StaffRole.VIEWER), "/")
    for words in ("隧道安全", "SC-07", "演示采购方", "演示", "53.00", "隧道孪生模型", "待审核", "1 个达标", "交通运输"):
        assert words in text


def test_a_made_up_buyer_and_a_made_up_contact_of_a_real_seller_are_told_apart(web: Web) -> None:
    with writing(web.sessions) as session:
        session.merge(web.product).organisation.demonstration = True
    client = web.client(StaffRole.VIEWER)
    assert "演示联系方式" in page(client, "/products/GZ-01")
    assert "演示联系方式" in page(client, "/needs/SC-07")
    assert "演示联系方式" not in page(client, "/needs")
    assert "演示" in page(client, "/needs")


def test_the_list_is_filtered_searched_and_ordered(web: Web) -> None:
    client = web.client(StaffRole.VIEWER)
    assert "隧道安全" not in page(client, "/needs?status=closed")
    assert "没有符合筛选条件的内容" in page(client, "/needs?status=closed")
    assert "隧道安全" in page(client, "/needs?q=隧道")
    assert "隧道安全" not in page(client, "/needs?q=%25")
    text = page(client, "/needs?order=best_score")
    assert text.index("SC-07") < text.index("SC-08")
    assert "隧道安全" in page(client, "/needs?status=nonsense&order=nonsense&q=%00%0b")


def test_a_long_list_has_pages(web: Web) -> None:
    with writing(web.sessions) as session:
        buyer = factories.make_organisation(session)
        for number in range(60):
            factories.make_need(session, buyer, external_ref=f"Z-{number:02}")
    client = web.client(StaffRole.VIEWER)
    first = client.get("/needs").text
    start = first.index("cursor=")
    cursor = first[start : first.index('"', start)]
    second = page(client, f"/needs?{cursor}")
    assert "Z-59" in second
    assert "Z-00" not in second
    assert client.get("/needs?cursor=nonsense").status_code == 422


def test_a_shortlist_explains_a_score_in_words(web_everywhere: Web) -> None:
    text = page(web_everywhere.client(StaffRole.VIEWER), "/needs/SC-07")
    for words in (
        "覆盖所需 3 类数据中的 1 类，部分覆盖 1 类（缺：路面数据）；共同用词：隧道、车流；",
        "为什么是这个分数",
        "文本 20.00 + 标签 15.00 + 数据要素 10.00 + 条件 5.00 + 可信度 3.00 = 53.00",
        "隧道 <b>12.00</b>",
        '智慧旅游</span><span class="pair-arrow">↔</span><span>智慧文旅',
        "相似度 75%",
        "仅需求有：应急响应",
        "由“车流数据”覆盖",
        "由“能见度数据”部分覆盖（50%）",
        "路面数据",
        "缺少",
        "贵州省",
        "贵阳市",
        "质押融资",
        "有有效的登记证书",
        "信息完整程度 60%",
        "SZ2025120003445.6",
        "演示",
        factories.FINGERPRINT[:8],
    ):
        assert words in text, words
    for code in ("pledge", "520100", "update_frequency", "nothing_in_common"):
        assert code not in text, code


def test_bars_have_the_widths_of_the_points(web: Web) -> None:
    text = page(web.client(StaffRole.VIEWER), "/needs/SC-07")
    # 2000 + 1500 + 1000 + 500 + 300: each piece starts where the one before ends
    for part, start, width in (
        ("text", 0, 2000),
        ("tags", 2000, 1500),
        ("elements", 3500, 1000),
        ("facets", 4500, 500),
        ("trust", 5000, 300),
    ):
        assert f'class="fill-{part}" x="{start}" width="{width}"' in text


def test_an_unknown_part_says_so_and_gives_its_weight_away(web: Web) -> None:
    breakdown = full_breakdown()
    # without tags the weights 0.4, 0.2, 0.1 and 0.1 make 0.8, of which the text has a half
    breakdown["parts"][1] |= {"known": False, "value": None, "points": 0, "pairs": []}
    breakdown["score"] = 3800
    with writing(web.sessions) as session:
        match = session.get_one(Match, web.match.id)
        match.breakdown, match.score = breakdown, 3800
    text = page(web.client(StaffRole.VIEWER), "/needs/SC-07")
    assert "权重已分给其他得分项" in text
    assert "取值 50% · 权重 50.0%" in text


def test_an_empty_shortlist_says_why(web: Web) -> None:
    client = web.client(StaffRole.VIEWER)
    assert "该需求尚未评分" in page(client, "/needs/SC-08")
    facts = {"need_version": 1, "size": 0, "reason": "stop_words_only", "scored_at": utcnow()}
    web.add(Shortlist(need_id=web.empty_need.id, run_id=web.match.run_id, **facts))
    assert "没有能说明数据内容的词语" in page(client, "/needs/SC-08")
    assert "供给缺口" in page(client, "/needs")


def test_a_product_shows_its_listing_its_findings_and_the_needs_it_fits(web: Web) -> None:
    details = {"number": "SZ2025120003445.6", "products": "GZ-09"}
    web.add(
        Finding(
            subject_kind="product",
            subject_id=web.product.id,
            rule="certificate-number-duplicate",
            key="SZ2025120003445.6",
            severity=FindingSeverity.HOLD,
            details=details,
        )
    )
    client = web.client(StaffRole.VIEWER)
    text = page(client, "/products/GZ-01")
    for words in ("隧道孪生模型", "SZ2025120003445.6", "还印在：GZ-09", "隧道安全", "53.00"):
        assert words in text
    assert "不在任何候选清单中" in page(client, f"/products/{_unmatched(web)}")
    assert "隧道孪生模型" in page(client, "/products?q=孪生")


def _unmatched(web: Web) -> str:
    with writing(web.sessions) as session:
        return str(factories.make_product(session).id)


def test_approving_says_what_happened_and_is_kept(web_everywhere: Web) -> None:
    client = web_everywhere.client(StaffRole.REVIEWER)
    text = decide(client, web_everywhere, kind="approve", version=1)
    assert "已通过《隧道孪生模型》" in text
    assert "测试reviewer 于" in text
    assert status_of(web_everywhere) is MatchStatus.APPROVED


def test_rejecting_wants_a_reason_and_keeps_the_comment(web_everywhere: Web) -> None:
    client = web_everywhere.client(StaffRole.REVIEWER)
    assert "驳回时必须选择原因" in decide(client, web_everywhere, kind="reject", version=1)
    assert status_of(web_everywhere) is MatchStatus.PROPOSED
    text = decide(client, web_everywhere, kind="reject", reason="coverage", comment="缺县级数据", version=1)
    assert "已驳回《隧道孪生模型》（覆盖不足）" in text
    assert "缺县级数据" in text
    with reading(web_everywhere.sessions) as session:
        assert session.query(Decision).one().reason is RejectReason.COVERAGE


def test_a_stale_form_is_told_and_changes_nothing(web_everywhere: Web) -> None:
    client = web_everywhere.client(StaffRole.REVIEWER)
    decide(client, web_everywhere, kind="approve", version=1)
    text = decide(client, web_everywhere, kind="reject", reason="price", version=1)
    assert "已被审核或重新评分，现为“已通过”" in text
    assert status_of(web_everywhere) is MatchStatus.APPROVED


def test_a_closed_need_cannot_be_served(web: Web) -> None:
    with writing(web.sessions) as session:
        session.get_one(Need, web.need.id).status = NeedStatus.CLOSED
    assert "需求或产品已关闭，不能通过" in decide(web.client(StaffRole.REVIEWER), web, kind="approve", version=1)


def test_a_match_that_a_run_has_just_taken_off_is_said_to_be_gone(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def find(session: Session, match_id: UUID) -> Match:
        match = get_match(session, match_id)
        monkeypatch.setattr("matcher.queries.matches.get_match", get_match)
        session.execute(delete(Match).where(Match.id == match_id))
        session.commit()
        return match

    client = web.client(StaffRole.REVIEWER)
    token = csrf_token(client)
    monkeypatch.setattr("matcher.queries.matches.get_match", find)
    form = {"csrf_token": token, "kind": "approve", "version": "1"}
    text = client.post(f"/matches/{web.match.id}/decision", data=form, follow_redirects=True).text
    assert "《隧道孪生模型》已不在匹配之列" in text
    assert "已关闭，不能通过" not in text


@pytest.mark.parametrize("form", [{"kind": "perhaps"}, {}, {"kind": "approve", "version": "x" * 50}])
def test_a_form_made_by_hand_is_refused_in_words(web: Web, form: dict[str, str]) -> None:
    assert "notice-problem" in decide(web.client(StaffRole.REVIEWER), web, **form)
    assert status_of(web) is MatchStatus.PROPOSED


def test_who_may_not_decide_sees_no_buttons(web: Web) -> None:
    assert "/decision" in page(web.client(StaffRole.REVIEWER), "/needs/SC-07")
    assert "/decision" not in page(web.client(StaffRole.VIEWER), "/needs/SC-07")


def test_a_changed_product_marks_its_scores_as_out_of_date(web: Web) -> None:
    client = web.client(StaffRole.VIEWER)
    assert "待更新" not in page(client, "/needs/SC-07")
    with writing(web.sessions) as session:
        session.merge(web.product).summary = "another text"
    assert "待更新" in page(client, "/needs/SC-07")


def test_the_console_speaks_english_throughout(web: Web) -> None:
    client = web.client(StaffRole.REVIEWER)
    client.get("/language/en")
    text = page(client, "/needs/SC-07")
    assert '<html lang="en">' in text
    assert "Covers 1 of the 3 kinds of data asked for and 1 in part (missing: 路面数据); shared words: 隧道" in text
    for words in ("Why this score", "covered by 车流数据", "Pledge financing", "Guizhou", "Approve", "Demonstration"):
        assert words in text, words
    for words in ("为什么", "通过", "演示</span>", "贵州省"):
        assert words not in text, words


def test_staff_reads_in_its_own_language_unless_it_chooses(web: Web) -> None:
    with writing(web.sessions) as session:
        session.merge(web.staff[StaffRole.VIEWER]).language = "en"
    client = web.client(StaffRole.VIEWER)
    assert "Why this score" in page(client, "/needs/SC-07")
    client.get("/language/zh_Hans")
    assert "为什么是这个分数" in page(client, "/needs/SC-07")


PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "{{ 7 * 7 }}<b>%(kind)s</b>",
    "</title><script>alert(1)</script>",
    "%s %(title)s % <i>",
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_from_a_listing_becomes_markup(web: Web, payload: str) -> None:
    breakdown = full_breakdown()
    text, tags, elements, *_ = breakdown["parts"]
    text["terms"] = [{"term": payload, "points": 2000}]
    tags["pairs"] = [{"need": payload, "product": payload, "similarity": 0.9}]
    tags["need_only"] = tags["product_only"] = [payload]
    for kind in ("covered", "partly"):
        elements[kind] = [{"element": payload, "by": payload, "share": 0.5, "must": True}]
    elements["missing"] = [{"element": payload, "must": True}]
    with writing(web.sessions) as session:
        buyer = factories.make_organisation(session, name=payload)
        words = {"title": payload, "tags": [payload], "elements": [{"name": payload, "items": [payload]}]}
        codes = {"sectors": [payload], "regions": [payload], "frequency_text": payload}
        need = factories.make_need(session, buyer, external_ref=payload, text=payload, **words, **codes)
        listing = {"provider": payload, "summary": payload, "scenario": payload, "volume": payload}
        product = factories.make_product(
            session,
            buyer,
            external_ref=payload,
            outcomes=[payload],
            price_text=payload,
            certificates=[Certificate(number=payload)],
            **listing,
            **words,
            **codes,
        )
        match = factories.make_match(session, need, product, score=5300, breakdown=breakdown)
    client = web.client(StaffRole.REVIEWER)
    form = {"csrf_token": csrf_token(client), "kind": "reject", "reason": "other", "comment": payload}
    answers = [
        client.post(f"/matches/{match.id}/decision", data=form, follow_redirects=True),
        client.get("/needs", query_string={"q": payload}),
        client.get(f"/needs/{need.id}"),
        client.get("/products", query_string={"q": payload}),
        client.get(f"/products/{product.id}"),
        client.get("/needs/" + payload.replace("/", "_").replace("%", "%25")),
    ]
    for response in answers:
        assert response.status_code in (200, 404)
        assert payload not in response.text
        assert "<script>alert" not in response.text
        assert "<img" not in response.text


@pytest.mark.parametrize("path", ["/needs", "/needs/SC-07", "/products", "/products/GZ-01"])
@pytest.mark.parametrize("prefix", ["", "/api/v1"])
def test_more_rows_take_no_more_statements(web: Web, prefix: str, path: str) -> None:
    client = web.client(StaffRole.REVIEWER)
    paths = [prefix + path] + ([f"{prefix}{path}/matches"] if prefix and path.count("/") == 2 else [])
    few = [_statements(web, client, address) for address in paths]
    with writing(web.sessions) as session:
        need, product = session.merge(web.need), session.merge(web.product)
        member = session.merge(web.staff[StaffRole.REVIEWER])
        for rank in range(3, 18):
            on_need = factories.make_match(session, need, rank=rank, run_id=web.match.run_id)
            factories.make_match(session, product=product, run_id=web.match.run_id)
            ruling = {"kind": "approve", "score": 5000, "fingerprint": factories.FINGERPRINT}
            session.add(Decision(match=on_need, staff=member, **ruling))
    assert [_statements(web, client, address) for address in paths] == few
    assert max(few) <= 9


def _statements(web: Web, client: FlaskClient, path: str) -> int:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    engine = web.sessions.kw["bind"]
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len([statement for statement in statements if statement.startswith("SELECT")])


def test_a_match_folds_out_the_products_that_say_the_same(web: Web) -> None:
    with writing(web.sessions) as session:
        behind = factories.make_product(session, external_ref="GZ-77", title="隧道孪生模型二号")
        session.get_one(Match, web.match.id).alike = [str(behind.id)]
    text = page(web.client(StaffRole.VIEWER), "/needs/SC-07")
    for words in ("+1 相似", "GZ-77", "隧道孪生模型二号", f"/products/{behind.id}"):
        assert words in text
