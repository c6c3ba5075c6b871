"""The fields of a catalogue entry (信息资源目录) and their code lists, after the 政务信息资源目录编制指南（试行）."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Literal

import msgspec

from rules.text import T, Text

if TYPE_CHECKING:
    from collections.abc import Mapping


ANY = "*"
LONGEST_FIELD = 500
"""Characters in one field of an entry."""

_LONGEST_HEADING = 60
_NOT_LETTERS = re.compile(r"[\W_]+")
_BRACKETED = re.compile(r"[(（\[【].*?[)）\]】]", re.DOTALL)
_LISTED = re.compile(r"[,，、;；/+\n]+")


class CatalogueOption(msgspec.Struct, frozen=True):
    """A value of a field with a code list; the label, not a number, is what people see and files hold.

    Attributes:
        synonyms: other words that people write for it.
    """

    key: str
    label: Text
    synonyms: tuple[str, ...] = ()


class CatalogueField(msgspec.Struct, frozen=True):
    """A field of an entry.

    Attributes:
        options: the closed code list: nothing else is a value.
        suggestions: the list of the 编制指南 for a field that also takes other words; each key is its label.
        required: an entry without it is not one.
        only_if: another field and the value that it must have (``ANY``: not empty) for this one to be asked.
        headings: other headings under which spreadsheets have it.
    """

    id: str
    label: Text
    prompt: Text
    type: Literal["text", "choice", "yes_no"] = "text"
    options: tuple[CatalogueOption, ...] = ()
    suggestions: tuple[CatalogueOption, ...] = ()
    required: bool = False
    only_if: tuple[str, str] | None = None
    headings: tuple[str, ...] = ()

    @property
    def listed(self) -> tuple[CatalogueOption, ...]:
        """What a spreadsheet offers for this field."""
        return YES_NO if self.type == "yes_no" else self.options or self.suggestions


def _suggested(label: Text, *synonyms: str) -> CatalogueOption:
    return CatalogueOption(label.msgid, label, synonyms)


YES_NO = (
    CatalogueOption("yes", T("是"), ("开放", "TRUE", "Y")),
    CatalogueOption("no", T("否"), ("不开放", "不予开放", "FALSE", "N")),
)

FIELDS: tuple[CatalogueField, ...] = (
    CatalogueField(
        "name",
        T("信息资源名称"),
        T("这一条信息资源叫什么名字？"),
        required=True,
        headings=("名称", "资源名称", "目录名称", "信息资源", "数据名称"),
    ),
    CatalogueField(
        "provider",
        T("信息资源提供方"),
        T("由哪个单位提供？"),
        headings=("提供方", "提供单位", "提供部门", "信息资源提供单位", "信息资源提供部门", "数据提供方"),
    ),
    CatalogueField(
        "summary",
        T("信息资源摘要"),
        T("用一句话说说它是什么数据。"),
        headings=("摘要", "资源摘要", "简介", "描述", "信息资源描述", "内容摘要"),
    ),
    CatalogueField(
        "format",
        T("信息资源格式"),
        T("是什么格式？（选一项；都不合适就直接写）"),
        suggestions=(
            _suggested(
                T("电子文件"), "文件", "文档", "ofd", "wps", "xml", "txt", "doc", "docx", "html", "pdf", "ppt"
            ),
            _suggested(T("电子表格"), "表格", "et", "xls", "xlsx", "csv", "excel"),
            _suggested(
                T("数据库"), "库表", "数据表", "dm", "kingbase", "mysql", "oracle", "sqlserver", "dbf"
            ),
            _suggested(T("图形图像"), "图片", "图像", "图形", "jpg", "png", "gif", "bmp"),
            _suggested(T("流媒体"), "视频", "音频", "音视频", "mp4", "mp3", "mpg", "rm", "swf"),
            _suggested(T("自描述格式"), "其他", "自定义"),
        ),
        headings=("格式", "资源格式", "数据格式", "信息资源格式分类", "格式分类"),
    ),
    CatalogueField(
        "items",
        T("信息项"),
        T("包含哪些信息项？（例如 姓名、地址、办理时间）"),
        headings=("信息项名称", "信息项信息", "数据项", "字段", "字段名称"),
    ),
    CatalogueField(
        "share",
        T("共享类型"),
        T("怎么共享？"),
        type="choice",
        options=(
            CatalogueOption("unconditional", T("无条件共享"), ("无条件", "无条件共享类")),
            CatalogueOption("conditional", T("有条件共享"), ("有条件", "有条件共享类")),
            CatalogueOption("none", T("不予共享"), ("不共享", "不予共享类")),
        ),
        required=True,
        headings=("共享属性", "共享类别"),
    ),
    CatalogueField(
        "condition",
        T("共享条件"),
        T("共享的条件是什么？"),
        only_if=("share", "conditional"),
        headings=("有条件共享的条件", "有条件共享条件"),
    ),
    CatalogueField(
        "basis",
        T("不予共享的依据"),
        T("不予共享的依据是什么？（写明法律、法规或政策的名称和条款）"),
        only_if=("share", "none"),
        headings=("不予共享依据", "不共享依据", "依据"),
    ),
    CatalogueField(
        "basis_kind",
        T("依据的种类"),
        T("这个依据属于哪一种？"),
        type="choice",
        options=(
            CatalogueOption("law", T("法律")),
            CatalogueOption("administrative_regulation", T("行政法规"), ("法规",)),
            CatalogueOption("state_council_decision", T("国务院决定"), ("国务院的决定",)),
            CatalogueOption("policy", T("政策文件"), ("政策", "规范性文件", "文件")),
        ),
        only_if=("basis", ANY),
        headings=("依据种类", "依据类型", "依据类别"),
    ),
    CatalogueField(
        "method",
        T("共享方式"),
        T("用什么方式共享？（选一项；都不合适就直接写）"),
        suggestions=(
            _suggested(T("共享平台"), "平台", "共享平台方式", "数据共享平台", "接口", "库表交换", "api"),
            _suggested(T("邮件"), "电子邮件", "邮箱", "email"),
            _suggested(T("拷盘"), "U盘", "光盘", "移动硬盘"),
            _suggested(T("介质交换"), "介质", "纸质", "纸质报表"),
        ),
        headings=("共享方式分类", "共享途径", "交换方式"),
    ),
    CatalogueField(
        "open",
        T("是否向社会开放"),
        T("向社会开放吗？"),
        type="yes_no",
        headings=("是否开放", "向社会开放", "开放属性", "社会开放"),
    ),
    CatalogueField(
        "update_cycle",
        T("更新周期"),
        T("多久更新一次？（选一项；都不合适就直接写）"),
        suggestions=(
            _suggested(T("实时"), "实时更新"),
            _suggested(T("每日"), "每天", "按日", "日", "天", "每工作日"),
            _suggested(T("每周"), "每星期", "按周", "周"),
            _suggested(T("每月"), "每个月", "按月", "月"),
            _suggested(T("每季度"), "每季", "按季", "按季度", "季度", "季"),
            _suggested(T("每年"), "每一年", "按年", "年", "年度"),
        ),
        headings=("更新频率", "更新频度", "数据更新周期", "更新周期频率"),
    ),
)
BY_ID: dict[str, CatalogueField] = {field.id: field for field in FIELDS}


def next_field(entry: Mapping[str, str]) -> CatalogueField | None:
    """Return the first field that the entry has no word about yet (an empty one was passed over); None: complete.

    The field is as it is asked: its suggestions stand among the options.
    """
    field = next((field for field in FIELDS if field.id not in entry and _is_asked(field, entry)), None)
    if field is None or not field.suggestions:
        return field
    return msgspec.structs.replace(field, options=field.suggestions)


def plain(words: str) -> str:
    """Return words as they are compared: without spaces, punctuation, full-width forms and capitals."""
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", words)).casefold()


def heading_named(words: str) -> CatalogueField | None:
    """Return the field that a column is headed with; notes in brackets (必填) and marks do not count."""
    return _HEADED.get(plain(_BRACKETED.sub("", words[:_LONGEST_HEADING])))


def option_named(field: CatalogueField, words: str) -> CatalogueOption | None:
    """Return the option of a field whose key, label or synonym this is."""
    return _NAMED[field.id].get(plain(words))


def options_named(field: CatalogueField, words: str) -> dict[str, CatalogueOption | None]:
    """Return each thing that an answer lists (共享平台、邮件) with the option that it means; None: not one of them."""
    pieces = [piece.strip() for piece in _LISTED.split(words) if piece.strip()]
    return {piece: option_named(field, piece) or _told(field, piece) for piece in pieces}


def _told(field: CatalogueField, piece: str) -> CatalogueOption | None:
    """Find the one option whose label stands inside a longer answer: 电子文件（PDF）."""
    told = [option for option in field.listed if plain(option.label.msgid) in plain(piece)]
    return told[0] if len(told) == 1 else None


def _is_asked(field: CatalogueField, entry: Mapping[str, str]) -> bool:
    if field.only_if is None:
        return True
    other, wanted = field.only_if
    return entry.get(other) == wanted or (wanted == ANY and bool(entry.get(other)))


_NAMED: dict[str, dict[str, CatalogueOption]] = {
    field.id: {
        plain(name): option
        for option in field.listed
        for name in (option.label.msgid, option.key, *option.synonyms)
    }
    for field in FIELDS
}
_HEADED: dict[str, CatalogueField] = {
    plain(heading): field for field in FIELDS for heading in (field.label.msgid, field.id, *field.headings)
}
