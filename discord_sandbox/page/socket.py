"""One browser's WebSocket: requests, answers and pushes."""

import asyncio
import json
import logging
from contextlib import suppress

from aiohttp import WSMsgType, web

from discord_sandbox.command_input import NotPossible
from discord_sandbox.page import view
from discord_sandbox.page.actions import PageActions
from discord_sandbox.page.operator import Operator
from discord_sandbox.page.perspective import Perspective
from discord_sandbox.page.status_bar import REFRESH_SECONDS, StatusBar
from discord_sandbox.page.story import as_json
from discord_sandbox.page.watch import Watch
from discord_sandbox.store import Json, User
from discord_sandbox.world import World

log = logging.getLogger(__name__)
TICK_SECONDS = 0.05  # between two pushes of changes
IDLE_REFRESH_SECONDS = 1.0  # after which the status bar is refreshed without any change
MAX_FRAME_BYTES = 64 * 1024


class Socket:
    def __init__(
        self, ws: web.WebSocketResponse, world: World, watch: Watch, actions: PageActions, status_bar: StatusBar
    ) -> None:
        self._ws = ws
        self._world = world
        self._watch = watch
        self._actions = actions
        self._status_bar = status_bar
        self._sending = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._shown: Json | None = None

    async def serve(self, operator: Operator | None) -> None:
        """Handle requests and push changes until the browser disconnects."""
        pushing = [asyncio.create_task(self._push_changes()), asyncio.create_task(self._push_status())]
        try:
            async for message in self._ws:
                if message.type is WSMsgType.TEXT:
                    await self._receive(message.data, operator)
        finally:
            self._watch.end()
            for task in (*pushing, *self._tasks):
                task.cancel()
            await asyncio.gather(*pushing, *self._tasks, return_exceptions=True)

    async def _receive(self, text: str, operator: Operator | None) -> None:
        try:
            asked = json.loads(text, parse_constant=_no_number)
            number, do = asked["id"], asked["do"]
        except (ValueError, KeyError, TypeError, RecursionError):
            await self._send({"re": None, "error": "a question is a JSON object with `id` and `do`"})
            return
        if do == "be":
            await self._be(number, asked.get("person"), operator)
        elif self._watch.perspective is None:
            await self._send({"re": number, "error": "say first who you are: be"})
        else:
            task = asyncio.create_task(self._answer(number, self._watch.perspective, asked))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _be(self, number: object, person: str | None, operator: Operator | None) -> None:
        """Switch to a person: earlier pushes belong to the previous person, later ones to this one."""
        user = self._user(person)
        if user is None:
            await self._send({"re": number, "error": "there is nobody of that id"})
            return
        async with self._sending:
            told = self._watch.be(user)
            actions = operator.actions if operator is not None else {}
            told["actions"] = [{"name": name, "label": action.label} for name, action in actions.items()]
            story = operator.story if operator is not None else None
            told["story"] = None if story is None else as_json(story)
            with suppress(ConnectionError):
                await self._ws.send_json({"re": number, "ok": True, "view": told})
        self._shown = None
        await self._show_status()

    def _user(self, person: str | None) -> User | None:
        return next((user for user in view.people(self._world) if person in (None, str(user.id))), None)

    async def _answer(self, number: object, perspective: Perspective, asked: Json) -> None:
        try:
            answer = {"re": number, "ok": True} | await self._actions.carry_out(perspective, asked)
        except NotPossible as refusal:
            answer = {"re": number, "error": str(refusal)}
        except KeyError as missing:
            answer = {"re": number, "error": f"the field {missing} is missing"}
        except (ValueError, TypeError, OverflowError, RecursionError) as wrong:
            answer = {"re": number, "error": f"that is not understood: {wrong}"}
        except Exception as error:
            log.exception("page request %s failed", asked["do"])
            answer = {"re": number, "error": f"the sandbox failed: {error}"}
        await self._send(answer)

    async def _send(self, body: Json) -> None:
        async with self._sending:
            with suppress(ConnectionError):
                await self._ws.send_json(body)

    async def _push_changes(self) -> None:
        """Push changes, at most once per tick."""
        store = self._world.store
        while True:
            version = store.version
            async with self._sending:
                for push in self._watch.changes():
                    await self._ws.send_json(push)
            await asyncio.sleep(TICK_SECONDS)
            while store.version == version:
                await store.wait_for_change(IDLE_REFRESH_SECONDS)

    async def _push_status(self) -> None:
        store = self._world.store
        while True:
            version = store.version
            await self._show_status()
            await asyncio.sleep(REFRESH_SECONDS)
            if store.version == version:
                await store.wait_for_change(IDLE_REFRESH_SECONDS)

    async def _show_status(self) -> None:
        """Push the status bar if it changed or the clock was advanced."""
        if self._watch.perspective is None:
            return
        try:
            told = await self._status_bar.refresh()
        except Exception:
            log.exception("bot status unavailable")
            return
        shown = told | {"offset": self._world.clock.offset.total_seconds()}
        if shown != self._shown:
            self._shown = shown
            await self._send({"push": "strip"} | self._status_bar.now() | told)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
