"""What a sentence about a match claims, read back from its words, and whether the need and the product bear it out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matcher.codes.regions import region_label
from matcher.codes.sectors import sector_label
from tests.journeys.inputs import Asked, Side, alike, facet_state, fold, pairs_of, valid_number
from tests.journeys.truth import LISTING_FIELDS, states

CLAUSES = {
    "covers": (
        r"覆盖所需 (?P<total>\d+) 类数据中的 (?P<covered>\d+) 类(，部分覆盖 (?P<partly>\d+) 类)?"
        r"(（缺：(?P<missing>.+)）)?",
        r"covers (?P<covered>\d+) of the (?P<total>\d+) kinds of data asked for( and (?P<partly>\d+) in part)?"
        r"( \(missing: (?P<missing>.+)\))?",
    ),
    "covers all": (
        r"覆盖所需(全部|的) (?P<total>\d+) 类数据",
        r"covers (all|the) (?P<total>\d+) kinds? of data asked for",
    ),
    "in part": (
        r"部分覆盖所需 (?P<total>\d+) 类数据中的 (?P<partly>\d+) 类（(?P<names>.+?)）(，其余 (?P<rest>\d+) 类未列出)?"
        r"(（必需：(?P<musts>.+)）)?",
        r"partly covers (?P<partly>\d+) of the (?P<total>\d+) kinds of data asked for \((?P<names>.+?)\)"
        r"(, lists nothing of the other (?P<rest>\d+))?( \(must have: (?P<musts>.+)\))?",
    ),
    "in part, one": (
        r"部分覆盖所需的 (?P<total>\d+) 类数据（(?P<names>.+)）",
        r"partly covers the (?P<total>\d+) kind of data asked for \((?P<names>.+)\)",
    ),
    "none": (
        r"所需(的)? (?P<total>\d+) 类数据均?未列出(（必需：(?P<musts>.+)）)?",
        r"(lists none of|does not list) the (?P<total>\d+) kinds? of data asked for( \(must have: (?P<musts>.+)\))?",
    ),
    "half a must": (r"必需的(?P<names>.+)仅部分覆盖", r"only part of the must-have (?P<names>.+)"),
    "terms": (r"共同用词：(?P<terms>.+)", r"shared words: (?P<terms>.+)"),
    "few terms": (r"只有少数共同用词：(?P<terms>.+)", r"only a few words in common: (?P<terms>.+)"),
    "no terms": (r"没有共同用词|只有零散的共同字词", r"no words in common|only scattered words in common"),
    "tags": (r"标签(?P<tags>“.+”(等 \d+ 项)?)一致", r"tags? (?P<tags>“.+”( and \d+ more)?) agrees?"),
    "near tags": (r"标签“(?P<need>.+)”与“(?P<product>.+)”相近", r"tag “(?P<need>.+)” is close to “(?P<product>.+)”"),
    "meaning": (r"意思相近", r"close in meaning"),
    "partly": (r"(?P<facets>.+)部分一致", r"(?P<facets>.+) agrees? in part"),
    "agree": (r"(?P<facets>.+)一致", r"(?P<facets>.+) agrees?"),
    "differ": (
        r"(?P<facets>.+)不符(（需求：(?P<need>.+)，产品：(?P<product>.+)）)?",
        r"(?P<facets>.+) differs?( \(asked: (?P<need>.+), offered: (?P<product>.+)\))?",
    ),
    "unknown": (r"(?P<facets>.+)未知", r"(?P<facets>.+) unknown"),
    "certificate": (r"登记证书有效", r"certificate valid"),
    "thin": (r"产品信息仅填写 (?P<percent>\d+)%", r"only (?P<percent>\d+)% of the listing filled in"),
}
"""Kind of claim → its pattern in Chinese and in English; the first that fits is meant."""

FACETS = {
    "sector": ("行业", "sector"),
    "region": ("地区", "region"),
    "update_frequency": ("更新频率", "update frequency"),
    "delivery": ("交付方式", "delivery"),
    "deal": ("交易方式", "deal mode"),
    "price": ("价格", "price"),
    "freshness": ("数据截止日期", "last day of the data"),
}
FIT = ("价格是否合预算", "fit with the budget")
FREQUENCIES = {
    "realtime": ("实时", "Real time"),
    "minutely": ("分钟级", "Every few minutes"),
    "daily": ("每日", "Daily"),
    "monthly": ("每月", "Monthly"),
    "quarterly": ("每季", "Quarterly"),
    "yearly": ("每年", "Yearly"),
}


@dataclass(frozen=True)
class Claim:
    """One clause of a sentence: its kind, what stands in its places, and the names in lists, with how many more."""

    kind: str
    given: Mapping[str, str | None]
    english: bool

    def number(self, place: str) -> int:
        """A number, 0 where it is not given."""
        return int(self.given.get(place) or 0)

    def names(self, place: str) -> tuple[list[str], int]:
        """The names of a list and how many there are in all."""
        text = self.given.get(place) or ""
        if not self.english:
            counted = re.fullmatch(r"(.+?)等 (\d+) 项", text)
            names = [name for name in (counted[1] if counted else text).split("、") if name]
            return names, int(counted[2]) if counted else len(names)
        counted = re.fullmatch(r"(.+) and (\d+) more", text)
        names = [name for name in re.split(r", | and ", counted[1] if counted else text) if name]
        return names, len(names) + (int(counted[2]) if counted else 0)


def read(sentence: str, language: str) -> list[Claim]:
    """The claims of a sentence; ValueError where a clause is none that this file knows."""
    english = language == "en"
    if not sentence.endswith("." if english else "。"):
        raise ValueError(f"no sentence: {sentence}")
    claims = []
    for number, clause in enumerate(sentence[:-1].split("; " if english else "；")):
        text = clause[:1].lower() + clause[1:] if english and not number else clause
        found = ((kind, re.fullmatch(patterns[english], text)) for kind, patterns in CLAUSES.items())
        match = next(((kind, match) for kind, match in found if match), None)
        if match is None:
            raise ValueError(f"what does this say? {clause}")
        claims.append(Claim(match[0], match[1].groupdict(), english))
    return claims


def false_claims(need: Side, product: Side, breakdown: Mapping[str, Any], sentence: str, language: str) -> list[str]:
    """The claims of ``sentence`` that do not hold; ``breakdown``, known to be true, gives the elements' states."""
    try:
        claims = read(sentence, language)
    except ValueError as unreadable:
        return [str(unreadable)]
    judge = _Judge(need, product, states(need, breakdown), breakdown)
    return [f"{claim.kind}: {dict(claim.given)}" for claim in claims if not all(judge.holds(claim))]


@dataclass(frozen=True)
class _Judge:
    need: Side
    product: Side
    states: Mapping[str, Sequence[Asked]]
    breakdown: Mapping[str, Any]

    def holds(self, claim: Claim) -> Iterator[bool]:
        """What has to be so for the claim to be true."""
        checks = {
            "half a must": self._half_a_must,
            "terms": self._terms,
            "few terms": self._terms,
            "no terms": self._no_terms,
            "tags": self._tags,
            "near tags": self._near_tags,
            "meaning": self._meaning,
            "certificate": self._certificate,
            "thin": self._thin,
        } | dict.fromkeys(("agree", "partly", "differ", "unknown"), self._facets)
        return checks.get(claim.kind, self._elements)(claim)

    def _half_a_must(self, claim: Claim) -> Iterator[bool]:
        yield self._listed(claim, "names", [element for element in self.states["partly"] if element.must])

    def _no_terms(self, _claim: Claim) -> Iterator[bool]:
        yield self._few()

    def _tags(self, claim: Claim) -> Iterator[bool]:
        names, total = claim.names("tags")
        equal = {fold(tag) for tag in self.need.tags} & {fold(tag) for tag in self.product.tags}
        yield total == len(equal)
        yield all(fold(name.strip("“”")) in equal for name in names)

    def _near_tags(self, claim: Claim) -> Iterator[bool]:
        need, product = str(claim.given["need"]), str(claim.given["product"])
        yield need in self.need.tags and product in self.product.tags
        yield 0.74 < alike(need, product) < 1

    def _meaning(self, _claim: Claim) -> Iterator[bool]:
        yield any(part["part"] == "meaning" and part["value"] >= 0.9 for part in self.breakdown["parts"])

    def _certificate(self, _claim: Claim) -> Iterator[bool]:
        yield any(map(valid_number, self.product.certificates))

    def _thin(self, claim: Claim) -> Iterator[bool]:
        yield claim.number("percent") == round(100 * self.product.filled / LISTING_FIELDS) < 50

    def _elements(self, claim: Claim) -> Iterator[bool]:
        covered, partly, missing = (self.states[state] for state in ("covered", "partly", "missing"))
        yield claim.number("total") == len(self.need.elements) == len(covered) + len(partly) + len(missing)
        match claim.kind:
            case "covers":
                yield claim.number("covered") == len(covered) > 0
                yield claim.number("partly") == len(partly)
                yield self._listed(claim, "missing", missing)
            case "covers all":
                yield len(covered) == len(self.need.elements)
            case "none":
                yield not covered and not partly
                yield self._listed(claim, "musts", [element for element in missing if element.must])
            case _:
                yield not covered and self._listed(claim, "names", partly)
                yield claim.number("partly") == len(partly) or claim.kind == "in part, one"
                yield claim.number("rest") == len(missing)
                yield self._listed(claim, "musts", [element for element in missing if element.must])

    def _listed(self, claim: Claim, place: str, elements: Sequence[Asked]) -> bool:
        """Whether a list names these elements, must-haves first and marked where it marks any, and counts them all."""
        names, total = claim.names(place)
        mark = " [must have]" if claim.english else "[必需]"
        marked = [name.removesuffix(mark) for name in names if name.endswith(mark)]
        musts = [element.name for element in elements if element.must]
        if place == "missing" and len(marked) != min(len(musts), len(names)):
            return False
        known = [element.name for element in elements]
        return (
            total == len(elements)
            and all(_stands(name, musts) for name in marked)
            and names[: len(marked)] == [name + mark for name in marked]
            and all(_stands(name.removesuffix(mark), known) for name in names)
        )

    def _terms(self, claim: Claim) -> Iterator[bool]:
        terms, total = claim.names("terms")
        yield total == len(terms) > 0
        for term in terms:
            start = term.removesuffix("…")
            yield len(start) > 1 and start in self.need.whole and start in self.product.whole
            yield not any(start in other for other in terms if other != term)
        yield claim.kind == "terms" or self._few()

    def _few(self) -> bool:
        """Whether less than half of what the need says, pair by pair, stands in the product."""
        wanted = {pair for phrase in self.need.pieces for pair in pairs_of(phrase)}
        return sum(pair in self.product.whole for pair in wanted) < len(wanted) / 2

    def _facets(self, claim: Claim) -> Iterator[bool]:
        texts, _ = claim.names("facets")
        named = {texts[claim.english]: facet for facet, texts in FACETS.items()}
        if claim.kind == "unknown":
            named |= {FIT[claim.english]: "price"}
        yield all(text in named for text in texts)
        state = {"differ": "disagree"}.get(claim.kind, claim.kind)
        facets = {
            facet: facet_state(facet, self.need.codes[facet], self.product.codes[facet])
            for facet in FACETS
            if self.need.codes[facet]
        }
        yield sorted(named.get(text, "") for text in texts) == sorted(
            f for f, found in facets.items() if found == state
        )
        for side, row in (("need", self.need), ("product", self.product)):
            if claim.given.get(side):
                facet = named[texts[0]]
                said = [_word(facet, value, claim.english) for value in row.codes[facet]]
                yield _enumerates(str(claim.given[side]), said)


def _stands(name: str, known: list[str]) -> bool:
    """Whether ``name``, cut or whole, is one of those."""
    return name in known or (name.endswith("…") and any(other.startswith(name[:-1]) for other in known))


def _enumerates(text: str, known: list[str]) -> bool:
    """Whether ``text`` is a row of those, each once, with a count of the rest; their own words may hold an "and"."""
    counted = re.fullmatch(r"(.+) and (\d+) more", text)
    all_of_them = re.fullmatch(r"(.+)等 (\d+) 项", text)
    rest, left = (counted or all_of_them or [text, text])[1], list(known)
    while rest:
        starts = [name for name in left if rest.startswith(name) or _cut(rest, name)]
        if not starts:
            return False
        left.remove(starts[0])
        shown = starts[0] if rest.startswith(starts[0]) else rest[: rest.index("…") + 1]
        rest = re.sub("^(、|, | and )", "", rest.removeprefix(shown))
    if all_of_them:
        return int(all_of_them[2]) == len(known)
    return len(left) == (int(counted[2]) if counted else 0)


def _cut(text: str, name: str) -> bool:
    """Whether ``text`` begins with ``name`` cut short."""
    return len(shown := text.partition("…")[0]) > 2 and "…" in text and name.startswith(shown)


def _word(facet: str, code: Any, english: bool) -> str:
    language = "en" if english else "zh_Hans"
    if facet == "sector":
        return sector_label(code, language)
    if facet == "region":
        return region_label(code, language)
    return FREQUENCIES[code][english] if code in FREQUENCIES else str(code)
