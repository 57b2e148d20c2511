"""A raid with somebody in every part: who is seated, waits, was asked, leads, created it, presses, and looks on."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from discord_sandbox.store import Channel, Message
from raidbot.bot import RaidBot
from raidbot.raids.model import ChannelId, GuildId, MemberId, Raid, RaidId, Role, Source
from raidbot.raids.settings import GuildSettings, SignupStyle
from raidbot.state import Cause
from tests.delivery.harness import until
from tests.e2e import database_facts
from tests.e2e.fast_loop import sped_up
from tests.raid_boards import board_text
from tests.raids.builders import roles, unposted_raid

TANK, HEALER, DAMAGE = "1️⃣", "2️⃣", "3️⃣"
AHEAD = timedelta(hours=5)
PACE = 10.0
"""Seconds of the sped-up loop per real second, while boards wait for their next edit."""
PARTS = ("mia", "sam", "will", "ash", "lena", "cleo")
"""Concerned, seated, waiting, asked, leader and creator; the owner presses, and otto looks on."""


def quiet_reminders(settings: GuildSettings) -> GuildSettings:
    return replace(
        settings,
        threads=True,
        signup_style=SignupStyle.BOTH,
        leader_leads=(),
        member_leads=(),
    )


@dataclass
class Heard:
    """The numbers of messages, notes and entries so far, and the board."""

    messages: Counter[str]
    notes: int
    audit: int
    board: str


@dataclass
class Evening:
    """Tank has one seat, which Sam has and Will waits for; Ash was asked to heal, and two damage seats are free."""

    sandbox: Sandbox
    guild: SandboxGuild
    bot: RaidBot
    database: Path
    people: dict[str, Person]
    board: Message
    raid_id: RaidId
    thread: Channel
    audit_before: int = 0
    boards: list[Message] = field(default_factory=list)

    def __getattr__(self, name: str) -> Person:
        return self.people[name]

    @classmethod
    async def begin(
        cls,
        sandbox: Sandbox,
        guild: SandboxGuild,
        bot: RaidBot,
        database: Path,
        *,
        rule: Callable[[GuildSettings], GuildSettings] = quiet_reminders,
    ) -> "Evening":
        people = {name: guild.add_member(name) for name in (*PARTS, "otto")} | {"mara": guild.owner}
        await bot.state.change_settings(GuildId(guild.id), rule, Cause(Source.COMMAND))
        board, raid_id = await put_up(guild, bot, people)
        await guild.until(lambda: board.id in guild.facts.threads)
        thread = guild.facts.threads[board.id]
        evening = cls(sandbox, guild, bot, database, people, board, raid_id, thread)
        await evening.sam.react(board, TANK)
        await guild.until(lambda: "Sam" in board_text(board))
        await evening.will.react(board, TANK)
        await guild.until(lambda: "Will" in board_text(board))
        await evening.ask(evening.ash)
        await evening.settle()
        return evening

    async def raid(self) -> Raid:
        return await self.bot.state.raid(self.raid_id)

    async def panel(self, by: Person | None = None) -> PersonResponse:
        code = (await self.raid()).code
        return await (by or self.mara).slash(self.guild.channel("raid-signups"), "raid", code=code)

    async def edit(self, command: str, **options: object) -> PersonResponse:
        """Use a subcommand of /raidsignup as the owner."""
        code = (await self.raid()).code
        return await self.mara.slash(self.guild.channel("raid-signups"), f"raidsignup {command}", raid=code, **options)

    async def ask(self, *whom: Person) -> None:
        """Let the owner ask them to heal."""
        panel = await self.panel()
        await panel.click("Find substitute")
        if "Which role needs a substitute?" in panel.text():
            await panel.select("Which role?", [option_of(panel, "2. Healer")])
        await panel.select("Or ask others", list(whom))
        assert "I ask" in panel.text()

    async def settle(self) -> None:
        """Wait until everything owed is sent and the board is drawn; then what comes next is told apart."""

        async def sent() -> bool:
            return all(row.state not in ("pending", "claimed") for row in database_facts.read(self.database).outbox)

        await self.bot.state.wait_for_writes()  # what the database shows already, the boards may hear of only now
        await until(sent)
        with sped_up(PACE):
            await self.bot.delivery.boards.idle()
        self.audit_before = self._audited()

    async def noted(self) -> None:
        """Wait until the audit has something new."""

        async def more() -> bool:
            return self._audited() > self.audit_before

        await until(more)

    def heard(self) -> Heard:
        messages = Counter({name: len(person.dms) for name, person in self.people.items()})
        return Heard(messages, len(self.thread.messages), self._audited(), repr(self.board.embeds))

    def _audited(self) -> int:
        with database_facts.open_read_only(self.database) as connection:
            (number,) = connection.execute("SELECT count(*) FROM audit").fetchone()
        return int(number)


async def put_up(
    guild: SandboxGuild, bot: RaidBot, people: dict[str, Person], *, reactions: int = 3
) -> tuple[Message, RaidId]:
    """Post a raid that Cleo created and Lena leads; return its board, once it has this many reactions, and its id."""
    now = bot.state.now()
    raid = replace(
        unposted_raid(of=_roles(), sides=("Dragons", "Giants"), lengths=(60, 120)),
        guild=GuildId(guild.id),
        channel=ChannelId(guild.channel("raid-signups").id),
        creator=MemberId(people["cleo"].id),
        leader=MemberId(people["lena"].id),
        length_minutes=60,
        starts_at=now + AHEAD,
        created_at=now,
    )
    await bot.state.learn_names(raid.guild, {MemberId(one.id): name.title() for name, one in people.items()})
    stored = await bot.state.create(raid, Cause(Source.COMMAND, raid.creator))
    await guild.until(lambda: stored.id in bot.state.boards.values())
    await bot.delivery.boards.idle()
    message = (await bot.state.raid(stored.id)).message
    find = partial(next, (one for one in guild.messages(guild.channel("raid-signups")) if one.id == message))
    board = find()
    await guild.until(lambda: len(board.reactions) >= reactions)
    return board, stored.id


def _roles() -> tuple[Role, ...]:
    """Return roles of which only damage can be played in several ways."""
    of = roles(tank=1, healer=1, damage=2)
    return (*of[:2], replace(of[2], specs=("Frost", "Fire")))


def option_of(panel: PersonResponse, begins: str) -> str:
    """Return the label of the panel's option that starts with `begins`."""
    return next(
        str(option["label"])
        for row in panel.components
        for one in row["components"]
        for option in one.get("options", ())
        if str(option["label"]).startswith(begins)
    )
