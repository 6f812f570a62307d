"""Every sentence exists in both languages and asks for the same values."""

import json
import pickle
from string import Formatter

import pytest

from matcher.messages import LANGUAGES, MESSAGES, Message, message, printable


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("code", MESSAGES)
def test_both_languages_exist_with_the_same_placeholders(code: str) -> None:
    zh, en = MESSAGES[code]
    assert zh
    assert en
    assert placeholders(zh) == placeholders(en)
    values = dict.fromkeys(placeholders(zh), "x")
    for language in LANGUAGES:
        assert message(code, language, **values)


def test_a_message_is_said_in_the_language_asked_for_with_its_values() -> None:
    assert message("too-long", "zh_Hans", limit=3, length=4) == "最多 3 个字符，实际 4 个"
    assert message("too-long", "en", limit=3, length=4) == "at most 3 characters, has 4"


def test_a_message_is_a_string_that_can_be_said_again() -> None:
    said = Message("not-text", kind=Message("kind-list"))
    assert json.dumps(said, ensure_ascii=False) == '"应为文本，实际是列表"'
    assert said.in_language("en") == "must be text, not a list"
    assert (said.code, said.values) == ("not-text", {"kind": "列表"})


def test_what_is_quoted_from_the_input_is_printable_and_short() -> None:
    said = message("not-date", "en", value="\x1b[31m\ud800" + "长" * 1000)
    assert "\x1b" not in said
    assert said.encode()
    assert len(said) < 200
    assert printable("a\nb") == "a\\u000ab"


def test_unknown_codes_and_missing_values_are_slips_of_the_caller() -> None:
    with pytest.raises(KeyError):
        message("no-such-code", "en")
    with pytest.raises(KeyError):
        message("too-long", "en")


def test_a_message_survives_between_processes() -> None:
    said = pickle.loads(pickle.dumps(Message("too-long", limit=3, length=4)))  # noqa: S301
    assert said.in_language("en") == "at most 3 characters, has 4"
