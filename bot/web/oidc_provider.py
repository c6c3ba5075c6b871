"""The place's own sign-in service (OpenID Connect), spoken to through Authlib, which is an optional extra."""

from __future__ import annotations

import hmac
import logging
import os
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from bot.failures import one_line
from rules.text import T, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from joserfc.jwk import Key, KeySet

    from bot.web.settings import Oidc, Settings

_log = logging.getLogger(__name__)

CALLBACK = "/oidc/callback"
TIMEOUT = 5.0
"""Seconds that one step of talking to the service may take."""
KEPT = timedelta(hours=1)
PAUSE = timedelta(seconds=10)
LEEWAY = 60
"""Seconds by which the service's clock may differ from ours."""
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Of signatures that we accept: only those by a key that the service alone has."""
_SCOPE = "openid profile email"
_LIBRARY = ("httpx2", "authlib.integrations.httpx_client", "authlib.oidc.core", "joserfc.jwt")

STALE = T("这次登录已经过期，或者不是在这个浏览器里开始的；请从登录页重新开始。")
_NOT_INSTALLED = T("服务器上没有装统一身份认证要用的组件，请用用户名和密码登录，并告诉管理员。")
_NO_SECRET = T("统一身份认证还没有配置好，请用用户名和密码登录，并告诉管理员。")
_UNREACHABLE = T("统一身份认证现在连不上，请过几分钟再试，或者用用户名和密码登录。")
_WRONG = T("统一身份认证的回答有误，没有登录成；请过几分钟再试，还不行请联系管理员。")


class OidcError(Exception):
    """A sign-in that cannot go on; ``text`` says in one sentence why, ``status`` is that of the page."""

    def __init__(self, status: int, text: Text) -> None:
        super().__init__(text.render())
        self.status = status
        self.text = text


class Identity(msgspec.Struct, frozen=True):
    """Who has signed in, as the service says.

    Attributes:
        subject: who it is, for ever: the issuer and its own number for the person.
        name: what others call them; may be empty.
        logins: words that may serve as a user name, the best first; some may be empty.
    """

    subject: str
    name: str
    logins: tuple[str, ...]


class Metadata(msgspec.Struct, frozen=True):
    """What we use of the discovery document; the names are the standard's."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


# msgspec looks at a type at its first use, and when two threads do so at once the process ends: so here, before any.
msgspec.json.Decoder(Metadata)


class _Known(NamedTuple):
    metadata: Metadata
    keys: KeySet
    until: datetime


class Provider:
    """The service; threads share it.

    Attributes:
        key: signs what we give the browser to keep during a sign-in.
    """

    def __init__(self, oidc: Oidc, public_url: str) -> None:
        """Prepare to talk to the service; nothing is sent yet.

        Raises:
            OidcError: the library is not installed, or the secret is not in the environment.
        """
        try:
            for module in _LIBRARY:
                import_module(module)
        except ImportError:
            _log.error("oidc: Authlib is missing; install the extra: pip install 'shenbao[oidc]'")
            raise OidcError(503, _NOT_INSTALLED) from None
        self._secret = os.environ.get(oidc.client_secret_env, "")
        if not self._secret:
            _log.error("oidc: the environment variable %s is empty", oidc.client_secret_env)
            raise OidcError(503, _NO_SECRET)
        self._oidc = oidc
        self._redirect_uri = public_url.rstrip("/") + CALLBACK
        self._known: _Known | None = None
        self._silent_until = datetime.min.replace(tzinfo=UTC)
        self.key = hmac.digest(self._secret.encode(), b"shenbao oidc attempt", "sha256")

    def address(self, *, state: str, nonce: str, verifier: str, at: datetime) -> str:
        """Return where the browser goes to sign in.

        Args:
            state: what the browser brings back.
            nonce: what the ID token must hold.
            verifier: the secret of PKCE (RFC 7636); only its digest is sent now.
            at: now.

        Raises:
            OidcError: the service cannot be reached, or does not describe itself properly.
        """
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        with self._talking(at):
            return prepare_grant_uri(
                self._learned(at).metadata.authorization_endpoint,
                client_id=self._oidc.client_id,
                response_type="code",
                redirect_uri=self._redirect_uri,
                scope=_SCOPE,
                state=state,
                nonce=nonce,
                code_challenge=create_s256_code_challenge(verifier),
                code_challenge_method="S256",
            )

    def identity(self, code: str, *, nonce: str, verifier: str, at: datetime) -> Identity:
        """Return who a code stands for.

        Args:
            code: as the browser brought it; it works once.
            nonce: as it was given to :meth:`address`.
            verifier: as it was given to :meth:`address`.
            at: now.

        Raises:
            OidcError: the code does not work, the service cannot be reached, or its answer is not to be trusted.
        """
        with self._talking(at):
            metadata = self._learned(at).metadata
            with self._client(metadata) as client:
                token = client.fetch_token(metadata.token_endpoint, code=code, code_verifier=verifier)
                claims = self._checked(token, nonce, at)
                if metadata.userinfo_endpoint and "name" not in claims:
                    told = client.get(metadata.userinfo_endpoint).raise_for_status().json()
                    claims = _completed(claims, told)
        return Identity(
            subject=f"{metadata.issuer}|{claims['sub']}",
            name=_word(claims, "name") or _word(claims, "preferred_username"),
            logins=tuple(_word(claims, each) for each in ("preferred_username", "email", "sub")),
        )

    @contextmanager
    def _talking(self, at: datetime) -> Iterator[None]:
        """Turn whatever goes wrong between us and the service into one sentence, and one line of the log."""
        import httpx2
        from authlib.common.errors import AuthlibBaseError
        from joserfc.errors import JoseError

        # A service that hangs would otherwise cost every visitor a thread, until the page itself hangs.
        if at < self._silent_until:
            raise OidcError(503, _UNREACHABLE)
        try:
            yield
        except httpx2.TransportError as error:
            self._silent_until = at + PAUSE
            raise _logged(503, _UNREACHABLE, error) from None
        except AuthlibBaseError as error:
            if error.error == "invalid_grant":  # the code is too old, or was used before
                raise _logged(400, STALE, error) from None
            raise _logged(502, _WRONG, error) from None
        except (httpx2.HTTPError, httpx2.InvalidURL, JoseError, msgspec.MsgspecError) as error:
            raise _logged(502, _WRONG, error) from None
        except (ValueError, TypeError, LookupError) as error:  # an answer of another shape
            raise _logged(502, _WRONG, error) from None

    def _learned(self, at: datetime, *, afresh: bool = False) -> _Known:
        """Return the service's own description and its keys, at most an hour old."""
        known = self._known
        if known is None or afresh or at >= known.until:
            metadata = msgspec.json.decode(
                _fetched(self._oidc.issuer.rstrip("/") + "/.well-known/openid-configuration"), type=Metadata
            )
            self._check(metadata)
            known = self._known = _Known(metadata, _key_set(_fetched(metadata.jwks_uri)), at + KEPT)
        return known

    def _check(self, metadata: Metadata) -> None:
        """Refuse the description of another service, and one that would send the secret over plain HTTP."""
        if metadata.issuer.rstrip("/") != self._oidc.issuer.rstrip("/"):
            raise ValueError("the issuer is another one than in the settings")
        schemes = {"https"} if urlsplit(self._oidc.issuer).scheme == "https" else {"http", "https"}
        addresses = [metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri]
        addresses += [metadata.userinfo_endpoint] if metadata.userinfo_endpoint else []
        if not schemes.issuperset(urlsplit(address).scheme for address in addresses):
            raise ValueError("an endpoint is not as secure as the issuer")

    def _client(self, metadata: Metadata) -> Any:  # Authlib comes without types
        from authlib.integrations.httpx_client import OAuth2Client

        offered = metadata.token_endpoint_auth_methods_supported
        is_basic = "client_secret_basic" in offered or "client_secret_post" not in offered
        return OAuth2Client(
            client_id=self._oidc.client_id,
            client_secret=self._secret,
            token_endpoint_auth_method="client_secret_basic" if is_basic else "client_secret_post",
            redirect_uri=self._redirect_uri,
            timeout=TIMEOUT,
        )

    def _checked(self, token: dict[str, Any], nonce: str, at: datetime) -> dict[str, Any]:
        """Return the claims of an ID token that is signed, current, meant for us and for this attempt."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError
        from joserfc.jws import JWSRegistry

        id_token = token.get("id_token")
        if not isinstance(id_token, str):
            raise TypeError("there is no ID token")
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        known = self._learned(at)
        try:
            signed = jwt.decode(id_token, known.keys, registry=registry)
        except InvalidKeyIdError:  # the service has changed its key
            known = self._learned(at, afresh=True)
            signed = jwt.decode(id_token, known.keys, registry=registry)
        claims = CodeIDToken(
            signed.claims,
            signed.header,
            options={
                "iss": {"essential": True, "value": known.metadata.issuer},
                "aud": {"essential": True, "value": self._oidc.client_id},
                "sub": {"essential": True},
            },
            params={
                "nonce": nonce,
                "client_id": self._oidc.client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(now=int(at.timestamp()), leeway=LEEWAY)
        return signed.claims


@lru_cache(maxsize=4)
def provider_of(settings: Settings) -> Provider:
    """Return the service that the settings name, the same one for every request.

    Raises:
        OidcError: it cannot be used as the server is set up.
    """
    assert settings.oidc is not None  # noqa: S101 - the pages are not there without
    return Provider(settings.oidc, settings.public_url)


def _fetched(address: str) -> bytes:
    import httpx2

    return httpx2.get(address, timeout=TIMEOUT).raise_for_status().content


def _key_set(document: bytes) -> KeySet:
    """Return the keys we understand; a service may also publish others, such as SM2 (RFC 7517, 5)."""
    from joserfc.errors import JoseError
    from joserfc.jwk import JWKRegistry, KeySet

    keys: list[Key] = []
    for each in msgspec.json.decode(document)["keys"]:
        try:
            keys.append(JWKRegistry.import_key(each))
        except (JoseError, ValueError, TypeError, LookupError) as error:
            _log.info("oidc: a key of the service is not understood: %s", type(error).__name__)
    return KeySet(keys)


def _completed(claims: dict[str, Any], userinfo: dict[str, Any]) -> dict[str, Any]:
    """Add what the service tells only when asked; what it signed counts first (OpenID Connect Core 5.3.2)."""
    if userinfo["sub"] != claims["sub"]:
        raise ValueError("the user info is about somebody else")
    return userinfo | claims


def _word(claims: dict[str, Any], name: str) -> str:
    """Return a claim without what cannot be seen or turns the text around; empty when it is no text."""
    value = claims.get(name)
    return "".join(filter(str.isprintable, value)).strip() if isinstance(value, str) else ""


def _logged(status: int, text: Text, error: Exception) -> OidcError:
    _log.warning("oidc: %s: %s", type(error).__name__, one_line(str(error))[:200])
    return OidcError(status, text)
