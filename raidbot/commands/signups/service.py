"""Sign up, move or leave by button or command, with the same gate and rules as by reaction."""

from collections.abc import Iterator
from functools import partial

from raidbot.commands.signups.gate import SignupGate
from raidbot.commands.ui import permissions
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.router import UnknownPanel
from raidbot.delivery.boards.raid_key import raid_key
from raidbot.delivery.event_queue import EventQueue
from raidbot.delivery.members.last_specs import last_spec
from raidbot.raids import events as ev
from raidbot.raids.labels import bold, bold_role, bold_seat, coded
from raidbot.raids.model import MemberId, Raid, RaidId, RoleKey, Source
from raidbot.raids.rosters import signups
from raidbot.state import Cause, Rule, State
from raidbot.utils.clean_text import clean_name
from raidbot.utils.text import escape
from raidbot.utils.words import Name, render, say


class SignupService:
    """Each method returns sentences to the member about what it did.

    Reactions heard before are handled first, and what happened while the bot was away if it is read within 2 seconds.
    During a write outage reactions wait, and the methods raise Unwritable.
    """

    def __init__(self, state: State, gate: SignupGate, events: EventQueue, source: Source) -> None:
        self._state = state
        self._gate = gate
        self._events = events
        self._source = source

    async def join(self, interaction: Interaction, raid_id: RaidId, key: str) -> str:
        """Take the role or join its waitlist.

        Raises what the rule and the gate raise, and UnknownPanel for a role the raid does not have.
        """
        raid = await self._state.raid(raid_id)
        role = next((one.key for one in raid.roles if one.key == key), None)
        if role is None:
            raise UnknownPanel
        settings = await self._state.settings(raid.guild)
        member, roles = permissions.member_id(interaction), permissions.asker_of(interaction).roles
        await self._state.learn_roles(raid.guild, {member: roles})
        spec = await last_spec(self._state, raid, member, role)
        join = partial(signups.join, member=member, key=role, now=self._state.now(), source=self._source, spec=spec)

        def rule(now: Raid) -> ev.Change:
            change = join(now)
            self._gate.check(now, settings, member, role, roles)
            return change

        return await self._do(interaction, raid_id, rule)

    async def leave(self, interaction: Interaction, raid_id: RaidId) -> str:
        member = permissions.member_id(interaction)
        try:
            return await self._do(interaction, raid_id, partial(signups.leave, member=member, now=self._state.now()))
        except signups.NotSignedUp:
            return place(await self._state.raid(raid_id), member)

    async def leave_role(self, interaction: Interaction, raid_id: RaidId, key: str) -> str:
        """Give up the role's seat or waitlist place.

        Raises what the rule raises, and UnknownPanel for a role the raid does not have.
        """
        if key not in {role.key for role in (await self._state.raid(raid_id)).roles}:
            raise UnknownPanel
        member, now = permissions.member_id(interaction), self._state.now()
        rule = partial(signups.leave_role, member=member, key=RoleKey(key), now=now)
        return await self._do(interaction, raid_id, rule)

    async def _do(self, interaction: Interaction, raid_id: RaidId, rule: Rule) -> str:
        await self._events.turn(raid_key(raid_id), (await self._state.raid(raid_id)).guild)
        member = permissions.member_id(interaction)
        names = {member: clean_name(interaction.user.display_name)}
        change = await self._state.change(raid_id, rule, Cause(self._source, member), names=names)
        return with_signup_text(change, member, " ".join(done(change, member)) or place(change.raid, member))


def with_signup_text(change: ev.Change, member: MemberId, answer: str) -> str:
    """Return the answer, with the raid's sign-up text below it if the member signed up with this change."""
    text = change.raid.signup_text
    signed_up = any(isinstance(event, ev.SIGNING_UP) and event.member == member for event in change.events)
    return f"{answer}\n\n{escape(text)}" if text and signed_up else answer


def place(raid: Raid, member: MemberId) -> str:
    """Describe the member's seat and waitlist places, in sentences to them."""
    seat, waits = raid.seat_of(member), raid.waits_of(member)
    if seat is None and not waits:
        return f"You have not signed up for {coded(raid)}."
    said = []
    if seat is not None:
        side = f", on the side {bold(seat.side)}" if seat.side else ""
        said.append(f"You have {_seat(raid, seat.role, member)}{side}.")
    for wait in waits:
        where = f"You are number {raid.position_of(wait)} of {len(raid.waitlist(wait.role))} in line"
        said.append(f"{where} for {_seat(raid, wait.role)}.")
    return " ".join(said)


def done(change: ev.Change, member: MemberId) -> Iterator[str]:
    """Yield sentences to the member about what the change did to their places."""
    raid = change.raid
    for event in change.events:
        match event:
            case ev.Joined(who, role) if who == member:
                yield f"You have {_seat(raid, role, member)}."
            case ev.Moved(who, origin, role) if who == member:
                yield f"You moved from {bold_role(raid, origin)} to {bold_seat(raid, member, role)} in {coded(raid)}."
            case ev.Waitlisted(who, role, returned=True) if who == member:
                yield render(
                    say(
                        "Your seat has gone to the next in line. You’re first in line for {role}.",
                        role=Name(raid.role(role).name),
                    )
                )
            case ev.Waitlisted(who, role, position, keeps) if who == member:
                kept = f" You keep your seat as {bold_role(raid, keeps)} meanwhile." if keeps else ""
                full = coded(raid) if len(raid.roles) == 1 else f"{bold_role(raid, role)} in {coded(raid)}"
                yield f"{full} is full: you are number {position} in line.{kept}"
            case ev.Left(who, role) if who == member:
                seat = "" if len(raid.roles) == 1 else f"{bold_role(raid, role)} in "
                yield f"You left {seat}{coded(raid)}."
            case ev.StoppedWaiting(who, role) | ev.WaitEnded(who, role) if who == member:
                yield f"You no longer wait for {_seat(raid, role)}."
            case ev.Promoted(who, role, _) if who == member:
                yield f"You have {_seat(raid, role, member)} now."
            case ev.Filled() if member in (raid.creator, raid.leader):
                yield render(say("Every seat is taken now."))
            case _:
                pass


def _seat(raid: Raid, key: RoleKey, member: MemberId | None = None) -> str:
    """Name the seat; a single role is left out. With a member who has it, say what they play."""
    held = None if member is None else raid.seat_of(member)
    plays = held.spec if held is not None and held.role == key else None
    if len(raid.roles) == 1:
        return f"a seat as {bold(plays)} in {coded(raid)}" if plays else f"a seat in {coded(raid)}"
    role = bold_role(raid, key) if member is None else bold_seat(raid, member, key)
    return f"the seat {role} in {coded(raid)}"
