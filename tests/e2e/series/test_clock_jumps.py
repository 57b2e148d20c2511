"""Clocks jump while a daily series, its announcement and three reminders for ten people all go by them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from raidbot.bot import RaidBot
from raidbot.raids.announcements.model import Owner, OwnerKind, Ping
from raidbot.raids.model import MemberId, RoleKey
from raidbot.raids.schedules.model import Lead
from raidbot.raids.schedules.rules import Daily
from raidbot.raids.series import rules
from raidbot.raids.series.model import Series, Turn
from tests.conftest import Start
from tests.e2e import database_facts
from tests.e2e.announcements.scene import add, announced, before
from tests.e2e.reminders.helpers import remind_at, reminders
from tests.e2e.series.scene import audited, boards, coming, make, pinged_roles, posted, starts

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def with_everything(people: list[Person], role: int, plain: Series) -> Series:
    full = replace(plain, mention=role, rotation=(Turn(template="museum", seats=10),))
    for person in people:
        full = rules.join(full, MemberId(person.id), RoleKey("museum"), now=plain.created_at)
    return full


class Heard:
    """Counts the reminders and mentions since the last look."""

    def __init__(self, guild: SandboxGuild, people: list[Person]) -> None:
        self._guild, self._people = guild, people
        self._before = self._now()

    def _now(self) -> tuple[list[int], int, int, int]:
        reminded = [len(reminders(person)) for person in self._people]
        roles = sum(map(bool, pinged_roles(self._guild)))
        return reminded, len(announced(self._guild)), roles, len(boards(self._guild))

    def since(self) -> tuple[set[int], int, int, int]:
        """Return the reminders of each person (one number if all have the same), announcements, role pings, boards."""
        old, new = self._before, self._now()
        self._before = new
        reminded = {after - before for before, after in zip(old[0], new[0], strict=True)}
        return reminded, new[1] - old[1], new[2] - old[2], new[3] - old[3]


async def settled(sandbox: Sandbox, bot: RaidBot, database: Path) -> None:
    """Let the clock's jobs run twice and the outbox send what is owed."""
    for _ in range(2):
        await bot.heartbeat.tick(bot.state.now())
        await sandbox.until(lambda: not unsent(database), timeout=30)


def unsent(database: Path) -> list[str]:
    return [row.cause for row in database_facts.read(database).outbox if row.state in ("pending", "claimed")]


async def test_no_jump_brings_a_burst_or_a_raid_in_the_past(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    people = [guild.add_member(f"member{number}") for number in range(10)]
    raiders = guild.add_role("Raiders", mentionable=True)
    edit: Callable[[Series], Series] = partial(with_everything, people, raiders.id)
    async with start() as bot:
        await remind_at(bot, guild, "1 day, 2 hours, 10 min")
        owner = Owner(OwnerKind.TEMPLATE, "museum")
        await add(bot, guild, owner, before(30, "soon", ping=Ping.SEATED))
        await make(bot, guild, coming(sandbox, 20, Daily(), Lead(days=1)), edit)
        await posted(sandbox, guild, 1)
        await settled(sandbox, bot, database)
        heard = Heard(guild, people)

        sandbox.advance(3 * DAY)
        await settled(sandbox, bot, database)
        assert heard.since() == ({0}, 0, 1, 1)
        assert [line["number"] for line in audited(database, "series.missed")] == [2]

        sandbox.advance(20 * HOUR - 29 * MINUTE)
        await settled(sandbox, bot, database)
        assert heard.since() == ({1}, 1, 0, 0)
        sandbox.clock.offset -= 2 * HOUR
        await settled(sandbox, bot, database)
        assert heard.since() == ({0}, 0, 0, 0)
        sandbox.advance(2 * HOUR)
        await settled(sandbox, bot, database)
        assert heard.since() == ({0}, 0, 0, 0)
        sandbox.advance(20 * MINUTE)
        await settled(sandbox, bot, database)
        assert heard.since() == ({1}, 0, 0, 0)
    already = len(boards(guild))
    sandbox.advance(41 * DAY)

    async with start() as bot:
        await sandbox.until(lambda: len(boards(guild)) > already and boards(guild)[-1].reactions)
        await settled(sandbox, bot, database)

    assert heard.since()[0] <= {0, 1}
    assert len(audited(database, "series.missed")) == 2
    assert len(boards(guild)) - already <= 2
    now = sandbox.clock.now().timestamp()
    assert all(starts(board) > now for board in boards(guild)[already:])
