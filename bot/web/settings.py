"""How the web page is run: by one person on this computer, or for the units of a place, from a TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from rules.text import T, Text

if TYPE_CHECKING:
    from typing import Self

DEFAULT_PORT = 8300
LOCAL_HOST = "127.0.0.1"


class SettingsError(ValueError):
    """A settings file that cannot be used; ``text`` says in one sentence why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.render())
        self.text = text


class Oidc(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sign-in service of the place (OpenID Connect).

    Attributes:
        issuer: the URL whose /.well-known/openid-configuration describes the service.
        client_secret_env: names the environment variable that holds the secret; it never stands in a file.
        label: what the button says, such as 统一身份认证.
    """

    issuer: str
    client_id: str
    client_secret_env: str = "SHENBAO_OIDC_SECRET"  # noqa: S105 - the name of a variable
    label: str = ""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Settings of the server; local mode uses the defaults.

    Attributes:
        public_url: what users type, such as https://shenbao.example; empty means local mode.
        data: folder of the database; empty for the one of the user that runs the server.
        host: the address to listen on; a proxy in front of it ends TLS.
        trusted_proxies: addresses whose X-Forwarded-For is believed, for the limits on signing in.
        session_days: a session ends when it was not used for so many days.
        invitation_hours: how long an invitation is valid.
        sign_in_limit: attempts from one address, or for one name, in ten minutes.
        upload_limit: files from one account in ten minutes.
    """

    public_url: str = ""
    data: str = ""
    host: str = LOCAL_HOST
    port: int = DEFAULT_PORT
    trusted_proxies: tuple[str, ...] = (LOCAL_HOST,)
    session_days: int = 14
    invitation_hours: int = 72
    sign_in_limit: int = 10
    upload_limit: int = 120
    oidc: Oidc | None = None

    @property
    def is_local(self) -> bool:
        """One person on this computer; nobody signs in."""
        return not self.public_url

    @property
    def is_secure(self) -> bool:
        """Users reach the page over TLS."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def hosts(self) -> list[str]:
        """The host names that the page answers to; any other is refused (DNS rebinding)."""
        if self.is_local:
            return [LOCAL_HOST, "localhost", "[::1]"]
        return [urlsplit(self.public_url).hostname or LOCAL_HOST]

    @property
    def data_path(self) -> Path | None:
        """The folder of the database, when the settings name one."""
        return Path(self.data) if self.data else None

    def invitation_link(self, token: str) -> str:
        """Return what somebody who is invited opens."""
        return f"{self.public_url.rstrip('/')}/invitations/{token}"

    def with_port(self, port: int) -> Self:
        """Return the same settings with another port."""
        return msgspec.structs.replace(self, port=port)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a settings file.

        Raises:
            SettingsError: it cannot be read, names something unknown, or lacks public_url.
        """
        try:
            settings = msgspec.convert(tomllib.loads(path.read_text("utf-8")), cls)
        except OSError as error:
            raise SettingsError(
                T("配置文件「{path}」打不开（{reason}）。", path=str(path), reason=str(error.strerror))
            ) from error
        except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            raise SettingsError(
                T("配置文件「{path}」有误：{reason}", path=str(path), reason=str(error))
            ) from error
        if urlsplit(settings.public_url).scheme not in ("http", "https"):
            raise SettingsError(T('配置文件里要写 public_url，例如 public_url = "https://shenbao.example"。'))
        return settings
