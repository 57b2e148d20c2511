"""Display names of all scripts are shown with the letters they were given, on boards and in everything else."""

import csv
import io
import random
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from icalendar import Calendar

from raidbot.delivery.drawing.render import board
from raidbot.delivery.drawing.text_fit import units
from raidbot.delivery.exports.csv_table import Dialect
from raidbot.delivery.exports.ical import calendar
from raidbot.delivery.exports.roster_csv import roster_sheet
from raidbot.raids.labels import thread_name
from raidbot.raids.model import MemberId, Raid, RoleKey, Seat, Source, Wait
from raidbot.utils.clean_text import clean_name
from raidbot.utils.words import Listed, Name, render, say
from tests.raids.builders import ALICE, NOW, TANK, joined, raid

_WRITTEN = (
    "Ann Zoë Ødegård 8of10 Ωμέγα Маша 山田太郎 ｱﾆﾒ 김민수 ไทย नमस्ते ক্ষ ന്\u200d e\u0301 q\u0323\u0307 \ue000 "
    "\u0601\u0662 "
    "Z\u0334\u0327a\u0336l\u0335\u0313g\u0337o\u0338 ﷽ שרה יוסי محمد عمر می\u200cخواهم نمی\u200cدانم ܫܠܡܐ ߒߞߏ ١٢٣ "
    "\U0001e922\U0001e923 🩷 \U0001fae9 \U0001fac8 \U0001f6d8 🏳️\u200d🌈 🏳️\u200d⚧️ 👩🏽\u200d💻 🧑\u200d🧑\u200d🧒 1️⃣ 🇺🇦 "
    "❤️\u200d🔥 🐦\u200d🔥 \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f "
    "**bold** _it_ ~~x~~ `c` ||s|| # -# > - + 1. <@1> <#2> <:a:3> @everyone [x](y) \\ https://x.y :tada: = ; {name}"
)
PIECES = _WRITTEN.split()
ISOLATES = "\u2068\u2069"


def names(seed: int, count: int) -> Iterator[str]:
    """Yield names of at most 32 UTF-16 units, Discord's limit."""
    chance = random.Random(seed)
    for _ in range(count):
        wanted, name = chance.choice((1, 8, 32, 32)), chance.choice(PIECES)
        while units(name) < wanted:
            name += chance.choice(("", " ")) + chance.choice(PIECES)
        while units(name) > 32 or clean_name(name, 99).rstrip("…") != name:
            name = name[:-1].rstrip() or chance.choice(PIECES)
        yield name


def as_read(text: str) -> str:
    """Return what a reader sees of escaped text."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", text.translate(dict.fromkeys(map(ord, ISOLATES))))


def check_isolates(text: str) -> None:
    """Right-to-left letters stand between isolates only, and every isolate ends on its line."""
    for line in text.split("\n"):
        bare = re.sub(r"\u2068[^\u2068\u2069]*\u2069", "", line)
        assert not re.search(
            "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff⁨⁩]", bare
        )


def roster_of(called: dict[MemberId, str]) -> Raid:
    """Return a raid in which half of the members sit and half of them wait."""
    members, role = list(called), RoleKey("tank")
    half = len(members) // 2
    one = raid(tank=half)
    return replace(
        one,
        creator=members[0],
        seats=tuple(Seat(member, role, place, NOW, Source.REACTION) for place, member in enumerate(members[:half])),
        waits=tuple(Wait(member, role, place, NOW, Source.REACTION) for place, member in enumerate(members[half:])),
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_thousand_names_stand_on_boards_and_in_tables_as_they_were_given(seed: int) -> None:
    given = list(names(seed, 1000))
    for start in range(0, len(given), 20):
        called = {MemberId(100 + number): name for number, name in enumerate(given[start : start + 20])}
        one = roster_of(called)
        learned = {member: clean_name(name) for member, name in called.items()}

        drawn = board(one, learned)
        table = roster_sheet(one, learned, Dialect(), with_attendance=False).decode("utf-8-sig")

        text = "\n".join((drawn.title, drawn.description, *(f"{field.name}\n{field.value}" for field in drawn.fields)))
        sitting, waiting = list(called.values())[:10], list(called.values())[10:]
        read = as_read(text).replace(",\n⏳ ", ", ")
        assert "\n".join(f"{place}. {name}" for place, name in enumerate(sitting, 1)) in read
        assert f"⏳ {', '.join(waiting)}" in read
        assert f"by {sitting[0]}\n" in read
        assert all(units(field.value) <= 1024 for field in drawn.fields)
        check_isolates(text)
        cells = [row["Name"] for row in csv.DictReader(io.StringIO(table, newline=""))]
        assert [re.sub(r"(^|[,;])'", r"\1", cell) for cell in cells] == list(called.values())


@pytest.mark.parametrize("seed", range(5, 10))
def test_a_thousand_names_stand_in_messages_threads_and_calendars_as_they_were_given(seed: int) -> None:
    for name in names(seed, 1000):
        sentence = render(
            say("{one} is in {raid}: {all}.", one=Name(name), raid=Name(name), all=Listed((name, "Bob", name), "and"))
        )
        thread = thread_name(replace(raid(tank=1), title=name), 100)

        assert as_read(sentence) == f"{name} is in {name}: {name}, Bob and {name}."
        assert thread.translate(dict.fromkeys(map(ord, ISOLATES))) == f"{name} - {raid().code}"
        check_isolates(sentence)
        check_isolates(thread)


def test_a_hundred_raids_with_such_names_are_calendars_with_the_same_letters() -> None:
    for name in names(10, 100):
        one = joined(replace(raid(tank=1), title=name), "tank", ALICE)
        one = replace(one, roles=(replace(one.role(TANK), name=name),))

        (event,) = Calendar.from_ical(calendar([one], server=name, reader=ALICE, now=NOW)).events

        said = str(event["description"]).split("\n")[0]
        assert str(event["summary"]) == name == str(event["location"])
        assert said.translate(dict.fromkeys(map(ord, ISOLATES))) == f"Your role: {name}"
        check_isolates(said)
