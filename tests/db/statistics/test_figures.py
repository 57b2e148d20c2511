"""Figures in the cases that other bots got wrong."""

import sqlite3
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from raidbot.db import guilds, imported
from raidbot.db.imported import Balance
from raidbot.db.statistics import exported, leaderboards
from raidbot.db.statistics.by_period import period_figures
from raidbot.db.statistics.members import member_figures, member_figures_everywhere
from raidbot.db.statistics.servers import first_raid_at, server_figures
from raidbot.raids.model import GuildId, Kind, MemberId, Presence
from raidbot.raids.settings import GuildSettings
from raidbot.raids.statistics.exported import MemberSums
from raidbot.raids.statistics.figures import MemberFigures, NamedCount, ServerFigures, combined
from raidbot.raids.statistics.leaderboards import board_of
from raidbot.raids.statistics.periods import month_of, week_of
from raidbot.raids.statistics.spans import Span, stretch_of
from tests.db.statistics.past_raids import past_raid
from tests.raids.builders import ALICE, BOB, CAROL, DAVE, ERIN, GUILD

PRESENT, LATE, NO_SHOW = Presence.PRESENT, Presence.LATE, Presence.NO_SHOW
NOW = datetime(2028, 1, 5, tzinfo=UTC)
BERLIN, TOKYO, LOS_ANGELES = map(ZoneInfo, ("Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles"))
ELSEWHERE = GuildId(GUILD + 1)


def day(number: int, hour: int = 18) -> datetime:
    """A day of June 2027."""
    return datetime(2027, 6, number, hour, tzinfo=UTC)


def test_a_raid_on_sunday_evening_is_in_the_week_that_ends(tx: sqlite3.Connection) -> None:
    """Row T09 of mistakes.md: Sunday 27 June in Los Angeles, asked for at 23:30, which is Monday in UTC."""
    past_raid(tx, datetime(2027, 6, 27, 20, tzinfo=LOS_ANGELES), {ALICE: PRESENT})
    asked_at = datetime(2027, 6, 27, 23, 30, tzinfo=LOS_ANGELES)
    week = week_of(asked_at, LOS_ANGELES)

    assert (week.first, week.last) == (date(2027, 6, 21), date(2027, 6, 27))
    assert period_figures(tx, GUILD, week, now=asked_at).raids == 1
    assert period_figures(tx, GUILD, week.next, now=asked_at).raids == 0


@pytest.mark.parametrize(("zone", "month"), [(TOKYO, 7), (BERLIN, 6), (LOS_ANGELES, 6)])
def test_a_raid_belongs_to_the_month_that_the_server_s_clocks_show(
    tx: sqlite3.Connection, zone: ZoneInfo, month: int
) -> None:
    """Row T11: 30 June 21:30 in UTC is July in Tokyo and June in Berlin."""
    at = datetime(2027, 6, 30, 21, 30, tzinfo=UTC)
    past_raid(tx, at, {ALICE: PRESENT})
    found = month_of(at, zone)

    assert found.first.month == month
    assert period_figures(tx, GUILD, found, now=NOW).raids == 1
    assert [period_figures(tx, GUILD, one, now=NOW).raids for one in (found.before, found.next)] == [0, 0]


@pytest.mark.parametrize("month", [1, 2, 12])
def test_a_month_has_the_raids_of_its_first_and_last_minute_only(tx: sqlite3.Connection, month: int) -> None:
    """Row T14: January reached into March."""
    found = month_of(datetime(2027, month, 15, tzinfo=BERLIN), BERLIN)
    for at in (found.start, found.end - timedelta(minutes=1)):
        past_raid(tx, at, {ALICE: PRESENT})
    for at in (found.start - timedelta(minutes=1), found.end):
        past_raid(tx, at, {BOB: PRESENT})

    figures = period_figures(tx, GUILD, found, now=NOW + timedelta(days=30))

    assert (figures.raids, figures.participants) == (2, 1)
    assert period_figures(tx, GUILD, found.before, now=NOW).raids == 1


def test_a_raid_counts_once_its_length_has_passed(tx: sqlite3.Connection) -> None:
    past_raid(tx, day(1), {ALICE: PRESENT}, length_minutes=90)
    week = week_of(day(1), BERLIN)

    assert period_figures(tx, GUILD, week, now=day(1) + timedelta(minutes=89)).raids == 0
    assert period_figures(tx, GUILD, week, now=day(1) + timedelta(minutes=90)).raids == 1
    assert first_raid_at(tx, GUILD, now=day(1) + timedelta(minutes=89)) is None
    assert first_raid_at(tx, GUILD, now=NOW) == day(1)


def test_a_no_show_of_two_raids_is_one_of_two_and_what_does_not_count_is_told_apart(tx: sqlite3.Connection) -> None:
    past_raid(tx, day(1), {ALICE: PRESENT})
    past_raid(tx, day(2), {ALICE: NO_SHOW}, kind=Kind.CHALLENGE)
    past_raid(tx, day(3), {ALICE: NO_SHOW}, kind=Kind.KEY, counts=False, title="Gold Key Boss", template="key")

    mine = member_figures(tx, GUILD, ALICE, now=NOW, zone=BERLIN)
    server = server_figures(tx, GUILD, now=NOW, zone=BERLIN)

    assert (mine.tally.came, mine.tally.no_shows) == (1, 1)
    assert (server.raids, server.uncounted) == (2, (NamedCount("Gold Key Boss", 1),))
    assert period_figures(tx, GUILD, month_of(day(1), BERLIN), now=NOW).not_counted == 1


def test_nothing_yet_is_all_nought(tx: sqlite3.Connection) -> None:
    """Row T23."""
    assert member_figures(tx, GUILD, ALICE, now=NOW, zone=BERLIN) == MemberFigures()
    assert server_figures(tx, GUILD, now=NOW, zone=BERLIN) == ServerFigures()
    assert member_figures_everywhere(tx, ALICE, now=NOW, served=[GUILD, ELSEWHERE]) == []
    assert not MemberFigures().favourite_roles


def test_a_template_keeps_its_name_and_goes_by_the_title_of_most_raids(tx: sqlite3.Connection) -> None:
    """Row T24: the template itself was deleted long ago, or never existed here."""
    for number, title in enumerate(("Old Keep", "Old Keep", "Old Keep at night"), start=1):
        past_raid(tx, day(number), {ALICE: PRESENT}, template="gone", title=title)
    past_raid(tx, day(9), {ALICE: NO_SHOW}, template="other", title="Old Keep")
    imported.open_balance(tx, Balance(guild=GUILD, member=ALICE, raids=4, templates={"Old Keep": 3, "Museum": 1}))

    mine = member_figures(tx, GUILD, ALICE, now=NOW, zone=BERLIN)
    server = server_figures(tx, GUILD, now=NOW, zone=BERLIN)

    assert mine.templates == (NamedCount("Old Keep", 6), NamedCount("Museum", 1))
    assert server.templates == (NamedCount("Old Keep", 4),)


def test_a_streak_ends_with_a_no_show_and_with_nothing_else(tx: sqlite3.Connection) -> None:
    presences = (PRESENT, NO_SHOW, PRESENT, Presence.EXCUSED, LATE, Presence.BENCHED, Presence.CALLED_OFF, PRESENT)
    for number, presence in enumerate(presences, start=1):
        past_raid(tx, day(number), {ALICE: presence, BOB: PRESENT if number < 8 else NO_SHOW})

    assert member_figures(tx, GUILD, ALICE, now=NOW, zone=BERLIN).streak == 3
    assert member_figures(tx, GUILD, BOB, now=NOW, zone=BERLIN).streak == 0


def test_places_are_shared_and_those_who_share_the_last_one_are_counted(tx: sqlite3.Connection) -> None:
    """5, 4, 4, 4, 3 and two more with 3."""
    people = (ALICE, BOB, CAROL, DAVE, ERIN, MemberId(ERIN + 1), MemberId(ERIN + 2))
    for number in range(5):
        came = {member: PRESENT for member, raids in zip(people, (5, 4, 4, 4, 3, 3, 3), strict=True) if number < raids}
        past_raid(tx, day(1 + number), came)
    guilds.save_names(tx, GUILD, [(BOB, "ben"), (CAROL, "Zed"), (DAVE, "Ann")])

    top = period_figures(tx, GUILD, month_of(day(1), BERLIN), now=NOW).top

    assert [(one.place, one.came) for one in top.standings] == [(1, 5), (2, 4), (2, 4), (2, 4), (5, 3)]
    assert [one.name for one in top.standings] == [None, "Ann", "ben", "Zed", None]
    assert top.tied == 2
    assert server_figures(tx, GUILD, now=NOW, zone=BERLIN).top == top


def test_former_members_who_share_a_place_stand_where_they_do_on_leaderboards(tx: sqlite3.Connection) -> None:
    forgotten, nameless = MemberId(-(2**40)), MemberId(77)
    members = [forgotten, nameless, ALICE, BOB, CAROL, DAVE]
    past_raid(tx, day(1), dict.fromkeys(members, PRESENT))
    guilds.save_names(tx, GUILD, zip([ALICE, BOB, CAROL, DAVE], ("zoe", "Yan", "xi", "Will"), strict=True))

    top = server_figures(tx, GUILD, now=NOW, zone=BERLIN).top
    board = board_of(leaderboards.came(tx, GUILD, stretch_of(Span.ALL, NOW, BERLIN), now=NOW))

    shown = [(one.count.member, one.count.name) for one in board.standings]
    assert shown == [(DAVE, "Will"), (CAROL, "xi"), (BOB, "Yan"), (ALICE, "zoe"), (forgotten, None), (nameless, None)]
    assert [(one.member, one.name) for one in top.standings] == shown[: len(top.standings)]
    assert top.tied == 1


def test_whoever_came_before_or_moved_in_is_no_newcomer(tx: sqlite3.Connection) -> None:
    past_raid(tx, day(1), {ALICE: PRESENT, BOB: NO_SHOW})
    past_raid(tx, day(2), {CAROL: PRESENT}, counts=False)
    past_raid(tx, day(3), {DAVE: PRESENT}, guild=ELSEWHERE)
    imported.open_balance(tx, Balance(guild=GUILD, member=ERIN, raids=1))
    imported.open_balance(tx, Balance(guild=GUILD, member=BOB, raids=1, no_shows=1))
    past_raid(tx, day(15), dict.fromkeys((ALICE, BOB, CAROL, DAVE, ERIN), PRESENT))

    assert period_figures(tx, GUILD, week_of(day(15), BERLIN), now=NOW).newcomers == 3


def test_everywhere_is_each_server_that_is_served_by_its_own_clocks(tx: sqlite3.Connection) -> None:
    for guild, zone in ((GUILD, BERLIN), (ELSEWHERE, TOKYO)):
        guilds.save_settings(tx, GuildSettings(guild=guild), GuildSettings(guild=guild, zone=zone.key))
        past_raid(tx, day(1), {ALICE: PRESENT}, guild=guild)
    past_raid(tx, day(2), {ALICE: LATE}, guild=ELSEWHERE)
    past_raid(tx, day(3), {ALICE: PRESENT}, guild=GuildId(99))

    here, there = reversed(member_figures_everywhere(tx, ALICE, now=NOW, served=[GUILD, ELSEWHERE, GuildId(98)]))

    assert (here.guild, there.guild) == (GUILD, ELSEWHERE)
    assert [hour for hour, raids in enumerate(here.figures.hours) if raids] == [20]
    assert [hour for hour, raids in enumerate(there.figures.hours) if raids] == [3]
    both = combined([here, there])
    assert (both.tally.came, both.tally.late, both.weekdays[1]) == (3, 1, 1)
    assert both.templates == (NamedCount("Molten Core", 3),)
    assert both.last_raid_at == day(2)


def test_a_last_raid_that_the_old_bot_counted_too_early_is_none_yet(tx: sqlite3.Connection) -> None:
    """Row T-11 of the reference: a raid that was closed early was the last one before it began."""
    for member, last in ((ALICE, NOW + timedelta(days=1)), (BOB, NOW)):
        imported.open_balance(tx, Balance(guild=GUILD, member=member, raids=3, last_raid_at=last))
    past_raid(tx, day(4), {ALICE: PRESENT})
    sums = MemberSums(NOW)
    for balance in exported.balances(tx, GUILD):
        sums.add_balance(balance)

    found = [member_figures(tx, GUILD, member, now=NOW, zone=BERLIN).last_raid_at for member in (ALICE, BOB)]

    assert found == [day(4), NOW]
    assert {row.member: row.last_raid_at for row in sums.rows()} == {ALICE: None, BOB: NOW}


def test_a_balance_that_no_bot_would_write_is_read_as_far_as_it_goes(tx: sqlite3.Connection) -> None:
    tx.execute(
        'INSERT INTO opening_balances VALUES (?, ?, 3, 9, \'[1]\', \'{"Keep": "x", "Inn": 2, "Pit": -1}\', \'7\', -5)',
        (GUILD, ALICE),
    )

    found = member_figures(tx, GUILD, ALICE, now=NOW, zone=BERLIN)

    assert (found.tally.came, found.tally.no_shows, found.tally.carried) == (0, 3, 3)
    assert found.templates == (NamedCount("Inn", 2),)
    assert found.last_raid_at is None
