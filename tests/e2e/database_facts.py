"""Reads the bot's database from outside: the raids' rows, and the roster that follows from the audit."""

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from discord_sandbox.people import Person
from discord_sandbox.store import Message
from raidbot.db import guilds
from raidbot.db import raids as rows
from raidbot.raids.emoji.model import key_of
from raidbot.raids.model import Mark, MemberId, Raid, RaidId, RoleKey, Seat, Wait
from raidbot.raids.settings import SignupStyle
from tests.db.audit.rows_in_words import rows_in_words
from tests.e2e.fast_loop import look_again


class AuditRow(NamedTuple):
    """An audit row in words."""

    actor: int | None
    source: str
    action: str
    member: int | None
    before: str | None
    after: str | None


_OVERTAKEN = {
    "replaced by a newer message",
    "the raid was cancelled",
    "the raid was moved",
    "the seat is gone",
    "the request has ended",
}


class OutboxRow(NamedTuple):
    """An outbox row."""

    target: int
    cause: str
    text: str
    state: str
    error: str | None

    @property
    def was_overtaken(self) -> bool:
        """True if the message was not sent because its cause ended, or a newer one replaced it."""
        return self.state == "expired" and self.error in _OVERTAKEN


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """A snapshot of the database; `names` are the members' names on boards."""

    raids: tuple[Raid, ...]
    names: dict[MemberId, str]
    audit: tuple[AuditRow, ...]
    outbox: tuple[OutboxRow, ...]

    @property
    def raid(self) -> Raid:
        """The only raid."""
        (raid,) = self.raids
        return raid

    def message_differences(self, person: Person) -> tuple[Counter[str], Counter[str]]:
        """Return the texts that were sent and did not arrive, and those that arrived and were not owed.

        Direct messages begin with the name of their server, which rows do not hold.
        A message whose cause ended after it was tried may have arrived or not.
        """
        mine = [row for row in self.outbox if row.target == person.id]
        sent = Counter(row.text for row in mine if row.state == "sent")
        perhaps = Counter(row.text for row in mine if row.was_overtaken)
        got = Counter(message.content.partition(" · ")[2] or message.content for message in person.dms)
        return sent - got, got - sent - perhaps

    def owed(self, cause: str) -> list[int]:
        """Return the sorted targets of all messages with this cause, in any state."""
        return sorted(row.target for row in self.outbox if f":{cause}:" in row.cause)


@contextmanager
def open_read_only(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


@contextmanager
def open_writable(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(database, timeout=10)) as connection, connection:
        yield connection


def read(database: Path) -> DatabaseFacts:
    """Read one snapshot of the file, whether or not a bot is running on it."""
    with open_read_only(database) as connection:
        connection.execute("BEGIN")
        ids = connection.execute("SELECT id FROM raids ORDER BY id").fetchall()
        raids = tuple(raid for (one,) in ids if (raid := rows.load(connection, RaidId(one))))
        names = {
            member: name
            for raid in raids
            for member, name in guilds.names(connection, raid.guild, _people(raid)).items()
        }
        told = tuple(AuditRow(*row[2:]) for row in rows_in_words(connection) if row.raid is not None)
        outbox = connection.execute(
            "SELECT target, dedupe, payload, state, last_error FROM outbox ORDER BY id"
        ).fetchall()
        owed = tuple(
            OutboxRow(target, cause, json.loads(text).get("content", ""), state, error)
            for target, cause, text, state, error in outbox
        )
    return DatabaseFacts(raids, names, told, owed)


def _people(raid: Raid) -> list[MemberId]:
    return [raid.creator, *([raid.leader] if raid.leader else []), *raid.members()]


def board_differences(
    raid: Raid, names: dict[MemberId, str], message: Message, style: SignupStyle = SignupStyle.REACTIONS
) -> list[str]:
    """Return the differences between the message and the raid's board, one line each; empty if there are none."""
    drawn = _render().board(raid, names, style)
    (shown,) = message.embeds
    wanted = dict(drawn.embed().to_dict())
    if "timestamp" in wanted:  # on earlier bots
        shown, wanted = ({**one, "timestamp": datetime.fromisoformat(one["timestamp"])} for one in (shown, wanted))
    wrong = [f"{part}: {shown.get(part)} instead of {said}" for part, said in wanted.items() if shown.get(part) != said]
    standing = {reaction.name for reaction in message.reactions.values() if message.author.id in reaction.users}
    if {key_of(name) for name in standing} != {key_of(one) for one in drawn.reactions}:
        wrong.append(f"the bot's reactions: {standing} instead of {drawn.reactions}")
    return wrong


def _render() -> ModuleType:
    """Import what draws boards; on earlier bots, which tests/repository/found_rows.py tries, it is elsewhere."""
    folder = "drawing" if find_spec("raidbot.delivery.drawing") else "boards"
    return import_module(f"raidbot.delivery.{folder}.render")


def member_reactions(raid: Raid, message: Message) -> set[Mark]:
    """Return the members' reactions on the board's message as marks that are not unwanted."""
    found = set()
    for reaction in message.reactions.values():
        role = raid.role_for_emoji(key_of(reaction.name))
        assert role is not None, f"{reaction.name} is no role's emoji"
        found |= {Mark(MemberId(user), role.key) for user in reaction.everybody if user != message.author.id}
    return found


def places(raid: Raid) -> set[Mark]:
    """Return every seat and every wait as the mark of the matching reaction."""
    held: tuple[Seat | Wait, ...] = (*raid.seats, *raid.waits)
    return {Mark(one.member, one.role) for one in held}


def unsettled(database: Path, message: Message, style: SignupStyle = SignupStyle.REACTIONS) -> list[str]:
    """Return the differences between the only raid's rows, board, reactions and messages, one line each."""
    now = read(database)
    marks, reactions = set(now.raid.marks), member_reactions(now.raid, message)
    return [
        *(f"reaction not acted on: {mark}" for mark in reactions - marks),
        *(f"mark without a reaction, or not taken away: {mark}" for mark in marks - reactions),
        *(f"owed: {row}" for row in now.outbox if row.state in ("pending", "claimed")),
        *board_differences(now.raid, now.names, message, style),
    ]


def _owes(database: Path) -> bool:
    """Return True if messages are owed, without reading everything else."""
    with open_read_only(database) as connection:
        (owed,) = connection.execute(
            "SELECT EXISTS (SELECT 1 FROM outbox WHERE state IN ('pending', 'claimed'))"
        ).fetchone()
    return bool(owed)


async def until_settled(
    database: Path, message: Message, *, patience: float = 40.0, style: SignupStyle = SignupStyle.REACTIONS
) -> DatabaseFacts:
    """Wait up to `patience` real seconds until `unsettled` finds no difference."""
    deadline = time.monotonic() + patience
    while _owes(database) or unsettled(database, message, style):
        assert time.monotonic() < deadline, "\n".join(unsettled(database, message, style))
        await look_again()
    return read(database)


def check_rules(raid: Raid) -> None:
    """Assert the invariants of a raid without forced seats."""
    seated = Counter(seat.member for seat in raid.seats)
    assert not [member for member, seats in seated.items() if seats > 1]
    assert not {(seat.member, seat.role) for seat in raid.seats} & {(wait.member, wait.role) for wait in raid.waits}
    for role in raid.roles:
        assert len(raid.seated(role.key)) <= role.seats
        assert not (raid.is_open and raid.has_room(role) and raid.waitlist(role.key))


@dataclass(slots=True)
class AuditReplay:
    """The roster that follows from the audit alone; every row must fit those before it."""

    raid: Raid
    sits: dict[int, str] = field(default_factory=dict)
    lines: dict[str, list[int]] = field(default_factory=dict)
    reminded: set[int] | None = None

    def hear(self, audit: Iterable[AuditRow]) -> "AuditReplay":
        for row in audit:
            if row.member is not None:
                self._of_member(row, row.member)
            elif row.action == "reminded" and row.after is not None and row.after.startswith("participants"):
                assert self.reminded is None, "participants were reminded twice"
                self.reminded = set(self.sits)
        return self

    def _of_member(self, row: AuditRow, member: int) -> None:
        match row.action:
            case "joined" | "moved":
                assert self.sits.pop(member, None) == row.before, row
                self._sit(member, row.after)
            case "promoted":
                assert self.sits.pop(member, None) == row.before, row
                assert self._line(row.after)[0] == member, row
                self._sit(member, row.after)
            case "waitlisted":
                assert self.sits.get(member) == row.before, row
                name, _, number = str(row.after).rpartition(" #")
                self._line(name).append(member)
                assert len(self._line(name)) == int(number), row
            case "came back, first in line":
                assert self.sits.get(member) == row.before, row
                self._line(str(row.after).rpartition(" #")[0]).insert(0, member)
            case "left" | "called off":
                assert self.sits.pop(member) == row.before, row
            case "stopped waiting":
                self._line(row.before).remove(member)
            case "no longer waits":
                assert member not in self._line(row.before), row
            case _:
                raise AssertionError(f"unexpected: {row}")

    def _sit(self, member: int, role: str | None) -> None:
        assert role is not None
        self.sits[member] = role
        for line in self.lines.values():
            if member in line:
                line.remove(member)

    def _line(self, role: str | None) -> list[int]:
        return self.lines.setdefault(str(role), [])

    def check(self) -> None:
        """Assert that the raid has the same roster in the same order of arrival."""
        called = {role.key: role.name for role in self.raid.roles}
        assert list(self.sits.items()) == [(seat.member, called[seat.role]) for seat in self.raid.seats]
        for role in self.raid.roles:
            assert self.lines.get(role.name, []) == [wait.member for wait in self.raid.waitlist(role.key)]


def role_named(raid: Raid, name: str | None) -> RoleKey:
    return next(role.key for role in raid.roles if role.name == name)
