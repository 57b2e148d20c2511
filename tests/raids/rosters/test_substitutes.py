"""Substitutes: the candidates, their answers, and who gets the seat."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from raidbot.raids import events as ev
from raidbot.raids import lifecycle
from raidbot.raids.audit import raid_entries
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.model import CancelReason, CloseReason, MemberId, Raid, Source
from raidbot.raids.notifications import notices
from raidbot.raids.rosters import manager_edits, signups, substitutes
from raidbot.raids.rosters.substitutes import Candidate
from tests.raids.builders import (
    ALICE,
    BOB,
    CAROL,
    CREATOR,
    DAVE,
    ERIN,
    HEALER,
    MANAGER,
    NOW,
    START,
    TANK,
    events_of,
    joined,
    raid,
    seated,
    unposted_raid,
    waiting,
)


def closed(board: Raid) -> Raid:
    return lifecycle.close(board, reason=CloseReason.MANUAL, by=MANAGER, now=NOW).raid


def asking(board: Raid, *members: MemberId) -> Raid:
    return substitutes.ask(board, TANK, members, by=MANAGER, now=NOW).raid


def known(member: MemberId, fitting: int, raids: int, days: int = 1) -> Candidate:
    return Candidate(member=member, fitting=fitting, raids=raids, last=NOW - timedelta(days=days))


def test_asked_members_get_two_buttons_until_the_start() -> None:
    change = substitutes.ask(closed(raid(tank=1, healer=1)), TANK, (ALICE, BOB, ALICE), by=MANAGER, now=NOW)

    told_to = notices(change)
    assert [notice.member for notice in told_to] == [ALICE, BOB]
    assert [button.address for button in told_to[0].buttons] == ["reply:1:sub:1:yes", "reply:1:sub:1:no"]
    assert told_to[0].expires_at == START
    assert [entry.action for entry in raid_entries.entries(change.raid, change)] == [AuditAction.SUBSTITUTE_ASKED] * 2


def test_who_leaves_the_server_does_not_come_and_the_asker_is_told() -> None:
    board = asking(closed(raid(tank=1, healer=1)), ALICE, BOB)

    change = signups.depart(board, ALICE, now=NOW)

    assert list(change.raid.asked()) == [BOB]
    assert change.events == (ev.AskDeclined(ALICE, TANK, MANAGER),)
    assert [notice.member for notice in notices(change)] == [MANAGER]
    with pytest.raises(substitutes.NotAsked):
        substitutes.accept(change.raid, ALICE, TANK, now=NOW)


def test_who_signs_up_for_the_seat_meanwhile_has_answered_and_keeps_their_turn() -> None:
    board = asking(raid(tank=2, healer=1), ALICE, BOB)

    seated_now = joined(joined(board, TANK, ALICE), HEALER, BOB)

    assert list(seated_now.asked()) == [BOB]
    for answer in (partial(substitutes.accept, now=NOW), substitutes.decline):
        with pytest.raises(substitutes.SeatedAlready):
            answer(seated_now, ALICE, TANK)
    assert substitutes.decline(seated_now, BOB, TANK).events == (ev.AskDeclined(BOB, TANK, MANAGER),)


def test_the_first_to_accept_sits_and_the_rest_need_not_answer() -> None:
    board = asking(closed(raid(tank=1, healer=1)), ALICE, BOB, CAROL)

    change = substitutes.accept(board, BOB, TANK, now=NOW)

    assert seated(change.raid, TANK) == [BOB]
    assert change.raid.asks == ()
    assert [row.member for row in change.raid.attendance] == [BOB]
    assert [notice.member for notice in notices(change)] == [MANAGER, ALICE, CAROL]
    with pytest.raises(substitutes.NotAsked):
        substitutes.accept(change.raid, ALICE, TANK, now=NOW)


def test_with_two_free_seats_two_may_come() -> None:
    board = asking(raid(tank=2, healer=1), ALICE, BOB, CAROL)

    first = substitutes.accept(board, CAROL, TANK, now=NOW)
    second = substitutes.accept(first.raid, ALICE, TANK, now=NOW)

    assert events_of(first, ev.AskEnded) == []
    assert seated(second.raid, TANK) == [CAROL, ALICE]
    assert events_of(second, ev.AskEnded) == [ev.AskEnded(BOB, TANK)]


def test_coming_over_from_another_role_promotes_there() -> None:
    board = joined(raid(tank=1, healer=1), HEALER, ALICE, BOB)
    board = asking(manager_edits.remove(joined(board, TANK, CAROL), CAROL, now=NOW).raid, DAVE)
    board = replace(board, asks=tuple(replace(one, member=ALICE) for one in board.asks))

    change = substitutes.accept(board, ALICE, TANK, now=NOW)

    assert (seated(change.raid, TANK), seated(change.raid, HEALER)) == ([ALICE], [BOB])


def test_a_seat_that_somebody_else_takes_ends_the_requests_for_it() -> None:
    board = asking(raid(tank=1, healer=1), ALICE, CAROL)

    change = signups.join(board, BOB, TANK, now=NOW, source=Source.BUTTON)

    assert change.raid.asks == ()
    assert events_of(change, ev.AskEnded) == [ev.AskEnded(ALICE, TANK), ev.AskEnded(CAROL, TANK)]
    with pytest.raises(substitutes.NotAsked):
        substitutes.accept(change.raid, ALICE, TANK, now=NOW)


def test_a_seat_taken_meanwhile_is_said_for_a_request_that_an_older_version_left() -> None:
    asked = asking(raid(tank=1, healer=1), ALICE)
    board = replace(joined(asked, TANK, BOB), asks=asked.asks)

    with pytest.raises(substitutes.SeatTaken):
        substitutes.accept(board, ALICE, TANK, now=NOW)


def test_a_request_is_repeated_after_a_while_and_never_kept_twice() -> None:
    board = asking(raid(tank=2, healer=1), ALICE, BOB)
    soon, later = NOW + timedelta(minutes=14), NOW + timedelta(minutes=15)

    with pytest.raises(substitutes.NobodyToAsk):
        substitutes.ask(board, TANK, (ALICE,), by=MANAGER, now=soon)
    change = substitutes.ask(board, TANK, (ALICE,), by=DAVE, now=later)

    assert [(one.member, one.by, one.since) for one in change.raid.asks] == [(ALICE, DAVE, later), (BOB, MANAGER, NOW)]
    assert change.events == (ev.SubstituteAsked(ALICE, TANK),)


def test_who_cannot_be_reached_is_not_asked_any_more() -> None:
    board = asking(raid(tank=2, healer=1), ALICE, BOB)

    change = substitutes.not_reached(board, ALICE)

    assert list(change.raid.asked()) == [BOB]
    assert [notice.member for notice in notices(change)] == [MANAGER]
    assert substitutes.not_reached(change.raid, ALICE).events == ()


def test_declining_is_told_to_who_asked() -> None:
    change = substitutes.decline(asking(raid(tank=1, healer=1), ALICE, BOB), ALICE, TANK)

    assert [one.member for one in change.raid.asks] == [BOB]
    assert [(notice.member, "can’t make it" in str(notice.text)) for notice in notices(change)] == [(MANAGER, True)]
    with pytest.raises(substitutes.NotAsked):
        substitutes.decline(change.raid, ALICE, TANK)


def test_only_free_seats_of_raids_to_come_are_offered_and_nobody_twice() -> None:
    board = joined(raid(tank=1, healer=1), TANK, ALICE)

    with pytest.raises(substitutes.NoFreeSeat):
        asking(board, BOB)
    with pytest.raises(substitutes.NobodyToAsk):
        substitutes.ask(board, HEALER, (ALICE,), by=MANAGER, now=NOW)
    with pytest.raises(substitutes.NobodyToAsk):
        asking(asking(raid(tank=1), BOB), BOB)
    with pytest.raises(substitutes.BegunAlready):
        substitutes.ask(board, HEALER, (BOB,), by=MANAGER, now=START)
    with pytest.raises(substitutes.BegunAlready):
        substitutes.accept(asking(raid(tank=1), BOB), BOB, TANK, now=START)
    with pytest.raises(manager_edits.NotPostedYet):
        asking(unposted_raid(), BOB)
    over = lifecycle.cancel(asking(raid(tank=1), BOB), reason=CancelReason.MANUAL, by=MANAGER, now=NOW)
    with pytest.raises(signups.RaidOver):
        substitutes.accept(over.raid, BOB, TANK, now=NOW)
    assert BOB in [notice.member for notice in notices(over)]


def test_a_new_time_is_told_to_those_asked() -> None:
    change = lifecycle.change_time(asking(raid(tank=1), BOB), START + timedelta(hours=1), "UTC", now=NOW)

    assert [notice.member for notice in notices(change)] == [BOB, CREATOR]


def test_those_in_line_come_first_then_experience_then_activity() -> None:
    board = joined(raid(tank=1, healer=1), TANK, ALICE, BOB)
    board = manager_edits.remove(closed(board), ALICE, now=NOW).raid
    people = [known(CAROL, 1, 1), known(DAVE, 3, 9, days=30), known(ERIN, 0, 40), known(MANAGER, 3, 9)]

    ranked = substitutes.ranked(board, TANK, people, now=NOW)

    assert [one.member for one in ranked] == [BOB, MANAGER, DAVE, CAROL]
    assert [one.reasons(NOW) for one in ranked] == [
        "waits for it, number 1",
        "3× in this role, 9 raids, recently active",
        "3× in this role, 9 raids, last seen 30 days ago",
        "1× in this role, 1 raid, recently active",
    ]
    assert waiting(board, TANK) == [BOB]


def test_who_has_a_seat_or_was_asked_is_not_offered() -> None:
    board = asking(joined(raid(tank=2, healer=1), HEALER, ALICE), BOB)

    assert substitutes.ranked(board, TANK, [known(ALICE, 1, 1), known(BOB, 1, 1)], now=NOW) == []
