"""Views of /raidinfo: lists a page at a time, one raid in full, and a member's history."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import discord

from raidbot.commands.ui.pagination import page_buttons, page_number
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.router import UnknownPanel, address
from raidbot.db.raid_listings import Page, RaidEntry
from raidbot.raids.kinds import KIND_NAMES
from raidbot.raids.model import Kind, MemberId, Presence, Raid, Status
from raidbot.utils.text import clip, escape, stamp

PANEL = "raidinfo"
PAGE_SIZE = 10
_COLOUR = 0x5865F2
_MAX_NAME_LENGTH = 80
_MAX_ROLE_LENGTH = 60
_MAX_TITLE_LENGTH = 256
_EVERY_KIND = "all"

_MARKS = {Status.POSTING: "⏳", Status.OPEN: "🟢", Status.CLOSED: "🔒", Status.CANCELLED: "❌"}
_SAID = {
    Status.POSTING: "being posted",
    Status.OPEN: "open for signups",
    Status.CLOSED: "signups are closed",
    Status.CANCELLED: "cancelled",
}
_ABSENT = {Presence.NO_SHOW: "🚫 no-show", Presence.EXCUSED: "excused", Presence.CALLED_OFF: "called off"}


@dataclass(frozen=True, slots=True)
class Query:
    """The filter and page (from 0) of a list: one kind or every kind, all raids or only the reader's signups."""

    kind: Kind | None = None
    mine: bool = False
    page: int = 0

    @classmethod
    def read(cls, parts: tuple[str, ...], chosen: tuple[str, ...] = ()) -> "Query":
        """Parse a button's `custom_id`. A kind chosen from the menu overrides the button's. Raises UnknownPanel."""
        if len(parts) != 3 or parts[1] not in ("all", "mine"):
            raise UnknownPanel
        kind = chosen[0] if chosen else parts[0]
        if kind != _EVERY_KIND and kind not in set(Kind):
            raise UnknownPanel
        return cls(None if kind == _EVERY_KIND else Kind(kind), parts[1] == "mine", page_number(parts[2]))

    def custom_id(self, page: int = 0, *, mine: bool | None = None, by: str = "list") -> str:
        whose = self.mine if mine is None else mine
        return address(PANEL, by, self.kind or _EVERY_KIND, "mine" if whose else "all", page)


def list_embed(page: Page, wanted: Query) -> discord.Embed:
    kind = f"{KIND_NAMES[wanted.kind].capitalize()} signups" if wanted.kind else "Raids"
    title = f"{kind} to come{', with you' if wanted.mine else ''} ({page.total})"
    first = page.number * PAGE_SIZE + 1
    lines = [_line(number, entry) for number, entry in enumerate(page.entries, start=first)]
    embed = discord.Embed(title=title, description="\n".join(lines) or "There are none.", colour=_COLOUR)
    return _numbered(embed, page)


def list_rows(page: Page, wanted: Query) -> tuple[Row, ...]:
    kinds = [(_EVERY_KIND, "Every kind"), *((kind.value, KIND_NAMES[kind].capitalize()) for kind in Kind)]
    options = [
        discord.SelectOption(label=name, value=value, default=value == (wanted.kind or _EVERY_KIND))
        for value, name in kinds
    ]
    choose = discord.ui.Select[Any](custom_id=wanted.custom_id(by="kind"), placeholder="Which kind?", options=options)
    whose = discord.ui.Button[Any](
        label="Show all raids" if wanted.mine else "Only mine",
        style=discord.ButtonStyle.primary,
        custom_id=wanted.custom_id(mine=not wanted.mine, by="whose"),
    )
    return (choose,), (whose, *page_buttons(page.number, page.pages, wanted.custom_id))


def history_embed(page: Page, name: str) -> discord.Embed:
    first = page.number * PAGE_SIZE + 1
    lines = [_past(number, entry) for number, entry in enumerate(page.entries, start=first)]
    embed = discord.Embed(
        title=clip(f"Raids of {escape(name)} ({page.total})", _MAX_TITLE_LENGTH),
        description="\n".join(lines) or "No raid with a seat has gone by yet.",
        colour=_COLOUR,
    )
    return _numbered(embed, page)


def history_rows(page: Page, member: MemberId) -> tuple[Row, ...]:
    buttons = page_buttons(page.number, page.pages, lambda number: address(PANEL, "history", member, number))
    return (buttons,) if buttons else ()


def status_line(raid: Raid) -> str:
    """Return a line on the raid's state, to show above its roster."""
    board = f" · [to the board]({raid.link})" if raid.link else ""
    return f"`{raid.code}` · {KIND_NAMES[raid.kind]} · {_MARKS[raid.status]} {_SAID[raid.status]}{board}"


def _line(number: int, entry: RaidEntry) -> str:
    waiting = f", {entry.waiting} waiting" if entry.waiting else ""
    facts = f"{KIND_NAMES[entry.kind]} `{entry.code}`, {entry.taken}/{entry.capacity} seats{waiting}"
    when = f"{stamp(entry.starts_at)} ({stamp(entry.starts_at, 'R')})"
    return f"{number}. {_MARKS[entry.status]} {_name(entry)} {when}\n-# {facts}"


def _past(number: int, entry: RaidEntry) -> str:
    return f"{number}. {' · '.join(_facts(entry))}"


def _facts(entry: RaidEntry) -> Iterator[str]:
    yield _name(entry)
    if entry.role:
        yield escape(clip(entry.role, _MAX_ROLE_LENGTH))
    yield stamp(entry.starts_at, "d")
    if entry.status is Status.CANCELLED:
        yield "❌ did not take place" if entry.not_held else "❌ cancelled"
    elif absent := _ABSENT.get(entry.presence or Presence.SIGNED):
        yield absent


def _name(entry: RaidEntry) -> str:
    name = f"**{escape(clip(entry.name, _MAX_NAME_LENGTH))}**"
    return f"[{name}]({entry.link})" if entry.link else name


def _numbered(embed: discord.Embed, page: Page) -> discord.Embed:
    return embed.set_footer(text=f"Page {page.number + 1} of {page.pages}") if page.pages > 1 else embed
