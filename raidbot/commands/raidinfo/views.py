"""Views of /raidinfo: lists a page at a time, one raid in full, and a member's history."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import discord

from raidbot.commands.ui.components import BLUE, Controls, numbered, options, panel_embed
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.router import UnknownPanel, address, page_number
from raidbot.db.raid_listings import Page, RaidEntry
from raidbot.raids import labels
from raidbot.raids.kinds import KIND_NAMES
from raidbot.raids.labels import STATUS_ICONS
from raidbot.raids.model import Kind, MemberId, Raid, Status
from raidbot.raids.rosters.attendance import is_told
from raidbot.raids.statistics.attendance_words import by_presence, figures, in_words, uncounted
from raidbot.raids.statistics.tally import Tally
from raidbot.utils.clean_text import clean_name
from raidbot.utils.text import clip, escape, stamp, stamps
from raidbot.utils.words import render, say

PANEL = "raidinfo"
PAGE_SIZE = 10
_CONTROLS = Controls(partial(address, PANEL))
_MAX_NAME_LENGTH = 80
_EVERY_KIND = "all"

_SAID = {
    Status.POSTING: "being posted",
    Status.OPEN: "open for signups",
    Status.CLOSED: "signups are closed",
    Status.CANCELLED: "cancelled",
}
_MAX_PAST_NAME_LENGTH, _MAX_PAST_ROLE_LENGTH = 50, 30
"""Of a line in a history: a page of ten and the figures above must fit into an embed, with every character escaped."""
_MAX_ATTENDANCE_LENGTH = 1600


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

    def filters(self, *, mine: bool) -> tuple[str, str]:
        """Return the parts of a `custom_id` before the page."""
        return self.kind or _EVERY_KIND, "mine" if mine else "all"


def list_embed(page: Page, wanted: Query) -> discord.Embed:
    kind = f"{KIND_NAMES[wanted.kind]} signups" if wanted.kind else "raids"
    title = f"Upcoming {kind}{', with you' if wanted.mine else ''} ({page.total})"
    first = page.number * PAGE_SIZE + 1
    lines = [_line(number, entry) for number, entry in enumerate(page.entries, start=first)]
    return numbered(panel_embed(title, "\n".join(lines) or f"No upcoming {kind}."), page.number, page.pages)


def list_rows(page: Page, wanted: Query, kinds: Collection[Kind]) -> tuple[Row, ...]:
    """Return the controls of a list. Its menu has these kinds and the chosen one, and is left out for a single one."""
    shown = [kind for kind in Kind if kind in kinds or kind is wanted.kind]
    named = [(_EVERY_KIND, "Every kind"), *((kind.value, KIND_NAMES[kind].capitalize()) for kind in shown)]
    offered = options(named, wanted.kind or _EVERY_KIND)
    same, other = wanted.filters(mine=wanted.mine), wanted.filters(mine=not wanted.mine)
    choose = _CONTROLS.select("Which kind?", "kind", offered, *same, 0)
    whose = _CONTROLS.button("Show all raids" if wanted.mine else "Only mine", "whose", BLUE, *other, 0)
    buttons = (whose, *_CONTROLS.page_buttons(page.number, page.pages, "list", *same))
    return ((choose,), buttons) if len(shown) > 1 or wanted.kind else (buttons,)


def history_embed(page: Page, tally: Tally, name: str) -> discord.Embed:
    first = page.number * PAGE_SIZE + 1
    lines = [_past(number, entry) for number, entry in enumerate(page.entries, start=first)]
    text = "\n".join(lines) or "No raid is listed here yet."
    said = text if not page.total and tally == Tally() else f"{figures(tally)}\n\n{text}"
    embed = panel_embed(f"Raids of {escape(clean_name(name))} ({page.total})", said)
    return numbered(embed, page.number, page.pages)


def history_rows(page: Page, member: MemberId) -> tuple[Row, ...]:
    buttons = _CONTROLS.page_buttons(page.number, page.pages, "history", member)
    return (buttons,) if buttons else ()


def status_line(raid: Raid) -> str:
    """Return a line on the raid's state, to show above its roster."""
    board = f" · [to the board]({raid.link})" if raid.link else ""
    return f"`{raid.code}` · {KIND_NAMES[raid.kind]} · {STATUS_ICONS[raid.status]} {_SAID[raid.status]}{board}"


def attendance_text(raid: Raid, names: Mapping[MemberId, str] | None, reader: MemberId, *, now: datetime) -> str:
    """Return the attendance of a raid that has begun, and "" of others.

    Without `names`, the numbers and the reader’s own attendance.
    """
    if not is_told(raid, now) or not raid.attendance:
        return ""
    said = by_presence(raid, names, limit=_MAX_ATTENDANCE_LENGTH)
    if names is None:
        said += [f"You: {in_words(row.presence)}" for row in raid.attendance if row.member == reader]
    note = say("❌ This raid did not take place: no figure includes it.") if raid.not_held else uncounted(raid)
    return "\n".join([*said, *((render(note),) if note else ())])


def _line(number: int, entry: RaidEntry) -> str:
    waiting = f", {entry.waiting} waiting" if entry.waiting else ""
    facts = f"{KIND_NAMES[entry.kind]} `{entry.code}`, {entry.taken}/{entry.capacity} seats{waiting}"
    when = stamps(entry.starts_at)
    return f"{number}. {STATUS_ICONS[entry.status]} {_name(entry)} {when}\n-# {facts}"


def _past(number: int, entry: RaidEntry) -> str:
    return f"{number}. {' · '.join(_facts(entry))}"


def _facts(entry: RaidEntry) -> Iterator[str]:
    yield _name(entry, _MAX_PAST_NAME_LENGTH)
    if entry.role:
        yield escape(clip(entry.role, _MAX_PAST_ROLE_LENGTH))
    yield stamp(entry.starts_at, "d")
    if entry.status is Status.CANCELLED:
        yield "❌ did not take place" if entry.not_held else "❌ cancelled"
    elif entry.presence is not None:
        yield in_words(entry.presence)
    if not entry.counts:
        yield "does not count"
    yield f"`{entry.code}`"


def _name(entry: RaidEntry, limit: int = _MAX_NAME_LENGTH) -> str:
    return labels.linked(str(labels.bold(clip(entry.name, limit))), entry.link)
