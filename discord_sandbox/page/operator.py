"""Whoever runs the sandbox and knows the bot in it: what the page shows of that bot, and what can be done to it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from discord_sandbox.store import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something that a button on the page does; `carry_out` may return a sentence about how it went."""

    label: str
    carry_out: Callable[[], Awaitable[str | None]]


class Operator(Protocol):
    @property
    def actions(self) -> Mapping[str, Action]:
        """What can be done, by name, in the order of the buttons."""

    async def strip(self) -> Json:
        """`sections`, each with `title`, `rows` of `label` and `value`, and `lines`; `next` with `at` and `what`."""

    async def advance(self, seconds: float) -> None:
        """Move the sandbox's clock and the bot's together."""
