"""Closing, reminders and draft pruning on a database, with the time passed in, without Discord."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from raidbot.db import drafts
from raidbot.db.database import Database
from raidbot.delivery.members.message_choices import MessageChoices
from raidbot.jobs.closing import close_due
from raidbot.jobs.heartbeat import Job
from raidbot.jobs.reminders import Reminding
from raidbot.jobs.retention import prune_drafts
from raidbot.raids import lifecycle
from raidbot.raids.drafts import Draft, plan
from raidbot.raids.model import (
    CancelReason,
    ChannelId,
    CloseReason,
    GuildId,
    MemberId,
    MessageId,
    Raid,
    RaidId,
    RoleKey,
    Source,
    Status,
)
from raidbot.raids.rosters import signups
from raidbot.raids.templates.catalogue import untouched
from raidbot.state import Cause, State
from tests.jobs.conftest import NOW

GUILD, CREATOR, ALICE = GuildId(1), MemberId(10), MemberId(11)
CAUSE = Cause(Source.COMMAND)
MUSEUM = RoleKey("museum")


async def open_raid_starting_in(state: State, ahead: timedelta, *, seats: int = 1, message: int = 100) -> RaidId:
    """Create an open museum that starts `ahead` after NOW; return its id."""
    draft = Draft(activity="museum", seats=seats, starts_at=NOW + ahead, zone="Europe/Berlin")
    planned = plan(draft, untouched(), guild=GUILD, creator=CREATOR, channel=ChannelId(5), now=NOW)
    raid = await state.create(planned, CAUSE)
    await state.change(raid.id, partial(lifecycle.posted, message=MessageId(message)), CAUSE)
    return raid.id


async def fill_raid(state: State, raid: RaidId) -> None:
    await state.change(raid, partial(signups.react, member=ALICE, key=MUSEUM, now=NOW), CAUSE)


async def outbox_keys(db: Database) -> list[str]:
    """Return the dedupe keys of all outbox rows, oldest first."""
    rows = await db.read(lambda connection: connection.execute("SELECT dedupe FROM outbox ORDER BY id").fetchall())
    return [row[0] for row in rows]


def key(raid: RaidId, revision: int, minutes: int, member: MemberId) -> str:
    """Return the key of a reminder that was due, with all before it, this long after NOW."""
    return f"raid:{raid}:remind:{revision}:{int((NOW + timedelta(minutes=minutes)).timestamp())}:{member}"


async def reminder_keys(db: Database) -> list[str]:
    return [cause for cause in await outbox_keys(db) if "remind" in cause]


def reminding(state: State) -> Job:
    """Return the job, as a bot has it that has just started."""
    return Reminding(state, MessageChoices(state)).run


async def test_a_raid_closes_at_its_start(state: State) -> None:
    raid = await open_raid_starting_in(state, timedelta(hours=1))

    await close_due(state, NOW + timedelta(minutes=59, seconds=59))
    assert (await state.raid(raid)).is_open
    await close_due(state, NOW + timedelta(hours=1))

    assert (await state.raid(raid)).closed_reason is CloseReason.AT_START


@pytest.mark.parametrize(("lead", "closed"), [(60, True), (0, False), (30, False)])
async def test_a_full_raid_closes_earlier_if_the_server_wants_it(state: State, lead: int, closed: bool) -> None:
    await state.change_settings(GUILD, lambda before: replace(before, full_close_minutes=lead), Cause(Source.COMMAND))
    raid, other = (
        await open_raid_starting_in(state, timedelta(hours=1)),
        await open_raid_starting_in(state, timedelta(hours=1), message=101),
    )
    await fill_raid(state, raid)

    await close_due(state, NOW)

    assert (await state.raid(raid)).closed_reason is (CloseReason.FULL if closed else None)
    assert (await state.raid(other)).is_open


async def test_a_raid_reopened_after_its_start_stays_open_until_its_end(state: State) -> None:
    raid = await open_raid_starting_in(state, timedelta(hours=1))
    await close_due(state, NOW + timedelta(hours=1))
    await state.change(raid, partial(lifecycle.reopen, by=CREATOR, now=NOW + timedelta(hours=1)), CAUSE)

    await close_due(state, NOW + timedelta(hours=2, minutes=59))
    assert (await state.raid(raid)).is_open
    await close_due(state, NOW + timedelta(hours=3))

    assert (await state.raid(raid)).status is Status.CLOSED


async def test_the_start_of_a_closed_raid_is_noted_once(state: State) -> None:
    raid = await open_raid_starting_in(state, timedelta(hours=1))
    early = partial(lifecycle.close, reason=CloseReason.MANUAL, by=CREATOR, now=NOW)
    await state.change(raid, early, CAUSE)

    await close_due(state, NOW + timedelta(minutes=59))
    assert not (await state.raid(raid)).begun
    for minutes in (60, 61):
        await close_due(state, NOW + timedelta(minutes=minutes))

    noted = await state.raid(raid)
    assert (noted.begun, noted.closed_reason, noted.version) == (True, CloseReason.MANUAL, 4)


@pytest.mark.parametrize("by_hand", [False, True])
async def test_what_a_clock_closed_that_was_ahead_opens_again(state: State, by_hand: bool) -> None:
    raid = await open_raid_starting_in(state, timedelta(hours=1))
    if by_hand:
        early = partial(lifecycle.close, reason=CloseReason.MANUAL, by=CREATOR, now=NOW)
        await state.change(raid, early, CAUSE)
    await close_due(state, NOW + timedelta(days=1))
    assert (await state.raid(raid)).begun

    await close_due(state, NOW)

    again = await state.raid(raid)
    assert (again.is_open, again.begun) == (not by_hand, False)


async def test_reminders_become_owed_once_each(state: State, db: Database) -> None:
    raid = await open_raid_starting_in(state, timedelta(hours=1))
    await fill_raid(state, raid)

    for minutes in (0, 29, 30, 31, 45, 50, 51, 55):
        await reminding(state)(NOW + timedelta(minutes=minutes))

    assert await reminder_keys(db) == [key(raid, 0, 30, CREATOR), key(raid, 0, 50, ALICE)]


async def test_a_full_raid_that_closed_early_is_reminded_all_the_same(state: State, db: Database) -> None:
    await state.change_settings(GUILD, lambda before: replace(before, full_close_minutes=60), CAUSE)
    raid = await open_raid_starting_in(state, timedelta(hours=1))
    await fill_raid(state, raid)
    await close_due(state, NOW)
    assert (await state.raid(raid)).status is Status.CLOSED

    await reminding(state)(NOW + timedelta(minutes=55))

    assert len(await reminder_keys(db)) == 2


async def test_after_downtime_reminders_go_out_late_but_not_after_the_start(state: State, db: Database) -> None:
    await open_raid_starting_in(state, timedelta(minutes=5))
    await open_raid_starting_in(state, timedelta(hours=-1) + timedelta(hours=2), message=101)

    await reminding(state)(NOW + timedelta(minutes=4))
    late = await reminder_keys(db)
    await reminding(state)(NOW + timedelta(hours=1))

    assert len(late) == 1
    assert await reminder_keys(db) == late


async def test_another_time_reminds_again(state: State, db: Database) -> None:
    raid = await open_raid_starting_in(state, timedelta(minutes=20))
    await reminding(state)(NOW + timedelta(minutes=9))
    assert await reminder_keys(db) == []
    await reminding(state)(NOW + timedelta(minutes=10))
    move = partial(lifecycle.change_time, starts_at=NOW + timedelta(hours=5), zone="Europe/Berlin", now=NOW)
    await state.change(raid, move, CAUSE)

    await reminding(state)(NOW + timedelta(hours=1))
    assert len(await reminder_keys(db)) == 1
    await reminding(state)(NOW + timedelta(hours=4, minutes=45))

    assert await reminder_keys(db) == [key(raid, 0, 10, CREATOR), key(raid, 1, 285, CREATOR)]


async def test_nobody_is_reminded_of_a_cancelled_raid(state: State, db: Database) -> None:
    raid = await open_raid_starting_in(state, timedelta(minutes=20))
    await state.change(raid, partial(lifecycle.cancel, reason=CancelReason.MANUAL, by=CREATOR, now=NOW), CAUSE)

    await reminding(state)(NOW + timedelta(minutes=15))

    assert await reminder_keys(db) == []


async def test_reminders_can_be_switched_off(state: State, db: Database) -> None:
    await state.change_settings(GUILD, lambda before: replace(before, leader_leads=()), Cause(Source.COMMAND))
    await open_raid_starting_in(state, timedelta(minutes=20))

    await reminding(state)(NOW + timedelta(minutes=15))

    assert await reminder_keys(db) == []


async def test_one_broken_raid_holds_up_no_other(state: State, db: Database) -> None:
    broken, fine = (
        await open_raid_starting_in(state, timedelta(hours=1)),
        await open_raid_starting_in(state, timedelta(hours=1), message=101),
    )
    await db.write(lambda tx: tx.execute("UPDATE raids SET version = version + 1 WHERE id = ?", (broken,)) and None)
    await db.write(
        lambda tx: (
            tx.execute(
                "CREATE TRIGGER stuck BEFORE UPDATE ON raids WHEN old.id = 1 BEGIN SELECT raise(ABORT, 'stuck'); END"
            )
            and None
        )
    )

    await close_due(state, NOW + timedelta(hours=1))

    assert (await state.raid(broken)).is_open
    assert (await state.raid(fine)).status is Status.CLOSED


async def test_drafts_are_forgotten_after_a_day(state: State, db: Database) -> None:
    add = partial(drafts.add, guild=GUILD, member=CREATOR, payload={}, now=NOW)
    draft = await db.write(add)

    await prune_drafts(state, NOW + timedelta(hours=23))
    await db.read(partial(drafts.load, draft=draft, guild=GUILD, member=CREATOR))
    await prune_drafts(state, NOW + timedelta(hours=25))

    with pytest.raises(drafts.NoSuchDraft):
        await db.read(partial(drafts.load, draft=draft, guild=GUILD, member=CREATOR))


def test_museums_have_the_role_the_tests_use() -> None:
    draft = Draft(activity="museum", starts_at=NOW + timedelta(hours=1), zone="UTC")
    raid: Raid = plan(draft, untouched(), guild=GUILD, creator=CREATOR, channel=ChannelId(5), now=NOW)

    assert raid.roles[0].key == MUSEUM
