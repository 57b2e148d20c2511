"""Pictures show the facts, say them in words, and stand any name and number."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from threading import get_ident
from unicodedata import category

import pytest

from raidbot.pictures import drawing, hours, lettering, weeks
from raidbot.pictures.colours import BACKGROUND, EMPTY, INK, ORANGE, SKY_BLUE, STEPS
from raidbot.pictures.facts import Picture, RoleCount, StartHour, Week
from raidbot.pictures.roles import BAR_LEFT, LONGEST
from raidbot.pictures.weeks import BASELINES, TALLEST
from raidbot.pictures.wording import MAX_DESCRIPTION
from tests.pictures.pixels import at, bars, columns, opened

UNLOADED = (
    "import sys, raidbot.cli, raidbot.process, raidbot.bot, raidbot.commands.cogs, raidbot.pictures.drawing;"
    "sys.exit('PIL' in sys.modules)"
)
ESCAPED = re.compile(r"\\.")
MONDAY = date(2026, 9, 14)
HOSTILE = [
    "@everyone",
    "<@1> <#2> <:x:3>",
    "](https://evil.example)",
    "**bold** `code` ||spoiler||",
    "\u200b\u200d\u2060",
    "\u202eevil\u202c",
    "a\x00b\x1b[31m\r\nc",
    "שלום עולם",
    "مرحبا",
    "🧙🏽‍♀️🇩🇪",
    "\U0001fae9",
    "Z̴̛̭a̵l̶g̷o̸",
    "ΑΒΓ Жж éß",
    "W" * 100,
    "🔥" * 100,
    "語" * 100,
    "",
    "#3",
]


def of_weeks(raids: list[int], people: list[int]) -> list[Week]:
    starts = [MONDAY + timedelta(weeks=number) for number in range(len(raids))]
    return [
        Week(monday=monday, raids=raid, people=some, goes_on=monday == starts[-1])
        for monday, raid, some in zip(starts, raids, people, strict=True)
    ]


async def test_columns_are_as_high_as_the_numbers() -> None:
    picture = await drawing.weekly_trend(of_weeks([4, 0, 2, 1, 8], [40, 10, 20, 5, 10]))

    assert columns(picture.png, SKY_BLUE, BASELINES[0]) == [TALLEST, TALLEST // 2, TALLEST // 4, TALLEST * 2]
    assert columns(picture.png, ORANGE, BASELINES[1]) == [176, 44, 88, 22, 44]


async def test_only_the_last_twelve_weeks_are_shown_and_said() -> None:
    many = of_weeks(list(range(20)), [3] * 20)
    picture = await drawing.weekly_trend(many)

    assert len(columns(picture.png, ORANGE, BASELINES[1])) == len(picture.lines) == weeks.MOST_WEEKS
    assert picture.lines[0] == "Week of 9 Nov 2026: 8 raids, 3 people came"
    assert picture.lines[-1] == "Week of 25 Jan 2027, so far: 19 raids, 3 people came"
    assert all(line in picture.description for line in picture.lines)


async def test_bars_are_as_long_as_the_numbers_and_the_longest_is_first() -> None:
    roles = [RoleCount("Healer", 3), RoleCount("Tank", 12), RoleCount("Never", 0), RoleCount("Scout", 1)]
    picture = await drawing.member_roles(roles, member="Ann")

    assert bars(picture.png, SKY_BLUE, BAR_LEFT) == [LONGEST * 2, LONGEST // 2, round(LONGEST * 2 / 12)]
    assert picture.lines == ("Tank: 12 raids", "Healer: 3 raids", "Scout: 1 raid")
    assert picture.description == "Roles in which Ann came: Tank: 12; Healer: 3; Scout: 1."


async def test_many_roles_are_summed_up_in_a_last_bar() -> None:
    picture = await drawing.member_roles([RoleCount(f"Role {n}", 30 - n) for n in range(20)], member="Ann")

    assert len(bars(picture.png, SKY_BLUE, BAR_LEFT)) == len(picture.lines) == 12
    assert picture.lines[-1] == f"9 other roles: {sum(30 - n for n in range(11, 20))} raids"
    assert "9 other roles: 135" in picture.description


async def test_a_name_that_the_font_cannot_draw_is_a_number_that_the_text_explains() -> None:
    roles = [RoleCount("Tank", 9), RoleCount("Θεραπευτής", 8), RoleCount("🔥*DPS*", 7), RoleCount("#3", 6)]
    picture = await drawing.member_roles(roles, member="🔥")
    plain = await drawing.member_roles([*roles[:2], RoleCount("語", 7), RoleCount("العربية", 6)], member="Ann")

    assert picture.lines[1:] == ("Θεραπευτής: 8 raids", "#3 = 🔥\\*DPS\\*: 7 raids", "#4 = \\#3: 6 raids")
    assert "#3 = 🔥*DPS*: 7; #4 = #3: 6." in picture.description
    assert plain.png == picture.png


@pytest.mark.parametrize("name", HOSTILE)
async def test_any_name_is_drawn_harmlessly_inside_its_place(name: str) -> None:
    picture = await drawing.member_roles([RoleCount(name, 5), RoleCount("Tank", 1)], member=name)

    image = opened(picture.png)
    assert image.size == (1200, (54 + 2 * 28 + 14) * 2)
    assert {at(picture.png, x / 2, 68) for x in range(40)} == {BACKGROUND}
    assert bars(picture.png, SKY_BLUE, BAR_LEFT)[0] == LONGEST * 2
    assert len(picture.description) <= MAX_DESCRIPTION
    unseen = {char for text in (picture.description, *picture.lines) for char in text if category(char) in ("Cc", "Cf")}
    assert unseen <= {"\u2068", "\u2069", "\u200d"}
    assert not set(ESCAPED.sub("", picture.lines[0])) & set("@<>[]*`|")


async def test_every_hour_has_its_place_and_grows_lighter() -> None:
    starts = [StartHour(0, 0, 1), StartHour(4, 20, 6), StartHour(4, 20, 3), StartHour(6, 23, 4)]
    picture = await drawing.start_hours(starts, zone="Europe/Berlin")

    def colour(weekday: int, hour: int) -> object:
        return at(picture.png, hours.LEFT + hours.COLUMN * hour + 1, hours.TOP + hours.ROW * weekday + 1)

    assert [colour(0, 0), colour(6, 23), colour(4, 20), colour(3, 20)] == [*STEPS, EMPTY]
    assert picture.lines == ("Monday: 00:00 1×", "Friday: 20:00 9×", "Sunday: 23:00 4×")
    assert picture.description == f"Raids by the hour of their start (Europe/Berlin). {'; '.join(picture.lines)}."


async def test_a_full_week_is_described_by_its_busiest_hours() -> None:
    starts = [StartHour(day, hour, 123_456 + day) for day in range(7) for hour in range(24)]
    picture = await drawing.start_hours(starts, zone="America/Argentina/ComodRivadavia")

    assert "20,741,112 raids in 168 hours of the week. Most at Sunday 00:00 (123,462), " in picture.description
    assert len(picture.description) <= MAX_DESCRIPTION
    assert len(picture.lines) == 7


@pytest.mark.parametrize(
    "draw",
    [
        lambda n: drawing.weekly_trend(of_weeks([n] * 12, [n] * 12)),
        lambda n: drawing.member_roles([RoleCount("W" * 100, n)] * 12, member="W" * 100),
        lambda n: drawing.start_hours([StartHour(d, h, n) for d in range(7) for h in range(24)], zone="UTC"),
    ],
)
@pytest.mark.parametrize("number", [1, 9_999, 10**9, 10**18])
async def test_any_number_fits(draw: Callable[[int], Awaitable[Picture]], number: int) -> None:
    picture = await draw(number)

    image = opened(picture.png)
    edge = {at(picture.png, 598, y) for y in range(image.height // 2)}
    assert edge == {BACKGROUND}
    assert len(picture.description) <= MAX_DESCRIPTION
    assert number > 10**9 or len("\n".join(picture.lines)) <= 4096


async def test_nothing_is_a_sentence_and_no_picture() -> None:
    nothing = [
        await drawing.weekly_trend(of_weeks([0, 0], [0, 0])),
        await drawing.weekly_trend([]),
        await drawing.member_roles([RoleCount("Tank", 0)], member="A*n*n"),
        await drawing.start_hours([], zone="UTC"),
    ]

    assert [(picture.png, len(picture.lines)) for picture in nothing] == [(b"", 1)] * 4
    assert nothing[2].lines == ("A\\*n\\*n has not come to a raid that counts yet.",)
    assert all(picture.description for picture in nothing)


async def test_the_same_facts_are_the_same_bytes_in_any_company() -> None:
    facts = of_weeks([4, 2], [40, 20])
    first = await drawing.weekly_trend(facts)
    others = await asyncio.gather(
        *(drawing.member_roles([RoleCount(f"Role {n}", n + 1)], member="Ann") for n in range(5)),
        *(drawing.weekly_trend(facts) for _ in range(5)),
    )

    assert {picture.png for picture in others[5:]} == {first.png}


async def test_drawing_has_one_thread_of_its_own() -> None:
    async def thread() -> int:
        return await drawing._draw(get_ident)

    threads = set(await asyncio.gather(*(thread() for _ in range(10))))

    assert len(threads) == 1
    assert get_ident() not in threads


def test_pillow_is_loaded_with_the_first_picture_only() -> None:
    assert subprocess.run([sys.executable, "-c", UNLOADED], check=False).returncode == 0


def test_the_font_draws_what_it_says() -> None:
    missing = lettering.font(24).getmask("\uffff")
    drawn = [chr(code) for code in lettering.characters()]

    assert {"a", "ß", "Ω", "ж", "ế", "€", "…"} <= set(drawn)
    assert [char for char in drawn if bytes(lettering.font(24).getmask(char)) == bytes(missing)] == []
    assert "🔥" not in drawn


async def test_letters_are_seen() -> None:
    picture = await drawing.weekly_trend(of_weeks([1], [1]))

    assert any(at(picture.png, x / 2, 30) == INK for x in range(40, 300))


@pytest.mark.parametrize(
    ("number", "short", "shortest"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (9_999, "9,999", "9k"),
        (10_000, "10k", "10k"),
        (999_999, "999k", "999k"),
        (1_234_567, "1M", "1M"),
        (10**30, "999T", "999T"),
    ],
)
def test_long_numbers_are_shortened(number: int, short: str, shortest: str) -> None:
    assert (lettering.short_number(number), lettering.shortest_number(number)) == (short, shortest)


def test_the_licence_of_the_font_is_beside_it() -> None:
    licence = (lettering.FONT.parent / "OFL.txt").read_text(encoding="utf-8")

    assert "SIL OPEN FONT LICENSE" in licence
    assert "Copyright 2015 Google LLC" in licence
