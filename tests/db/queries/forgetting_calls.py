"""Calls of the functions on whom to forget and what is kept too long, for `calls.py`."""

import sqlite3
from collections.abc import Callable, Iterator
from functools import partial

from raidbot.db import guilds
from raidbot.db.forgetting import aging, jobs
from raidbot.db.forgetting.erasing import Whom
from raidbot.db.forgetting.jobs import Forgotten
from raidbot.raids.model import MemberId, RaidId
from tests.raids.builders import GUILD, NOW, TANK

Call = Callable[[sqlite3.Connection], object]

_LINE = Forgotten(guild=GUILD, tag="tag", at=1)


def aging_calls(member: MemberId) -> Iterator[tuple[str, Call]]:
    yield "outlived", partial(aging.outlived, now=NOW, limit=10)
    yield "idle_names", partial(_idle_names, member=member)
    yield "delete_names", partial(aging.delete_names, names=[(GUILD, MemberId(member + 1_000_000))])


def _idle_names(tx: sqlite3.Connection, member: MemberId) -> None:
    guilds.save_names(tx, GUILD, [(member, "Ann"), (MemberId(member + 1_000_000), "Ben")])
    aging.idle_names(tx, after=None, window=50)


def forgetting_calls(raid: RaidId, member: MemberId) -> Iterator[tuple[str, Call]]:
    yield "ask", partial(jobs.ask, member=member, guilds=[GUILD], now=NOW)
    yield "pending", jobs.pending
    yield "is_pending", partial(jobs.is_pending, member=member)
    yield "note_old_reactions", partial(jobs.note_old_reactions, guild=GUILD, tag="tag", since=NOW)
    yield "old_reactions", jobs.old_reactions
    yield "end_old_reaction", partial(jobs.end_old_reaction, raid=raid, tag="tag", role=TANK)
    yield "raids_with_old_reactions", partial(jobs.raids_with_old_reactions, before=NOW)
    yield "delete_old_reactions", partial(jobs.delete_old_reactions, raid=raid)
    yield (
        "note_forgotten",
        partial(jobs.note_forgotten, whom=Whom(guild=GUILD, member=member, stand_in=-1), line=_LINE),
    )
    yield "forgotten", jobs.forgotten
    yield "note_again", partial(jobs.note_again, lines=[_LINE], tags={"tag": member})
    yield "is_unclean", jobs.is_unclean
    yield "note_clean", jobs.note_clean
