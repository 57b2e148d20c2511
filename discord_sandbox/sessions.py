"""Gateway sessions, which outlive their connections, and the connections."""

import asyncio
import json
import re
import secrets
import zlib
from collections import deque
from enum import IntEnum
from typing import Any

from aiohttp import web

from discord_sandbox.store import Json
from discord_sandbox.world import Dispatch, Intent

SENDS_PER_MINUTE = 120
MAX_PRESENCES, PRESENCES_SECONDS = 5, 20.0
"""Libraries keep to this number for each session. Discord drops what is beyond it and says nothing."""
DEFAULT_LARGE_THRESHOLD = 50  # https://discord.com/developers/docs/events/gateway-events#identify
_GREETING = re.compile(rb'"t":"(READY|RESUMED|GUILD_CREATE)"')


class Op(IntEnum):
    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    VOICE_STATE = 4
    RESUME = 6
    RECONNECT = 7
    REQUEST_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Close(Exception):  # noqa: N818 - control flow, not an error
    """Close the connection with a close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def malformed() -> Close:
    """Return what closes the connection of a client whose message is not as Discord documents it."""
    return Close(4002, "Error while decoding payload.")


def encoded(payload: Any) -> str:
    return json.dumps(payload, separators=(",", ":"))


class Session:
    """An identified client: intents, shard, and the last events for a resume.

    `large_threshold` is the number of members above which a guild is large.
    """

    def __init__(self, intents: Intent, shard: tuple[int, int], *, large_threshold: int | None = None) -> None:
        self.large_threshold = large_threshold or DEFAULT_LARGE_THRESHOLD
        self.id = secrets.token_hex(16)
        self.intents = intents
        self.shard = shard
        self.seq = 0
        self.sent: deque[tuple[int, bytes]] = deque(maxlen=20_000)
        self.connection: Connection | None = None
        self.detached_at: float | None = None
        self.presence: Json | None = None
        self._presences: deque[float] = deque()

    def wants(self, event: Dispatch) -> bool:
        shard, count = self.shard
        mine = shard == 0 if event.guild_id is None else (event.guild_id >> 22) % count == shard
        return mine and (not event.intent or bool(self.intents & event.intent))

    def push(self, name: str, payload: str) -> None:
        """Send an event now, or when the client resumes."""
        self.seq += 1
        frame = f'{{"op":0,"s":{self.seq},"t":"{name}","d":{payload}}}'.encode("utf-8", "surrogatepass")
        self.sent.append((self.seq, frame))
        if self.connection is not None:
            self.connection.send(frame)

    def counts_presence(self, now: float) -> bool:
        """Count one presence update; return False beyond the limit."""
        while self._presences and self._presences[0] <= now - PRESENCES_SECONDS:
            self._presences.popleft()
        if len(self._presences) >= MAX_PRESENCES:
            return False
        self._presences.append(now)
        return True

    def since(self, seq: int) -> list[bytes] | None:
        """Return the frames after `seq`, or None if they are no longer buffered."""
        if seq < self.seq and (not self.sent or self.sent[0][0] > seq + 1):
            return None
        return [frame for number, frame in self.sent if number > seq]

    def before(self, seq: int, count: int) -> list[bytes]:
        """Return the last `count` frames up to `seq`, without those that greet a new session."""
        told = [frame for number, frame in self.sent if number <= seq and not _GREETING.search(frame)]
        return told[-count:] if count else []


class Connection:
    """One WebSocket; sends frames in order, compressed if the client asked for it."""

    def __init__(self, ws: web.WebSocketResponse, request: web.Request, *, compressed: bool) -> None:
        self.ws = ws
        self.session: Session | None = None
        self.frozen = False
        self.closed_by_server = False
        self._transport = request.transport
        self._compressor = zlib.compressobj(1) if compressed else None
        self._outgoing: asyncio.Queue[bytes] = asyncio.Queue()
        self._received: deque[float] = deque()

    def send(self, frame: bytes) -> None:
        self._outgoing.put_nowait(frame)

    def send_op(self, op: Op, payload: Any = None) -> None:
        self.send(encoded({"op": op, "d": payload, "s": None, "t": None}).encode())

    async def write(self) -> None:
        """Send queued frames until cancelled."""
        while True:
            frame = await self._outgoing.get()
            if self.frozen:
                continue
            if self._compressor is None:
                await self.ws.send_str(frame.decode(errors="replace"))
            else:
                data = self._compressor.compress(frame) + self._compressor.flush(zlib.Z_SYNC_FLUSH)
                await self.ws.send_bytes(data)

    def counts(self, now: float) -> bool:
        """Count one message from the client; return False beyond the limit of 120 in 60 seconds."""
        while self._received and self._received[0] <= now - 60:
            self._received.popleft()
        self._received.append(now)
        return len(self._received) <= SENDS_PER_MINUTE

    async def close(self, code: int, reason: str = "") -> None:
        self.closed_by_server = True
        await self.ws.close(code=code, message=reason.encode())

    def abort(self) -> None:
        """Break the TCP connection without a close frame."""
        self.closed_by_server = True
        if self._transport is not None:
            self._transport.abort()
