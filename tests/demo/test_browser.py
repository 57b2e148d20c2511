"""The demo's page, served by `raidbot demo`."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from raidbot.cli import main
from raidbot.demo.story import CREATE, LEAD, REMIND, SIGN_UP
from raidbot.demo.weekly import NAME
from tests.discord_sandbox.page.page_client import Json, PageClient, connect_page

TIMEOUT_SECONDS = 60.0
WITHOUT_POSIX = Path(__file__).with_name("windows")
"""A folder on whose account Python starts without the signals, functions and modules that Windows lacks."""
Demo = Callable[..., AbstractAsyncContextManager["RunningDemo"]]


class RunningDemo:
    """A running demo process and a client of its page."""

    def __init__(self, process: asyncio.subprocess.Process, page_client: PageClient) -> None:
        self._process = process
        self.page_client = page_client

    async def history(self, channel: str) -> list[Json]:
        where = next(one["id"] for one in self.page_client.view["channels"] if one["name"] == channel)
        messages: list[Json] = (await self.page_client.ask("history", channel=where))["messages"]
        return messages

    async def signups(self) -> list[Json]:
        """Return the messages of #raid-signups once the last one has a waitlist."""
        while "⏳" not in str((posts := await self.history("raid-signups"))[-1]["embeds"]):
            await self.page_client.another_push()
        return posts

    async def status_bar(self, fact: Callable[[Json], object] = bool) -> Json:
        """Return the newest status bar once `fact` is true of it."""
        return await self.page_client.until(
            lambda: next((one for one in self.page_client.heard("strip")[-1:] if fact(one)), None)
        )

    async def move_to(self, what: str) -> None:
        """Move the clock to the next event, once that is the one of the weekly raid with these words."""
        strip = await self.status_bar(lambda strip: strip["next"] and _is_weekly(strip["next"]["what"], what))
        ahead = datetime.fromisoformat(strip["next"]["at"]) - datetime.fromisoformat(strip["now"])
        await self.page_client.ask("advance", seconds=ahead.total_seconds() + 1)

    async def be(self, name: str) -> None:
        await self.page_client.ask("be", person=self._named(name)["id"])

    async def read(self, text: str) -> Json:
        """Return the first message with this text that was pushed since the person was switched."""
        client = self.page_client
        found = await client.until(lambda: [one for one in client.messages() if text in one["content"]], within=40)
        return found[0]

    async def message(self, of: Json) -> Json:
        """Return a message as it is now."""
        found = (await self.page_client.ask("history", channel=of["channel"]))["messages"]
        return next(one for one in found if one["id"] == of["id"])

    async def use(self, command: str, where: Json, text: str, **options: str) -> Json:
        """Use a command in the channel and return the answer once it has this text."""
        self.page_client.pushes.clear()
        answered = await self.page_client.ask("slash", **where, command=command, options=options)
        assert "error" not in answered, answered
        return await self.answer(text)

    async def answer(self, text: str) -> Json:
        """Return the first version of an answer with this text that was pushed since the command was used."""
        client = self.page_client
        found = await client.until(
            lambda: [one for one in client.messages() if one["ephemeral"] and text in str(one)], within=40
        )
        return found[0]

    def _named(self, name: str) -> Json:
        found: Json = next(one for one in self.page_client.view["people"] if one["name"] == name)
        return found

    async def stop(self, number: signal.Signals) -> int:
        self._process.send_signal(number)
        async with asyncio.timeout(TIMEOUT_SECONDS):
            return await self._process.wait()


def _is_weekly(event: str, what: str) -> bool:
    return event.startswith(NAME) and what in event


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """Create the folder that the demo gets as TMPDIR."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def demo(tmp_path: Path, temporary: Path) -> Demo:
    @asynccontextmanager
    async def running(*arguments: str, as_on_windows: bool = False) -> AsyncIterator[RunningDemo]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("RAIDBOT_", "DISCORD_"))}
        if as_on_windows:
            folders = [str(WITHOUT_POSIX), inherited.get("PYTHONPATH", "")]
            inherited["PYTHONPATH"] = os.pathsep.join(filter(None, folders))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "raidbot", "demo", *arguments),
            cwd=tmp_path,
            env=inherited | {"TMPDIR": str(temporary)},
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                said = (await process.stdout.readuntil(b"Ctrl-C")).decode()
            found = re.findall(r"http://127\.0\.0\.1:\d+/", said)
            assert len(found) == 1, said
            assert "Not everything" not in said
            async with connect_page(found[0]) as page_client:
                await page_client.act_as()
                yield RunningDemo(process, page_client)
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()

    return running


def entries_of(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def bot_pid(shown: RunningDemo) -> int:
    strip = await shown.status_bar(lambda strip: "running as process" in str(strip))
    found = re.search(r"running as process (\d+)", str(strip))
    assert found is not None
    return int(found[1])


async def test_a_newcomer_on_windows_finds_a_lively_server_and_nothing_is_left_of_it(
    demo: Demo, tmp_path: Path, temporary: Path
) -> None:
    async with demo(as_on_windows=True) as shown:
        view = shown.page_client.view
        gone_by, coming, tonight = await shown.signups()
        (museum,) = await shown.history("museum")

        assert (view["people"][0]["name"], view["people"][0]["notes"]) == ("Mara", ["owner"])
        assert "DMs closed" in [note for person in view["people"] for note in person["notes"]]
        assert "🔒" in str(gone_by["embeds"])
        assert gone_by["reactions"] == []
        assert sum(reaction["count"] for reaction in coming["reactions"]) >= 4 + 8
        assert museum["reactions"][0]["count"] >= 4
        assert sum(reaction["count"] for reaction in tonight["reactions"]) == 3 + 4
        assert "by Dora" in str(tonight["embeds"])
        assert not any(one["ephemeral"] for one in (gone_by, coming, tonight, museum))
        assert [step["name"] for step in view["story"]["steps"]] == [SIGN_UP, LEAD, REMIND, CREATE]
        strip = await shown.status_bar()
        assert strip["done"] == []
        begins = datetime.fromtimestamp(int(re.findall(r"<t:(\d+)", str(tonight["embeds"]))[0]), UTC)
        assert timedelta(minutes=85) < begins - datetime.fromisoformat(strip["now"]) <= timedelta(minutes=90)
        pid = await bot_pid(shown)

        assert await shown.stop(signal.SIGINT) == 0

    assert not is_alive(pid)
    assert entries_of(temporary) == []
    assert entries_of(tmp_path) == [temporary]


async def test_the_clock_and_the_operators_buttons_work_on_the_real_bot(demo: Demo) -> None:
    async with demo() as shown:
        page_client = shown.page_client
        before = await bot_pid(shown)
        assert (await page_client.ask("operate", action="kill"))["said"].startswith("The bot was killed")
        strip = await shown.status_bar(lambda strip: strip["connected"] and f"process {before}" not in str(strip))
        await shown.be("Dora")

        coming = datetime.fromisoformat(strip["next"]["at"]) - datetime.fromisoformat(strip["now"])
        await page_client.ask("advance", seconds=coming.total_seconds() + 1)
        reminder = await page_client.until(
            lambda: next((one for one in page_client.messages() if "seats taken." in one["content"]), None)
        )
        assert "Five-Player Dungeon" in reminder["content"]
        await shown.status_bar(lambda strip: strip["done"] == [REMIND])

        board = (await shown.history("raid-signups"))[-1]
        told = await page_client.ask("operate", action="delete-board")
        await page_client.until(lambda: board["id"] in page_client.gone())
        assert "Five-Player Dungeon" in told["said"]
        await page_client.until(lambda: any("is cancelled" in one["content"] for one in page_client.messages()))

        await page_client.ask("advance", seconds=7 * 86_400)
        while NAME not in str((await shown.history("raid-signups"))[-1]["embeds"]):
            await page_client.another_push()

        await page_client.ask("operate", action="outage")
        failed = await page_client.ask("slash", channel=board["channel"], command="ping")
        assert failed["outcome"] == "failed"
        assert await shown.stop(signal.SIGTERM) == 0


async def test_moving_the_clock_alone_posts_announces_and_reminds(demo: Demo) -> None:
    async with demo() as shown:
        await shown.page_client.ask("advance", seconds=7 * 86_400)
        while NAME not in str((board := (await shown.history("raid-signups"))[-1])["embeds"]):
            await shown.page_client.another_push()
        assert "Hugo" in str(board["embeds"])
        assert "Greta the Great" in str(board["embeds"])

        await shown.move_to("creator and leader are reminded")
        assert NAME in (await shown.read("2 of 5 seats taken."))["content"]
        await shown.be("Hugo")
        await shown.move_to("an announcement is posted")
        announcement = await shown.read("Invites go out now")
        await shown.move_to("everybody with a seat is reminded")
        reminder = await shown.read("Your role: **Tank**")

        assert f"**{NAME}** starts" in announcement["content"]
        assert announcement["channel"] == board["channel"]
        assert NAME in reminder["content"]
        await shown.move_to("it starts and signups close")
        while "🔒" not in str(one := await shown.message(board)):
            await shown.page_client.another_push()
        await who_came_is_noted_and_counted(shown, one)
        await an_address_of_raids_works(shown, one)


async def who_came_is_noted_and_counted(shown: RunningDemo, board: Json) -> None:
    await shown.be("Mara")
    where = {"channel": board["channel"]}
    code = re.findall(r"[Rr]aid (\w{6})", str(board["embeds"]))[0]
    panel = await shown.use("raid", where, "Attendance", code=code)
    await shown.page_client.ask("click", **where, message=panel["id"], custom_id="Attendance")
    await shown.answer("Who did not come?")
    await shown.page_client.ask("select", **where, message=panel["id"], custom_id="Who did not come?", values=["Hugo"])
    assert "1 mark changed" in str(await shown.answer("**No-show: 1** · Hugo"))

    await shown.page_client.ask("advance", seconds=3601)
    history = await shown.use("raidinfo history", where, "no-show", member="hugo")
    assert code in str(history["embeds"])
    figures = await shown.use("stats server", where, "figures.png")
    assert "Raids by the hour of their start" in figures["embeds"][0]["image"]["description"]
    await shown.use("leaderboard top", where, "🥇")
    assert "newcomer" not in str(await shown.use("stats inactive", where, "Looked at 9 people"))


async def an_address_of_raids_works(shown: RunningDemo, board: Json) -> None:
    where = {"channel": board["channel"]}
    panel = await shown.use("calendar", where, "get an address")
    button = "All raids of this server: get an address"
    await shown.page_client.ask("click", **where, message=panel["id"], custom_id=button)
    given = re.findall(r"http://\S+\.ics", str(await shown.answer("Your new address")))
    async with aiohttp.ClientSession() as session, session.get(given[0]) as answer:
        assert f"SUMMARY:{NAME}" in await answer.text()


async def test_a_kept_world_is_there_again_the_next_time_and_a_killed_demo_takes_its_bot_along(
    demo: Demo, tmp_path: Path, temporary: Path
) -> None:
    file = tmp_path / "night-owls.zip"
    async with demo("--keep", str(file)) as shown:
        general = (await shown.history("general"))[0]["channel"]
        await shown.page_client.ask("say", channel=general, content="see you tomorrow")
        before = await shown.signups()
        assert await shown.stop(signal.SIGTERM) == 0

    assert entries_of(temporary) == []
    assert entries_of(tmp_path) == [file, temporary]

    async with demo("--keep", str(file)) as shown:
        assert (await shown.history("general"))[-1]["content"] == "see you tomorrow"
        assert await shown.history("raid-signups") == before
        answer = await shown.page_client.ask("slash", channel=general, command="ping")
        assert answer["outcome"] in ("answered", "thinking")
        pid = await bot_pid(shown)
        await shown.stop(signal.SIGKILL)

    async with asyncio.timeout(TIMEOUT_SECONDS):
        while is_alive(pid):  # noqa: ASYNC110 - only its parent, the demo, could wait for the bot
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--host", "0.0.0.0"), "Name the one that people will type"),  # noqa: S104
        (("--scenario", "nothing.toml"), "nothing.toml"),
        (("--keep", "no/such/folder/file"), "no such folder"),
        (("--keep", "other.zip"), "holds no demo"),
        (("--port", "99999"), "port 99999"),
    ],
)
def test_what_cannot_be_shown_is_said_in_a_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.zip").write_text("not a zip")

    assert main(["demo", *arguments]) == 2

    said = capsys.readouterr().err
    assert sentence in said
    assert "Traceback" not in said
