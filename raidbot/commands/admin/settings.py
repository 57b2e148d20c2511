"""/settings: a guild's settings for its raids, on one persistent panel made from their descriptors."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.ui import forms, permissions, responses
from raidbot.commands.ui.components import BLUE, GREY, Button, Controls, option, options, panel_embed
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.router import Press, UnknownPanel, address
from raidbot.db import calendar_feeds
from raidbot.raids.model import GuildId
from raidbot.raids.permissions import Permission
from raidbot.raids.reminders.leads import Leads, leads_of_codes, parse_leads, spoken, typed
from raidbot.raids.setting_kinds import Choice, LeadTimes, OnPanel, RoleChoice, Switch, Typed
from raidbot.raids.settings import ON_PANEL, GuildSettings
from raidbot.raids.settings.panel import PAGES
from raidbot.raids.times import zones
from raidbot.state import State
from raidbot.utils.text import clip, escape

PANEL = "settings"
_FIRST = 1
_PAGES = {str(number): title for number, title in enumerate(PAGES, _FIRST)}
_BY_KEY = {setting.key: (field, setting) for field, setting in ON_PANEL}
_CONTROLS = Controls(partial(address, PANEL))
_OTHER_TIMES = "typed"
"""An option beside the leads of a menu; it opens a form."""
_FEEDS, _ZONE = "calendar_feeds", "zone"
_MAX_LABEL_LENGTH = 80  # https://discord.com/developers/docs/components/reference#button


class Settings(commands.Cog):
    def __init__(self, state: State) -> None:
        self._state = state

    @app_commands.command(description="Time zone, reminders, closing, threads, leader role and audit of this server")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.describe(time_zone="Your server’s time zone, such as Europe/London")
    async def settings(self, interaction: Interaction, time_zone: str | None = None) -> None:
        await permissions.check(interaction, Permission.SETTINGS)
        guild = GuildId(permissions.guild_of(interaction).id)
        zone = None if time_zone is None else zones.zone_named(time_zone).key
        await responses.defer(interaction)
        if zone is not None:
            await self._state.change_settings(
                guild, lambda before: before.with_fields({"zone": zone}), permissions.cause_of(interaction)
            )
        await self._show(interaction, await self._state.settings(guild), _FIRST)

    @settings.autocomplete("time_zone")
    async def _zones(self, _: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=name, value=name) for name in zones.suggest(typed)]

    async def press(self, press: Press) -> None:
        """Open a form, show another page, or save a setting."""
        interaction = press.interaction
        await permissions.check(interaction, Permission.SETTINGS)
        guild = GuildId(permissions.guild_of(interaction).id)
        match press.parts:
            case ("page", page) if page in _PAGES:
                await self._show(interaction, await self._state.settings(guild), int(page))
            case (asked,) if asked.startswith("ask-"):
                await self._ask(interaction, guild, *_named(asked.removeprefix("ask-")))
            case (key,) if _OTHER_TIMES in press.values and isinstance(_named(key)[1], LeadTimes):
                await self._ask(interaction, guild, *_named(key))
            case (key, *_):
                field, setting = _named(key.removeprefix("no-"))
                rule = partial(_changed, press, field, setting, now=self._state.now())
                settings = await self._state.change_settings(guild, rule, permissions.cause_of(interaction))
                await self._show(interaction, settings, setting.page)
            case _:
                raise UnknownPanel

    async def _ask(self, interaction: Interaction, guild: GuildId, field: str, setting: OnPanel) -> None:
        """Open the setting's form. Raises UnknownPanel if it has none."""
        value = (await self._state.settings(guild)).value(field)
        match setting:
            case Typed():
                await responses.open_modal(interaction, _form(setting, value))
            case LeadTimes():
                await responses.open_modal(interaction, _leads_form(setting, value))
            case _:
                raise UnknownPanel

    async def _show(self, interaction: Interaction, settings: GuildSettings, page: int) -> None:
        guild = permissions.guild_of(interaction)
        feeds = await self._state.db.read(partial(calendar_feeds.number, guild=GuildId(guild.id)))
        rows = (*_menus(guild, settings, page), tuple(_buttons(guild, settings, page)), _tabs(page))
        embed = _list(guild, settings, page, feeds=feeds)
        await responses.edit_response(interaction, embeds=(embed,), rows=tuple(filter(None, rows)))


def _named(key: str) -> tuple[str, OnPanel]:
    """Return the field and the descriptor with this key. Raises UnknownPanel."""
    if key not in _BY_KEY:
        raise UnknownPanel
    return _BY_KEY[key]


def _changed(press: Press, field: str, setting: OnPanel, before: GuildSettings, *, now: datetime) -> GuildSettings:
    """Return the settings after a press on the panel. Raises Refusal for an invalid choice."""
    match setting, press.parts:
        case Typed(), (setting.key,):
            return before.with_value(field, setting.parse(press.fields[setting.key]))
        case LeadTimes(), (setting.key, "typed"):
            return before.with_leads(field, parse_leads(press.fields[setting.key], limit=setting.limit), now)
        case LeadTimes(), (setting.key,):
            return before.with_leads(field, leads_of_codes(press.values, limit=setting.limit), now)
        case Choice(), (setting.key,) if press.values and press.values[0] in setting.options():
            after = before.with_value(field, setting.value(press.values[0]))
            changed = after.keep_raids_days != before.keep_raids_days
            return after.with_fields({"keep_raids_since": now}) if changed else after
        case RoleChoice(), (setting.key,):
            return before.with_value(field, _chosen_role(press) if press.values else None)
        case RoleChoice(), (key,) if key == f"no-{setting.key}":
            return before.with_value(field, None)
        case Switch(), (setting.key, wanted):
            return before.with_value(field, wanted == "on")
        case _:
            raise UnknownPanel


def _chosen_role(press: Press) -> int:
    """Return the chosen role's id. Raises UnknownRole, NotEveryone or UnknownPanel."""
    roles = permissions.chosen_roles(press.interaction, press.values)
    if permissions.guild_of(press.interaction).id in roles:
        raise permissions.NotEveryone
    if len(roles) != 1:
        raise UnknownPanel
    return next(iter(roles))


def _list(guild: discord.Guild, settings: GuildSettings, page: int, *, feeds: int) -> discord.Embed:
    """Return the page's settings, their values, and what these mean.

    `feeds` is the number of addresses of calendar feeds that members have.
    """
    lines = []
    for field, setting in _on(page):
        value = _words(guild, settings, field, setting)
        if field == _FEEDS and settings.calendar_feeds:
            value = f"{value}, {feeds} {'address' if feeds == 1 else 'addresses'} now"
        lines.append(f"**{setting.title}:** {value}\n-# {setting.means}")
    return panel_embed(f"Settings of {escape(guild.name)} · {PAGES[page - _FIRST]}", "\n".join(lines))


def _on(page: int) -> list[tuple[str, OnPanel]]:
    return [(field, setting) for field, setting in ON_PANEL if setting.page == page]


def _words(guild: discord.Guild, settings: GuildSettings, field: str, setting: OnPanel) -> str:
    value = settings.value(field)
    match setting:
        case Choice() | Switch():
            return setting.words(value)
        case LeadTimes():
            return spoken(value)
        case RoleChoice():
            return _role_words(guild, value)
        case Typed() if field == _ZONE and not settings.zone_chosen:
            return f"not chosen yet (using {value})"
        case _:
            return str(value)


def _role_words(guild: discord.Guild, chosen: int | None) -> str:
    if chosen is None:
        return "none"
    role = guild.get_role(chosen)
    return role.mention if role else "a role that was deleted; choose another or none"


def _menus(guild: discord.Guild, settings: GuildSettings, page: int) -> Iterator[responses.Row]:
    for field, setting in _on(page):
        value = settings.value(field)
        match setting:
            case Choice():
                named = [(option, f"{setting.title}: {text}") for option, text in setting.options().items()]
                yield (_CONTROLS.select(setting.title, setting.key, options(named, setting.option(value))),)
            case LeadTimes():
                named = [(code, f"{setting.title}: {text}") for code, text in setting.options(value).items()]
                offered = [*options(named, *(lead.code for lead in value)), option(_OTHER_TIMES, "Other times…")]
                most = min(setting.limit + 1, len(offered))
                hint = f"{setting.title}: off"
                yield (_CONTROLS.select(hint, setting.key, offered, min_values=0, max_values=most),)
            case RoleChoice():
                chosen = [value] if value and guild.get_role(value) else []
                yield (_CONTROLS.role_select(setting.title, setting.key, chosen=chosen, min_values=0),)


def _buttons(guild: discord.Guild, settings: GuildSettings, page: int) -> Iterator[Button]:
    """Yield the controls that are no menus. A menu cannot unset a role that it cannot show."""
    for field, setting in _on(page):
        value = settings.value(field)
        match setting:
            case Typed():
                yield _CONTROLS.button(setting.title, f"ask-{setting.key}", BLUE)
            case Switch():
                label = clip(f"{setting.title}: {setting.words(value)}", _MAX_LABEL_LENGTH)
                yield _CONTROLS.switch(label, setting.key, is_on=value)
            case RoleChoice() if value and guild.get_role(value) is None:
                yield _CONTROLS.button(setting.clear, f"no-{setting.key}")


def _tabs(page: int) -> tuple[Button, ...]:
    return tuple(
        _CONTROLS.button(title, "page", GREY, number, disabled=number == str(page)) for number, title in _PAGES.items()
    )


def _form(setting: Typed, value: str) -> discord.ui.Modal:
    field = forms.Field(setting.key, setting.title, value, setting.hint, max_length=setting.max_length)
    return forms.form(address(PANEL, setting.key), setting.form_title, field)


def _leads_form(setting: LeadTimes, leads: Leads) -> discord.ui.Modal:
    field = forms.Field(setting.key, setting.title, typed(leads), setting.hint, max_length=setting.max_length)
    return forms.form(address(PANEL, setting.key, "typed"), setting.form_title, field)
