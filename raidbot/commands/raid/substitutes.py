"""Find a substitute on the panel of /raid: choose a role, list candidates with reasons, and ask them by DM."""

from functools import partial
from typing import Any

import discord

from raidbot.commands.raid import views
from raidbot.commands.raid.context import Action, PanelContext
from raidbot.commands.raid.member_lookup import current_members
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.role_select import role_numbered, role_selects
from raidbot.commands.ui.router import number_of
from raidbot.db import past_players
from raidbot.raids.events import SubstituteAsked
from raidbot.raids.model import MemberId, Role
from raidbot.raids.permissions import Permission
from raidbot.raids.rosters import role_lookup, substitutes
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip, escape, joined

_MAX_OPTIONS = 25  # https://discord.com/developers/docs/components/reference#string-select
_MAX_LABEL_LENGTH = 100
_MAX_OTHERS_NAMED = 10


class NoRoom(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "Every role has all its seats taken, so there is nothing to substitute. Take somebody off first."
        )


class NobodyPlays(Refusal):
    def __init__(self) -> None:
        super().__init__("Nobody you chose is a member of this server, or only bots are. Nobody was asked.")


async def _find(context: PanelContext, text: str = "") -> None:
    """Ask for the role, among those with a free seat; a single one is taken without asking. Raises NoRoom."""
    raid = context.raid
    substitutes.check_ahead(raid, context.state.now())
    free = [role for role in raid.roles if raid.has_room(role)]
    if not free:
        raise NoRoom
    if len(free) == 1:
        await _candidates(context, free[0], text)
        return
    rows = role_selects(raid, free, "Which role?", partial(views.custom_id, raid, "sub-role"))
    await context.page(f"{text}\nWhich role needs a substitute?".strip(), *rows, (views.back(raid),))


async def _role(context: PanelContext) -> None:
    await _candidates(context, role_lookup.role_named(context.raid, next(iter(context.press.values), "")))


async def _candidates(context: PanelContext, role: Role, text: str = "") -> None:
    """Show a menu of candidates, best first, with reasons, and one for anybody else."""
    raid, now = context.raid, context.state.now()
    known = await context.state.db.read(partial(past_players.past_players, raid=raid, role=role.key))
    worth = substitutes.ranked(raid, role.key, known, now=now)[: 2 * _MAX_OPTIONS]
    needed = (await context.state.settings(raid.guild)).signup_roles_for(raid.kind)
    here = await current_members(context, [candidate.member for candidate in worth], needing=needed)
    offered = [candidate for candidate in worth if candidate.member in here][:_MAX_OPTIONS]
    number = raid.roles.index(role) + 1
    rows: list[Row] = []
    if offered:
        options = [
            discord.SelectOption(
                label=clip(here[one.member], _MAX_LABEL_LENGTH),
                value=str(one.member),
                description=clip(one.reasons(now), _MAX_LABEL_LENGTH) or None,
            )
            for one in offered
        ]
        select: Any = discord.ui.Select(
            custom_id=views.custom_id(raid, "sub-ask", number),
            placeholder="Whom shall I ask?",
            options=options,
            max_values=len(options),
        )
        rows.append((select,))
    anybody: Any = discord.ui.UserSelect(
        custom_id=views.custom_id(raid, "sub-ask", number, "any"),
        placeholder="Or ask others",
        max_values=_MAX_OTHERS_NAMED,
    )
    asked = await _asked(context, role)
    said = f"Who shall be asked to come as **{escape(role.name)}**? The first to accept gets the seat."
    nobody = "" if offered else "\nNobody who played this role here before is free."
    await context.page(f"{text}\n{said}{nobody}{asked}".strip(), *rows, (anybody,), (views.back(raid),))


async def _stay(context: PanelContext, text: str) -> None:
    """Show the candidates for the same role while it has a free seat, else ask for the role again."""
    raid = context.raid
    substitutes.check_ahead(raid, context.state.now())
    role = role_numbered(raid, context.rest[0]) if context.rest else None
    if role is not None and raid.has_room(role):
        await _candidates(context, role, text)
    else:
        await _find(context, text)


async def _asked(context: PanelContext, role: Role) -> str:
    waiting = [one.member for one in context.raid.asks if one.role == role.key]
    if not waiting:
        return ""
    names = await context.state.names(context.raid)
    listed = clip(joined([escape(names.get(member, "Member")) for member in waiting]), 1000)
    return f"\nAsked already, without an answer yet: {listed}."


async def _ask(context: PanelContext) -> None:
    role = role_numbered(context.raid, context.part(0))
    here = await current_members(context, [MemberId(number_of(value)) for value in context.press.values])
    if not here:
        raise NobodyPlays
    rule = partial(substitutes.ask, key=role.key, members=tuple(here), by=context.asker, now=context.state.now())
    change = await context.change_for_good(rule, here)
    asked = [event.member for event in change.events if isinstance(event, SubstituteAsked)]
    names = clip(joined([f"**{escape(here[member])}**" for member in asked]), 1000)
    await context.home(f"I ask {names} to come as **{escape(role.name)}**. You are told what they answer.")


_FIND = (Permission.RAID_FINDSUB,)
ACTIONS = {
    "sub": Action(_FIND, _find, page=_stay),
    "sub-role": Action(_FIND, _role, page=_stay),
    "sub-ask": Action(_FIND, _ask, page=_stay),
}
