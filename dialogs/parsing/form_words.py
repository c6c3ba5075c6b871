"""What people write into a form where a value should stand: placeholders, 「无」, and amounts within a remark."""

from __future__ import annotations

import re

from dialogs.parsing.text import normalise
from dialogs.parsing.words import words

_NOTHING = words(
    "无", "没有", "暂无", "不涉及", "none", "n/a", "na", "无。", "/", "\\", "-", "—", "——", "--", "//"
)
_FILLER = re.compile(
    r"[x×*_\-—–…·.。?/\\~|<>【】\[\]() ]+|(?:某|×|x)+|待定|待补充?|待填写?|略|同上|tbd|(?:\(?(?:请|此处|在此)?填写?.{0,30}?\)?)|单击.{0,4}点击此处.*",
    re.IGNORECASE,
)
_HOLES = re.compile(r"[xX×＊*]{2,}|[_＿]{2,}|…{2,}")
_UNDERLINES = "_＿ \t\u3000\xa0"
_SEAL = re.compile(r"[(（\[](?:盖章|公章|单位公章|单位盖章|章|签章|签字)[)）\]]")
_OTHER_FUNDS = re.compile(
    r"(?P<note>其[他它]资金|(?:单位)?自筹(?:资金)?|县区?(?:级|财政|本级)?(?:财政|配套)*(?:资金)?|区县(?:财政|配套|资金)+"
    r"|园区(?:财政|配套|资金)+|区(?:级|本级)财政(?:配套)?(?:资金)?)"
    r"[为是:：约计共\s]{0,4}(?P<amount>[0-9][0-9,.]*\s*(?:万元|亿元|元|万))"
)
_ESTIMATE = re.compile(r"(?:投资|项目)概算[为是:：\s]{0,3}(?P<amount>[0-9][0-9,.]*\s*(?:万元|亿元|元|万))")
_SOURCES = {
    "fund_national": re.compile("国家|中央"),
    "fund_regional": re.compile("自治区|宁夏"),
    "fund_city": re.compile("市"),
    "fund_social": re.compile("社会|企业"),
}
_UNIT = re.compile("万元|亿元|元")
_YEAR = re.compile(r"\d{4}|[〇零一二三四五六七八九]{4}年|\d{2}年")
_DATE_PART = re.compile(r"[\d一二三四五六七八九十年]")
_PHONE = re.compile(
    r"(?<!\d)(?:1[3-9]\d(?:[ -]?\d){8}|(?:\(?0\d{2,3}\)?[-— ]?)?[2-9]\d{6,7}(?:(?:-|转)\d{1,6})?)(?!\d)"
)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_LATIN_BREAK = re.compile(r"(?<=[0-9A-Za-z,.;:)])\n+(?=[0-9A-Za-z(])")
_NOT_YET = re.compile("[未没无不]|待|正在|编制中|拟|计划|后补|尚|缺|另行|办理中")
_NUMBERING = re.compile(r"^(?:[(（]?[0-9一二三四五六七八九十]{1,2}[)）、.．:：]|[①-⑳]|[-·•●◆*])+\s*")
_MATERIAL_END = re.compile(r"[\n;；。]+|(?=[①-⑳])|(?<=[\s、,，])(?=[(（]?[0-9]{1,2}[.、．)）]\D)")
_COPIES = re.compile(r"[0-9一二两三四五六七八九十]{1,4} ?[份本册套页]$")


def foreign_unit(label: str) -> str:
    """Return the unit that a label names when it is not 万元: 总投资（元）; else nothing."""
    units = _UNIT.findall(label)
    return units[-1] if units and units[-1] != "万元" else ""


def names_year(text: str) -> bool:
    """Say whether a date names its year in figures."""
    return _YEAR.search(normalise(text)) is not None


def may_be_date(text: str) -> bool:
    """Say whether there is anything of a date in a text."""
    return _DATE_PART.search(text) is not None


def says_nothing(text: str) -> bool:
    """Say whether somebody wrote that there is nothing: 无, /, —."""
    return normalise(text).casefold() in _NOTHING


def is_filler(text: str) -> bool:
    """Say whether a text only holds the place of one: XX, ____, 待定."""
    return says_nothing(text) or _FILLER.fullmatch(normalise(text)) is not None


def has_holes(text: str) -> bool:
    """Say whether something in a text was left to fill in: 石嘴山市XX局."""
    return _HOLES.search(text) is not None


def without_lines(text: str) -> str:
    """Return a text without the lines it was written on."""
    return text.strip(_UNDERLINES + "\n")


def without_seal(text: str) -> str:
    """Return a name without （盖章）."""
    return _SEAL.sub("", text).strip()


def one_line(text: str) -> str:
    """Return a name that was broken over lines as one, a space only between Latin words."""
    return re.sub(r"\s*\n\s*", "", _LATIN_BREAK.sub(" ", text))


def other_funds(remarks: str) -> list[tuple[str, str]]:
    """Return what a remark says of money without a column: whose it is, and the amount as written."""
    return [(found["note"], found["amount"]) for found in _OTHER_FUNDS.finditer(normalise(remarks))]


def estimates(remarks: str) -> list[str]:
    """Return the amounts of 投资概算 that a remark names, as written."""
    return [found["amount"] for found in _ESTIMATE.finditer(normalise(remarks))]


def names_source(text: str, column: str) -> bool:
    """Say whether a text on money names one of the four columns at all."""
    return _SOURCES[column].search(text) is not None


def phones_in(text: str) -> list[str]:
    """Return what looks like telephone numbers among other words."""
    return [found[0] for found in _PHONE.finditer(normalise(text))]


def without_phones(text: str) -> str:
    """Return the other words."""
    return re.sub("(?:电话|手机|联系方式|tel)[:： ]*", "", _PHONE.sub("", normalise(text))).strip(" ,、;:/()")


def without_brackets(text: str) -> str:
    """Return a text, half-width, without what stands in brackets."""
    return _BRACKETS.sub("", normalise(text)).strip()


def material_lines(text: str) -> list[str]:
    """Return the documents that a cell lists, without numbers; whether ；or 、 ends one is left open."""
    return [line for part in _MATERIAL_END.split(text) if (line := bare_material(part))]


def bare_material(words_: str) -> str:
    """Return the name of a document without its number and 《》."""
    return re.sub('[《》“”"]', "", _NUMBERING.sub("", words_.strip())).strip(" ,，、.")


def material_key(name: str) -> str:
    """Return a document's name for comparison: no brackets, no 「一份」, no 项目 in front."""
    key = _COPIES.sub("", re.sub(r"\s", "", without_brackets(name)))
    return key.removeprefix("本").removeprefix("项目").removeprefix("信息化项目")


def is_not_ready(name: str) -> bool:
    """Say whether a document is listed as still to come."""
    return _NOT_YET.search(name) is not None
