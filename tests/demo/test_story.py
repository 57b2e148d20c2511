"""The demo's story: its people, what proves its steps, and the evening on which it begins."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from discord_sandbox import Sandbox, SandboxClock, scenario
from raidbot.demo import evening, story
from raidbot.demo.browser import NIGHT_OWLS
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.model import Source


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Let a test set the machine's zone in TZ."""
    with monkeypatch.context() as patched:
        yield patched
    time.tzset()


def test_the_story_is_of_people_on_the_server() -> None:
    sandbox = Sandbox()
    scenario.build(sandbox, scenario.read(NIGHT_OWLS))
    (guild,) = sandbox.store.guilds.values()

    told = story.story_of(guild)

    people = [step.person and guild.members[step.person].display_name for step in told.steps]
    assert people == ["Hugo", "Dora", None, "Mara"]
    assert [step.moves_clock for step in told.steps] == [False, False, True, False]


def test_a_step_is_done_by_hand_and_the_reminder_by_the_clock() -> None:
    assert (
        story.done(
            {
                (AuditAction.CREATED, Source.CLOCK),
                (AuditAction.JOINED, Source.CLOCK),
                (AuditAction.TIME_CHANGED, "clock"),
            }
        )
        == []
    )
    assert story.done(
        {(AuditAction.REMINDED, Source.CLOCK), (AuditAction.WAITLISTED, "reaction"), (AuditAction.JOINED, "button")}
    ) == [story.SIGN_UP, story.REMIND]
    assert story.done({(AuditAction.CREATED, "command"), (AuditAction.TIME_CHANGED, "manager")}) == [
        story.LEAD,
        story.CREATE,
    ]


@pytest.mark.parametrize(
    ("zone", "found"),
    [
        ("America/Chicago", "America/Chicago"),
        (":Asia/Tokyo", "Asia/Tokyo"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "Europe/Berlin"),
        ("<+0545>-5:45", "Asia/Kathmandu"),
        ("<+03>-3", "Europe/Istanbul"),
        ("Etc/UTC", "UTC"),
    ],
)
def test_the_machines_zone_has_a_name(machine: pytest.MonkeyPatch, zone: str, found: str) -> None:
    machine.setenv("TZ", zone)
    time.tzset()

    assert evening.zone_of_machine(datetime(2026, 3, 20, tzinfo=UTC)) == found


def test_it_opens_at_half_past_six_today() -> None:
    clock = SandboxClock(lambda: datetime(2026, 3, 20, 4, 30, tzinfo=UTC))

    opening = evening.wind(clock, "America/New_York", before=timedelta(hours=2))

    assert clock.now() == datetime(2026, 3, 20, 16, 30, tzinfo=ZoneInfo("America/New_York"))
    assert opening - clock.offset == timedelta(hours=2)
