"""Stars of leader role holders on every board they are on."""

from dataclasses import replace

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Message, Role
from raidbot.bot import RaidBot
from raidbot.raids.model import GuildId, Source
from raidbot.raids.settings import GuildSettings, SignupStyle
from raidbot.state import Cause
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid


@pytest.fixture
def veterans(guild: SandboxGuild) -> Role:
    return guild.add_role("Veterans")


async def choose(bot: RaidBot, guild: SandboxGuild, role: Role | None) -> None:
    """Choose the server's leader role, and allow signing up both by reactions and by buttons."""

    def chosen(settings: GuildSettings) -> GuildSettings:
        return replace(settings, leader_role=role.id if role else None, signup_style=SignupStyle.BOTH)

    await bot.state.change_settings(GuildId(guild.id), chosen, Cause(Source.COMMAND))


def stars(board: Message) -> list[str]:
    """Return the names with a star, in the board's order."""
    lines = [line.partition("⭐ ")[2] for line in board_text(board).splitlines() if "⭐ " in line]
    return [name.split(" ")[0] for name in lines]


def edits(sandbox: Sandbox, board: Message) -> int:
    return sum(call.method == "PATCH" and call.path.endswith(f"/messages/{board.id}") for call in sandbox.calls)


def asked_for(sandbox: Sandbox, *people: Person) -> int:
    """Return the number of the bot's REST calls for these members."""
    ends = tuple(f"/members/{person.id}" for person in people)
    return sum(call.method == "GET" and call.path.endswith(ends) for call in sandbox.calls)


async def code_of(bot: RaidBot, board: Message) -> str:
    return (await bot.state.raid(bot.state.boards[board.id])).code  # type: ignore[index]


async def test_holders_have_a_star_whichever_way_they_sign_up(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, veterans: Role
) -> None:
    channel = guild.channel("raid-signups")
    alice, bob, carol = (guild.add_member(name, roles=[veterans]) for name in ("alice", "bob", "carol"))
    dave = guild.add_member("dave")
    async with start() as bot:
        await choose(bot, guild, veterans)
        board = await post_raid(guild)
        code = await code_of(bot, board)

        await alice.react(board, "✅")
        await guild.until(lambda: stars(board) == ["Alice"])
        await dave.react(board, "✅")
        await bob.click(board, "Museum")
        await guild.until(lambda: stars(board) == ["Alice", "Bob"])
        await guild.owner.slash(channel, "raidsignup assign", raid=code, member=carol, role="museum")
        await guild.until(lambda: stars(board) == ["Alice", "Bob", "Carol"])

        assert "Dave" in board_text(board)
        detail = await dave.slash(channel, "raidinfo detail", code=code)
        assert "⭐ Alice" in detail.text()
        roster = await (await guild.owner.slash(channel, "raid", code=code)).click("Roster")
        assert "⭐ Alice" in roster.text()
        assert asked_for(sandbox, alice, bob, carol, dave) == 0


async def test_a_star_follows_the_role(guild: SandboxGuild, start: Start, veterans: Role) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        await choose(bot, guild, veterans)
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))

        await guild.give_role(alice, veterans)
        await guild.until(lambda: stars(board) == ["Alice"])

        await guild.take_role(alice, veterans)
        await guild.until(lambda: stars(board) == [])


async def test_stars_are_right_soon_after_another_role_is_chosen(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, veterans: Role
) -> None:
    officers = guild.add_role("Officers")
    alice, bob = guild.add_member("alice", roles=[veterans]), guild.add_member("bob", roles=[officers])
    async with start() as bot:
        await choose(bot, guild, None)
        boards = [await post_raid(guild), await post_raid(guild)]
        for board in boards:
            await alice.react(board, "✅")
            await bob.react(board, "✅")
            await guild.until(lambda board=board: "Bob" in board_text(board))  # type: ignore[misc]

        await choose(bot, guild, veterans)
        await guild.until(lambda: [stars(board) for board in boards] == [["Alice"], ["Alice"]])
        before = [edits(sandbox, board) for board in boards]
        await choose(bot, guild, None)
        await guild.until(lambda: [stars(board) for board in boards] == [[], []])
        assert [edits(sandbox, board) for board in boards] == [count + 1 for count in before]
        await choose(bot, guild, officers)
        await guild.until(lambda: [stars(board) for board in boards] == [["Bob"], ["Bob"]])

        assert asked_for(sandbox, alice, bob) == 0


async def test_a_board_shows_the_same_stars_after_a_restart(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, veterans: Role
) -> None:
    alice, bob = (guild.add_member(name, roles=[veterans]) for name in ("alice", "bob"))
    async with start() as bot:
        await choose(bot, guild, veterans)
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await bob.react(board, "✅")
        await guild.until(lambda: stars(board) == ["Alice", "Bob"])
    before = edits(sandbox, board)
    async with start() as bot:
        await bot.delivery.boards.idle()
        assert edits(sandbox, board) == before
    await guild.take_role(alice, veterans)

    async with start():
        await guild.until(lambda: stars(board) == ["Bob"])


async def test_a_role_that_was_deleted_gives_no_star(guild: SandboxGuild, start: Start, veterans: Role) -> None:
    alice = guild.add_member("alice", roles=[veterans])
    async with start() as bot:
        await choose(bot, guild, veterans)
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: stars(board) == ["Alice"])

        await guild.delete_role(veterans)

        await guild.until(lambda: stars(board) == [])


async def test_a_star_is_there_though_the_signup_came_while_nobody_listened(
    guild: SandboxGuild, start: Start, veterans: Role
) -> None:
    alice = guild.add_member("alice", roles=[veterans])
    async with start() as bot:
        await choose(bot, guild, veterans)
        board = await post_raid(guild)
    await alice.react(board, "✅")

    async with start():
        await guild.until(lambda: stars(board) == ["Alice"])
