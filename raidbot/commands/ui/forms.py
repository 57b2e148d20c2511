"""Forms (modals) whose answers come back through `ui.router`."""

from dataclasses import dataclass

import discord


@dataclass(frozen=True, slots=True)
class Field:
    """A line to type into. `label` has at most 45 characters, `hint` 100."""

    key: str
    label: str
    value: str = ""
    hint: str = ""
    most: int = 100
    required: bool = True
    is_long: bool = False


def form(custom_id: str, title: str, *fields: Field) -> discord.ui.Modal:
    """At most five fields; `title` has at most 45 characters. discord.py forgets it at once: the router remembers."""
    modal = discord.ui.Modal(title=title, custom_id=custom_id, timeout=None)
    for field in fields:
        entry: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
            custom_id=field.key,
            default=field.value or None,
            placeholder=field.hint or None,
            max_length=field.most,
            style=discord.TextStyle.paragraph if field.is_long else discord.TextStyle.short,
            required=field.required,
        )
        modal.add_item(discord.ui.Label(text=field.label, component=entry))
    modal.stop()
    return modal
