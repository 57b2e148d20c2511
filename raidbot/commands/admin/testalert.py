"""/testalert: send a test alert to whoever runs the bot."""

from collections.abc import Awaitable, Callable

from discord import app_commands
from discord.ext import commands

from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.interaction import Interaction
from raidbot.raids.model import MemberId
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Text, render


class NotTheOwner(Refusal):
    def __init__(self) -> None:
        super().__init__("Only whoever runs me can use `/testalert`.")


class NoOwner(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "Alerts have no owner yet. If you run me, set `RAIDBOT_OWNER_ID` to your user id and restart me. "
            "To copy the id, switch on Developer Mode (settings, Advanced) and right-click your name."
        )


class TestAlert(commands.Cog):
    """`send` sends a test alert by every way there is, and returns what became of it."""

    __test__ = False  # for pytest

    def __init__(self, owner: MemberId | None, send: Callable[[], Awaitable[Text]]) -> None:
        self._owner = owner
        self._send = send

    @app_commands.command(description="Send a test alert to whoever runs the bot")
    async def testalert(self, interaction: Interaction) -> None:
        if self._owner is None:
            raise NoOwner
        if permissions.member_id(interaction) != self._owner:
            raise NotTheOwner
        await responses.defer(interaction)
        await responses.edit_response(interaction, render(await self._send()))
