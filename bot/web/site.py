"""What all requests of the web page share: the conversation, the settings, the templates, the limits."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anyio import CapacityLimiter

from bot.health import Readiness
from bot.translation import languages
from bot.web.limits import Limits
from bot.web.previews import Previews
from bot.web.principal import unit_owner
from bot.web.templating import template_environment

if TYPE_CHECKING:
    from bot.conversation import Conversation
    from bot.metrics import Metrics
    from bot.web.settings import Settings
    from bot.web.visit import Visit
    from storage.unit_of_work import UnitOfWork

HERE = Path(__file__).parent
STATIC = HERE / "static"
TEMPLATES = HERE / "templates"


THREADS = 4
"""Requests that are worked on at once: a turn is Python, and more threads only make each other wait."""


class Site:
    """The running page; threads share it.

    Attributes:
        conversation: answers and keeps.
        settings: how the page is run.
        local_user: the person at this computer; None on a server.
        version: changes whenever a style or a script does, so that browsers may keep them for ever.
        readiness: whether this process is to be given requests.
        metrics: its figures; None to tell none.
    """

    def __init__(
        self,
        conversation: Conversation,
        settings: Settings,
        *,
        local_user: str | None,
        metrics: Metrics | None = None,
    ) -> None:
        """Prepare the page; ``local_user`` only in local mode, ``metrics`` only on a server."""
        self.readiness = Readiness(conversation.database)
        self.metrics = metrics
        self.conversation = conversation
        self.settings = settings
        self.local_user = local_user
        self.version = _version()
        self.previews = Previews()
        self.threads = CapacityLimiter(THREADS)
        self.limits = Limits(settings)
        self._token = secrets.token_urlsafe(24) if local_user is not None else ""

    @property
    def title(self) -> str:
        """What the rules are called that new projects begin with."""
        return self.conversation.rules.pack.head.title

    @property
    def status(self) -> str:
        """Whether they are in force, or a draft."""
        return self.conversation.rules.pack.head.status

    @property
    def session_lasts(self) -> timedelta:
        """How long a session stays valid when it is not used."""
        return timedelta(days=self.settings.session_days)

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; the prefix makes browsers insist on TLS and on this host."""
        return "__Host-shenbao" if self.settings.is_secure else "shenbao"

    @property
    def local_address(self) -> str:
        """What the person at this computer opens; its token works once."""
        return f"http://{self.settings.host}:{self.settings.port}/open?token={self._token}"

    def use_local_token(self, token: str) -> bool:
        """Say whether this is the token of the printed address; it is not taken again."""
        if not self._token or not secrets.compare_digest(token.encode(), self._token.encode()):
            return False
        self._token = ""
        return True

    def owners_in(self, work: UnitOfWork, area: str) -> list[str]:
        """Return under which names the projects of an area are kept."""
        return [unit_owner(unit.id) for unit in work.units.in_area(area)]

    def render(self, template: str, visit: Visit, **context: Any) -> str:
        """Return a page in the language of the visit."""
        return (
            template_environment()
            .get_template(template)
            .render(visit=visit, site=self, languages=languages(), **context)
        )


def _version() -> str:
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
