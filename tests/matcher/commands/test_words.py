"""The command line's words, in both languages."""

from matcher.commands.words import WORDS, word


def test_every_text_has_the_same_placeholders_in_both_languages() -> None:
    class Given(dict[str, object]):
        def __missing__(self, key: str) -> str:
            used.add(key)
            return "0"

    for code, texts in WORDS.items():
        placeholders = []
        for text in texts:
            used: set[str] = set()
            text.replace(":.1f", "").format_map(Given())
            placeholders.append(used)
        assert placeholders[0] == placeholders[1], code
    assert word("score", "en") == "Score"
