"""Reminders and what else works by the clock."""

import re
from datetime import timedelta

from discord_sandbox import Sandbox, SandboxGuild
from tests.commands.raid.panel_helpers import panel_of
from tests.conftest import Start
from tests.e2e.reminders.helpers import asked_by_the_clock, join, remind_at, until_reminded
from tests.raid_boards import post_raid


def mentions(guild: SandboxGuild) -> list[str]:
    """Return what is in the boards' channel besides boards."""
    return [message.content for message in guild.messages(guild.channel("raid-signups")) if not message.embeds]


async def test_closed_dms_keep_out_a_joint_reminder_of_each_of_its_raids(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    ann, bob = guild.add_member("ann"), guild.add_member("bob")
    async with start() as bot:
        await remind_at(bot, guild, "1 hour, 10 min", unreached_mentions=True)
        one = await post_raid(guild, when="in 3 hours", seats=5)
        two = await post_raid(guild, when="in 190 minutes", seats=5)
        boards = [f"/{board.id}" for board in (one, two)]
        for board in (one, two):
            await join(guild, board, ann, bob)
        ann.close_dms()
        sandbox.advance(timedelta(hours=2, seconds=1))
        await until_reminded(guild, bob)
        await asked_by_the_clock(bot)
        for board in (one, two):
            assert "Did not get: a reminder: Ann" in (await panel_of(guild, board)).text()
        sandbox.advance(timedelta(minutes=50))
        await until_reminded(guild, bob, times=2)
        named = await guild.until(lambda: found if len(found := mentions(guild)) >= 4 else [])

    # Two reminders of two raids each, and one mention for each of them.
    assert sorted(len(re.findall(re.escape(link), "".join(named))) for link in boards) == [2, 2]
    assert all(f"<@{ann.id}>" in one and str(bob.id) not in one for one in named)
