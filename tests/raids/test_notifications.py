from dataclasses import replace
from datetime import timedelta

import pytest

from raidbot.raids import details, lifecycle
from raidbot.raids import events as ev
from raidbot.raids.audit import raid_entries
from raidbot.raids.audit.words import Words, words
from raidbot.raids.model import CancelReason, ChannelId, CloseReason, MemberId, Raid, RaidId, RoleKey, Source, Status
from raidbot.raids.notifications import Notice, notices, thread_note
from raidbot.raids.reminders.due import Pending, remind
from raidbot.raids.rosters import manager_edits, signups
from raidbot.utils.text import stamp
from tests.raids.builders import (
    ALICE,
    BOARD,
    BOB,
    CAROL,
    CREATOR,
    HEALER,
    MANAGER,
    NOW,
    START,
    TANK,
    joined,
    museum,
    raid,
    unposted_raid,
)


def react(board: Raid, member: MemberId, key: str) -> ev.Change:
    return signups.react(board, member, RoleKey(key), now=NOW)


def only_notice(change: ev.Change) -> Notice:
    (notice,) = notices(change)
    return notice


def test_success_shows_on_the_board_and_is_not_told() -> None:
    assert notices(react(raid(tank=1, healer=1), ALICE, TANK)) == ()
    assert notices(signups.unreact(joined(raid(tank=2), TANK, ALICE), ALICE, TANK, now=NOW)) == ()


def test_who_waits_hears_the_position_and_the_seat_they_keep() -> None:
    board = joined(joined(raid(tank=1, healer=1), TANK, ALICE, CAROL), HEALER, BOB)

    notice = only_notice(react(board, BOB, TANK))

    assert notice.member == BOB
    assert "**Tank** in **Molten Core** (`ABC234`) is full: you are number 2 in line" in str(notice.text)
    assert "You keep your seat as **Healer**" in str(notice.text)
    assert f"/{BOARD}" in str(notice.text)


def test_who_is_promoted_hears_it_and_what_they_gave_up() -> None:
    board = joined(joined(raid(tank=1, healer=1), TANK, ALICE), HEALER, BOB)
    board = joined(board, TANK, BOB)

    notice = only_notice(signups.unreact(board, ALICE, TANK, now=NOW))

    assert notice.member == BOB
    assert "you are now **Tank**" in str(notice.text)
    assert "gave up your seat as **Healer**" in str(notice.text)


def test_who_has_a_seat_unasked_can_give_it_up_from_the_message() -> None:
    full = joined(raid(tank=1, healer=1), TANK, ALICE, BOB)

    promoted = only_notice(signups.unreact(full, ALICE, TANK, now=NOW))
    given = notices(manager_edits.assign(full, CAROL, HEALER, now=NOW))[0]

    for notice in (promoted, given):
        assert "If you can’t make it, press the button." in str(notice.text)
        assert [(str(button.label), button.address) for button in notice.buttons] == [("I cannot come", "reply:1:out")]


def test_who_is_answered_on_the_spot_is_not_told_the_same_again() -> None:
    board = joined(raid(tank=1, healer=1), TANK, ALICE, BOB)
    moved = signups.join(board, ALICE, HEALER, now=NOW, source=Source.BUTTON)
    waiting = signups.join(board, CAROL, TANK, now=NOW, source=Source.BUTTON)
    removed = manager_edits.remove(board, ALICE, now=NOW)

    assert [notice.member for notice in notices(moved)] == [ALICE, BOB, CREATOR]
    assert [notice.member for notice in notices(replace(moved, answered=ALICE))] == [BOB, CREATOR]
    assert notices(replace(waiting, answered=CAROL)) == ()
    assert [notice.member for notice in notices(replace(removed, answered=ALICE))] == [BOB]
    assert [notice.member for notice in notices(replace(removed, answered=BOB))] == [ALICE]


def test_the_only_role_of_a_raid_is_not_named() -> None:
    full = joined(museum(1), RoleKey("museum"), ALICE, BOB)

    waiting = only_notice(react(full, CAROL, "museum"))
    promoted = only_notice(signups.unreact(full, ALICE, RoleKey("museum"), now=NOW))

    assert f"**{full.name}** (`ABC234`) is full" in str(waiting.text)
    assert f"you are now on the roster of **{full.name}**" in str(promoted.text)


def test_who_moves_hears_it() -> None:
    notice = only_notice(react(joined(raid(tank=1, healer=2), TANK, ALICE), ALICE, HEALER))

    assert (notice.member, "from **Tank** to **Healer**" in str(notice.text)) == (ALICE, True)


def test_what_a_manager_does_to_somebody_is_told_to_them() -> None:
    board = joined(raid(tank=1, healer=1), TANK, ALICE, BOB)

    given = notices(manager_edits.assign(board, CAROL, TANK, now=NOW, force=True))
    taken = notices(manager_edits.remove(board, BOB, now=NOW))
    sent = notices(manager_edits.send_to_wait(board, ALICE, TANK, now=NOW))

    assert [(notice.member, "gave you the seat **Tank**" in str(notice.text)) for notice in given] == [(CAROL, True)]
    assert [(notice.member, "took you off" in str(notice.text)) for notice in taken] == [(BOB, True)]
    assert [notice.member for notice in sent] == [ALICE, BOB]
    assert "in line for **Tank**" in str(sent[0].text)


def test_the_creator_hears_of_a_full_raid_once() -> None:
    filled = react(raid(tank=1), ALICE, TANK)

    assert only_notice(filled).member == CREATOR
    assert "Every seat" in str(only_notice(filled).text)


def test_a_cancelled_raid_is_told_to_everybody_once_with_the_reason() -> None:
    board = joined(raid(tank=1, healer=1), TANK, CREATOR, ALICE, BOB)

    owed = notices(lifecycle.cancel(board, reason=CancelReason.MESSAGE_DELETED, by=None, now=NOW))

    assert [notice.member for notice in owed] == [CREATOR, ALICE, BOB]
    assert "is cancelled: its signup message was deleted." in str(owed[0].text)


def test_who_reads_the_outcome_in_an_answer_gets_no_message_about_it() -> None:
    board = joined(raid(tank=2, healer=1), TANK, ALICE, BOB)
    later = START.replace(hour=20)
    shut = lifecycle.close(joined(board, TANK, CAROL), reason=CloseReason.MANUAL, by=MANAGER, now=NOW).raid
    changes = [
        lifecycle.cancel(board, reason=CancelReason.MANUAL, by=ALICE, now=NOW),
        lifecycle.change_time(board, later, "UTC", now=NOW),
        details.lead(board, leader=ALICE),
        manager_edits.remove(board, ALICE, now=NOW),
        manager_edits.fill(signups.leave(shut, BOB, now=NOW).raid, now=NOW),
    ]

    for change, presser in zip(changes, (ALICE, ALICE, ALICE, ALICE, CAROL), strict=True):
        before = [notice.member for notice in notices(change)]
        after = [notice.member for notice in notices(replace(change, answered=presser))]
        assert presser in before
        assert after == [member for member in before if member != presser]


def test_a_new_time_is_told_to_roster_and_line_with_the_old_one() -> None:
    board = joined(raid(tank=1), TANK, ALICE, BOB)
    later = START.replace(hour=20)

    owed = notices(lifecycle.change_time(board, later, "UTC", now=NOW))

    assert [notice.member for notice in owed] == [ALICE, BOB, CREATOR]
    assert f"<t:{later.timestamp():.0f}:F>" in str(owed[0].text)
    assert f"instead of <t:{START.timestamp():.0f}:F>" in str(owed[0].text)
    assert notices(lifecycle.change_time(board, START, "Asia/Tokyo", now=NOW)) == ()


def reminded(board: Raid, which: ev.Reminder, member: MemberId, *joint: ev.Joint) -> Notice:
    return only_notice(remind(board, (Pending(NOW, member, which),), now=NOW, joint=joint))


def test_reminders_are_of_no_use_after_the_start_and_have_a_key_per_start() -> None:
    board = joined(raid(tank=1, healer=1), TANK, ALICE, BOB)
    moved = lifecycle.change_time(board, START.replace(hour=20), "UTC", now=NOW).raid

    creator = reminded(board, ev.Reminder.CREATOR, CREATOR)
    participant = reminded(board, ev.Reminder.PARTICIPANTS, ALICE)
    again = reminded(moved, ev.Reminder.PARTICIPANTS, ALICE)

    assert (creator.member, participant.member) == (CREATOR, ALICE)
    assert participant.expires_at == START
    assert participant.reminds == ((board.id, 0),)
    assert len({creator.key, participant.key, again.key}) == 3
    assert reminded(replace(board, version=99), ev.Reminder.PARTICIPANTS, ALICE).key == participant.key


def test_a_reminder_of_two_raids_lasts_until_the_later_one_begins() -> None:
    board = joined(raid(tank=1), TANK, ALICE)
    later = START + timedelta(minutes=10)

    notice = reminded(board, ev.Reminder.PARTICIPANTS, ALICE, ev.Joint(ALICE, RaidId(9), 3, later, NOW))

    assert notice.reminds == ((board.id, 0), (RaidId(9), 3))
    assert notice.expires_at == later


def test_names_are_shown_as_written() -> None:
    board = joined(replace(museum(1), title="*@everyone*", subject="<:x:1>"), "museum", ALICE)

    text = str(only_notice(react(board, BOB, "museum")).text)

    assert "*@everyone*" not in text
    assert "<:x:1>" not in text


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (react(raid(tank=1, healer=1), ALICE, TANK), [("joined", ALICE, None, "Tank")]),
        (
            react(joined(raid(tank=1, healer=2), TANK, ALICE), ALICE, HEALER),
            [("moved", ALICE, "Tank", "Healer")],
        ),
        (react(joined(raid(tank=1), TANK, ALICE), BOB, TANK), [("waitlisted", BOB, None, "Tank #1")]),
        (
            signups.unreact(joined(raid(tank=1), TANK, ALICE, BOB), ALICE, TANK, now=NOW),
            [("left", ALICE, "Tank", None), ("promoted", BOB, None, "Tank")],
        ),
        (
            manager_edits.assign(joined(raid(tank=1), TANK, ALICE), BOB, TANK, now=NOW, force=True),
            [("assigned over capacity", BOB, None, "Tank")],
        ),
        (signups.clear_marks(joined(raid(tank=1), TANK, ALICE)), []),
        (
            lifecycle.cancel(raid(tank=1), reason=CancelReason.MANUAL, by=MANAGER, now=NOW),
            [("cancelled", None, "open", "cancelled")],
        ),
    ],
    ids=["joined", "moved", "waitlisted", "left", "forced", "marks", "cancelled"],
)
def test_the_audit_says_who_before_and_after(
    change: ev.Change, expected: list[tuple[str, MemberId | None, str | None, str | None]]
) -> None:
    before = raid(tank=1, healer=2)

    told = raid_entries.entries(before, change)

    said = [(one.title, entry.member, one.before, one.after) for entry, one in zip(told, map(words, told), strict=True)]
    assert said == expected


def test_the_audit_of_closing_knows_the_status_before() -> None:
    board = raid(tank=1)

    (entry,) = raid_entries.entries(board, lifecycle.close(board, reason=CloseReason.AT_START, by=None, now=NOW))
    (created,) = raid_entries.entries(None, ev.Change(unposted_raid(), (ev.Created(),)))

    assert words(entry) == Words("closed", "open", "closed: the raid has started")
    assert words(created) == Words("created", None, "Molten Core")


def test_a_seat_given_back_by_undoing_can_be_given_up_by_button() -> None:
    board = joined(raid(tank=1, healer=1), TANK, ALICE)
    seated, waiting = ev.PlaceRestored(ALICE, TANK, ()), ev.PlaceRestored(BOB, None, (TANK,))

    hers, his = notices(ev.Change(board, (seated, waiting)))

    assert [str(button.label) for button in hers.buttons] == ["I cannot come"]
    assert "press the button" in str(hers.text)
    assert his.buttons == ()
    assert "button" not in str(his.text)


def test_the_thread_hears_of_another_time_while_signups_are_open() -> None:
    board = replace(raid(tank=1), thread=ChannelId(77))
    moved = lifecycle.change_time(board, START + timedelta(hours=1), board.zone, now=NOW)
    elsewhere = lifecycle.change_time(board, START, "Asia/Tokyo", now=NOW)
    shut = replace(moved.raid, status=Status.CLOSED)

    note = thread_note(moved)
    assert note is not None
    assert str(note).startswith(f"New time: {stamp(START + timedelta(hours=1))}")
    assert thread_note(elsewhere) is None
    assert thread_note(ev.Change(shut, moved.events)) is None
    assert thread_note(ev.Change(replace(moved.raid, thread=None), moved.events)) is None
