"""Remember the specs that members chose last, for roles in which there is something to choose."""

from collections.abc import Iterable, Mapping
from functools import partial

from raidbot.db import last_specs as rows
from raidbot.raids.model import MemberId, Raid, RoleKey
from raidbot.state import State


async def last_specs(
    state: State, raid: Raid, asked: Iterable[tuple[MemberId, RoleKey]]
) -> Mapping[tuple[MemberId, RoleKey], str]:
    """Return what these members played last in these roles of the raid; without specs, the database is not asked."""
    with_specs = {role.key for role in raid.roles if role.specs}
    wanted = [one for one in asked if one[1] in with_specs] if with_specs else []
    return await state.db.read(partial(rows.last_specs, raid=raid, asked=wanted)) if wanted else {}


async def last_spec(state: State, raid: Raid, member: MemberId, role: RoleKey) -> str | None:
    """Return what the member played last in this role of the raid, if it has specs and they chose one."""
    return (await last_specs(state, raid, [(member, role)])).get((member, role))
