"""Nothing brings a forgotten member back but what they do themselves."""

import json
import sqlite3
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from raidbot.bot import RaidBot
from raidbot.db.forgetting import erasing, jobs, registered, tag_list
from raidbot.ops.backups import backup
from raidbot.ops.backups.restore import restore
from raidbot.raids.model import GuildId, MemberId
from raidbot.utils import member_tags
from tests.commands.privacy.test_forgetting import holders
from tests.conftest import Start
from tests.raid_boards import board_text, dm_text, post_raid, reaction_count

UNREACT = "DELETE /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/{user_id}"


async def forget(guild: SandboxGuild, who: Person, where: str = "Forget me on this server") -> None:
    answer = await (await who.slash(guild.channel("raid-signups"), "privacy forget")).click(where)
    await guild.until(lambda: "I have forgotten you" in answer.text())


def rows_left(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        tables = ("raids", "seats", "members", "audit", "guilds")
        return sum(connection.execute(" ".join(("SELECT count(*) FROM", table))).fetchone()[0] for table in tables)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder for backups, which hold what they held."""
    (tmp_path / "elsewhere").mkdir()
    return tmp_path / "elsewhere"


def copy_by_hand(saved: Path, database: Path) -> None:
    database.write_bytes(saved.read_bytes())
    database.with_name("raidbot.db-wal").unlink(missing_ok=True)


def restored(saved: Path, database: Path, *, now: datetime) -> int:
    """Restore, and remove the database that was there, as its owner may; return how many are forgotten again."""
    done = restore(saved, database, now=now)
    for left in database.parent.glob("*.replaced-*"):
        left.unlink()
    return done.forgotten


async def pending(bot: RaidBot) -> bool:
    return bool(await bot.state.db.read(jobs.pending))


async def test_a_reaction_that_stands_brings_nobody_back_and_a_new_one_does(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    sandbox.faults.answer(403, route=UNREACT)
    async with start() as bot:
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        await forget(guild, alice)
        await guild.until(lambda: "Alice" not in board_text(board))
        assert reaction_count(board, "✅") == 2

        await bot.delivery.reconcile.all()
        await bob.react(board, "✅")
        await guild.until(lambda: "Bob" in board_text(board))
        assert "Alice" not in board_text(board)
    async with start() as bot:
        await bot.delivery.reconcile.all()
        assert "Alice" not in board_text(board)

        await alice.unreact(board, "✅")
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
    async with start() as bot:  # it is a reaction like all others now
        await bot.delivery.reconcile.all()
        assert "Alice" in board_text(board)


async def test_what_a_killed_process_began_is_finished_at_the_next_start(
    guild: SandboxGuild, start: Start, database: Path
) -> None:
    alice, bob = guild.add_member("alice-unmistakable"), guild.add_member("bob")
    member, server = MemberId(alice.id), GuildId(guild.id)
    async with start() as bot:
        boards = [await post_raid(guild) for _ in range(2)]
        for board in boards:
            await alice.react(board, "✅")
            await bob.react(board, "✅")
        await guild.until(lambda: all("Alice" in board_text(one) and "Bob" in board_text(one) for one in boards))
        db = bot.state.db
        await bot.delivery.forgetting.stop(1)
        await db.write(partial(jobs.ask, member=member, guilds=[server], now=bot.state.now()))
        ((whom, _),) = await db.read(jobs.pending)
        first, _ = await db.read(partial(registered.raids, guild=server, member=member))
        await db.write(partial(erasing.from_raid, whom=whom, raid=first))
    async with start() as bot:
        await guild.until(lambda: all("Alice" not in board_text(board) for board in boards))
        await guild.until(lambda: holders(database, alice.id, "Alice-unmistakable") == [])
        assert not await pending(bot)
        assert all("Bob" in board_text(board) for board in boards)


@pytest.mark.parametrize("by_hand", [False, True])
async def test_a_restored_backup_is_gone_through_again(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, elsewhere: Path, by_hand: bool
) -> None:
    alice, bob = guild.add_member("alice-unmistakable"), guild.add_member("bob")
    async with start():
        board = await post_raid(guild)
        for who in (alice, bob):
            await who.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board) and "Bob" in board_text(board))
        saved = backup.make(database, elsewhere / "saved").path
        for who in (alice, bob):
            await forget(guild, who)
        await guild.until(lambda: "Bob" not in board_text(board) and reaction_count(board, "✅") == 1)
        await bob.react(board, "✅")  # who came back stays
        await guild.until(lambda: "Bob" in board_text(board))
        later = backup.make(database, elsewhere / "later").path
    if by_hand:
        copy_by_hand(saved, database)
    else:
        assert restored(saved, database, now=sandbox.clock.now()) == 4  # here and everywhere, both of them

    async with start() as bot:
        await guild.until(lambda: holders(database, alice.id, "Alice-unmistakable") == [])
        assert not await pending(bot)
        assert len(tag_list.read(database)) == 4
    assert restored(later, database, now=sandbox.clock.now()) == 0


async def test_no_unasked_messages_stays_without_a_name(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        choices = bot.delivery.outbox.message_choices
        await choices.change(GuildId(guild.id), MemberId(alice.id), lambda before: before.wanting(wanted=frozenset()))
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        asked = await alice.slash(guild.channel("raid-signups"), "privacy forget")
        assert "You chose to get no unasked messages. That stays" in asked.text()

        await forget(guild, alice)
        told = len(alice.dms)
        await sandbox.delete_message(board)
        await guild.until(lambda: "is cancelled" in dm_text(guild.owner))

        assert len(alice.dms) == told
        assert (await choices.of(GuildId(guild.id), MemberId(alice.id))).is_silent
        key = member_tags.ensure_key(bot.state.db.path)
        rows = await bot.state.db.read(lambda connection: connection.execute("SELECT * FROM silenced").fetchall())
        assert rows == [(guild.id, member_tags.tag(key, alice.id))]


async def test_an_export_is_one_s_own_and_comes_once_a_minute(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_raid(guild)
        for who in (alice, bob):
            await who.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board) and "Bob" in board_text(board))

        answer = await alice.slash(guild.channel("raid-signups"), "privacy export")
        again = await alice.slash(guild.channel("raid-signups"), "privacy export")
        other = await bob.slash(guild.channel("raid-signups"), "privacy export")

    assert answer.ephemeral
    assert answer.message is not None
    (file,) = answer.message.attachments
    said = json.loads(file.content)
    (server,) = said["servers"]
    assert (said["format"], said["version"], said["member"]) == ("raidbot member export", 1, str(alice.id))
    assert server["server"] == str(guild.id)
    assert server["tables"]["members"][0]["name"] == "Alice"
    assert server["tables"]["seats"][0]["of_raid"]["title"]
    assert str(bob.id) not in str(said)
    assert "Bob" not in str(said)
    assert "again in a minute" in again.text()
    assert other.message is not None
    assert other.message.attachments


async def test_a_server_is_deleted_on_request_and_left(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        refused = await alice.slash(guild.channel("raid-signups"), "privacy delete-server")
        assert "Only somebody who manages this server" in refused.text()
        asked = await guild.owner.slash(guild.channel("raid-signups"), "privacy delete-server")
        wrong = await (await asked.click("Delete everything")).submit(name="Elsewhere")
        assert "nothing was deleted" in wrong.text()

        server = bot.get_guild(guild.id)
        assert server is not None
        await (await asked.click("Delete everything")).submit(name=server.name.upper())

        await sandbox.until(lambda: bot.get_guild(guild.id) is None)

        await sandbox.until(lambda: rows_left(database) == 0)
