"""How the web page is run: by one person on this computer, or for the units of a place, from a TOML file."""

from __future__ import annotations

import tomllib
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from bot.place import database_location
from rules.text import T, Text

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network
    from typing import Self

Positive = Annotated[int, msgspec.Meta(ge=1)]
NotNegative = Annotated[int, msgspec.Meta(ge=0)]
Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]

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


class TelegramBot(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A Telegram bot.

    Attributes:
        token_file: holds the token and nothing else; empty to take it from the environment.
        token_env: names the environment variable that holds the token; it never stands in a settings file.
        api: the Bot API server.
        webhook: Telegram sends updates to ``public_url``; otherwise they are asked for.
        name: the bot's user name without @, for links to it; empty to show none.
    """

    token_file: str = ""
    token_env: str = "SHENBAO_TELEGRAM_TOKEN"  # noqa: S105 - the name of a variable
    api: str = "https://api.telegram.org"
    webhook: bool = False
    name: str = ""

    def link(self, start: str) -> str:
        """Return what opens a chat with the bot and tells it something; empty when the bot is not named."""
        return f"https://t.me/{self.name}?start={start}" if self.name else ""


class Delivery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How fast messages leave, and how long one is tried.

    Attributes:
        per_second: messages of a bot in a second, to all chats together.
        per_chat_seconds: between two messages to one person.
        group_per_minute: messages to one group in a minute.
        give_up_hours: a message that could not be sent for so long is given up.
        on_ambiguous: what to do with a message that may have arrived already: send it again, or hold it.
    """

    per_second: Positive = 30
    per_chat_seconds: Annotated[float, msgspec.Meta(ge=0)] = 1.0
    group_per_minute: Positive = 20
    give_up_hours: Positive = 24
    on_ambiguous: Literal["resend", "hold"] = "resend"


class Working(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How often workers look after what is not sending.

    Attributes:
        remind_seconds: between two looks for reminders whose moment has come.
        take_over_seconds: a worker that gave no sign of life for so long is taken for dead, and others send what it
            was sending.
    """

    remind_seconds: Annotated[int, msgspec.Meta(ge=1, le=60)] = 20
    take_over_seconds: Positive = 30


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long what is not a project's own is kept; 0 is for ever, where 0 is allowed.

    Attributes:
        inbox_days: that an update was taken, so that the same one is not taken again.
        messages_days: messages that were sent or given up.
        history_days: what was said about a project, once it is put aside.
        idle_draft_days: a project that was not submitted and not used; its people are told a month before.
    """

    inbox_days: Positive = 14
    messages_days: Positive = 90
    history_days: NotNegative = 0
    idle_draft_days: NotNegative = 0


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Settings of the server; local mode uses the defaults.

    Attributes:
        public_url: what users type, such as https://shenbao.example; empty means local mode.
        data: folder of the database; empty for the one of the user that runs the server.
        database: URL of a PostgreSQL database in its place, such as postgresql://shenbao@db/shenbao; its password
            is better kept in the environment (PGPASSWORD) or a password file (PGPASSFILE).
        host: the address to listen on; a proxy in front of it ends TLS.
        trusted_proxies: addresses whose X-Forwarded-For is believed, for the limits on signing in.
        session_days: a session ends when it was not used for so many days.
        invitation_hours: how long an invitation is valid.
        sign_in_limit: attempts from one address, or for one name, in ten minutes.
        upload_limit: files from one account in ten minutes.
        telegram: the bots that are served beside the page.
        delivery: how messages to them leave.
        working: how often workers look after what is not sending.
        retention: how long things are kept.
        drain_seconds: after it was told to stop the page goes on for so long, but says that it is not ready: a load
            balancer has then found another process.
        health_port: where a worker says whether it is ready, and counts what it did; 0 for nowhere.
        metrics_allow: addresses and networks that may read /metrics, beside this machine's own.
        log_format: plain lines, or one JSON object a line; SHENBAO_LOG_FORMAT goes before it.
        log_level: info also tells every request and every turn.
    """

    public_url: str = ""
    data: str = ""
    database: str = ""
    host: str = LOCAL_HOST
    port: int = DEFAULT_PORT
    trusted_proxies: tuple[str, ...] = (LOCAL_HOST,)
    session_days: int = 14
    invitation_hours: int = 72
    sign_in_limit: int = 10
    upload_limit: int = 120
    oidc: Oidc | None = None
    telegram: tuple[TelegramBot, ...] = ()
    delivery: Delivery = Delivery()
    working: Working = Working()
    retention: Retention = Retention()
    drain_seconds: NotNegative = 0
    health_port: Port = 0
    metrics_allow: tuple[str, ...] = ()
    log_format: Literal["plain", "json"] = "plain"
    log_level: Literal["warning", "info"] = "warning"

    @property
    def is_local(self) -> bool:
        """One person on this computer; nobody signs in."""
        return not self.public_url

    @property
    def metrics_readers(self) -> list[IPv4Network | IPv6Network]:
        """Who may read /metrics, beside this machine.

        Raises:
            SettingsError: one of them is no address and no network.
        """
        found: list[IPv4Network | IPv6Network] = []
        for given in self.metrics_allow:
            try:
                found.append(ip_network(given))
            except ValueError as error:
                raise SettingsError(
                    T(
                        "配置文件里 metrics_allow 的「{given}」不是地址，也不是网段（例如 10.0.0.0/8）。",
                        given=given[:40],
                    )
                ) from error
        return found

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

    def location(self, data: Path | None) -> Path | str:
        """Return where projects are kept; ``data`` is the folder that the command line names."""
        folder = data or (Path(self.data) if self.data and not self.database else None)
        return database_location(folder, url=self.database)

    def invitation_link(self, token: str) -> str:
        """Return what somebody who is invited opens."""
        return f"{self.public_url.rstrip('/')}/invitations/{token}"

    def with_port(self, port: int) -> Self:
        """Return the same settings with another port."""
        return msgspec.structs.replace(self, port=port)

    def with_health_port(self, port: int) -> Self:
        """Return the same settings with another port for what a worker says of itself."""
        return msgspec.structs.replace(self, health_port=port)

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
        _ = settings.metrics_readers
        return settings
