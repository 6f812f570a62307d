"""A match in one sentence, for people who do not read tables.

Every clause repeats what the breakdown says and nothing beyond it: what speaks for the match first, then what is
missing or differs, then what was asked for and is unknown. A clause for which there is no room is left out, the least
telling first, so a sentence is never cut in the middle of a claim.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Any

from matcher.codes.facets import facet_value, rule_label

MOST_CHINESE = 80
"""Full-width characters of a Chinese sentence; two of half width count as one."""

MOST_ENGLISH = 40
"""Words of an English sentence; a name in Chinese counts as one."""

_NAME_WIDTH = 24
_NAME_WORDS = 5
"""Columns of a quoted name, two for a full-width character, and its words, before it is cut."""

_NAMED = 2
"""Names given of a list, the rest is counted: two are remembered, six are skipped."""

_COMMAS = str.maketrans("；;", "，,")

_TERMS = 3
"""Shared terms named; no more than these, where little else is shared, are called few."""

_NEAR = 0.75
"""Similarity from which two tags are called close: below it stand 精益管理 and 能源管理."""

_MEANS_ALIKE = 0.9
"""Value of the meaning part from which two texts are called close in meaning. On the development needs' shortlists it
holds for one in five of the scenarios' pairs and one in twenty-five of the posts'; half of either are judged to serve.
From 0.85 on it is a third of the scenarios'."""

_SAY_NOTHING = frozenset(
    ("数据", "信息", "平台", "系统", "服务", "应用", "技术", "情况", "内容", "相关", "支撑", "提供")
)
"""Words that hold for most listings of an exchange: that both sides have one is not worth a word."""

_FEW = 0.7
"""Below this value of the text part, half of the cosine that says all, a handful of shared words is called few."""

_THIN = 0.4
"""Below this filled share a listing is called thin."""


class _Weight(IntEnum):
    """How telling a clause is, the most telling first: the order in which clauses claim their room."""

    RULE = 0
    ELEMENTS = 1
    DIFFERS = 2
    MUST_IN_PART = 3
    TERMS = 4
    LAPSED = 5
    UNKNOWN = 6
    TAGS = 7
    MEANING = 8
    IN_PART = 9
    AGREES = 10
    CERTIFICATE = 11
    THIN = 12


Clause = tuple[_Weight, str]
Part = Mapping[str, Any]

_SAYS: dict[str, tuple[str, str]] = {
    "excluded": ("不能推荐：{rule}", "cannot be recommended: {rule}"),
    "covers": ("覆盖所需 {total} 类数据中的 {covered} 类", "covers {covered} of the {total} kinds of data asked for"),
    "covers-all": ("覆盖所需全部 {total} 类数据", "covers all {total} kinds of data asked for"),
    "covers-one": ("覆盖所需的 1 类数据", "covers the 1 kind of data asked for"),
    "in-part-too": ("，部分覆盖 {partly} 类", " and {partly} in part"),
    "in-part": (
        "部分覆盖所需 {total} 类数据中的 {partly} 类（{names}）",
        "partly covers {partly} of the {total} kinds of data asked for ({names})",
    ),
    "in-part-one": ("部分覆盖所需的 1 类数据（{names}）", "partly covers the 1 kind of data asked for ({names})"),
    "rest": ("，其余 {missing} 类未列出", ", lists nothing of the other {missing}"),
    "missing": ("（缺：{names}）", " (missing: {names})"),
    "none": ("所需 {total} 类数据均未列出", "lists none of the {total} kinds of data asked for"),
    "none-one": ("所需的 1 类数据未列出", "does not list the 1 kind of data asked for"),
    "musts": ("（必需：{names}）", " (must have: {names})"),
    "must": ("{name}[必需]", "{name} [must have]"),
    "must-in-part": ("必需的{names}仅部分覆盖", "only part of the must-have {names}"),
    "terms": ("共同用词：{names}", "shared words: {names}"),
    "terms-few": ("只有少数共同用词：{names}", "only a few words in common: {names}"),
    "terms-none": ("没有共同用词", "no words in common"),
    "terms-scattered": ("只有零散的共同字词", "only scattered words in common"),
    "tag": ("标签{names}一致", "tag {names} agrees"),
    "tags": ("标签{names}一致", "tags {names} agree"),
    "tag-near": ("标签{need}与{product}相近", "tag {need} is close to {product}"),
    "meaning": ("意思相近", "close in meaning"),
    "agree": ("{names}一致", "{names} agree"),
    "agree-one": ("{names}一致", "{names} agrees"),
    "partly": ("{names}部分一致", "{names} agree in part"),
    "partly-one": ("{names}部分一致", "{names} agrees in part"),
    "differ": ("{names}不符", "{names} differ"),
    "differ-one": (
        "{names}不符（需求：{need}，产品：{product}）",
        "{names} differs (asked: {need}, offered: {product})",
    ),
    "unknown": ("{names}未知", "{names} unknown"),
    "certificate": ("登记证书有效", "certificate valid"),
    "lapsed": ("登记证书已失效", "certificate lapsed"),
    "thin": ("产品信息仅填写 {percent}%", "only {percent}% of the listing filled in"),
    "nothing": ("双方没有可比对的内容", "nothing to compare"),
    "facet-sector": ("行业", "sector"),
    "facet-region": ("地区", "region"),
    "facet-update_frequency": ("更新频率", "update frequency"),
    "facet-delivery": ("交付方式", "delivery"),
    "facet-deal": ("交易方式", "deal mode"),
    "facet-price": ("价格", "price"),
    "facet-freshness": ("数据截止日期", "last day of the data"),
    # A price per call is there, yet whether it fits a budget is not known: the price itself must not be called unknown.
    "facet-price-fit": ("价格是否合预算", "fit with the budget"),
}
"""Code → (Chinese, English)."""


def sentence(breakdown: Mapping[str, Any], language: str, excluded: str | None = None) -> str:
    """The match of ``breakdown`` (the JSON of ``scoring.breakdown``, older forms too) in ``zh_Hans`` or ``en``.

    ``excluded``: the hard rule that keeps the pair apart, if one does. Plain text on one line, at most MOST_CHINESE
    characters or MOST_ENGLISH words; whoever shows it escapes it. Never raises for what is stored.
    """
    parts = {str(part.get("part")): part for part in breakdown.get("parts") or ()}
    voice = _Voice(language)
    clauses = list(_rule(excluded, voice))
    covering, lacking = _elements(parts.get("elements", {}), voice)
    clauses += covering
    pairs = list(_tags(parts.get("tags", {}), voice))
    clauses += _terms(parts.get("text", {}), bool(covering or pairs), voice)
    clauses += pairs
    clauses += _meaning(parts.get("meaning", {}), voice)
    for_it, against, unknown = _facets(parts.get("facets", {}), voice)
    held, lapsed, thin = _trust(parts.get("trust", {}), voice)
    clauses += [*for_it, *held, *lacking, *against, *lapsed, *unknown, *thin]
    return voice.put_together(clauses)


class _Voice:
    """One language's way to say things."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.english = language == "en"

    def say(self, code: str, **values: object) -> str:
        """The text of ``_SAYS`` with its values."""
        return _SAYS[code][self.english].format(**values)

    def quoted(self, name: object) -> str:
        """A name somebody wrote, cut where it is long, in quotation marks."""
        return f"“{_plain(name).replace('“', '‘').replace('”', '’')}”"

    def listed(self, names: Sequence[str], most: int = _NAMED) -> str:
        """The first ``most`` names in a row; where there are more, Chinese counts all of them, English the rest."""
        shown, more = list(names[:most]) or ["—"], len(names) - most
        if self.english:
            last = [f"{more} more"] if more > 0 else []
            *front, end = shown + last
            return f"{', '.join(front)} and {end}" if front else end
        return "、".join(shown) + (f"等 {len(names)} 项" if more > 0 else "")

    def facets(self, names: Iterable[str]) -> str:
        """Facets' names in a row, all of them: there are seven."""
        texts = [self.say(f"facet-{name}") for name in names]
        return self.listed(texts, len(texts))

    def put_together(self, clauses: Sequence[Clause]) -> str:
        """The clauses that there is room for, in their order."""
        kept: list[int] = []
        for place in sorted(range(len(clauses)), key=lambda place: clauses[place][0]):
            if self._fits(self._joined([clauses[k][1] for k in sorted([*kept, place])])):
                kept.append(place)
        return self._joined([clauses[place][1] for place in sorted(kept)] or [self.say("nothing")])

    def _joined(self, texts: Sequence[str]) -> str:
        if self.english:
            text = "; ".join(texts)
            return f"{text[:1].upper()}{text[1:]}."
        return "；".join(texts) + "。"

    def _fits(self, text: str) -> bool:
        return len(text.split()) <= MOST_ENGLISH if self.english else _width(text) <= 2 * MOST_CHINESE


def _rule(excluded: str | None, voice: _Voice) -> Iterator[Clause]:
    if excluded:
        yield _Weight.RULE, voice.say("excluded", rule=rule_label(excluded, voice.language))


def _elements(part: Part, voice: _Voice) -> tuple[list[Clause], list[Clause]]:
    """What speaks for the match, and what is missing."""
    covered, partly, missing = (list(part.get(state) or ()) for state in ("covered", "partly", "missing"))
    counts = {"covered": len(covered), "partly": len(partly), "missing": len(missing)}
    total = sum(counts.values())
    if not total:
        return [], []
    one = "-one" if total == 1 else ""
    lacked, halves = _musts(missing), _musts(partly)
    musts = voice.say("musts", names=voice.listed(lacked, 1)) if lacked else ""
    if not covered and not partly:
        return [], [(_Weight.ELEMENTS, voice.say(f"none{one}", total=total) + musts)]
    if covered:
        text = voice.say(f"covers{one or ('' if partly or missing else '-all')}", total=total, **counts)
        text += voice.say("in-part-too", **counts) if partly else ""
        text += voice.say("missing", names=voice.listed(_musts_first(missing, voice))) if missing else ""
    else:  # what there is tells more than all that is not: of that only a must-have is named
        names = voice.listed([_plain(row["element"]) for row in partly], 1 if lacked else _NAMED)
        text = voice.say(f"in-part{one}", total=total, names=names, **counts)
        text += voice.say("rest", **counts) + musts if missing else ""
    lacking = [(_Weight.MUST_IN_PART, voice.say("must-in-part", names=voice.listed(halves)))] if halves else []
    return [(_Weight.ELEMENTS, text)], lacking


def _musts(rows: Sequence[Part]) -> list[str]:
    return [_plain(row["element"]) for row in rows if row.get("must")]


def _musts_first(rows: Sequence[Part], voice: _Voice) -> list[str]:
    ordered = sorted(rows, key=lambda row: not row.get("must"))
    names = [(_plain(row["element"]), row.get("must")) for row in ordered]
    return [voice.say("must", name=name) if must else name for name, must in names]


def _terms(part: Part, more: bool, voice: _Voice) -> Iterator[Clause]:
    """``more``: the sides have something else in common."""
    if not part.get("known"):
        return
    names = telling_terms(part)
    if telling := [_plain(name) for name in names if name not in _SAY_NOTHING]:
        few = not more and len(names) <= _TERMS and (part.get("value") or 0) < _FEW
        shown = voice.listed(telling[:_TERMS], _TERMS)
        yield _Weight.TERMS, voice.say("terms-few" if few else "terms", names=shown)
    elif not more:
        yield _Weight.TERMS, voice.say("terms-scattered" if part.get("value") else "terms-none")


def telling_terms(part: Part) -> list[str]:
    """The terms of a text part worth naming, the most points first: no single characters, and none that is a piece of
    another."""
    terms = sorted(part.get("terms") or (), key=lambda term: -term["points"])
    names = [str(term["term"]) for term in terms if len(_plain(term["term"])) > 1 and "asked" not in term]
    return [name for name in names if not any(name != other and name in other for other in names)]


def _tags(part: Part, voice: _Voice) -> Iterator[Clause]:
    pairs = part.get("pairs") or ()
    if equal := [voice.quoted(pair["need"]) for pair in pairs if pair["similarity"] >= 1]:
        yield _Weight.TAGS, voice.say("tags" if len(equal) > 1 else "tag", names=voice.listed(equal))
    elif pairs:
        best = max(pairs, key=lambda pair: float(pair["similarity"]))
        if best["similarity"] >= _NEAR:
            need, product = voice.quoted(best["need"]), voice.quoted(best["product"])
            yield _Weight.TAGS, voice.say("tag-near", need=need, product=product)


def _meaning(part: Part, voice: _Voice) -> Iterator[Clause]:
    if part.get("known") and (part.get("value") or 0) >= _MEANS_ALIKE:
        yield _Weight.MEANING, voice.say("meaning")


def _facets(part: Part, voice: _Voice) -> tuple[list[Clause], list[Clause], list[Clause]]:
    """What agrees, what differs, and what the need asks for and the product does not tell."""
    states: dict[str, list[Part]] = {"agree": [], "partly": [], "disagree": [], "unknown": []}
    for row in part.get("facets") or ():
        asked = row.get("state") != "unknown" or _values(row.get("need"))
        if asked and f"facet-{row.get('facet')}" in _SAYS:  # nothing is said of a facet that has no name here
            states.setdefault(str(row.get("state")), []).append(row)
    names = {state: [str(row.get("facet")) for row in rows] for state, rows in states.items()}
    for_it = [
        (weight, voice.say(code if len(names[state]) > 1 else f"{code}-one", names=voice.facets(names[state])))
        for weight, code, state in ((_Weight.AGREES, "agree", "agree"), (_Weight.IN_PART, "partly", "partly"))
        if names[state]
    ]
    against = [(_Weight.DIFFERS, _differing(states["disagree"], voice))] if states["disagree"] else []
    open_names = ["price-fit" if name == "price" else name for name in names["unknown"]]
    unknown = [(_Weight.UNKNOWN, voice.say("unknown", names=voice.facets(open_names)))] if open_names else []
    return for_it, against, unknown


def _differing(rows: Sequence[Part], voice: _Voice) -> str:
    """One facet with what either side says; more than one by name, the values stand in the table below."""
    names = voice.facets(str(row.get("facet")) for row in rows)
    if len(rows) > 1:
        return voice.say("differ", names=names)
    facet = str(rows[0].get("facet"))
    sides = {
        side: voice.listed([_plain(facet_value(facet, value, voice.language)) for value in _values(rows[0].get(side))])
        for side in ("need", "product")
    }
    return voice.say("differ-one", names=names, **sides)


def _values(said: object) -> list[object]:
    """What a side says of a facet, as a list; a form before this one held single values."""
    if isinstance(said, list | tuple):
        return list(said)
    return [] if said is None or said == "" else [said]


def _trust(part: Part, voice: _Voice) -> tuple[list[Clause], list[Clause], list[Clause]]:
    """A valid certificate, one that has lapsed, a thin listing."""
    facts = {str(fact.get("fact")): fact.get("value") for fact in part.get("facts") or ()}
    held = [(_Weight.CERTIFICATE, voice.say("certificate"))] if facts.get("certificate") is True else []
    lapsed = [(_Weight.LAPSED, voice.say("lapsed"))] if facts.get("certificate") is False else []
    filled = facts.get("completeness")
    thin = []
    if isinstance(filled, int | float) and filled < _THIN:
        thin = [(_Weight.THIN, voice.say("thin", percent=round(100 * filled)))]
    return held, lapsed, thin


def _plain(name: object) -> str:
    """What somebody wrote as one short line: without control and direction characters and without semicolons, which
    end a clause, cut with "…" where it is long."""
    text = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in str(name))
    words = text.translate(_COMMAS).split()
    line = " ".join(words[:_NAME_WORDS])
    if len(words) <= _NAME_WORDS and _width(line) <= _NAME_WIDTH:
        return line or "…"
    while _width(line) >= _NAME_WIDTH:
        line = line[:-1]
    return f"{line.rstrip()}…"


def _width(text: str) -> int:
    """Columns that a text takes: two for a full-width character."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
