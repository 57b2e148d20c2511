"""Roles whose emoji is dead, or finds no room under the board."""

from datetime import timedelta

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.assumptions import DeadEmoji
from discord_sandbox.store import Message
from raidbot.bot import RaidBot
from raidbot.raids.model import ChannelId, GuildId, MemberId, Raid, Role, RoleKey, Source
from raidbot.state import Cause
from tests.conftest import Start
from tests.raid_boards import board_text, dm_text
from tests.raids.builders import unposted_raid

CLEAR_EMOJI = "DELETE /channels/{}/messages/{}/reactions/{}"
FOREIGN = tuple("🍕🍔🍟🌭🍿🧂🥓🥚🍳🧇🥞🧈🍞🥐🥨🥯🥖🧀🥗")


async def post_roles(bot: RaidBot, guild: SandboxGuild, *emojis: str) -> tuple[Raid, Message]:
    """Post a raid with a role for each emoji, called Role 1 and so on; return it with its board."""
    roles = [
        Role(key=RoleKey(f"role-{number}"), name=f"Role {number}", emoji=emoji, seats=3)
        for number, emoji in enumerate(emojis, 1)
    ]
    now = bot.state.now()
    plan = unposted_raid(
        of=roles,
        guild=GuildId(guild.id),
        channel=ChannelId(guild.channel("raid-signups").id),
        creator=MemberId(guild.owner.id),
        starts_at=now + timedelta(days=1),
        created_at=now,
    )
    raid = await bot.state.create(plan, Cause(Source.COMMAND))
    await guild.until(lambda: guild.messages(guild.channel("raid-signups")))
    return raid, guild.messages(guild.channel("raid-signups"))[0]


async def panel_text(guild: SandboxGuild, raid: Raid) -> str:
    return (await guild.owner.slash(guild.channel("raid-signups"), "raid", code=raid.code)).text()


@pytest.mark.parametrize("dead", DeadEmoji)
async def test_a_dead_emoji_blinds_no_other_role(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, dead: DeadEmoji
) -> None:
    sandbox.assumptions.dead_emoji = dead
    emoji = guild.add_emoji("tank")
    alice, bob, cem = (guild.add_member(name) for name in ("alice", "bob", "cem"))
    async with start() as bot:
        _, board = await post_roles(bot, guild, f"<:tank:{emoji.id}>", "2️⃣")
        await guild.until(lambda: len(board.reactions) == 2)
        await alice.react(board, f"tank:{emoji.id}")
        await bob.react(board, "2️⃣")
        await guild.until(lambda: "Alice" in board_text(board) and "Bob" in board_text(board))
    await guild.delete_emoji(emoji)
    await bob.unreact(board, "2️⃣")
    await cem.react(board, "2️⃣")

    async with start():
        await guild.until(lambda: "Cem" in board_text(board) and "Bob" not in board_text(board))

        assert "Alice" in board_text(board)


async def test_a_dead_emoji_is_named_on_the_panel_and_told_once(guild: SandboxGuild, start: Start) -> None:
    emoji = guild.add_emoji("tank")
    alice = guild.add_member("alice")
    async with start() as bot:
        raid, board = await post_roles(bot, guild, f"<:tank:{emoji.id}>", "2️⃣")
        await guild.until(lambda: len(board.reactions) == 2)
        await alice.react(board, f"tank:{emoji.id}")
        await guild.until(lambda: "Alice" in board_text(board))
    await guild.delete_emoji(emoji)

    for _ in range(2):
        async with start():
            await guild.until(lambda: "Nobody can react for" in dm_text(guild.owner))
            panel = await panel_text(guild, raid)

    assert "Without a reaction: Role 1 (the emoji was deleted" in panel
    assert dm_text(guild.owner).count("Nobody can react for **Role 1**") == 1


async def test_a_dead_emoji_leaves_the_other_roles_their_reactions(guild: SandboxGuild, start: Start) -> None:
    emoji = guild.add_emoji("tank")
    await guild.delete_emoji(emoji)
    async with start() as bot:
        raid, board = await post_roles(bot, guild, "1️⃣", f"<:tank:{emoji.id}>", "3️⃣")

        await guild.until(lambda: len(board.reactions) == 2)

        await guild.until(lambda: "Nobody can react for **Role 2**" in dm_text(guild.owner))
        assert "Role 2 (the emoji was deleted" in await panel_text(guild, raid)


async def test_a_foreign_emoji_gives_up_its_place_to_a_role(
    guild: SandboxGuild, start: Start, sandbox: Sandbox
) -> None:
    alice = guild.add_member("alice")
    emojis = [chr(0x1F1E6 + number) for number in range(20)]
    held = sandbox.faults.hold(route="PUT /channels/{}/messages/{}/reactions/{}/@me", calls=1)
    async with start() as bot:
        _, board = await post_roles(bot, guild, *emojis)
        await sandbox.until(lambda: held.met)
        await alice.react(board, FOREIGN[0])
        held.lift()

        await guild.until(lambda: all(sandbox.bot.id in board.reactors(emoji) for emoji in emojis))

        assert FOREIGN[0] not in board.reactions


async def test_a_role_without_room_gets_its_reaction_when_a_foreign_one_goes(
    guild: SandboxGuild, start: Start, sandbox: Sandbox
) -> None:
    alice = guild.add_member("alice")
    refusal = sandbox.faults.refuse(50013, route=CLEAR_EMOJI)
    held = sandbox.faults.hold(route="PUT /channels/{}/messages/{}/reactions/{}/@me", calls=1)
    async with start() as bot:
        raid, board = await post_roles(bot, guild, "1️⃣", "2️⃣")
        await sandbox.until(lambda: held.met)
        for emoji in FOREIGN:
            await alice.react(board, emoji)
        held.lift()
        await guild.until(lambda: "Nobody can react for **Role 2**" in dm_text(guild.owner))
        assert refusal.met
        assert "Role 2 (the message has 20 different reactions" in await panel_text(guild, raid)

        await alice.unreact(board, FOREIGN[5])

        await guild.until(lambda: sandbox.bot.id in board.reactors("2️⃣"))
        while "role has its reaction again" not in await panel_text(guild, raid):
            pass
        assert "Without a reaction" not in await panel_text(guild, raid)


async def test_six_roles_without_a_reaction_are_one_message_and_one_reason(guild: SandboxGuild, start: Start) -> None:
    gone = [guild.add_emoji(f"gone{number}") for number in range(6)]
    for emoji in gone:
        await guild.delete_emoji(emoji)
    async with start() as bot:
        raid, _ = await post_roles(bot, guild, "1️⃣", *(f"<:gone:{emoji.id}>" for emoji in gone))

        await guild.until(lambda: "Nobody can react for" in dm_text(guild.owner))
        panel = await panel_text(guild, raid)

    assert dm_text(guild.owner).count("Nobody can react for") == 1
    assert "**Role 6** or **Role 7** in" in dm_text(guild.owner)
    (line,) = [line for line in panel.splitlines() if "Without a reaction" in line]
    assert line.count("the emoji was deleted") == 1
