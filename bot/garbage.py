"""How a process that runs for days looks for garbage: seldom, and not in what it has loaded at its start."""

from __future__ import annotations

import gc

_MORE = 10_000
"""So many more objects than at the last look; Python's 700 are a few turns, which leave hardly a cycle."""


def settle_in() -> None:
    """Take what is in memory now for lasting, and look at what comes later once there is much of it."""
    gc.enable()
    gc.freeze()
    gc.set_threshold(_MORE)
