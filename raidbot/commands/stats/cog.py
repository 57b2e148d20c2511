"""/stats: figures of a server and its members."""

from collections.abc import Awaitable, Callable

from discord.ext import commands

from raidbot.commands.stats.inactive import InactiveCommand
from raidbot.commands.stats.inactive_views import INACTIVE
from raidbot.commands.ui.router import Press, UnknownPanel
from raidbot.delivery.members.listing import MemberLists
from raidbot.state import State


class Stats(InactiveCommand, commands.GroupCog, group_name="stats", group_description="Who came to raids, and who not"):
    def __init__(self, state: State, member_lists: MemberLists) -> None:
        self._state = state
        self._member_lists = member_lists
        self._pressed: dict[str, Callable[[Press, tuple[str, ...]], Awaitable[None]]] = {INACTIVE: self.press_inactive}

    async def press(self, press: Press) -> None:
        """Run a press on a panel of /stats. Raises UnknownPanel or NotAllowed."""
        action, *rest = press.parts or ("",)
        if action not in self._pressed:
            raise UnknownPanel
        await self._pressed[action](press, tuple(rest))
