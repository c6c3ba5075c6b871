"""How often one may try to sign in, and hand in files, before being asked to wait."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import MovingWindowRateLimiter

    from bot.web.settings import Settings

MINUTES = 10


class Limits:
    """Counts within this process; each of several workers counts for itself."""

    def __init__(self, settings: Settings) -> None:
        """Count against the limits of ``settings``."""
        self._settings = settings

    def allows_sign_in(self, address: str, login: str) -> bool:
        """Count an attempt; False when this address, or this name from anywhere, has tried too often."""
        most = self._per_window(self._settings.sign_in_limit)
        from_address = self._limiter.hit(most, "sign-in", "address", address)
        return self._limiter.hit(most, "sign-in", "login", login.casefold()) and from_address

    def allows_upload(self, user: str) -> bool:
        """Count a file; False when this user has sent too many."""
        return self._limiter.hit(self._per_window(self._settings.upload_limit), "upload", user)

    def _per_window(self, count: int) -> RateLimitItem:
        from limits import RateLimitItemPerMinute

        return RateLimitItemPerMinute(count, MINUTES)

    @cached_property
    def _limiter(self) -> MovingWindowRateLimiter:
        from limits.storage import MemoryStorage  # takes a tenth of a second to import
        from limits.strategies import MovingWindowRateLimiter

        return MovingWindowRateLimiter(MemoryStorage())
