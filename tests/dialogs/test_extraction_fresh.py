"""Descriptions written in batches before they were run, and mixtures of facts with talk about something else."""

from typing import Any

import pytest
from described import assert_most_is_read, cases_of, said, wrongly_read
from hypothesis import given
from hypothesis import strategies as st

from dialogs.dialogue import Dialogue

# In one process: what is read in one test is not read again in the next.
pytestmark = pytest.mark.xdist_group("extraction")

CASES = cases_of("extraction_fresh.jsonl")
RECALL = 0.88
"""Of the facts that these descriptions state; most of them are traps, so less than of plain ones."""
PLANTED: list[tuple[str, dict[str, Any]]] = [
    ("总投资680万元", {"total_investment": 680}),
    ("项目预算412.5万元", {"total_investment": 412.5}),
    ("投资总额为1260万元", {"total_investment": 1260}),
    ("总投资：９６０万元", {"total_investment": 960}),
    ("我们这个项目总预算三百二十万", {"total_investment": 320}),
    ("项目概算486万元", {"budget_estimate": 486}),
    ("等保三级", {"mlps_level": "3"}),
    ("系统等级保护定为第二级", {"mlps_level": "2"}),
    ("本项目不涉密", {"classified": False}),
    ("属于新建项目", {"nature": "new"}),
    ("项目性质为扩建", {"nature": "expansion"}),
    ("市级资金300万元", {"fund_city": 300}),
    ("自治区资金180万元", {"fund_regional": 180}),
    ("部署在自治区政务云", {"on_government_cloud": True}),
    ("计划2027年3月至2027年12月建设", {"planned_start": "2027-03-01", "planned_end": "2027-12-31"}),
    ("免费运维三年", {"free_operation_months": 36}),
    ("联系电话0952-2012345", {"phone": "0952-2012345"}),
    ("密评计划2027年11月开展", {"crypto_assessment": "planned"}),
    ("信息资源目录已编制完成", {"catalogue_provided": True}),
    ("不对接宁政通", {"docks_ningzhengtong": False}),
]
SOMETHING_ELSE = [
    "60万元以下的项目不用报",
    "投资概算500万元以上的要报自治区政府办公厅",
    "1500万元以上需要编可研",
    "去年的一期花了350万元",
    "一期工程总投资460万元，已于2024年验收",
    "旧系统是等保二级",
    "旧平台2019年建成，投资230万元，部署在本地机房",
    "隔壁县同类项目总投资900万元",
    "银川市的平台做了等保三级，投资3000万元",
    "A公司报价198万元",
    "运维费每年25万元",
    "软件开发150万元、硬件90万元",
    "监理费8万元",
    "服务人口45万人，覆盖13个乡镇",
    "如果自治区批了再追加200万元",
    "厂家说等保要三级",
    "要不要做密评？",
    "等保测评费12万元",
    "请的是有等保三级资质的公司",
    "质保期三年",
    "合同签订后10个月交付",
    "政务云平台已通过等保三级",
    "听说涉密项目不用报",
    "涉密人员另行管理",
    "其他单位的新建项目也要报吗？",
    "有人建议改成购买服务",
    "平罗县扩建过类似系统",
    "中标金额288万元",
    "2025年财政安排100万元",
    "上一轮申报预算550万元被退回，理由是没有信息资源目录",
    "单价3.5万元",
    "年节约支出40万元",
    "监督电话0952-2099999",
    "供应商电话13700000000",
    "调研时间2026年8月至2026年9月",
    "模板里写的是等保二级",
    "招标控制价430万元",
    "自治区要求2027年底前对接我的宁夏",
    "政策有效期2026年1月1日至2028年12月31日",
]


def test_a_fresh_description_gives_nothing_wrong(dialogue: Dialogue):
    assert not wrongly_read(dialogue.rules, CASES)


def test_most_of_what_fresh_descriptions_state_is_read(dialogue: Dialogue):
    assert_most_is_read(dialogue.rules, CASES, recall=RECALL)


@given(
    st.lists(st.sampled_from(PLANTED), min_size=1, max_size=5),
    st.lists(st.sampled_from(SOMETHING_ELSE), max_size=4, unique=True),
    st.sampled_from("。；，\n"),
    st.randoms(use_true_random=False),
)
def test_whatever_stands_around_a_fact_it_is_read_as_planted_or_left_open(
    dialogue: Dialogue, planted: list[tuple[str, dict[str, Any]]], others: list[str], mark: str, order: Any
):
    parts = [words for words, _ in planted] + others
    order.shuffle(parts)
    text = "".join(part if part.endswith("？") else part + mark for part in parts)
    for name, value in said(dialogue.rules, text).items():
        assert value in [facts[name] for _, facts in planted if name in facts], (name, text)


def test_a_planted_fact_is_read_when_it_stands_alone(dialogue: Dialogue):
    assert [(words, said(dialogue.rules, words)) for words, _ in PLANTED] == PLANTED
