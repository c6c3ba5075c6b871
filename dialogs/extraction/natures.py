"""What kind of project: 项目性质 and 项目类别, where the words say it of the project and not of one of its parts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from dialogs.extraction.negation import has_negation, negated_after, negated_before

if TYPE_CHECKING:
    from dialogs.extraction.candidates import Notes

_SYSTEM = "(?:平台|系统|项目|网站|门户|小程序|app|软件|应用|信息化工程)"
_NAME = "(?:(?!模块|功能|机房|接口|子系统|新建|扩建|改建|不|没|未|无|非)[^\n，,。;；:：!！?？\n\0|)]){0,18}?"
_IS = "(?:属于?|是|为|按|算|系|走|性质[:：|]?(?:是|为)?|方式[:：|]?(?:是|为)?)(?:一个|个)?"
_ALONE, _ALONE_END = "(?:^|(?<=[；;，,\n\0|(]))", "(?=$|[；;，,。\n\0|)])"
_END = "(?=$|[，,。;；、:：!！?？|()\n\0]|类|项目|性质|的项目|等保|预算|总投资|不涉密|我们|资金)"


class Wording(NamedTuple):
    """Words that name a value of a choice."""

    key: str
    pattern: re.Pattern[str]


_SAID = (
    Wording(
        "new",
        re.compile(
            f"(?<!重)新建(?!过|了)(?:一个|一套|个|套|的)?(?!小区|楼盘|住宅|校区|学校|道路|商品房|医院|厂房|校舍|建筑|工地|企业|工程项目|"
            f"园区)[a-z0-9]{{0,10}}{_NAME}{_SYSTEM}(?![^\n，,。]{{0,4}}(?:模块|功能|接口|替换|改造|升级))|"
            f"(?<!重){_IS}新建{_END}|新建类?项目(?!库|审批|管理|备案)|从零(?:开始)?(?:建设|开发|搭建)|从无到有|"
            f"{_ALONE}新建{_ALONE_END}"
        ),
    ),
    Wording(
        "expansion",
        re.compile(
            f"(?<!改)扩建(?!过|了|小区|校区|学校|道路|医院|厂房){_NAME}{_SYSTEM}|{_IS}扩建{_END}|{_SYSTEM}(?:的|"
            f"进行|(?:20[0-9]{{2}}年|今年|明年)?(?:拟|计划|要|将|准备|需)?)?扩[建容](?!改)|在(?:原有|现有|已有)[^\n，,。;；]{{0,12}}{_SYSTEM}(?:的?基础)?之?上(?:进行)?扩[建容](?!改)|扩建类?项目|{_ALONE}扩建{_ALONE_END}|对[^\n，,。]{{0,16}}{_SYSTEM}进行扩[容建](?!改)"
        ),
    ),
    Wording(
        "rebuild",
        re.compile(
            f"(?<!扩)改建(?!过|了|小区|校区|学校|道路|医院|厂房){_NAME}{_SYSTEM}|(?<!新)(?<!扩){_IS}改建{_END}|{_SYSTEM}(?:的|"
            f"进行)?(?:改建|重建)|改建类?项目|{_ALONE}改建{_ALONE_END}|推倒重[建来]|对[^\n，,。]{{0,16}}{_SYSTEM}进行改建"
        ),
    ),
    Wording(
        "operation",
        re.compile(
            f"{_IS}(?:系统)?(?:运维|运行维护|运行和维护)(?:类|服务)?项目|(?:申报|申请|报|做|上报)(?:一个|个)?[^\n，,。;；]{{0,20}}(?:运维|"
            f"运行维护)(?:服务)?项目|{_IS}(?:运维|运行维护){_END}|(?:年度|系统|平台)(?:运维|运行维护)(?:服务)?项目|{_ALONE}(?:运维|运行维护)(?:服务)?项目{_ALONE_END}"
        ),
    ),
    Wording(
        "purchased_service",
        re.compile(
            f"{_IS}(?:政府)?购买(?:第三方|社会)?服务(?!器|商){_END}?|(?:采用|采取|通过|以|用)(?:政府)?(?:向社会)?购买(?:第三方|"
            f"社会)?服务的?(?:方式|形式|模式)|(?:政府)?购买服务(?:类)?项目|"
            f"{_ALONE}(?:政府)?购买服务{_ALONE_END}|(?:项目)?(?:性质|方式|类型)[:：|]?(?:是|为)?(?:政府)?购买服务{_END}"
        ),
    ),
    Wording(
        "goods_purchase",
        re.compile(
            f"{_IS}(?:设备|货物|办公设备|电脑)(?:类)?采购(?:类)?项目|{_IS}采购货物{_END}|(?:设备|货物)采购(?:类)?项目|{_IS}货物采购{_END}"
        ),
    ),
)
_UNCLEAR = re.compile(
    f"(?:升级|改造|更新|迭代|优化|重构|提升|替换|重新开发|重做|推翻)[^\n，,。;；]{{0,10}}{_SYSTEM}|{_SYSTEM}[^\n，,。;；]{{0,6}}(?:升级|"
    f"改造|更新|迭代|优化|重构|替换|重做)|升级改造|改造升级|改扩建|新建[或/、]扩?改?建|二期(?![^\n，,。]{0, 8}(?:为|是|属于?)(?:扩建|改建|新建))|扩容升级|升级扩容"
)
_HINTED = re.compile(
    f"(?:建设|搭建|开发|建|做|上|搞|打造|构建)(?:一个|一套|个|套)?[^\n，,。;；\n]{{0,16}}{_SYSTEM}|扩容|增加[^\n，,。]{{0,10}}(?:功能|"
    f"模块)|新增[^\n，,。]{{0,10}}(?:功能|模块)|运维|购买服务(?!器)|(?:采购|购买|购置|买)(?:一批|[0-9一二三四五六七八九十]+[台套个])"
)
_PART = re.compile("子系统|模块|其中|部分|里面?|内容|包括|功能")
_CATEGORY = (
    Wording("engineering", re.compile("工程类")),
    Wording("goods", re.compile("货物类")),
    Wording("service", re.compile("服务类")),
)
_CATEGORY_BEFORE = re.compile(
    "(?:^|[，,。;；:：|、(\n]|属于?|按照?|是|为|归|走|报|类别|算|该项目|本项目|项目|分类)$"
)
_CATEGORY_BEHIND = re.compile(
    "^(?:\\(含运维\\))?的?(?:信息化)?(?:项目)?(?:进行)?(?:申报|来?报|立项|走)?(?=$|[，,。;；、|)\n\0])"
)


def read_natures(notes: Notes) -> None:
    """Note 项目性质 and 项目类别."""
    for wording in _SAID:
        for found in wording.pattern.finditer(notes.text):
            _note(notes, "nature", wording.key, found)
    for found in _UNCLEAR.finditer(notes.text):
        notes.doubt("nature", *found.span(), "unclear")
    for found in _HINTED.finditer(notes.text):
        notes.doubt("nature", *found.span(), "unclear", is_weak=True)
    for wording in _CATEGORY:
        for found in wording.pattern.finditer(notes.text):
            left = notes.text[max(0, found.start() - 4) : found.start()]
            right = notes.text[found.end() : found.end() + 12]
            if has_negation(left):
                continue
            if _CATEGORY_BEFORE.search(left) and _CATEGORY_BEHIND.match(right):
                _note(notes, "category", wording.key, found)
            else:
                notes.doubt("category", *found.span(), "unclear", is_weak=True)


def _note(notes: Notes, fact: str, key: str, found: re.Match[str]) -> None:
    clause = notes.clauses.at(found.start())
    before = notes.text[clause.start : found.start()]
    if negated_before(notes.text, found.start()):
        return
    if negated_after(notes.text, found.end()) or re.search("(?:不|未|没)(?!涉密)", found[0]):
        notes.doubt(fact, *found.span(), "unclear")
    elif fact == "nature" and _PART.search(before[-10:]):
        notes.doubt(fact, *found.span(), "unclear", is_weak=True)
    else:
        notes.say(fact, key, *found.span())
