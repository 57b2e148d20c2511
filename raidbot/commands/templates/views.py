"""Views of /templates: the list, and one template with its actions."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import discord

from raidbot.commands.ui.pagination import page_buttons
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.router import address
from raidbot.raids.model import Role
from raidbot.raids.templates.catalogue import Catalogue, Entry
from raidbot.raids.templates.edits import colour_text
from raidbot.raids.templates.model import MAX_LABEL_LENGTH, Strategy, Template, spoken_length
from raidbot.utils.text import clip, escape, fit_lines, joined

PANEL = "templates"
NO_KEY = "-"
PAGE_SIZE = 25  # options of a select, https://discord.com/developers/docs/components/reference#string-select
GREY, BLUE = discord.ButtonStyle.secondary, discord.ButtonStyle.primary
GREEN, RED = discord.ButtonStyle.success, discord.ButtonStyle.danger
_COLOUR = 0x5865F2
_MAX_TITLE_LENGTH = 256
_MAX_EMBED_LENGTH = 4000
_MAX_LINE_LENGTH = 90
_MAX_STRATEGY_LENGTH = 300
_MAX_FIELD_LENGTH = 1024
_MAX_DESCRIPTION_LENGTH = 300
_MAX_SIDES_LENGTH = 500


def custom_id(action: str, key: str, *more: object) -> str:
    """Return the `custom_id` that routes `action` to this template's panel."""
    return address(PANEL, action, key, *more)


def button(
    label: str, style: discord.ButtonStyle, action: str, key: str, *more: object, disabled: bool = False
) -> discord.ui.Button[Any]:
    return discord.ui.Button(label=label, style=style, custom_id=custom_id(action, key, *more), disabled=disabled)


def select(
    hint: str, action: str, key: str, options: list[discord.SelectOption], *more: object
) -> discord.ui.Select[Any]:
    return discord.ui.Select(custom_id=custom_id(action, key, *more), placeholder=hint, options=options)


def back(key: str) -> discord.ui.Button[Any]:
    return button("Back", GREY, "panel", key)


def quoted(template: Template) -> str:
    return f"“{escape(template.name)}”"


# The list


def pages_of(catalogue: Catalogue) -> int:
    return max(1, -(-len(catalogue.entries) // PAGE_SIZE))


def list_embed(guild: str, catalogue: Catalogue, page: int) -> discord.Embed:
    entries = catalogue.entries
    embed = discord.Embed(title=clip(f"Templates of {escape(guild)}", _MAX_TITLE_LENGTH), colour=_COLOUR)
    embed.description = fit_lines([_line(entry) for entry in _on(catalogue, page)], _MAX_EMBED_LENGTH)
    own = sum(entry.is_own for entry in entries)
    disabled = sum(not entry.enabled for entry in entries)
    counted = f"{len(entries)} templates, {own} of them this server’s own, {disabled} disabled"
    return embed.set_footer(text=f"Page {page + 1} of {pages_of(catalogue)} · {counted}")


def list_rows(catalogue: Catalogue, page: int) -> tuple[Row, ...]:
    options = [
        discord.SelectOption(
            label=clip(entry.template.offered_as, MAX_LABEL_LENGTH), value=entry.key, description=_state(entry)
        )
        for entry in _on(catalogue, page)
    ]
    turned = page_buttons(page, pages_of(catalogue), lambda number: custom_id("list", NO_KEY, number))
    return (
        (select("Look at a template, and change it", "open", NO_KEY, options),),
        *((turned,) if turned else ()),
        (button("New template", GREEN, "ask-new", NO_KEY), button("Export all", GREY, "export", NO_KEY)),
    )


def _on(catalogue: Catalogue, page: int) -> tuple[Entry, ...]:
    return catalogue.entries[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]


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


def panel_embed(entry: Entry) -> discord.Embed:
    template = entry.template
    embed = discord.Embed(title=clip(f"{template.emoji} {escape(template.name)}".strip(), _MAX_TITLE_LENGTH))
    embed.description = "\n".join(_facts(entry))
    embed.colour = discord.Colour(template.colour)
    embed.add_field(name=f"Roles ({_seats(template)})", value=roles_text(template.roles), inline=False)
    if template.strategies:
        embed.add_field(name="Strategies", value=strategies_text(template), inline=False)
    return embed


def panel_rows(entry: Entry) -> tuple[Row, ...]:
    key = entry.key
    switch = button("Disable", GREY, "disable", key) if entry.enabled else button("Enable", GREEN, "enable", key)
    undo = (
        button("Delete", RED, "ask-delete", key)
        if entry.is_own
        else button("Reset", RED, "ask-reset", key, disabled=not entry.is_changed)
    )
    return (
        (
            button("Words and look", BLUE, "ask-look", key),
            button("Roles", BLUE, "roles", key),
            button("Strategies", BLUE, "strategies", key),
            button("Lengths", BLUE, "ask-lengths", key),
            button("Sides", BLUE, "ask-sides", key),
        ),
        (
            switch,
            button("Preview", GREY, "preview", key),
            button("Duplicate", GREY, "duplicate", key),
            button("Export", GREY, "export", key),
            undo,
        ),
        (button("All templates", GREY, "list", NO_KEY, 0),),
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
    yield f"**Lengths:** {', '.join(map(spoken_length, template.lengths)) or 'none, raids say no length'}"
    if template.sides:
        yield f"**Sides:** {clip(', '.join(map(escape, template.sides)), _MAX_SIDES_LENGTH)}"
    if template.description:
        yield f"**Description:** {clip(escape(template.description), _MAX_DESCRIPTION_LENGTH)}"


def _origin(entry: Entry) -> str:
    if entry.is_own:
        return "this server’s own"
    game = f" for {escape(entry.template.game)}" if entry.template.game else ""
    changed = changed_fields(entry)
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
