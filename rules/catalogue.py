"""The fields of a catalogue entry (信息资源目录), in the order of the 政务信息资源目录编制指南."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from rules.text import T, Text

if TYPE_CHECKING:
    from collections.abc import Mapping


ANY = "*"


class CatalogueOption(msgspec.Struct, frozen=True):
    """A value of a field with a code list; the label, not a number, is what people see and files hold."""

    key: str
    label: Text


class CatalogueField(msgspec.Struct, frozen=True):
    """A field of an entry.

    Attributes:
        required: an entry without it is not one.
        only_if: another field and the value that it must have (``ANY``: not empty) for this one to be asked.
    """

    id: str
    label: Text
    prompt: Text
    type: Literal["text", "choice", "yes_no"] = "text"
    options: tuple[CatalogueOption, ...] = ()
    required: bool = False
    only_if: tuple[str, str] | None = None


FIELDS: tuple[CatalogueField, ...] = (
    CatalogueField("name", T("信息资源名称"), T("这一条信息资源叫什么名字？"), required=True),
    CatalogueField("provider", T("信息资源提供方"), T("由哪个单位提供？")),
    CatalogueField("summary", T("信息资源摘要"), T("用一句话说说它是什么数据。")),
    CatalogueField("format", T("信息资源格式"), T("是什么格式？（例如 数据库表、电子表格、PDF）")),
    CatalogueField("items", T("信息项"), T("包含哪些信息项？（例如 姓名、地址、办理时间）")),
    CatalogueField(
        "share",
        T("共享类型"),
        T("怎么共享？"),
        type="choice",
        options=(
            CatalogueOption("unconditional", T("无条件共享")),
            CatalogueOption("conditional", T("有条件共享")),
            CatalogueOption("none", T("不予共享")),
        ),
        required=True,
    ),
    CatalogueField("condition", T("共享条件"), T("共享的条件是什么？"), only_if=("share", "conditional")),
    CatalogueField(
        "basis",
        T("不予共享的依据"),
        T("不予共享的依据是什么？（写明法律、法规或政策的名称和条款）"),
        only_if=("share", "none"),
    ),
    CatalogueField(
        "basis_kind",
        T("依据的种类"),
        T("这个依据属于哪一种？"),
        type="choice",
        options=(
            CatalogueOption("law", T("法律")),
            CatalogueOption("administrative_regulation", T("行政法规")),
            CatalogueOption("state_council_decision", T("国务院决定")),
            CatalogueOption("policy", T("政策文件")),
        ),
        only_if=("basis", ANY),
    ),
    CatalogueField("method", T("共享方式"), T("用什么方式共享？（例如 共享平台、接口、文件）")),
    CatalogueField("open", T("是否向社会开放"), T("向社会开放吗？"), type="yes_no"),
    CatalogueField("update_cycle", T("更新周期"), T("多久更新一次？（例如 实时、每日、每月、每年）")),
)
BY_ID: dict[str, CatalogueField] = {field.id: field for field in FIELDS}


def next_field(entry: Mapping[str, str]) -> CatalogueField | None:
    """Return the first field that the entry has no word about yet (an empty one was passed over); None: complete."""
    return next((field for field in FIELDS if field.id not in entry and _is_asked(field, entry)), None)


def _is_asked(field: CatalogueField, entry: Mapping[str, str]) -> bool:
    if field.only_if is None:
        return True
    other, wanted = field.only_if
    return entry.get(other) == wanted or (wanted == ANY and bool(entry.get(other)))
