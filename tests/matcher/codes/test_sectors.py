"""Sector words of all sources lead to one code list."""

import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.codes.sectors import is_sector, sector_codes, sector_label


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("交通运输", ("transport",)),
        ("工业制造", ("manufacturing",)),
        ("工业领域", ("manufacturing",)),
        ("文旅领域", ("culture_tourism",)),
        ("其他领域", ()),
        ("农、林、牧、渔业", ("agriculture",)),
        (
            "农、林、牧、渔业,批发和零售业\n，信息传输、软件和信息技术服务业",
            ("agriculture", "commerce", "information_technology"),
        ),
        ("居民服务、修理和其他服务业,公共管理、社会保障和社会组织", ("government",)),
        ("科技金融", ("science_technology", "finance")),
        ("Transport & Finance", ("transport", "finance")),
        ("transportation", ("transport",)),
        ("transport", ("transport",)),
        ("ｆｉｎａｎｃｅ", ("finance",)),
        ("报警", ()),
        ("powerful", ()),
        ("", ()),
        (None, ()),
    ],
)
def test_source_words_become_codes(text: str | None, codes: tuple[str, ...]) -> None:
    assert sector_codes(text) == codes


def test_every_code_has_two_labels_and_is_found_by_each() -> None:
    shipped = json.loads(files("matcher.codes").joinpath("sectors.json").read_text(encoding="utf-8"))
    for code in shipped["labels"]:
        zh, en = sector_label(code, "zh_Hans"), sector_label(code, "en")
        assert zh != en
        for word in (code, zh, en):
            assert code in sector_codes(word), word
        assert is_sector(code)
    assert sector_label("nonsense", "en") == "nonsense"


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    assert all(map(is_sector, sector_codes(text)))
