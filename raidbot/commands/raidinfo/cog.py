"""/raidinfo: a list of raids, one raid in full, a member's history, and file exports."""

import io
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from enum import StrEnum
from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.posting.channels import shown_kinds
from raidbot.commands.raidinfo import views
from raidbot.commands.raidinfo.views import PAGE_SIZE, Query
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.autocomplete import matching
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.raid_autocomplete import WHICH_RAID, find_raid, raid_choices
from raidbot.commands.ui.router import Press, UnknownPanel, number_of, page_number
from raidbot.db import guilds, raid_listings
from raidbot.delivery.drawing import render
from raidbot.delivery.exports.csv_table import dialect_of
from raidbot.delivery.exports.roster_csv import roster_sheet
from raidbot.raids import labels
from raidbot.raids.kinds import KIND_NAMES
from raidbot.raids.model import Kind, MemberId, Raid
from raidbot.raids.permissions import NotAllowed, Permission
from raidbot.raids.rosters.attendance import is_told
from raidbot.state import State
from raidbot.utils.errors import Refusal
from raidbot.utils.text import FORMER_MEMBER, clip
from raidbot.utils.words import Name, say

_MAX_CALENDAR_EVENTS = 1000
_EXPORT_LOOKBACK = timedelta(days=1)
_SEE_WHO_CAME = (Permission.RAIDINFO_OTHERS, Permission.RAID_NOSHOW)


class ExportKind(StrEnum):
    """A choice of what to export."""

    RAID = "raid"
    SERVER = "server"
    MINE = "mine"
    ROSTER = "roster"


class WhichRaid(Refusal):
    def __init__(self) -> None:
        super().__init__("Say which raid: choose it in the option `code`.")


class UnknownKind(Refusal):
    def __init__(self, text: str) -> None:
        super().__init__(say("“{text}” is no kind of raid. Choose one from the list as you type.", text=Name(text)))


class NothingToExport(Refusal):
    def __init__(self) -> None:
        super().__init__("There is no raid to put into a calendar.")


_WHAT = [
    app_commands.Choice(name=name, value=what.value)
    for what, name in (
        (ExportKind.MINE, "My raids, as a calendar (.ics)"),
        (ExportKind.SERVER, "All raids of this server, as a calendar (.ics)"),
        (ExportKind.RAID, "One raid, as a calendar (.ics)"),
        (ExportKind.ROSTER, "One raid's roster, as a table (.csv)"),
    )
]


class RaidInfo(
    commands.GroupCog, group_name="raidinfo", group_description="Upcoming and past raids, their rosters, and files"
):
    def __init__(self, state: State) -> None:
        self._state = state
        self._pressed: dict[str, Callable[[Press, tuple[str, ...]], Awaitable[None]]] = {
            "list": self._turn_list,
            "kind": self._turn_list,
            "whose": self._turn_list,
            "history": self._turn_history,
        }

    @app_commands.command(name="list", description="Upcoming raids, soonest first")
    @app_commands.describe(kind="Only raids of this kind", mine="Only raids you have signed up for")
    async def list_(self, interaction: Interaction, kind: str | None = None, mine: bool = False) -> None:
        wanted = None if kind is None else _kind(kind)
        await responses.defer(interaction)
        await self._show_list(interaction, Query(wanted, mine))

    @app_commands.command(description="One raid in full, with everybody on its roster")
    @app_commands.describe(code=WHICH_RAID)
    async def detail(self, interaction: Interaction, code: str) -> None:
        raid = await find_raid(self._state, interaction, code)
        await responses.defer(interaction)
        names, leaders = await self._state.names(raid), await self._state.leaders(raid.guild)
        board = render.board(raid, names, None, leaders)
        reader = permissions.member_id(interaction)
        seen = names if await self._sees_who_came(interaction, raid) else None
        came = views.attendance_text(raid, seen, reader, now=self._state.now())
        text = f"{views.status_line(raid)}\n{came}".strip()
        await responses.edit_response(interaction, text, embeds=(board.embed(),))

    @app_commands.command(description="Past raids you (or a member) took part in, and how often you came")
    @app_commands.describe(member="Whose history; yours if left out")
    async def history(self, interaction: Interaction, member: discord.User | None = None) -> None:
        whose = member or interaction.user
        await self._check_history(interaction, MemberId(whose.id))
        await responses.defer(interaction)
        await self._show_history(interaction, MemberId(whose.id), whose, 0)

    @app_commands.command(description="A calendar file of raids, or a table of a roster")
    @app_commands.describe(what="What to take along", code=f"{WHICH_RAID}; needed for one raid")
    @app_commands.choices(what=_WHAT)
    async def export(self, interaction: Interaction, what: str, code: str | None = None) -> None:
        wanted = ExportKind(what)
        if wanted in (ExportKind.RAID, ExportKind.ROSTER):
            if code is None:
                raise WhichRaid
            raids = [await find_raid(self._state, interaction, code)]
            await responses.defer(interaction)
        else:
            await responses.defer(interaction)
            raids = await self._upcoming(interaction, mine=wanted is ExportKind.MINE)
        if wanted is ExportKind.ROSTER:
            await self._send_roster(interaction, raids[0])
        else:
            await self._send_calendar(interaction, raids, wanted)

    @list_.autocomplete("kind")
    async def _kinds(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        kinds = await shown_kinds(self._state, permissions.guild_id(interaction))
        return matching(typed, [(kind.value, KIND_NAMES[kind]) for kind in kinds])

    @detail.autocomplete("code")
    @export.autocomplete("code")
    async def _codes(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await raid_choices(self._state, interaction, typed)

    async def press(self, press: Press) -> None:
        """Turn a page, or change a list's filter. Raises UnknownPanel or NotAllowed."""
        action, *rest = press.parts or ("",)
        if action not in self._pressed:
            raise UnknownPanel
        await self._pressed[action](press, tuple(rest))

    async def _turn_list(self, press: Press, rest: tuple[str, ...]) -> None:
        await self._show_list(press.interaction, Query.read(rest, press.values))

    async def _turn_history(self, press: Press, rest: tuple[str, ...]) -> None:
        if len(rest) != 2:
            raise UnknownPanel
        member, page = MemberId(number_of(rest[0])), page_number(rest[1])
        await self._check_history(press.interaction, member)
        whose: discord.User | discord.Member | None = press.interaction.user
        if press.interaction.user.id != member:
            try:
                whose = await press.interaction.client.fetch_user(member)
            except discord.NotFound:
                whose = None
        await self._show_history(press.interaction, member, whose, page)

    async def _show_list(self, interaction: Interaction, wanted: Query) -> None:
        page = await self._state.db.read(
            partial(
                raid_listings.coming,
                guild=permissions.guild_id(interaction),
                now=self._state.now(),
                kind=wanted.kind,
                member=permissions.member_id(interaction) if wanted.mine else None,
                page=wanted.page,
                size=PAGE_SIZE,
            )
        )
        kinds = await shown_kinds(self._state, permissions.guild_id(interaction))
        await responses.edit_response(
            interaction, embeds=(views.list_embed(page, wanted),), rows=views.list_rows(page, wanted, kinds)
        )

    async def _sees_who_came(self, interaction: Interaction, raid: Raid) -> bool:
        with suppress(NotAllowed):
            await permissions.check_any(interaction, _SEE_WHO_CAME, raid)
            return True
        return False

    async def _check_history(self, interaction: Interaction, member: MemberId) -> None:
        permissions.guild_of(interaction)
        if member != permissions.member_id(interaction):
            await permissions.check(interaction, Permission.RAIDINFO_OTHERS)

    async def _show_history(
        self, interaction: Interaction, member: MemberId, whose: discord.User | discord.Member | None, number: int
    ) -> None:
        """Show a page; `whose` is None if the account is gone."""
        guild, now = permissions.guild_id(interaction), self._state.now()
        page, tally = await self._state.db.read(
            lambda connection: (
                raid_listings.history(connection, guild, member, now=now, page=number, size=PAGE_SIZE),
                raid_listings.figures(connection, guild, member, now=now),
            )
        )
        if whose is None:
            names = await self._state.db.read(partial(guilds.names, guild=guild, members=[member]))
            embed = views.history_embed(page, tally, names.get(member, FORMER_MEMBER))
        else:
            embed = views.history_embed(page, tally, whose.display_name).set_thumbnail(url=whose.display_avatar.url)
        await responses.edit_response(interaction, embeds=(embed,), rows=views.history_rows(page, member))

    async def _upcoming(self, interaction: Interaction, *, mine: bool) -> list[Raid]:
        """Return the raids since a day ago, also cancelled ones, so that calendars update. Raises NothingToExport."""
        found = await self._state.db.read(
            partial(
                raid_listings.for_calendar,
                guild=permissions.guild_id(interaction),
                since=self._state.now() - _EXPORT_LOOKBACK,
                member=permissions.member_id(interaction) if mine else None,
                limit=_MAX_CALENDAR_EVENTS,
            )
        )
        raids = [raid async for raid in self._state.raids(found)]
        if not raids:
            raise NothingToExport
        return raids

    async def _send_calendar(self, interaction: Interaction, raids: list[Raid], what: ExportKind) -> None:
        server, now = permissions.guild_of(interaction).name, self._state.now()
        from raidbot.delivery.exports.ical import calendar  # its library takes 3 MB, and few ask for calendars

        made = calendar(raids, server=server, reader=permissions.member_id(interaction), now=now)
        what_for = "One raid" if len(raids) == 1 else f"{len(raids)} raids"
        text = f"{what_for} for your calendar. Open the file on your device; a newer one brings the old up to date."
        named = raids[0].code if what is ExportKind.RAID else what.value
        await responses.send_file(interaction, text, discord.File(io.BytesIO(made), f"raids-{named}.ics"))

    async def _send_roster(self, interaction: Interaction, raid: Raid) -> None:
        with_attendance = is_told(raid, self._state.now()) and await self._sees_who_came(interaction, raid)
        names, dialect = await self._state.names(raid), dialect_of(interaction.locale.value)
        made = roster_sheet(raid, names, dialect, with_attendance=with_attendance)
        text = f"The roster of {labels.coded(raid)} as it is now."
        await responses.send_file(interaction, text, discord.File(io.BytesIO(made), f"roster-{raid.code}.csv"))


def _kind(text: str) -> Kind:
    """Return the kind with this value or name, ignoring case. Raises UnknownKind."""
    wanted = text.strip().casefold()
    for kind, name in KIND_NAMES.items():
        if wanted in (kind.value, name):
            return kind
    raise UnknownKind(clip(text, 50))
