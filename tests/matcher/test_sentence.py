"""A match in one sentence: what is said, in which order, and that it always is one short line."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.sentence import MOST_CHINESE, MOST_ENGLISH, sentence
from scoring.facets import FREQUENCIES, RULES
from scoring.weights import FACETS

Row = dict[str, Any]


def text(*terms: str, value: float = 0.8, other: int = 0) -> dict[str, Any]:
    """A text part whose terms bring fewer points from one to the next."""
    rows: list[Row] = [{"term": term, "points": 100 - place} for place, term in enumerate(terms)]
    points = sum(row["points"] for row in rows) + other
    return {"part": "text", "known": True, "value": value, "points": points, "terms": rows, "other": other}


def tags(*pairs: tuple[str, str, float]) -> dict[str, Any]:
    """A tags part with these pairs."""
    rows = [{"need": need, "product": product, "similarity": alike} for need, product, alike in pairs]
    return {"part": "tags", "known": True, "value": 0.5, "pairs": rows, "need_only": [], "product_only": []}


def elements(covered: str = "", partly: str = "", missing: str = "") -> dict[str, Any]:
    """An elements part from names in a row; a name that ends in ! is a must-have."""

    def rows(names: str, share: float) -> list[Row]:
        return [
            {"element": name.removesuffix("!"), "must": name.endswith("!"), "share": share} for name in names.split()
        ]

    states = {"covered": rows(covered, 1.0), "partly": rows(partly, 0.3), "missing": rows(missing, 0.0)}
    return {"part": "elements", "known": True, "value": 0.5, **states}


def facets(**states: tuple[str, list[Any], list[Any]]) -> dict[str, Any]:
    """A facets part: name=(state, need, product)."""
    rows = [{"facet": name, "state": state, "need": n, "product": p} for name, (state, n, p) in states.items()]
    return {"part": "facets", "known": True, "value": 0.5, "facets": rows}


def trust(certificate: bool | None = None, completeness: float | None = 0.8) -> dict[str, Any]:
    """A trust part."""
    facts = [{"fact": "certificate", "value": certificate}, {"fact": "completeness", "value": completeness}]
    return {"part": "trust", "known": True, "value": 0.5, "facts": facts}


def both(*parts: dict[str, Any], excluded: str | None = None) -> tuple[str, str]:
    """The sentence in Chinese and in English."""
    breakdown = {"score": 0, "fingerprint": "", "parts": list(parts)}
    return sentence(breakdown, "zh_Hans", excluded), sentence(breakdown, "en", excluded)


def test_it_says_what_is_covered_what_is_missing_and_what_is_not_known() -> None:
    frequency = facets(update_frequency=("unknown", ["daily"], []), region=("unknown", [], ["520000"]))
    found = both(elements("甲 乙 丙 丁", missing="投诉数据"), tags(("智慧旅游", "智慧旅游", 1.0)), frequency)
    assert found == (
        "覆盖所需 5 类数据中的 4 类（缺：投诉数据）；标签“智慧旅游”一致；更新频率未知。",
        "Covers 4 of the 5 kinds of data asked for (missing: 投诉数据); tag “智慧旅游” agrees; "
        "update frequency unknown.",
    )


@pytest.mark.parametrize(
    ("part", "chinese", "english"),
    [
        (elements("甲 乙"), "覆盖所需全部 2 类数据。", "Covers all 2 kinds of data asked for."),
        (elements("甲"), "覆盖所需的 1 类数据。", "Covers the 1 kind of data asked for."),
        (
            elements("甲", "乙 丙"),
            "覆盖所需 3 类数据中的 1 类，部分覆盖 2 类。",
            "Covers 1 of the 3 kinds of data asked for and 2 in part.",
        ),
        (
            elements("甲", missing="乙 丙 丁! 戊"),
            "覆盖所需 5 类数据中的 1 类（缺：丁[必需]、乙等 4 项）。",
            "Covers 1 of the 5 kinds of data asked for (missing: 丁 [must have], 乙 and 2 more).",
        ),
        (
            elements(partly="甲 乙 丙", missing="丁"),
            "部分覆盖所需 4 类数据中的 3 类（甲、乙等 3 项），其余 1 类未列出。",
            "Partly covers 3 of the 4 kinds of data asked for (甲, 乙 and 1 more), lists nothing of the other 1.",
        ),
        (
            elements(partly="甲 乙", missing="丁! 戊!"),
            "部分覆盖所需 4 类数据中的 2 类（甲等 2 项），其余 2 类未列出（必需：丁等 2 项）。",
            "Partly covers 2 of the 4 kinds of data asked for (甲 and 1 more), lists nothing of the other 2 "
            "(must have: 丁 and 1 more).",
        ),
        (
            elements(partly="甲!"),
            "部分覆盖所需的 1 类数据（甲）；必需的甲仅部分覆盖。",
            "Partly covers the 1 kind of data asked for (甲); only part of the must-have 甲.",
        ),
        (elements(missing="甲 乙"), "所需 2 类数据均未列出。", "Lists none of the 2 kinds of data asked for."),
        (
            elements(missing="甲!"),
            "所需的 1 类数据未列出（必需：甲）。",
            "Does not list the 1 kind of data asked for (must have: 甲).",
        ),
    ],
)
def test_covered_in_part_and_missing_are_told_apart(part: dict[str, Any], chinese: str, english: str) -> None:
    assert both(part) == (chinese, english)


def test_what_speaks_for_a_match_comes_first_then_what_is_missing_then_what_differs_then_the_unknown() -> None:
    conditions = facets(
        sector=("agree", ["transport"], ["transport"]),
        region=("partly", ["520000"], ["520100"]),
        update_frequency=("disagree", ["daily"], ["monthly"]),
        price=("unknown", [10000.0], []),
    )
    chinese, english = both(text("隧道"), conditions, trust(certificate=True), elements(missing="甲!"))
    assert chinese == (
        "共同用词：隧道；行业一致；地区部分一致；登记证书有效；所需的 1 类数据未列出（必需：甲）；"
        "更新频率不符（需求：每日，产品：每月）；价格是否合预算未知。"
    )
    assert english == (
        "Shared words: 隧道; sector agrees; region agrees in part; certificate valid; does not list the 1 kind of data "
        "asked for (must have: 甲); update frequency differs (asked: Daily, offered: Monthly); "
        "fit with the budget unknown."
    )


def test_an_unknown_that_nobody_asks_about_is_not_worth_a_word() -> None:
    assert both(text("隧道"), facets(region=("unknown", [], ["520000"]))) == ("共同用词：隧道。", "Shared words: 隧道.")


def test_what_was_asked_is_unknown_even_where_no_condition_can_be_compared() -> None:
    conditions = facets(delivery=("unknown", ["api"], []), freshness=("unknown", ["2026-01-01"], []))
    conditions |= {"known": False, "value": None}
    assert both(text("隧道"), conditions) == (
        "共同用词：隧道；交付方式、数据截止日期未知。",
        "Shared words: 隧道; delivery and last day of the data unknown.",
    )


def test_several_conditions_that_differ_are_named_without_their_values() -> None:
    conditions = facets(sector=("disagree", ["transport"], ["health"]), deal=("disagree", ["trade"], ["share"]))
    assert both(conditions) == ("行业、交易方式不符。", "Sector and deal mode differ.")


@pytest.mark.parametrize(
    ("terms", "value", "other", "chinese", "english"),
    [
        (("隧道", "车流"), 0.8, 0, "共同用词：隧道、车流。", "Shared words: 隧道 and 车流."),
        (("隧道", "车流"), 0.2, 0, "只有少数共同用词：隧道、车流。", "Only a few words in common: 隧道 and 车流."),
        (
            ("甲乙", "丙丁", "戊己", "庚辛"),
            0.2,
            0,
            "共同用词：甲乙、丙丁、戊己。",
            "Shared words: 甲乙, 丙丁 and 戊己.",
        ),
        (("隧道", "隧道运营", "道"), 0.8, 0, "共同用词：隧道运营。", "Shared words: 隧道运营."),
        (("数据", "隧道", "信息"), 0.8, 0, "共同用词：隧道。", "Shared words: 隧道."),
        (("数据", "信息"), 0.2, 0, "只有零散的共同字词。", "Only scattered words in common."),
        ((), 0.1, 30, "只有零散的共同字词。", "Only scattered words in common."),
        ((), 0.0, 0, "没有共同用词。", "No words in common."),
    ],
)
def test_shared_terms_are_named_and_little_in_common_is_called_so(
    terms: tuple[str, ...], value: float, other: int, chinese: str, english: str
) -> None:
    assert both(text(*terms, value=value, other=other)) == (chinese, english)


def test_what_only_a_synonym_brought_is_not_called_shared() -> None:
    reworded = text("社会保险", "缴费", value=0.8)
    reworded["terms"][0]["asked"] = "社保"
    assert both(reworded) == ("共同用词：缴费。", "Shared words: 缴费.")


def test_few_words_are_not_called_few_beside_what_else_is_shared() -> None:
    chinese, _ = both(text("隧道", value=0.1), elements("甲", missing="乙"))
    assert "共同用词：隧道" in chinese
    assert "少数" not in chinese
    assert both(text(value=0.1), elements("甲"))[0] == "覆盖所需的 1 类数据。"


@pytest.mark.parametrize(
    ("pairs", "chinese"),
    [
        (
            [("智慧旅游", "智慧旅游", 1.0), ("出行", "出行", 1.0), ("客流", "客流", 1.0)],
            "标签“智慧旅游”、“出行”等 3 项一致。",
        ),
        ([("智慧旅游", "智慧文旅", 0.75), ("甲", "乙", 0.5)], "标签“智慧旅游”与“智慧文旅”相近。"),
        ([("精益管理", "能源管理", 0.5)], "双方没有可比对的内容。"),
    ],
)
def test_tags_agree_where_they_are_equal_and_are_close_where_they_nearly_are(
    pairs: list[tuple[str, str, float]], chinese: str
) -> None:
    assert both(tags(*pairs))[0] == chinese


@pytest.mark.parametrize(
    ("part", "chinese", "english"),
    [
        (trust(certificate=True), "登记证书有效。", "Certificate valid."),
        (trust(certificate=False), "登记证书已失效。", "Certificate lapsed."),
        (trust(completeness=0.3), "产品信息仅填写 30%。", "Only 30% of the listing filled in."),
        ({"part": "meaning", "known": True, "value": 0.9, "similarity": 0.8}, "意思相近。", "Close in meaning."),
        ({"part": "later", "known": True}, "双方没有可比对的内容。", "Nothing to compare."),
    ],
)
def test_other_facts_have_their_words(part: dict[str, Any], chinese: str, english: str) -> None:
    assert both(part) == (chinese, english)


def test_meaning_that_is_far_off_or_not_known_claims_nothing() -> None:
    far = {"part": "meaning", "known": True, "value": 0.8, "similarity": 0.7}
    unknown = {"part": "meaning", "known": False, "value": None, "similarity": None}
    assert {both(far)[0], both(unknown)[0]} == {"双方没有可比对的内容。"}


def test_the_rule_that_keeps_a_pair_apart_comes_first() -> None:
    assert both(text("隧道"), excluded="not_listed") == (
        "不能推荐：产品未上架；共同用词：隧道。",
        "Cannot be recommended: the product is not listed; shared words: 隧道.",
    )


def test_what_somebody_wrote_stays_on_the_line_and_inside_its_quotation_marks() -> None:
    chinese, english = both(
        elements("甲", missing="第一"),
        tags(("一；\n”二\u202e“", "一；”二“", 1.0)),
        text("盛装或文物建筑的三维模型数据集"),
    )
    assert "标签“一， ’二 ‘”一致" in chinese
    assert "盛装或文物建筑的三维模…" in chinese  # eleven characters and the mark: 23 of 24 columns
    assert not any(unicodedata.category(letter).startswith("C") for letter in chinese + english)


def test_the_least_telling_is_left_out_where_there_is_no_room() -> None:
    long, cut = "非常非常长的数据要素名称", "非常非常长的数据要素名…"  # 24 columns are whole, 26 are not
    parts = (
        elements(partly=f"{long}甲 {long}乙", missing=f"{long}丙! {long}丁!"),
        text(f"{long}戊", f"{long}己"),
        tags((long, long, 1.0)),
        trust(certificate=True),
    )
    chinese, english = both(*parts)
    assert chinese == (
        f"部分覆盖所需 4 类数据中的 2 类（{cut}等 2 项），其余 2 类未列出（必需：{cut}等 2 项）；标签“{long}”一致。"
    )  # 79.5 of 80 characters; with two terms, which tell more than a tag, it would be 91.5
    assert english == (
        f"Partly covers 2 of the 4 kinds of data asked for ({cut} and 1 more), lists nothing of the other 2 "
        f"(must have: {cut} and 1 more); shared words: {cut} and {cut}; tag “{long}” agrees; certificate valid."
    )


# Whatever was stored, by this version or by an earlier one.
names = st.one_of(
    st.text(max_size=60), st.text("甲乙丙abc \n\u202e”、；", max_size=40), st.sampled_from(("", "数据", "x y z w v u"))
)
numbers = st.integers(0, 10_000)
shares = st.floats(0, 1)
term_rows = st.lists(st.fixed_dictionaries({"term": names, "points": numbers}), max_size=12)
pair_rows = st.lists(st.fixed_dictionaries({"need": names, "product": names, "similarity": shares}), max_size=5)
element_rows = st.lists(
    st.fixed_dictionaries({"element": names, "must": st.booleans(), "share": shares, "by": names}), max_size=8
)
said = st.one_of(
    st.none(),
    st.lists(
        st.one_of(names, st.sampled_from([*FREQUENCIES, "api", "trade", "520000"]), st.floats(0, 1e9)), max_size=4
    ),
    names,
)
facet_rows = st.lists(
    st.fixed_dictionaries(
        {
            "facet": st.sampled_from([*FACETS, "later"]),
            "state": st.sampled_from(["agree", "partly", "unknown", "disagree", "odd"]),
            "value": st.none() | shares,
            "need": said,
            "product": said,
        }
    ),
    max_size=8,
)
facts = st.lists(
    st.fixed_dictionaries(
        {
            "fact": st.sampled_from(["certificate", "completeness", "later"]),
            "value": st.one_of(st.none(), st.booleans(), shares, names),
        }
    ),
    max_size=3,
)
known = {"known": st.booleans(), "value": st.none() | shares, "points": numbers, "weight": shares}


def part_of(name: str, **details: Any) -> st.SearchStrategy[dict[str, Any]]:
    """A part of the breakdown, with some of its details missing, as another version may have stored it."""
    return st.fixed_dictionaries({"part": st.just(name), **known}, optional=details)


breakdowns = st.fixed_dictionaries(
    {
        "score": numbers,
        "fingerprint": names,
        "parts": st.lists(
            st.one_of(
                part_of("text", terms=term_rows, other=numbers),
                part_of("meaning", similarity=shares),
                part_of("tags", pairs=pair_rows),
                part_of("elements", covered=element_rows, partly=element_rows, missing=element_rows),
                part_of("facets", facets=facet_rows),
                part_of("trust", facts=facts),
                part_of("later"),
            ),
            unique_by=lambda part: str(part["part"]),
            max_size=7,
        ),
    }
)


@given(breakdown=breakdowns, excluded=st.none() | st.sampled_from(RULES))
def test_any_breakdown_gives_one_short_line(breakdown: dict[str, Any], excluded: str | None) -> None:
    chinese, english = sentence(breakdown, "zh_Hans", excluded), sentence(breakdown, "en", excluded)
    for line in (chinese, english):
        assert not any(unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") for letter in line)
        assert line == " ".join(line.split())
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in chinese)
    assert wide + (len(chinese) - wide) / 2 <= MOST_CHINESE
    assert len(english.split()) <= MOST_ENGLISH
    assert chinese.endswith("。")
    assert english.endswith(".")


@given(breakdown=breakdowns)
def test_a_sentence_about_something_does_not_say_that_there_is_nothing(breakdown: dict[str, Any]) -> None:
    rows = {row["part"]: row for row in breakdown["parts"]}
    if any(rows.get("elements", {}).get(state) for state in ("covered", "partly", "missing")):
        assert "类数据" in sentence(breakdown, "zh_Hans")
        assert "data asked for" in sentence(breakdown, "en")


@pytest.mark.parametrize("broken", [{}, {"score": 0}, {"parts": []}, {"parts": None}, {"parts": [{"points": 3}]}])
def test_a_breakdown_that_says_nothing_gives_a_sentence_that_says_so(broken: dict[str, Any]) -> None:
    assert sentence(broken, "en") == "Nothing to compare."
