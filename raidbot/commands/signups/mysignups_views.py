"""Views of /mysignups: the reader's signups, and one raid with the ways to change its signup."""

from collections.abc import Sequence
from functools import partial

import discord

from raidbot.commands.signups.service import place
from raidbot.commands.ui.components import GREY, RED, Controls, link_button, numbered, option, panel_embed, pressable
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.role_select import role_selects
from raidbot.commands.ui.router import address
from raidbot.db.raid_listings import Page
from raidbot.raids import labels
from raidbot.raids.labels import STATUS_ICONS
from raidbot.raids.model import MemberId, Raid, Status
from raidbot.utils.text import clip, escape, isolated, stamps
from raidbot.utils.words import Text, count, render, say

PANEL = "mysignups"
PAGE_SIZE = 8
_CONTROLS = Controls(partial(address, PANEL))
_MAX_NAME_LENGTH = 60
_MAX_PLACE_LENGTH = 150

_CLOSED = say("Signups are closed. You can still leave until the start.")
_TOO_LATE = say("The raid has started. Tell a raid leader if you can’t come.")


def list_embed(page: Page, raids: Sequence[Raid], member: MemberId) -> discord.Embed:
    first = page.number * PAGE_SIZE + 1
    lines = [_line(number, raid, member) for number, raid in enumerate(raids, start=first)]
    on_page = min(page.total - page.number * PAGE_SIZE, PAGE_SIZE)
    if (unreadable := on_page - len(raids)) > 0:
        lines.append(render(_unreadable(unreadable)))
    nothing = "You have not signed up for a raid to come. `/raidinfo list` shows them."
    embed = panel_embed(f"Your signups here ({page.total})", "\n".join(lines) or nothing)
    return numbered(embed, page.number, page.pages)


def _unreadable(raids: int) -> Text:
    return count(
        "{n} raid is missing here: my database holds something about it that I cannot read.",
        "{n} raids are missing here: my database holds something about them that I cannot read.",
        raids,
    )


def list_rows(page: Page, raids: Sequence[Raid], member: MemberId) -> tuple[Row, ...]:
    if not raids:
        return ()
    turns = _CONTROLS.page_buttons(page.number, page.pages, "page")
    offered = [option(raid.code, raid.name, brief(raid, member)) for raid in raids]
    choose = _CONTROLS.select("Leave or change which one?", "open", offered)
    return ((choose,), turns) if turns else ((choose,),)


def raid_embed(raid: Raid, member: MemberId, *, too_late: bool) -> discord.Embed:
    lines = [f"{STATUS_ICONS[raid.status]} {stamps(raid.starts_at)}", place(raid, member)]
    if raid.status is Status.CLOSED:
        lines.append(render(_TOO_LATE if too_late else _CLOSED))
    if raid.status is Status.CANCELLED:
        lines.append("This raid is cancelled.")
    return panel_embed(escape(raid.name), "\n".join(lines)).set_footer(text=labels.footer(raid))


def raid_rows(raid: Raid, member: MemberId, *, too_late: bool) -> tuple[Row, ...]:
    """Return at most five rows; nobody leaves if it is `too_late`. The
    roles to take and those waited for fit into three menus together."""
    rows: list[Row] = []
    waits = raid.waits_of(member)
    if raid.is_open:
        seat = raid.seat_of(member)
        taken = {wait.role for wait in waits} | ({seat.role} if seat else set())
        others = [role for role in raid.roles if role.key not in taken]
        rows += role_selects(raid, others, "Take another role", partial(_CONTROLS.custom_id, "take", raid.code))
    if not too_late and len(waits) > 0 and (len(waits) > 1 or raid.seat_of(member) is not None):
        lines = [raid.role(wait.role) for wait in waits]
        rows += role_selects(raid, lines, "Stop waiting for …", partial(_CONTROLS.custom_id, "stop", raid.code))
    is_in = member in set(raid.members())
    leave = _CONTROLS.button("Leave this raid", "leave", RED, raid.code, disabled=not is_in or too_late)
    back = _CONTROLS.button("All my signups", "page", GREY, 0)
    board = (link_button("To the board", raid.link),) if raid.link else ()
    return (*rows, (*pressable(leave), back, *board))


def brief(raid: Raid, member: MemberId) -> str:
    """Describe the member's seat and waitlist places in a few words."""
    seat = raid.seat_of(member)
    parts = [] if seat is None else [labels.seat(raid, seat)]
    waits = raid.waits_of(member)
    parts += [f"number {raid.position_of(wait)} in line for {isolated(raid.role(wait.role).name)}" for wait in waits]
    return ", ".join(parts)


def _line(number: int, raid: Raid, member: MemberId) -> str:
    named = labels.linked(str(labels.bold(clip(raid.name, _MAX_NAME_LENGTH))), raid.link)
    when = stamps(raid.starts_at)
    what = clip(escape(brief(raid, member)), _MAX_PLACE_LENGTH)
    return f"{number}. {STATUS_ICONS[raid.status]} {named} {when}\n-# `{raid.code}` {what}"
