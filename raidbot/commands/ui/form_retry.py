"""Keep what was typed in a refused form, so that “Try again” can fill the form in again."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial

import discord

from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.forms import Field, changed, form, marks_of
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.router import Press, address
from raidbot.db import refused_forms
from raidbot.db.database import Unwritable
from raidbot.db.refused_forms import FormKey
from raidbot.raids.model import GuildId, MessageId
from raidbot.state import State
from raidbot.utils.text import clip

_FENCE = "```"
_KEPT = "~"
"""Ends the marks in the `custom_id` of “Try again” if what was typed is kept in the database."""
_MAX_REASON_LENGTH = 1900


async def open_form(
    state: State, interaction: Interaction, custom_id: str, title: str, *fields: Field, marks: str | None
) -> None:
    """Open a form; the marks of its fields (`marks_of`) are appended to its `custom_id`.

    `marks`, from a pressed “Try again”, are those of the refused form: fields that the person changed in it are filled
    in again, all others have their current values.
    """
    filled = fields
    if marks is not None:
        typed = await _typed_before(state, interaction, fields, is_kept=marks.endswith(_KEPT))
        filled = _refilled(typed, fields, marks.removesuffix(_KEPT))
    await responses.open_modal(interaction, form(address(custom_id, marks_of(fields)), title, *filled))


async def keep(state: State, press: Press, rest: tuple[str, ...]) -> tuple[str, ...]:
    """Keep what was typed in a refused form whose `custom_id` ends with `rest`; return the end of that of “Try again”.

    While the database cannot be written, nothing is kept, and “Try again” fills the form in from the panel.
    """
    interaction = press.interaction
    panel = interaction.message or await interaction.original_response()
    key = _key(interaction, MessageId(panel.id))
    try:
        await state.db.write(partial(refused_forms.keep, key=key, fields=press.fields, now=state.now()))
    except Unwritable:
        return rest
    return (*rest[:-1], f"{rest[-1]}{_KEPT}")


async def forget(state: State, press: Press) -> None:
    """Delete what is kept for the panel, once a form was accepted on it."""
    if press.interaction.message is None or not press.fields:
        return
    key = _key(press.interaction, MessageId(press.interaction.message.id))
    with suppress(Unwritable):  # it is deleted later for its age
        await state.db.write(partial(refused_forms.delete, key=key))


def refusal_text(why: str) -> str:
    """Return the text to show above what was typed."""
    return f"{clip(why, _MAX_REASON_LENGTH)}\nNothing was saved. This is what you typed:"


def embeds(fields: Mapping[str, str], labels: Mapping[str, str]) -> tuple[discord.Embed, ...]:
    """Show what was typed, one embed per field under its label."""
    return tuple(
        discord.Embed(title=labels[key], description=f"{_FENCE}\n{text}\n{_FENCE}")
        for key, text in fields.items()
        if key in labels and text
    )


def _refilled(typed: Mapping[str, str], fields: tuple[Field, ...], marks: str) -> tuple[Field, ...]:
    if not typed:
        return fields
    said = changed({field.key: typed.get(field.key, "") for field in fields}, marks, *(field.key for field in fields))
    return tuple(replace(field, value=said.get(field.key, field.value)) for field in fields)


async def _typed_before(
    state: State, interaction: Interaction, fields: tuple[Field, ...], *, is_kept: bool
) -> Mapping[str, str]:
    """Return what was typed in the refused form, by the fields' keys; empty if it is not known."""
    if interaction.message is None:
        return {}
    if is_kept:
        key = _key(interaction, MessageId(interaction.message.id))
        return await state.db.read(partial(refused_forms.load, key=key))
    return _typed_on_panel(interaction.message.embeds, fields)


def _typed_on_panel(shown: list[discord.Embed], fields: tuple[Field, ...]) -> Mapping[str, str]:
    """Read what was typed from the panel, by the fields' labels.

    For panels of versions that kept it nowhere else, and for what was refused while the database could not be written.
    """
    before = {
        embed.title: embed.description.removeprefix(f"{_FENCE}\n").removesuffix(f"\n{_FENCE}")
        for embed in shown
        if embed.title and embed.description and embed.description.startswith(f"{_FENCE}\n")
    }
    return {field.key: before.get(field.label, "") for field in fields} if before else {}


def _key(interaction: Interaction, panel: MessageId) -> FormKey:
    guild = GuildId(permissions.guild_of(interaction).id)
    return FormKey(guild, permissions.member_id(interaction), panel)
