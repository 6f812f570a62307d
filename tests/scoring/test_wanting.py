import pytest

from scoring.tokens import normalise
from scoring.wanting import wanted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("农商行做农户贷款，想要土地确权方面的数据", "土地确权方面的数据"),
        ("求全国批发市场每日成交价", "全国批发市场每日成交价"),
        ("drug safety team looks for adverse reaction reports", " adverse reaction reports"),
        ("高速公路断面车流量", "高速公路断面车流量"),
        ("我们有需要", "我们有需要"),
        ("", ""),
    ],
)
def test_what_is_wanted_follows_the_first_word_of_wanting(text: str, expected: str) -> None:
    assert wanted(normalise(text)) == expected
