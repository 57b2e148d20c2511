"""The bot is killed at random moments: nothing is lost, nothing happens twice."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.faults import Silence
from discord_sandbox.people import PersonResponse
from discord_sandbox.store import Message
from raidbot.demo.harness import BotProcess
from raidbot.raids.emoji.model import key_of
from tests.chaos import QUICK, rounds, seeds
from tests.e2e import database_facts
from tests.e2e.crowd import Crowd, PlannedReaction
from tests.e2e.database_facts import AuditReplay, AuditRow, DatabaseFacts
from tests.e2e.series.scene import starts
from tests.raid_boards import post_raid, run_create
from tests.suite.forked_bot import ForkedBot

KILLS = rounds(2, 6)
EMOJIS = ["1️⃣", "2️⃣", "3️⃣", "4️⃣"]
FETCH = "/channels/{channel_id}/messages/{message_id}"
SEND = "POST /channels/{channel_id}/messages"


WAITED = ("waitlisted", "came back, first in line")


@pytest.fixture
async def bot(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[BotProcess]:
    process = ForkedBot(sandbox, tmp_path, settings=QUICK)
    yield process
    await process.stop()


class KillScenario:
    """One board, sixty members, and a bot that is killed again and again."""

    def __init__(self, sandbox: Sandbox, bot: BotProcess, database: Path, board: Message, rng: random.Random) -> None:
        self.sandbox = sandbox
        self.bot = bot
        self.board = board
        self.rng = rng
        self.snapshots: list[DatabaseFacts] = []
        self.guild = next(SandboxGuild(sandbox, facts) for facts in sandbox.store.guilds.values())
        self.crowd = Crowd(self.guild, board, size=60, rng=rng)
        self.database = database
        self.read_before = 0  # after it was posted the board has been read

    async def run_burst(self) -> None:
        """Run a burst of reactions while the bot is killed and restarted; it runs undisturbed at the end.

        Before each kill the responses to up to three sent messages are withheld from the bot.
        """
        deeds = self.crowd.deeds(EMOJIS)
        share = len(deeds) // (2 * KILLS + 1)
        self._near_the_reminder()
        for _ in range(KILLS):
            burst = asyncio.create_task(self._do(deeds[: 3 * share // 2]))
            unheard = self.sandbox.faults.silence(
                Silence.HANG, route=SEND, calls=self.rng.randrange(4), carried_out=True
            )
            await self._wait_for_the_axe()
            await self.bot.kill()
            unheard.lift()
            await burst
            self.snapshots.append(database_facts.read(self.database))
            del deeds[: 3 * share // 2]
            await self._do(deeds[: share // 2])
            del deeds[: share // 2]
            self.read_before = self.sandbox.count("GET", FETCH)
            await self.bot.start()
        await self._do(deeds)

    def _near_the_reminder(self) -> None:
        """Advance the clock: the creator's reminder is overdue, the participants' falls due within the burst."""
        starts_at = datetime.fromtimestamp(starts(self.board), UTC)
        lead = timedelta(minutes=10, seconds=self.rng.uniform(1, 15))
        self.bot.advance(starts_at - lead - self.sandbox.clock.now())

    async def _do(self, deeds: list[PlannedReaction]) -> None:
        for deed in deeds:
            await self.crowd.act(deed)
            await asyncio.sleep(self.rng.choice((0, 0, 0.01, 0.05)))

    async def _wait_for_the_axe(self) -> None:
        """Wait up to 0.5 seconds, either at once or after the boards begin to be compared."""
        if self.rng.random() < 0.5:
            await self._until_read()
        await asyncio.sleep(self.rng.uniform(0, 0.5))

    async def _until_read(self) -> None:
        await self.sandbox.until(lambda: self.sandbox.count("GET", FETCH) > self.read_before)

    async def end(self) -> DatabaseFacts:
        """Wait until everything agrees, stop the bot and return the database's facts."""
        await self._until_read()
        await self.sandbox.until(self._is_reminded, timeout=30)
        await database_facts.until_settled(self.database, self.board)
        assert await self.bot.stop() == 0
        assert database_facts.unsettled(self.database, self.board) == []
        return database_facts.read(self.database)

    def _is_reminded(self) -> bool:
        """Return True if what is due ten minutes before the start was sent."""
        raid = database_facts.read(self.database).raid
        return raid.reminded_until is not None and raid.starts_at - raid.reminded_until <= timedelta(minutes=10)


@pytest.mark.chaos
@pytest.mark.parametrize("seed", seeds(2, 20))
async def test_a_burst_survives_kills(
    sandbox: Sandbox, guild: SandboxGuild, bot: BotProcess, database: Path, seed: int
) -> None:
    evening = await begin(sandbox, guild, bot, database, random.Random(seed))

    await evening.run_burst()
    end = await evening.end()

    check_roster(evening, end)
    check_history(evening, end)
    check_order_of_arrival(evening, end.audit)
    check_messages(evening, end)
    assert len(guild.messages(guild.channel("raid-signups"))) == 1


async def begin(
    sandbox: Sandbox, guild: SandboxGuild, bot: BotProcess, database: Path, rng: random.Random
) -> KillScenario:
    await bot.start()
    await sandbox.until(lambda: sandbox.store.commands)
    settings = await guild.owner.slash(guild.channel("raid-signups"), "settings")
    await settings.click("Signups")
    await settings.select("Full raids close", ["0"])
    board = await post_raid(guild, activity="key", teams=4, team_size=5)
    await sandbox.until(lambda: len(board.reactions) == 4)
    return KillScenario(sandbox, bot, database, board, rng)


def check_roster(evening: KillScenario, end: DatabaseFacts) -> None:
    """Assert that the roster matches the reactions, and the reactions match what the members did."""
    assert database_facts.places(end.raid) == database_facts.member_reactions(end.raid, evening.board)
    assert evening.crowd.unexplained() == []
    database_facts.check_rules(end.raid)


def check_history(evening: KillScenario, end: DatabaseFacts) -> None:
    """Assert that each snapshot's audit begins the final one, and that its roster follows from it in order."""
    for then in (*evening.snapshots, end):
        assert end.audit[: len(then.audit)] == then.audit
        AuditReplay(then.raid).hear(then.audit).check()
        database_facts.check_rules(then.raid)


def check_order_of_arrival(evening: KillScenario, audit: tuple[AuditRow, ...]) -> None:
    """Assert that audit rows from live reactions are in the order of the gateway's events."""
    happenings = iter(evening.crowd.seen)
    raid = database_facts.read(evening.database).raid
    for row in audit:
        if row.source == "reaction" and row.actor == row.member and row.action != "no longer waits":
            came = row.action in ("joined", "moved", *WAITED)
            role = raid.role(database_facts.role_named(raid, str(row.after if came else row.before).partition(" #")[0]))
            wanted = (row.member, key_of(role.emoji), came)
            assert any((one.member, one.emoji_key, one.appeared) == wanted for one in happenings), row


def check_messages(evening: KillScenario, end: DatabaseFacts) -> None:
    """Assert that every message was sent once, and the reminders went to those seated when they were due."""
    assert {row.state for row in end.outbox if not row.was_overtaken} == {"sent"}
    for person in (evening.guild.owner, *evening.crowd.members):
        assert end.message_differences(person) == (Counter(), Counter())
    for cause, actions in (("waitlisted", WAITED), ("promoted", ("promoted",)), ("moved", ("moved",))):
        assert end.owed(cause) == sorted(row.member or 0 for row in end.audit if row.action in actions)
    reminded = AuditReplay(end.raid).hear(end.audit).reminded
    assert reminded is not None
    assert end.owed("remind") == sorted([evening.guild.owner.id, *reminded])


@pytest.mark.chaos
@pytest.mark.parametrize("seed", seeds(1, 20))
async def test_a_board_is_posted_once_whenever_the_bot_is_killed(
    sandbox: Sandbox, guild: SandboxGuild, bot: BotProcess, database: Path, seed: int
) -> None:
    rng = random.Random(seed)
    await bot.start()
    await sandbox.until(lambda: sandbox.store.commands)
    for wanted in (1, 2, 3):
        preview = await run_create(guild)
        confirm = asyncio.create_task(preview.click("Confirm"))
        for _ in range(rng.randrange(6)):
            await sandbox.store.wait_for_change(1.0)
        await asyncio.sleep(rng.uniform(0, 0.01))
        await bot.kill()
        confirm.cancel()
        await bot.start()
        await confirmed(preview, database, wanted)
        await once_on_boards(sandbox, guild, database, wanted)


async def test_a_board_whose_posting_was_not_heard_of_is_not_posted_again(
    sandbox: Sandbox, guild: SandboxGuild, bot: BotProcess, database: Path
) -> None:
    await bot.start()
    await sandbox.until(lambda: sandbox.store.commands)
    preview = await run_create(guild)
    sandbox.faults.silence(Silence.HANG, route=SEND, calls=1, carried_out=True)
    await preview.click("Confirm")
    await sandbox.until(lambda: guild.messages(guild.channel("raid-signups")))

    await bot.kill()
    assert database_facts.read(database).raid.message is None
    await bot.start()

    await once_on_boards(sandbox, guild, database, 1)


async def confirmed(preview: PersonResponse, database: Path, wanted: int) -> None:
    """Press Confirm again if it is still there; a draft confirmed already makes no second raid."""
    if "[Confirm]" in preview.text():
        await preview.click("Confirm")
    assert len(database_facts.read(database).raids) == wanted


async def once_on_boards(sandbox: Sandbox, guild: SandboxGuild, database: Path, wanted: int) -> None:
    """Wait until every raid has its complete board and the channel has no other message."""

    def right() -> bool:
        now = database_facts.read(database)
        shown = {message.id: message for message in guild.messages(guild.channel("raid-signups"))}
        return len(shown) == wanted and all(
            raid.message in shown and not database_facts.board_differences(raid, now.names, shown[raid.message])
            for raid in now.raids
        )

    await sandbox.until(right, timeout=20)
