"""Entries of feeds: one id for ever, and nothing but what everybody may see."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from raidbot.raids.feeds.entries import planned_entries, raid_entry, uid_of
from raidbot.raids.feeds.model import PLANNED_SHOWN, Certainty, Entry, hash_of, is_token
from raidbot.raids.model import MemberId, Status
from raidbot.raids.schedules import edits
from raidbot.raids.schedules.model import DatesOff
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.series import rules
from raidbot.raids.series.model import MAX_FAILURES, RosterMode, Series, SeriesCode
from raidbot.raids.templates.catalogue import untouched
from tests.raids.builders import ALICE, BOB, NOW, joined, raid
from tests.state.series.builders import FIRST, SECOND, TANK, series

CODED = replace(series(), code=SeriesCode("SER234"))


def planned(
    one: Series,
    reader: MemberId | None = None,
    *,
    posted: frozenset[RecurrenceId] = frozenset(),
    taken: frozenset[str] = frozenset(),
    off: bool = False,
) -> list[Entry]:
    dates_off = (DatesOff(FIRST.day, FIRST.day),) if off else ()
    found = planned_entries(one, untouched(), reader, posted=posted, taken=taken, dates_off=dates_off, now=NOW)
    return list(found)


def days(entries: list[Entry]) -> list[date]:
    return [entry.starts_at.date() for entry in entries]


def test_a_raid_of_a_series_has_the_id_that_its_planned_date_had() -> None:
    first, second, *_ = planned(CODED)
    posted = replace(raid(tank=1), planned_as=CODED.occurrence_name(FIRST), guild=CODED.guild)

    assert uid_of(posted) == first.uid
    assert first.uid != second.uid
    assert first.sequence < raid_entry(posted, None, changed_at=NOW).sequence
    assert uid_of(raid(tank=1)) == f"ABC234.{raid(tank=1).guild}@raidbot"


def test_no_planned_date_has_the_id_of_a_raid() -> None:
    """A series was cut after a date was posted, and its first part goes on after all."""
    name = CODED.occurrence_name(FIRST)
    first, *others = planned(CODED, taken=frozenset({name}))
    twice, *_ = planned(CODED, taken=frozenset({name, f"{name}-2"}))

    assert [first.uid, twice.uid] == [f"{name}-{number}.{CODED.guild}@raidbot" for number in (2, 3)]
    assert others == planned(CODED)[1:]


def test_planned_dates_are_tentative_and_those_that_do_not_take_place_or_are_posted_are_absent() -> None:
    entries = planned(CODED)
    skipped = rules.on_schedule(CODED, lambda schedule: edits.skip(schedule, FIRST))
    moved = rules.on_schedule(
        CODED, lambda schedule: edits.move(schedule, FIRST, datetime.fromisoformat("2026-03-21T21:00"))
    )

    assert len(entries) == PLANNED_SHOWN
    assert {entry.certainty for entry in entries} == {Certainty.TENTATIVE}
    assert days(entries)[:2] == [FIRST.day, SECOND.day]
    for without in (planned(skipped), planned(CODED, posted=frozenset({FIRST})), planned(CODED, off=True)):
        assert days(without)[0] == SECOND.day
    assert (planned(moved)[0].uid, days(planned(moved))[0]) == (entries[0].uid, date(2026, 3, 21))


def test_what_is_not_going_to_be_posted_is_not_planned() -> None:
    assert planned(replace(CODED, failures=MAX_FAILURES)) == []
    assert planned(rules.pause(CODED)) == []


def test_a_member_sees_the_dates_of_their_standing_place_only() -> None:
    joined_by_alice = rules.join(CODED, ALICE, TANK, now=NOW)

    own = planned(rules.stay_away(joined_by_alice, ALICE, FIRST), ALICE)

    assert days(own)[0] == SECOND.day
    assert own[0].details[0] == "Your role: Tank"
    assert planned(joined_by_alice, BOB) == []
    assert planned(replace(joined_by_alice, roster=RosterMode.EMPTY), ALICE) == []


def test_notes_descriptions_and_other_people_are_in_no_entry() -> None:
    secret = "Bring the key to the hall"
    one = joined(
        joined(replace(raid(tank=1, healer=1), description=secret, signup_text=secret), "tank", ALICE), "healer", BOB
    )
    noted = rules.change_single(CODED, FIRST, note=secret, leader=BOB)

    for entry in (raid_entry(one, ALICE, changed_at=NOW), raid_entry(one, None, changed_at=NOW), *planned(noted)):
        said = " ".join((entry.title, *entry.details))
        assert secret not in said
        assert str(BOB) not in said.replace(entry.link or "", "")
    assert "Your role: Tank" in raid_entry(one, ALICE, changed_at=NOW).details
    assert "Your role" not in " ".join(raid_entry(one, None, changed_at=NOW).details)


def test_a_cancelled_raid_says_so_in_its_title_and_a_place_in_line_is_tentative() -> None:
    """F04."""
    full = joined(joined(raid(tank=1), "tank", BOB), "tank", ALICE)
    cancelled = replace(full, status=Status.CANCELLED, version=full.version + 1)

    waiting, gone = (raid_entry(one, ALICE, changed_at=NOW) for one in (full, cancelled))

    assert (waiting.certainty, gone.certainty) == (Certainty.TENTATIVE, Certainty.CANCELLED)
    assert gone.title == "Cancelled: Molten Core"
    assert (gone.uid, gone.starts_at) == (waiting.uid, waiting.starts_at)
    assert gone.sequence > waiting.sequence
    assert "You wait for Tank, number 1 in line" in waiting.details


def test_a_series_that_cannot_be_posted_as_it_is_has_its_name() -> None:
    lost = replace(CODED, rotation=(replace(CODED.rotation[0], template="gone"),))

    assert planned(lost)[0].title == "Raid night"
    assert planned(lost)[0].ends_at is None


@pytest.mark.parametrize("text", ["", "x" * 42, "x" * 44, "../" + "x" * 40, "x" * 42 + "\n", "ä" * 43, "x" * 10_000])
def test_what_is_no_secret_is_known_as_such(text: str) -> None:
    assert not is_token(text)
    assert is_token("x" * 43)
    assert len(hash_of(text)) == 64
