"""One raid that cannot be read keeps nobody else waiting."""

from pathlib import Path

import pytest

from discord_sandbox import SandboxGuild
from tests.commands.raid.panel_helpers import code_of
from tests.conftest import Start
from tests.e2e import database_facts
from tests.raid_boards import board_text, post_raid

DAMAGES = {
    "a list that is a number": "UPDATE raids SET sides = '5' WHERE id = 1",
    "a time in three million years": "UPDATE raids SET starts_at = 99999999999999 WHERE id = 1",
    "a word nobody knows": "UPDATE seats SET source = 'magic' WHERE raid = 1",
}


@pytest.mark.parametrize("damage", DAMAGES)
async def test_the_bot_starts_and_every_other_raid_goes_on(
    guild: SandboxGuild, start: Start, database: Path, damage: str
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        damaged, other = await post_raid(guild), await post_raid(guild)
        await alice.react(damaged, "✅")
        await guild.until(lambda: "Alice" in board_text(damaged))
    with database_facts.open_writable(database) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        assert connection.execute(DAMAGES[damage]).rowcount == 1

    async with start():
        await bob.react(other, "✅")

        await guild.until(lambda: "Bob" in board_text(other))


@pytest.mark.parametrize("damage", DAMAGES)
async def test_whoever_is_on_it_still_sees_and_leaves_their_other_raids(
    guild: SandboxGuild, start: Start, database: Path, damage: str
) -> None:
    alice, channel = guild.add_member("alice"), guild.channel("raid-signups")
    async with start():
        damaged, other = await post_raid(guild), await post_raid(guild)
        await alice.react(damaged, "✅")
        await alice.react(other, "✅")
        await guild.until(lambda: "Alice" in board_text(damaged) and "Alice" in board_text(other))
    with database_facts.open_writable(database) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(DAMAGES[damage])

    async with start():
        hers = await alice.slash(channel, "mysignups")
        calendar = await alice.slash(channel, "raidinfo export", what="mine")

        assert "1 raid is missing here" in hers.text()
        assert calendar.message is not None
        assert calendar.message.attachments
        await hers.select("Leave or change which one?", [code_of(other)])
        await hers.click("Leave this raid")
        await guild.until(lambda: "Alice" not in board_text(other))
