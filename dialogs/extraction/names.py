"""Names, people and telephones in sentences: 项目负责人是张三, 项目名称叫…, 关于申报…项目的请示."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialogs.extraction.negation import negated_before
from dialogs.parsing import form_words
from dialogs.parsing.phones import parse_phone
from dialogs.parsing.result import Parsed

if TYPE_CHECKING:
    from dialogs.extraction.candidates import Notes

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝"
    "龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤"
    "阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官"
)
_LEAD = re.compile(
    f"项目负责人(?:是|为|由|叫|[:：|])?(?P<name>[{_SURNAMES}](?![科局主院校书镇处股所总工某老]|同志|先生|女士|部长|"
    f"乡长)[一-龥]{{1,2}}?)(?=$|[，,。;；、:：|()\n\0]|同志|副?(?:局长|主任|科长|院长|校长|书记|镇长|股长|所长)|[，,]?(?:联系)?(?:电话|"
    f"手机)|担任|负责|1[3-9][0-9]|0952)"
)
_LEAD_TALK = re.compile("负责人|联系人")
_NAME = re.compile(
    "(?:项目名称|项目的?名字|项目名)(?:是|为|叫做?|暂?定为|拟定为)(?P<name>[^\n，,。;；!！?？\n\0|]{4,60}?)(?=$|[，,。;；!！?？\n\0|])"
)
_NAMED = re.compile(
    "(?:项目|名字|名称)叫做?(?P<name>[^\n，,。;；!！?？\n\0|这那]{4,60}?(?:项目|平台|系统|工程))(?=$|[，,。;；!！?？\n\0|])"
)
_TITLE = re.compile(
    "关于(?:申请|申报|报送|建设|实施|立项|开展|审批|上报|报批)+(?:建设)?《?(?P<name>[^\n，,。;；!！?？\n\0|《》]{4,60}?项目)》?(?:立项|建设|"
    "审批|审查|资金|申报)*的(?:请示|函|报告|申请|说明)"
)
_QUOTED = re.compile('(?:申报|建设|实施|申请|上报|启动)(?:的)?[“「"《](?P<name>[^”」"》\n]{4,60})[”」"》]')
_UNSURE_NAME = re.compile("暂|待|xx|某|可能|或|[×＊*]|之类|什么|类似|这种|那种")
_ADDRESS = re.compile(
    "(?:建设地点|建设地址|项目地址|实施地点)(?:是|为|在|位于|设在)+(?P<name>[^\n，,。;；!！?？\n\0|]{3,60}?)(?=$|[，,。;；!！?？\n\0|])"
)
_FUNDING = re.compile(
    "(?:后续|期满后的?|免费(?:运维)?期满?(?:以|之)?后的?|日后|后期)(?:的)?运维(?:的)?(?:资金|经费|费用|钱)?(?P<name>(?:由|列入|纳入|从|来自|"
    "申请)[^\n，,。;；!！?？\n\0|]{2,60}?)(?=$|[，,。;；!！?？\n\0|])"
)
_OLD_NUMBER = re.compile("(?:旧|原|老|以前的?)(?:号码?|电话|手机)|停用|作废|空号")
_OTHERS_PHONE = re.compile(
    "打(?:电话)?(?:到|给)[^\n，,。]{0,8}$|传真|监督|投诉|数据局|公司|厂家|客服|供应商|监理|热线|qq|身份证|账号|卡号|编号|文号|代码"
)


def read_names(notes: Notes) -> None:
    """Note names and telephones that stand in sentences."""
    for found in _LEAD.finditer(notes.text):
        notes.say("project_lead", found["name"], *found.span("name"))
    for found in _LEAD_TALK.finditer(notes.text):
        notes.doubt("project_lead", *found.span(), "unclear", is_weak=True)
    for pattern in (_NAME, _NAMED, _TITLE):
        for found in pattern.finditer(notes.text):
            _name(notes, "project_name", *found.span("name"))
    for found in _ADDRESS.finditer(notes.text):
        _name(notes, "project_address", *found.span("name"))
    for found in _FUNDING.finditer(notes.text):
        _name(notes, "operation_funding_source", *found.span("name"))
    _quoted(notes)
    _phones(notes)


def _name(notes: Notes, fact: str, start: int, end: int) -> None:
    words = notes.source.words(start, end).strip(" “”\"'「」《》")
    if "\n" in words or _UNSURE_NAME.search(words) or form_words.is_filler(words):
        notes.doubt(fact, start, end, "unclear")
    else:
        notes.say(fact, words, start, end)


def _quoted(notes: Notes) -> None:
    """Read 申报“…项目”; the quotation marks stand only in the words as typed."""
    places = {place: index for index, place in enumerate(notes.source.places)}
    for found in _QUOTED.finditer(notes.source.original):
        start, last = places.get(found.start("name")), places.get(found.end("name") - 1)
        if start is None or last is None or notes.text[start] == "\0":
            continue
        if found["name"].strip().endswith("项目"):
            _name(notes, "project_name", start, last + 1)
        else:
            notes.doubt("project_name", start, last + 1, "unclear", is_weak=True)


def _phones(notes: Notes) -> None:
    """Read the one telephone number of a text; of several, none is taken for granted."""
    said = notes.of("phone")
    if any(mention.value is not None for mention in said):
        return
    numbers: dict[str, tuple[int, int]] = {}
    for found in re.finditer(
        r"(?<![0-9a-z.-])(?:1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}|"
        r"\(?0[0-9]{2,3}\)?[-— ]?[2-9][0-9]{6,7}(?:(?:-|转)[0-9]{1,6})?)(?![0-9a-z@])",
        notes.source.text,
    ):
        before = notes.source.text[max(0, found.start() - 10) : found.start()]
        if negated_before(notes.text, found.start()) or _OLD_NUMBER.search(before):
            continue
        clause = notes.clauses.at(found.start())
        read = parse_phone(found[0])
        if isinstance(read, Parsed) and not _OTHERS_PHONE.search(before) and clause.stance != "foreign":
            numbers.setdefault(read.value, found.span())
    if len(numbers) == 1:
        ((number, (start, end)),) = numbers.items()
        # 如有疑问请打… supposes a question, not the number
        note = notes.state if notes.clauses.at(start).reason == "supposed" else notes.say
        note("phone", number, start, end)
    for start, end in list(numbers.values())[:1] if len(numbers) > 1 else []:
        notes.doubt("phone", start, end, "several")
