"""Show the bot's database and log on the page, and carry out its buttons: kill, outage, deleted board."""

import asyncio
import re
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from discord_sandbox import Sandbox
from discord_sandbox.page.operator import Action
from discord_sandbox.page.story import Story
from discord_sandbox.text_view import plain_text
from raidbot.db import announcements, audit_overview, guilds, outbox
from raidbot.db import raids as rows
from raidbot.db import series as series_rows
from raidbot.db.audit_overview import AuditEntry
from raidbot.db.series import UnreadableSeries
from raidbot.demo import upcoming
from raidbot.demo.harness import BotProcess
from raidbot.demo.story import done, story_of
from raidbot.demo.upcoming import Upcoming
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.audit.old_entries import action_of
from raidbot.raids.audit.words import words
from raidbot.raids.model import Raid

T = TypeVar("T")
_OUTAGE_LENGTH = timedelta(seconds=30)
_EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
_SHOWN_ENTRIES, _SHOWN_LINES, _MAX_LINE_LENGTH = 8, 5, 160
_LOG_TAIL_BYTES = 8192
_COLOUR_CODES = re.compile(r"\x1b\[[0-9;]*m")
_STATES = {
    "sent": "sent",
    "pending": "waiting",
    "claimed": "being sent",
    "refused": "refused by Discord",
    "expired": "too late to be of use",
    "unknown": "perhaps sent",
}


class Operator:
    """The bot beside the sandbox; counts roster changes and edits, and watches the story, from `begin` on."""

    def __init__(self, sandbox: Sandbox, bot: BotProcess) -> None:
        self._sandbox = sandbox
        self._bot = bot
        self._entries_before = 0
        self._edits_before = 0
        self._restarting = asyncio.Lock()
        self._restarts = 0
        self._story: Story | None = None
        self._done: dict[str, None] = {}

    @property
    def actions(self) -> Mapping[str, Action]:
        return {
            "kill": Action(label="Kill and restart the bot", carry_out=self._kill),
            "outage": Action(label="Discord is down for 30 s", carry_out=self._go_down),
            "delete-board": Action(label="Delete the next board", carry_out=self._delete_board),
        }

    @property
    def story(self) -> Story | None:
        return self._story

    async def advance(self, seconds: float) -> None:
        self._bot.advance(timedelta(seconds=seconds))

    async def status(self) -> dict[str, Any]:
        now = self._sandbox.clock.now()
        told = await asyncio.to_thread(self._read, now)
        return told | {"sections": [self._process(), *told["sections"], self._log()], "done": list(self._done)}

    async def begin(self) -> None:
        """Start counting now, without what was played or restored before, and begin to tell the story."""
        self._entries_before = await asyncio.to_thread(_from_database, self._bot.database, audit_overview.newest_entry)
        self._edits_before = self._edits()
        self._story = next(map(story_of, self._sandbox.store.guilds.values()), None)

    # The status bar

    def _process(self) -> dict[str, Any]:
        state = f"It is running as process {self._bot.pid}." if self._bot.is_running else "It is not running."
        again = f" You restarted it {_times(self._restarts)}; it lost nothing." if self._restarts else ""
        return _section("The bot", [f"{state}{again}"])

    def _read(self, now: datetime) -> dict[str, Any]:
        def read(connection: sqlite3.Connection) -> dict[str, Any]:
            owed = outbox.counts(connection)
            self._done |= dict.fromkeys(done(audit_overview.happened(connection, after=self._entries_before)))
            changes = audit_overview.roster_changes(connection, after=self._entries_before)
            edits = self._edits() - self._edits_before
            return {
                "next": self._next(connection, now),
                "sections": [
                    _section("Messages", [_messages(owed)]),
                    _section("Boards", [_boards(changes, edits)]),
                    _section(
                        "What happened last",
                        [self._line(one) for one in audit_overview.last_noted(connection, limit=_SHOWN_ENTRIES)],
                    ),
                ],
            }

        try:
            return _from_database(self._bot.database, read)
        except sqlite3.Error as error:  # the bot has not created it yet, or was just killed
            return {"next": None, "sections": [_section("Database", [f"It cannot be read now: {error}."])]}

    def _next(self, connection: sqlite3.Connection, now: datetime) -> dict[str, str] | None:
        raids, _ = rows.load_readable(connection, rows.with_live_boards(connection, since=now))
        coming: list[Upcoming] = []
        for raid in raids:
            owners = announcements.owners_of(connection, raid)
            posts = [one for owner in owners for one in announcements.of_owner(connection, raid.guild, owner)]
            coming += upcoming.upcoming(raid, guilds.settings(connection, raid.guild), now=now)
            coming += upcoming.announced(raid, posts)
        for series, _ in series_rows.next_looks(connection):
            with suppress(UnreadableSeries):
                found = series_rows.load(connection, series)
                coming += [] if found is None else upcoming.posting(found, now=now)
        first = min((due for due in coming if due.at > now), default=None)
        return None if first is None else {"at": first.at.isoformat(), "what": first.what}

    def _edits(self) -> int:
        return self._sandbox.limits.passed[_EDIT]

    def _line(self, noted: AuditEntry) -> dict[str, str]:
        said = words(noted.entry)
        user = self._sandbox.store.users.get(noted.entry.member or 0)
        who = (user.global_name or user.username) if user is not None else None
        is_link = action_of(noted.entry) is AuditAction.POSTED  # a message link, which does not work here
        moved = " → ".join(filter(None, (said.before, None if is_link else said.after)))
        about = f"{noted.raid} ({noted.code})" if noted.raid else None
        happened = " ".join(filter(None, (who, said.title, moved)))
        return {
            "at": noted.at.isoformat(),
            "text": plain_text(" · ".join(filter(None, (happened, about))), self._sandbox.world),
        }

    def _log(self) -> dict[str, Any]:
        text = ""
        if self._bot.log.exists():
            with self._bot.log.open("rb") as log:
                log.seek(max(log.seek(0, 2) - _LOG_TAIL_BYTES, 0))
                text = log.read().decode(errors="replace")
        lines = [_COLOUR_CODES.sub("", line).strip()[:_MAX_LINE_LENGTH] for line in text.splitlines()]
        return _section("The bot’s log", [line for line in lines if line][-_SHOWN_LINES:])

    # The page's buttons

    async def _kill(self) -> str:
        async with self._restarting:
            begun = time.monotonic()
            if self._bot.is_running:
                await self._bot.kill()
            await self._bot.start()
            self._restarts += 1
            return f"The bot was killed and is back after {time.monotonic() - begun:.1f} s."

    async def _go_down(self) -> str:
        self._sandbox.faults.answer(503, lasting=_OUTAGE_LENGTH)
        await self._sandbox.gateway.drop()
        return "Discord answers 503 for 30 seconds and dropped the connection."

    async def _delete_board(self) -> str:
        read = partial(_next_board, now=self._sandbox.clock.now())
        raid = await asyncio.to_thread(_from_database, self._bot.database, read)
        message = self._sandbox.store.message(raid.channel, raid.message or 0) if raid is not None else None
        if raid is None or message is None:
            return "There is no open board to delete."
        await self._sandbox.delete_message(message)
        return f"A moderator deleted the board of {raid.name} ({raid.code})."


def _next_board(connection: sqlite3.Connection, *, now: datetime) -> Raid | None:
    found, _ = rows.load_readable(connection, rows.with_live_boards(connection, since=now))
    raids = [raid for raid in found if raid.is_open and raid.message]
    return min(raids, key=lambda raid: raid.starts_at, default=None)


def _from_database(path: Path, read: Callable[[sqlite3.Connection], T]) -> T:
    """Return the result of `read` on a read-only connection to the bot's database."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=1.0)) as connection:
        return read(connection)


def _messages(owed: Mapping[str, int]) -> str:
    counts = [f"{owed[state]} {word}" for state, word in _STATES.items() if owed.get(state)]
    return f"Messages to people: {', '.join(counts) or 'none yet'}."


def _boards(changes: int, edits: int) -> str:
    """Say how often boards were edited: several changes within moments share an edit."""
    return f"Since you came, people moved on rosters {_times(changes)}, and boards were edited {_times(edits)}."


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _section(title: str, lines: Sequence[str | Mapping[str, str]]) -> dict[str, Any]:
    told = [{"text": line} if isinstance(line, str) else line for line in lines]
    return {"title": title, "rows": [], "lines": told}
