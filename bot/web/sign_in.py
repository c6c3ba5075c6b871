"""Coming in and going out: the printed address of local mode, names and passwords, invitations."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from bot.web.passwords import hashed, is_right, needs_new_hash
from bot.web.principal import digest_of
from rules.text import T, Text
from storage.errors import Duplicate

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.web.visit import Visit
    from storage.invitations import Invitation
    from storage.unit_of_work import UnitOfWork

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
_LOGIN = re.compile(r"[\w.@+-]{2,60}")


def open_local(visit: Visit) -> Response:
    """Let the person at this computer in, by the address that was printed."""
    if visit.site.local_user is None:
        raise HTTPException(404)
    if visit.principal is not None:
        return visit.redirect("/")
    if not visit.site.use_local_token(visit.request.query_params.get("token", "")):
        return visit.page("sign_in.html", status=403, error=None, login="")
    return begin_session(visit, None)


def sign_in_page(visit: Visit) -> Response:
    """Ask for name and password; in local mode, say where the address is."""
    if visit.principal is not None:
        return visit.redirect("/")
    return visit.page("sign_in.html", error=None, login="")


def sign_in(visit: Visit) -> Response:
    """Let an account in."""
    if visit.site.local_user is not None:
        raise HTTPException(404)
    login, password = visit.value("login", longest=60), visit.value("password", longest=LONGEST_PASSWORD)
    if not visit.site.limits.allows_sign_in(visit.address, login):
        return _refused(visit, login, T("试的次数太多了，请过十分钟再试。"), status=429)
    with visit.site.conversation.database.unit_of_work() as work:
        account = work.accounts.by_login(login)
    # A name that does not exist takes as long as a wrong password, so that nobody can find out names.
    is_known = is_right(password, account.password_hash if account and account.is_active else None)
    if account is None or not is_known:
        with visit.site.conversation.database.unit_of_work() as work:
            work.audit.append(at=visit.now, actor="web", action="sign_in_refused")
        return _refused(
            visit, login, T("用户名或密码不对，请再试；忘了密码请找管理员要一个设新密码的链接。"), status=422
        )
    if account.password_hash and needs_new_hash(account.password_hash):
        with visit.site.conversation.database.unit_of_work() as work:
            work.accounts.set_password(account.id, hashed(password))
    return begin_session(visit, account.id)


def sign_out(visit: Visit) -> Response:
    """End the session."""
    with visit.site.conversation.database.unit_of_work() as work:
        work.web_sessions.end(visit.user.session)
    response = visit.redirect("/sign-in")
    response.delete_cookie(visit.site.cookie, secure=visit.site.settings.is_secure, httponly=True)
    return response


def invitation_page(visit: Visit) -> Response:
    """Ask somebody who was invited for a name and a password."""
    with visit.site.conversation.database.unit_of_work() as work:
        invitation = _open_invitation(visit, work)
        unit = None if invitation.unit_id is None else work.units.get(invitation.unit_id)
    return visit.page("invitation.html", invitation=invitation, unit=unit, error=None, login="", name="")


def accept_invitation(visit: Visit) -> Response:
    """Open the account of somebody who was invited, or set their password anew; a link works once."""
    login, name = visit.value("login", longest=60).strip(), visit.value("name", longest=40).strip()
    password = visit.value("password", longest=LONGEST_PASSWORD)
    with visit.site.conversation.database.unit_of_work() as work:
        invitation = _open_invitation(visit, work)
        unit = None if invitation.unit_id is None else work.units.get(invitation.unit_id)
    problem = _bad_password(password, visit.value("again", longest=LONGEST_PASSWORD))
    if invitation.account_id is None:
        problem = _bad_name(login, name) or problem
    if problem is None:
        try:
            return begin_session(visit, _let_in(visit, login, name, hashed(password)))
        except Duplicate:
            problem = T("这个用户名已经有人用了，请换一个。")
    return visit.page(
        "invitation.html",
        status=422,
        invitation=invitation,
        unit=unit,
        error=problem,
        login=login,
        name=name,
    )


def _let_in(visit: Visit, login: str, name: str, password_hash: str) -> int:
    """Return the account of who was invited, unless somebody else has just used the link."""
    with visit.site.conversation.database.unit_of_work() as work:
        invitation = _open_invitation(visit, work)
        account_id = invitation.account_id
        if account_id is not None:
            work.accounts.set_password(account_id, password_hash)
            work.web_sessions.end_all(account_id)
        else:
            account_id = work.accounts.add(
                unit_id=invitation.unit_id,
                login=login,
                name=name,
                role=invitation.role,
                password_hash=password_hash,
                at=visit.now,
            ).id
        if not work.invitations.use(digest_of(visit.path("token")), account_id=account_id, at=visit.now):
            raise HTTPException(404, "invitation")
        action = "joined" if invitation.account_id is None else "password_set"
        work.audit.append(
            at=visit.now, actor=f"web:account:{account_id}", action=action, unit_id=invitation.unit_id
        )
    return account_id


def begin_session(visit: Visit, account_id: int | None, path: str = "/") -> Response:
    """Begin a session and go to a page; a session that was there before is another one (fixation)."""
    token = secrets.token_urlsafe(32)
    lasts = visit.site.session_lasts
    with visit.site.conversation.database.unit_of_work() as work:
        work.web_sessions.forget(visit.now)
        work.web_sessions.start(
            digest_of(token), account_id=account_id, at=visit.now, expires_at=visit.now + lasts
        )
        if account_id is not None:
            work.audit.append(at=visit.now, actor=f"web:account:{account_id}", action="signed_in")
    response = visit.redirect(path)
    response.set_cookie(
        visit.site.cookie,
        token,
        max_age=int(lasts.total_seconds()),
        httponly=True,
        secure=visit.site.settings.is_secure,
        # strict would drop the session when the printed address is followed from another window
        samesite="lax",
    )
    return response


def _refused(visit: Visit, login: str, error: Text, *, status: int) -> Response:
    return visit.page("sign_in.html", status=status, error=error, login=login)


def _open_invitation(visit: Visit, work: UnitOfWork) -> Invitation:
    """Return an invitation that still works.

    Raises:
        HTTPException: 404 for one that is unknown, used or too old.
    """
    invitation = work.invitations.get(digest_of(visit.path("token")))
    if invitation is None or invitation.used_at is not None or invitation.expires_at <= visit.now:
        raise HTTPException(404, "invitation")
    return invitation


def _bad_name(login: str, name: str) -> Text | None:
    if not _LOGIN.fullmatch(login):
        return T("用户名要 2 到 60 个字：汉字、字母、数字和 . @ + - _。")
    return None if name else T("请写上姓名，同事要看得出是谁。")


def _bad_password(password: str, again: str) -> Text | None:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return T("密码要 {least} 到 {most} 个字符。", least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD)
    return None if password == again else T("两次输入的密码不一样。")
