"""Typed times and zones, as the person who types them sees them answered."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from tests.commands.raid.panel_helpers import panel_of
from tests.conftest import Start
from tests.raid_boards import post_raid, run_create

NEW_YORK = ZoneInfo("America/New_York")
STAMP = re.compile(r"<t:(\d+)")


def speaks(person: Person, locale: str) -> None:
    person.user.locale = locale


def next_year(sandbox: Sandbox) -> int:
    return sandbox.clock.now().year + 1


async def answer(guild: SandboxGuild, when: str, locale: str = "en-US", zone: str = "America/New_York") -> str:
    """Return what /create answers to this time, as it is sent: with a preview, or with a refusal."""
    speaks(guild.owner, locale)
    await guild.owner.slash(guild.channel("raid-signups"), "settings", time_zone=zone)
    message = (await run_create(guild, when=when)).message
    assert message is not None
    return message.content


async def start_of(guild: SandboxGuild, when: str, locale: str = "en-US", zone: str = "America/New_York") -> datetime:
    """Return the start that the preview shows, on the clock of the server's zone."""
    text = await answer(guild, when, locale, zone)
    found = STAMP.search(text)
    assert found, text
    return datetime.fromtimestamp(int(found[1]), UTC).astimezone(ZoneInfo(zone))


def tries(refused: str) -> list[str]:
    """Return the texts that a refusal suggests, from its last sentence."""
    first_line = refused.split("\n")[0]
    return re.findall(r"“([^”]+)”", re.split(r"(?<=[.?]) ", first_line)[-1])


async def is_understood(guild: SandboxGuild, when: str, locale: str = "en-US") -> bool:
    return "for you: <t:" in await answer(guild, when, locale)


async def test_a_range_is_refused_with_its_start(guild: SandboxGuild, start: Start) -> None:
    async with start():
        for typed, instead in (
            ("7 to 9pm", ["7pm"]),
            ("friday 8 till 11", ["friday 8pm"]),
            ("8–11pm", ["8pm"]),
            ("10 to 8", ["7:50pm", "10pm"]),
        ):
            refused = await answer(guild, typed)

            assert tries(refused) == instead


async def test_the_language_says_which_half_of_the_day(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start():
        assert (await start_of(guild, "Samstag 11:00", "de")).hour == 11
        assert (await start_of(guild, f"21/03/{next_year(sandbox)} 10:00", "en-GB")).hour == 10
        assert (await start_of(guild, "friday 9:30")).hour == 21

        assert tries(await answer(guild, "friday 10:30")) == ["friday 10:30am", "friday 10:30pm"]


async def test_letters_are_those_of_the_servers_own_region(guild: SandboxGuild, start: Start) -> None:
    async with start():
        for letters, zone in (("WIB", "Asia/Jakarta"), ("BST", "Asia/Dhaka"), ("EST", "Australia/Sydney")):
            assert (await start_of(guild, f"friday 8pm {letters}", zone=zone)).hour == 20

        several = await answer(guild, "friday 8pm PST", zone="Europe/Berlin")
        assert tries(several) == ["friday 8pm America/Los_Angeles", "friday 8pm Asia/Manila"]


async def test_the_servers_clock_and_the_readers_stand_apart(guild: SandboxGuild, start: Start) -> None:
    async with start():
        preview = await answer(guild, "friday 8pm")
        board = await post_raid(guild)
        panel = await panel_of(guild, board)
        starts = panel.text()
        change = await (await panel.click("Change time")).submit(when="friday 8pm")
        changed = change.text()
        panel = await panel_of(guild, board)
        copy = await (await panel.click("Duplicate")).submit(when="friday 8pm")

        for text in (preview, starts, changed, copy.text()):
            assert "in New York · for you: " in text
            assert "time zone America/New_York" not in text
        for text in (preview, copy.text()):
            assert re.search(r"“friday 8pm” is Friday \d+ \w+, 20:00 in New York", text)


@pytest.mark.parametrize(
    ("typed", "locale", "expected"),
    [
        ("3/4/{year} 20:00", "ja", "{year}-03-04 20:00"),
        ("3/4/{year} 20:00", "ko", "{year}-03-04 20:00"),
        ("3/4/{year} 20:00", "zh-CN", "{year}-03-04 20:00"),
        ("3/4/{year} 20:00", "de", "{year}-04-03 20:00"),
        ("9.12 20 Uhr", "de", "-12-09 20:00"),
        ("8 uhr abends", "de", " 20:00"),
        ("8h du soir", "fr", " 20:00"),
        ("tonight 12:30am", "en-US", " 00:30"),
        ("12:00 noon", "en-US", " 12:00"),
        ("um 8 am samstag", "de", " 20:00"),
    ],
)
async def test_days_and_hours_are_those_of_the_language(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, typed: str, locale: str, expected: str
) -> None:
    async with start():
        year = next_year(sandbox)

        meant = await start_of(guild, typed.format(year=year), locale)

        assert expected.format(year=year) in f"{meant:%Y-%m-%d %H:%M}"


async def test_a_short_tuesday_is_no_month(guild: SandboxGuild, start: Start) -> None:
    async with start():
        for locale in ("fr", "es-ES"):
            assert (await start_of(guild, "mar 8", locale)).weekday() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("firday 8pm", "Did you mean “friday 8pm”?"),
        ("firday", "Did you mean “friday 8pm”?"),
        ("every friday 8pm", "“every friday” repeats"),
        ("8-11pm", "has a start and an end. The length comes next."),
        ("friday 8pm for 3 hours", "“for 3 hours” is a length, which comes next. Write just the start: “friday 8pm”."),
        ("now", "“now” is too soon"),
        ("8pm server time", "I do not know your game's clock."),
        ("sunday morning", "For example, “sunday morning 10am”"),
        ("2nd friday 8pm", "may be that weekday of this month or of another"),
        ("2026-13-45", "is not in the calendar"),
        ("soon", "is no time that people can plan with"),
    ],
)
async def test_every_refusal_gives_its_reason_and_what_works(
    guild: SandboxGuild, start: Start, typed: str, sentence: str
) -> None:
    async with start():
        refused = await answer(guild, typed)

        assert sentence in refused
        assert tries(refused)
        for instead in tries(refused):
            assert await is_understood(guild, instead), instead


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Barcelona", "Europe/Madrid"),
        ("mumbai", "Asia/Kolkata"),
        ("NYC", "America/New_York"),
        ("Beijing", "Asia/Shanghai"),
        ("são paulo", "America/Sao_Paulo"),
        ("Zürich", "Europe/Zurich"),
        ("Reykjavík", "Atlantic/Reykjavik"),
        ("Portugal", "Europe/Lisbon"),
    ],
)
async def test_zones_are_found_by_city_and_country(guild: SandboxGuild, start: Start, typed: str, zone: str) -> None:
    channel = guild.channel("raid-signups")
    async with start():
        offered = await guild.owner.autocomplete(channel, "settings", {"time_zone": typed}, focused="time_zone")
        panel = await guild.owner.slash(channel, "settings", time_zone=typed)

        assert [choice.value for choice in offered][:1] == [zone]
        assert zone in panel.text()


async def test_a_hint_is_near_to_what_was_typed(guild: SandboxGuild, start: Start) -> None:
    channel = guild.channel("raid-signups")
    async with start():
        for typed, near in (("Barcelonna", "Europe/Madrid"), ("Melborne", "Australia/Melbourne"), ("USA", "Chicago")):
            refused = await guild.owner.slash(channel, "settings", time_zone=typed)

            assert near in refused.text()
            assert "London" not in refused.text()


async def test_the_examples_in_the_form_are_understood(guild: SandboxGuild, start: Start) -> None:
    async with start():
        panel = await guild.owner.slash(guild.channel("raid-signups"), "create", activity="museum")
        form = await panel.click("Time")
        hint = re.search(r"'placeholder': '([^']+)…", str(form.modal))
        assert hint

        for example in hint[1].split(","):
            assert await is_understood(guild, example.strip()), example
