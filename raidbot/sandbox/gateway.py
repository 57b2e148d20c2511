"""The WebSocket side: sessions that outlive their sockets, and the sockets."""

import asyncio
import json
import random
import re
import secrets
import zlib
from collections import deque
from collections.abc import Callable, Iterable
from enum import IntEnum
from typing import Any

from aiohttp import WSMsgType, web

from raidbot.sandbox import projection
from raidbot.sandbox.disturbance import Disturbance
from raidbot.sandbox.store import Json
from raidbot.sandbox.world import Dispatch, Intent, World

SENDS_PER_MINUTE = 120
LARGEST_PAYLOAD = 4096
FINAL_CODES = (4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014)
"""Close codes after which Discord has no session to resume."""


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


class Close(Exception):  # noqa: N818 - the end of a connection, not an error
    """Ends a connection with a close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def encoded(payload: Any) -> str:
    return json.dumps(payload, separators=(",", ":"))


class Session:
    """What a client identified for: intents, shard, and the events it may still have to be told again."""

    def __init__(self, intents: Intent, shard: tuple[int, int]) -> None:
        self.id = secrets.token_hex(16)
        self.intents = intents
        self.shard = shard
        self.seq = 0
        self.sent: deque[tuple[int, bytes]] = deque(maxlen=20_000)
        self.connection: Connection | None = None
        self.detached_at: float | None = None
        self.presence: Json | None = None

    def wants(self, event: Dispatch) -> bool:
        shard, count = self.shard
        mine = shard == 0 if event.guild_id is None else (event.guild_id >> 22) % count == shard
        return mine and (not event.intent or bool(self.intents & event.intent))

    def push(self, name: str, payload: str) -> None:
        """Send an event, now or when the client resumes."""
        self.seq += 1
        frame = f'{{"op":0,"s":{self.seq},"t":"{name}","d":{payload}}}'.encode()
        self.sent.append((self.seq, frame))
        if self.connection is not None:
            self.connection.send(frame)

    def since(self, seq: int) -> list[bytes] | None:
        """The frames after `seq`, or None if they are no longer known."""
        if seq < self.seq and (not self.sent or self.sent[0][0] > seq + 1):
            return None
        return [frame for number, frame in self.sent if number > seq]


class Connection:
    """One socket: sends in order, compressed if the client asked for it."""

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
        """Send what is queued, for as long as the socket lives."""
        while True:
            frame = await self._outgoing.get()
            if self.frozen:
                continue
            if self._compressor is None:
                await self.ws.send_str(frame.decode())
            else:
                data = self._compressor.compress(frame) + self._compressor.flush(zlib.Z_SYNC_FLUSH)
                await self.ws.send_bytes(data)

    def counts(self, now: float) -> bool:
        """Count one message from the client; whether it is within the limit of a minute."""
        while self._received and self._received[0] <= now - 60:
            self._received.popleft()
        self._received.append(now)
        return len(self._received) <= SENDS_PER_MINUTE

    async def close(self, code: int, reason: str = "") -> None:
        self.closed_by_server = True
        await self.ws.close(code=code, message=reason.encode())

    def abort(self) -> None:
        """Break the TCP connection without a word."""
        self.closed_by_server = True
        if self._transport is not None:
            self._transport.abort()


class Gateway:
    """Gateway v10 for one bot, and the ways to trouble it.

    `heartbeat_interval` and `resume_window` are seconds of real time and hold for connections made afterwards.
    """

    def __init__(self, world: World, token: str, *, gap: Callable[[str], object], limited: bool) -> None:
        self.world = world
        self.token = token
        self.heartbeat_interval = 41.25
        self.resume_window = 120.0
        self.allowed_intents = ~Intent(0)
        self.sessions: dict[str, Session] = {}
        self.connections: list[Connection] = []
        self.identified = 0
        self.resumed = 0
        self.disturbance: Disturbance | None = None
        self._gap = gap
        self._limited = limited
        world.listeners.append(self.publish)

    # What the world has to say

    def publish(self, event: Dispatch) -> None:
        if self.disturbance is not None and event.name.startswith("MESSAGE_REACTION_"):
            self.disturbance.take(event)
        else:
            self._deliver(event)

    def _deliver(self, event: Dispatch) -> None:
        self._forget_old_sessions()
        full: str | None = None
        redacted: str | None = None
        for session in self.sessions.values():
            if not session.wants(event):
                continue
            if event.redacted is not None and not session.intents & Intent.MESSAGE_CONTENT:
                redacted = redacted or encoded(event.redacted)
                session.push(event.name, redacted)
            else:
                full = full or encoded(event.payload)
                session.push(event.name, full)

    def _forget_old_sessions(self) -> None:
        now = asyncio.get_running_loop().time() if self.sessions else 0.0
        for session in list(self.sessions.values()):
            if session.detached_at is not None and now - session.detached_at > self.resume_window:
                del self.sessions[session.id]

    # What a test or a moderator of this world does to the gateway

    async def drop(self, code: int | None = None, *, shard: int | None = None) -> None:
        """Close connections with a code, or break them if it is None."""
        for connection in self._connected(shard):
            if code is None:
                connection.abort()
            else:
                if code in FINAL_CODES and connection.session is not None:
                    self.sessions.pop(connection.session.id, None)
                await connection.close(code)

    def reconnect(self, *, shard: int | None = None) -> None:
        """Ask clients to reconnect and resume (op 7)."""
        for connection in self._connected(shard):
            connection.closed_by_server = True
            connection.send_op(Op.RECONNECT)

    def invalidate(self, *, resumable: bool, shard: int | None = None) -> None:
        """Tell clients that their session is invalid (op 9)."""
        for connection in self._connected(shard):
            connection.closed_by_server = True
            if not resumable and connection.session is not None:
                self.sessions.pop(connection.session.id, None)
            connection.send_op(Op.INVALID_SESSION, resumable)

    def freeze(self, *, shard: int | None = None) -> None:
        """Leave the sockets open but say and hear nothing on them any more."""
        for connection in self._connected(shard):
            connection.frozen = True

    def disturb(self, *, duplicates: float = 0.0, window: float = 0.02, rng: random.Random) -> None:
        """Repeat reaction events with a probability and mix them between users within `window` seconds."""
        self.disturbance = Disturbance(self._deliver, duplicates=duplicates, window=window, rng=rng)

    def calm(self) -> None:
        """End the disturbance; what it held back arrives now."""
        if self.disturbance is not None:
            self.disturbance.release()
            self.disturbance = None

    def _connected(self, shard: int | None) -> list[Connection]:
        return [
            connection
            for connection in self.connections
            if shard is None or (connection.session is not None and connection.session.shard[0] == shard)
        ]

    @property
    def presence(self) -> Json | None:
        """What the bot last said it is doing, if it is connected."""
        for connection in self.connections:
            if connection.session is not None and connection.session.presence is not None:
                return connection.session.presence
        return None

    # One socket from open to close

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket endpoint."""
        encoding, compress = request.query.get("encoding", "json"), request.query.get("compress")
        for name, value, known in (("encoding", encoding, ("json",)), ("compress", compress, (None, "zlib-stream"))):
            if value not in known:
                return web.json_response(self._gap(f"gateway {name} {value!r}"), status=501)
        ws = web.WebSocketResponse(compress=False, max_msg_size=1 << 20)
        await ws.prepare(request)
        connection = Connection(ws, request, compressed=compress is not None)
        self.connections.append(connection)
        writer = asyncio.create_task(connection.write())
        try:
            await self._serve(connection)
        except Close as close:
            await connection.close(close.code, str(close))
        finally:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            self._detach(connection)
        return ws

    async def _serve(self, connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        interval = self.heartbeat_interval
        connection.send_op(Op.HELLO, {"heartbeat_interval": int(interval * 1000), "_trace": []})
        deadline = loop.time() + interval * 1.5
        while True:
            try:
                message = await connection.ws.receive(timeout=max(deadline - loop.time(), 0.001))
            except TimeoutError:
                if connection.frozen:
                    deadline = loop.time() + interval
                    continue
                self._end_session(connection)
                raise Close(4009, "Session timed out.") from None
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            if connection.frozen:
                continue
            op = self._receive(connection, message.data, loop.time())
            if op is Op.HEARTBEAT:
                deadline = loop.time() + interval * 1.5

    def _receive(self, connection: Connection, raw: str | bytes, now: float) -> Op:
        if self._limited and not connection.counts(now):
            raise Close(4008, "You are being rate limited.")
        if len(raw) > LARGEST_PAYLOAD:
            raise Close(4002, "Error while decoding payload.")
        try:
            message = json.loads(raw)
            number, payload = message["op"], message.get("d")
        except (ValueError, KeyError, TypeError):
            raise Close(4002, "Error while decoding payload.") from None
        try:
            op = Op(number)
        except ValueError:
            self._gap(f"gateway opcode {number}")
            raise Close(4001, "Unknown opcode.") from None
        self._obey(connection, op, payload)
        return op

    def _obey(self, connection: Connection, op: Op, payload: Any) -> None:
        if op is Op.HEARTBEAT:
            connection.send_op(Op.HEARTBEAT_ACK)
        elif op is Op.IDENTIFY:
            self._identify(connection, payload)
        elif op is Op.RESUME:
            self._resume(connection, payload)
        elif connection.session is None:
            raise Close(4003, "Not authenticated.")
        elif op is Op.PRESENCE:
            connection.session.presence = payload
            self.world.store.changed()
        elif op is Op.REQUEST_MEMBERS:
            self._send_members(connection.session, payload)
        else:
            self._gap(f"gateway opcode {op.value} ({op.name})")
            raise Close(4001, "Unknown opcode.")

    def _identify(self, connection: Connection, payload: Json) -> None:
        if connection.session is not None:
            raise Close(4005, "Already authenticated.")
        if payload.get("token", "").removeprefix("Bot ") != self.token:
            raise Close(4004, "Authentication failed.")
        if not isinstance(payload.get("intents"), int):
            raise Close(4013, "Invalid intent(s).")
        intents = Intent(payload["intents"])
        if intents & ~self.allowed_intents:
            raise Close(4014, "Disallowed intent(s).")
        shard, count = payload.get("shard", (0, 1))
        if not 0 <= shard < count:
            raise Close(4010, "Invalid shard.")
        session = Session(intents, (shard, count))
        session.presence = payload.get("presence")
        self.sessions[session.id] = session
        self._attach(connection, session)
        self.identified += 1
        self.world.sessions_left -= 1
        self._welcome(session)
        self.world.store.changed()

    def _welcome(self, session: Session) -> None:
        """READY with the guilds still unavailable, then a GUILD_CREATE for each."""
        world = self.world
        shard, count = session.shard
        guilds = [
            guild
            for guild in world.store.guilds.values()
            if world.bot.id in guild.members and (guild.id >> 22) % count == shard
        ]
        ready: Json = {
            "v": 10,
            "user": projection.own_user(world.bot),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": world.gateway_url,
            "shard": [shard, count],
            "application": {"id": str(world.application_id), "flags": world.application_flags},
            "private_channels": [],
            "relationships": [],
            "presences": [],
            "guild_join_requests": [],
            "geo_ordered_rtc_regions": [],
            "user_settings": {},
            "auth": {},
            "_trace": [],
        }
        session.push("READY", encoded(ready))
        if session.intents & Intent.GUILDS:
            for guild in guilds:
                if not guild.unavailable:
                    payload = projection.guild_create(guild, world.store, viewer=world.bot.id)
                    session.push("GUILD_CREATE", encoded(payload))

    def _resume(self, connection: Connection, payload: Json) -> None:
        if payload.get("token", "").removeprefix("Bot ") != self.token:
            raise Close(4004, "Authentication failed.")
        self._forget_old_sessions()
        session = self.sessions.get(payload.get("session_id", ""))
        seq = payload.get("seq") or 0
        missed = session.since(seq) if session is not None else None
        if session is None or missed is None:
            connection.closed_by_server = True
            connection.send_op(Op.INVALID_SESSION, False)
            return
        if seq > session.seq:
            del self.sessions[session.id]
            raise Close(4007, "Invalid seq.")
        if session.connection is not None:
            session.connection.session = None
            session.connection.abort()
        for frame in missed:
            connection.send(frame)
        self._attach(connection, session)
        self.resumed += 1
        session.push("RESUMED", encoded({"_trace": []}))
        self.world.store.changed()

    def _attach(self, connection: Connection, session: Session) -> None:
        connection.session = session
        session.connection = connection
        session.detached_at = None

    def _detach(self, connection: Connection) -> None:
        """The socket is gone; its session waits, unless the client itself ended it with 1000 or 1001."""
        self.connections.remove(connection)
        session = connection.session
        if session is None:
            return
        session.connection = None
        session.detached_at = asyncio.get_running_loop().time()
        if connection.ws.close_code in (1000, 1001) and not connection.closed_by_server:
            self.sessions.pop(session.id, None)
        self.world.store.changed()

    def _end_session(self, connection: Connection) -> None:
        if connection.session is not None:
            self.sessions.pop(connection.session.id, None)

    # Members on request

    def _send_members(self, session: Session, payload: Json) -> None:
        unknown = payload.keys() - {"guild_id", "query", "limit", "presences", "user_ids", "nonce"}
        if unknown:
            self._gap(f"gateway op 8: field {', '.join(sorted(unknown))}")
        guild_id = payload["guild_id"][0] if isinstance(payload["guild_id"], list) else payload["guild_id"]
        guild = self.world.store.guilds.get(int(guild_id))
        if guild is None:
            return
        everybody = not payload.get("user_ids") and not payload.get("query") and not payload.get("limit")
        if everybody and not session.intents & Intent.GUILD_MEMBERS:
            raise Close(4014, "Disallowed intent(s).")
        members = list(guild.members.values())
        not_found: list[str] = []
        if payload.get("user_ids"):
            wanted = _ids(payload["user_ids"])[:100]
            members = [guild.members[user_id] for user_id in wanted if user_id in guild.members]
            not_found = [str(user_id) for user_id in wanted if user_id not in guild.members]
        elif payload.get("query"):
            begins = re.compile(re.escape(payload["query"]), re.IGNORECASE)
            members = [
                member for member in members if begins.match(member.user.username) or begins.match(member.display_name)
            ]
        limit = payload.get("limit") or 0
        members = members[: min(limit, 100)] if limit else members
        chunks = [members[start : start + 1000] for start in range(0, len(members), 1000)] or [[]]
        for index, chunk in enumerate(chunks):
            body: Json = {
                "guild_id": str(guild.id),
                "members": [projection.member(member) for member in chunk],
                "chunk_index": index,
                "chunk_count": len(chunks),
            }
            if payload.get("nonce") is not None:
                body["nonce"] = payload["nonce"]
            if index == 0 and not_found:
                body["not_found"] = not_found
            if payload.get("presences"):
                body["presences"] = []
            session.push("GUILD_MEMBERS_CHUNK", encoded(body))


def _ids(given: str | int | Iterable[str | int]) -> list[int]:
    return [int(one) for one in ([given] if isinstance(given, str | int) else given)]
