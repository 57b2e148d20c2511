"""Keep the text of a refused form on the panel, so that “Try again” can fill the form in again."""

from collections.abc import Mapping
from dataclasses import replace

import discord

from raidbot.commands.ui import responses
from raidbot.commands.ui.forms import Field, changed, form, marks_of
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.router import address
from raidbot.utils.text import clip

_FENCE = "```"
_MAX_REASON_LENGTH = 1900


async def open_form(interaction: Interaction, custom_id: str, title: str, *fields: Field, marks: str | None) -> None:
    """Open a form; the marks of its fields (`marks_of`) are appended to its `custom_id`.

    `marks`, from a pressed “Try again”, are those of the refused form: fields that the person changed in it are filled
    in again, all others have their current values.
    """
    filled = fields if marks is None else _refilled(interaction, fields, marks)
    await responses.open_modal(interaction, form(address(custom_id, marks_of(fields)), title, *filled))


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


def _refilled(interaction: Interaction, fields: tuple[Field, ...], marks: str) -> tuple[Field, ...]:
    before = _typed_before(interaction)
    if not before:
        return fields
    typed = {field.key: before.get(field.label, "") for field in fields}
    said = changed(typed, marks, *typed)
    return tuple(replace(field, value=said.get(field.key, field.value)) for field in fields)


def _typed_before(interaction: Interaction) -> Mapping[str, str]:
    """Read the text of the refused form from the panel's embeds, by label."""
    shown = interaction.message.embeds if interaction.message else []
    return {
        embed.title: embed.description.removeprefix(f"{_FENCE}\n").removesuffix(f"\n{_FENCE}")
        for embed in shown
        if embed.title and embed.description and embed.description.startswith(f"{_FENCE}\n")
    }
