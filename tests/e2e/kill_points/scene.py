"""A raid that lies in the database when the bot starts, and a last run that has nothing to look forward to."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from raidbot.db.database import Database
from raidbot.raids.model import ChannelId, GuildId, MemberId, Raid, Role, Seat, Source, Wait
from raidbot.raids.reminders.leads import parse_leads
from raidbot.raids.settings import GuildSettings
from raidbot.state import Cause, State
from tests.chaos import QUICK
from tests.e2e import database_facts
from tests.raids.builders import roles, unposted_raid
from tests.suite.forked_bot import ForkedBot
from tests.suite.new_database import put_new

THREE_HOURS = timedelta(hours=3)


@asynccontextmanager
async def before_the_bot(database: Path, sandbox: Sandbox, guild: SandboxGuild) -> AsyncIterator["Past"]:
    put_new(database)
    db = await Database.open(database)
    try:
        yield Past(State(db, lambda: sandbox.clock.now() - THREE_HOURS), guild)
    finally:
        await db.close()


@dataclass
class Past:
    """The bot's state three hours ago, without a bot."""

    state: State
    guild: SandboxGuild

    async def remind_at(self, leads: str, *, leader: str = "off", **more: object) -> None:
        chosen = {"member_leads": parse_leads(leads, limit=5), "leader_leads": parse_leads(leader, limit=5), **more}
        rule = partial(GuildSettings.with_fields, fields=chosen)
        await self.state.change_settings(GuildId(self.guild.id), rule, Cause(Source.COMMAND))

    async def raid(
        self,
        people: list[Person],
        *,
        starts_in: timedelta,
        of: tuple[Role, ...] = (),
        waits: tuple[Wait, ...] = (),
        signup_text: str = "",
    ) -> Raid:
        """Create a raid, whose board the next run posts, and seat the people; `starts_in` counts from today's now."""
        now = self.state.now()
        plan = unposted_raid(
            of=of or roles(tank=10, healer=10, damage=40),
            guild=GuildId(self.guild.id),
            channel=ChannelId(self.guild.channel("raid-signups").id),
            creator=MemberId(self.guild.owner.id),
            created_at=now,
            starts_at=(now + THREE_HOURS + starts_in).replace(microsecond=0),
        )
        keys = [role.key for role in plan.roles for _ in range(role.seats)]
        seats = tuple(
            Seat(MemberId(person.id), key, number, now, Source.BUTTON)
            for number, (person, key) in enumerate(zip(people, keys, strict=False), start=1)
        )
        return await self.state.create(
            replace(plan, seats=seats, waits=waits, signup_text=signup_text), Cause(Source.COMMAND, plan.creator)
        )


async def run_to_the_end(sandbox: Sandbox, folder: Path, *facts: Callable[[], object]) -> None:
    """Run the bot until the facts are true and it owes nobody a message, and stop it."""
    bot = ForkedBot(sandbox, folder, settings=QUICK)
    await bot.start()
    try:
        for fact in facts:
            await sandbox.until(fact, timeout=60)
        await sandbox.until(lambda: not unsent(bot.database), timeout=60)
    finally:
        assert await bot.stop() == 0


def unsent(database: Path) -> list[str]:
    return [row.cause for row in database_facts.read(database).outbox if row.state in ("pending", "claimed")]
