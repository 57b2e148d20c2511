"""A recurring raid of the old bot as a series."""

from collections.abc import Collection
from datetime import datetime

from raidbot.ops.importer import columns
from raidbot.ops.importer.columns import Unusable
from raidbot.ops.importer.role_layouts import LegacyTemplates
from raidbot.ops.importer.rosters import Cells
from raidbot.ops.importer.series.schedules import Note, Row
from raidbot.raids.kinds import kind_infos
from raidbot.raids.model import ChannelId, GuildId, Kind, MemberId
from raidbot.raids.series.brought import Noted, Remark, TakeOverError
from raidbot.raids.series.model import MAX_NAME_LENGTH, RosterMode, Series, Turn
from raidbot.raids.series.rules import checked
from raidbot.raids.settings import GuildSettings
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.templates.model import MAX_LABEL_LENGTH, Template
from raidbot.utils.text import clip


def guild_of(cells: Cells) -> GuildId:
    """Raises TakeOverError."""
    return GuildId(_needed(cells, "guild_id", Remark.NO_SERVER))


def series_of(
    cells: Cells,
    settings: GuildSettings,
    shelf: Catalogue,
    *,
    known: LegacyTemplates,
    names: Collection[str],
    now: datetime,
    note: Note,
) -> Series:
    """Return the series of a row, without id and code. Raises TakeOverError or Refusal.

    `names` are those of the server's other series; `known` says which template the row means.
    """
    creator = MemberId(_creator(cells))
    turn, name = _turn(cells, shelf, known, note)
    channel = _id(cells, "channel_id", Remark.CHANNEL, note)
    return checked(
        Series(
            guild=settings.guild,
            name=_free(name, names),
            schedule=Row(cells, settings.tzinfo, now, note).schedule(),
            rotation=(turn,),
            creator=creator,
            created_at=now,
            looked_at=now,
            channel=None if channel is None else ChannelId(channel),
            mention=_id(cells, "mention_role_id", Remark.MENTION, note),
            roster=RosterMode.COPY if _copies(cells, note) else RosterMode.STANDING,
        )
    )


def _turn(cells: Cells, shelf: Catalogue, known: LegacyTemplates, note: Note) -> tuple[Turn, str]:
    """Return what is posted, and its name."""
    slug = _line(cells.get("template_slug"))
    length = _length(cells, note)
    if slug == Kind.MUSEUM:
        return Turn(template=Kind.MUSEUM, length_minutes=length), kind_infos()[Kind.MUSEUM].title
    try:
        given = columns.mapping(columns.parsed(cells.get("template_data")))
    except Unusable:
        given = {}
    key = known.key_of(given, slug)
    template = next((one for one in shelf.offered() if one.key == key), None)
    if template is None:
        raise TakeOverError(Remark.NO_TEMPLATE, _line(given.get("name")) or slug or "?")
    return Turn(template=key, strategy=_strategy(cells, template, note), length_minutes=length), template.name


def _strategy(cells: Cells, template: Template, note: Note) -> str | None:
    """Return the strategy; the old bot never asked for one, and posted the template's roles as they are."""
    wanted = _line(cells.get("strategy"))
    offered = [strategy.name for strategy in template.strategies]
    found = next((name for name in offered if wanted and name.casefold() == wanted.casefold()), None)
    if found is None and (wanted or offered):
        note(Noted(Remark.STRATEGY, offered[0] if offered else "none: the template has none"))
        found = offered[0] if offered else None
    return found


def _length(cells: Cells, note: Note) -> int | None:
    try:
        return columns.minutes_of_hours(cells.get("length"))
    except Unusable:
        note(Noted(Remark.LENGTH, columns.shown(cells.get("length"))))
        return None


def _copies(cells: Cells, note: Note) -> bool:
    try:
        return columns.flag(cells.get("copy_participants"), default=False)
    except Unusable:
        note(Noted(Remark.FLAG, "the roster is copied"))
        return False


def _free(name: str, names: Collection[str]) -> str:
    """Return the name, with a number if another series of the server has it."""
    taken = {one.casefold() for one in names}
    free, number = clip(name, MAX_NAME_LENGTH), 1
    while free.casefold() in taken:
        number += 1
        free = f"{clip(name, MAX_NAME_LENGTH - 5)} {number}"
    return free


def _creator(cells: Cells) -> int:
    """Return the creator's id, or below zero the stand-in of one who was forgotten. Raises TakeOverError."""
    stored = str(cells.get("creator_id"))
    is_stand_in = stored.startswith("-") and stored[1:].isdecimal()
    return int(stored) if is_stand_in else _needed(cells, "creator_id", Remark.NO_CREATOR)


def _needed(cells: Cells, column: str, remark: Remark) -> int:
    try:
        found = columns.snowflake(cells.get(column))
    except Unusable:
        found = None
    if found is None:
        raise TakeOverError(remark, columns.shown(cells.get(column)))
    return found


def _id(cells: Cells, column: str, remark: Remark, note: Note) -> int | None:
    try:
        return columns.snowflake(cells.get(column))
    except Unusable:
        note(Noted(remark, columns.shown(cells.get(column))))
        return None


def _line(cell: object) -> str | None:
    try:
        return columns.line(cell, MAX_LABEL_LENGTH)
    except Unusable:
        return None
