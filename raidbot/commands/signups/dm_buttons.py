"""Buttons under DMs. A DM has no guild, so the `custom_id` holds the raid's id.

A press changes the place in the raid of the member who pressed, which needs no permission. The raid's leader, or its
creator, also decides who gets a seat that somebody gave up after closing.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial

from raidbot.commands.signups.service import done, place, with_signup_text
from raidbot.commands.signups.spec_menu import spec_rows
from raidbot.commands.ui import log_context, permissions, responses
from raidbot.commands.ui.role_select import role_numbered
from raidbot.commands.ui.router import Press, UnknownPanel, number_of
from raidbot.db.outbox import OutboxMessage
from raidbot.delivery.members.last_specs import last_spec
from raidbot.raids import labels
from raidbot.raids.events import Change, Promoted
from raidbot.raids.messages.kinds import MessageKind
from raidbot.raids.model import MemberId, Raid, RaidId, Role, Source
from raidbot.raids.purposes import Purpose
from raidbot.raids.reminders.message import SNOOZE, concerns, may_snooze
from raidbot.raids.rosters import manager_edits, signups, specs, substitutes
from raidbot.state import Cause, Rule, State
from raidbot.utils.errors import Refusal
from raidbot.utils.text import escape, stamps
from raidbot.utils.words import Instant, Mention, Name, Raw, render, say

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


class NothingAhead(Refusal):
    def __init__(self) -> None:
        super().__init__(say("There’s nothing left to remind you of: the raid was moved or cancelled, or you left it."))


class TooLateToSnooze(Refusal):
    def __init__(self) -> None:
        super().__init__(say("It starts within 10 minutes, so I won’t remind you again."))


class SnoozedAlready(Refusal):
    def __init__(self) -> None:
        super().__init__(say("You’ve snoozed this message already."))


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
            case ("spec", which):
                await self._choose_spec(press, raid, role_numbered(raid, which))
            case ("sub", which, ("yes" | "no") as said):
                await self._substitute(press, raid, role_numbered(raid, which), comes=said == "yes")
            case ("off",):
                await self._drop_out_of_one(press, raid)
            case ("snooze", revision, *others):
                await self._snooze(press, [(raid.id, number_of(revision)), *_raids(others)])
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
        said = await self._leave(press, raid)
        await responses.edit_response(press.interaction, f"{said}\n{raid.link}" if raid.link else said)

    async def _drop_out_of_one(self, press: Press, raid: Raid) -> None:
        """Leave one of the raids that a message is about; the message stays, for the others."""
        await responses.send_ephemeral(press.interaction, await self._leave(press, raid))

    async def _leave(self, press: Press, raid: Raid) -> str:
        member = permissions.member_id(press.interaction)
        try:
            await self._change(press, raid, partial(signups.leave, member=member, now=self._state.now()))
        except signups.NotSignedUp:
            raise NotInAnyMore(raid) from None
        left = say("You left {raid}, which starts {at}.", raid=labels.coded(raid), at=Instant(raid.starts_at))
        return render(left)

    async def _snooze(self, press: Press, reminds: Sequence[tuple[RaidId, int]]) -> None:
        """Queue the reminder again, once for each message. It ends as the first one would: see `LateTexts`."""
        member, now = permissions.member_id(press.interaction), self._state.now()
        raids = await self._ahead(reminds, member)
        if not raids:
            raise NothingAhead
        if not may_snooze(raids, now=now):
            raise TooLateToSnooze
        again = _again(press, raids, member, now)
        if not await self._state.enqueue([again]):
            raise SnoozedAlready
        said = say("OK, I’ll remind you again {in_time}.", in_time=Instant(again.due_at, "R"))
        await responses.send_ephemeral(press.interaction, render(said))

    async def _ahead(self, reminds: Sequence[tuple[RaidId, int]], member: MemberId) -> list[Raid]:
        """Return those of the raids that still lie ahead at the same time, and concern the member."""
        found = []
        for raid_id, revision in reminds:
            with suppress(KeyError):
                raid = await self._state.raid(raid_id)
                waiting = (await self._state.settings(raid.guild)).remind_waiting
                is_ahead = raid.is_live and raid.time_revision == revision and raid.starts_at > self._state.now()
                if is_ahead and self._serves(raid.guild) and concerns(raid, member, waiting=waiting):
                    found.append(raid)
        return found

    async def _choose_spec(self, press: Press, raid: Raid, role: Role) -> None:
        """Note what the member plays.

        A direct message stays as it is, and the answer comes below it. An answer on the server becomes the new one,
        with the menu of the seat that the member has by now.
        """
        member, now = permissions.member_id(press.interaction), self._state.now()
        rule = partial(specs.choose_spec, member=member, key=role.key, spec=press.chosen or None, now=now)
        in_dm = press.interaction.guild_id is None
        try:
            raid = (await self._change(press, raid, rule)).raid
            said = place(raid, member)
        except Refusal as refusal:
            if in_dm:
                raise
            raid, said = await self._state.raid(raid.id), str(refusal)
        if in_dm:
            await responses.send_ephemeral(press.interaction, said)
            return
        answer = f"{said}{_signup_text_shown(press, raid)}"
        await responses.edit_response(press.interaction, answer, rows=spec_rows(raid, member, now=now))

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
        rows: tuple[responses.Row, ...] = ()
        try:
            if comes:
                spec = await last_spec(self._state, raid, member, role.key)
                accept = partial(substitutes.accept, member=member, key=role.key, now=now, spec=spec)
                change = await self._change(press, raid, accept)
                seat, rows = labels.bold_seat(change.raid, member, role.key), spec_rows(change.raid, member, now=now)
                said = f"Thank you! You have the seat {seat} in {labels.coded(raid)}."
                said = with_signup_text(change, member, " ".join((said, *done(change, member))))
            else:
                left = (await self._change(press, raid, partial(substitutes.decline, member=member, key=role.key))).raid
                said = render(say("OK, you’re not coming to {raid}.", raid=labels.coded(raid)))
                if member in set(left.members()):
                    other = say(
                        "OK, you’re not coming as {role}. {place}",
                        role=labels.bold(role.name),
                        place=Raw(place(left, member)),
                    )
                    said = render(other)
                elif member in set(left.asked()):
                    other = say(
                        "OK, you’re not coming as {role}. You are asked for another role, too.",
                        role=labels.bold(role.name),
                    )
                    said = render(other)
        except _FINAL as refusal:
            said = str(refusal)
        when = f"\nStarts {stamps(raid.starts_at)}."
        await responses.edit_response(press.interaction, f"{said}{when}\n{raid.link or ''}", rows=rows)

    async def _change(self, press: Press, raid: Raid, rule: Rule) -> Change:
        cause = Cause(Source.BUTTON, permissions.member_id(press.interaction))
        return await self._state.change(raid.id, rule, cause)


def _signup_text_shown(press: Press, raid: Raid) -> str:
    """Return the sign-up text with the blank line before it, if the message ends with it."""
    message, text = press.interaction.message, f"\n\n{escape(raid.signup_text)}"
    return text if raid.signup_text and message is not None and message.content.endswith(text) else ""


def _raids(parts: Sequence[str]) -> list[tuple[RaidId, int]]:
    """Return the raids and revisions that follow each other in a `custom_id`. Raises UnknownPanel."""
    numbers = [number_of(part) for part in parts]
    if len(numbers) % 2:
        raise UnknownPanel
    return [(RaidId(raid), revision) for raid, revision in zip(numbers[::2], numbers[1::2], strict=True)]


def _again(press: Press, raids: Sequence[Raid], member: MemberId, now: datetime) -> OutboxMessage:
    """Return the reminder of these raids to send once more; the message under which it was asked for gives one only."""
    message = press.interaction.message
    return OutboxMessage(
        kind="dm",
        target=member,
        payload={"kinds": [MessageKind.REMINDERS], "reminds": [(raid.id, raid.time_revision) for raid in raids]},
        dedupe=f"snooze:{message.id if message else 0}:{member}",
        due_at=now + SNOOZE,
        expires_at=max(raid.starts_at for raid in raids),
        guild=raids[0].guild,
        raid=raids[0].id if len(raids) == 1 else None,
        purpose=Purpose.REMINDER,
    )
