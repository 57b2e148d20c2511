"""Find a substitute on the panel of /raid: choose a role, list candidates with reasons, and ask them by DM."""

from functools import partial

from raidbot.commands.raid.context import RaidContext
from raidbot.commands.raid.member_lookup import current_members
from raidbot.commands.ui.components import MAX_OPTIONS, option
from raidbot.commands.ui.panel_context import Action
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.role_select import role_numbered, role_selects
from raidbot.commands.ui.router import number_of
from raidbot.db import past_players
from raidbot.raids.events import SubstituteAsked
from raidbot.raids.labels import bold
from raidbot.raids.model import MemberId, Role
from raidbot.raids.permissions import Permission
from raidbot.raids.rosters import role_lookup, substitutes
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip, escape, joined

_MAX_OTHERS_NAMED = 10


class NoRoom(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "Every role has all its seats taken, so there is nothing to substitute. Take somebody off first."
        )


class NobodyPlays(Refusal):
    def __init__(self) -> None:
        super().__init__("Nobody you chose is a member of this server, or only bots are. Nobody was asked.")


async def _find(context: RaidContext, text: str = "") -> None:
    """Ask for the role, among those with a free seat; a single one is taken without asking. Raises NoRoom."""
    raid = context.raid
    substitutes.check_ahead(raid, context.state.now())
    free = [role for role in raid.roles if raid.has_room(role)]
    if not free:
        raise NoRoom
    if len(free) == 1:
        await _candidates(context, free[0], text)
        return
    rows = role_selects(raid, free, "Which role?", partial(context.controls.custom_id, "sub-role"))
    await context.page(f"{text}\nWhich role needs a substitute?".strip(), *rows, (context.back,))


async def _role(context: RaidContext) -> None:
    await _candidates(context, role_lookup.role_named(context.raid, context.chosen))


async def _candidates(context: RaidContext, role: Role, text: str = "") -> None:
    """Show a menu of candidates, best first, with reasons, and one for anybody else."""
    raid, now = context.raid, context.state.now()
    known = await context.state.db.read(partial(past_players.past_players, raid=raid, role=role.key, now=now))
    worth = substitutes.ranked(raid, role.key, known, now=now)[: 2 * MAX_OPTIONS]
    needed = (await context.state.settings(raid.guild)).signup_roles_for(raid.kind)
    here = await current_members(context, [candidate.member for candidate in worth], needing=needed)
    offered = [candidate for candidate in worth if candidate.member in here][:MAX_OPTIONS]
    number = raid.roles.index(role) + 1
    rows: list[Row] = []
    if offered:
        people = [option(one.member, here[one.member], one.reasons(now)) for one in offered]
        select = context.controls.select("Whom shall I ask?", "sub-ask", people, number, max_values=len(people))
        rows.append((select,))
    anybody = context.controls.user_select("Or ask others", "sub-ask", number, "any", max_values=_MAX_OTHERS_NAMED)
    asked = await _asked(context, role)
    said = f"Who shall be asked to come as {bold(role.name)}? The first to accept gets the seat."
    nobody = "" if offered else "\nNobody who played this role here before is free."
    await context.page(f"{text}\n{said}{nobody}{asked}".strip(), *rows, (anybody,), (context.back,))


async def _stay(context: RaidContext, text: str) -> None:
    """Show the candidates for the same role while it has a free seat, else ask for the role again."""
    raid = context.raid
    substitutes.check_ahead(raid, context.state.now())
    role = role_numbered(raid, context.rest[0]) if context.rest else None
    if role is not None and raid.has_room(role):
        await _candidates(context, role, text)
    else:
        await _find(context, text)


async def _asked(context: RaidContext, role: Role) -> str:
    waiting = [one.member for one in context.raid.asks if one.role == role.key]
    if not waiting:
        return ""
    names = await context.state.names(context.raid)
    listed = clip(joined([escape(names.get(member, "Member")) for member in waiting]), 1000)
    return f"\nAsked already, without an answer yet: {listed}."


async def _ask(context: RaidContext) -> None:
    role = role_numbered(context.raid, context.part(0))
    here = await current_members(context, [MemberId(number_of(value)) for value in context.press.values])
    if not here:
        raise NobodyPlays
    rule = partial(substitutes.ask, key=role.key, members=tuple(here), by=context.asker, now=context.state.now())
    change = await context.change_for_good(rule, here)
    asked = [event.member for event in change.events if isinstance(event, SubstituteAsked)]
    names = clip(joined([str(bold(here[member])) for member in asked]), 1000)
    await context.home(f"I ask {names} to come as {bold(role.name)}. You are told what they answer.")


_FIND = (Permission.RAID_FINDSUB,)
ACTIONS = {
    "sub": Action(_FIND, _find, page=_stay),
    "sub-role": Action(_FIND, _role, page=_stay),
    "sub-ask": Action(_FIND, _ask, page=_stay),
}
