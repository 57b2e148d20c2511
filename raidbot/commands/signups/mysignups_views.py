"""Views of /mysignups: the reader's signups, and one raid with the ways to change its signup."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import discord

from raidbot.commands.signups.service import place
from raidbot.commands.ui.pagination import page_buttons
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.role_select import role_selects
from raidbot.commands.ui.router import address
from raidbot.db.raid_listings import Page
from raidbot.raids.model import MemberId, Raid, Status
from raidbot.utils.text import clip, escape, stamp
from raidbot.utils.words import render, say

PANEL = "mysignups"
PAGE_SIZE = 8
_COLOUR = 0x5865F2
_MAX_NAME_LENGTH = 60
_MAX_PLACE_LENGTH = 150
_MAX_TITLE_LENGTH = 256
_MAX_OPTION_LENGTH = 100

_CLOSED = say("Signups are closed. You can still leave until the start.")
_TOO_LATE = say("The raid has started. Tell a raid leader if you can’t come.")

_MARKS = {Status.POSTING: "⏳", Status.OPEN: "🟢", Status.CLOSED: "🔒", Status.CANCELLED: "❌"}


def list_embed(page: Page, raids: Sequence[Raid], member: MemberId) -> discord.Embed:
    first = page.number * PAGE_SIZE + 1
    lines = [_line(number, raid, member) for number, raid in enumerate(raids, start=first)]
    embed = discord.Embed(title=f"Your signups here ({page.total})", colour=_COLOUR)
    embed.description = "\n".join(lines) or "You have not signed up for a raid to come. `/raidinfo list` shows them."
    return embed.set_footer(text=f"Page {page.number + 1} of {page.pages}") if page.pages > 1 else embed


def list_rows(page: Page, raids: Sequence[Raid], member: MemberId) -> tuple[Row, ...]:
    turns = page_buttons(page.number, page.pages, lambda number: address(PANEL, "page", number))
    if not raids:
        return ()
    options = [
        discord.SelectOption(
            label=clip(raid.name, _MAX_OPTION_LENGTH),
            value=raid.code,
            description=clip(brief(raid, member), _MAX_OPTION_LENGTH),
        )
        for raid in raids
    ]
    choose = discord.ui.Select[Any](
        custom_id=address(PANEL, "open"), placeholder="Leave or change which one?", options=options
    )
    return ((choose,), turns) if turns else ((choose,),)


def raid_embed(raid: Raid, member: MemberId, *, too_late: bool) -> discord.Embed:
    lines = [f"{_MARKS[raid.status]} {stamp(raid.starts_at)} ({stamp(raid.starts_at, 'R')})", place(raid, member)]
    if raid.status is Status.CLOSED:
        lines.append(render(_TOO_LATE if too_late else _CLOSED))
    if raid.status is Status.CANCELLED:
        lines.append("This raid is cancelled.")
    embed = discord.Embed(
        title=clip(escape(raid.name), _MAX_TITLE_LENGTH), description="\n".join(lines), colour=_COLOUR
    )
    return embed.set_footer(text=f"Raid {raid.code}")


def raid_rows(raid: Raid, member: MemberId, *, too_late: bool) -> tuple[Row, ...]:
    """Return at most five rows; nobody leaves if it is `too_late`. The
    roles to take and those waited for fit into three menus together."""
    rows: list[Row] = []
    waits = raid.waits_of(member)
    if raid.is_open:
        seat = raid.seat_of(member)
        taken = {wait.role for wait in waits} | ({seat.role} if seat else set())
        others = [role for role in raid.roles if role.key not in taken]
        rows += role_selects(raid, others, "Take another role", partial(address, PANEL, "take", raid.code))
    if not too_late and len(waits) > 0 and (len(waits) > 1 or raid.seat_of(member) is not None):
        lines = [raid.role(wait.role) for wait in waits]
        rows += role_selects(raid, lines, "Stop waiting for …", partial(address, PANEL, "stop", raid.code))
    is_in = member in set(raid.members())
    leave = discord.ui.Button[Any](
        label="Leave this raid",
        style=discord.ButtonStyle.danger,
        custom_id=address(PANEL, "leave", raid.code),
        disabled=not is_in or too_late,
    )
    back = discord.ui.Button[Any](label="All my signups", custom_id=address(PANEL, "page", 0))
    board = (discord.ui.Button[Any](label="To the board", url=raid.link),) if raid.link else ()
    return (*rows, (leave, back, *board))


def brief(raid: Raid, member: MemberId) -> str:
    """Describe the member's seat and waitlist places in a few words."""
    seat = raid.seat_of(member)
    parts = [] if seat is None else [f"{raid.role(seat.role).name}{f' ({seat.side})' if seat.side else ''}"]
    for wait in raid.waits_of(member):
        position = [one.member for one in raid.waitlist(wait.role)].index(member) + 1
        parts.append(f"number {position} in line for {raid.role(wait.role).name}")
    return ", ".join(parts)


def _line(number: int, raid: Raid, member: MemberId) -> str:
    name = f"**{escape(clip(raid.name, _MAX_NAME_LENGTH))}**"
    named = f"[{name}]({raid.link})" if raid.link else name
    when = f"{stamp(raid.starts_at)} ({stamp(raid.starts_at, 'R')})"
    what = clip(escape(brief(raid, member)), _MAX_PLACE_LENGTH)
    return f"{number}. {_MARKS[raid.status]} {named} {when}\n-# `{raid.code}` {what}"
