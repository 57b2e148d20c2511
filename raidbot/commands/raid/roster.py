"""The roster on the panel of /raid: choose a member, then give, move, force or remove their seat or waitlist place."""

from functools import partial

from raidbot.commands.raid.context import RaidContext
from raidbot.commands.raid.roster_messages import outcome
from raidbot.commands.ui.components import BLUE, MAX_OPTIONS, RED, option, options, page_of
from raidbot.commands.ui.member_picker import PickedMember, look_up
from raidbot.commands.ui.panel_context import Action
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.role_select import role_numbered, role_selects
from raidbot.commands.ui.router import UnknownPanel, member_of, number_of
from raidbot.delivery.drawing import render
from raidbot.raids import labels
from raidbot.raids.model import MemberId, Raid, Role, RoleKey
from raidbot.raids.permissions import Asker, Permission
from raidbot.raids.rosters import manager_edits, role_lookup
from raidbot.state import Rule
from raidbot.utils.text import escape, isolated

_NO_SIDE = "none"


async def show_roster(context: RaidContext, text: str = "") -> None:
    """Show the roster and menus to choose a member of it, a page at a time, or anybody else."""
    raid = context.raid
    names = await context.state.names(raid)
    page = page_of(list(raid.members()), number_of(context.rest[0]) if context.rest else 0)
    rows: list[Row] = []
    if page.items:
        people = [option(member, names.get(member, "Member"), _place(raid, member)) for member in page.items]
        rows.append((context.controls.select("Whom do you want to move or take off?", "who", people),))
    rows.append((context.controls.user_select("Or choose somebody else", "who", "any"),))
    seats = (
        (context.controls.button("Seats", "seats"),)
        if raid.is_live and not raid.took_place(context.state.now())
        else ()
    )
    rows.append((context.back, *context.controls.page_buttons(page.number, page.pages, "roster"), *seats))
    board = render.board(raid, names, None, await context.state.leaders(raid.guild))
    await context.page(text, *rows, embeds=(board.embed(),))


async def _stay(context: RaidContext, text: str) -> None:
    await show_roster(context.seeing(context.raid), text)


async def _who(context: RaidContext) -> None:
    """Show the chosen member's place in the raid and the actions on it."""
    await _person(context, await _member(context, member_of(context.chosen)))


async def _person(context: RaidContext, who: PickedMember, text: str = "") -> None:
    raid = context.raid
    seat = raid.seat_of(who.id)
    rows = role_selects(raid, raid.roles, "Give them the seat", partial(context.controls.custom_id, "seat", who.id))
    if raid.sides and seat is not None:
        sides = [*((side, side) for side in raid.sides), (_NO_SIDE, "No side")][:MAX_OPTIONS]
        rows.append((context.controls.select("Which side?", "side", options(sides, seat.side), who.id),))
    is_in = who.id in set(raid.members())
    has_full = any(not raid.has_room(role) for role in raid.roles)
    in_line = (context.controls.button("Put in line", "ask-line", BLUE, who.id),) if has_full else ()
    off = (context.controls.button("Take off the raid", "take-off", RED, who.id),) if is_in else ()
    rows.append((*in_line, *off, context.controls.button("Back to the roster", "roster")))
    said = f"{who.shown}: {escape(_place(raid, who.id))}."
    await context.page(f"{text}\n{said}" if text else said, *rows)


async def _seat(context: RaidContext) -> None:
    """Give the member the chosen role, or ask what to do instead if it is full."""
    who = await _member(context, member_of(context.part(0)))
    role = role_lookup.role_named(context.raid, context.chosen)
    rule = partial(manager_edits.assign, member=who.id, key=role.key, now=context.state.now())
    try:
        await _edit(context, who, rule)
    except manager_edits.RoleFull as full:
        await _ask_to_force(context, who, role, str(full))


async def _ask_to_force(context: RaidContext, who: PickedMember, role: Role, why: str) -> None:
    raid = context.raid
    number = raid.roles.index(role) + 1
    await context.page(
        f"{why}\nForced, {who.shown} sits beyond the number of seats, and the board says so.",
        (
            context.controls.button("Force it", "force", RED, who.id, number),
            context.controls.button("Put in line", "line", BLUE, who.id, number),
            context.controls.button("Back to the roster", "roster"),
        ),
    )


async def _force(context: RaidContext) -> None:
    who, role = await _member(context, member_of(context.part(0))), _numbered(context)
    await _edit(
        context, who, partial(manager_edits.assign, member=who.id, key=role, now=context.state.now(), force=True)
    )


async def _ask_line(context: RaidContext) -> None:
    """Ask for the role to wait for. Only full roles have a waitlist."""
    who = await _member(context, member_of(context.part(0)))
    raid = context.raid
    full = [role for role in raid.roles if not raid.has_room(role)]
    rows = role_selects(raid, full, "Put them in line for", partial(context.controls.custom_id, "line", who.id))
    back = (context.controls.button("Back to the roster", "roster"),)
    await context.page(f"{who.shown}: {escape(_place(raid, who.id))}.", *rows, back)


async def _line(context: RaidContext) -> None:
    who = await _member(context, member_of(context.part(0)))
    chosen = context.press.chosen
    role = role_lookup.role_named(context.raid, chosen).key if chosen else _numbered(context)
    await _edit(context, who, partial(manager_edits.send_to_wait, member=who.id, key=role, now=context.state.now()))


async def _side(context: RaidContext) -> None:
    who = await _member(context, member_of(context.part(0)))
    side = context.press.chosen or _NO_SIDE
    await _edit(context, who, partial(manager_edits.take_side, member=who.id, side=None if side == _NO_SIDE else side))


async def _take_off(context: RaidContext) -> None:
    who = await _member(context, member_of(context.part(0)))
    await _edit(context, who, partial(manager_edits.remove, member=who.id, now=context.state.now()))


async def _fill(context: RaidContext) -> None:
    """Give the free seats to the next in line, on the panel itself."""
    change = await context.change(partial(manager_edits.fill, now=context.state.now()))
    await context.home(outcome(change, await context.state.names(change.raid)))


async def _edit(context: RaidContext, who: PickedMember, rule: Rule) -> None:
    change = await context.change(rule, {who.id: who.name})
    names = await context.state.names(change.raid) | {who.id: who.name}
    await show_roster(context.seeing(change.raid), outcome(change, names))


async def _member(context: RaidContext, member: int) -> PickedMember:
    """Return a member of the raid, or else of the guild. Raises NotAMember, NoBots or UnknownPanel."""
    who = MemberId(member)
    if who in set(context.raid.members()):
        return PickedMember(who, (await context.state.names(context.raid)).get(who, "Member"), Asker(member=who))
    if who < 0:  # a former member has no place but on the raid
        raise UnknownPanel
    return await look_up(context.interaction, who)


def _numbered(context: RaidContext) -> RoleKey:
    """Return the key of the role whose number follows the member's id in the `custom_id`. Raises UnknownPanel."""
    return role_numbered(context.raid, context.part(1)).key


def _place(raid: Raid, member: MemberId) -> str:
    """Describe the member's seat and waitlist places in the raid."""
    seat = raid.seat_of(member)
    parts = []
    if seat is not None:
        forced = ", over capacity" if raid.is_over_capacity(seat) else ""
        parts.append(f"{labels.seat(raid, seat)}{forced}")
    waits = raid.waits_of(member)
    parts += [f"waits for {isolated(raid.role(wait.role).name)}, number {raid.position_of(wait)}" for wait in waits]
    return "; ".join(parts) or "not signed up"


_ROSTER = (Permission.RAID_ROSTER,)
ACTIONS = {
    "roster": Action(_ROSTER, show_roster, page=_stay),
    "who": Action(_ROSTER, _who, page=_stay),
    "seat": Action(_ROSTER, _seat, page=_stay),
    "force": Action(_ROSTER, _force, page=_stay),
    "ask-line": Action(_ROSTER, _ask_line, page=_stay),
    "line": Action(_ROSTER, _line, page=_stay),
    "side": Action(_ROSTER, _side, page=_stay),
    "fill": Action(_ROSTER, _fill),
    "take-off": Action(_ROSTER, _take_off, page=_stay),
}
