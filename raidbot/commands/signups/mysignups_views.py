"""Views of /mysignups: the reader's signups, and one raid with the ways to change its signup."""

from collections.abc import Sequence
from functools import partial

import discord

from raidbot.commands.signups.service import place
from raidbot.commands.ui.components import GREY, RED, Button, Controls, numbered, option, panel_embed
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.role_select import role_selects
from raidbot.commands.ui.router import address
from raidbot.db.raid_listings import Page
from raidbot.raids.model import MemberId, Raid, Status
from raidbot.utils.text import clip, escape, stamp

PANEL = "mysignups"
PAGE_SIZE = 8
_CONTROLS = Controls(partial(address, PANEL))
_MAX_NAME_LENGTH = 60
_MAX_PLACE_LENGTH = 150

_MARKS = {Status.POSTING: "⏳", Status.OPEN: "🟢", Status.CLOSED: "🔒", Status.CANCELLED: "❌"}


def list_embed(page: Page, raids: Sequence[Raid], member: MemberId) -> discord.Embed:
    first = page.number * PAGE_SIZE + 1
    lines = [_line(number, raid, member) for number, raid in enumerate(raids, start=first)]
    nothing = "You have not signed up for a raid to come. `/raidinfo list` shows them."
    embed = panel_embed(f"Your signups here ({page.total})", "\n".join(lines) or nothing)
    return numbered(embed, page.number, page.pages)


def list_rows(page: Page, raids: Sequence[Raid], member: MemberId) -> tuple[Row, ...]:
    if not raids:
        return ()
    turns = _CONTROLS.page_buttons(page.number, page.pages, "page")
    offered = [option(raid.code, raid.name, brief(raid, member)) for raid in raids]
    choose = _CONTROLS.select("Leave or change which one?", "open", offered)
    return ((choose,), turns) if turns else ((choose,),)


def raid_embed(raid: Raid, member: MemberId) -> discord.Embed:
    lines = [f"{_MARKS[raid.status]} {stamp(raid.starts_at)} ({stamp(raid.starts_at, 'R')})", place(raid, member)]
    if raid.status is Status.CLOSED:
        lines.append("Signups are closed: ask a raid leader if you want to change something.")
    if raid.status is Status.CANCELLED:
        lines.append("This raid is cancelled.")
    return panel_embed(escape(raid.name), "\n".join(lines)).set_footer(text=f"Raid {raid.code}")


def raid_rows(raid: Raid, member: MemberId) -> tuple[Row, ...]:
    """Return at most five rows: the roles to take and those waited for fit into three menus together."""
    rows: list[Row] = []
    waits = raid.waits_of(member)
    if raid.is_open:
        seat = raid.seat_of(member)
        taken = {wait.role for wait in waits} | ({seat.role} if seat else set())
        others = [role for role in raid.roles if role.key not in taken]
        rows += role_selects(raid, others, "Take another role", partial(_CONTROLS.custom_id, "take", raid.code))
    if raid.is_open and len(waits) > 0 and (len(waits) > 1 or raid.seat_of(member) is not None):
        lines = [raid.role(wait.role) for wait in waits]
        rows += role_selects(raid, lines, "Stop waiting for …", partial(_CONTROLS.custom_id, "stop", raid.code))
    is_in = member in set(raid.members())
    may_leave = is_in and raid.is_open
    leave = _CONTROLS.button("Leave this raid", "leave", RED, raid.code, disabled=not may_leave)
    back = _CONTROLS.button("All my signups", "page", GREY, 0)
    board = (Button(label="To the board", url=raid.link),) if raid.link else ()
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
