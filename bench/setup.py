"""Set up a benchmark: a sandbox, a bot process, and boards posted without the bot."""

import asyncio
import random
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, TypeVar

import discord

from bench.process_usage import until_idle
from discord_sandbox import messages
from discord_sandbox.builders import SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.sandbox import Sandbox
from discord_sandbox.store import Channel, Message, Reaction, reaction_key
from raidbot.db import guilds
from raidbot.db import raids as rows
from raidbot.db.database import Database
from raidbot.delivery.boards.snapshot import Snapshot
from raidbot.delivery.drawing.render import board
from raidbot.demo.harness import BotProcess
from raidbot.raids import lifecycle
from raidbot.raids.drafts import Draft, plan
from raidbot.raids.model import ChannelId, GuildId, MemberId, MessageId, Raid, RaidCode, RaidId
from raidbot.raids.rosters import signups
from raidbot.raids.templates.catalogue import untouched
from raidbot.utils.clock import utc_now
from raidbot.utils.ids import new_code

T = TypeVar("T")

MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = "/channels/{channel_id}/messages/{message_id}"
MUSEUM_EMOJI = "✅"
_QUIET = {"RAIDBOT_LOG_LEVEL": "warning", "RAIDBOT_HEARTBEAT_SECONDS": "15", "RAIDBOT_COMMAND_LIMITS": "off"}
_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Posted:
    """A raid's id in the database and its board's message."""

    raid: RaidId
    message: Message


@dataclass(frozen=True, slots=True)
class BenchWorld:
    """A sandbox and a bot process that has not been started."""

    sandbox: Sandbox
    bot: BotProcess
    database: Path


@asynccontextmanager
async def bench_world(
    limits: Literal["strict", "off"], *, sliding_edits: bool = False, settings: Mapping[str, str] | None = None
) -> AsyncIterator[BenchWorld]:
    with TemporaryDirectory(prefix="raidbot-bench-", ignore_cleanup_errors=True) as folder:
        async with Sandbox(limits=limits, sliding_edits=sliding_edits) as sandbox:
            bot = BotProcess(sandbox, Path(folder), settings=_QUIET | dict(settings or {}))
            try:
                yield BenchWorld(sandbox, bot, Path(folder) / "raidbot.db")
            finally:
                await bot.stop()
                if bot.log.exists():
                    sys.stderr.write(bot.log.read_text(errors="replace"))


async def until(fact: Callable[[], T]) -> T:
    """Poll until `fact()` is truthy and return its value; slow enough to leave the CPU to the bot."""
    while not (found := fact()):  # noqa: ASYNC110 - facts in another process have no event
        await asyncio.sleep(_POLL_SECONDS)
    return found


async def post_museums(
    stage: BenchWorld,
    guild: SandboxGuild,
    places: Sequence[Channel],
    *,
    signed: Sequence[Person] = (),
    chat: random.Random | None = None,
    seed: int = 1,
) -> list[Posted]:
    """Post an open museum with 50 seats in each of `places`, with the signups and reactions of `signed`.

    With `chat`, up to seven messages of others follow each. Their codes come from `seed`.
    """
    db = await Database.open(stage.database)
    rng = random.Random(seed)

    def post(tx: sqlite3.Connection, place: Channel) -> Posted:
        posted = _post(tx, stage.sandbox, guild, place, signed, rng)
        for number in range(chat.randrange(8) if chat else 0):
            messages.create(stage.sandbox.world, place, guild.owner.user, messages.Draft(content=f"message {number}"))
        return posted

    try:
        return await db.write(lambda tx: [post(tx, place) for place in places])
    finally:
        await db.close()


def _post(
    tx: sqlite3.Connection,
    sandbox: Sandbox,
    guild: SandboxGuild,
    place: Channel,
    signed: Sequence[Person],
    rng: random.Random,
) -> Posted:
    now = utc_now().replace(microsecond=0)
    draft = replace(Draft().choosing("museum", untouched()), seats=50, starts_at=now + timedelta(days=1), zone="UTC")
    creator = guild.member(guild.owner)
    planned = plan(
        draft, untouched(), guild=GuildId(guild.id), creator=MemberId(creator.id), channel=ChannelId(place.id), now=now
    )
    message = messages.create(sandbox.world, place, sandbox.bot, messages.Draft())
    raid = lifecycle.posted(replace(planned, code=RaidCode(new_code(rng))), MessageId(message.id)).raid
    for person in signed:
        raid = signups.react(raid, MemberId(person.id), raid.roles[0].key, now=now).raid
    names = {MemberId(one.id): one.display_name for one in (creator, *map(guild.member, signed))}
    drawn = board(raid, names)
    message.embeds = [{"type": "rich", **drawn.embed().to_dict()}]
    for user in (sandbox.bot, *(person.user for person in signed)):
        messages.react(sandbox.world, place, message, reaction_key(MUSEUM_EMOJI), Reaction(name=MUSEUM_EMOJI), user)
    raid_id = rows.insert(tx, raid)
    guilds.save_names(tx, raid.guild, names.items())
    rows.save_snapshot(tx, raid_id, Snapshot(drawn.fingerprint, drawn.reactions).written())
    return Posted(raid_id, message)


def is_right(connection: sqlite3.Connection, posted: Posted, signed: int) -> bool:
    """Return True if `signed` members are in the database and the message shows exactly its rows."""
    raid = _raid(connection, posted)
    if len(list(raid.members())) != signed:
        return False
    names = guilds.names(connection, raid.guild, [raid.creator, *raid.members()])
    wanted = board(raid, names).embed().to_dict()
    return discord.Embed.from_dict(posted.message.embeds[0]).to_dict() == wanted


def _raid(connection: sqlite3.Connection, posted: Posted) -> Raid:
    raid = rows.load(connection, posted.raid)
    assert raid is not None
    return raid


async def start_and_settle(stage: BenchWorld, posted: Sequence[Posted]) -> None:
    """Start the bot and wait until it has compared the boards and is idle."""
    await stage.bot.start()
    await until(lambda: counted_boards(stage.sandbox) >= {board.message.id for board in posted})
    await until_idle(stage.bot.pid)


def counted_boards(sandbox: Sandbox) -> set[int]:
    """Return the ids of the messages whose reactions the bot has counted, one by one or in a list."""
    found: set[int] = set()
    for call in sandbox.calls:
        if (call.method, call.route, call.status) == ("GET", MESSAGE, 200):
            found.add(int(call.ids["message_id"]))
        elif (call.method, call.route, call.status) == ("GET", MESSAGES, 200):
            found.update(int(message["id"]) for message in call.response)
    return found


def reader(stage: BenchWorld) -> closing[sqlite3.Connection]:
    """Return a separate connection to the bot's database."""
    return closing(sqlite3.connect(stage.database))
