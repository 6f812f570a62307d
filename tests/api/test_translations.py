"""Both languages are complete."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import api
from api.language import TRANSLATIONS, catalogue

ROOT = Path(api.__file__).parent
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NO_WORDS_OF_THEIR_OWN = {"供需撮合引擎", "中文"}
"""Chinese that stands in a template on purpose: the product's name beside its English one."""


def used() -> set[str]:
    """Every message id of code and templates."""
    options = {"templates/**.html": {"trimmed": "true"}}
    found = extract_from_dir(ROOT, METHODS, options, keywords={"_": None, "gettext": None})
    return {message if isinstance(message, str) else message[0] for _file, _line, message, *_rest in found}


@pytest.fixture
def chinese() -> Catalog:
    """The Chinese catalogue as it lies in the repository."""
    with (TRANSLATIONS / "zh_Hans" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale="zh_Hans")


def entries(catalog: Catalog) -> Iterator[tuple[str, str, bool]]:
    """Id, text and whether it is marked as fuzzy, without the header."""
    for message in catalog:
        if message.id:
            assert isinstance(message.id, str)
            assert isinstance(message.string, str)
            yield message.id, message.string, message.fuzzy


def test_every_message_has_a_chinese_text_and_every_text_is_used(chinese: Catalog) -> None:
    assert {message for message, _text, _fuzzy in entries(chinese)} == used()


def test_no_chinese_text_is_empty_fuzzy_or_still_english(chinese: Catalog) -> None:
    for message, text, fuzzy in entries(chinese):
        assert not fuzzy, message
        assert CHINESE.search(text), message


def test_a_translation_has_the_places_of_its_original(chinese: Catalog) -> None:
    for message, text, _fuzzy in entries(chinese):
        assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(message)), message
        assert message.count("%%") == text.count("%%"), message


def test_the_english_originals_hold_no_chinese_and_no_template_has_words_of_its_own() -> None:
    assert not [message for message in used() if CHINESE.search(message)]
    for template in (ROOT / "templates").glob("*.html"):
        text = template.read_text()
        for phrase in NO_WORDS_OF_THEIR_OWN:
            text = text.replace(phrase, "")
        assert not CHINESE.search(text), template.name
        # whatever is left outside tags, braces and comments must not be a word
        bare = re.sub(r"\{#.*?#\}|\{\{.*?\}\}(?!\.)|\{%.*?%\}", "", text, flags=re.DOTALL)
        bare = re.sub(r"<[^>]*>", " ", bare, flags=re.DOTALL)
        assert not re.search(r"[A-Za-z]{2,}", bare), (template.name, re.findall(r"[A-Za-z]{2,}", bare))


def test_an_unknown_language_has_no_texts_rather_than_a_failure() -> None:
    assert catalogue("en").gettext("Needs") == "Needs"
    assert catalogue("zh_Hans").gettext("Needs") == "数据需求"
