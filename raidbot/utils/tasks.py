"""Background tasks: keep references to them, log their errors, and end them on shutdown."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from contextvars import Context
from typing import Any, TypeVar

import structlog

from raidbot.utils.backoff import Backoff

log = structlog.get_logger(__name__)

T = TypeVar("T")

_MAX_BACKOFF_SECONDS = 60.0


async def end(tasks: Iterable[asyncio.Task[Any]], *, within: float) -> None:
    """Wait `within` seconds for tasks that were asked to stop, then cancel the rest."""
    waiting = list(tasks)
    if waiting:
        _, late = await asyncio.wait(waiting, timeout=within)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


def start_detached(work: Coroutine[object, object, T]) -> asyncio.Task[T]:
    """Start a task that may serve later events, too: it does not log with the fields of the one that started it."""
    return asyncio.create_task(work, context=Context())


async def retry_until_done(name: str, step: Callable[[], Awaitable[None]]) -> None:
    """Retry a start-up step with backoff until it succeeds, independently of the other steps."""
    backoff = Backoff(1.0, _MAX_BACKOFF_SECONDS)
    while True:
        try:
            await step()
        except Exception as error:  # reported once and retried: the rest of the bot runs meanwhile
            if not backoff.failures:
                log.exception("start-up step failed, trying again", step=name)
            wait = backoff.next()
            log.debug("start-up step failed", step=name, error=repr(error), again_in=wait)
        else:
            if backoff.failures:
                log.info("start-up step succeeded after retries", step=name)
            return
        await asyncio.sleep(wait)


async def guarded(name: str, work: Callable[[], Awaitable[None]], *, stopping: asyncio.Event | None = None) -> None:
    """Run `work`, a loop that lasts as long as the bot, and run it again with backoff whenever it raises.

    Returns when `work` returns, or once it has raised and `stopping` is set. The traceback is logged when an error is
    not the one before. Backoff starts over when `work` ran for longer than the longest delay.
    """
    loop, backoff, reported = asyncio.get_running_loop(), Backoff(1.0, _MAX_BACKOFF_SECONDS), ""
    while True:
        began = loop.time()
        try:
            await work()
        except Exception as error:  # whatever it was, a task that ended would leave its work undone for good
            if loop.time() - began > _MAX_BACKOFF_SECONDS:
                backoff.reset()
            wait = backoff.next()
            if repr(error) != reported:
                log.exception("task failed, starting it again", task=name, again_in=wait)
            reported = repr(error)
        else:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await (stopping or asyncio.Event()).wait()
            return


class TaskSet:
    """Keeps a reference to each task until it ends, and logs the exception of a task that fails."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, T], *, name: str) -> asyncio.Task[T]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def cancel_all(self) -> None:
        """Cancel all tasks except the current one, and wait until they have ended."""
        while running := self._tasks - {asyncio.current_task()}:
            for task in running:
                task.cancel()
            await asyncio.wait(running)

    async def end(self, *, within: float) -> None:
        """Wait `within` seconds for the tasks, then cancel the rest."""
        await end(self._tasks, within=within)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("background task failed", task=task.get_name(), exc_info=error)

    def __len__(self) -> int:
        return len(self._tasks)
