"""What a visitor reads when something cannot be done: one sentence, never a path or a trace."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from bot.failures import failure_text
from bot.web.visit import Visit
from rules.text import T, Text
from storage.errors import NotFound, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from starlette.requests import Request
    from starlette.responses import Response

    from bot.web.site import Site

_log = logging.getLogger(__name__)
_NOT_HERE = T("没有这个页面，或者您看不到它。")
_SENTENCES: dict[int, Text] = {
    400: T("这个请求读不懂，请返回再试。"),
    401: T("请先登录。"),
    403: T("这张表单已经过期，或者不是从本页发来的；请返回刷新后再试，没有存下的字还在原来的页面上。"),
    404: _NOT_HERE,
    405: _NOT_HERE,
    413: T("文件太大了，没有收下；请压缩或拆分后再传。"),
    429: T("太频繁了，请过几分钟再试。"),
}
_OURS = T("出了意外，这一步没有做成；之前存下的都在。请返回再试，还不行请联系管理员。")


def handlers(site: Site) -> dict[Any, Callable[[Request, Any], Response]]:
    """Return what answers each kind of failure."""

    def refused(request: Request, error: HTTPException) -> Response:
        sentence = _SENTENCES.get(error.status_code, _OURS)
        if error.detail == "invitation":
            sentence = T("这个邀请已经用过或过期了，请找管理员再要一个。")
        return _page(site, request, error.status_code, sentence)

    def not_found(request: Request, _error: NotFound) -> Response:
        return _page(site, request, 404, _NOT_HERE)

    def not_kept(request: Request, error: StorageError) -> Response:
        _log.error("storage: %s", type(error).__name__)
        return _page(site, request, 503, failure_text(error))

    def gone(request: Request, _error: ClientDisconnect) -> Response:
        return _page(site, request, 400, _SENTENCES[400])

    def unexpected(request: Request, error: Exception) -> Response:
        _log.error("unexpected", exc_info=error)
        return _page(site, request, 500, _OURS)

    return {
        HTTPException: refused,
        NotFound: not_found,
        StorageError: not_kept,
        ClientDisconnect: gone,
        Exception: unexpected,
    }


def _page(site: Site, request: Request, status: int, sentence: Text) -> Response:
    visit: Visit | None = getattr(request.state, "visit", None)
    if visit is None:
        visit = Visit(site, request, None, FormData(), site.conversation.language)
    return visit.page("problem.html", status=status, sentence=sentence)
