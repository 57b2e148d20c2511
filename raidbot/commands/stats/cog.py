"""/stats: figures of a member, of this server, and of its weeks and months."""

import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.stats import member_views, server_views
from raidbot.commands.stats.export import ExportCommand
from raidbot.commands.stats.inactive import InactiveCommand
from raidbot.commands.stats.inactive_views import INACTIVE
from raidbot.commands.stats.member_views import Whose
from raidbot.commands.stats.parts import Page
from raidbot.commands.stats.server_views import PeriodReport
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.autocomplete import MAX_CHOICES, matching
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.router import Press, UnknownPanel, number_of, page_number
from raidbot.db import guilds
from raidbot.db.statistics import by_period, members, servers
from raidbot.delivery.members.listing import MemberLists
from raidbot.pictures import drawing
from raidbot.pictures.facts import RoleCount, StartHour, Week
from raidbot.raids.model import GuildId, MemberId
from raidbot.raids.permissions import Permission
from raidbot.raids.statistics.figures import MemberFigures
from raidbot.raids.statistics.periods import Period, PeriodKind, UnknownPeriod, latest, named, period_of
from raidbot.state import State
from raidbot.utils.errors import Refusal
from raidbot.utils.words import say

TREND = 12
"""Weeks or months that are told of below a week or a month, itself among them."""


class NotBegun(Refusal):
    def __init__(self, period: Period) -> None:
        super().__init__(say("{period} has not begun yet. Choose one that has.", period=period.label))


class Stats(
    InactiveCommand,
    ExportCommand,
    commands.GroupCog,
    group_name="stats",
    group_description="Figures of members and of this server",
):
    """`serves` tells of which guilds the bot may speak."""

    def __init__(self, state: State, serves: Callable[[int | None], bool], member_lists: MemberLists) -> None:
        self._state = state
        self._serves = serves
        self._member_lists = member_lists
        self._pressed: dict[str, Callable[[Press, tuple[str, ...]], Awaitable[None]]] = {
            "user": self._press_user,
            "everywhere": self._press_everywhere,
            PeriodKind.WEEK: partial(self._turn_period, PeriodKind.WEEK),
            PeriodKind.MONTH: partial(self._turn_period, PeriodKind.MONTH),
            INACTIVE: self.press_inactive,
        }

    @app_commands.command(description="Your figures: attendance, roles, raids, days; or those of somebody else")
    @app_commands.describe(member="Whose figures; yours if left out")
    async def user(self, interaction: Interaction, member: discord.User | None = None) -> None:
        whose = MemberId((member or interaction.user).id)
        await self._check_user(interaction, whose)
        await responses.defer(interaction)
        await self._show_user(interaction, whose, (member or interaction.user).display_name)

    @app_commands.command(description="This server’s figures since its first raid")
    async def server(self, interaction: Interaction) -> None:
        await self._check_server(interaction)
        await responses.defer(interaction)
        await self._show_server(interaction)

    @app_commands.command(description="A week’s raids and people, compared with the week before")
    @app_commands.describe(week="This week if left out; choose one, or type a day of it: 2027-06-21")
    async def weekly(self, interaction: Interaction, week: str | None = None) -> None:
        await self._answer_period(interaction, PeriodKind.WEEK, week)

    @app_commands.command(description="A month’s raids and people, compared with the month before")
    @app_commands.describe(month="This month if left out; choose one, or type it: 2027-06")
    async def monthly(self, interaction: Interaction, month: str | None = None) -> None:
        await self._answer_period(interaction, PeriodKind.MONTH, month)

    @weekly.autocomplete("week")
    async def _weeks(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self._periods(interaction, PeriodKind.WEEK, typed)

    @monthly.autocomplete("month")
    async def _months(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self._periods(interaction, PeriodKind.MONTH, typed)

    async def press(self, press: Press) -> None:
        """Run a press on a panel of /stats. Raises UnknownPanel or NotAllowed."""
        action, *rest = press.parts or ("",)
        if action not in self._pressed:
            raise UnknownPanel
        await self._pressed[action](press, tuple(rest))

    async def _press_user(self, press: Press, rest: tuple[str, ...]) -> None:
        member = MemberId(number_of(_only(rest)))
        await self._check_user(press.interaction, member)
        own = press.interaction.user
        await self._show_user(press.interaction, member, own.display_name if own.id == member else None)

    async def _press_everywhere(self, press: Press, rest: tuple[str, ...]) -> None:
        permissions.guild_of(press.interaction)
        await self._show_everywhere(press.interaction, page_number(_only(rest)))

    async def _turn_period(self, kind: PeriodKind, press: Press, rest: tuple[str, ...]) -> None:
        interaction = press.interaction
        await self._check_server(interaction)
        try:
            period = named(kind, _only(rest), await self._zone(interaction), now=self._state.now())
        except UnknownPeriod:
            raise UnknownPanel from None
        await self._show_period(interaction, period)

    async def _check_user(self, interaction: Interaction, member: MemberId) -> None:
        permissions.guild_of(interaction)
        if member != permissions.member_id(interaction):
            await permissions.check(interaction, Permission.STATS_OTHERS)

    async def _check_server(self, interaction: Interaction) -> None:
        settings = await self._state.settings(permissions.guild_id(interaction))
        if not settings.stats_for_everyone:
            await permissions.check(interaction, Permission.STATS_SERVER)

    async def _zone(self, interaction: Interaction) -> ZoneInfo:
        return (await self._state.settings(permissions.guild_id(interaction))).tzinfo

    async def _show_user(self, interaction: Interaction, member: MemberId, name: str | None = None) -> None:
        zone = await self._zone(interaction)
        figures, known = await self._state.db.read(
            partial(
                _member_and_name,
                guild=permissions.guild_id(interaction),
                member=member,
                now=self._state.now(),
                zone=zone,
            )
        )
        own = member == permissions.member_id(interaction)
        whose = Whose(member=member, name=known or name, own=own)
        roles = [RoleCount(role.name, role.raids) for role in figures.roles]
        picture = await drawing.member_roles(roles, member=whose.name or "") if len(roles) > 1 else None
        await _send(interaction, member_views.member_page(figures, whose, zone.key, picture))

    async def _show_everywhere(self, interaction: Interaction, number: int) -> None:
        names = {guild.id: guild.name for guild in interaction.client.guilds if self._serves(guild.id)}
        member = permissions.member_id(interaction)
        shares = await self._state.db.read(
            partial(
                members.member_figures_everywhere,
                member=member,
                now=self._state.now(),
                served=[GuildId(guild) for guild in names],
            )
        )
        await _send(interaction, member_views.everywhere_page(shares, names, member, number))

    async def _show_server(self, interaction: Interaction) -> None:
        zone = await self._zone(interaction)
        figures = await self._state.db.read_long(
            partial(servers.server_figures, guild=permissions.guild_id(interaction), now=self._state.now(), zone=zone)
        )
        hours = [
            StartHour(weekday, hour, raids)
            for weekday, day in enumerate(figures.starts)
            for hour, raids in enumerate(day)
            if raids
        ]
        picture = await drawing.start_hours(hours, zone=zone.key) if hours else None
        server = permissions.guild_of(interaction).name
        await _send(interaction, server_views.server_page(figures, server, zone.key, picture))

    async def _answer_period(self, interaction: Interaction, kind: PeriodKind, typed: str | None) -> None:
        """Raises NotAllowed, UnknownPeriod or NotBegun."""
        await self._check_server(interaction)
        now = self._state.now()
        period = named(kind, typed or "", await self._zone(interaction), now=now)
        if period.start > now:
            raise NotBegun(period)
        await responses.defer(interaction)
        await self._show_period(interaction, period)

    async def _show_period(self, interaction: Interaction, period: Period) -> None:
        guild, now = permissions.guild_id(interaction), self._state.now()
        report = await self._state.db.read_long(partial(_report, guild=guild, period=period, now=now))
        picture = None
        if period.kind is PeriodKind.WEEK and any(point.raids for point in report.trend):
            weeks = [
                Week(
                    monday=point.period.first,
                    raids=point.raids,
                    people=point.participants,
                    goes_on=point.period.has(now),
                )
                for point in report.trend
            ]
            picture = await drawing.weekly_trend(weeks)
        await _send(interaction, server_views.period_page(report, picture))

    async def _periods(self, interaction: Interaction, kind: PeriodKind, typed: str) -> list[app_commands.Choice[str]]:
        """Return the latest weeks or months that match what is typed."""
        current = period_of(kind, self._state.now(), await self._zone(interaction))
        offered = reversed(latest(current, MAX_CHOICES))
        return matching(typed, ((one.first.isoformat(), str(one.label), one.first.isoformat()) for one in offered))


def _only(rest: tuple[str, ...]) -> str:
    """Return the only parameter of a press. Raises UnknownPanel."""
    if len(rest) != 1:
        raise UnknownPanel
    return rest[0]


def _member_and_name(
    connection: sqlite3.Connection, guild: GuildId, member: MemberId, *, now: datetime, zone: ZoneInfo
) -> tuple[MemberFigures, str | None]:
    figures = members.member_figures(connection, guild, member, now=now, zone=zone)
    return figures, guilds.names(connection, guild, [member]).get(member)


def _report(connection: sqlite3.Connection, guild: GuildId, period: Period, *, now: datetime) -> PeriodReport:
    return PeriodReport(
        figures=by_period.period_figures(connection, guild, period, now=now),
        before=by_period.period_figures(connection, guild, period.before, now=now),
        trend=by_period.trend(connection, guild, latest(period, TREND), now=now),
        goes_on=now < period.end,
        first_raid_at=servers.first_raid_at(connection, guild, now=now),
    )


async def _send(interaction: Interaction, page: Page) -> None:
    files = page.files()
    await responses.edit_response(interaction, embeds=(page.embed,), rows=page.rows, files=files)
