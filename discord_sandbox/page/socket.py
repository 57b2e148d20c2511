"""One browser's WebSocket: questions in, answers and pushes out."""

import asyncio
import json
import logging
from contextlib import suppress

from aiohttp import WSMsgType, web

from discord_sandbox.command_input import NotPossible
from discord_sandbox.page import view
from discord_sandbox.page.actions import Acts
from discord_sandbox.page.operator import Operator
from discord_sandbox.page.perspective import Eyes
from discord_sandbox.page.status_bar import PAUSE, Strip
from discord_sandbox.page.watch import Watch
from discord_sandbox.store import Json, User
from discord_sandbox.world import World

log = logging.getLogger(__name__)
TICK = 0.05  # seconds between two pushes of changes
PATIENCE = 1.0  # seconds after which the strip is looked at although nothing happened
LARGEST = 64 * 1024


class Socket:
    def __init__(self, ws: web.WebSocketResponse, world: World, watch: Watch, acts: Acts, strip: Strip) -> None:
        self._ws = ws
        self._world = world
        self._watch = watch
        self._acts = acts
        self._strip = strip
        self._sending = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._shown: Json | None = None

    async def serve(self, operator: Operator | None) -> None:
        """Talk until the browser goes away."""
        pushing = [asyncio.create_task(self._push_news()), asyncio.create_task(self._push_strip())]
        try:
            async for message in self._ws:
                if message.type is WSMsgType.TEXT:
                    await self._hear(message.data, operator)
        finally:
            self._watch.end()
            for task in (*pushing, *self._tasks):
                task.cancel()
            await asyncio.gather(*pushing, *self._tasks, return_exceptions=True)

    async def _hear(self, text: str, operator: Operator | None) -> None:
        try:
            asked = json.loads(text)
            number, do = asked["id"], asked["do"]
        except (ValueError, KeyError, TypeError):
            await self._send({"re": None, "error": "a question is a JSON object with `id` and `do`"})
            return
        if do == "be":
            await self._be(number, asked.get("person"), operator)
        elif self._watch.eyes is None:
            await self._send({"re": number, "error": "say first who you are: be"})
        else:
            task = asyncio.create_task(self._answer(number, self._watch.eyes, asked))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _be(self, number: object, person: str | None, operator: Operator | None) -> None:
        """Pushes before the answer belong to the person of before, those after it to this one."""
        user = self._user(person)
        if user is None:
            await self._send({"re": number, "error": "there is nobody of that id"})
            return
        async with self._sending:
            told = self._watch.be(user)
            actions = operator.actions if operator is not None else {}
            told["actions"] = [{"name": name, "label": action.label} for name, action in actions.items()]
            with suppress(ConnectionError):
                await self._ws.send_json({"re": number, "ok": True, "view": told})
        self._shown = None
        await self._show_strip()

    def _user(self, person: str | None) -> User | None:
        return next((user for user in view.people(self._world) if person in (None, str(user.id))), None)

    async def _answer(self, number: object, eyes: Eyes, asked: Json) -> None:
        try:
            answer = {"re": number, "ok": True} | await self._acts.carry_out(eyes, asked)
        except NotPossible as refusal:
            answer = {"re": number, "error": str(refusal)}
        except KeyError as missing:
            answer = {"re": number, "error": f"the field {missing} is missing"}
        except (ValueError, TypeError) as wrong:
            answer = {"re": number, "error": f"that is not understood: {wrong}"}
        except Exception as error:
            log.exception("the page failed to %s", asked["do"])
            answer = {"re": number, "error": f"the sandbox failed: {error}"}
        await self._send(answer)

    async def _send(self, body: Json) -> None:
        async with self._sending:
            with suppress(ConnectionError):
                await self._ws.send_json(body)

    async def _push_news(self) -> None:
        """Send what changed, at most once a tick however much it was."""
        store = self._world.store
        while True:
            version = store.version
            async with self._sending:
                for push in self._watch.news():
                    await self._ws.send_json(push)
            await asyncio.sleep(TICK)
            while store.version == version:
                await store.wait_for_change(PATIENCE)

    async def _push_strip(self) -> None:
        store = self._world.store
        while True:
            version = store.version
            await self._show_strip()
            await asyncio.sleep(PAUSE)
            if store.version == version:
                await store.wait_for_change(PATIENCE)

    async def _show_strip(self) -> None:
        """Send the strip if it is another one than that on the screen, or the clock has jumped."""
        if self._watch.eyes is None:
            return
        try:
            told = await self._strip.look()
        except Exception:
            log.exception("the operator could not tell how the bot is")
            return
        shown = told | {"offset": self._world.clock.offset.total_seconds()}
        if shown != self._shown:
            self._shown = shown
            await self._send({"push": "strip"} | self._strip.now() | told)
