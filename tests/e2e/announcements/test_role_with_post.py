"""A role that is mentioned with the post of a raid."""

from dataclasses import replace

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.store import Message, Role
from raidbot.bot import RaidBot
from raidbot.raids.model import ChannelId, GuildId, MemberId, Source
from raidbot.state import Cause
from tests.conftest import Start
from tests.raid_boards import board_text
from tests.raids.builders import roles, unposted_raid

SEND = "/channels/{channel_id}/messages"
HOSTILE = "x` <@everyone> `x @here [free](https://evil.example)"


async def post_mentioning(bot: RaidBot, guild: SandboxGuild, role: Role, *, title: str = "Molten Core") -> Message:
    """Post a raid with a role, as a series does, and return its board once it stands."""
    channel, now = guild.channel("raid-signups"), bot.state.now()
    later = now.replace(year=now.year + 1)
    plan = replace(
        unposted_raid(of=roles(tank=30), title=title, description=title, strategy=title, mention_role=role.id),
        guild=GuildId(guild.id),
        channel=ChannelId(channel.id),
        creator=MemberId(guild.owner.id),
        created_at=now,
        starts_at=later,
    )
    await bot.state.create(plan, Cause(Source.CLOCK))
    return (await guild.until(lambda: [one for one in guild.messages(channel) if one.reactions]))[0]


async def test_a_role_is_notified_once_and_its_mention_stays(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    raiders = guild.add_role("Raiders", mentionable=True)
    people = [guild.add_member(f"raider{number}") for number in range(20)]
    async with start() as bot:
        board = await post_mentioning(bot, guild, raiders)
        for person in people:
            await person.react(board, "1️⃣")
        await guild.until(lambda: "20/30" in board_text(board))

    assert (board.content, board.mention_roles) == (f"<@&{raiders.id}>", [raiders.id])
    sent = [call for call in sandbox.calls if call.method == "POST" and call.route == SEND]
    assert [call.request["allowed_mentions"] for call in sent] == [{"parse": [], "roles": [raiders.id]}]
    edits = [call.request for call in sandbox.calls if call.method == "PATCH"]
    assert edits
    assert not any("content" in body or "allowed_mentions" in body for body in edits)  # Discord keeps the line as it is


async def test_texts_of_the_raid_notify_nobody_else(guild: SandboxGuild, start: Start) -> None:
    raiders, others = (guild.add_role(name, mentionable=True) for name in ("Raiders", "Others"))
    async with start() as bot:
        board = await post_mentioning(bot, guild, raiders, title=f"<@&{others.id}> {HOSTILE}")

    assert (board.mention_roles, board.mentions, board.mention_everyone) == ([raiders.id], [], False)
