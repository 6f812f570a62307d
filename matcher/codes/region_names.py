"""The names under which regions are found in free text, indexed by their first character.

Sources: ``regions.json`` (see ``matcher.codes.regions``) for official names; ``region_words.json``, written by hand,
for areas such as 华东 or 长三角, short forms of autonomous prefectures, and sights given instead of places.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files

CHINA = "100000"
HOME_PROVINCE = "52"
"""The exchange's own province: its counties are known by their short names too (湄潭 for 湄潭县)."""

PROVINCE_ENDINGS = ("维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "特别行政区", "省", "市")


class NameKind(Enum):
    """How much context a name needs before it counts as a place."""

    OFFICIAL = "official"
    SHORT = "short"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Name:
    """A name and the codes it stands for, all of them meant.

    ``shared`` names need context: several places bear them (朝阳区: the codes are namesakes), or they are common words
    too (老城区).
    """

    text: str
    kind: NameKind
    codes: tuple[str, ...]
    shared: bool = False


@dataclass(frozen=True, slots=True)
class NameTable:
    """``by_first``: first character → names, longest first. ``english``: lower-case name → codes."""

    by_first: dict[str, tuple[Name, ...]]
    english: dict[str, tuple[str, ...]]


@cache
def regions() -> dict[str, tuple[str, str]]:
    """Code → (Chinese name, English name), in order of code."""
    loaded = json.loads(files(__package__).joinpath("regions.json").read_text(encoding="utf-8"))
    return {code: (zh, en) for code, (zh, en) in loaded.items()}


@cache
def name_table() -> NameTable:
    """The table, built once per process (about 20 ms)."""
    words = json.loads(files(__package__).joinpath("region_words.json").read_text(encoding="utf-8"))
    names: dict[str, Name] = {}
    for text, codes in _official_names().items():
        names[text] = Name(text, NameKind.OFFICIAL, codes, shared=len(codes) > 1 or text in words["generic"])
    for text, code in words["names"].items():
        names[text] = Name(text, NameKind.SHORT if len(text) < 3 and code != CHINA else NameKind.OFFICIAL, (code,))
    for text, code in _short_names(words).items():
        names.setdefault(text, Name(text, NameKind.SHORT, (code,)))
    for text, codes in words["groups"].items():
        names[text] = Name(text, NameKind.SHORT, tuple(codes))
    for text, codes in words["areas"].items():
        names[text] = Name(text, NameKind.AREA, tuple(codes))
    by_first: defaultdict[str, list[Name]] = defaultdict(list)
    for name in names.values():
        by_first[name.text[0]].append(name)
    return NameTable(
        by_first={first: tuple(sorted(found, key=lambda n: -len(n.text))) for first, found in by_first.items()},
        english=_english_names(words),
    )


def _official_names() -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for code, (zh, _) in regions().items():
        if code != CHINA:
            found[zh].append(code)
    return {text: tuple(codes) for text, codes in found.items()}


def _short_names(words: dict[str, dict[str, str]]) -> dict[str, str]:
    """Names without their administrative ending: provinces first, so that 吉林 is the province."""
    short: dict[str, str] = {}
    never = set(words["never_short"])
    for code, (zh, _) in regions().items():
        if code.endswith("0000") and code != CHINA:
            short[next(zh.removesuffix(ending) for ending in PROVINCE_ENDINGS if zh.endswith(ending))] = code
    for code, (zh, _) in regions().items():
        is_prefecture = code.endswith("00") and not code.endswith("0000")
        is_home_county = code.startswith(HOME_PROVINCE) and not code.endswith("00")
        if is_prefecture and zh.endswith("市"):
            short.setdefault(zh[:-1], code)
        elif is_home_county and "自治" not in zh and len(zh) > 2:
            short.setdefault(zh[:-1].removesuffix("特"), code)
    short.update(words["short_prefectures"])
    return {text: code for text, code in short.items() if text not in never and len(text) > 1}


def _english_names(words: dict[str, dict[str, str]]) -> dict[str, tuple[str, ...]]:
    """English names that mean one place; a prefecture never takes a province's name."""
    found: dict[str, tuple[str, ...]] = {}
    shared: set[str] = set()
    for level in (4, 2):
        for code, (_, en) in regions().items():
            if len(code.rstrip("0")) > 4 or (len(code.removesuffix("0000")) == 2) != (level == 4):
                continue
            key = en.casefold()
            if key in found:
                shared.add(key)
            else:
                found[key] = (code,)
    for key in shared:
        del found[key]
    for code, (_, en) in regions().items():
        if en.endswith("Autonomous Prefecture"):
            found.setdefault(en.split()[0].casefold(), (code,))
    groups, areas = words["groups"], words["areas"]
    for text, target in words["english"].items():
        found[text] = (target,) if target.isdigit() else tuple(groups.get(target) or areas[target])
    return found
