"""What would lift a match, in words: for the command line, the API and the console alike.

``near_miss`` is the JSON of ``scoring.near_miss.NearMiss``; nothing is said beyond it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from matcher.codes.facets import facet_value, rule_label

_SAYS: dict[str, tuple[str, str]] = {
    "add": ("补充数据要素：{element}", "add the data element: {element}"),
    "complete": ("补全数据要素：{element}", "complete the data element: {element}"),
    "items": ("（{items}）", " ({items})"),
    "must": ("[必需]", " [must have]"),
    "listed": ("将产品上架", "list the product"),
    "certificate": ("取得有效的登记证书", "have a valid registration certificate"),
    "certificate-renew": ("换领有效的登记证书", "have the registration certificate renewed"),
    "delivery": ("交付方式增加：{value}", "delivery as {value} would do"),
    "deal": ("交易方式增加：{value}", "the deal mode {value} would do"),
    "delivery-new": ("写明交付方式：{value}", "say that delivery is possible as {value}"),
    "deal-new": ("写明交易方式：{value}", "say that the deal mode {value} is possible"),
    "delivery-other": (
        "交付方式增加{value}之外的任一种",
        "any way of delivery other than {value} would do",
    ),
    "deal-other": ("交易方式增加{value}之外的任一种", "any deal mode other than {value} would do"),
    "update_frequency": ("更新频率提高到：{value}", "an update as often as asked would do: {value}"),
    "update_frequency-new": ("写明更新频率：{value}", "say that the data is updated as often as asked: {value}"),
    "region": ("扩大地区覆盖：{value}", "cover the region too: {value}"),
    "region-new": ("写明覆盖地区：{value}", "say that the region is covered: {value}"),
    "price": ("价格降到 {value} 元以内", "a price of at most CNY {value} would do"),
    "price-new": ("写明不超过 {value} 元的价格", "state a price of at most CNY {value}"),
    "freshness": ("数据更新到 {value}", "data that reaches {value} would do"),
    "freshness-new": ("写明数据截止日期，不早于 {value}", "say that the data reaches {value}"),
    "or": ("或", " or "),
    "and": ("、", ", "),
    "gain": ("（单项 {points} 分）", " ({points} by itself)"),
    "excluded": ("目前被硬性规则排除：{rule}", "a hard rule keeps them apart now: {rule}"),
    "musts-all": ("{of} 个必需要素已全部覆盖", "all {of} must-haves covered"),
    "musts": (
        "{of} 个必需要素已覆盖 {have} 个；缺：{missing}",
        "{have} of {of} must-haves covered; missing: {missing}",
    ),
    "below": ("得分 {score}，低于 {floor} 的达标线", "the score of {score} is below the floor of {floor}"),
    "reaches": (
        "做到以下 {count} 项即可达标（得分 {before} → {after}）",
        "with these {count} changes it would count (score {before} → {after})",
    ),
    "reaches-one": (
        "做到以下一项即可达标（得分 {before} → {after}）",
        "with this one change it would count (score {before} → {after})",
    ),
    "falls-short": (
        "找不到少数几项就能达标的改动；最有帮助的是（得分 {before} → {after}）",
        "no few changes would make it count; these would help most (score {before} → {after})",
    ),
    "nothing": ("供方没有可做的改动", "there is nothing that the seller could change"),
}
"""Code → (Chinese, English)."""


def state_text(near_miss: Mapping[str, Any], language: str) -> str:
    """What keeps the match from counting now: rule, must-haves, score."""
    musts = near_miss["musts"]
    clauses = []
    if near_miss["excluded"]:
        clauses.append(_say("excluded", language, rule=rule_label(near_miss["excluded"], language)))
    if musts["of"]:
        missing = _joined(musts["missing"], language, "and")
        clauses.append(_say("musts" if musts["missing"] else "musts-all", language, **(musts | {"missing": missing})))
    if near_miss["score_before"] < near_miss["floor"]:
        score, floor = points(near_miss["score_before"]), points(near_miss["floor"])
        clauses.append(_say("below", language, score=score, floor=floor))
    return ("；" if language != "en" else "; ").join(clauses)


def outcome_text(near_miss: Mapping[str, Any], language: str) -> str:
    """Whether the changes would lift the match, and where they lead."""
    count = len(near_miss["changes"])
    if not count:
        return _say("nothing", language)
    code = ("reaches-one" if count == 1 else "reaches") if near_miss["reaches"] else "falls-short"
    before, after = points(near_miss["score_before"]), points(near_miss["score_after"])
    return _say(code, language, count=count, before=before, after=after)


def change_text(change: Mapping[str, Any], language: str) -> str:
    """One change, with what it brings by itself."""
    gain = f"{'+' if change['gain'] >= 0 else '−'}{points(abs(change['gain']))}"
    return _what(change, language) + _say("gain", language, points=gain)


def with_texts(near_miss: Mapping[str, Any], language: str) -> dict[str, Any]:
    """``near_miss`` with the sentences that belong to it: ``state``, ``outcome``, and ``text`` of each change."""
    changes = [dict(change) | {"text": change_text(change, language)} for change in near_miss["changes"]]
    said = {"state": state_text(near_miss, language), "outcome": outcome_text(near_miss, language)}
    return dict(near_miss) | said | {"changes": changes}


def points(hundredths: int) -> str:
    """A score as people read it, 73.25."""
    return f"{hundredths / 100:.2f}"


def _what(change: Mapping[str, Any], language: str) -> str:
    kind = change["kind"]
    match kind:
        case "element":
            text = _say("complete" if change["had"] else "add", language, element=change["element"])
            if change["items"]:
                text += _say("items", language, items=_joined(change["items"], language, "and"))
            return text + (_say("must", language) if change["must"] else "")
        case "listed":
            return _say("listed", language)
        case "certificate":
            return _say("certificate-renew" if change["had"] else "certificate", language)
        case "delivery" | "deal" if not change["value"]:
            return _say(f"{kind}-other", language, value=_values(kind, change["refused"], language, "or"))
    all_of_them = "and" if kind == "region" else "or"
    value = _values(kind, change["value"], language, all_of_them)
    return _say(kind if change["had"] else f"{kind}-new", language, value=value)


def _values(facet: str, values: Iterable[object], language: str, join: str) -> str:
    return _joined([facet_value(facet, value, language) for value in values], language, join)


def _joined(items: Iterable[str], language: str, join: str) -> str:
    return _say(join, language).join(items)


def _say(code: str, language: str, **values: object) -> str:
    return _SAYS[code][language == "en"].format(**values)
