"""Posting a raid of a series survives a kill at every await of “claim, post, record, tell”: one board, one mention."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.db.database import Database
from raidbot.delivery.boards.posting import Posting
from raidbot.delivery.boards.raid_boards import RaidBoards
from raidbot.jobs.series import SeriesPosting
from raidbot.jobs.series_poster import SeriesPoster
from raidbot.raids.model import GuildId, MemberId, RoleKey, Source
from raidbot.raids.series import rules
from raidbot.raids.series.model import Series, Turn
from raidbot.series import SeriesState
from raidbot.state import Cause, State
from tests.chaos import IS_LONG, QUICK
from tests.e2e.kill_points.points import KillPoint, kill_points
from tests.e2e.kill_points.process import run_and_kill
from tests.e2e.series.scene import boards, coming, pinged_roles
from tests.raid_boards import board_text
from tests.suite.forked_bot import ForkedBot

NOT_IN_THIS_STORY = frozenset(
    {
        *("kind.refused", "self._ended", "self._take_down", "self._find", "self._state.series.change"),
        "kind.mention_unheard",
    }
)
"""Refusals, a role that nobody may mention, boards posted by an earlier run, and boards of raids that are over."""
POINTS = kill_points(
    (
        SeriesPosting._look,
        SeriesPosting._post_all,
        SeriesPoster.post,
        SeriesPoster._tidied,
        SeriesPoster._admitted,
        State.create,
        SeriesState.note_look,
        Posting._post,
        Posting._message,
        RaidBoards.claim_post,
        RaidBoards.note_posted,
    ),
    besides=NOT_IN_THIS_STORY,
)
IN_THE_SUITE = "after _message: with_controls"
"""Between board and record."""


def sample() -> list[KillPoint]:
    return [point for point in POINTS if IS_LONG or str(point).startswith(IN_THE_SUITE)]


async def a_series_is_due(database: Path, sandbox: Sandbox, guild: SandboxGuild, role: int, member: int) -> None:
    db = await Database.open(database)
    state = State(db, sandbox.clock.now)
    now = state.now()
    plain = Series(
        guild=GuildId(guild.id),
        name="Museum night",
        schedule=coming(sandbox, 20),
        rotation=(Turn(template="museum", seats=2),),
        creator=MemberId(guild.owner.id),
        created_at=now,
        looked_at=now,
        mention=role,
    )
    standing = rules.join(plain, MemberId(member), RoleKey("museum"), now=now)
    await state.series.create(standing, Cause(Source.COMMAND, MemberId(member)))
    await db.close()


@pytest.mark.chaos
@pytest.mark.parametrize("point", sample(), ids=str)
async def test_one_board_whatever_the_moment(
    sandbox: Sandbox, guild: SandboxGuild, database: Path, tmp_path: Path, point: KillPoint
) -> None:
    alice, raiders = guild.add_member("alice"), guild.add_role("Raiders", mentionable=True)
    await a_series_is_due(database, sandbox, guild, raiders.id, alice.id)

    await run_and_kill(sandbox, tmp_path, point)
    bot = ForkedBot(sandbox, tmp_path, settings=QUICK)
    await bot.start()
    await sandbox.until(lambda: any(board.reactions for board in boards(guild)), timeout=30)
    await sandbox.until(lambda: "Alice" in board_text(boards(guild)[0]), timeout=30)
    assert await bot.stop() == 0

    assert len(boards(guild)) == 1
    assert pinged_roles(guild) == [{raiders.id}]
    with closing(sqlite3.connect(database)) as connection:
        raids = connection.execute("SELECT status, message FROM raids").fetchall()
        claims = connection.execute("SELECT state, raid FROM series_occurrences").fetchall()
    assert raids == [("open", boards(guild)[0].id)]
    assert claims == [("posted", 1)]
