"""Forms (modals) whose submissions arrive through `ui.router`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import discord

from raidbot.commands.ui.router import UnknownPanel
from raidbot.utils.ids import FINGERPRINT_LENGTH, fingerprint

MAX_FORM_TITLE = 45
"""https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal"""


@dataclass(frozen=True, slots=True)
class Field:
    """A text input. `label` has at most 45 characters, `hint` 100; `most` is the maximum length of the input."""

    key: str
    label: str
    value: str = ""
    hint: str = ""
    max_length: int = 100
    required: bool = True
    is_long: bool = False


def form(custom_id: str, title: str, *fields: Field) -> discord.ui.Modal:
    """Return a modal of at most five fields; `title` has at most 45 characters.

    It is stopped, so discord.py does not track it: submissions go through the router.
    """
    modal = discord.ui.Modal(title=title, custom_id=custom_id, timeout=None)
    for field in fields:
        entry: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
            custom_id=field.key,
            default=field.value or None,
            placeholder=field.hint or None,
            max_length=field.max_length,
            style=discord.TextStyle.paragraph if field.is_long else discord.TextStyle.short,
            required=field.required,
        )
        modal.add_item(discord.ui.Label(text=field.label, component=entry))
    modal.stop()
    return modal


def marks_of(fields: Iterable[Field]) -> str:
    """Return a mark per field of its shown value, joined; it belongs into the form's `custom_id`."""
    return "".join(fingerprint(field.value) for field in fields)


def changed(typed: Mapping[str, str], marks: str, *keys: str) -> dict[str, str]:
    """Return the fields that the person changed since the form with these marks was opened; `keys` in the form's order.

    Raises UnknownPanel for the marks of another form.
    """
    before = [marks[start : start + FINGERPRINT_LENGTH] for start in range(0, len(marks), FINGERPRINT_LENGTH)]
    if len(before) != len(keys):
        raise UnknownPanel
    said = {key: typed[key] for key in keys}
    return {key: said[key] for key, mark in zip(keys, before, strict=True) if fingerprint(said[key]) != mark}
