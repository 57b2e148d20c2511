"""The sign-up text: in the answer to a button, and by direct message for reactions if the server wants it."""

from dataclasses import replace

from discord_sandbox import SandboxGuild
from discord_sandbox.store import Message
from raidbot.bot import RaidBot
from raidbot.raids.model import GuildId, Source
from raidbot.raids.settings import GuildSettings, SignupStyle
from raidbot.state import Cause
from tests.commands.raid.panel_helpers import panel_of
from tests.conftest import Start
from tests.raid_boards import board_text, dm_text, post_raid

TEXT = "Bring **flasks**, @everyone: <https://example.org>"
LITERAL = r"Bring \*\*flasks\*\*, \@everyone\: \<https\://example.org\>"


async def choose(bot: RaidBot, guild: SandboxGuild, *, by_dm: bool) -> None:
    def rule(before: GuildSettings) -> GuildSettings:
        return replace(before, signup_style=SignupStyle.BOTH, signup_text_by_dm=by_dm)

    await bot.state.change_settings(GuildId(guild.id), rule, Cause(Source.COMMAND))


async def post_with_text(guild: SandboxGuild, seats: int) -> Message:
    board = await post_raid(guild, seats=seats)
    panel = await panel_of(guild, board)
    await (await panel.click("Change text")).submit(signup_text=TEXT)
    assert "Whoever signs up reads: Bring" in panel.text()
    return board


async def test_whoever_signs_up_reads_the_text(guild: SandboxGuild, start: Start) -> None:
    alice, bob, cem, dora = (guild.add_member(name) for name in ("alice", "bob", "cem", "dora"))
    async with start() as bot:
        await choose(bot, guild, by_dm=True)
        board = await post_with_text(guild, seats=2)

        pressed = await alice.click(board, "Museum")
        await bob.react(board, "✅")
        await guild.until(lambda: LITERAL in dm_text(bob))
        await bob.unreact(board, "✅")
        await guild.until(lambda: "1/2" in board_text(board))
        await bob.react(board, "✅")
        await guild.until(lambda: "2/2" in board_text(board))
        await cem.react(board, "✅")
        await guild.until(lambda: "you are number 1 in line" in dm_text(cem))
        await choose(bot, guild, by_dm=False)
        await dora.react(board, "✅")
        await guild.until(lambda: "you are number 2 in line" in dm_text(dora))

    assert "Bring **flasks**, @everyone: <https://example.org>" in pressed.text()
    assert LITERAL not in dm_text(alice)
    assert dm_text(bob).count("Bring") == 1
    assert len(cem.dms) == 1
    assert LITERAL in dm_text(cem)
    assert "Bring" not in dm_text(dora)
