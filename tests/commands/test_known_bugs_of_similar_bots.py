"""Known bugs of similar bots that no other test covers."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.store import Message
from raidbot.bot import RaidBot
from raidbot.db import raid_history
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.model import ChannelId, GuildId, MemberId, Raid, RaidId, Role, RoleKey, Source
from raidbot.state import Cause
from tests.commands.raid.panel_helpers import code_of
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid
from tests.raids.builders import unposted_raid

BOARD = "/channels/{channel_id}/messages/{message_id}"
SERVERS_ONLY = [0]  # https://discord.com/developers/docs/interactions/application-commands#interaction-contexts


async def post(bot: RaidBot, guild: SandboxGuild, **values: Any) -> tuple[Raid, Message]:
    """Create a raid and return it with its board."""
    now, channel = bot.state.now(), guild.channel("raid-signups")
    plan = replace(
        unposted_raid(),
        guild=GuildId(guild.id),
        channel=ChannelId(channel.id),
        creator=MemberId(guild.owner.id),
        starts_at=now + timedelta(hours=3),
        created_at=now,
        **values,
    )
    raid = await bot.state.create(plan, Cause(Source.COMMAND, MemberId(guild.owner.id)))
    await guild.until(lambda: raid.id in bot.state.boards.values())
    await bot.delivery.boards.idle()
    raid = await bot.state.raid(raid.id)
    return raid, next(one for one in guild.messages(channel) if one.id == raid.message)


async def test_no_command_is_offered_in_a_conversation(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start():
        await post_raid(guild)
        offered = [command.payload for command in sandbox.store.commands.values()]

        assert [one["name"] for one in offered if one.get("contexts") != SERVERS_ONLY] == []


async def test_a_role_with_an_emoji_of_the_server_is_signed_up_for(guild: SandboxGuild, start: Start) -> None:
    alice, emoji = guild.add_member("alice"), guild.add_emoji("dragon")
    role = Role(key=RoleKey("tamer"), name="Tamer", emoji=f"<:dragon:{emoji.id}>", seats=1)
    async with start() as bot:
        raid, board = await post(bot, guild, roles=(role,))

        await alice.react(board, f"dragon:{emoji.id}")

        await guild.until(lambda: "Alice" in board_text(board))
        assert [seat.member for seat in (await bot.state.raid(raid.id)).seats] == [alice.id]


async def test_who_reacted_before_a_restart_leaves_by_taking_the_reaction_off_after_it(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
    async with start() as bot:
        await sandbox.until(lambda: sandbox.count("GET", BOARD, status=200))
        assert bot.get_user(alice.id) is None

        await alice.unreact(board, "✅")

        await guild.until(lambda: "Alice" not in board_text(board))
        happened = await bot.state.db.read(lambda connection: raid_history.latest(connection, RaidId(1), limit=1))
        assert [(one.entry.action, one.actor) for one in happened] == [(AuditAction.LEFT, alice.id)]


async def test_nobody_is_pinged_by_what_others_are_told(guild: SandboxGuild, start: Start) -> None:
    alice, live = guild.add_member("alice"), guild.add_channel("live")
    async with start():
        await guild.owner.slash(live, "setchannel set", what="debug", channel=live)
        board = await post_raid(guild, activity="key", teams=1, name=f"@everyone {alice.mention}")
        await alice.react(board, "1️⃣")
        await guild.until(lambda: any(alice.mention in message.content for message in guild.messages(live)))
        await guild.until(lambda: "Alice" in board_text(board))

        for message in (board, *guild.messages(live)):
            assert not message.mention_everyone
            assert message.mentions == []


async def test_a_raid_with_the_longest_title_gets_its_thread(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await guild.owner.slash(guild.channel("raid-signups"), "settings")
        await panel.click("Threads & messages")
        await panel.select("Discussion threads", ["Discussion threads: archived after 1 day"])

        await post(bot, guild, title="x" * 100, subject="y" * 50)

        (thread,) = await guild.until(lambda: list(guild.facts.threads.values()))
        assert len(thread.name) == 100


async def test_ping_says_nothing_of_other_servers(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    elsewhere = sandbox.add_guild("Elsewhere")
    elsewhere.add_channel("raid-signups")
    async with start():
        await post_raid(elsewhere)

        pong = await guild.owner.slash(guild.channel("raid-signups"), "ping")

        assert "Open raids here: 0" in pong.text()


async def test_a_manager_may_edit_as_often_as_there_is_something_to_edit(guild: SandboxGuild, start: Start) -> None:
    crowd = [guild.add_member(f"member{number}") for number in range(8)]
    async with start() as bot:
        board = await post_raid(guild)
        for member in crowd:
            await guild.owner.slash(
                guild.channel("raid-signups"), "raidsignup assign", raid=code_of(board), member=member, role="museum"
            )

        seats = (await bot.state.raid(RaidId(1))).seats
        assert [seat.member for seat in seats] == [member.id for member in crowd]


async def test_a_burst_of_signups_is_told_to_the_live_log_in_a_few_messages(guild: SandboxGuild, start: Start) -> None:
    live, crowd = guild.add_channel("live"), [guild.add_member(f"member{number}") for number in range(50)]
    async with start(heartbeat_seconds=60):
        await guild.owner.slash(live, "setchannel set", what="debug", channel=live)
        board = await post_raid(guild, seats=50)
        before, loop = len(guild.messages(live)), asyncio.get_running_loop()
        began = loop.time()
        for member in crowd:
            await member.react(board, "✅")

        await guild.until(
            lambda: sum(one.content.count("**Joined**") for one in guild.messages(live)) == len(crowd), timeout=60
        )

        seconds = loop.time() - began  # a slow machine sends more batches, not fewer
        assert len(guild.messages(live)) - before < seconds + len(crowd) / 8


async def test_a_history_names_what_was_played_and_what_was_cancelled(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild, activity="key", teams=1, name="Old Keep")
        await alice.react(board, "1️⃣")
        await guild.until(lambda: "Alice" in board_text(board))
        panel = await guild.owner.slash(guild.channel("raid-signups"), "raid", code=code_of(board))
        await (await panel.click("Cancel raid")).submit()
        sandbox.advance(timedelta(hours=4))

        history = await alice.slash(guild.channel("raid-signups"), "raidinfo history")

        assert "Gold Key Boss — Old Keep" in history.text()
        assert "❌ cancelled" in history.text()


async def test_a_forced_seat_is_called_so_only_while_its_role_is_over_its_number(
    guild: SandboxGuild, start: Start
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        channel, board = guild.channel("raid-signups"), await post_raid(guild, seats=1)
        code = code_of(board)
        for member in (alice, bob):
            await guild.owner.slash(
                channel, "raidsignup assign", raid=code, member=member, role="museum", force=member is bob
            )
        panel = await guild.owner.slash(channel, "raid", code=code)
        await panel.click("Roster")
        assert "Bob — Museum, over capacity" in panel.text()

        await guild.owner.slash(channel, "raidsignup remove", raid=code, member=alice)
        await panel.click("Back")
        await panel.click("Roster")

        assert "Bob — Museum" in panel.text()
        assert "over capacity" not in panel.text()


async def test_the_panel_cuts_no_link_and_gates_say_what_counts_for_them(guild: SandboxGuild, start: Start) -> None:
    channel = guild.channel("raid-signups")
    async with start():
        panel = await guild.owner.slash(channel, "raid", code=code_of(await post_raid(guild)))
        gates = await guild.owner.slash(channel, "permissions")
        await gates.select("What is it about?", ["Signing up: raid"])

        assert "posted" in panel.text()
        assert "posted:" not in panel.text()
        assert "may do everything" not in gates.text()
        assert "Raid leaders may give a seat to anybody" in gates.text()
