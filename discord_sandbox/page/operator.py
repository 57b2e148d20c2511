"""The interface through which the page shows and controls the bot."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from discord_sandbox.page.story import Story
from discord_sandbox.store import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """The action of a button on the page; `carry_out` may return a sentence about the result."""

    label: str
    carry_out: Callable[[], Awaitable[str | None]]


class Operator(Protocol):
    @property
    def actions(self) -> Mapping[str, Action]:
        """The actions by name, in the order of the buttons."""

    @property
    def story(self) -> Story | None:
        """The card for newcomers, if there is one."""

    async def status(self) -> Json:
        """Return the status bar as `sections`, `next` and, with a story, `done`: the names of its finished steps.

        Each section has `title`, `rows` of `label` and `value`, and `lines` with `text` and perhaps `at`; `next` has
        `at` and `what`.
        """

    async def advance(self, seconds: float) -> None:
        """Advance the sandbox's clock and the bot's by `seconds`."""
