"""Views of /templates: the list, and one template with its actions."""

from collections.abc import Iterator
from dataclasses import fields

import discord

from raidbot.commands.announcements.address import announcements_of
from raidbot.commands.ui.components import (
    BLUE,
    GREEN,
    GREY,
    RED,
    Button,
    Controls,
    option,
    page_of,
    panel_embed,
)
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.router import address
from raidbot.raids.announcements.model import OwnerKind
from raidbot.raids.deadlines.deadline import before_start
from raidbot.raids.model import Role
from raidbot.raids.templates.catalogue import Catalogue, Entry
from raidbot.raids.templates.edits import colour_text
from raidbot.raids.templates.model import Strategy, Template, spoken_length
from raidbot.utils.text import clip, escape, fit_lines, joined

PANEL = "templates"
NO_KEY = "-"
_MAX_EMBED_LENGTH = 4000
_MAX_LINE_LENGTH = 90
_MAX_STRATEGY_LENGTH = 300
_MAX_FIELD_LENGTH = 1024
_MAX_DESCRIPTION_LENGTH = 300
_MAX_SIDES_LENGTH = 500


def controls(key: str) -> Controls:
    """Return the buttons and menus that act on this template's panel, or with `NO_KEY` on the list."""
    return Controls(lambda action, *more: address(PANEL, action, key, *more))


def quoted(template: Template) -> str:
    return f"“{escape(template.name)}”"


# The list


def list_embed(guild: str, catalogue: Catalogue, page: int) -> discord.Embed:
    entries = catalogue.enabled_first()
    shown = page_of(entries, page)
    lines = fit_lines([_line(entry) for entry in shown.items], _MAX_EMBED_LENGTH)
    own = sum(entry.is_own for entry in entries)
    disabled = sum(not entry.enabled for entry in entries)
    counted = f"{len(entries)} templates, {own} of them this server’s own, {disabled} disabled"
    embed = panel_embed(f"Templates of {escape(guild)}", lines)
    return embed.set_footer(text=f"Page {shown.number + 1} of {shown.pages} · {counted}")


def list_rows(catalogue: Catalogue, page: int) -> tuple[Row, ...]:
    shown, on_list = page_of(catalogue.enabled_first(), page), controls(NO_KEY)
    offered = [option(entry.key, entry.template.offered_as, _state(entry)) for entry in shown.items]
    turns = on_list.page_buttons(shown.number, shown.pages, "list")
    return (
        (on_list.select("Look at a template, and change it", "open", offered),),
        *((turns,) if turns else ()),
        (on_list.button("New template", "ask-new", GREEN), on_list.button("Export all", "export")),
    )


def _line(entry: Entry) -> str:
    template = entry.template
    name = f"{template.emoji} **{escape(clip(template.offered_as, _MAX_LINE_LENGTH))}**".strip()
    return f"{'🟢' if entry.enabled else '⚪'} {name} · {_seats(template)}{_mark(entry)}"


def _mark(entry: Entry) -> str:
    if entry.is_own:
        return " · own"
    return " · changed" if entry.is_changed else ""


def _state(entry: Entry) -> str:
    whose = "this server’s own" if entry.is_own else "changed here" if entry.is_changed else "comes with the bot"
    return f"{'offered' if entry.enabled else 'disabled'}, {whose}"


# One template


def template_embed(entry: Entry) -> discord.Embed:
    template = entry.template
    name = f"{template.emoji} {escape(template.name)}".strip()
    embed = panel_embed(name, "\n".join(_facts(entry)), template.colour)
    embed.add_field(name=f"Roles ({_seats(template)})", value=roles_text(template.roles), inline=False)
    if template.strategies:
        embed.add_field(name="Strategies", value=strategies_text(template), inline=False)
    return embed


def template_rows(entry: Entry) -> tuple[Row, ...]:
    button = controls(entry.key).button
    switch = button("Disable", "disable") if entry.enabled else button("Enable", "enable", GREEN)
    undo = (
        button("Delete", "ask-delete", RED)
        if entry.is_own
        else button("Reset", "ask-reset", RED, disabled=not entry.is_changed)
    )
    return (
        (
            button("Words and look", "ask-look", BLUE),
            button("Roles", "roles", BLUE),
            button("Strategies", "strategies", BLUE),
            button("Lengths", "ask-lengths", BLUE),
            button("Sides", "ask-sides", BLUE),
        ),
        (
            switch,
            button("Preview", "preview"),
            button("Duplicate", "duplicate"),
            button("Export", "export"),
            undo,
        ),
        (
            button("Signups", "ask-signups", BLUE),
            button("Picture", "ask-picture", BLUE),
            Button(label="Announcements", style=GREY, custom_id=announcements_of(OwnerKind.TEMPLATE, entry.key)),
            controls(NO_KEY).button("All templates", "list", GREY, 0),
        ),
    )


def strategies_text(template: Template) -> str:
    """List the strategies with their changes, as many as an embed field holds."""
    return fit_lines([_strategy(template, strategy) for strategy in template.strategies], _MAX_FIELD_LENGTH)


def roles_text(roles: tuple[Role, ...]) -> str:
    """List the roles by group, as many as an embed field holds."""
    grouped: dict[str, list[Role]] = {}
    for role in roles:
        grouped.setdefault(role.group, []).append(role)
    return fit_lines(list(_roles(grouped)), _MAX_FIELD_LENGTH)


def changed_fields(entry: Entry) -> tuple[str, ...]:
    """Return the names of the fields that differ from the built-in template; empty for an own template."""
    if entry.original is None:
        return ()
    return tuple(
        field.name
        for field in fields(Template)
        if getattr(entry.template, field.name) != getattr(entry.original, field.name)
    )


def _facts(entry: Entry) -> Iterator[str]:
    template = entry.template
    yield f"**Offered by /create:** {'🟢 yes' if entry.enabled else '⚪ no, it is disabled'}"
    yield f"**Origin:** {_origin(entry)}"
    if template.label:
        yield f"**Listed as:** {escape(template.label)}"
    yield f"**Colour:** {colour_text(template.colour)}"
    if template.picture is not None:
        size = " (large)" if template.picture.is_large else ""
        about = f": {escape(template.picture.text)}" if template.picture.text else ""
        yield f"**Picture:** {clip(escape(str(template.picture.url)), _MAX_DESCRIPTION_LENGTH)}{size}{about}"
    yield f"**Lengths:** {', '.join(map(spoken_length, template.lengths)) or 'none, raids say no length'}"
    if template.signup_lead is not None:
        yield f"**Signups close:** {before_start(template.signup_lead)}"
    if template.signup_text:
        yield f"**Whoever signs up reads:** {clip(escape(template.signup_text), _MAX_DESCRIPTION_LENGTH)}"
    if template.sides:
        yield f"**Sides:** {clip(', '.join(map(escape, template.sides)), _MAX_SIDES_LENGTH)}"
    if template.description:
        yield f"**Description:** {clip(escape(template.description), _MAX_DESCRIPTION_LENGTH)}"


def _origin(entry: Entry) -> str:
    if entry.is_own:
        return "this server’s own"
    game = f" for {escape(entry.template.game)}" if entry.template.game else ""
    changed = [name.replace("_", " ") for name in changed_fields(entry)]
    return f"comes with the bot{game}" + (f"; changed here: {joined(changed)}" if changed else "")


def _roles(grouped: dict[str, list[Role]]) -> Iterator[str]:
    for group, roles in grouped.items():
        if group:
            yield f"**{escape(group)}**"
        yield from (role_line(role) for role in roles)


def role_line(role: Role) -> str:
    icon = f"{role.icon} " if role.icon else ""
    return f"{role.emoji} {icon}{escape(role.name)}" + (f" ×{role.seats}" if role.seats > 1 else "")


def _strategy(template: Template, strategy: Strategy) -> str:
    own = {role.key: role for role in template.roles}
    changes = [
        f"{_beside(own[role.key], role)} → {_beside(role, own[role.key])}" for role in strategy.roles if role.key in own
    ]
    return clip(": ".join(filter(None, (escape(strategy.name), ", ".join(changes)))), _MAX_STRATEGY_LENGTH)


def _beside(role: Role, other: Role) -> str:
    """Describe the role by its name and by the attributes that differ from `other`."""
    emoji = f"{role.emoji} " if role.emoji != other.emoji else ""
    icon = f"{role.icon} " if role.icon and role.icon != other.icon else ""
    seats = f" ×{role.seats}" if role.seats != other.seats else ""
    group = f" ({escape(role.group) or 'no group'})" if role.group != other.group else ""
    return f"{emoji}{icon}{escape(role.name)}{seats}{group}"


def _seats(template: Template) -> str:
    roles, seats = len(template.roles), sum(role.seats for role in template.roles)
    return f"{_counted(roles, 'role')}, {_counted(seats, 'seat')}"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
