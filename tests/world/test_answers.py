"""The answers of commands on the world, read as people read them, have the figures of plain Python."""

import re
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from raidbot.db.timestamps import seconds
from tests.conftest import Start
from tests.world import recompute
from tests.world.export import export
from tests.world.making.scenery import SERVERS, Server
from tests.world.recompute import Days, Numbers, World, week_of

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


async def test_answers(sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, world_file: Path) -> None:
    people = [guild.add_member(name) for name in ("alice", "bob", "carol")]
    alice = people[0]
    shutil.copyfile(world_file, database)
    _move_in(database, SERVERS[1], guild, people, before=seconds(sandbox.clock.now() - timedelta(days=1)))
    async with start():
        with closing(sqlite3.connect(database)) as connection:
            plain = World(export(connection), seconds(sandbox.clock.now()))

        _check_user(await _ask(guild, alice, "stats user"), plain, guild.id, alice.id)
        _check_server(await _ask(guild, alice, "stats server"), plain, guild.id)
        for command, typed, days in (
            ("monthly", {"month": "2026-06"}, recompute.month_of(date(2026, 6, 1))),
            ("weekly", {"week": "2026-06-15"}, recompute.week_of(date(2026, 6, 15))),
        ):
            answer = await _ask(guild, alice, f"stats {command}", **typed)
            _check_period(answer, plain, guild.id, days, recompute.month_of if command == "monthly" else week_of)
        for person in people:
            top = _lines(await _ask(guild, person, "leaderboard top"), r"(?:\*\*(\d+)\.\*\*|(.)) .* · (\d+) raids?(.*)")
            right = [(place, number) for place, _, number in plain.ranking(guild.id)][:10]
            assert [(int(place or 1 + "🥇🥈🥉".index(medal)), int(number)) for place, medal, number, _ in top] == right
        tank = _lines(await _ask(guild, alice, "leaderboard role", role="Tank"), r".* · (\d+) raids?")
        assert [int(number) for (number,) in tank] == [n for _, _, n in plain.role_ranking(guild.id, "Tank")][:10]
        achieved = await _ask(guild, alice, "leaderboard achievements")
        assert f"{len(plain.achievements(guild.id, alice.id))} of 11 unlocked" in achieved.text()
        history = await _ask(guild, alice, "raidinfo history")
        assert f"({len(plain.history(guild.id, alice.id))})" in history.embeds[0]["title"]
        states = [state for state in recompute.STATES if f" {state}" in " ".join(_text(history).splitlines()[3:])]
        assert set(states) <= set(plain.states(guild.id, alice.id))


def _check_user(answer: PersonResponse, plain: World, guild: int, member: int) -> None:
    numbers = plain.numbers(guild, member)
    rate, came, expected = _numbers(r"Attendance: ([\d.]+) %.* came to (\d+) of (\d+) raids", _text(answer))
    assert numbers.rate is not None
    assert (came, expected) == (numbers.came, numbers.came + numbers.states["no-show"])
    assert rate == round(100 * numbers.rate, 1)
    _check_states(_text(answer), numbers)
    _check_counts(_field(answer, "Roles, most played first"), plain.roles(guild, member))
    _check_counts(_field(answer, "Raids, most played first"), plain.templates(guild, member))
    day, hour = re.findall(r"(?:(\w+day)|(\d\d):00–\d\d:59) – \d+ raids", _field(answer, "Favourite day and start"))
    weekdays, hours = plain.weekdays(guild, member), plain.hours(guild, member)
    assert weekdays[_DAYS.index(day[0])] == max(weekdays)
    assert hours[int(hour[1])] == max(hours)
    assert f"<t:{plain.last(guild, member)}:D>" in _field(answer, "Last raid")
    assert f"Came {plain.streak(guild, member)} times in a row" in _field(answer, "Last raid")


def _check_server(answer: PersonResponse, plain: World, guild: int) -> None:
    total = plain.total(guild)
    assert _numbers(r"\*\*(\d+) raids\*\*", _text(answer)) == [len(plain.counted(guild))]
    assert _numbers(r"\*\*(\d+) people\*\*", _text(answer)) == [len(plain.participants(guild))]
    assert _numbers(r"include (\d+) raids", _text(answer)) == [total.brought]
    said = _field(answer, "Attendance")
    assert _numbers(r"Came (\d+) times, no-shows (\d+)", said) == [total.came, total.states["no-show"]]
    for label, state in (
        ("late", "late"),
        ("Excused", "excused"),
        ("Called off", "called off"),
        ("Benched", "benched"),
    ):
        assert _numbers(rf"{label}: (\d+)", said) == [total.states[state]]
    assert _numbers(r"of (\d+) \(", said) == [sum(raid.seats for raid in plain.counted(guild))]
    _check_top(_field(answer, "Came most often"), plain.ranking(guild))
    _check_counts(_field(answer, "Raids, most frequent first"), plain.templates(guild))
    _check_counts(_field(answer, "Do not count"), recompute.named_by_title(plain.uncounted(guild)))


def _check_period(answer: PersonResponse, plain: World, guild: int, days: Days, of: Callable[[date], Days]) -> None:
    """Check the period's own figures, how they differ from those of the period before, and the row of twelve."""
    earlier = recompute.before(days, of)
    for what, noun in ((plain.counted, r"raids\*\*"), (plain.participants, "people came")):
        now, then = len(what(guild, days)), len(what(guild, earlier))
        shown, difference, way, percent = re.findall(
            rf"(\d+) {noun}, (\d+) (more|fewer) .*\(([+−-][\d.]+) %\)", _text(answer)
        )[0]
        assert (int(shown), int(difference) * (1 if way == "more" else -1)) == (now, now - then)
        assert float(percent.replace("−", "-")) == round(100 * (now - then) / then, 1)
    _check_states(_field(answer, "Attendance"), plain.total(guild, days))
    _check_top(_field(answer, "Came most often"), plain.ranking(guild, days))
    (twelve,) = (field["value"] for field in answer.embeds[0]["fields"] if field["name"].startswith("Last 12"))
    for line in twelve.splitlines():
        assert [*map(int, re.findall(r"(\d+) (?:raids?|people|person)", line))] == [
            len(plain.counted(guild, days)),
            len(plain.participants(guild, days)),
        ]
        days = recompute.before(days, of)


def _check_states(text: str, numbers: Numbers) -> None:
    shown = re.findall(r"(present|late|no-shows|excused|called off|benched) (\d+)", text)
    right = {state: number for state, number in numbers.states.items() if number}
    assert {state.removesuffix("s"): int(number) for state, number in shown} == right


def _check_counts(text: str, right: Mapping[str, int]) -> None:
    """Check the highest counts of a list, and that it says how many more there are."""
    shown = [(re.sub(r"\\(.)", r"\1", name), int(number)) for name, number in re.findall(r"(.+) – (\d+) raids?", text)]
    assert all(right[name] == number for name, number in shown)
    assert [number for _, number in shown] == sorted(right.values(), reverse=True)[: len(shown)]
    assert len(shown) == len(right) or f"and {len(right) - len(shown)} more" in text


def _check_top(text: str, ranking: list[tuple[int, int, int]]) -> None:
    shown = [(int(place), int(number)) for place, number in re.findall(r"(\d+)\.\*\* .* – (\d+) raids?", text)]
    assert shown == [(place, number) for place, _, number in ranking[: len(shown)]]
    tied = sum(place == shown[-1][0] for place, _, _ in ranking[len(shown) :])
    assert not tied or f"and {tied} more with as many" in text


def _text(answer: PersonResponse) -> str:
    return str(answer.embeds[0]["description"])


def _field(answer: PersonResponse, name: str) -> str:
    (value,) = (field["value"] for field in answer.embeds[0]["fields"] if field["name"] == name)
    return str(value)


def _lines(answer: PersonResponse, pattern: str) -> list[tuple[str, ...]]:
    return [
        found if isinstance(found, tuple) else (found,)
        for line in _text(answer).splitlines()
        for found in re.findall(pattern, line)
    ]


def _numbers(pattern: str, text: str) -> list[float]:
    """Return the numbers of the only match."""
    (found,) = re.findall(pattern, text)
    return [float(number) for number in ([found] if isinstance(found, str) else found)]


async def _ask(guild: SandboxGuild, by: Person, command: str, **options: object) -> PersonResponse:
    return await by.slash(guild.channel("raid-signups"), command, **options)


def _move_in(path: Path, server: Server, guild: SandboxGuild, people: list[Person], *, before: int) -> None:
    """Make the guild of the sandbox the server of the world, and people its most eager members.

    Raids that are not over lose their rows: the bot would compare their boards.
    """
    with closing(sqlite3.connect(path)) as connection, connection:
        ahead = "SELECT id FROM raids WHERE ends_at > ? OR status = 'open'"
        for table in ("seats", "waits", "attendance", "given_up", "marks", "raid_roles"):
            connection.execute(" ".join(("DELETE FROM", table, "WHERE raid IN (", ahead, ")")), (before,))
        connection.execute("DELETE FROM raids WHERE ends_at > ? OR status = 'open'", (before,))
        for table, column in (
            ("raids", "guild"),
            ("guilds", "id"),
            ("members", "guild"),
            ("opening_balances", "guild"),
        ):
            update = ("UPDATE", table, "SET", column, "= ? WHERE", column, "= ?")
            connection.execute(" ".join(update), (guild.id, server.guild))
        for person, member in zip(people, server.members, strict=False):
            for named in ("seats", "waits", "attendance", "members", "opening_balances"):
                renamed = ("UPDATE", named, "SET member = ? WHERE member = ?")
                connection.execute(" ".join(renamed), (person.id, member))
