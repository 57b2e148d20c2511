"""Raids and roles are named with their code, and no name writes Markdown or pushes the code out."""

from dataclasses import replace

import pytest

from raidbot.raids import labels
from tests.raids.builders import ALICE, BOB, HEALER, TANK, joined, open_raid, raid

HOSTILE = "**Molten** [Core](x) `a`"
ESCAPED = r"\*\*Molten\*\* \[Core\]\(x\) \`a\`"


def test_a_raid_is_named_with_its_code_and_without_markdown_of_its_own() -> None:
    hostile = open_raid(title=HOSTILE)

    assert str(labels.coded(hostile)) == f"“{ESCAPED}” (`ABC234`)"
    assert str(labels.plainly_coded(hostile)) == f"“{ESCAPED}” (ABC234)"
    assert str(labels.bold_coded(hostile)) == f"**{ESCAPED}** (`ABC234`)"


@pytest.mark.parametrize("length", [1, 70, 90, 200])
def test_a_long_name_leaves_code_and_time_in_a_choice_and_in_a_thread_s_name(length: int) -> None:
    long = open_raid(title="x" * length)

    choice, thread = labels.choice(long, "Fri 20 Mar 20:00", 100), labels.thread_name(long, 100)

    assert len(choice) <= 100
    assert choice.startswith("ABC234 — x")
    assert choice.endswith(" — Fri 20 Mar 20:00")
    assert len(thread) <= 100
    assert thread.startswith("x")
    assert thread.endswith(" - ABC234")


def test_a_role_is_offered_with_who_sits_and_who_waits() -> None:
    full = joined(raid(tank=1, healer=2), TANK, ALICE, BOB)

    assert labels.role_choice(full, full.role(TANK)) == "1. Tank (1/1, 1 waiting)"
    assert labels.role_choice(full, full.role(HEALER)) == "2. Healer (0/2)"


def test_a_seat_is_named_with_its_side() -> None:
    seated = joined(raid(tank=1), TANK, ALICE)
    (seat,) = seated.seats

    assert labels.seat(seated, seat) == "Tank"
    assert labels.seat(seated, replace(seat, side="Left")) == "Tank (Left)"
