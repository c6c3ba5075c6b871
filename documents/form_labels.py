"""The labels of Annex 1, 申报表, in the words that people write them in, and how to recognise one."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

LABELS: dict[str, str] = {
    "applicant_unit": "项目申报单位 申报单位 申报单位名称 申请单位 填报单位 申报部门 项目申请单位",
    "form_date": "填报日期 填报时间 申报日期 申报时间 填表日期 填表时间 制表日期",
    "unit_name": "项目建设单位 建设单位 建设单位名称 项目单位 项目单位名称 项目业主单位 业主单位",
    "project_lead": "项目负责人 负责人 项目负责人姓名 负责人姓名 项目责任人",
    "phone": "联系电话 电话 电话号码 联系人电话 联系方式 负责人电话 负责人联系电话 负责人联系方式 项目负责人电话 "
    "项目负责人联系电话 手机 手机号 手机号码 联系手机 办公电话 联系人联系电话",
    "partner_units": "参与建设单位 参与建设的单位 参建单位 参与单位 参加建设单位 参加单位 协作单位 合作单位 配合单位 "
    "共建单位 协建单位 其他参与单位 其他参建单位",
    "project_name": "项目名称 项目全称 申报项目名称 建设项目名称 项目名",
    "project_category": "项目类别 项目类型 类别 申报类别 建设类别 项目性质 建设性质 项目分类",
    "project_address": "项目建设地址 建设地址 项目地址 建设地点 项目建设地点 项目地点 实施地点 项目实施地点 地址 "
    "项目实施地址",
    "project_basis": "项目建设依据 建设依据 项目依据 立项依据 项目立项依据 政策依据 项目政策依据 依据 申报依据",
    "planned_start": "起始时间 开始时间 起始日期 开始日期 计划开始时间 计划起始时间 项目起始时间 项目开始时间 "
    "预计开始时间 预计起始时间 开工时间 计划开工时间 启动时间 计划启动时间 开工日期",
    "planned_end": "完成时间 结束时间 完成日期 结束日期 计划完成时间 计划结束时间 项目完成时间 项目结束时间 "
    "预计完成时间 预计结束时间 竣工时间 计划竣工时间 完工时间 计划完工时间 终止时间 截止时间 竣工日期",
    "readiness": "项目准备情况 准备情况 项目前期准备情况 前期准备情况 项目前期工作情况 前期工作情况 前期准备 "
    "项目准备 前期工作 项目前期情况",
    "total_investment": "项目预计总投资 预计总投资 项目总投资 总投资 项目投资 投资总额 总投资额 项目总投资额 "
    "项目投资总额 预算总投资 计划总投资 项目计划总投资 项目总投资估算 总投资估算 项目投资估算 项目总投资金额 "
    "项目预算总投资 预计投资总额",
    "this_year_investment": "本年度预计投入 本年度投入 本年预计投入 本年投入 本年度投资 本年度预计投资 本年投资 "
    "本年度计划投入 本年度计划投资 本年计划投资 当年预计投入 当年度预计投入 当年投入 当年投资 当年计划投资 "
    "年度预计投入 年度投资 年度计划投资 今年预计投入",
    "fund_national": "国家资金 国家级资金 国家财政资金 国家投资 中央资金 中央财政资金 中央财政 中央投资 国家 中央",
    "fund_regional": "自治区资金 自治区级资金 自治区财政资金 自治区财政 自治区投资 自治区",
    "fund_city": "市级资金 市财政资金 市级财政资金 市级财政 市财政 市本级资金 市本级财政资金 市本级 市级 市资金 "
    "市级投资",
    "fund_social": "社会资金 社会资本 社会投资 社会",
    "materials": "申报材料 申报材料清单 申报资料 申请材料 提交材料 报送材料 随附材料 附件材料 材料清单 附件清单 "
    "申报附件",
    "remarks": "备注 备注说明 说明 其他说明 其他需要说明的事项 需要说明的事项 其他事项",
}  # fmt: skip
"""For each cell of the form, its names, the official one first."""
GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "schedule": (
        (
            "项目计划时间 计划时间 项目时间 项目建设时间 建设时间 实施时间 项目实施时间 起止时间 计划起止时间 "
            "项目起止时间 建设周期 项目建设周期 项目周期 建设工期 计划工期 项目建设期 建设期 项目计划"
        ),
        ("planned_start", "planned_end"),
    ),
    "funds": (
        "计划资金来源 资金来源 项目资金来源 资金来源计划 资金筹措 资金筹措方式 资金来源及金额 计划资金 资金构成",
        ("fund_national", "fund_regional", "fund_city", "fund_social"),
    ),
}
"""Labels over several cells: their names, and the cells."""
OTHER_FUNDS = "fund_other"
_EXTRA: dict[str, str] = {
    OTHER_FUNDS: "其他资金 自筹资金 单位自筹 自筹 县区资金 区县资金 县级资金 县区级资金 县区财政资金 园区资金 "
    "单位自筹资金 其他",
    "fund_sum": "合计 小计 总计 资金合计 合计金额",
    "foreign": "联系人 传真 邮箱 电子邮箱 邮编 邮政编码 职务 职称 项目编号 编号 统一社会信用代码 法定代表人 "
    "单位地址 单位性质 项目建设内容 建设内容 建设内容及规模 项目概况 申报单位意见 建设单位意见 主管部门意见 "
    "审核意见 审查意见 单位意见 项目概算 投资概算 预期效益 服务期限",
}
"""Labels that the official form does not have. They end a cell like any other."""

_WRITABLE = {*LABELS, *GROUPS}
FUND_FAMILY = {*GROUPS["funds"][1], OTHER_FUNDS, "fund_sum", "funds"}
SCHEDULE_FAMILY = {*GROUPS["schedule"][1], "schedule"}
_LONGEST_LABEL = 40
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕")
_NUMBERING = re.compile(
    r"^(?:\(?[0-9一二三四五六七八九十]{1,2}[)、.]|第[一二三四五六七八九十]+[、.:])+(?=\D)"
)
_EDGE = " *★※#:.。、_-"
_SHORTEST_LOOSE = 4
"""Without a colon 国家 may be any word; 国家资金 is the label."""
_JOINT = re.compile(r"[及和与、/或]+")
_YEAR = re.compile(r"^20[0-9]{2}年度?(?=[预计投]|计划)")
_BETWEEN = " \t\n\u3000,，;；、|/"
_GAP = r"[ \t\u3000\xa0]*"
_AFTER = r"(?:[ \t]*[(（][^()（）\n]{0,20}[)）])?"


@cache
def _ids() -> dict[str, str]:
    names = {name: cell for cell, row in {**LABELS, **_EXTRA}.items() for name in row.split()}
    return names | {name: group for group, (row, _) in GROUPS.items() for name in row.split()}


def label_of(text: str) -> str:
    """Return the id of the cell or group that a text names and nothing else; empty when it is no label."""
    if not text or len(text) > 2 * _LONGEST_LABEL:
        return ""
    name = bare(text)
    if not name or len(name) > _LONGEST_LABEL:
        return ""
    known = _ids()
    name = _YEAR.sub("本年度", name)
    if name in known:
        return known[name]
    parts = [known.get(part, "") for part in _JOINT.split(name)]
    if len(parts) > 1:
        # 项目负责人及联系电话: the first that the form has; the rest is told apart by what is written
        return next((part for part in parts if part in LABELS), "")
    return ""


def bare(text: str) -> str:
    """Return a label in one spelling: no spaces, brackets, numbering or colons, half-width."""
    name = "".join(unicodedata.normalize("NFKC", text).split())
    name = _BRACKETS.sub("", name).strip(_EDGE)
    return _NUMBERING.sub("", name).strip(_EDGE)


@cache
def _pattern(family: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds labels in a line; those of one group need no colon and no space in front."""
    shortest = _SHORTEST_LOOSE if family else 1
    names = [name for name, cell in _ids().items() if cell in (family or _WRITABLE) and len(name) >= shortest]
    words = "|".join(_GAP.join(name) for name in sorted(names, key=len, reverse=True))
    start = "" if family else r"(?:^|(?<=[\s,，;；。、|]))(?:[0-9一二三四五六七八九十]{1,2}[、.．])?"
    colon = r"[ \t]*[:：]?" if family else r"[ \t]*[:：]"
    return re.compile(rf"{start}({words}){_AFTER}{colon}", re.MULTILINE)


def labels_in(text: str, ids: Collection[str], *, group: str = "") -> list[tuple[str, str, str]]:
    """Return what a text says under labels that stand in it: 起始时间：2027年3月 完成时间：2027年12月.

    Args:
        text: one or more lines.
        ids: the cells whose labels are looked for.
        group: the group under whose label the text stands, so that a colon is not needed.

    Returns:
        for each label its cell, the label as it is written, and the words up to the next; before them, under an
        empty id, what stands before the first label.
    """
    known = _ids()
    pattern = _pattern(GROUPS[group][1] if group else ())
    hits = [hit for hit in pattern.finditer(text) if known["".join(hit[1].split())] in ids]
    starts = [hit.start() for hit in hits] + [len(text)]
    found = [("", "", text[: starts[0]])]
    for hit, end in zip(hits, starts[1:], strict=True):
        value = text[hit.end() : end].strip()
        is_last = end == len(text)
        found.append((known["".join(hit[1].split())], hit[0], value if is_last else value.rstrip(_BETWEEN)))
    return found
