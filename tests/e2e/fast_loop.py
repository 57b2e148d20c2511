"""An event loop whose time can be sped up for the bot and the sandbox alike."""

import asyncio
import selectors
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class FastLoop(asyncio.SelectorEventLoop):
    """An event loop that runs in real time except inside `at_pace`."""

    def __init__(self) -> None:
        self.pace = 1.0
        self._then = self._now = time.monotonic()
        selector = selectors.DefaultSelector()
        super().__init__(_FastSelector(selector, lambda: self.pace))

    def time(self) -> float:
        return self._now + (time.monotonic() - self._then) * self.pace

    def set_pace(self, pace: float) -> None:
        self._now, self._then = self.time(), time.monotonic()
        self.pace = pace


class _FastSelector(selectors.BaseSelector):
    """A selector whose timeouts are seconds of the loop, which may be shorter than real ones."""

    def __init__(self, real: selectors.BaseSelector, pace: Callable[[], float]) -> None:
        self._real = real
        self._pace = pace

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return self._real.select(timeout if timeout is None else timeout / self._pace())

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def get_map(self) -> Any:
        return self._real.get_map()

    def get_key(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.get_key(fileobj)

    def close(self) -> None:
        self._real.close()


@contextmanager
def sped_up(pace: float) -> Iterator[None]:
    """Let `pace` seconds of the running loop pass per real second."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, FastLoop)
    loop.set_pace(pace)
    try:
        yield
    finally:
        loop.set_pace(1.0)


async def look_again() -> None:
    """Wait before the next look at a file: a twentieth of a real second, however fast time passes."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(0.05 * (loop.pace if isinstance(loop, FastLoop) else 1.0))
