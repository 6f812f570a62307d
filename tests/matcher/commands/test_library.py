"""Run, shortlist and explain: whole tables for people, JSON for programs."""

import json
import os
import pty
import subprocess

import pytest
from rich.cells import cell_len
from sqlalchemy.orm import Session, sessionmaker

from matcher.models import Product
from matcher.queries.products import get_product
from matcher.states import ProductStatus
from matcher.transaction import reading, writing
from tests.contracts.model_server import running, status
from tests.factories import make_product
from tests.program import PROGRAM, Run


def test_run_tables_are_whole_in_a_pipe(matcher: Run, library: sessionmaker[Session]) -> None:
    done = matcher("run")
    assert (done.returncode, done.stderr) == (0, "")
    with reading(library) as session:
        title = get_product(session, "P0").title
    (line,) = [line for line in done.stdout.splitlines() if "N0" in line]
    assert title in line
    assert "需求里只有停用词" in done.stdout
    assert "…" not in done.stdout
    again = matcher("--language", "en", "run")
    assert "nothing to do" in again.stdout
    assert "the need holds stop words only" in again.stdout


def test_run_tells_programs_in_json(matcher: Run, library: sessionmaker[Session]) -> None:
    report = json.loads(matcher("run", "--json").stdout)
    assert (report["needs_total"], report["products_total"], report["skipped"]) == (2, 2, False)
    first, second = report["needs"]
    assert (first["need"], first["best"]["product"], first["reason"]) == ("N0", "P0", None)
    assert (second["need"], second["best"], second["reason"]) == ("N1", None, "stop_words_only")
    assert json.loads(matcher("run", "--json").stdout)["skipped"]


def test_run_and_explain_tell_of_a_reranker_that_dies(
    matcher: Run, library: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    with running() as server:
        named = {"MATCHER_RERANK_URL": f"{server.base}/v1/rerank"}
        whole = matcher("run", **named)
        assert "重排服务读了 1 对供需文本。" in whole.stdout
        assert "重排服务 " in matcher("explain", "N0", "P0", **named).stdout
        asked = len(server.asked)
        assert "重排服务 " in matcher("explain", "N0", "P1", **named).stdout
        assert len(server.asked) == asked + 1
        server.faults = [status(401)] * 9
        explained = matcher("explain", "N0", "P1", **named)
        assert explained.returncode == 0
        assert "没有重排：重排服务不可用" in explained.stderr
        cut_short = matcher("run", "--force", **named)
        assert "只重排了 0 条需求，其余没有重排：重排服务不可用" in cut_short.stdout.replace("\n", "")
        report = json.loads(matcher("--language", "en", "run", "--json", **named).stdout)
    assert (report["skipped"], report["reranked"]) == (True, 0)
    (remark,) = report["remarks"]
    assert (remark["code"], remark["needs"]) == ("reranker-unavailable", "0")
    assert remark["text"].startswith("only 0 needs were reranked")


def test_a_shortlist_shows_rank_product_score_and_parts(matcher: Run, library: sessionmaker[Session]) -> None:
    assert "尚未评分" in matcher("shortlist", "N0").stdout
    matcher("run")
    shown = matcher("shortlist", "N0").stdout
    assert "演示买方 [演示]" in shown
    for text in ("P0", "贵州高速公路集团有限公司", "待审核", "文本", "数据要素"):
        assert text in shown
    assert "需求里只有停用词" in matcher("shortlist", "N1").stdout
    listed = json.loads(matcher("shortlist", "N0", "--json").stdout)
    assert (listed["matches"][0]["rank"], listed["matches"][0]["product"]["external_ref"]) == (1, "P0")
    assert listed["matches"][0]["points"] == listed["matches"][0]["breakdown"]["score"]


def test_a_shortlist_folds_products_that_say_the_same(matcher: Run, library: sessionmaker[Session]) -> None:
    with writing(library) as session:
        first = get_product(session, "P0")
        fields = {name: getattr(first, name) for name in ("title", "summary", "elements", "tags", "sectors")}
        make_product(session, first.organisation, external_ref="P9", **fields)
    matcher("run")
    assert "（+1 相似）" in matcher("shortlist", "N0").stdout
    (match, *_) = json.loads(matcher("shortlist", "N0", "--json").stdout)["matches"]
    assert (match["product"]["external_ref"], [row["external_ref"] for row in match["alike"]]) == ("P0", ["P9"])


def test_explain_shows_terms_tags_elements_and_facets(matcher: Run, library: sessionmaker[Session]) -> None:
    computed = json.loads(matcher("explain", "N0", "P0", "--json").stdout)
    matcher("run")
    stored = json.loads(matcher("explain", "N0", "P0", "--json").stdout)
    assert (computed.pop("stored"), stored.pop("stored")) == (False, True)
    assert computed == stored
    assert stored["score"] == sum(part["points"] for part in stored["parts"])
    shown = matcher("--language", "en", "explain", "N0", "P0").stdout
    for text in (
        "█",
        "Shared terms",
        "通行流量 ↔ 通行流量 100%",
        "✓ 收费站通行流量",
        "✗ 气象观测 [must have]",
        "agree",
        "Transport",
    ):
        assert text in shown


def test_a_sentence_sums_up_each_match(matcher: Run, library: sessionmaker[Session]) -> None:
    matcher("run")
    chinese, english = (
        "覆盖所需 2 类数据中的 1 类（缺：气象观测[必需]）；",
        "Covers 1 of the 2 kinds of data asked for (missing: ",
    )
    for command in (("shortlist", "N0"), ("explain", "N0", "P0")):
        assert chinese in matcher(*command).stdout
        assert english in matcher("--language", "en", *command).stdout
    match, *_ = json.loads(matcher("--language", "en", "shortlist", "N0", "--json").stdout)["matches"]
    told = json.loads(matcher("--language", "en", "explain", "N0", "P0", "--json").stdout)
    assert match["sentence"] == told["sentence"]
    assert told["sentence"].startswith(english)


def test_explain_names_the_rule_that_excludes_a_pair(matcher: Run, library: sessionmaker[Session]) -> None:
    with writing(library) as session:
        session.get_one(Product, get_product(session, "P0").id).status = ProductStatus.PAUSED
    assert "硬性规则排除：产品未上架" in matcher("explain", "N0", "P0").stdout
    assert json.loads(matcher("explain", "N0", "P0", "--json").stdout)["excluded"] == "not_listed"


def test_on_a_narrow_terminal_cells_wrap_and_nothing_is_lost(
    environment: dict[str, str], library: sessionmaker[Session]
) -> None:
    ours, theirs = pty.openpty()
    plain = environment | {"TERM": "dumb"}
    with subprocess.Popen([*PROGRAM, "run"], stdout=theirs, stderr=subprocess.DEVNULL, env=plain) as process:
        os.close(theirs)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
    os.close(ours)
    assert process.returncode == 0
    assert "…" not in shown.decode()
    assert max(map(cell_len, shown.decode().splitlines())) <= 80


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # Linux: the other side has closed its terminal
        return b""
