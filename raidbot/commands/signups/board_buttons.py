"""Signups by the buttons and menus under a board."""

from collections.abc import Awaitable, Callable

from raidbot.commands.signups.gate import SignupGate
from raidbot.commands.signups.service import SignupService, place
from raidbot.commands.signups.spec_menu import spec_rows
from raidbot.commands.ui import log_context, permissions, responses
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.router import Press, UnknownPanel
from raidbot.delivery.event_queue import EventQueue
from raidbot.raids.model import MessageId, Raid, RaidId, Source
from raidbot.state import State
from raidbot.utils.errors import Refusal
from raidbot.utils.words import say

Manage = Callable[[Interaction, Raid], Awaitable[None]]
"""Answers with the raid's panel. Raises NotAllowed."""


class SignupsOver(Refusal):
    def __init__(self) -> None:
        super().__init__(say("You can’t sign up here any more: the raid is over or was cancelled."))


class BoardButtons:
    """The raid is identified by the pressed message alone."""

    def __init__(self, state: State, gate: SignupGate, events: EventQueue, manage: Manage) -> None:
        self._state = state
        self._manage = manage
        self._signing_up = SignupService(state, gate, events, Source.BUTTON)

    async def press(self, press: Press) -> None:
        interaction = press.interaction
        message = interaction.message
        raid_id = None if message is None else self._state.boards.get(MessageId(message.id))
        if raid_id is None:
            raise SignupsOver
        log_context.note_raid(raid_id)
        permissions.guild_of(interaction)
        if press.parts == ("manage",):
            await self._manage(interaction, await self._state.raid(raid_id))
            return
        said = await self._answer(press, raid_id)
        raid, member = await self._state.raid(raid_id), permissions.member_id(interaction)
        await responses.send_ephemeral(interaction, said, rows=spec_rows(raid, member, now=self._state.now()))

    async def _answer(self, press: Press, raid_id: RaidId) -> str:
        match press.parts:
            case ("join", *key) if key:
                return await self._signing_up.join(press.interaction, raid_id, ":".join(key))
            case ("choose", _) if press.values:
                return await self._signing_up.join(press.interaction, raid_id, press.values[0])
            case ("leave",):
                return await self._signing_up.leave(press.interaction, raid_id)
            case ("place",):
                return place(await self._state.raid(raid_id), permissions.member_id(press.interaction))
            case _:
                raise UnknownPanel
