"""Names of members keep their letters and their order, wherever the bot shows them."""

import csv
import io

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from tests.commands.raid.panel_helpers import code_of
from tests.commands.raidinfo.test_raidinfo import ask, file_of
from tests.conftest import Start
from tests.e2e.fast_loop import sped_up
from tests.e2e.test_threads import enable_thread_members, has_first_message
from tests.raid_boards import board_text, post_raid

NAMES = {
    "an emoji of Unicode 15": "\U0001fa77",
    "joined emoji": "🏳️\u200d🌈 👩🏽\u200d💻",
    "a joiner in a word": "می\u200cخواهم",
    "a region's flag": "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "a private character": "\ue000",
}
MARKUP = "*_" * 16


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_a_name_keeps_its_letters(guild: SandboxGuild, start: Start, name: str) -> None:
    someone = guild.add_member("someone", nick=f"{name} A")
    async with start():
        board = await post_raid(guild)

        await someone.react(board, "✅")

        await guild.until(lambda: "**1/" in board_text(board))
        assert f"{name} A" in board_text(board)


async def test_a_name_of_markup_is_shown_whole(guild: SandboxGuild, start: Start) -> None:
    someone = guild.add_member("someone", nick=MARKUP)
    async with start():
        board = await post_raid(guild)

        await someone.react(board, "✅")

        await guild.until(lambda: "**1/" in board_text(board))
        assert r"\*\_" * 16 in board_text(board)


async def test_right_to_left_names_keep_their_places_in_line(guild: SandboxGuild, start: Start) -> None:
    first, second, third = (
        guild.add_member(str(number), nick=nick) for number, nick in enumerate(("Ann", "שרה", "יוסי"))
    )
    async with start():
        board = await post_raid(guild, seats=1)

        for person in (first, second, third):
            await person.react(board, "✅")

        await guild.until(lambda: "⏳" in board_text(board) and "יוסי" in board_text(board))
        assert "⏳ \u2068שרה\u2069, \u2068יוסי\u2069" in board_text(board)


async def test_right_to_left_names_stand_apart_in_threads(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    first, second = guild.add_member("1", nick="שרה"), guild.add_member("2", nick="יוסי")
    async with start() as bot:
        await enable_thread_members(bot, guild)
        fault = sandbox.faults.answer(503, route="POST /channels/{}/messages/{}/threads")
        board = await post_raid(guild)
        for person in (first, second):
            await person.react(board, "✅")
        await guild.until(lambda: fault.met and "יוסי" in board_text(board))
        fault.lift()

        with sped_up(10):
            await guild.until(lambda: board.id in guild.facts.threads, timeout=300)
        thread = guild.facts.threads[board.id]
        await guild.until(lambda: has_first_message(thread))

        assert any(
            "Already in: \u2068שרה\u2069, \u2068יוסי\u2069." in message.content for message in thread.messages.values()
        )


@pytest.mark.parametrize("nick", ["Bob;=1+1", "Bob\t@x", "Bob,+1"])
async def test_no_cell_is_a_formula_where_other_separators_are_used(
    guild: SandboxGuild, start: Start, nick: str
) -> None:
    evil = guild.add_member("evil", nick=nick)
    async with start():
        board = await post_raid(guild)
        await evil.react(board, "✅")
        await guild.until(lambda: "Bob" in board_text(board))
        code = code_of(board)

        _, content = file_of(await ask(guild, evil, "export", what="roster", code=code))

        for separator in ",;\t":
            table = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator)
            assert not [cell for line in table for cell in line if cell.strip(' "').startswith(("=", "+", "-", "@"))]
