"""The form of the peers: the questions of our own conversation in its order, as one straight list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["yes_no", "choice", "many", "amount", "text"]
YES_NO: Kind = "yes_no"
CHOICE: Kind = "choice"
MANY: Kind = "many"
AMOUNT: Kind = "amount"
TEXT: Kind = "text"
BEGIN = "/start"
_YES_NO = {"是": "yes", "否": "no", "不清楚": "unsure"}
_AMOUNT = re.compile(r"(\d+(?:\.\d{1,6})?)\s*(亿|万)?元?")
_UNITS = {"亿": 10_000, "万": 1, None: 1}


class Field(NamedTuple):
    """A question, what it takes for an answer, and the answer that is given in every measurement.

    Attributes:
        options: the labels that can be chosen, with | between.
    """

    name: str
    kind: Kind
    prompt: str
    answer: str
    options: str = ""

    def read(self, text: str) -> str:
        """Return an answer as it is kept.

        Raises:
            ValueError: it is none; the message says to the user what would be.
        """
        said = text.strip()
        if self.kind == "yes_no":
            if said not in _YES_NO:
                raise ValueError("请回答「是」「否」或「不清楚」。")
            return _YES_NO[said]
        if self.kind == "amount":
            found = _AMOUNT.fullmatch(said)
            if found is None:
                raise ValueError("请写一个金额，例如 680万。")
            return str(float(found[1]) * _UNITS[found[2]])
        if self.kind == "choice":
            return self._chosen(said)
        if self.kind == "many":
            return "" if said == "0" else ",".join(map(self._chosen, re.split("[,，、]", said)))
        if not said:
            raise ValueError("请写一点内容。")
        return said

    def _chosen(self, said: str) -> str:
        labels = self.options.split("|")
        if said in labels:
            return said
        if said.isdecimal() and 1 <= int(said) <= len(labels):
            return labels[int(said) - 1]
        raise ValueError(f"请回复编号或名称：{self.menu()}")

    def menu(self) -> str:
        """Return the numbered options."""
        return "　".join(f"{number}. {label}" for number, label in enumerate(self.options.split("|"), 1))

    def ask(self) -> str:
        """Return the question as it is sent."""
        return f"{self.prompt}\n{self.menu()}" if self.options else self.prompt


FORM = (
    Field("classified", YES_NO, "这个项目涉及国家秘密吗？（在确认之前，请不要输入项目的任何内容）", "否"),
    Field("unit_level", CHOICE, "你们单位属于哪一级？", "1", "市直（市本级）|县区|园区"),
    Field(
        "unit_kind",
        CHOICE,
        "你们单位是哪一类？",
        "3",
        "党委部门|人大机关|政府部门（含街道、乡镇）|政协机关|纪委监委|法院|检察院|事业单位|社会组织|企业|垂直管理部门|以上都不是",
    ),
    Field("nature", CHOICE, "这个项目属于哪一种？", "新建", "新建|扩建|改建|运行维护|购买服务|采购货物"),
    Field("category", CHOICE, "按哪一类申报？", "工程类", "工程类|货物类"),
    Field("total_investment", AMOUNT, "项目预计总投资是多少？（单位：万元）", "1500万"),
    Field("this_year_investment", AMOUNT, "本年度预计投入多少？（单位：万元）", "600万"),
    Field(
        "funds",
        TEXT,
        "资金分别从哪里来？国家、自治区、市级、社会资金各多少？（单位：万元）",
        "自治区500万、市级1000万",
    ),
    Field("includes_operation", YES_NO, "项目内容里写了运维吗？", "是"),
    Field("free_operation_months", TEXT, "免费运维期多长？（例如 3年、36个月）", "3年"),
    Field("operation_funding_source", TEXT, "免费运维期满以后，运维的钱从哪里来？", "列入年度部门预算"),
    Field(
        "infrastructure_items",
        MANY,
        "项目里有没有新买或新建下面这些？（可多选；租用自治区政务云不算；都没有填 0）",
        "0",
        "机房|网络|云平台|服务器|基础软件|办公电子设备",
    ),
    Field("superior_approved", YES_NO, "上级主管部门准许这个项目了吗？", "是"),
    Field("duplicates_existing", YES_NO, "区里、市里或本单位是不是已经有功能相同的系统？", "否"),
    Field("similar_unaccepted", YES_NO, "你们有没有同类型的在建项目还没竣工验收？", "否"),
    Field("integrated", YES_NO, "新系统的方案里，和现有系统充分整合了吗？", "是"),
    Field("security_planned", YES_NO, "方案里写明系统的安全防护了吗？", "是"),
    Field("crypto_planned", YES_NO, "方案里写明商用密码防护了吗？", "是"),
    Field(
        "industry_project", YES_NO, "这是不是某个行业的项目（例如教育、卫生、公安、水利等行业系统）？", "否"
    ),
    Field(
        "feasibility_commissioned",
        YES_NO,
        "可行性研究报告委托有相应业务能力的咨询机构编制了吗（或已确定要委托）？",
        "是",
    ),
    Field(
        "common_capability", YES_NO, "这个项目是不是要在空白领域先行建设一种全区都能复用的共性能力？", "否"
    ),
    Field(
        "builds_common_facility",
        YES_NO,
        "项目里有没有自建自治区统一建设的那类重点基础性、公共支撑性设施、应用或能力（例如统一身份认证、电子证照、数据共享平台）？",
        "否",
    ),
    Field(
        "follows_standards", YES_NO, "接口和数据标准是按自治区重点项目和行业主管部门的标准设计的吗？", "是"
    ),
    Field("on_government_cloud", YES_NO, "系统部署在自治区政务云上吗？", "是"),
    Field(
        "service_domains",
        MANY,
        "系统涉及下面哪些领域？（可多选；都不涉及填 0）",
        "1,2",
        "政务服务|便民服务|社会治理|城市管理",
    ),
    Field("docks_my_ningxia", YES_NO, "方案里有没有与“我的宁夏”APP 对接？", "是"),
    Field("docks_ningzhengtong", YES_NO, "方案里有没有与“宁政通”APP 对接？", "是"),
    Field("bigdata_access", YES_NO, "建成后数据全量接入市级大数据平台吗？", "是"),
    Field("catalogue_provided", YES_NO, "信息资源目录（系统里有哪些数据、怎么共享）编好了吗？", "是"),
    Field("entry_name", TEXT, "请逐条登记信息资源目录。第一条叫什么名字？", "办件信息"),
    Field("entry_provider", TEXT, "「办件信息」的信息资源提供方：由哪个单位提供？", "市局"),
    Field("entry_summary", TEXT, "「办件信息」的信息资源摘要：用一句话说说它是什么数据。", "摘要"),
    Field(
        "entry_format", TEXT, "「办件信息」的信息资源格式：是什么格式？（选一项；都不合适就直接写）", "数据库"
    ),
    Field("entry_items", TEXT, "「办件信息」的信息项：包含哪些信息项？（例如 姓名、地址、办理时间）", "编号"),
    Field("entry_share", CHOICE, "「办件信息」的共享类型：怎么共享？", "1", "无条件共享|有条件共享|不予共享"),
    Field(
        "entry_method", TEXT, "「办件信息」的共享方式：用什么方式共享？（选一项；都不合适就直接写）", "平台"
    ),
    Field("entry_open", YES_NO, "「办件信息」的是否向社会开放：向社会开放吗？", "否"),
    Field("entry_update", TEXT, "「办件信息」的更新周期：多久更新一次？（选一项；都不合适就直接写）", "实时"),
    Field(
        "entry_next",
        TEXT,
        "已登记 1 条。下一条叫什么名字？登记完了输入「完成」；「删除 2」删去第 2 条。",
        "完成",
    ),
    Field(
        "mlps_level",
        CHOICE,
        "网络安全等级保护定为第几级？",
        "3",
        "第一级|第二级|第三级|第四级|第五级|还没定级",
    ),
    Field("mlps_filed", YES_NO, "等级保护备案办了吗？", "否"),
    Field(
        "crypto_assessment",
        CHOICE,
        "商用密码应用安全性评估（密评）做到哪一步了？",
        "2",
        "已完成|已有计划|还没有安排",
    ),
    Field("prefers_domestic", YES_NO, "关键设备、软件和服务是否优先采购自主可控的？", "是"),
    Field("unit_name", TEXT, "项目建设单位的全称是什么？（与公章一致）", "示例单位"),
    Field("applicant_unit", TEXT, "项目申报单位的全称是什么？（与建设单位相同就回「同上」）", "同上"),
    Field("project_lead", TEXT, "项目负责人是谁？", "张三"),
    Field("phone", TEXT, "联系电话是多少？（座机请带区号，例如 0952-2012345）", "0952-2012345"),
    Field("partner_units", TEXT, "有没有参与建设的其他单位？（没有就跳过）", "跳过"),
    Field("project_name", TEXT, "项目的正式名称是什么？", "示例平台"),
    Field("project_address", TEXT, "项目建设地址在哪里？", "示例地址"),
    Field(
        "project_basis", TEXT, "项目建设的依据是什么？（文件名称和文号，按原文写；没有的不要编）", "示例依据"
    ),
    Field(
        "planned_period",
        TEXT,
        "项目计划什么时候开始、什么时候完成？（例如 2027年3月至12月）",
        "2027年3月至12月",
    ),
    Field("readiness", TEXT, "项目准备到什么程度了？（例如：需求调研已完成，初步设计正在编制）", "已完成"),
    Field("remarks", TEXT, "还有什么要写进备注的？（没有就跳过）", "跳过"),
    Field("construction_content", TEXT, "项目建设哪些内容？（附件2 的「项目建设内容」）", "内容"),
    Field("security_summary", TEXT, "网络安全保护的基本情况是怎样的？（定级、防护措施）", "等保三级"),
    Field("crypto_summary", TEXT, "密码保护应用的基本情况是怎样的？", "密码"),
    Field("unit_profile", TEXT, "请介绍一下建设单位的基本情况。", "跳过本节"),
    Field(
        "materials",
        MANY,
        "下面这些材料，哪些已经备好了？（可多选；都没有填 0）",
        "1",
        "可行性研究报告|初步设计|信息资源目录|上级主管部门意见",
    ),
)
SCRIPT = (BEGIN, *(field.answer for field in FORM))
"""What a user says: the command that begins the form, and every answer."""
POSITION = {field.name: number for number, field in enumerate(FORM)}


def following(field: Field) -> Field | None:
    """Return the question after one; None after the last."""
    number = POSITION[field.name] + 1
    return FORM[number] if number < len(FORM) else None


def summary(answers: Mapping[str, str]) -> str:
    """Return what is said at the end: every answer."""
    return "\n".join(f"{field.name}：{answers.get(field.name, '')}" for field in FORM)
