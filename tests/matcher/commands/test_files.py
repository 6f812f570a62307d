"""The commands that work on files alone."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.model_server import as_json, running, status
from tests.program import Run

ROOT = Path(__file__).parents[3]
DATA = ROOT / "seeds" / "data"
LIBRARY = ["--products", str(DATA / "products.jsonl"), "--needs", str(DATA / "scenarios.jsonl")]
JUDGED = [*LIBRARY, "--needs", str(DATA / "dev_needs.json"), "--judgments", str(DATA / "judgments.tsv")]


@pytest.fixture(scope="module")
def figures(shipped_vectors: Path) -> dict[str, Any]:
    """What the engine reaches on the judgments that ship."""
    from matcher.file_ranking import embedded, read_sides
    from matcher.files import read_judgments
    from matcher.vector_file import FileVectors
    from scoring.evaluation import judge
    from scoring.meaning import Meaning
    from scoring.semantic import Embedder, local_encoder
    from scoring.weights import PARTS, Weights

    judgments = read_judgments([DATA / "judgments.tsv"])
    meaning = Meaning(Embedder(local_encoder(), FileVectors(shipped_vectors, lambda remark: pytest.fail(str(remark)))))
    wanted = [DATA / "scenarios.jsonl", DATA / "dev_needs.json"]
    needs, products = embedded(*read_sides([DATA / "products.jsonl"], wanted, judgments), meaning)
    engines = {"whole": Weights()} | {part: Weights().without(part) for part in PARTS}
    return {name: judge(needs, products, weights, judgments).to_json() for name, weights in engines.items()}


def write(path: Path, *rows: object) -> str:
    path.write_text("".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def test_every_need_gets_a_line_whose_parts_add_up_to_its_scores(matcher: Run) -> None:
    done = matcher("rank", *LIBRARY, "--top", "5")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [line["need"] for line in lines] == [f"SC-{number:02d}" for number in range(1, 24)]
    for line in lines:
        scores = [match["score"] for match in line["matches"]]
        assert len(scores) == 5
        assert scores == sorted(scores, reverse=True)
        for match in line["matches"]:
            assert round(sum(match["parts"].values()), 2) == match["score"]


def test_the_order_of_the_input_makes_no_difference_to_a_byte(matcher: Run, tmp_path: Path) -> None:
    lines = (DATA / "products.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    backwards = write(tmp_path / "backwards.jsonl", *reversed(lines))
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    matcher("rank", *LIBRARY, "--out", str(first))
    matcher("rank", "--products", backwards, *LIBRARY[2:], "--out", str(second))
    assert first.read_bytes() == second.read_bytes() != b""


def test_a_need_without_any_match_says_why(matcher: Run, tmp_path: Path) -> None:
    products = write(tmp_path / "p.jsonl", {"id": "P", "title": "公路数据"})
    needs = write(
        tmp_path / "n.jsonl",
        {"id": "1", "text": "我们想要的是什么"},
        {"id": "2", "text": "what do you need"},
        {"id": "3", "text": "海盐"},
    )
    lines = matcher("rank", "--products", products, "--needs", needs).stdout.splitlines()
    reasons = [(json.loads(line)["matches"], json.loads(line)["reason"]) for line in lines]
    assert reasons == [([], "stop_words_only"), ([], "stop_words_only"), ([], "nothing_in_common")]


def test_bad_input_names_file_line_and_field_and_leaves_the_old_result(matcher: Run, tmp_path: Path) -> None:
    products = write(tmp_path / "p.jsonl", {"id": "P", "title": "公路数据"}, '{"id": "Q", \n', {"id": "P", "title": 7})
    out = tmp_path / "out.jsonl"
    out.write_text("before", encoding="utf-8")
    done = matcher("rank", "--products", products, "--needs", str(DATA / "scenarios.jsonl"), "--out", str(out))
    assert done.returncode == 2
    assert f"{products}:2:" in done.stderr
    assert re.search(rf"{products}:3: (id|title):", done.stderr)
    assert "Traceback" not in done.stderr
    assert out.read_text(encoding="utf-8") == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.jsonl", "p.jsonl"]


@pytest.mark.parametrize(("out", "said"), [("nowhere/x", "没有文件夹"), (".", "是文件夹"), ("p.jsonl", "是输入文件")])
def test_a_result_that_could_not_be_written_is_refused_before_the_work(
    matcher: Run, tmp_path: Path, out: str, said: str
) -> None:
    products = write(tmp_path / "p.jsonl", {"id": "P", "title": "公路数据"})
    done = matcher("rank", "--products", products, *LIBRARY[2:], "--out", str(tmp_path / out))
    assert done.returncode == 2
    assert said in done.stderr
    assert json.loads(Path(products).read_text(encoding="utf-8"))["id"] == "P"


def test_problems_in_files_are_told_in_the_language_asked_for(matcher: Run, tmp_path: Path) -> None:
    products = write(tmp_path / "p.jsonl", "{\n")
    chinese = matcher("rank", "--products", products, *LIBRARY[2:])
    english = matcher("--language", "en", "rank", "--products", products, *LIBRARY[2:])
    assert "不是有效的 JSON" in chinese.stderr
    assert "not valid JSON" in english.stderr


def test_judgments_of_rows_that_were_not_given_are_counted(matcher: Run, tmp_path: Path) -> None:
    judgments = write(tmp_path / "grades.tsv", "SC-01\tGZ-02a\t3\nSC-99\tGZ-01\t1\nSC-01\tGZ-99\t1\n")
    done = matcher("--language", "en", "evaluate", *LIBRARY, "--judgments", judgments, "--json")
    assert "1 judged needs and 1 judged products are not in the files" in done.stderr
    assert json.loads(done.stdout)["overall"]["needs"] == 1


@pytest.mark.parametrize("row", ["elsewhere\tGZ-01\t3\n", "SC-01\telsewhere\t3\n"])
def test_judgments_that_judge_none_of_the_rows_are_refused(matcher: Run, tmp_path: Path, row: str) -> None:
    judgments = write(tmp_path / "grades.tsv", row)
    done = matcher("evaluate", *LIBRARY, "--judgments", judgments)
    assert done.returncode == 2
    assert "judgments" in done.stderr


def test_figures_come_overall_by_group_and_without_each_part(
    matcher: Run, figures: dict[str, Any], shipped_vectors: Path
) -> None:
    done = matcher("evaluate", *JUDGED, "--json", MATCHER_EMBEDDINGS="local", MATCHER_CACHE_DIR=str(shipped_vectors))
    shown = json.loads(done.stdout)
    assert shown["overall"] == figures["whole"]["overall"]
    assert shown["groups"] == figures["whole"]["groups"]
    assert shown["ablation"] == {
        part: figures[part] for part in ("text", "meaning", "tags", "elements", "facets", "trust")
    }
    assert sorted(shown["overall"]) == ["mrr", "ndcg@10", "needs", "p@5", "r@10"]
    assert [shown["groups"][group]["needs"] for group in ("DQ", "EQ", "SC")] == [24, 47, 12]


def test_the_engine_stays_above_what_words_characters_and_embeddings_reach(figures: dict[str, Any]) -> None:
    # A ridge over words, characters, e5 and USE, cross-validated by need, reaches 0.81/0.73/0.77.
    floors = {"SC": 0.81, "DQ": 0.73, "EQ": 0.77}
    reached = {group: quality["ndcg@10"] for group, quality in figures["whole"]["groups"].items()}
    assert {group: reached[group] >= floor for group, floor in floors.items()} == dict.fromkeys(floors, True)


def test_the_figures_in_the_documentation_are_those_of_the_command(figures: dict[str, Any]) -> None:
    text = (ROOT / "docs" / "scoring.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (whole|without \w+) \| ([\d. |]+) \|$", text, flags=re.MULTILINE)
    documented = {name.removeprefix("without "): [float(cell) for cell in cells.split(" | ")] for name, cells in rows}
    assert documented == {
        name: [round(engine["groups"][group]["ndcg@10"], 3) for group in ("SC", "DQ", "EQ")]
        for name, engine in figures.items()
    }


def test_a_reranker_reads_each_pair_once_and_one_that_dies_is_said_on_standard_error(
    matcher: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    products = write(tmp_path / "p.jsonl", {"id": "P", "title": "公路数据"}, {"id": "Q", "title": "公路通行"})
    needs = write(tmp_path / "n.jsonl", {"id": "N-1", "text": "公路"}, {"id": "N-2", "text": "通行数据"})
    judgments = write(tmp_path / "grades.tsv", "N-1\tP\t3\nN-2\tQ\t1\n")
    sides = ("--products", products, "--needs", needs)
    with running() as server:
        named = {"MATCHER_RERANK_URL": f"{server.base}/v1/rerank"}
        whole = matcher("rank", *sides, **named)
        evaluated = matcher("evaluate", *sides, "--judgments", judgments, "--json", **named)
        asked = len(server.asked)
        server.faults = [as_json, status(401)]
        cut_short = matcher("--language", "en", "rank", *sides, **named)
    parts = [match["parts"] for line in whole.stdout.splitlines() for match in json.loads(line)["matches"]]
    assert len(parts) == 4
    assert all("meaning" in part for part in parts)
    assert (whole.returncode, whole.stderr, evaluated.returncode, evaluated.stderr) == (0, "", 0, "")
    assert asked == 2 + 2  # the engines that are compared share what was read
    assert "only 1 needs were reranked" in cut_short.stderr
    first, second = (json.loads(line)["matches"] for line in cut_short.stdout.splitlines())
    assert all("meaning" in match["parts"] for match in first)
    assert not any("meaning" in match["parts"] for match in second)
