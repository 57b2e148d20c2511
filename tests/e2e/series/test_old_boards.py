"""The board before, once the next raid of its series is posted: it links there, and goes or loses its pin if wished."""

from dataclasses import replace
from datetime import timedelta

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids.schedules.rules import Daily
from raidbot.raids.series.model import OldBoards
from tests.conftest import Start
from tests.e2e.series.scene import boards, coming, make, posted
from tests.raid_boards import board_text


async def test_an_old_board_links_to_the_next_one(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await make(bot, guild, coming(sandbox, 23, Daily()))
        (old,) = await posted(sandbox, guild, 1)
        sandbox.advance(timedelta(hours=23, minutes=5))
        await sandbox.until(lambda: len(boards(guild)) == 2)
        new = boards(guild)[1]
        await sandbox.until(
            lambda: f"Next: https://discord.com/channels/{guild.id}/{new.channel_id}/{new.id}" in board_text(old)
        )

    assert "Next:" not in board_text(new)


async def test_old_boards_go_when_their_raid_is_over(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await make(bot, guild, coming(sandbox, 23, Daily(2)), lambda plain: replace(plain, old_boards=OldBoards.DELETE))
        (old,) = await posted(sandbox, guild, 1)
        sandbox.advance(timedelta(hours=48, minutes=5))
        await sandbox.until(
            lambda: [board.id for board in boards(guild)] not in ([], [old.id]) and len(boards(guild)) == 1
        )
        (new,) = boards(guild)
        assert new.id != old.id


async def test_only_the_newest_board_is_pinned(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await make(bot, guild, coming(sandbox, 23, Daily()), lambda plain: replace(plain, old_boards=OldBoards.UNPIN))
        (old,) = await posted(sandbox, guild, 1)
        await sandbox.until(lambda: old.pinned_at)
        sandbox.advance(timedelta(hours=23, minutes=5))
        await sandbox.until(lambda: not old.pinned_at and any(board.pinned_at for board in boards(guild)))
