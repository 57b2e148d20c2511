"""Rows of calendar feeds, and the raids that one shows."""

import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from raidbot.db import absences, calendar_feeds, guilds, raids
from raidbot.db.calendar_feeds import FeedsOffError
from raidbot.raids.feeds.model import CANCELLED_KEPT, MAX_COMING, MAX_PAST, PAST_KEPT, Feed, FeedKind, hash_of
from raidbot.raids.model import CloseReason, GuildId, MessageId, Raid, RaidCode, RaidId, Status
from raidbot.raids.settings import GuildSettings
from tests.raids.builders import ALICE, BOB, GUILD, NOW, joined, raid

MINE = Feed(guild=GUILD, member=ALICE, kind=FeedKind.MINE, made_at=NOW)
MINUTE = timedelta(minutes=1)


PLAIN = raid(tank=1)
CLOSED = replace(PLAIN, status=Status.CLOSED, closed_at=NOW, closed_reason=CloseReason.AT_START)
CANCELLED = replace(PLAIN, status=Status.CANCELLED)


def store(tx: sqlite3.Connection, number: int, after: timedelta, plain: Raid = PLAIN) -> RaidId:
    """Store a raid that starts that long after now."""
    code, board = RaidCode(f"R{number:05}"), MessageId(10_000 + number)
    return raids.insert(tx, replace(plain, code=code, message=board, starts_at=NOW + after))


def shown(tx: sqlite3.Connection, feed: Feed) -> list[RaidId]:
    return [known.raid for known in calendar_feeds.shown(tx, feed.guild, feed.reader, now=NOW)]


def test_a_secret_leads_to_its_feed_until_that_has_another_or_ends(tx: sqlite3.Connection) -> None:
    server = replace(MINE, kind=FeedKind.SERVER)
    for feed, token in ((MINE, "old"), (MINE, "new"), (server, "server")):
        calendar_feeds.save(tx, feed, token=hash_of(token))

    assert [calendar_feeds.find(tx, hash_of(token)) for token in ("old", "new", "server")] == [None, MINE, server]
    assert calendar_feeds.find(tx, "new") is None
    assert calendar_feeds.number(tx, GUILD) == 2
    assert calendar_feeds.of_member(tx, GUILD, BOB) == {}

    absences.note(tx, GUILD, NOW)
    assert calendar_feeds.find(tx, hash_of("new")) is None
    absences.end(tx, GUILD)
    calendar_feeds.end(tx, GUILD, ALICE, FeedKind.SERVER)
    assert calendar_feeds.of_member(tx, GUILD, ALICE) == {FeedKind.MINE: MINE}


def test_a_server_without_feeds_gives_no_address(tx: sqlite3.Connection) -> None:
    settings = GuildSettings(guild=GUILD)
    guilds.save_settings(tx, settings, replace(settings, calendar_feeds=False))

    with pytest.raises(FeedsOffError):
        calendar_feeds.save(tx, MINE, token=hash_of("x"))
    calendar_feeds.save(tx, replace(MINE, guild=GuildId(GUILD + 1)), token=hash_of("x"))


def test_a_feed_shows_what_comes_and_for_some_weeks_what_was(tx: sqlite3.Connection) -> None:
    coming = store(tx, 1, timedelta(days=2))
    mine = store(tx, 2, timedelta(days=3), joined(PLAIN, "tank", ALICE))
    waiting = store(tx, 3, timedelta(days=4), joined(PLAIN, "tank", BOB, ALICE))
    past = store(tx, 4, MINUTE - PAST_KEPT, CLOSED)
    gone = store(tx, 5, MINUTE - CANCELLED_KEPT, CANCELLED)
    store(tx, 6, -PAST_KEPT, CLOSED)
    store(tx, 7, -CANCELLED_KEPT, CANCELLED)
    store(tx, 8, timedelta(days=2), replace(PLAIN, guild=GuildId(GUILD + 1)))
    store(tx, 9, timedelta(days=2), replace(PLAIN, status=Status.POSTING))
    tx.execute("UPDATE raids SET message = NULL WHERE code = 'R00009'")

    assert shown(tx, replace(MINE, kind=FeedKind.SERVER)) == [past, gone, coming, mine, waiting]
    assert shown(tx, MINE) == [mine, waiting]


def test_of_too_many_the_nearest_are_shown(tx: sqlite3.Connection) -> None:
    for number in range(MAX_COMING + MAX_PAST + 20):
        store(tx, number, MINUTE * (number - MAX_PAST - 10) + MINUTE / 2)

    found = shown(tx, replace(MINE, kind=FeedKind.SERVER))

    assert found == [RaidId(11 + number) for number in range(MAX_COMING + MAX_PAST)]
