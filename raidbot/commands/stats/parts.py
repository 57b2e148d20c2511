"""Parts that the pages of /stats share: lists by number, the top list, days and hours, and a page with its picture."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import discord

from raidbot.commands.ui.components import panel_embed
from raidbot.commands.ui.responses import Row
from raidbot.pictures.facts import Picture
from raidbot.raids.statistics.figures import NamedCount, Standing, Top
from raidbot.raids.statistics.phrases import FORMER_MEMBER
from raidbot.utils.clean_text import clean_name
from raidbot.utils.text import fit_lines
from raidbot.utils.words import WEEKDAYS, Argument, Listed, Name, Raw, Text, count, lines, say

PANEL = "stats"
LISTED = 12
"""Roles and templates that are listed, as many as in a picture; the others are counted."""
_MAX_FIELD_LENGTH = 1024  # https://discord.com/developers/docs/resources/message#embed-object-embed-limits
_MAX_NAME_LENGTH = 60
_MAX_TITLE_NAME = 80
_PICTURE = "figures.png"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of /stats. The embed says everything; the picture shows a part of it to those who would rather look."""

    embed: discord.Embed
    rows: tuple[Row, ...] = ()
    picture: Picture | None = None

    def files(self) -> tuple[discord.File, ...]:
        """Return the picture to attach, to which the embed then refers."""
        if self.picture is None or not self.picture.png:
            return ()
        self.embed.set_image(url=f"attachment://{_PICTURE}")
        return (discord.File(io.BytesIO(self.picture.png), _PICTURE, description=self.picture.description),)


def embed(title: Text, description: Text, colour: int) -> discord.Embed:
    return panel_embed(str(title), str(description), colour)


def add_field(embed: discord.Embed, name: Text, *parts: Argument | None, inline: bool = False) -> None:
    """Add a field with these lines, unless all are None."""
    if any(part is not None for part in parts):
        embed.add_field(name=str(name), value=str(lines(*parts)), inline=inline)


def titled_name(name: str) -> Name:
    return Name(clean_name(name, _MAX_TITLE_NAME))


def listed_name(name: str) -> Name:
    return Name(clean_name(name, _MAX_NAME_LENGTH))


def count_lines(counts: Sequence[NamedCount]) -> list[Text]:
    """Return a line for each of the first `LISTED` or as many as fit into a field, and one with how many more are."""
    listed = min(len(counts), LISTED)
    while len(str(lines(*(found := _count_lines(counts, listed))))) > _MAX_FIELD_LENGTH:
        listed -= 1
    return found


def _count_lines(counts: Sequence[NamedCount], listed: int) -> list[Text]:
    found = [
        count("{name} – {n} raid", "{name} – {n} raids", one.raids, name=listed_name(one.name))
        for one in counts[:listed]
    ]
    rest = len(counts) - listed
    return [*found, count("and {n} more", "and {n} more", rest)] if rest else found


def fitting(told: Sequence[str]) -> Raw:
    """Return as many whole lines, which are Markdown, as fit into a field."""
    return Raw(fit_lines(told, _MAX_FIELD_LENGTH))


def top_lines(top: Top) -> list[Text]:
    found = [_standing(one) for one in top.standings]
    if top.tied:
        found.append(count("and {n} more with as many", "and {n} more with as many", top.tied))
    return found


def usual_days(weekdays: Sequence[int]) -> Text | None:
    """Say on which weekday there are most raids: “Friday – 12 raids”. None without raids."""
    most = max(weekdays)
    days = [WEEKDAYS[day] for day, raids in enumerate(weekdays) if raids == most]
    return _most(days, most) if most else None


def usual_hours(hours: Sequence[int], zone: str) -> Text | None:
    """Say at which hour most raids start, by clocks in `zone`. None without raids."""
    most = max(hours)
    if not most:
        return None
    busiest = [hour for hour, raids in enumerate(hours) if raids == most]
    starts = [say("{start}–{end}", start=_clock(hour, 0), end=_clock(hour, 59)) for hour in busiest]
    return say("{hours} ({zone})", hours=_most(starts, most), zone=Name(zone))


def _clock(hour: int, minute: int) -> Raw:
    return Raw(f"{hour:02}:{minute:02}")


def _most(names: list[Text], raids: int) -> Text:
    if len(names) == 1:
        return count("{name} – {n} raid", "{name} – {n} raids", raids, name=names[0])
    if len(names) > 3:
        return count("spread evenly – at most {n} raid each", "spread evenly – at most {n} raids each", raids)
    return count("{names} – {n} raid each", "{names} – {n} raids each", raids, names=Listed(tuple(names), "and"))


def _standing(one: Standing) -> Text:
    name: Text | Name = FORMER_MEMBER if one.name is None else listed_name(one.name)
    return count(
        "**{place}.** {name} – {n} raid", "**{place}.** {name} – {n} raids", one.came, place=one.place, name=name
    )
