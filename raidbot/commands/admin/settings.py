"""/settings: a guild's settings for its raids, on one persistent panel."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.ui import forms, permissions, responses
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.router import Press, UnknownPanel, address
from raidbot.raids.model import GuildId
from raidbot.raids.permissions import Permission
from raidbot.raids.settings import (
    ARCHIVE_CHOICES_MINUTES,
    AUDIT_DAYS_CHOICES,
    FULL_CLOSE_CHOICES_MINUTES,
    LEAD_CHOICES_MINUTES,
    GuildSettings,
    SignupStyle,
    spoken_minutes,
)
from raidbot.raids.times import zones
from raidbot.state import State
from raidbot.utils.text import clip, escape

PANEL = "settings"
_STYLES = {
    SignupStyle.REACTIONS: "by reactions",
    SignupStyle.BUTTONS: "by buttons",
    SignupStyle.BOTH: "by reactions and buttons",
}
_COLOUR = 0x5865F2


class Settings(commands.Cog):
    def __init__(self, state: State) -> None:
        self._state = state

    @app_commands.command(description="Time zone, reminders, closing, threads, leader role and audit of this server")
    @app_commands.describe(time_zone="Where your server's clock hangs, such as Europe/London")
    async def settings(self, interaction: Interaction, time_zone: str | None = None) -> None:
        await permissions.check(interaction, Permission.SETTINGS)
        guild = GuildId(permissions.guild_of(interaction).id)
        zone = None if time_zone is None else zones.zone_named(time_zone).key
        await responses.defer(interaction)
        if zone is not None:
            await self._state.change_settings(
                guild, lambda before: replace(before, zone=zone), permissions.cause_of(interaction)
            )
        await _show(interaction, await self._state.settings(guild), _FIRST)

    @settings.autocomplete("time_zone")
    async def _zones(self, _: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=name, value=name) for name in zones.suggest(typed)]

    async def press(self, press: Press) -> None:
        """Open the time zone form, turn the page, or save a setting."""
        interaction = press.interaction
        await permissions.check(interaction, Permission.SETTINGS)
        guild = GuildId(permissions.guild_of(interaction).id)
        match press.parts:
            case ("ask-zone",):
                zone = (await self._state.settings(guild)).zone
                await responses.open_modal(interaction, _zone_form(zone))
            case ("page", page) if page in _PAGES:
                await _show(interaction, await self._state.settings(guild), page)
            case _:
                rule = partial(_changed, press)
                settings = await self._state.change_settings(guild, rule, permissions.cause_of(interaction))
                await _show(interaction, settings, _page_of(press.parts[0]))


def _changed(press: Press, before: GuildSettings) -> GuildSettings:
    """Return the settings after a press on the panel. Raises Refusal for an invalid choice."""
    match press.parts:
        case ("zone",):
            return replace(before, zone=zones.zone_named(press.fields["zone"]).key)
        case ("creator",):
            lead = _chosen(press, LEAD_CHOICES_MINUTES)
            kept = lead or before.creator_reminder_minutes
            return replace(before, creator_reminders=lead > 0, creator_reminder_minutes=kept)
        case ("participants",):
            lead = _chosen(press, LEAD_CHOICES_MINUTES)
            kept = lead or before.participant_reminder_minutes
            return replace(before, participant_reminders=lead > 0, participant_reminder_minutes=kept)
        case ("closing",):
            return replace(before, full_close_minutes=_chosen(press, FULL_CLOSE_CHOICES_MINUTES))
        case ("threads",):
            archive = _chosen(press, (0, *ARCHIVE_CHOICES_MINUTES))
            return replace(before, threads=archive > 0, thread_archive_minutes=archive or before.thread_archive_minutes)
        case ("audit",):
            return replace(before, audit_days=_chosen(press, AUDIT_DAYS_CHOICES))
        case ("style",) if press.values and press.values[0] in set(SignupStyle):
            return replace(before, signup_style=SignupStyle(press.values[0]))
        case ("leader",):
            return replace(before, leader_role=_chosen_role(press))
        case ("no-leader",):
            return replace(before, leader_role=None)
        case ("thread-members", wanted):
            return replace(before, thread_members=wanted == "on")
        case ("notices", wanted):
            return replace(before, refusal_notices_in_thread=wanted == "on")
        case _:
            raise UnknownPanel


def _chosen(press: Press, offered: Sequence[int]) -> int:
    """Return the chosen number. Raises UnknownPanel if it is not in `offered`."""
    chosen = next((number for number in offered if (str(number),) == press.values), None)
    if chosen is None:
        raise UnknownPanel
    return chosen


def _chosen_role(press: Press) -> int:
    """Return the chosen role's id. Raises UnknownRole, NotEveryone or UnknownPanel."""
    roles = permissions.chosen_roles(press.interaction, press.values)
    if permissions.guild_of(press.interaction).id in roles:
        raise permissions.NotEveryone
    if len(roles) != 1:
        raise UnknownPanel
    return next(iter(roles))


async def _show(interaction: Interaction, settings: GuildSettings, page: str) -> None:
    guild = permissions.guild_of(interaction)
    await responses.edit_response(interaction, embeds=(_summary(guild, settings),), rows=_PAGES[page](guild, settings))


def _summary(guild: discord.Guild, settings: GuildSettings) -> discord.Embed:
    embed = discord.Embed(title=clip(f"Settings of {escape(guild.name)}", 256), colour=_COLOUR)
    for name, value in (
        ("Time zone", settings.zone),
        ("Reminder to the creator", _lead(_creator_lead(settings))),
        ("Reminder to participants", _lead(_participant_lead(settings))),
        ("Full raids close", _lead(settings.full_close_minutes, never="at their start")),
        (
            "Discussion threads",
            f"archived after {spoken_minutes(settings.thread_archive_minutes)}" if settings.threads else "off",
        ),
        ("The audit is kept", _spoken_days(settings.audit_days)),
        ("Signing up", _STYLES[settings.signup_style]),
        ("Leader role", _leader_role(guild, settings)),
        ("Whoever signs up", "is added to the raid’s thread" if settings.thread_members else "is not added to threads"),
        ("Refusals if DMs are closed", "told in the thread" if settings.refusal_notices_in_thread else "not told"),
    ):
        embed.add_field(name=name, value=value)
    return embed


def _leader_role(guild: discord.Guild, settings: GuildSettings) -> str:
    if settings.leader_role is None:
        return "none"
    role = guild.get_role(settings.leader_role)
    return f"{role.mention}: a ⭐ before the name" if role else "a role that was deleted; choose another or none"


def _first_page(_guild: discord.Guild, settings: GuildSettings) -> tuple[responses.Row, ...]:
    leads = [(minutes, _lead(minutes)) for minutes in LEAD_CHOICES_MINUTES]
    closings = [(minutes, _lead(minutes, never="at their start")) for minutes in FULL_CLOSE_CHOICES_MINUTES]
    return (
        (_select("creator", "Reminder to the creator", leads, _creator_lead(settings)),),
        (_select("participants", "Reminder to participants", leads, _participant_lead(settings)),),
        (_select("closing", "Full raids close", closings, settings.full_close_minutes),),
        (
            _button("Time zone", discord.ButtonStyle.primary, "ask-zone"),
            _button("More settings", discord.ButtonStyle.secondary, "page", _SECOND),
        ),
    )


def _second_page(guild: discord.Guild, settings: GuildSettings) -> tuple[responses.Row, ...]:
    archive = settings.thread_archive_minutes if settings.threads else 0
    threads = [
        (0, "off"),
        *((minutes, f"archived after {spoken_minutes(minutes)}") for minutes in ARCHIVE_CHOICES_MINUTES),
    ]
    kept = [(days, _spoken_days(days)) for days in AUDIT_DAYS_CHOICES]
    grey = discord.ButtonStyle.secondary
    return (
        (_select("threads", "Discussion threads", threads, archive),),
        (_select("audit", "The audit is kept", kept, settings.audit_days),),
        (_select("style", "Signing up", list(_STYLES.items()), settings.signup_style),),
        (_leader_select(guild, settings),),
        (
            _switch("Members in threads", "thread-members", is_on=settings.thread_members),
            _switch("Refusals in threads", "notices", is_on=settings.refusal_notices_in_thread),
            _button("No leader role", grey, "no-leader", disabled=settings.leader_role is None),
            _button("Back", grey, "page", _FIRST),
        ),
    )


_FIRST, _SECOND = "1", "2"
_ON_SECOND = {"threads", "audit", "style", "leader", "no-leader", "thread-members", "notices"}
_PAGES = {_FIRST: _first_page, _SECOND: _second_page}


def _page_of(key: str) -> str:
    return _SECOND if key in _ON_SECOND else _FIRST


def _button(label: str, style: discord.ButtonStyle, *parts: str, disabled: bool = False) -> discord.ui.Button[Any]:
    return discord.ui.Button(label=label, style=style, custom_id=address(PANEL, *parts), disabled=disabled)


def _switch(label: str, key: str, *, is_on: bool) -> discord.ui.Button[Any]:
    style = discord.ButtonStyle.success if is_on else discord.ButtonStyle.secondary
    return _button(label, style, key, "off" if is_on else "on")


def _leader_select(guild: discord.Guild, settings: GuildSettings) -> discord.ui.RoleSelect[Any]:
    role = guild.get_role(settings.leader_role) if settings.leader_role else None
    return discord.ui.RoleSelect(
        custom_id=address(PANEL, "leader"), placeholder="Leader role", default_values=[role] if role else []
    )


def _select(
    key: str, name: str, choices: Sequence[tuple[int | str, str]], current: int | str
) -> discord.ui.Select[Any]:
    options = [
        discord.SelectOption(label=f"{name}: {text}", value=str(value), default=value == current)
        for value, text in choices
    ]
    return discord.ui.Select(custom_id=address(PANEL, key), placeholder=name, options=options)


def _zone_form(zone: str) -> discord.ui.Modal:
    field = forms.Field("zone", "Time zone", zone, "A city or region, such as Europe/London", max_length=64)
    return forms.form(address(PANEL, "zone"), "Time zone of this server", field)


def _creator_lead(settings: GuildSettings) -> int:
    return settings.creator_reminder_minutes if settings.creator_reminders else 0


def _participant_lead(settings: GuildSettings) -> int:
    return settings.participant_reminder_minutes if settings.participant_reminders else 0


def _lead(minutes: int, *, never: str = "off") -> str:
    return f"{spoken_minutes(minutes)} before" if minutes else never


def _spoken_days(days: int) -> str:
    return f"for {days} days"
