"""What people read for each member of the domain's enumerations, in Chinese and English."""

from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from matcher import states as s
from matcher.codes.text import folded

Member = TypeVar("Member", bound=StrEnum)

_LABELS: tuple[tuple[StrEnum, str, str], ...] = (
    (s.ProductKind.DATASET, "数据集", "Dataset"),
    (s.ProductKind.DATA_PRODUCT, "数据产品", "Data product"),
    (s.ProductKind.MODEL, "模型", "Model"),
    (s.ProductKind.PLATFORM_SERVICE, "平台服务", "Platform service"),
    (s.ProductKind.API, "数据接口", "API"),
    (s.ProductKind.REPORT, "数据报告", "Report"),
    (s.ProductStatus.DRAFT, "草稿", "Draft"),
    (s.ProductStatus.LISTED, "已上架", "Listed"),
    (s.ProductStatus.PAUSED, "暂停", "Paused"),
    (s.ProductStatus.WITHDRAWN, "已下架", "Withdrawn"),
    (s.NeedStatus.DRAFT, "草稿", "Draft"),
    (s.NeedStatus.OPEN, "征集中", "Open"),
    (s.NeedStatus.CLOSED, "已关闭", "Closed"),
    (s.NeedStatus.EXPIRED, "已过期", "Expired"),
    (s.NeedOutcome.SERVED, "已满足", "Served"),
    (s.NeedOutcome.UNSERVED, "未满足", "Unserved"),
    (s.NeedOutcome.WITHDRAWN, "已撤回", "Withdrawn"),
    (s.MatchStatus.PROPOSED, "待审核", "Proposed"),
    (s.MatchStatus.APPROVED, "已通过", "Approved"),
    (s.MatchStatus.REJECTED, "已驳回", "Rejected"),
    (s.DecisionKind.APPROVE, "通过", "Approve"),
    (s.DecisionKind.REJECT, "驳回", "Reject"),
    (s.RejectReason.IRRELEVANT, "不相关", "Not relevant"),
    (s.RejectReason.COVERAGE, "覆盖不足", "Coverage falls short"),
    (s.RejectReason.TIMELINESS, "时效不符", "Not timely enough"),
    (s.RejectReason.PRICE, "价格不合", "Price does not fit"),
    (s.RejectReason.COMPLIANCE, "合规问题", "Compliance concern"),
    (s.RejectReason.QUALITY, "质量不足", "Quality falls short"),
    (s.RejectReason.DUPLICATE, "重复", "Duplicate"),
    (s.RejectReason.OTHER, "其他", "Other"),
    (s.RunStatus.RUNNING, "进行中", "Running"),
    (s.RunStatus.FINISHED, "已完成", "Finished"),
    (s.RunStatus.FAILED, "失败", "Failed"),
    (s.DealMode.TRADE, "交易", "Trade"),
    (s.DealMode.LICENCE, "许可", "Licence"),
    (s.DealMode.SHARE, "共享", "Sharing"),
    (s.DealMode.EXCHANGE, "交换", "Exchange"),
    (s.DealMode.PLEDGE, "质押融资", "Pledge financing"),
    (s.DealMode.EQUITY, "作价入股", "Contribution in kind"),
    (s.DealMode.SECURITISATION, "证券化", "Securitisation"),
    (s.DeliveryMode.FILE, "文件", "File"),
    (s.DeliveryMode.API, "API 接口", "API"),
    (s.DeliveryMode.STREAM, "实时流", "Stream"),
    (s.DeliveryMode.REPORT, "报告", "Report"),
    (s.DeliveryMode.SAAS, "在线服务", "Online service"),
    (s.DeliveryMode.ON_PREMISES, "本地部署", "On premises"),
    (s.DeliveryMode.SANDBOX, "数据沙箱", "Sandbox"),
    (s.DeliveryMode.PRIVACY_COMPUTING, "隐私计算", "Privacy-preserving computation"),
    (s.UpdateFrequency.REALTIME, "实时", "Real time"),
    (s.UpdateFrequency.MINUTELY, "分钟级", "Every few minutes"),
    (s.UpdateFrequency.HOURLY, "小时级", "Hourly"),
    (s.UpdateFrequency.DAILY, "每日", "Daily"),
    (s.UpdateFrequency.WEEKLY, "每周", "Weekly"),
    (s.UpdateFrequency.MONTHLY, "每月", "Monthly"),
    (s.UpdateFrequency.QUARTERLY, "每季", "Quarterly"),
    (s.UpdateFrequency.YEARLY, "每年", "Yearly"),
    (s.UpdateFrequency.ONCE, "一次性", "Once"),
    (s.PriceMode.NEGOTIABLE, "面议", "Negotiable"),
    (s.PriceMode.FREE, "免费", "Free"),
    (s.PriceMode.PER_CALL, "按次", "Per call"),
    (s.PriceMode.PER_PERIOD, "按期", "Per period"),
    (s.PriceMode.FIXED, "一口价", "Fixed price"),
    (s.DataClass.GENERAL, "一般数据", "General data"),
    (s.DataClass.IMPORTANT, "重要数据", "Important data"),
    (s.DataClass.CORE, "核心数据", "Core data"),
    (s.OrganisationRole.PROVIDER, "供方", "Provider"),
    (s.OrganisationRole.BUYER, "需方", "Buyer"),
    (s.OrganisationRole.EXCHANGE, "交易所", "Exchange"),
    (s.StaffRole.ADMIN, "管理员", "Administrator"),
    (s.StaffRole.REVIEWER, "审核员", "Reviewer"),
    (s.StaffRole.VIEWER, "查看者", "Viewer"),
    (s.FindingSeverity.BLOCK, "阻断", "Block"),
    (s.FindingSeverity.HOLD, "待核", "Hold"),
    (s.FindingSeverity.NOTE, "提示", "Note"),
    (s.FindingStatus.OPEN, "未处理", "Open"),
    (s.FindingStatus.RESOLVED, "已处理", "Resolved"),
)
# Members of different enumerations are equal where their text is (StrEnum), so the type belongs to the key.
_BY_MEMBER = {(type(member), member.value): (zh, en) for member, zh, en in _LABELS}


def label(member: StrEnum, language: str) -> str:
    """What people read for ``member`` in ``zh_Hans`` or ``en``; KeyError for an enumeration not of the domain."""
    return _BY_MEMBER[type(member), member.value][1 if language == "en" else 0]


@lru_cache(maxsize=1024)
def member_of(kind: type[Member], word: str) -> Member | None:
    """The member of ``kind`` whose value or label ``word`` is, ``None`` where there is none."""
    plain = folded(word)
    for member in kind:
        if plain in (member.value, *map(folded, _BY_MEMBER[kind, member.value])):
            return member
    return None
