"""Views of /raid: the raid as it is, its last changes, and the buttons."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import discord

from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.router import address
from raidbot.db.raid_history import HistoryEntry
from raidbot.delivery.audit_log.entry_format import shown
from raidbot.raids.audit.words import title, words
from raidbot.raids.kinds import KIND_NAMES
from raidbot.raids.model import MemberId, Raid, Status
from raidbot.raids.rosters.manager_edits import can_fill
from raidbot.raids.rosters.undo import Step
from raidbot.raids.templates.model import spoken_length
from raidbot.utils.text import clip, escape, fit_lines, joined, stamp

PANEL = "raid"
_COLOUR = 0x5865F2
_MAX_TITLE_LENGTH = 256
_MAX_CHANGES_LENGTH = 1024
_MAX_LABEL_LENGTH = 80
_MAX_VALUE_LENGTH = 60
_MAX_UNREACHABLE_NAMED = 10

_STATES = {
    Status.POSTING: "⏳ being posted",
    Status.OPEN: "🟢 open",
    Status.CLOSED: "🔒 closed",
    Status.CANCELLED: "❌ cancelled",
}
GREY, BLUE = discord.ButtonStyle.secondary, discord.ButtonStyle.primary
GREEN, RED = discord.ButtonStyle.success, discord.ButtonStyle.danger


@dataclass(frozen=True, slots=True)
class PanelData:
    """The data on the panel: the raid, its members' names, its last changes (newest first) and the step to undo.

    What the panel offers depends on `now` (UTC).

    `unreachable` are members on the roster, on a waitlist or asked to substitute whose DMs are closed.
    """

    raid: Raid
    names: Mapping[MemberId, str]
    changes: Sequence[HistoryEntry]
    step: Step | None
    unreachable: Sequence[MemberId]
    now: datetime


def embed(data: PanelData) -> discord.Embed:
    raid = data.raid
    shown = discord.Embed(title=clip(escape(raid.name), _MAX_TITLE_LENGTH), description="\n".join(_facts(data)))
    shown.colour = discord.Colour(_COLOUR)
    if data.changes:
        lines = [_change(happened) for happened in data.changes]
        shown.add_field(name="Last changes", value=fit_lines(lines, _MAX_CHANGES_LENGTH, "…"), inline=False)
    return shown.set_footer(text=f"Raid {raid.code}")


def rows(data: PanelData) -> tuple[Row, ...]:
    """Return the buttons. Those the raid's state does not allow are disabled."""
    raid = data.raid
    is_over = raid.status is Status.CANCELLED
    took_place = raid.took_place(data.now)
    closing = (
        button(raid, "Reopen signups", "reopen", GREEN, disabled=took_place)
        if raid.status is Status.CLOSED
        else button(raid, "Close signups", "close", BLUE, disabled=not raid.is_open)
    )
    return (
        (
            closing,
            button(raid, "Change time", "ask-time", GREY, disabled=is_over or took_place),
            button(raid, "Change length", "ask-length", GREY, disabled=is_over or took_place or len(raid.lengths) < 2),
            button(raid, "Change text", "ask-text", GREY, disabled=is_over),
            button(raid, "Leader", "ask-leader", GREY, disabled=is_over),
        ),
        (
            button(raid, "Roster", "roster", BLUE, disabled=is_over),
            *((button(raid, "Fill free seats", "fill", GREEN),) if can_fill(raid) else ()),
            button(raid, "No-shows", "attendance", GREY, disabled=not _can_be_marked(data)),
            button(raid, "Find substitute", "sub", GREY, disabled=is_over),
            button(raid, "Duplicate", "ask-copy", GREY),
        ),
        (
            button(raid, "Did not take place", "not-held", RED)
            if took_place
            else button(raid, "Cancel raid", "ask-cancel", RED, disabled=is_over),
            _undo(data),
            button(raid, "Refresh", "panel", GREY),
        ),
    )


def _can_be_marked(data: PanelData) -> bool:
    return data.raid.status is Status.CLOSED and data.now >= data.raid.starts_at


def button(
    raid: Raid, label: str, action: str, style: discord.ButtonStyle, *more: object, disabled: bool = False
) -> discord.ui.Button[Any]:
    return discord.ui.Button(label=label, style=style, custom_id=custom_id(raid, action, *more), disabled=disabled)


def _undo(data: PanelData) -> discord.ui.Button[Any]:
    if data.step is None:
        return button(data.raid, "Undo", "undo", GREY, disabled=True)
    return button(
        data.raid, clip(f"Undo: {title(data.step.action)}", _MAX_LABEL_LENGTH), "undo", GREY, data.step.version
    )


def back(raid: Raid) -> discord.ui.Button[Any]:
    return button(raid, "Back", "panel", GREY)


def custom_id(raid: Raid, action: str, *more: object) -> str:
    """Return the `custom_id` that routes `action` to this raid's panel."""
    return address(PANEL, raid.code, action, *more)


def _facts(data: PanelData) -> Iterator[str]:
    raid, names = data.raid, data.names
    held = ""
    if raid.is_open and raid.hold:
        held = f" until {'its end' if raid.begun else 'the start'}"
    state = "❌ did not take place" if raid.not_held else _STATES[raid.status]
    yield f"**Signups:** {state}{held}" + (f" · [board]({raid.link})" if raid.link else "")
    yield f"**What:** {KIND_NAMES[raid.kind]}"
    yield f"**Starts:** {stamp(raid.starts_at)} ({stamp(raid.starts_at, 'R')}), time zone {raid.zone}"
    if raid.length_minutes is not None:
        yield f"**Length:** {spoken_length(raid.length_minutes)}"
    people = f"created by {_name(raid.creator, names)}"
    yield f"**People:** {f'led by {_name(raid.leader, names)}, ' if raid.leader else ''}{people}"
    waiting = len({wait.member for wait in raid.waits})
    yield f"**Seats:** {len(raid.seats)}/{raid.capacity} taken" + (f", {waiting} waiting" if waiting else "")
    if data.unreachable:
        listed = joined([_name(member, names) for member in data.unreachable[:_MAX_UNREACHABLE_NAMED]])
        more = len(data.unreachable) - _MAX_UNREACHABLE_NAMED
        yield f"**Get no messages from me:** {listed}{f', +{more} more' if more > 0 else ''} (their DMs are closed)"


def _name(member: MemberId, names: Mapping[MemberId, str]) -> str:
    return f"**{escape(names.get(member, 'Member'))}**"


def _change(happened: HistoryEntry) -> str:
    member, said = happened.entry.member, words(happened.entry)
    actor = f"<@{happened.actor}>: " if happened.actor else ""
    about = f" <@{member}>" if member and member != happened.actor else ""
    was, became = map(_shortened, (said.before, said.after))
    values = f": {was} → {became}" if was and became else f": {was or became}" if was or became else ""
    return f"{stamp(happened.at, 'R')} {actor}{said.title}{about}{values}"


def _shortened(value: str | None) -> str:
    """Clip a value for display. Links are left out: a clipped one is broken, and the panel already links the board."""
    return "" if value is None or value.startswith("https://") else shown(clip(value, _MAX_VALUE_LENGTH))
