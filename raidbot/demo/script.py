"""A scripted evening in the terminal that shows the bot's main functions."""

import re
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from discord_sandbox.people import Person, PersonResponse
from discord_sandbox.sandbox import Sandbox
from discord_sandbox.store import Message
from discord_sandbox.text_view import body, message_text
from raidbot.demo.harness import BotProcess

ZONE = ZoneInfo("Europe/Berlin")
TANK, HEALER, DAMAGE = "🛡️", "💚", "⚔️"
_TIMEOUT_SECONDS = 20.0


class Script:
    """The people of one guild, and the direct messages that were already printed."""

    def __init__(self, sandbox: Sandbox, bot: BotProcess, out: TextIO) -> None:
        self.sandbox = sandbox
        self.bot = bot
        self._out = out
        self.guild = sandbox.add_guild("Night Owls", owner="mara")
        self.mara = self.guild.owner
        self.channel = self.guild.add_channel("raid-signups")
        self.ana, self.ben, self.cleo, self.dora, self.emil, self.finn = (
            self.guild.add_member(name) for name in ("ana", "ben", "cleo", "dora", "emil", "finn")
        )
        self._people = (self.mara, self.ana, self.ben, self.cleo, self.dora, self.emil, self.finn)
        self._shown: set[int] = set()

    async def play(self) -> None:
        await self._set_up()
        await self._create()
        await self._fill()
        await self._crash()
        await self._leave()
        await self._remind()
        await self._begin()

    async def _set_up(self) -> None:
        self._title("Mara, who owns the server, chooses the signup channel and the time zone")
        await self.sandbox.until(lambda: self.sandbox.store.commands, timeout=_TIMEOUT_SECONDS)
        answer = await self.mara.slash(self.channel, "setchannel set", what="raid", channel=self.channel)
        self._answered("/setchannel set", answer)
        answer = await self.mara.slash(self.channel, "settings", time_zone=ZONE.key)
        self._answered(f"/settings time_zone:{ZONE.key}", answer)

    async def _create(self) -> None:
        self._title("Mara prepares a dungeon run and confirms the preview")
        preview = await self.mara.slash(self.channel, "create", activity="dungeon-5", when="tomorrow 8pm")
        self._answered("/create", preview)
        await preview.click("Confirm")
        await self.sandbox.until(lambda: self.guild.messages(self.channel), timeout=_TIMEOUT_SECONDS)
        await self.sandbox.until(lambda: len(self.board.reactions) == 3, timeout=_TIMEOUT_SECONDS)
        self._show_board()

    async def _fill(self) -> None:
        self._title("Ana tanks, Ben heals; Cleo also wants to tank and waits in line")
        await self.ana.react(self.board, TANK)
        await self.ben.react(self.board, HEALER)
        await self.cleo.react(self.board, TANK)
        await self._read(self.cleo, "number 1 in line")
        await self._wait_until_shown("Ana", "Ben", "Cleo")

    async def _crash(self) -> None:
        self._title("The bot is killed. Dora, Emil and Finn react while it is down; then it starts again")
        await self.bot.kill()
        for damage in (self.dora, self.emil, self.finn):
            await damage.react(self.board, DAMAGE)
        await self.bot.start()
        await self._wait_until_shown("Dora", "Emil", "Finn")

    async def _leave(self) -> None:
        self._title("Ana cannot come and takes her reaction back: the seat is Cleo's")
        await self.ana.unreact(self.board, TANK)
        await self._read(self.cleo, "A seat opened")
        await self.sandbox.until(lambda: "Ana" not in self._board_text(), timeout=_TIMEOUT_SECONDS)
        self._show_board()
        self._show_dms()

    async def _remind(self) -> None:
        self._title("The clock moves on: half an hour before the start, then ten minutes before")
        self._move_to(self.starts_at - timedelta(minutes=30))
        await self._read(self.mara, "seats taken.")
        self._show_dms()
        self._move_to(self.starts_at - timedelta(minutes=10))
        for person in (self.ben, self.cleo, self.dora, self.emil, self.finn):
            await self._read(person, "seats taken.")
        self._show_dms()

    async def _begin(self) -> None:
        self._title("The raid starts: signups close by themselves")
        self._move_to(self.starts_at)
        await self.sandbox.until(
            lambda: "🔒" in self._board_text() and not self.board.reactions, timeout=_TIMEOUT_SECONDS
        )
        self._show_board()
        self._show_dms()
        self._title("Everybody was told once")
        for person in self._people:
            texts = [message.content for message in person.dms]
            if len(texts) != len(set(texts)):
                raise RuntimeError(f"{person.name} was told something twice")
            self._say(f"{person.name.capitalize()}: {len(texts)} message{'' if len(texts) == 1 else 's'}")

    # Boards and direct messages

    @property
    def board(self) -> Message:
        return self.guild.messages(self.channel)[0]

    @property
    def starts_at(self) -> datetime:
        return datetime.fromtimestamp(int(re.findall(r"<t:(\d+)", self.board.embeds[0]["description"])[0]), UTC)

    def _board_text(self) -> str:
        return "\n".join(body(self.board, self.sandbox.world, zone=ZONE))

    async def _wait_until_shown(self, *names: str) -> None:
        """Wait until the board has these names, then print it with the direct messages sent meanwhile."""
        await self.sandbox.until(lambda: all(name in self._board_text() for name in names), timeout=_TIMEOUT_SECONDS)
        self._show_board()
        self._show_dms()

    async def _read(self, person: Person, text: str) -> None:
        """Wait until the bot has sent the person a direct message with this text."""
        await self.sandbox.until(
            lambda: any(text in message.content for message in person.dms), timeout=_TIMEOUT_SECONDS
        )

    def _move_to(self, instant: datetime) -> None:
        self.bot.advance(instant - self.sandbox.clock.now())
        self._say(f"It is {instant.astimezone(ZONE):%A, %H:%M} now.")

    def _show_board(self) -> None:
        self._frame(f"#{self.channel.name}", message_text(self.board, self.sandbox.world, zone=ZONE).splitlines())

    def _show_dms(self) -> None:
        for person in self._people:
            for message in person.dms:
                if message.id not in self._shown:
                    self._shown.add(message.id)
                    lines = list(body(message, self.sandbox.world, zone=ZONE))
                    self._frame(f"direct message to {person.name.capitalize()}", lines)

    def _answered(self, command: str, answer: PersonResponse) -> None:
        read = body(answer.message, self.sandbox.world, zone=ZONE) if answer.message else [answer.text()]
        lines = [line for line in read if not line.startswith(("▾", "    "))]
        self._frame(f"{command}, seen by {answer.person.name.capitalize()} alone", lines)

    def _frame(self, title: str, lines: list[str]) -> None:
        self._say(f"  {title}:")
        for line in lines:
            self._say(f"      {line}".rstrip())
        self._say("")

    def _title(self, text: str) -> None:
        self._say(f"\n▶ {text}\n")

    def _say(self, text: str) -> None:
        print(text, file=self._out, flush=True)


async def play(out: TextIO) -> None:
    """Play the evening; raises an exception if an expected result does not appear."""
    with tempfile.TemporaryDirectory(prefix="raidbot-demo-") as folder:
        async with Sandbox() as sandbox:
            bot = BotProcess(sandbox, Path(folder))
            evening = Script(sandbox, bot, out)
            try:
                await bot.start()
                await evening.play()
            finally:
                await bot.stop()
