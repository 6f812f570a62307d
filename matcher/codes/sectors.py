"""Sectors: one code list for the words of all sources.

``sectors.json`` holds the labels and the mapping: the 14 sectors of the catalogue (those of 数据要素×), the scenarios'
领域, the section names of GB/T 4754-2017 that the exchanges print, and synonyms. Words that say nothing about the
sector map to no code (其他领域; 居民服务、修理和其他服务业, where one exchange files a sixth of its listings): the
unknown is neutral.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from matcher.codes.text import folded


@dataclass(frozen=True, slots=True)
class _Table:
    """``labels``: code → (zh, en). ``by_first``: first character → (word, codes), longest word first."""

    labels: dict[str, tuple[str, str]]
    by_first: dict[str, tuple[tuple[str, tuple[str, ...]], ...]]


@cache
def _table() -> _Table:
    loaded = json.loads(files(__package__).joinpath("sectors.json").read_text(encoding="utf-8"))
    words = {folded(word): tuple(codes) for word, codes in loaded["words"].items()}
    for code, (zh, en) in loaded["labels"].items():
        for word in (code, zh, en):
            words[folded(word)] = (code,)
    by_first: defaultdict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for word, codes in words.items():
        by_first[word[0]].append((word, codes))
    return _Table(
        labels={code: (zh, en) for code, (zh, en) in loaded["labels"].items()},
        by_first={first: tuple(sorted(found, key=lambda pair: -len(pair[0]))) for first, found in by_first.items()},
    )


def is_sector(code: str) -> bool:
    """Whether ``code`` is in the list."""
    return code in _table().labels


def sector_label(code: str, language: str) -> str:
    """The sector's name in ``zh_Hans`` or ``en``; an unknown code is its own label."""
    names = _table().labels.get(code)
    if names is None:
        return code
    return names[1] if language == "en" else names[0]


@lru_cache(maxsize=4096)
def sector_codes(text: str | None) -> tuple[str, ...]:
    """The sectors that ``text`` names, in order of appearance, each once; unknown words give none.

    Longest names first, so that section names with commas inside (农、林、牧、渔业) are read whole wherever they stand.
    """
    if not text:
        return ()
    plain = folded(text)
    by_first, found, position = _table().by_first, dict[str, None](), 0
    while position < len(plain):
        for word, codes in by_first.get(plain[position], ()):
            if plain.startswith(word, position) and _stands_alone(plain, position, word):
                found.update(dict.fromkeys(codes))
                position += len(word) - 1
                break
        position += 1
    return tuple(found)


def _stands_alone(text: str, start: int, word: str) -> bool:
    """An English word must not be part of a longer one."""
    if not word.isascii():
        return True
    before, after = text[max(start - 1, 0) : start], text[start + len(word) : start + len(word) + 1]
    return not (before.isascii() and before.isalpha()) and not (after.isascii() and after.isalpha())
