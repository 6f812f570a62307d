"""From text to terms, Chinese first.

A term is a Chinese character, a pair of neighbouring characters, a Chinese word of three or more characters (jieba,
search mode), or a word of any other script. Characters and pairs need no dictionary, so new product names and slips of
the segmenter cost little; longer words sharpen what the pairs blur.

Terms are 64-bit keys, so that whole collections are handled as arrays: a character is its code point, a pair packs two
code points into 42 bits, and a word is a 62-bit hash with bit 62 set (two of a million words collide with a chance of
1e-7). Words are kept beside their keys, because an explanation must print them.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import blake2b
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import opencc
import rjieba

Keys = npt.NDArray[np.int64]

SEPARATOR = "\n"
"""Stands between the fields and phrases of one text: no pair of characters crosses it."""

_SHIFT = 21
_CHARACTER = (1 << _SHIFT) - 1
_WORD = 1 << 62
_DOCUMENT = "\x00"
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_OTHER_WORD = re.compile(rf"[^\W_{_HAN}]+")
_LONG_WORD = re.compile(rf"[{_HAN}]{{3,}}")
_CLAUSE = re.compile(
    rf"(?:[\n\r,.;:!?()\[\]{{}}<>\"、。，；：！？（）【】《》“”「」·…—/|]|(?<![^\W{_HAN}])\s|\s(?![^\W{_HAN}]))+"
)
_SIMPLIFY = opencc.OpenCC("t2s")


@cache
def _stop_words() -> tuple[frozenset[str], re.Pattern[str], Keys]:
    """All stop words; a pattern for the Chinese ones of two or more characters; the single ones as sorted code
    points."""
    text = files("scoring").joinpath("stop_words.txt").read_text(encoding="utf-8")
    words = frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
    phrases = sorted((word for word in words if len(word) > 1 and not word.isascii()), key=lambda w: (-len(w), w))
    single = sorted(ord(word) for word in words if len(word) == 1 and not word.isascii())
    return words, re.compile("|".join(phrases)), np.array(single, np.int64)


def normalise(text: str) -> str:
    """Fold what writers mean alike: compatibility forms and full width (NFKC), traditional characters, letter case.

    Half a surrogate pair, which no valid text holds, becomes a question mark.
    """
    valid = text.encode("utf-8", "replace").decode("utf-8")
    return str(_SIMPLIFY.convert(unicodedata.normalize("NFKC", valid))).casefold()


def normalise_all(texts: Sequence[str]) -> list[str]:
    """``normalise`` for many texts in one go, ten times as fast for short ones. A NUL counts as a separator."""
    if not texts:
        return []
    return normalise(_DOCUMENT.join([text.replace(_DOCUMENT, SEPARATOR) for text in texts])).split(_DOCUMENT)


def stop_words() -> list[str]:
    """All stop words, sorted: they decide scores, so the fingerprint covers them."""
    return sorted(_stop_words()[0])


def is_stop_word(word: str) -> bool:
    """Whether a normalised word says nothing about data."""
    return word in _stop_words()[0]


def clauses(text: str) -> list[str]:
    """The pieces of a text between punctuation marks, in order; English words stay together."""
    return [piece for piece in _CLAUSE.split(text) if piece]


def stem(word: str) -> str:
    """Take an English plural back to its singular: the S-stemmer (Harman, JASIS 42(1), 1991), nothing stronger."""
    if word.endswith("ies") and len(word) > 4 and word[-4] not in "ae":
        return word[:-3] + "y"
    if word.endswith("es") and len(word) > 3 and word[-3] not in "aeo":
        return word[:-1]
    if word.endswith("s") and len(word) > 3 and word[-2] not in "us":
        return word[:-1]
    return word


def word_key(word: str) -> int:
    """The key of a word that is neither a Chinese character nor a pair; the same on every machine."""
    return _WORD | int.from_bytes(blake2b(word.encode(), digest_size=8).digest()) >> 2


def is_pair(keys: Keys) -> npt.NDArray[np.bool_]:
    """Which keys are pairs of characters."""
    return (keys > _CHARACTER) & (keys < _WORD)


def is_single(keys: Keys) -> npt.NDArray[np.bool_]:
    """Which keys are single characters."""
    return keys <= _CHARACTER


def key_text(key: int) -> str | None:
    """The text of a character or pair; None for a word, whose text its owner keeps."""
    if key & _WORD:
        return None
    first, second = key >> _SHIFT, key & _CHARACTER
    return chr(first) + chr(second) if first else chr(second)


class Terms:
    """The terms of a sequence of texts: parallel arrays ``rows`` and ``keys``, one entry an occurrence, and ``words``.

    ``rows``: int64, the text's place in the sequence, ascending within each kind of term. ``words``: key → text.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        """Extract from normalised texts."""
        self.words: dict[int, str] = {}
        joined = _stop_words()[1].sub(SEPARATOR, _DOCUMENT.join(texts))
        pieces = joined.split(_DOCUMENT) if texts else []
        rows, keys = _characters(joined)
        word_rows, word_keys = self._extract_words(pieces)
        self.rows = np.concatenate([rows, word_rows])
        self.keys = np.concatenate([keys, word_keys])

    def _extract_words(self, pieces: Iterable[str]) -> tuple[Keys, Keys]:
        stop = _stop_words()[0]
        seen: dict[str, int | None] = {}
        rows: list[int] = []
        keys: list[int] = []
        for row, piece in enumerate(pieces):
            found = _OTHER_WORD.findall(piece)
            found += [word for word in rjieba.cut_for_search(piece) if len(word) > 2 and _LONG_WORD.fullmatch(word)]
            for word in found:
                if word not in seen:
                    text = stem(word) if word.isascii() else word
                    seen[word] = None if word in stop else word_key(text)
                    if seen[word] is not None:
                        self.words[word_key(text)] = text
                key = seen[word]
                if key is not None:
                    rows.append(row)
                    keys.append(key)
        return np.array(rows, np.int64), np.array(keys, np.int64)


def _characters(joined: str) -> tuple[Keys, Keys]:
    """Single Chinese characters and pairs of neighbours in texts joined by ``_DOCUMENT``, as rows and keys."""
    points = np.frombuffer(joined.encode("utf-32-le"), np.uint32).astype(np.int64)
    rows = np.cumsum(points == ord(_DOCUMENT))
    han = _is_han(points)
    stop = np.isin(points, _stop_words()[2])
    pair = han[:-1] & han[1:] & ~(stop[:-1] & stop[1:]) if len(points) else han
    pairs = np.flatnonzero(pair)
    alone = han & ~stop
    single = np.flatnonzero(alone)
    return (
        np.concatenate([rows[single], rows[pairs]]),
        np.concatenate(
            [points[single], (points[pairs] << _SHIFT) | points[pairs + 1] if len(pairs) else points[pairs]]
        ),
    )


def _is_han(points: Keys) -> npt.NDArray[np.bool_]:
    han = (points >= 0x4E00) & (points <= 0x9FFF)
    han |= (points >= 0x3400) & (points <= 0x4DBF)
    han |= (points >= 0xF900) & (points <= 0xFAFF)
    han |= (points >= 0x20000) & (points <= 0x3FFFF)
    return han
