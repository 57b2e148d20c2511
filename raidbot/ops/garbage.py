"""Keep garbage collections short: while one runs, nothing else does."""

import gc
import time

_LONG_SECONDS = 0.04
"""A full collection looks again when a quarter more has been added, so the next one would take some 50 ms."""


class ShortCollections:
    """Leaves whatever has survived a full collection of `long_seconds` of processor time out of all later ones.

    Reference counts still free it; only cycles among it would stay. Add it to `gc.callbacks`.
    """

    def __init__(self, long_seconds: float = _LONG_SECONDS) -> None:
        self._long = long_seconds
        self._began = 0.0

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.thread_time()
        elif info["generation"] == 2 and time.thread_time() - self._began >= self._long:
            gc.freeze()


def keep_collections_short() -> None:
    """Take what is loaded for lasting, and later what survives long collections."""
    gc.collect()
    gc.freeze()
    if not any(isinstance(one, ShortCollections) for one in gc.callbacks):
        gc.callbacks.append(ShortCollections())


def release_collections() -> None:
    """Let collections look through everything again, because what lasted so far is dropped."""
    gc.unfreeze()
