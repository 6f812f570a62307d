"""Texts of the domain in Chinese and English: what is wrong with an input, and what findings say.

No gettext here: command line, web and jobs say the same sentences, each in a language that it names.
"""

from typing import Any

LANGUAGES = ("zh_Hans", "en")

MESSAGES: dict[str, tuple[str, str]] = {
    # fields
    "required": ("必须填写", "is required"),
    "null": ("不能为 null", "must not be null"),
    "unknown-field": ("没有这个字段", "no such field"),
    "not-text": ("应为文本，实际是{kind}", "must be text, not {kind}"),
    "not-list": ("应为列表，实际是{kind}", "must be a list, not {kind}"),
    "not-object": ("应为 JSON 对象，实际是{kind}", "must be a JSON object, not {kind}"),
    "not-an-object": ("应为 JSON 对象", "must be a JSON object"),
    "not-number": ("应为数字，实际是“{value}”", "must be a number, not “{value}”"),
    "not-boolean": ("应为 true 或 false，实际是“{value}”", "must be true or false, not “{value}”"),
    "not-date": ("应为日期（如 2026-03-01），实际是“{value}”", "must be a date such as 2026-03-01, not “{value}”"),
    "not-email": ("不是邮箱地址：“{value}”", "not an e-mail address: “{value}”"),
    "not-credit-code": (
        "不是有效的统一社会信用代码：“{value}”（18 位，末位为校验码）",
        "not a valid Unified Social Credit Code: “{value}” (18 characters, the last one a check)",
    ),
    "too-long": ("最多 {limit} 个字符，实际 {length} 个", "at most {limit} characters, has {length}"),
    "too-many": ("最多 {limit} 项，实际 {length} 项", "at most {limit} entries, has {length}"),
    "too-deep": ("嵌套超过 {limit} 层", "nested deeper than {limit} levels"),
    "too-deep-to-read": ("嵌套过深，无法读取", "nested too deeply to be read"),
    "out-of-range": ("应在 {low} 与 {high} 之间，实际是 {value}", "must be between {low} and {high}, not {value}"),
    "not-one-of": ("“{value}”不在可选值之中：{choices}", "“{value}” is none of: {choices}"),
    "control-character": (
        "第 {position} 个字符是控制字符 {character}，请删除",
        "character {position} is the control character {character}: remove it",
    ),
    "lone-surrogate": (
        "第 {position} 个字符是不成对的代理码 {character}，不是有效文字",
        "character {position} is the lone surrogate {character}, which is no valid text",
    ),
    "line-break": ("不能含换行或制表符", "must not contain line breaks or tabs"),
    "empty-need": (
        "需求是空的：请填写 text（或 title、data_elements）",
        "the need is empty: give it a text (or a title, or data_elements)",
    ),
    "dates-reversed": ("止于 {end}，早于起始 {start}", "ends on {end}, before it starts on {start}"),
    # files
    "file-missing": ("没有这个文件", "no such file"),
    "file-is-directory": ("这是目录，不是文件", "is a directory, not a file"),
    "file-unreadable": ("无法读取：{reason}", "cannot be read: {reason}"),
    "file-empty": ("文件里没有任何记录", "the file holds no rows"),
    "judges-none": (
        "这些评判没有涉及给出的任何需求或任何产品：请核对 id",
        "they judge none of the needs, or none of the products, that were given: check the ids",
    ),
    "judged-missing": (
        "提醒：评判里有 {needs} 条需求、{products} 个产品不在给出的文件中",
        "note: {needs} judged needs and {products} judged products are not in the files given",
    ),
    "out-folder": ("没有文件夹 {path}", "there is no folder {path}"),
    "out-is-directory": ("{path} 是文件夹，不是文件", "{path} is a folder, not a file"),
    "out-is-input": ("{path} 是输入文件，不能覆盖", "{path} is an input: it would be overwritten"),
    "not-utf8": ("不是 UTF-8 文本（第 {position} 个字节）", "not UTF-8 text (byte {position})"),
    "not-json": ("不是有效的 JSON：{reason}（第 {column} 列）", "not valid JSON: {reason} (column {column})"),
    "not-finite": (
        "{value} 不是 JSON 数字；未知值请写 null",
        "{value} is no JSON number; write null for the unknown",
    ),
    "number-too-long": ("数字的位数过多", "a number with too many digits"),
    "duplicate-id": (
        "id“{id}”已在 {first} 出现过",
        "id “{id}” is already used at {first}",
    ),
    "judgment-columns": (
        "应为三列：需求<TAB>产品<TAB>等级，实际 {count} 列",
        "must have three columns, need<TAB>product<TAB>grade; has {count}",
    ),
    "grade": ("等级应为 0 至 3 的整数，实际是“{value}”", "the grade must be a whole number from 0 to 3, not “{value}”"),
    "judgment-conflict": (
        "与 {first} 的等级 {grade} 相矛盾",
        "contradicts grade {grade} given at {first}",
    ),
    # listings and their profiles
    "profile-unknown": (
        "没有这个导入配置；已有：{known}。也可给出 .json 配置文件的路径",
        "no such profile; there are: {known}. The path of a .json file does as well",
    ),
    "field-unknown": ("没有这个字段；可用的如：{near}", "no such field; there are: {near}"),
    "not-pattern": (
        "不是正则表达式：“{value}”（{reason}）",
        "not a regular expression: “{value}” ({reason})",
    ),
    "pattern-groups": (
        "“{value}”应恰有一个分组（圆括号），如 /detail/(\\d+)，实际有 {count} 个",
        "“{value}” must have one group in parentheses, as /detail/(\\d+) has; it has {count}",
    ),
    "not-date-format": (
        "应为 iso 或 strptime 格式（如 %Y年%m月%d日），实际是“{value}”",
        "must be iso or a format of strptime such as %Y/%m/%d, not “{value}”",
    ),
    "date-unlike": ("应为 {format} 格式的日期，实际是“{value}”", "must be a date written as {format}, not “{value}”"),
    "column-missing": ("导入配置要用这一列，文件里没有", "the profile needs this column; the file has none"),
    "column-unfit": ("列名过长或含控制字符", "the column's name is too long or holds control characters"),
    "column-twice": ("表头里有两列同名", "two columns have this name"),
    "row-cells": (
        "表头有 {columns} 列，这一行有 {count} 个单元格",
        "the heading has {columns} columns, this row has {count} cells",
    ),
    "row-not-csv": (
        "不是正确的 CSV（{reason}）：请检查引号",
        "not valid CSV ({reason}): look at the quotes",
    ),
    "ids-template": (
        "应由文字与 {{row}} 或 {{ref}} 组成，如 guiyang:{{row:04d}}，实际是“{value}”",
        "must be made of text and {{row}} or {{ref}}, such as guiyang:{{row:04d}}, not “{value}”",
    ),
    "reference-unknown": ("找不到 {value}", "there is no {value}"),
    "weights-unfit": ("不是可用的权重：{reason}", "not weights that can be used: {reason}"),
    # kinds of JSON values
    "kind-text": ("文本", "text"),
    "kind-number": ("数字", "a number"),
    "kind-boolean": ("布尔值", "a boolean"),
    "kind-list": ("列表", "a list"),
    "kind-object": ("对象", "an object"),
    "kind-null": ("null", "null"),
    # loading the shipped library
    "seed": ("导入", "seed"),
    "seed-done": (
        "新增 {created}，更新 {updated}，未变 {unchanged}，保留人工修改 {edited}；待处理的提示 {findings} 条",
        "created {created}, updated {updated}, unchanged {unchanged}, left as edited {edited}; "
        "open findings {findings}",
    ),
    "seed-edited": (
        "已被人工修改，未覆盖：{row}（--force 可覆盖）",
        "edited by people, left alone: {row} (--force overwrites it)",
    ),
    # meaning and reranking
    "embeddings-missing": (
        "语义部分未参与评分：没有安装自带模型的程序包（{detail}）",
        "scored without meaning: the package of the local model is not installed ({detail})",
    ),
    "embeddings-unavailable": (
        "语义部分未参与评分：向量服务不可用（{detail}）",
        "scored without meaning: the embeddings service cannot be used ({detail})",
    ),
    "reranker-unavailable": (
        "只重排了 {needs} 条需求，其余没有重排：重排服务不可用（{detail}）",
        "only {needs} needs were reranked: the rerank service cannot be used ({detail})",
    ),
    "pair-not-reranked": (
        "没有重排：重排服务不可用（{detail}）",
        "not reranked: the rerank service cannot be used ({detail})",
    ),
    "promotion-unreadable": (
        "启用的权重无法读取，已改用程序自带的默认权重（{detail}）；matcher learn rollback 可将其撤回",
        "the promoted weights cannot be read, the package's defaults are used instead ({detail}); "
        "`matcher learn rollback` takes them back",
    ),
    "vector-cache-rebuilt": (
        "向量缓存文件已损坏，已重新建立：{detail}",
        "the cache of vectors was damaged and has been begun anew: {detail}",
    ),
    "vector-cache-unusable": (
        "向量缓存无法使用，每次都要重新计算：{detail}",
        "the cache of vectors cannot be used, they are made anew each time: {detail}",
    ),
    # findings
    "thin-description": (
        "描述在名称之外只有 {length} 个字，难以匹配：请供方补充内容、字段和用途",
        "The description adds only {length} characters to the title, too little to match on: "
        "ask the provider for content, fields and uses",
    ),
    "duplicate-listing": (
        "同一供方另有 {count} 条描述相同的产品：{products}",
        "The same provider lists {count} more with this description: {products}",
    ),
    "certificate-number-duplicate": (
        "登记证书编号 {number} 还印在：{products}",
        "Certificate number {number} is also printed on: {products}",
    ),
    "certificate-number-unrecognised": (
        "登记证书编号 {number} 的格式不在已知格式之中",
        "Certificate number {number} has no known form",
    ),
    "certificate-number-check-failed": (
        "登记证书编号 {number} 的校验码不符",
        "The check character of certificate number {number} does not hold",
    ),
}
"""Code → (Chinese, English), templates of ``str.format``; both have the same placeholders."""


class Message(str):
    """A sentence that keeps its code and values, so that it can be said again in another language.

    It is a string (Chinese) because marshmallow and JSON carry strings.
    """

    __slots__ = ("code", "values")

    code: str
    values: dict[str, Any]

    def __new__(cls, code: str, **values: Any) -> "Message":
        said = super().__new__(cls, message(code, LANGUAGES[0], **values))
        said.code = code
        said.values = values
        return said

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        return (self.code,), self.values

    def in_language(self, language: str) -> str:
        """The sentence in ``language``."""
        return message(self.code, language, **self.values)


def message(code: str, language: str, **values: Any) -> str:
    """The sentence for ``code`` in ``zh_Hans`` or ``en``. Raises KeyError for an unknown code or a missing value.

    A value that is itself a Message is said in the same language; long values are cut.
    """
    template = MESSAGES[code][1 if language == "en" else 0]
    return template.format(**{name: _said(value, language) for name, value in values.items()})


LONGEST_VALUE = 120


def printable(text: str, most: int = LONGEST_VALUE) -> str:
    """``text`` as any terminal and log can show it: what is not printable escaped, what is long cut."""
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[: most + 1])
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def _said(value: Any, language: str) -> str:
    return value.in_language(language) if isinstance(value, Message) else printable(str(value))
