"""A sign-in service on a loopback port, which answers as the tests want: rightly, wrongly, or not at all."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import RSAKey
from talking import CLOCK

from bot.web.settings import Oidc

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

SECRET = "secret of the client"
SECRET_ENV = "SHENBAO_TEST_OIDC_SECRET"
_clients = count(1)


@cache
def key(name: str) -> RSAKey:
    """Return the private key of a name."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


class FakeProvider:
    """The service, while it is open.

    Attributes:
        person: the claims about who signs in.
        claims: what the ID token holds in place of the right claims; None leaves a claim out.
        metadata: what the discovery document holds in place of the right values.
        userinfo: what the user info says.
        algorithm: of the signature.
        signer: the name of the key that signs.
        published: the names of the keys that are published.
        foreign_keys: further keys that are published.
        answers: what a path answers in place of the right answer.
        asked: the paths that were asked for.
        silent: paths that get no answer until the service is closed.
    """

    def __init__(self) -> None:
        self.person: dict[str, Any] = {"sub": "17", "name": "王芳", "preferred_username": "wangfang"}
        self.claims: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.algorithm = "RS256"
        self.signer = "a"
        self.published = ["a"]
        self.foreign_keys: list[Any] = []
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.asked: list[str] = []
        self.silent: set[str] = set()
        self.client_id = f"shenbao-{next(_clients)}"
        self._closing = Event()
        self._codes: dict[str, dict[str, str]] = {}
        self._numbers = count(1)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def settings(self) -> Oidc:
        """What the operator writes to use this service."""
        return Oidc(self.issuer, self.client_id, SECRET_ENV, "单点登录")

    def authorize(self, address: str, **changes: str) -> str:
        """Sign the person in at the address that the page sent the browser to; return where it goes back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{self.issuer}/authorize?")
        assert asked["client_id"] == self.client_id
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = f"code-{next(self._numbers)}"
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']} | changes)}"

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, bytes]:
        """Return the status and body of an answer."""
        self.asked.append(path)
        if path in self.silent:
            self._closing.wait()
        if path in self.answers:
            return self.answers[path]
        documents = {
            "/.well-known/openid-configuration": self._discovery,
            "/keys": self._keys,
            "/userinfo": lambda: self.userinfo,
            "/token": lambda: self._token(form),
        }
        document = documents[path]()
        return (400 if "error" in document else 200), json.dumps(document).encode()

    def _discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        } | self.metadata

    def _keys(self) -> dict[str, Any]:
        own = [key(name).as_dict(private=False) for name in self.published]
        return {"keys": [*self.foreign_keys, *own]}

    def _token(self, form: dict[str, str]) -> dict[str, Any]:
        asked = self._codes.pop(form["code"], None)
        if (
            asked is None
            or form["redirect_uri"] != asked["redirect_uri"]
            or create_s256_code_challenge(form["code_verifier"]) != asked["code_challenge"]
        ):
            return {"error": "invalid_grant"}
        now = int(CLOCK.now().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        }
        claims = {
            name: value for name, value in (claims | self.person | self.claims).items() if value is not None
        }
        return {
            "access_token": "access",
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": self._signed(claims),
        }

    def _signed(self, claims: dict[str, Any]) -> str:
        header = {"alg": self.algorithm, "kid": self.signer}
        if self.algorithm not in ("none", "HS256"):
            return jwt.encode(header, claims, key(self.signer), algorithms=[self.algorithm])
        # as somebody would who has no private key: unsigned, or with the public one taken for a shared secret
        body = f"{_base64(json.dumps(header).encode())}.{_base64(json.dumps(claims).encode())}"
        public = key(self.signer).as_pem(private=False)
        is_signed = self.algorithm == "HS256"
        return f"{body}.{_base64(hmac.digest(public, body.encode(), 'sha256')) if is_signed else ''}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop answering; the port is free again."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _handler(provider: FakeProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

        def _answer(self, form: dict[str, str]) -> None:
            status, body = provider.answer(urlsplit(self.path).path, form)
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # who asked has not waited

        def log_message(self, *_: object) -> None:
            pass

    return Handler
