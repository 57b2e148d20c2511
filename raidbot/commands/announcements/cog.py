"""The panel of announcements. Panels of raids, series and templates lead to it by `announcements_of`.

It is stateless: the `custom_id` names the owner and the announcement, and rights are checked on each press.
"""

from dataclasses import replace

from discord.ext import commands

from raidbot.commands.announcements.actions import ACTIONS
from raidbot.commands.announcements.context import AnnouncementContext
from raidbot.commands.announcements.subjects import subject_of
from raidbot.commands.ui.panel_context import run_action
from raidbot.commands.ui.router import Press, UnknownPanel
from raidbot.raids.model import Status
from raidbot.raids.rosters.signups import RaidOver
from raidbot.state import State


class AnnouncementPanel(commands.Cog):
    def __init__(self, state: State) -> None:
        self._state = state

    async def press(self, press: Press) -> None:
        """Run the pressed action. Raises UnknownPanel, UnknownRaid, NoSuchTemplate or NotAllowed."""
        if len(press.parts) < 2 or press.parts[1] not in ACTIONS:
            raise UnknownPanel
        owner, name, *rest = press.parts
        subject = await subject_of(self._state, press.interaction, owner)
        action = replace(ACTIONS[name], permissions=(subject.permission,))
        if subject.raid is not None and subject.raid.status is Status.CANCELLED and name != "panel":
            action = replace(action, do=_over, again=None)
        context = AnnouncementContext(self._state, press, tuple(rest), subject)
        await run_action(context, action, subject.raid)


async def _over(context: AnnouncementContext) -> None:
    raise RaidOver(context.subject.example)
