"""Calendar feeds over HTTP: what they say, whom they obey, and when they end."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.db import absences
from raidbot.jobs.series_poster import SeriesPoster
from raidbot.raids import lifecycle
from raidbot.raids.feeds.model import FeedKind
from raidbot.raids.model import GuildId, MemberId, RaidId, RoleKey
from raidbot.raids.schedules import edits
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.series import rules
from raidbot.utils import logging as logs
from tests.conftest import EITHER_INTENT, Start
from tests.delivery.feeds.rfc5545 import instant
from tests.e2e.series.scene import by, coming, make, posted
from tests.raid_boards import board_text, post_raid
from tests.web.feed_readers import ON, fetch, path_of
from tests.web.serving import Pages, pages_of

NOT_FOUND = 404
UNKNOWN = f"/calendar/{'x' * 43}.ics"


async def test_a_feed_shows_own_raids_and_is_the_same_until_something_changes(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    """F01, F09: also after a restart, and with an ETag."""
    ann, ben = guild.add_member("ann"), guild.add_member("ben")
    async with start(**ON) as bot, pages_of(bot) as pages:
        board = await post_raid(guild)
        await post_raid(guild, when="in 5 hours")
        await ann.react(board, "✅")
        await guild.until(lambda: "Ann" in board_text(board))
        mine, everything = await path_of(guild, ann), await path_of(guild, ben, FeedKind.SERVER)

        first = await fetch(pages, mine)
        (event,) = first.events()
        assert (event["UID"], event["STATUS"]) == (
            f"{(await bot.state.raid(RaidId(1))).code}.{guild.id}@raidbot",
            "CONFIRMED",
        )
        assert event["DESCRIPTION"].startswith("Your role: ")
        assert "no-store" not in first.headers["Cache-Control"]
        assert first.headers["Cache-Control"].startswith("private, max-age=")
        whole = await fetch(pages, everything)
        assert [one["STATUS"] for one in whole.events()] == ["CONFIRMED"] * 2
        assert b"Ann" not in whole.body
        assert b"Your role" not in whole.body
        assert (await fetch(pages, mine)).body == first.body
        head = await fetch(pages, mine, "HEAD")
        assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", str(len(first.body)))
        unchanged = await fetch(pages, mine, **{"If-None-Match": first.headers["ETag"]})
        assert (unchanged.status, unchanged.body) == (304, b"")
        assert (await fetch(pages, f"{mine}?member={ben.id}&server=1")).body == first.body

    async with start(**ON) as bot, pages_of(bot) as pages:
        assert (await fetch(pages, mine)).body == first.body
        sandbox.advance(timedelta(minutes=1))
        panel = await guild.owner.slash(guild.channel("raid-signups"), "raid", code=event["UID"].split(".")[0])
        await (await panel.click("Cancel raid")).submit()
        changed = await fetch(pages, mine, **{"If-None-Match": first.headers["ETag"]})
        (cancelled,) = changed.events()
        assert (cancelled["UID"], cancelled["STATUS"]) == (event["UID"], "CANCELLED")
        assert cancelled["SUMMARY"] == f"Cancelled: {event['SUMMARY']}"
        assert int(cancelled["SEQUENCE"]) > int(event["SEQUENCE"])
        assert instant(cancelled["DTSTAMP"]) > instant(event["DTSTAMP"])
        sandbox.advance(timedelta(days=10))
        assert (await fetch(pages, mine)).titles() == [cancelled["SUMMARY"]]
        sandbox.advance(timedelta(days=5))
        assert (await fetch(pages, mine)).titles() == []


async def _until(pages: Pages, path: str, status: int) -> None:
    """Wait for this status: when an address ends is up to Discord's event of it."""
    async with asyncio.timeout(10):
        while True:
            if (await fetch(pages, path)).status == status:
                return
            await asyncio.sleep(0.5)  # a feed has thirty requests in five minutes


def _is_absent(database: Path, guild: SandboxGuild) -> bool:
    with closing(sqlite3.connect(database)) as connection:
        return absences.is_absent(connection, GuildId(guild.id))


@EITHER_INTENT
async def test_an_address_ends_when_it_is_revoked_replaced_or_its_member_leaves(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, members_intent: bool
) -> None:
    """F13: all end at once with the same answer."""
    ann, ben, cem = (guild.add_member(name) for name in ("ann", "ben", "cem"))
    channel = guild.channel("raid-signups")
    async with start(**ON) as bot, pages_of(bot) as pages:
        await post_raid(guild)
        nothing = await fetch(pages, UNKNOWN)
        assert nothing.status == NOT_FOUND
        first = await path_of(guild, ann, FeedKind.SERVER)
        assert len((await fetch(pages, first)).events()) == 1
        second = await path_of(guild, ann, FeedKind.SERVER)
        others = await path_of(guild, ben, FeedKind.SERVER), await path_of(guild, cem)
        assert (await fetch(pages, first)).body == nothing.body
        assert len((await fetch(pages, second)).events()) == 1

        panel = await ann.slash(channel, "calendar")
        assert "/calendar/" not in panel.text().replace("/calendar/`", "")
        assert "Google about once a day" in panel.text()
        await panel.click("All raids of this server: revoke")
        assert (await fetch(pages, second)).body == nothing.body

        await ben.leave(guild)
        if not members_intent:
            sandbox.advance(timedelta(minutes=6))  # it is asked again then
        await _until(pages, others[0], NOT_FOUND)
        assert (await fetch(pages, others[1])).status == 200
        answers = [
            await fetch(pages, path) for path in (first, second, others[0], UNKNOWN, "/calendar/", "/calendar/x")
        ]
        assert {(one.status, one.body, one.headers["Cache-Control"]) for one in answers} == {
            (NOT_FOUND, nothing.body, "no-store")
        }

        await sandbox.remove_member(guild, sandbox.bot)
        await _until(pages, others[1], NOT_FOUND)


@pytest.mark.parametrize(("is_removed", "is_noted"), [(True, True), (True, False), (False, False)])
async def test_who_left_while_the_bot_heard_nothing_has_no_feed_either(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, is_removed: bool, is_noted: bool
) -> None:
    """The bot was removed and taken back, or lost its session: with the members intent, and within the hour.

    Nobody plans a raid there, but it is noted that the bot is back: whatever is known of the server would be deleted.
    """
    ann, ben = guild.add_member("ann"), guild.add_member("ben")
    async with start(**ON) as bot, pages_of(bot) as pages:
        paths = [await path_of(guild, one, FeedKind.SERVER) for one in (ann, ben)]
        assert [(await fetch(pages, path)).status for path in paths] == [200, 200]

        available = asyncio.create_task(bot.wait_for("guild_join" if is_removed else "guild_available"))
        if is_removed:
            await sandbox.remove_member(guild, sandbox.bot)
            await sandbox.until(lambda: _is_absent(database, guild) if is_noted else bot.get_guild(guild.id) is None)
            assert (await fetch(pages, paths[1])).status == NOT_FOUND
            await ann.leave(guild)
            await sandbox.invite_bot(guild)
        else:
            await sandbox.gateway.drop(4009)
            await ann.leave(guild)
        async with asyncio.timeout(20):
            await available

        await _until(pages, paths[0], NOT_FOUND)
        await _until(pages, paths[1], 200)
        await sandbox.until(lambda: not _is_absent(database, guild))


async def test_a_manager_sees_how_many_there_are_and_ends_all(guild: SandboxGuild, start: Start) -> None:
    """F15."""
    ann, ben = guild.add_member("ann"), guild.add_member("ben")
    channel = guild.channel("raid-signups")
    async with start(**ON) as bot, pages_of(bot) as pages:
        paths = [await path_of(guild, ann), await path_of(guild, ann, FeedKind.SERVER), await path_of(guild, ben)]
        panel = await guild.owner.slash(channel, "settings")
        await panel.click("History & statistics")
        assert "on, 3 addresses now" in panel.text()
        assert not any(path.split("/")[-1].removesuffix(".ics") in panel.text() for path in paths)

        await panel.click("Calendar feeds: on")

        assert [(await fetch(pages, path)).status for path in paths] == [NOT_FOUND] * 3
        assert "are off on this server" in (await ann.slash(channel, "calendar")).text()
        await panel.click("Calendar feeds: off")
        assert "on, 0 addresses now" in panel.text()
        assert [(await fetch(pages, path)).status for path in paths] == [NOT_FOUND] * 3
        assert (await fetch(pages, await path_of(guild, ann))).status == 200


async def test_a_series_is_its_posted_raids_and_its_next_dates_under_the_same_ids(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    ann = guild.add_member("ann")
    async with start(**ON) as bot, pages_of(bot) as pages:
        one = await make(
            bot,
            guild,
            coming(sandbox, 36),
            lambda plain: rules.join(plain, MemberId(ann.id), RoleKey("museum"), now=bot.state.now()),
        )
        mine, everything = await path_of(guild, ann), await path_of(guild, ann, FeedKind.SERVER)
        planned = (await fetch(pages, mine)).events()
        assert len(planned) == 8
        assert {event["STATUS"] for event in planned} == {"TENTATIVE"}
        assert [event["UID"] for event in (await fetch(pages, everything)).events()] == [
            event["UID"] for event in planned
        ]

        second = RecurrenceId((one.schedule.start + timedelta(days=7)).date())
        skip = partial(rules.on_schedule, edit=partial(edits.skip, id_=second))
        await bot.state.series.change(one.id, skip, by(guild))
        sandbox.advance(timedelta(hours=13))
        (board,) = await posted(sandbox, guild, 1)
        await guild.until(lambda: "Ann" in board_text(board))

        events = (await fetch(pages, mine)).events()
        uids = [event["UID"] for event in events]
        assert uids[0] == planned[0]["UID"]
        assert planned[1]["UID"] not in uids
        assert uids[1] == planned[2]["UID"]
        assert (events[0]["STATUS"], events[1]["STATUS"]) == ("CONFIRMED", "TENTATIVE")
        assert int(events[0]["SEQUENCE"]) > int(events[1]["SEQUENCE"]) > int(planned[0]["SEQUENCE"])
        exported = await ann.slash(guild.channel("raid-signups"), "raidinfo export", what="mine")
        assert exported.message is not None
        assert planned[0]["UID"].encode() in exported.message.attachments[0].content.replace(b"\r\n ", b"")


async def test_no_two_entries_have_one_id_where_the_first_part_of_a_cut_series_goes_on(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    async with start(**ON) as bot, pages_of(bot) as pages:
        one = await make(bot, guild, coming(sandbox, 36))
        second = RecurrenceId((one.schedule.start + timedelta(days=7)).date())
        poster = SeriesPoster(bot.state, bot.delivery.posting_places)
        path = await path_of(guild, guild.owner, FeedKind.SERVER)
        await poster.post_now(one.id, second, by(guild))
        await bot.state.series.split(one.id, second, lambda later: replace(later, name="Later"), by(guild))
        endless = partial(rules.on_schedule, edit=lambda schedule: replace(schedule, end=None))
        await bot.state.series.change(one.id, endless, by(guild))
        await posted(sandbox, guild, 1)
        again = f"{one.occurrence_name(second)}-2.{guild.id}@raidbot"
        for boards in (1, 2):
            status = {event["UID"]: event["STATUS"] for event in (await fetch(pages, path)).events()}
            assert len(status) == len((await fetch(pages, path)).events())
            assert status[again] == ("TENTATIVE" if boards == 1 else "CONFIRMED")
            if boards == 1:
                await poster.post_now(one.id, second, by(guild))
                await posted(sandbox, guild, 2)


@pytest.mark.parametrize("chosen", [{}, {"web_port": 9464}, {"web_url": "https://raids.example.org"}])
async def test_without_a_public_address_it_is_said_what_is_missing(
    guild: SandboxGuild, start: Start, chosen: dict[str, object]
) -> None:
    async with start(**chosen):
        said = (await guild.owner.slash(guild.channel("raid-signups"), "calendar")).text()

    assert ("`RAIDBOT_WEB_PORT`" in said) is ("web_port" not in chosen)
    assert ("`RAIDBOT_WEB_URL`" in said) is ("web_url" not in chosen)
    assert "/raidinfo export" in said


async def test_no_secret_is_in_the_database_the_log_or_the_metrics(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, tmp_path: Path, database: Path
) -> None:
    log = tmp_path / "bot.log"
    logs.configure(level="debug", json=True, file=log)
    async with start(**ON) as bot, pages_of(bot) as pages:
        await post_raid(guild)
        path = await path_of(guild, guild.owner)
        assert (await fetch(pages, path)).status == 200
        await bot.state.db.write(lambda tx: tx.execute("ALTER TABLE audit RENAME TO away"))
        assert (await fetch(pages, path)).status == 503
        await bot.state.db.write(lambda tx: tx.execute("ALTER TABLE away RENAME TO audit"))
        await bot.state.db.write(lambda tx: tx.execute("UPDATE calendar_feeds SET made_at = -1"))
        assert (await fetch(pages, path)).status == NOT_FOUND
        assert (await fetch(pages, path, "POST")).status == 405
        metrics = (await pages.get("/metrics"))[1]
    logs.flush()

    secret = path.removeprefix("/calendar/").removesuffix(".ics").encode()
    assert b"calendar feed cannot be read" in log.read_bytes()
    for kept in (log, *database.parent.glob("raidbot.db*")):
        assert secret not in kept.read_bytes(), kept
    assert secret.decode() not in metrics
    assert 'raidbot_calendar_requests_total{outcome="sent"} ' in metrics


async def test_ids_stay_through_a_move_and_a_restored_backup(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, tmp_path: Path
) -> None:
    """F01."""
    ann, saved = guild.add_member("ann"), tmp_path / "saved.db"
    async with start(**ON) as bot, pages_of(bot) as pages:
        await post_raid(guild)
        await make(bot, guild, coming(sandbox, 36))
        path = await path_of(guild, ann, FeedKind.SERVER)
        first = await fetch(pages, path)
    with closing(sqlite3.connect(database)) as running, closing(sqlite3.connect(saved)) as copy:
        running.backup(copy)

    async with start(**ON) as bot, pages_of(bot) as pages:
        new_start = (await bot.state.raid(RaidId(1))).starts_at + timedelta(hours=1)
        change = partial(lifecycle.change_time, starts_at=new_start, zone="UTC", now=bot.state.now())
        await bot.state.change(RaidId(1), change, by(guild))
        sandbox.advance(timedelta(hours=13))
        await guild.until(lambda: len(bot.state.boards) == 2)
        moved = (await fetch(pages, path)).events()
    for left in database.parent.glob("raidbot.db-*"):
        left.unlink()
    shutil.copy(saved, database)
    async with start(**ON) as bot, pages_of(bot) as pages:
        await guild.until(lambda: len(bot.state.boards) == 2)  # the date of the series is posted once more
        restored = (await fetch(pages, path)).events()

    uids = [event["UID"] for event in first.events()]
    assert [event["UID"] for event in moved][: len(uids)] == [event["UID"] for event in restored][: len(uids)] == uids
    assert instant(moved[0]["DTSTART"]) == new_start
    assert [event["STATUS"] for event in restored[:3]] == ["CONFIRMED", "CONFIRMED", "TENTATIVE"]


async def test_a_feed_is_whole_and_in_the_end_right_while_raids_change(guild: SandboxGuild, start: Start) -> None:
    people = [guild.add_member(f"member{number}") for number in range(8)]
    async with start(**ON) as bot, pages_of(bot) as pages:
        board = await post_raid(guild, seats=8)
        paths = [await path_of(guild, one) for one in people]
        assert [(await fetch(pages, path)).titles() for path in paths] == [[]] * 8

        during = [fetch(pages, path) for path in paths * 3]
        await asyncio.gather(*during, *(one.react(board, "✅") for one in people))
        await guild.until(lambda: "Member7" in board_text(board))

        for path in paths:
            assert [one["STATUS"] for one in (await fetch(pages, path)).events()] == ["CONFIRMED"]
