"""The raids that somebody may manage, for /raid without a code: those to come, soonest first, before past ones."""

from functools import partial

from raidbot.commands.raid.views import RAID_LIST
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.components import Controls, option, page_of
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.router import address
from raidbot.db import raid_queries
from raidbot.db.raid_queries import Listed
from raidbot.raids.permissions import Permission, allowed
from raidbot.state import State
from raidbot.utils.errors import Refusal
from raidbot.utils.words import render, say

_CONTROLS = Controls(partial(address, RAID_LIST))


class NothingToManage(Refusal):
    def __init__(self) -> None:
        super().__init__(say("There is no raid here that you may manage. Put one up with `/create`."))


async def manageable(state: State, interaction: Interaction) -> list[Listed]:
    """Return the guild's raids that the person may manage: upcoming soonest first, past latest first, then cancelled.

    Raises NothingToManage if there are none.
    """
    guild = permissions.guild_id(interaction)
    grants, asker = await permissions.grants_of(interaction), permissions.asker_of(interaction)
    listed = await state.db.read(partial(raid_queries.listed, guild=guild, now=state.now()))
    about = [one for one in Permission if one.is_about_a_raid]
    if not any(allowed(asker, one, grants) for one in about):
        listed = [raid for raid in listed if asker.member in (raid.creator, raid.leader)]
    if not listed:
        raise NothingToManage
    return listed


async def show_list(state: State, interaction: Interaction, number: int = 0) -> None:
    """Show a page of the raids in a menu. Raises NothingToManage."""
    page = page_of(await manageable(state, interaction), number)
    zone = (await state.settings(permissions.guild_id(interaction))).tzinfo
    offered = [
        option(raid.code, raid.name, f"{raid.starts_at.astimezone(zone):%a %d %b %Y, %H:%M} · {raid.code}")
        for raid in page.items
    ]
    rows: list[Row] = [(_CONTROLS.select("Which raid?", "open", offered),)]
    if turns := _CONTROLS.page_buttons(page.number, page.pages, "page"):
        rows.append(turns)
    await responses.edit_response(interaction, render(say("Which raid do you want to manage?")), rows=tuple(rows))
