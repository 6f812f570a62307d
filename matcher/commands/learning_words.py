"""Words of ``matcher learn``, in Chinese and English; a part of ``matcher.commands.words``."""

WORDS: dict[str, tuple[str, str]] = {
    "learning": ("学习", "learning"),
    "learn-against": ("对照：{source}。", "Compared with: {source}."),
    "weights-defaults": ("程序自带的默认权重", "the package's default weights"),
    "weights-promotion": ("启用的权重 {promotion}", "the weights of promotion {promotion}"),
    "group": ("需求组", "Needs"),
    "judged-needs": ("需求数", "Number"),
    "ndcg-old": ("nDCG@10 现用", "nDCG@10 at work"),
    "ndcg-new": ("新（留出）", "New, held out"),
    "ndcg-fitted": ("新（拟合）", "New, fitted"),
    "change": ("变化", "Change"),
    "all-needs": ("全部需求", "all needs"),
    "learn-figures": (
        "留出需求上 nDCG@10 平均变化 {gain}（95% 置信下限 {least}）；期望校准误差 {old} → {new}。",
        "On held-out needs nDCG@10 changes by {gain} (with 95 % confidence by {least} at least); "
        "expected calibration error {old} → {new}.",
    ),
    "at-work": ("现用", "At work"),
    "learnt": ("新", "Learnt"),
    "curve-slope": ("得分曲线：斜率", "Curve: slope"),
    "curve-offset": ("得分曲线：截距", "Curve: offset"),
    "mean-score": ("平均得分", "Mean score"),
    "share-good": ("评为合适的比例", "Graded 2 or 3"),
    "pairs": ("对数", "Pairs"),
    "diagram": ("█ 实际比例，┃ 得分", "█ their share, ┃ the score"),
    "learn-would": ("新权重更好，可以启用。", "The learnt weights are better and would be promoted."),
    "learn-dry": ("试运行，没有启用任何权重。", "A dry run: nothing was promoted."),
    "promoted": (
        "已启用新权重：{promotion}。运行 matcher run 以按新权重评分。",
        "Promoted the learnt weights: {promotion}. `matcher run` scores with them.",
    ),
    "rolled-back": (
        "已撤回 {promotion}，现用{source}。运行 matcher run 以重新评分。",
        "Took {promotion} back; {source} are at work. `matcher run` scores with them.",
    ),
    "no-promotions": (
        "没有启用过学习的权重，现用程序自带的默认权重。",
        "No weights were ever promoted; the package's defaults are at work.",
    ),
    "promotion": ("编号", "Promotion"),
    "made-at": ("启用（UTC）", "Made (UTC)"),
    "made-by": ("操作者", "By"),
    "ndcg-change": ("nDCG@10（留出）", "nDCG@10 (held out)"),
    "error-change": ("校准误差", "Calibration error"),
    "promotion-active": ("现用", "at work"),
    "promotion-unreadable": ("无法读取，现用默认权重", "cannot be read: the defaults are at work"),
    "promotion-superseded": ("已被取代", "superseded"),
    "promotion-rolled_back": ("已撤回", "rolled back"),
    "learn-weights-dry": ("只能与 --dry-run 一起使用", "only goes with --dry-run"),
    "learn-options": ("这些选项不能与子命令一起使用", "these options do not go with a subcommand"),
    "refused-few-needs": (
        "没有学习：只有 {needs} 条需求既有评为合适、又有评为不合适的产品，至少要 {least} 条。",
        "Nothing learnt: {needs} needs have both a product that fits and one that does not, at least {least} must.",
    ),
    "refused-no-gain": (
        "不启用：没有可靠的提升。nDCG@10 平均变化 {gain}，95% 置信下限 {least}，须大于 0。",
        "Refused: no gain beyond noise. nDCG@10 changes by {gain}, with 95 % confidence by {least} at least: "
        "that must be above 0.",
    ),
    "refused-group-falls": (
        "不启用：需求组 {group} 变差，nDCG@10 从 {old} 降到 {new}，最多可降 {most}。",
        "Refused: the needs of {group} pay for it. Their nDCG@10 falls from {old} to {new}, by more than {most}.",
    ),
    "refused-calibration": (
        "不启用：得分不再反映可能性。期望校准误差 {old} → {new}，须不超过 {most} 或不变差。",
        "Refused: scores no longer tell chances. The expected calibration error goes from {old} to {new}; "
        "it must stay within {most} or not grow.",
    ),
    "weights-changed": (
        "没有执行：现用的权重是 {present}，不是 {seen}，可能刚有人更改。请重新运行。",
        "Not done: the weights at work are {present}, not {seen}; somebody may just have changed them. Run it again.",
    ),
    "nothing-promoted": (
        "没有可撤回的：现用程序自带的默认权重。",
        "There is nothing to take back: the package's default weights are at work.",
    ),
}
"""Code → (Chinese, English); both have the same placeholders."""
