"""Try the steps of a bot one after the other, with a line for each; for the scripts in Python.

It uses the standard library and aiohttp, which every one of these libraries brings.
"""

import asyncio
import json
import os
import traceback
from functools import partial
from pathlib import Path

import aiohttp

STEP_TIMEOUT_SECONDS = 40


class Group:
    """Some steps in the order in which they were added."""

    def __init__(self):
        self.list = []

    def add(self, name, *, may_be_unsupported=False):
        """Add the decorated function as the next step."""

        def added(attempt):
            self.list.append((name, attempt, may_be_unsupported))
            return attempt

        return added

    def include(self, group, *arguments):
        """Add the steps of another group, whose functions take these arguments."""
        self.list += [(name, partial(attempt, *arguments), may) for name, attempt, may in group.list]


class Steps(Group):
    """The steps of a script, and the people of its sandbox.

    A step is `ok`, `FAILED`, or `unsupported` if it was added as one that the sandbox need not know and the sandbox
    said so itself with a 501. A 501 in any other step is a failure, even if the library overlooks it.
    """

    def __init__(self):
        super().__init__()
        self.world = json.loads(os.environ["SANDBOX"])
        self.crowd, self.guild = sorted(self.world["guilds"], key=lambda guild: guild["name"])
        self._http = None

    async def run(self):
        """Try all steps and return the number of failures."""
        counts = {"ok": 0, "FAILED": 0, "unsupported": 0}
        async with aiohttp.ClientSession() as self._http:
            seen = len(await self.gaps())
            for name, attempt, may_be_unsupported in self.list:
                error = await self._error_of(attempt)
                gaps = (await self.gaps())[seen:]
                seen += len(gaps)
                outcome = "FAILED" if error or gaps else "ok"
                if gaps and may_be_unsupported:
                    outcome = "unsupported"
                counts[outcome] += 1
                reason = "; ".join(dict.fromkeys(gaps)) or error
                print(f"{outcome:11} {name}" + (f": {reason}" if reason else ""), flush=True)
        print(json.dumps(counts), flush=True)
        print(f"{counts['ok']} passed of {sum(counts.values())} tried", flush=True)
        return counts["FAILED"]

    async def _error_of(self, attempt):
        """Return the error of an attempt with the last of our own lines that it came through, or None."""
        (error,) = await asyncio.gather(asyncio.wait_for(attempt(), STEP_TIMEOUT_SECONDS), return_exceptions=True)
        if error is None:
            return None
        if "TRACES" in os.environ:
            traceback.print_exception(error)
        here = str(Path(__file__).parent)
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(here)]
        return " ".join(f"{type(error).__name__}: {error} (line {lines[-1] if lines else 0})".split())

    async def control(self, method, path, body=None):
        """Ask the sandbox's control interface and return its answer. Raises AssertionError with its refusal."""
        async with self._http.request(method, self.world["control_url"] + path, json=body) as response:
            answer = await response.json()
            assert response.status == 200, answer
            return answer

    async def act(self, person, what, **body):
        """Let a person do something, such as `act("alice", "click", channel=…, message=…, button="Join")`."""
        return await self.control("POST", f"/people/{person}/{what}", body)

    async def gaps(self):
        return (await self.control("GET", "/calls"))["gaps"]

    async def calls(self, call):
        """Return the number of calls such as `POST /channels/{channel_id}/messages 429`."""
        return (await self.control("GET", "/calls"))["calls"].get(call, 0)

    async def until(self, fact, timeout=15):
        """Wait until the asynchronous `fact()` is true."""
        async with asyncio.timeout(timeout):
            while True:
                if await fact():
                    return
                await asyncio.sleep(0.05)


async def collected(several):
    """Return a list of what an asynchronous iterator yields or a coroutine returns: libraries differ in it."""
    if hasattr(several, "__aiter__"):
        return [one async for one in several]
    return list(await several)


def same(found, expected):
    """Compare with a message that shows both."""
    assert found == expected, f"{found!r} is not {expected!r}"
