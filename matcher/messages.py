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
    "reference-unknown": ("找不到 {value}", "there is no {value}"),
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
    # findings
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
