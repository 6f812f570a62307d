"""Bundles 组合 in words, for the command line and the console alike. Nothing is said beyond what is stored."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from matcher.codes.labels import label
from matcher.queries.bundles import StoredBundle
from matcher.states import DataClass, DealMode, DeliveryMode

_SAYS: dict[str, tuple[str, str]] = {
    "covers": (
        "{count} 个产品合起来覆盖所需数据的 {coverage}，最好的单个产品为 {single}",
        "{count} products together cover {coverage} of the data asked for, the best single one {single}",
    ),
    "must": ("{element}[必需]", "{element} [must have]"),
    "whole": ("各项所需数据均已覆盖", "everything asked for is covered"),
    "missing": ("仍缺：{elements}", "still missing: {elements}"),
    "partly": ("仅部分覆盖：{elements}", "covered in part only: {elements}"),
    "price": ("合计 {amount} 元", "CNY {amount} together"),
    "price-period": ("合计 {amount} 元/{per}", "CNY {amount}/{per} together"),
    "price-mixed": ("计价周期不同，不作合计", "prices are for different periods: no sum"),
    "price-unknown": ("{unknown} 个产品的价格未知或不可比", "prices unknown or not comparable: {unknown}"),
    "deal": ("交易方式没有共同的一种：{said}", "no deal mode in common: {said}"),
    "delivery": ("交付方式没有共同的一种：{said}", "no way of delivery in common: {said}"),
    "data_class": ("数据分级不同：{said}", "different data classes: {said}"),
    "states": ("{product}（{values}）", "{product} ({values})"),
    "comma": ("、", ", "),
    "semicolon": ("；", "; "),
}
"""Code → (Chinese, English)."""

_KINDS: dict[str, type[StrEnum]] = {"deal": DealMode, "delivery": DeliveryMode, "data_class": DataClass}


def coverage_text(bundle: StoredBundle, language: str) -> str:
    """How much the products cover together, and how much the best single one does."""
    count = len(bundle.stored["products"])
    covered, single = (f"{bundle.stored[name]:.0%}" for name in ("coverage", "best_single"))
    return _say("covers", language, count=count, coverage=covered, single=single)


def elements_text(rows: Sequence[Mapping[str, Any]], language: str) -> str:
    """Elements in a row, each with the share that is covered where any is."""
    names = (_say("must", language, element=row["element"]) if row["must"] else str(row["element"]) for row in rows)
    shares = (f" {row['share']:.0%}" if row["share"] else "" for row in rows)
    return _say("comma", language).join(name + share for name, share in zip(names, shares, strict=True))


def uncovered_text(bundle: StoredBundle, language: str) -> str:
    """What stays uncovered: nothing of it, or part of it only."""
    rows = bundle.stored["uncovered"]
    states = {"missing": [row for row in rows if not row["share"]], "partly": [row for row in rows if row["share"]]}
    texts = [_say(code, language, elements=elements_text(some, language)) for code, some in states.items() if some]
    return _say("semicolon", language).join(texts) or _say("whole", language)


def price_text(bundle: StoredBundle, language: str) -> str:
    """All prices together, or why there is no sum."""
    price = bundle.price
    if price["amount"] is None:
        return _say("price-unknown" if price["unknown"] else "price-mixed", language, unknown=price["unknown"])
    amount = f"{price['amount']:,.2f}".removesuffix(".00")
    return _say("price-period" if price["per"] else "price", language, amount=amount, per=price["per"])


def conflict_texts(bundle: StoredBundle, language: str) -> list[str]:
    """What stands against taking the products together, with what each states."""
    comma = _say("comma", language)
    texts = []
    for kind, stating in bundle.conflicts:
        said = [
            _say(
                "states",
                language,
                product=product.external_ref,
                values=comma.join(_value(kind, value, language) for value in values),
            )
            for product, values in stating
        ]
        texts.append(_say(kind, language, said=_say("semicolon", language).join(said)))
    return texts


def _value(kind: str, value: str, language: str) -> str:
    """A code in words; one that this version does not know stays as it is."""
    known = _KINDS[kind]
    return label(known(value), language) if value in list(known) else value


def _say(code: str, language: str, **values: object) -> str:
    return _SAYS[code][language == "en"].format(**values)
