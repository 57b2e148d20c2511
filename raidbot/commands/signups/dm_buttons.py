"""Buttons under DMs. A DM has no guild, so the `custom_id` holds the raid's id.

A press changes the place in the raid of the member who pressed, which needs no permission. The raid's leader, or its
creator, also decides who gets a seat that somebody gave up after closing.
"""

from collections.abc import Callable
from functools import partial

from raidbot.commands.signups.service import done, place, with_signup_text
from raidbot.commands.ui import log_context, permissions, responses
from raidbot.commands.ui.role_select import role_numbered
from raidbot.commands.ui.router import Press, UnknownPanel, number_of
from raidbot.raids import labels
from raidbot.raids.events import Change, Promoted
from raidbot.raids.model import Raid, RaidId, Role, Source
from raidbot.raids.rosters import manager_edits, signups, substitutes
from raidbot.state import Cause, Rule, State
from raidbot.utils.errors import Refusal
from raidbot.utils.text import stamp, stamps
from raidbot.utils.words import Mention, Name, render, say

_FINAL = (
    substitutes.SeatedAlready,
    substitutes.SeatTaken,
    substitutes.NotAsked,
    substitutes.BegunAlready,
    signups.RaidOver,
)
"""Refusals that settle the question, so the buttons are removed."""


class NotInAnyMore(Refusal):
    def __init__(self, raid: Raid) -> None:
        super().__init__(say("You have no place in {raid} any more.", raid=labels.coded(raid)))


class NotTheLeader(Refusal):
    def __init__(self, raid: Raid) -> None:
        super().__init__(say("You don’t lead {raid} any more.", raid=labels.coded(raid)))


class DmButtons:
    """`serves` returns True for guilds the bot works in."""

    def __init__(self, state: State, *, serves: Callable[[int], bool]) -> None:
        self._state = state
        self._serves = serves

    async def press(self, press: Press) -> None:
        raid = await self._raid(press)
        match press.parts[1:]:
            case ("out",):
                await self._drop_out(press, raid)
            case ("sub", which, ("yes" | "no") as said):
                await self._substitute(press, raid, role_numbered(raid, which), comes=said == "yes")
            case ("next", which):
                await self._give_to_next(press, raid, role_numbered(raid, which))
            case _:
                raise UnknownPanel

    async def _raid(self, press: Press) -> Raid:
        """Return the raid that the message is about. Raises UnknownPanel."""
        if not press.parts:
            raise UnknownPanel
        try:
            raid = await self._state.raid(RaidId(number_of(press.parts[0])))
        except KeyError:
            raise UnknownPanel from None
        log_context.note_raid(raid.id)
        if not self._serves(raid.guild):
            raise UnknownPanel
        return raid

    async def _drop_out(self, press: Press, raid: Raid) -> None:
        member = permissions.member_id(press.interaction)
        try:
            await self._change(press, raid, partial(signups.leave, member=member, now=self._state.now()))
        except signups.NotSignedUp:
            raise NotInAnyMore(raid) from None
        said = f"You are off {labels.coded(raid)} at {stamp(raid.starts_at)}."
        await responses.edit_response(press.interaction, f"{said}\n{raid.link}" if raid.link else said)

    async def _give_to_next(self, press: Press, raid: Raid, role: Role) -> None:
        """Give the free seat to whoever is first in line. Only the raid's leader or creator may."""
        if permissions.member_id(press.interaction) not in (raid.leader, raid.creator):
            raise NotTheLeader(raid)
        rule = partial(manager_edits.fill, key=role.key, now=self._state.now())
        try:
            change = await self._change(press, raid, rule)
            got = next(event for event in change.events if isinstance(event, Promoted))
            said = render(say("{member} got the seat as {role}.", member=Mention(got.member), role=Name(role.name)))
        except manager_edits.NobodyWaits as refusal:
            said = str(refusal)
        await responses.edit_response(press.interaction, f"{said}\n{raid.link or ''}")

    async def _substitute(self, press: Press, raid: Raid, role: Role, *, comes: bool) -> None:
        """Accept or decline the seat. The buttons are removed once the question is settled."""
        member, now = permissions.member_id(press.interaction), self._state.now()
        try:
            if comes:
                change = await self._change(
                    press, raid, partial(substitutes.accept, member=member, key=role.key, now=now)
                )
                said = f"Thank you! You have the seat {labels.bold(role.name)} in {labels.coded(raid)}."
                said = with_signup_text(change, member, " ".join((said, *done(change, member))))
            else:
                left = (await self._change(press, raid, partial(substitutes.decline, member=member, key=role.key))).raid
                said = f"All right, you do not come to {labels.coded(raid)}."
                if member in set(left.members()):
                    said = f"All right, you do not come as {labels.bold(role.name)}. {place(left, member)}"
                elif member in set(left.asked()):
                    other = say(
                        "All right, you do not come as {role}. You are asked for another role, too.",
                        role=labels.bold(role.name),
                    )
                    said = render(other)
        except _FINAL as refusal:
            said = str(refusal)
        when = f"\nStarts {stamps(raid.starts_at)}."
        await responses.edit_response(press.interaction, f"{said}{when}\n{raid.link or ''}")

    async def _change(self, press: Press, raid: Raid, rule: Rule) -> Change:
        cause = Cause(Source.BUTTON, permissions.member_id(press.interaction))
        return await self._state.change(raid.id, rule, cause)
