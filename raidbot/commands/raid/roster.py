"""The roster on the panel of /raid: choose a member, then give, move, force or remove their seat or waitlist place."""

from functools import partial
from typing import Any

import discord

from raidbot.commands.raid import views
from raidbot.commands.raid.context import Action, PanelContext
from raidbot.commands.raid.roster_messages import outcome
from raidbot.commands.raid.views import BLUE, GREY, RED
from raidbot.commands.ui.member_picker import PickedMember, look_up
from raidbot.commands.ui.pagination import page_buttons
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.role_select import role_numbered, role_selects
from raidbot.commands.ui.router import number_of
from raidbot.delivery.boards import render
from raidbot.raids.model import MemberId, Raid, Role, RoleKey
from raidbot.raids.permissions import Permission
from raidbot.raids.rosters import manager_edits, role_lookup
from raidbot.state import Rule
from raidbot.utils.text import clip, escape

_MAX_OPTIONS = 25  # https://discord.com/developers/docs/components/reference#string-select
_MAX_LABEL_LENGTH = 100
_NO_SIDE = "none"


async def _roster(context: PanelContext, text: str = "") -> None:
    """Show the roster and menus to choose a member of it, a page at a time, or anybody else."""
    raid = context.raid
    names = await context.state.names(raid)
    people = list(raid.members())
    pages = max(1, -(-len(people) // _MAX_OPTIONS))
    page = min(number_of(context.rest[0]) if context.rest else 0, pages - 1)
    shown = people[page * _MAX_OPTIONS : (page + 1) * _MAX_OPTIONS]
    rows: list[Row] = []
    if shown:
        options = [
            discord.SelectOption(
                label=names.get(member, "Member"),
                value=str(member),
                description=clip(_place(raid, member), _MAX_LABEL_LENGTH),
            )
            for member in shown
        ]
        rows.append((_select(raid, "who", "Whom do you want to move or take off?", options),))
    rows.append((_anybody(raid),))
    rows.append((views.back(raid), *page_buttons(page, pages, partial(views.custom_id, raid, "roster"))))
    board = render.board(raid, names, None, await context.state.leaders(raid.guild))
    await context.page(text, *rows, embeds=(board.embed(),))


async def _stay(context: PanelContext, text: str) -> None:
    await _roster(context.seeing(context.raid), text)


async def _who(context: PanelContext) -> None:
    """Show the chosen member's place in the raid and the actions on it."""
    await _person(context, await _member(context, number_of(next(iter(context.press.values), ""))))


async def _person(context: PanelContext, who: PickedMember, text: str = "") -> None:
    raid = context.raid
    seat = raid.seat_of(who.id)
    rows = role_selects(raid, raid.roles, "Give them the seat", partial(views.custom_id, raid, "seat", who.id))
    if raid.sides and seat is not None:
        options = [discord.SelectOption(label=side, value=side, default=side == seat.side) for side in raid.sides]
        none = discord.SelectOption(label="No side", value=_NO_SIDE)
        rows.append((_select(raid, "side", "Which side?", [*options, none][:_MAX_OPTIONS], who.id),))
    is_in = who.id in set(raid.members())
    has_full = any(not raid.has_room(role) for role in raid.roles)
    rows.append(
        (
            views.button(raid, "Put in line", "ask-line", BLUE, who.id, disabled=not has_full),
            views.button(raid, "Take off the raid", "take-off", RED, who.id, disabled=not is_in),
            views.button(raid, "Back to the roster", "roster", GREY),
        )
    )
    said = f"{who.shown}: {escape(_place(raid, who.id))}."
    await context.page(f"{text}\n{said}" if text else said, *rows)


async def _seat(context: PanelContext) -> None:
    """Give the member the chosen role, or ask what to do instead if it is full."""
    who = await _member(context, number_of(context.part(0)))
    role = role_lookup.role_named(context.raid, next(iter(context.press.values), ""))
    rule = partial(manager_edits.assign, member=who.id, key=role.key, now=context.state.now())
    try:
        await _edit(context, who, rule)
    except manager_edits.RoleFull as full:
        await _ask_to_force(context, who, role, str(full))


async def _ask_to_force(context: PanelContext, who: PickedMember, role: Role, why: str) -> None:
    raid = context.raid
    number = raid.roles.index(role) + 1
    await context.page(
        f"{why}\nForced, {who.shown} sits beyond the number of seats, and the board says so.",
        (
            views.button(raid, "Force it", "force", RED, who.id, number),
            views.button(raid, "Put in line", "line", BLUE, who.id, number),
            views.button(raid, "Back to the roster", "roster", GREY),
        ),
    )


async def _force(context: PanelContext) -> None:
    who, role = await _member(context, number_of(context.part(0))), _numbered(context)
    await _edit(
        context, who, partial(manager_edits.assign, member=who.id, key=role, now=context.state.now(), force=True)
    )


async def _ask_line(context: PanelContext) -> None:
    """Ask for the role to wait for. Only full roles have a waitlist."""
    who = await _member(context, number_of(context.part(0)))
    raid = context.raid
    full = [role for role in raid.roles if not raid.has_room(role)]
    rows = role_selects(raid, full, "Put them in line for", partial(views.custom_id, raid, "line", who.id))
    back = (views.button(raid, "Back to the roster", "roster", GREY),)
    await context.page(f"{who.shown}: {escape(_place(raid, who.id))}.", *rows, back)


async def _line(context: PanelContext) -> None:
    who = await _member(context, number_of(context.part(0)))
    chosen = next(iter(context.press.values), None)
    role = _numbered(context) if chosen is None else role_lookup.role_named(context.raid, chosen).key
    await _edit(context, who, partial(manager_edits.send_to_wait, member=who.id, key=role, now=context.state.now()))


async def _side(context: PanelContext) -> None:
    who = await _member(context, number_of(context.part(0)))
    side = next(iter(context.press.values), _NO_SIDE)
    await _edit(context, who, partial(manager_edits.take_side, member=who.id, side=None if side == _NO_SIDE else side))


async def _take_off(context: PanelContext) -> None:
    who = await _member(context, number_of(context.part(0)))
    await _edit(context, who, partial(manager_edits.remove, member=who.id, now=context.state.now()))


async def _fill(context: PanelContext) -> None:
    """Give the free seats to the next in line, on the panel itself."""
    change = await context.change(partial(manager_edits.fill, now=context.state.now()))
    await context.home(outcome(change, await context.state.names(change.raid)))


async def _edit(context: PanelContext, who: PickedMember, rule: Rule) -> None:
    change = await context.change(rule, {who.id: who.name})
    names = await context.state.names(change.raid) | {who.id: who.name}
    await _roster(context.seeing(change.raid), outcome(change, names))


async def _member(context: PanelContext, member: int) -> PickedMember:
    """Return a member of the raid, or else of the guild. Raises NotAMember or NoBots."""
    who = MemberId(member)
    if who in set(context.raid.members()):
        return PickedMember(who, (await context.state.names(context.raid)).get(who, "Member"))
    return await look_up(context.interaction, who)


def _numbered(context: PanelContext) -> RoleKey:
    """Return the key of the role whose number follows the member's id in the `custom_id`. Raises UnknownPanel."""
    return role_numbered(context.raid, context.part(1)).key


def _place(raid: Raid, member: MemberId) -> str:
    """Describe the member's seat and waitlist places in the raid."""
    seat = raid.seat_of(member)
    parts = []
    if seat is not None:
        side = f" ({seat.side})" if seat.side else ""
        forced = ", over capacity" if raid.is_over_capacity(seat) else ""
        parts.append(f"{raid.role(seat.role).name}{side}{forced}")
    for wait in raid.waits_of(member):
        position = [one.member for one in raid.waitlist(wait.role)].index(member) + 1
        parts.append(f"waits for {raid.role(wait.role).name}, number {position}")
    return "; ".join(parts) or "not signed up"


def _select(raid: Raid, action: str, hint: str, options: list[discord.SelectOption], *more: object) -> Any:
    return discord.ui.Select[Any](custom_id=views.custom_id(raid, action, *more), placeholder=hint, options=options)


def _anybody(raid: Raid) -> discord.ui.Item[Any]:
    return discord.ui.UserSelect[Any](
        custom_id=views.custom_id(raid, "who", "any"), placeholder="Or choose somebody else"
    )


_ROSTER = (Permission.RAID_ROSTER,)
ACTIONS = {
    "roster": Action(_ROSTER, _roster, page=_stay),
    "who": Action(_ROSTER, _who, page=_stay),
    "seat": Action(_ROSTER, _seat, page=_stay),
    "force": Action(_ROSTER, _force, page=_stay),
    "ask-line": Action(_ROSTER, _ask_line, page=_stay),
    "line": Action(_ROSTER, _line, page=_stay),
    "side": Action(_ROSTER, _side, page=_stay),
    "fill": Action(_ROSTER, _fill),
    "take-off": Action(_ROSTER, _take_off, page=_stay),
}
