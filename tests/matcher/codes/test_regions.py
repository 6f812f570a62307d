"""Regions are complete, contained by digits, and found in free text without false hits."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.codes.region_names import name_table, regions
from matcher.codes.regions import CHINA, contains, is_region, region_codes, region_label

MAINLAND = [code for code in regions() if code[:2] not in ("71", "81", "82")]
PREFECTURES = [code for code in MAINLAND if code.endswith("00") and not code.endswith("0000")]


def codes_of(*names: str) -> tuple[str, ...]:
    return tuple(next(code for code, (zh, _) in regions().items() if zh == name) for name in names)


def test_all_provinces_are_there() -> None:
    # 22 provinces and Taiwan, 5 autonomous regions, 4 municipalities, 2 special regions.
    assert len([code for code in regions() if code.endswith("0000") and code != CHINA]) == 23 + 5 + 4 + 2


def test_all_prefecture_level_units_are_there() -> None:
    endings = Counter(regions()[code][0][-1] for code in PREFECTURES)
    # Cities, autonomous prefectures, prefectures (地区) and leagues: 333 in all.
    assert endings == {"市": 293, "州": 30, "区": 7, "盟": 3}


def test_guizhou_is_complete_down_to_the_county() -> None:
    prefectures = [code for code in PREFECTURES if code.startswith("52")]
    counties = [code for code in regions() if code.startswith("52") and not code.endswith("00")]
    # 6 cities and 3 autonomous prefectures; 16 districts, 10 cities, 50 counties, 11 autonomous, 1 special.
    assert len(prefectures) == 9
    assert len(counties) == 16 + 10 + 50 + 11 + 1


def test_every_unit_lies_in_one_that_exists() -> None:
    for code in regions():
        if code != CHINA:
            assert is_region(code[:2] + "0000")
            # Counties under a province directly (4290xx) have no prefecture; municipalities' districts neither.
            assert code[2:4] in ("90", "01", "02") or is_region(code[:4] + "00")


def test_every_unit_has_a_name_in_both_languages() -> None:
    for code, (zh, en) in regions().items():
        assert region_label(code, "zh_Hans") == zh
        assert region_label(code, "en") == en
        assert zh
        assert not zh.isascii()
        assert en[0].isupper()
        assert not any("\u4e00" <= character <= "\u9fff" for character in en)
    assert region_label("999999", "en") == "999999"


def test_every_official_name_with_one_bearer_is_found() -> None:
    shared = {name.text for names in name_table().by_first.values() for name in names if name.shared}
    for code in PREFECTURES:
        zh = regions()[code][0]
        if zh not in shared:
            assert region_codes(zh) == (code,), zh


@pytest.mark.parametrize(
    ("outer", "inner", "holds"),
    [
        ("100000", "520000", True),
        ("520000", "520100", True),
        ("520100", "520102", True),
        ("520000", "520102", True),
        ("520102", "520102", True),
        ("520100", "520000", False),
        ("520100", "520200", False),
        ("520000", "530100", False),
        ("520000", "100000", False),
        ("100000", "100000", True),
    ],
)
def test_containment_is_by_digits(outer: str, inner: str, holds: bool) -> None:
    assert contains(outer, inner) is holds


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("贵州省万峰林及所在州", ["兴义市", "黔西南布依族苗族自治州"]),
        ("黔西南州", ["黔西南布依族苗族自治州"]),
        ("黔西南", ["黔西南布依族苗族自治州"]),
        ("湄潭县", ["湄潭县"]),
        ("遵义湄潭", ["湄潭县"]),
        ("贵州省贵阳市花溪区", ["花溪区"]),
        ("贵州 贵阳 花溪", ["花溪区"]),
        ("广东、吉林、山东等地", ["广东省", "吉林省", "山东省"]),
        ("吉林", ["吉林省"]),
        ("吉林市", ["吉林市"]),
        ("吉林省吉林市", ["吉林市"]),
        ("海南", ["海南省"]),
        ("海南藏族自治州", ["海南藏族自治州"]),
        ("海南州", ["海南藏族自治州"]),
        ("全国", ["中国"]),
        ("中国", ["中国"]),
        ("全国34个省级行政区域", ["中国"]),
        ("中国—新加坡", ["中国"]),
        ("新疆为主，面向全国", ["新疆维吾尔自治区", "中国"]),
        ("华东地区", ["上海市", "江苏省", "浙江省", "安徽省", "福建省", "江西省", "山东省"]),
        ("西南", ["重庆市", "四川省", "贵州省", "云南省", "西藏自治区"]),
        ("西南山区", ["重庆市", "四川省", "贵州省", "云南省", "西藏自治区"]),
        ("京津冀", ["北京市", "天津市", "河北省"]),
        ("北京市（9个区）", ["北京市"]),
        ("北京朝阳区", ["朝阳区"]),
        ("江苏省南京市大厂区、六合区", ["六合区"]),
        ("山西省太原市小店区、海南省海口市", ["小店区", "海口市"]),
        ("保定市、威海市等", ["保定市", "威海市"]),
        ("贵州省西南部", ["贵州省"]),
        ("贵州西南地区", ["贵州省"]),
        ("長三角", ["上海市", "江苏省", "浙江省", "安徽省"]),
        ("貴州省貴陽市", ["贵阳市"]),
        ("北京市场", ["北京市"]),
        ("Guizhou and Beijing", ["贵州省", "北京市"]),
        ("Shaanxi, not Shanxi", ["陕西省", "山西省"]),
        ("southwest China", ["重庆市", "四川省", "贵州省", "云南省", "西藏自治区"]),
    ],
)
def test_places_are_found_in_free_text(text: str, names: list[str]) -> None:
    assert [region_label(code, "zh_Hans") for code in region_codes(text)] == names


@pytest.mark.parametrize(
    "text",
    [
        *(
            "推广安全",
            "日照时数",
            "阿里巴巴",
            "美丽水乡",
            "黄河南岸",
            "境内江河",
            "经济南部",
            "创新乡村",
            "营运城市",
            "卷烟台账",
        ),
        *(
            "平衡水质",
            "珠江西岸",
            "运河南北",
            "简单县域",
            "中原区域",
            "东方市场",
            "全国首个",
            "中国移动",
            "南京路步行街",
            "中山东路",
        ),
        *(
            "朝阳区",
            "老城区漏损率",
            "东部",
            "东北大米产业链条上的各类企业",
            "全球（178个国家）",
            "",
            "   ",
            "———",
            "000000",
        ),
    ],
)
def test_words_that_only_look_like_places_are_not_found(text: str) -> None:
    assert region_codes(text) == ()


def test_namesakes_are_told_apart_by_what_holds_them() -> None:
    assert region_codes("长春市朝阳区") == ("220104",)
    assert region_codes("北京市朝阳区") == ("110105",)


def test_a_code_is_taken_as_it_is() -> None:
    assert region_codes("520102") == ("520102",)
    assert region_codes("５２０１０２") == ("520102",)


@given(st.text(max_size=400))
def test_no_text_makes_it_raise(text: str) -> None:
    assert all(is_region(code) for code in region_codes(text))


@given(st.lists(st.sampled_from([regions()[code][0] for code in MAINLAND]), max_size=6), st.text(max_size=5))
def test_any_run_of_names_gives_known_codes_each_once(names: list[str], between: str) -> None:
    found = region_codes(between.join(names))
    assert len(found) == len(set(found))
    assert all(map(is_region, found))
