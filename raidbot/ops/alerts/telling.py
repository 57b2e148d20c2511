"""Deliver alerts by every sink there is, again until one takes them."""

import asyncio
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from raidbot.ops.alerts.book import Book
from raidbot.ops.alerts.model import Key
from raidbot.ops.alerts.sinks import NotDeliveredError, Sink
from raidbot.ops.alerts.standing import News
from raidbot.utils.backoff import Backoff

log = structlog.get_logger(__name__)

_MAX_LENGTH = 1900
_FIRST_RETRY_SECONDS, _LONGEST_RETRY_SECONDS = 15.0, 600.0
_SAME_MESSAGE = timedelta(minutes=2)
"""Time during which Discord takes a message with the same nonce for the same one."""

Name = tuple[Key, bool]


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A message that no sink took, as far as is known."""

    at: datetime
    news: frozenset[Name]


class Telling:
    """Tells news, several in a message.

    A message counts as delivered once one sink took it. Without any sink the log is the only one.
    """

    def __init__(self, book: Book, sinks: Sequence[Sink]) -> None:
        self._book = book
        self._sinks = tuple(sinks)
        self._backoff = Backoff(_FIRST_RETRY_SECONDS, _LONGEST_RETRY_SECONDS)
        self._failed_at: datetime | None = None
        self._attempt: _Attempt | None = None
        self._logged: set[Name] = set()

    async def tell(self, now: datetime) -> None:
        """Deliver all that is owed, unless that failed a short while ago."""
        while owed := self._book.news(now):
            self._log(owed)
            batch = self._batch(owed, now)
            if not await self.send("\n".join(one.text for one in batch), now, nonce=_nonce(batch)):
                return
            self._attempt = None
            self._logged -= {one.name for one in batch}
            self._book.delivered(batch, now)

    async def send(self, text: str, now: datetime, *, nonce: str) -> bool:
        """Send a text to all sinks; return True if it was delivered. Too soon after a failure it is not sent."""
        if not self._may_try(now):
            return False
        outcomes = await self.try_all(text, nonce=nonce)
        for sink, failure in outcomes:
            if failure is not None and not self._backoff.failures:
                log.error("alert not delivered", by=str(sink.name), why=str(failure), text=text)
        if not outcomes or any(failure is None for _, failure in outcomes):
            self._backoff.reset()
            self._failed_at = None
            return True
        self._failed_at = now
        self._backoff.next()
        return False

    def try_at_once(self) -> None:
        """Let the next attempt be made at once, as what kept the last one from arriving may be over."""
        self._failed_at = None

    async def try_all(self, text: str, *, nonce: str) -> list[tuple[Sink, NotDeliveredError | None]]:
        """Send a text to every sink, and return what became of it."""
        return await asyncio.gather(*(_try(sink, text, nonce) for sink in self._sinks))

    def _may_try(self, now: datetime) -> bool:
        if self._failed_at is None or now < self._failed_at:
            return True
        return now >= self._failed_at + timedelta(seconds=self._backoff.after(self._backoff.failures))

    def _batch(self, owed: list[News], now: datetime) -> list[News]:
        """Return the news of one message. One that failed a moment ago is tried as it was: it may have arrived."""
        if self._attempt is not None and not self._attempt.at <= now < self._attempt.at + _SAME_MESSAGE:
            self._attempt = None
        if self._attempt is not None and (again := [one for one in owed if one.name in self._attempt.news]):
            return again
        batch: list[News] = []
        length = 0
        for one in owed:
            length += len(one.text) + 1
            if batch and length > _MAX_LENGTH:
                break
            batch.append(one)
        self._attempt = _Attempt(now, frozenset(one.name for one in batch))
        return batch

    def _log(self, owed: list[News]) -> None:
        """Log each of the news once, whatever becomes of its delivery."""
        for one in owed:
            if one.name in self._logged:
                continue
            self._logged.add(one.name)
            event = "alert is over" if one.is_over else "alert"
            log.info(event, alert=one.key.alert.value, about=one.key.subject, text=one.text)


def new_nonce() -> str:
    return f"a{secrets.token_hex(8)}"


def _nonce(batch: list[News]) -> str:
    """Return the same nonce for the same news, also after a start: then it is not known whether they were sent."""
    named = "\n".join(
        f"{one.key.alert} {one.key.subject} {one.is_over} {one.began_at.timestamp():.0f}" for one in batch
    )
    return f"a{hashlib.sha256(named.encode()).hexdigest()[:16]}"


async def _try(sink: Sink, text: str, nonce: str) -> tuple[Sink, NotDeliveredError | None]:
    try:
        await sink.send(text, nonce)
    except NotDeliveredError as error:
        return sink, error
    return sink, None
