"""Coming in through the place's own sign-in service (OpenID Connect): there and back again, and whose account."""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import datetime, timedelta
from itertools import chain, count
from typing import TYPE_CHECKING, Self

import msgspec
from starlette.exceptions import HTTPException

from bot.web.oidc_provider import STALE, OidcError, provider_of
from bot.web.principal import digest_of
from bot.web.sign_in import begin_session
from rules.text import T
from storage.errors import Duplicate

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.web.oidc_provider import Identity, Provider
    from bot.web.visit import Visit
    from storage.invitations import Invitation
    from storage.unit_of_work import UnitOfWork

LASTS = timedelta(minutes=10)
_SHORTEST_LOGIN, _LONGEST_LOGIN, _LONGEST_NAME = 2, 50, 40
_NOT_IN_LOGIN = re.compile(r"[^\w.@+-]+")


class Attempt(msgspec.Struct, frozen=True):
    """A sign-in that is under way.

    Attributes:
        state: what the service hands back, so that only who began it can end it.
        nonce: what the ID token must hold.
        verifier: the secret of PKCE.
        expires_at: seconds since 1970.
        invitation: the token of the invitation that it shall use; empty for none.
        account_id: the account that it shall link; None when it is to sign in.
    """

    state: str
    nonce: str
    verifier: str
    expires_at: int
    invitation: str = ""
    account_id: int | None = None

    @classmethod
    def begun(cls, at: datetime, *, invitation: str, account_id: int | None) -> Self:
        """Return a new attempt with secrets of its own."""
        return cls(
            state=secrets.token_urlsafe(),
            nonce=secrets.token_urlsafe(),
            verifier=secrets.token_urlsafe(48),
            expires_at=int((at + LASTS).timestamp()),
            invitation=invitation,
            account_id=account_id,
        )

    # The attempt stays with the browser that began it, in a cookie, so that any worker can end it and nothing
    # piles up here. Signed is enough: all it holds is the browser's own, and the verifier guards a code that
    # only this browser receives. The key comes from the client secret, which all workers share.

    def sealed(self, key: bytes) -> str:
        """Return what the cookie holds."""
        body = msgspec.json.encode(self).hex()
        return f"{body}.{_signature(body, key)}"

    @classmethod
    def opened(cls, sealed: str, key: bytes, at: datetime) -> Self | None:
        """Return the attempt of a cookie, or None when it is not ours or too old."""
        body, _, signature = sealed.rpartition(".")
        if not _same(signature, _signature(body, key)):
            return None
        attempt = msgspec.json.decode(bytes.fromhex(body), type=cls)
        return attempt if at.timestamp() < attempt.expires_at else None


# msgspec looks at a type at its first use, and when two threads do so at once the process ends: so here, before any.
msgspec.json.Decoder(Attempt)


def start(visit: Visit) -> Response:
    """Send the browser to the service: to sign in, to use an invitation, or to link the account it is in."""
    _check_offered(visit)
    query = visit.request.query_params
    invitation, account_id = query.get("invitation", ""), None
    if query.get("link"):
        _refuse_foreign(visit)
        account_id, invitation = visit.user.account_id, ""
    elif invitation:
        with visit.site.conversation.database.unit_of_work() as work:
            _open_invitation(visit, work, invitation)
    elif visit.principal is not None:
        return visit.redirect("/")
    attempt = Attempt.begun(visit.now, invitation=invitation, account_id=account_id)
    try:
        provider = provider_of(visit.site.settings)
        address = provider.address(
            state=attempt.state, nonce=attempt.nonce, verifier=attempt.verifier, at=visit.now
        )
    except OidcError as error:
        return _problem(visit, error)
    response = visit.redirect(address)
    response.set_cookie(
        _cookie(visit),
        attempt.sealed(provider.key),
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        secure=visit.site.settings.is_secure,
        samesite="lax",  # strict would keep it back when the service sends the browser here
    )
    return response


def callback(visit: Visit) -> Response:
    """Let in who comes back from the service."""
    _check_offered(visit)
    try:
        provider = provider_of(visit.site.settings)
        attempt = _attempt(visit, provider)
    except OidcError as error:
        return _problem(visit, error)
    try:
        response = _answer(visit, attempt, _identity(visit, attempt, provider))
    except OidcError as error:
        with visit.site.conversation.database.unit_of_work() as work:
            work.audit.append(at=visit.now, actor="web", action="sign_in_refused")
        response = _problem(visit, error)
    response.delete_cookie(
        _cookie(visit), secure=visit.site.settings.is_secure, httponly=True, samesite="lax"
    )
    return response


def _attempt(visit: Visit, provider: Provider) -> Attempt:
    """Return the attempt that this browser has begun and that the service answers now.

    Raises:
        OidcError: there is none, or there were too many.
    """
    attempt = Attempt.opened(visit.request.cookies.get(_cookie(visit), ""), provider.key, visit.now)
    if attempt is None or not _same(visit.request.query_params.get("state", ""), attempt.state):
        raise OidcError(400, STALE)
    # Counted on the way back, the only one that costs the service anything; nobody has a name yet.
    if not visit.site.limits.allows_sign_in(visit.address, attempt.state):
        raise OidcError(429, T("试的次数太多了，请过十分钟再试。"))
    return attempt


def _identity(visit: Visit, attempt: Attempt, provider: Provider) -> Identity:
    code = visit.request.query_params.get("code", "")
    if not code:
        raise OidcError(403, T("统一身份认证没有让您登录；请从登录页重新开始，或者用用户名和密码登录。"))
    return provider.identity(code, nonce=attempt.nonce, verifier=attempt.verifier, at=visit.now)


def _answer(visit: Visit, attempt: Attempt, identity: Identity) -> Response:
    """Do what the attempt was begun for."""
    if attempt.account_id is not None:
        return _link(visit, attempt.account_id, identity)
    with visit.site.conversation.database.unit_of_work() as work:
        account = work.accounts.by_oidc(identity.subject)
    if account is not None and not account.is_active:
        raise OidcError(403, T("这个账号已经停用，请联系管理员。"))
    if account is not None:
        return begin_session(visit, account.id)
    if not attempt.invitation:
        raise OidcError(
            403, T("您的统一身份认证还没有对应的账号；请找管理员要一个邀请，或者先用用户名和密码登录。")
        )
    return begin_session(visit, _join(visit, attempt.invitation, identity))


def _link(visit: Visit, account_id: int, identity: Identity) -> Response:
    """Let the service open the account from which the attempt was begun, in place of the subject before."""
    if visit.principal is None or visit.principal.account_id != account_id:
        raise OidcError(400, STALE)
    try:
        with visit.site.conversation.database.unit_of_work() as work:
            work.accounts.link_oidc(account_id, identity.subject)
            visit.note(work, "linked")
    except Duplicate:
        raise OidcError(
            409, T("这个统一身份认证已经绑定了别的账号；请退出后用它登录，或者联系管理员。")
        ) from None
    return visit.redirect("/")


def _join(visit: Visit, token: str, identity: Identity) -> int:
    """Open the account of who was invited, without a password; the invitation works once."""
    with visit.site.conversation.database.unit_of_work() as work:
        invitation = _open_invitation(visit, work, token)
        login = _free_login(work, identity)
        account = work.accounts.add(
            unit_id=invitation.unit_id,
            login=login,
            name=identity.name[:_LONGEST_NAME] or login,
            role=invitation.role,
            oidc_subject=identity.subject,
            at=visit.now,
        )
        if not work.invitations.use(invitation.token_hash, account_id=account.id, at=visit.now):
            raise HTTPException(404, "invitation")
        work.audit.append(
            at=visit.now, actor=f"web:account:{account.id}", action="joined", unit_id=invitation.unit_id
        )
    return account.id


def _free_login(work: UnitOfWork, identity: Identity) -> str:
    """Return a user name that nobody has: never that of an account which is already there."""
    words = (_NOT_IN_LOGIN.sub("", login.casefold())[:_LONGEST_LOGIN] for login in identity.logins)
    wanted = next((word for word in words if len(word) >= _SHORTEST_LOGIN), "user")
    logins = chain([wanted], (f"{wanted}-{number}" for number in count(2)))
    return next(login for login in logins if work.accounts.by_login(login) is None)


def _open_invitation(visit: Visit, work: UnitOfWork, token: str) -> Invitation:
    """Return an invitation that still opens an account.

    Raises:
        HTTPException: 404 for one that is unknown, used or too old, or that only sets a password anew.
    """
    invitation = work.invitations.get(digest_of(token))
    if invitation is None or invitation.used_at is not None or invitation.expires_at <= visit.now:
        raise HTTPException(404, "invitation")
    if invitation.account_id is not None:
        raise HTTPException(404, "invitation")
    return invitation


def _check_offered(visit: Visit) -> None:
    if visit.site.settings.oidc is None or visit.site.local_user is not None:
        raise HTTPException(404)


def _refuse_foreign(visit: Visit) -> None:
    """Refuse to link when another site sends the browser here: it may have signed in to the service as itself."""
    if visit.request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise HTTPException(403)


def _cookie(visit: Visit) -> str:
    return f"{visit.site.cookie}-oidc"


def _signature(body: str, key: bytes) -> str:
    return hmac.digest(key, body.encode(), "sha256").hex()


def _same(given: str, kept: str) -> bool:
    return secrets.compare_digest(given.encode(), kept.encode())


def _problem(visit: Visit, error: OidcError) -> Response:
    return visit.page("problem.html", status=error.status, sentence=error.text)
