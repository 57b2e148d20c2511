"""/stats export: this server's figures as tables for spreadsheets, or all of its rows as JSON lines."""

import asyncio
import io
from datetime import datetime
from enum import StrEnum
from functools import cached_property

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.autocomplete import matching
from raidbot.commands.ui.interaction import Interaction
from raidbot.delivery.exports.csv_table import dialect_of
from raidbot.delivery.exports.export_file import MAX_FILE_BYTES, ExportTooLarge
from raidbot.delivery.exports.statistics_files import Exported, StatisticsFiles
from raidbot.raids.permissions import Permission
from raidbot.raids.statistics.day_spans import Span, span
from raidbot.state import State
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Listed, Name, Text, count, paragraph, render, say

_TOO_LARGE = 40005  # https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
_MONTHS_OFFERED, _YEARS_OFFERED = 12, 3


class ExportedAs(StrEnum):
    """A choice of what to export."""

    TABLES = "tables"
    MEMBERS = "members"
    RAIDS = "raids"
    EVERYTHING = "everything"


_WHAT = [
    app_commands.Choice(name=name, value=what.value)
    for what, name in (
        (ExportedAs.TABLES, "Members and raids, as two tables (.csv)"),
        (ExportedAs.MEMBERS, "Members, as a table (.csv)"),
        (ExportedAs.RAIDS, "Raids, as a table (.csv)"),
        (ExportedAs.EVERYTHING, "Everything that figures are made of, for programs (.jsonl)"),
    )
]


class NothingExported(Refusal):
    def __init__(self, chosen: Span) -> None:
        if chosen.is_all:
            said = say("There is nothing to export yet. Export again once a raid has taken place here.")
        else:
            said = say("There is nothing to export {span}. Choose another time.", span=chosen.label)
        super().__init__(said)


class ExportCommand(commands.Cog):
    """The subcommand `export` of `/stats`."""

    _state: State

    @cached_property
    def _one_at_a_time(self) -> asyncio.Lock:
        """Held while files are made, so that only one export at a time takes memory."""
        return asyncio.Lock()

    @app_commands.command(description="This server’s figures as files: tables for spreadsheets, or JSON lines")
    @app_commands.describe(
        what="What to take along",
        since="Only raids from this day on, by this server’s clocks: 2026-11-24, 2026-11 or 2026",
        until="Only raids up to this day, by this server’s clocks: 2026-11-24, 2026-11 or 2026",
    )
    @app_commands.choices(what=_WHAT)
    async def export(
        self, interaction: Interaction, what: str, since: str | None = None, until: str | None = None
    ) -> None:
        await permissions.check(interaction, Permission.STATS_EXPORT)
        guild = permissions.guild_id(interaction)
        chosen = span(since, until, (await self._state.settings(guild)).tzinfo)
        await responses.defer(interaction)
        limit = min(interaction.filesize_limit, MAX_FILE_BYTES)
        async with self._one_at_a_time:
            files = StatisticsFiles(
                self._state.db,
                guild,
                chosen,
                now=self._state.now(),
                limit=limit,
                dialect=dialect_of(interaction.locale.value),
            )
            made = await self._made(files, ExportedAs(what), interaction)
        if not made:
            raise NothingExported(chosen)
        attached = [discord.File(io.BytesIO(one.content), one.name) for one in made]
        try:
            await responses.send_file(interaction, render(_said(made, chosen)), *attached)
        except discord.HTTPException as refusal:
            if refusal.code != _TOO_LARGE:
                raise
            raise ExportTooLarge(limit) from refusal

    @export.autocomplete("since")
    @export.autocomplete("until")
    async def _days(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        settings = await self._state.settings(permissions.guild_id(interaction))
        return matching(typed, _days_offered(self._state.now().astimezone(settings.tzinfo)))

    async def _made(self, files: StatisticsFiles, what: ExportedAs, interaction: Interaction) -> list[Exported]:
        """Return the files that hold anything. Raises ExportTooLarge."""
        if what is ExportedAs.EVERYTHING:
            everything = await files.everything()
            return [] if everything is None else [everything]
        made: list[Exported | None] = []
        if what is not ExportedAs.RAIDS:
            made.append(await files.members())
        if what is not ExportedAs.MEMBERS:
            catalogue = await self._state.templates(permissions.guild_id(interaction))
            made.append(await files.raids({entry.key: entry.template.name for entry in catalogue.entries}))
        return [file for file in made if file is not None]


def _said(made: list[Exported], chosen: Span) -> Text:
    members, raids = sum(file.members for file in made), sum(file.raids for file in made)
    listed = [count("{n} member", "{n} members", members)] if members else []
    if raids:
        listed.append(count("{n} raid", "{n} raids", raids))
    carried = max(file.carried for file in made)
    packed = any(file.name.endswith(".zip") for file in made)
    return paragraph(
        say(
            "Here are {things}, {span}, by the clocks of {zone}.",
            things=Listed(tuple(listed), "and"),
            span=chosen.label,
            zone=Name(chosen.zone.key),
        ),
        say("Only raids that took place and count are summed up.") if members else None,
        _carried(carried) if carried else None,
        say("It would have been too large for Discord, so it is packed as a ZIP archive.") if packed else None,
        say("It names people: pass it on to nobody who should not know."),
    )


def _carried(members: int) -> Text:
    return count(
        "{n} member has an opening balance from before the move to this bot; it is part of their figures.",
        "{n} members have an opening balance from before the move to this bot; it is part of their figures.",
        members,
    )


def _days_offered(today: datetime) -> list[tuple[str, str]]:
    """Return months and years as they can be typed, latest first."""
    months = [divmod(today.year * 12 + today.month - 1 - back, 12) for back in range(_MONTHS_OFFERED)]
    found = [f"{today:%Y-%m-%d}", *(f"{year:04}-{month + 1:02}" for year, month in months)]
    found += [f"{today.year - back:04}" for back in range(_YEARS_OFFERED)]
    return [(one, one) for one in found]
