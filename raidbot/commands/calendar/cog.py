"""/calendar: addresses of a member's own calendar feeds on a server."""

from functools import partial

from discord import app_commands
from discord.ext import commands

from raidbot.commands.calendar import views
from raidbot.commands.calendar.addresses import FeedAddresses, new_token
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.router import Press, UnknownPanel
from raidbot.db import calendar_feeds as rows
from raidbot.db.calendar_feeds import FeedsOffError
from raidbot.raids.feeds.model import Feed, FeedKind, hash_of
from raidbot.state import State


class CalendarCommand(commands.Cog):
    def __init__(self, state: State, addresses: FeedAddresses) -> None:
        self._state = state
        self._addresses = addresses

    @app_commands.command(description="Raids in your own calendar, kept up to date")
    async def calendar(self, interaction: Interaction) -> None:
        permissions.guild_of(interaction)
        await responses.defer(interaction)
        await self._show(interaction)

    async def press(self, press: Press) -> None:
        """Give a feed of the person who pressed another address, or end it."""
        match press.parts:
            case ("new", FeedKind.MINE | FeedKind.SERVER as kind):
                await self._give(press.interaction, FeedKind(kind))
            case ("end", FeedKind.MINE | FeedKind.SERVER as kind):
                guild, member = permissions.guild_id(press.interaction), permissions.member_id(press.interaction)
                await self._state.db.write(partial(rows.end, guild=guild, member=member, kind=FeedKind(kind)))
                await self._show(press.interaction)
            case _:
                raise UnknownPanel

    async def _give(self, interaction: Interaction, kind: FeedKind) -> None:
        if self._addresses.lacking is not None:
            await self._show(interaction)
            return
        token = new_token()
        feed = Feed(
            guild=permissions.guild_id(interaction),
            member=permissions.member_id(interaction),
            kind=kind,
            made_at=self._state.now(),
        )
        try:
            await self._state.db.write(partial(rows.save, feed=feed, token=hash_of(token)))
        except FeedsOffError:
            await self._show(interaction)
            return
        await self._show(interaction, new=(kind, self._addresses.of(token)))

    async def _show(self, interaction: Interaction, *, new: tuple[FeedKind, str] | None = None) -> None:
        name, guild = permissions.guild_of(interaction).name, permissions.guild_id(interaction)
        settings = await self._state.settings(guild)
        nothing = self._addresses.lacking if settings.calendar_feeds else views.OFF
        if nothing is not None:
            await responses.edit_response(interaction, embeds=(views.notice(name, nothing),), rows=())
            return
        member = permissions.member_id(interaction)
        feeds = await self._state.db.read(partial(rows.of_member, guild=guild, member=member))
        panel = views.panel(name, feeds, new=new)
        await responses.edit_response(interaction, embeds=(panel,), rows=views.rows(feeds))
