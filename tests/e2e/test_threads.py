"""Discussion threads through a raid's lifecycle."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from discord_sandbox import Sandbox, SandboxGuild, channels
from discord_sandbox.people import Person, PersonResponse
from discord_sandbox.store import Channel, Message
from raidbot.bot import RaidBot
from raidbot.raids.model import ChannelId, GuildId, MemberId, RaidId, Source
from raidbot.raids.settings import GuildSettings, SignupStyle
from raidbot.state import Cause
from tests.conftest import Start
from tests.db.audit.rows_in_words import rows_in_words
from tests.delivery.harness import until
from tests.e2e.fast_loop import sped_up
from tests.raid_boards import board_text, post_raid
from tests.raids.builders import roles, unposted_raid

SEND = "POST /channels/{}/messages"
ADD = "PUT /channels/{}/thread-members/{}"


def has_first_message(thread: Channel) -> bool:
    """Return True once the thread has its first message, which would unarchive it if posted later."""
    return any("belong here" in message.content for message in thread.messages.values())


async def enable_threads(guild: SandboxGuild) -> PersonResponse:
    """Switch discussion threads on and return the page of /settings about threads."""
    settings = await guild.owner.slash(guild.channel("raid-signups"), "settings")
    await settings.click("Threads & messages")
    await settings.select("Discussion threads", ["Discussion threads: archived after 1 day"])
    return settings


async def test_a_thread_is_put_away_on_closing_and_taken_out_on_reopening(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    channel = guild.channel("raid-signups")
    async with start() as bot:
        await enable_threads(guild)
        board, thread = await put_up_with_thread(guild)
        raid = await bot.state.raid(bot.state.boards[board.id])  # type: ignore[index]
        panel = await guild.owner.slash(channel, "raid", code=raid.code)

        sandbox.faults.answer(503, route="PATCH /channels/{}", calls=1)
        await panel.click("Close signups")
        await guild.until(lambda: thread.state.archived)

        await panel.click("Reopen signups")
        await guild.until(lambda: not thread.state.archived)


async def test_a_new_time_is_said_in_the_thread_while_signups_are_open(guild: SandboxGuild, start: Start) -> None:
    channel = guild.channel("raid-signups")
    async with start() as bot:
        await enable_threads(guild)
        board, thread = await put_up_with_thread(guild)
        raid = await bot.state.raid(bot.state.boards[board.id])  # type: ignore[index]
        panel = await guild.owner.slash(channel, "raid", code=raid.code)

        await (await panel.click("Change time")).submit(when="in 5 hours")
        await guild.until(lambda: any("New time" in message.content for message in thread.messages.values()))

        await panel.click("Close signups")
        await guild.until(lambda: thread.state.archived)
        await (await panel.click("Change time")).submit(when="in 6 hours")
        await panel.click("Reopen signups")
        await guild.until(lambda: not thread.state.archived)
        assert sum("New time" in message.content for message in thread.messages.values()) == 1


async def test_a_thread_the_bot_may_not_edit_holds_nothing_up(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    channel = guild.channel("raid-signups")
    async with start() as bot:
        await enable_threads(guild)
        boards = [await post_raid(guild), await post_raid(guild)]
        await guild.until(lambda: len(guild.facts.threads) == len(boards))
        threads = [guild.facts.threads[board.id] for board in boards]
        await guild.until(lambda: all(map(has_first_message, threads)))
        sandbox.faults.refuse(50013, route="PATCH /channels/{}", calls=1)
        for board in boards:
            raid = await bot.state.raid(bot.state.boards[board.id])  # type: ignore[index]
            await (await guild.owner.slash(channel, "raid", code=raid.code)).click("Close signups")

        await guild.until(lambda: [thread.state.archived for thread in threads] == [False, True])


async def enable_thread_members(bot: RaidBot, guild: SandboxGuild, *, style: SignupStyle = SignupStyle.BOTH) -> None:
    """Switch on discussion threads and adding members to them."""

    def wanting(settings: GuildSettings) -> GuildSettings:
        return replace(settings, threads=True, thread_members=True, signup_style=style)

    await bot.state.change_settings(GuildId(guild.id), wanting, Cause(Source.COMMAND))


async def put_up_with_thread(guild: SandboxGuild) -> tuple[Message, Channel]:
    board = await post_raid(guild)
    await guild.until(lambda: board.id in guild.facts.threads)
    thread = guild.facts.threads[board.id]
    await guild.until(lambda: has_first_message(thread))
    return board, thread


async def code_of(bot: RaidBot, board: Message) -> str:
    return (await bot.state.raid(bot.state.boards[board.id])).code  # type: ignore[index]


def joined(thread: Channel, *people: Person) -> bool:
    """Return True if exactly these people and the bot are in the thread."""
    return set(thread.state.members) == {thread.state.owner_id, *(person.id for person in people)}


def added(sandbox: Sandbox, person: Person) -> int:
    """Return the number of calls that add the person to a thread."""
    return sum(call.method == "PUT" and call.path.endswith(f"/thread-members/{person.id}") for call in sandbox.calls)


async def count_audit_rows(bot: RaidBot, action: str) -> int:
    """Return the number of audit rows with this action."""
    return [row.action for row in await bot.state.db.read(rows_in_words)].count(action)


async def is_written_down(bot: RaidBot, action: str) -> bool:
    return await count_audit_rows(bot, action) > 0


async def is_seated(bot: RaidBot, raid: RaidId, person: Person) -> bool:
    return (await bot.state.raid(raid)).seat_of(MemberId(person.id)) is not None


async def test_whoever_signs_up_is_added_to_the_thread_once_whichever_way(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    channel = guild.channel("raid-signups")
    alice, bob, carol, dave = (guild.add_member(name) for name in ("alice", "bob", "carol", "dave"))
    async with start() as bot:
        await enable_thread_members(bot, guild)
        board, thread = await put_up_with_thread(guild)
        code = await code_of(bot, board)

        await alice.react(board, "✅")
        await bob.click(board, "Museum")
        await guild.owner.slash(channel, "raidsignup assign", raid=code, member=carol, role="museum")
        await guild.until(lambda: joined(thread, alice, bob, carol))
        await alice.unreact(board, "✅")
        await guild.until(lambda: "Alice" not in board_text(board))
        await alice.react(board, "✅")
        await dave.react(board, "✅")
        await guild.until(lambda: joined(thread, alice, bob, carol, dave))

        assert [added(sandbox, person) for person in (alice, bob, carol, dave)] == [1, 1, 1, 1]


async def test_whoever_waits_is_added_and_whoever_leaves_the_thread_stays_out(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice, bob, carol = (guild.add_member(name) for name in ("alice", "bob", "carol"))
    async with start() as bot:
        await enable_thread_members(bot, guild)
        plan = replace(
            unposted_raid(of=roles(tank=1)),
            guild=GuildId(guild.id),
            channel=ChannelId(guild.channel("raid-signups").id),
            creator=MemberId(guild.owner.id),
            starts_at=bot.state.now() + timedelta(hours=3),
        )
        raid = await bot.state.create(plan, Cause(Source.COMMAND))
        thread = (await guild.until(lambda: list(guild.facts.threads.values())))[0]
        (board,) = [one for one in guild.messages(guild.channel("raid-signups")) if one.id == thread.id]
        await alice.react(board, "1️⃣")
        await bob.react(board, "1️⃣")
        await guild.until(lambda: joined(thread, alice, bob))
        assert [wait.member for wait in (await bot.state.raid(raid.id)).waits] == [bob.id]

        channels.leave_thread(sandbox.world, guild.facts, thread, alice.id)
        await alice.unreact(board, "1️⃣")
        await until(partial(is_seated, bot, raid.id, bob))
        await alice.react(board, "1️⃣")
    async with start():
        await carol.react(board, "1️⃣")

        await guild.until(lambda: joined(thread, bob, carol))
        assert [added(sandbox, person) for person in (alice, bob, carol)] == [1, 1, 1]


async def test_members_missing_at_the_start_are_added_once(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    alice, bob, carol = (guild.add_member(name) for name in ("alice", "bob", "carol"))
    async with start() as bot:
        await enable_thread_members(bot, guild)
        board, thread = await put_up_with_thread(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: joined(thread, alice))
        fault = sandbox.faults.answer(503, route=ADD)
        await bob.react(board, "✅")
        await guild.until(lambda: fault.met and "Bob" in board_text(board))
    fault.lift()

    async with start():
        await guild.until(lambda: joined(thread, alice, bob))
    before = added(sandbox, bob)
    async with start():
        await carol.react(board, "✅")
        await guild.until(lambda: joined(thread, alice, bob, carol))

    assert (added(sandbox, alice), added(sandbox, bob)) == (1, before)


async def test_a_missing_right_is_said_once_and_everybody_is_added_when_it_is_given(
    guild: SandboxGuild, start: Start
) -> None:
    channel = guild.channel("raid-signups")
    alice, bob, carol = (guild.add_member(name) for name in ("alice", "bob", "carol"))
    async with start() as bot:
        await enable_thread_members(bot, guild)
        board, thread = await put_up_with_thread(guild)
        guild.deny(channel, "send_messages_in_threads")
        for person in (alice, bob):
            await person.react(board, "✅")
            await guild.until(lambda person=person: person.name.title() in board_text(board))  # type: ignore[misc]
        await until(partial(is_written_down, bot, "members cannot be added to the thread"))

        guild.allow(channel, "send_messages_in_threads")
        await carol.react(board, "✅")
        await guild.until(lambda: joined(thread, alice, bob, carol))

        assert await count_audit_rows(bot, "members cannot be added to the thread") == 1


async def test_a_thread_put_away_for_want_of_words_is_taken_out_for_a_new_member(
    guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        await enable_thread_members(bot, guild)
        board, thread = await put_up_with_thread(guild)
        thread.state.archived = True

        await alice.react(board, "✅")

        await guild.until(lambda: joined(thread, alice) and not thread.state.archived)


async def test_whoever_came_before_the_close_is_added_before_the_thread_is_put_away(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        await enable_thread_members(bot, guild)
        board, thread = await put_up_with_thread(guild)
        code = await code_of(bot, board)
        fault = sandbox.faults.answer(503, route=ADD)
        await alice.react(board, "✅")
        await guild.until(lambda: fault.met)
        await (await guild.owner.slash(guild.channel("raid-signups"), "raid", code=code)).click("Close signups")
        assert not thread.state.archived
        fault.lift()

        with sped_up(10):
            await guild.until(lambda: thread.state.archived, timeout=300)

        assert joined(thread, alice)


async def test_a_message_that_came_late_does_not_leave_a_closed_raids_thread_out(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    async with start() as bot:
        await enable_thread_members(bot, guild)
        board, thread = await put_up_with_thread(guild)
        panel = await guild.owner.slash(guild.channel("raid-signups"), "raid", code=await code_of(bot, board))
        fault = sandbox.faults.answer(503, route=SEND)
        await (await panel.click("Change time")).submit(when="in 5 hours")
        await guild.until(lambda: fault.met)

        await panel.click("Close signups")
        await guild.until(lambda: "Signups closed" in board_text(board))
        fault.lift()
        sandbox.advance(timedelta(minutes=1))

        await guild.until(lambda: any("New time" in message.content for message in thread.messages.values()))
        await guild.until(lambda: thread.state.archived)


async def test_a_thread_deleted_unnoticed_is_written_down_as_lost(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        await enable_thread_members(bot, guild)
        board, thread = await put_up_with_thread(guild)
    await sandbox.delete_channel(thread)

    async with start() as bot:
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        await until(partial(is_written_down, bot, "thread lost"))

        async def has_none() -> bool:
            return (await bot.state.raid(bot.state.boards[board.id])).thread is None  # type: ignore[index]

        await until(has_none)  # the cache changes after the database


async def test_members_are_added_after_the_setting_is_switched_on(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        settings = await enable_threads(guild)
        board, thread = await put_up_with_thread(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        assert joined(thread)

        await settings.click("Add signups to the thread: no")

        await guild.until(lambda: joined(thread, alice))
        assert (await bot.state.settings(GuildId(guild.id))).thread_members


async def test_the_first_message_names_who_is_in_already(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice_*")
    async with start() as bot:
        await enable_thread_members(bot, guild)
        fault = sandbox.faults.answer(503, route="POST /channels/{}/messages/{}/threads")
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: fault.met and "**1/12**" in board_text(board))
        fault.lift()

        with sped_up(10):
            await guild.until(lambda: board.id in guild.facts.threads, timeout=300)
        thread = guild.facts.threads[board.id]
        await guild.until(lambda: has_first_message(thread))

        assert any(r"Already in: Alice\_\*." in message.content for message in thread.messages.values())
        await guild.until(lambda: joined(thread, alice))
