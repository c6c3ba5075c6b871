"""The log of who did what, in words."""

from __future__ import annotations

from rules.text import T, Text, verbatim

LABELS: dict[str, Text] = {
    "signed_in": T("登录"),
    "sign_in_refused": T("登录没有成功"),
    "joined": T("开通账号"),
    "linked": T("绑定统一身份认证"),
    "invited": T("发出邀请"),
    "password_reset": T("发出设新密码的链接"),
    "password_set": T("设了新密码"),
    "unit_added": T("添加单位"),
    "account_closed": T("停用账号"),
    "account_opened": T("恢复账号"),
    "take_over": T("接手填写"),
    "summary_exported": T("导出备案汇总"),
    "submitted": T("提交项目"),
    "recalled": T("收回提交"),
    "duplicated": T("复制项目"),
    "archived": T("归档项目"),
    "reopened": T("恢复项目"),
    "deleted": T("删除项目"),
    "exported": T("导出项目"),
    "package_downloaded": T("下载材料包"),
    "uploaded": T("交文件"),
    "withdrawn": T("撤回文件"),
    "downloaded": T("下载文件"),
    "chat_linked": T("绑定聊天"),
    "chat_unlinked": T("解除聊天绑定"),
    "member_invited": T("邀请同事"),
    "member_joined": T("加入项目"),
    "member_removed": T("移除同事"),
    "member_left": T("退出项目"),
    "forgotten": T("删除个人数据"),
    "data_exported": T("导出个人数据"),
    "idle_told": T("提醒长期没动的草稿"),
    "idle_deleted": T("删除长期没动的草稿"),
}


def action_label(action: str) -> Text:
    """Return what an entry of the log says; its own name when an older or newer version wrote it."""
    return LABELS.get(action, verbatim(action))
