"""What was typed into a form that was refused stands on the panel, from where “Try again” fills the form anew."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import discord

from raidbot.commands.ui import responses
from raidbot.commands.ui.forms import Field, changed, form, marks_of
from raidbot.commands.ui.router import address
from raidbot.utils.text import clip

_FENCE = "```"
_MAX_REASON_LENGTH = 1900


async def open_form(
    interaction: discord.Interaction[Any], custom_id: str, title: str, *fields: Field, marks: str | None
) -> None:
    """Open a form; `marks_of` its fields follow the `custom_id` when it comes back.

    `marks`, from the “Try again” that was pressed, are those of the form that was refused: what the person changed in
    it is filled in again, everything else is as it is now.
    """
    filled = fields if marks is None else _refilled(interaction, fields, marks)
    await responses.open_modal(interaction, form(address(custom_id, marks_of(fields)), title, *filled))


def refusal_text(why: str) -> str:
    """The sentence above what was typed."""
    return f"{clip(why, _MAX_REASON_LENGTH)}\nNothing was saved. This is what you typed:"


def embeds(fields: Mapping[str, str], labels: Mapping[str, str]) -> tuple[discord.Embed, ...]:
    """What was typed, under the labels of the form's fields."""
    return tuple(
        discord.Embed(title=labels[key], description=f"{_FENCE}\n{text}\n{_FENCE}")
        for key, text in fields.items()
        if key in labels and text
    )


def _refilled(interaction: discord.Interaction[Any], fields: tuple[Field, ...], marks: str) -> tuple[Field, ...]:
    before = _typed_before(interaction)
    if not before:
        return fields
    typed = {field.key: before.get(field.label, "") for field in fields}
    said = changed(typed, marks, *typed)
    return tuple(replace(field, value=said.get(field.key, field.value)) for field in fields)


def _typed_before(interaction: discord.Interaction[Any]) -> Mapping[str, str]:
    """What stands on the panel from a form that was refused, by label."""
    shown = interaction.message.embeds if interaction.message else []
    return {
        embed.title: embed.description.removeprefix(f"{_FENCE}\n").removesuffix(f"\n{_FENCE}")
        for embed in shown
        if embed.title and embed.description and embed.description.startswith(f"{_FENCE}\n")
    }
