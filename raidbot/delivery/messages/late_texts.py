"""Make the words of reminders when they are sent, with the facts as they are then."""

from contextlib import suppress
from dataclasses import replace
from functools import partial

from raidbot.db import outbox as rows
from raidbot.db.outbox import Claimed
from raidbot.db.outbox_rows import payload_of
from raidbot.db.raids import UnreadableRaid
from raidbot.delivery.members.message_choices import MessageChoices
from raidbot.raids.messages.kinds import MessageKind
from raidbot.raids.model import GuildId, MemberId, Raid, RaidId
from raidbot.raids.reminders.message import concerns, reminder_buttons, reminder_text
from raidbot.state import State

_TOO_LATE = "nothing to remind of any more"


class ObsoleteMessageError(Exception):
    """The message is not sent, because what it was about is over; `str()` is the reason."""


class LateTexts:
    """Looks again at a message that is about to be sent: whether it is wanted, and what it says."""

    def __init__(self, state: State, choices: MessageChoices) -> None:
        self._state = state
        self._choices = choices

    async def is_unwanted(self, row: Claimed) -> bool:
        """Return True if the member switched off all kinds of messages that this one belongs to."""
        kinds = row.payload.get("kinds", [])
        if not kinds or row.guild is None:
            return False
        chosen = await self._choices.of(row.guild, row.target)
        return all(kind in chosen.unwanted for kind in map(MessageKind, kinds))

    async def made(self, row: Claimed) -> Claimed:
        """Return the row with the words to send, which are durable then: after a crash they are searched for.

        Raises ObsoleteMessageError, and Unwritable.
        """
        if "reminds" not in row.payload or row.guild is None:
            return row
        member, now = MemberId(row.target), self._state.now()
        waiting = (await self._state.settings(row.guild)).remind_waiting
        raids = [raid for raid in await self._raids(row, row.guild) if concerns(raid, member, waiting=waiting)]
        if not raids:
            raise ObsoleteMessageError(_TOO_LATE)
        said = payload_of(reminder_text(raids, member), reminder_buttons(raids, member, now=now))
        kinds = {"kinds": row.payload["kinds"]} if "kinds" in row.payload else {}
        made = kinds | {"reminds": [(raid.id, raid.time_revision) for raid in raids]} | said
        await self._state.db.write(partial(rows.reword, row=row.id, payload=made))
        return replace(row, payload=made)

    async def _raids(self, row: Claimed, guild: GuildId) -> list[Raid]:
        """Return those of the row's raids that still lie ahead at the time it is about, soonest first."""
        found = []
        for raid_id, revision in row.payload["reminds"]:
            with suppress(KeyError, UnreadableRaid):
                raid = await self._state.raid(RaidId(raid_id))
                is_ahead = raid.is_live and raid.starts_at > self._state.now()
                if raid.guild == guild and raid.time_revision == revision and is_ahead:
                    found.append(raid)
        return sorted(found, key=lambda raid: (raid.starts_at, raid.id))
