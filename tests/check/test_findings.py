"""How findings are printed."""

from datetime import timedelta

import pytest

from raidbot.check.findings import Finding, Part, as_text, in_bytes, ok, span, warning, wrong

GOOD = ok(Part.PROGRAM, "version", "New enough.")
LOOK = warning(Part.DISK, "room", "Little room is left.")
BAD = wrong(Part.SETTINGS, "settings", "The token is missing.")


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        ([GOOD], "Ready: all is well."),
        ([GOOD, LOOK], "Ready, with 1 warning."),
        ([LOOK, LOOK], "Ready, with 2 warnings."),
        ([BAD, GOOD], "Not ready: mend one thing marked “wrong”."),
        ([BAD, BAD, LOOK], "Not ready: mend 2 things marked “wrong”, and see 1 warning."),
    ],
)
def test_the_last_line_sums_up(findings: list[Finding], said: str) -> None:
    assert as_text(findings).splitlines()[-1] == said


def test_findings_stand_under_the_names_of_their_parts_in_order() -> None:
    assert as_text([LOOK, GOOD, BAD]).splitlines()[:-1] == [
        "Settings",
        "  wrong    The token is missing.",
        "",
        "Program",
        "  ok       New enough.",
        "",
        "Disk",
        "  warning  Little room is left.",
        "",
    ]


def test_a_narrow_terminal_gets_broken_lines_but_whole_words() -> None:
    long = ok(Part.DISCORD, "invite", f"Invite the bot to a server: https://discord.com/{'x' * 60}")

    lines = as_text([long], width=40).splitlines()

    assert lines[1:4] == [
        "  ok       Invite the bot to a server:",
        f"           https://discord.com/{'x' * 60}",
        "",
    ]


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 bytes"), (1500, "1.5 kB"), (12_345_678, "12.3 MB"), (512_000_000, "512 MB")]
)
def test_sizes_are_for_people(count: int, said: str) -> None:
    assert in_bytes(count) == said


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=1), "1 second"),
        (timedelta(minutes=-90), "1 hour"),
        (timedelta(days=2, hours=3), "2 days"),
        (timedelta(0), "0 seconds"),
    ],
)
def test_spans_are_for_people(length: timedelta, said: str) -> None:
    assert span(length) == said
