"""The gateway's WebSocket: identify and resume, dispatch events, and inject connection faults."""

import asyncio
import json
import random
from collections import deque
from typing import Any, Protocol

from aiohttp import WSMsgType, web

from discord_sandbox import gateway_members, serializers
from discord_sandbox import presence as presences
from discord_sandbox.event_disorder import EventDisorder, WithheldEvents, is_about
from discord_sandbox.faults import Identified
from discord_sandbox.sessions import Close, Connection, Op, Session, encoded, malformed
from discord_sandbox.store import Json
from discord_sandbox.world import KNOWN_INTENTS, Dispatch, Intent, World

MAX_PAYLOAD_BYTES = 4096
ACK_DELAY_SECONDS = 0.02
REMEMBERED_EVENTS = 1000
FINAL_CODES = (4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014)
"""Close codes after which a session cannot be resumed."""


class Gaps(Protocol):
    """Records what clients ask for beyond what is modelled."""

    def unsupported(self, what: str) -> Json:
        """Record what is not modelled and return what a client is told."""

    def ignore(self, what: str) -> None:
        """Record what Discord ignores."""


class Gateway:
    """Gateway v10 for one bot, with connection faults.

    `heartbeat_interval` and `resume_window` are in seconds of real time; a new `heartbeat_interval` applies to new
    connections.
    """

    def __init__(self, world: World, gaps: Gaps, *, limited: bool) -> None:
        self.world = world
        self.heartbeat_interval = 41.25
        self.resume_window = 120.0
        self.allowed_intents = ~Intent(0)
        self.sessions: dict[str, Session] = {}
        self.connections: list[Connection] = []
        self.identified = 0
        self.resumed = 0
        self.presence_updates = 0
        self.refuses = False
        """True: whoever connects is answered 503, as when Discord is down. Who is connected stays."""
        self.repeat_on_resume = 0
        """The number of events that a resume delivers again, although the client has seen them."""
        self.disorder: EventDisorder | None = None
        self._withheld: list[WithheldEvents] = []
        self._told: deque[Dispatch] = deque(maxlen=REMEMBERED_EVENTS)
        self._gaps = gaps
        self._limited = limited
        world.listeners.append(self.publish)

    # Dispatch

    def publish(self, event: Dispatch) -> None:
        if self.disorder is not None and event.name.startswith("MESSAGE_REACTION_"):
            self.disorder.take(event)
        else:
            self._deliver(event)

    def _deliver(self, event: Dispatch) -> None:
        if any(withheld.takes(event) for withheld in self._withheld):
            return
        self._told.append(event)
        self._forget_old_sessions()
        full: str | None = None
        redacted: str | None = None
        for session in self.sessions.values():
            if not session.wants(event):
                continue
            if event.name == "GUILD_CREATE":
                session.push(event.name, encoded(gateway_members.with_members(self.world, session, event.payload)))
            elif event.redacted is not None and not session.intents & Intent.MESSAGE_CONTENT:
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

    # Connection faults

    async def drop(self, code: int | None = None, *, shard: int | None = None) -> None:
        """Close connections with `code`; None resets them."""
        connections = self._connected(shard)
        if code is None:
            for connection in connections:
                connection.abort()
            return
        if code in FINAL_CODES:
            for connection in connections:
                self._end_session(connection)
        await asyncio.gather(*(connection.close(code) for connection in connections))

    def reconnect(self, *, shard: int | None = None) -> None:
        """Ask clients to reconnect and resume (opcode 7)."""
        for connection in self._connected(shard):
            connection.closed_by_server = True
            connection.send_op(Op.RECONNECT)

    def invalidate(self, *, resumable: bool, shard: int | None = None) -> None:
        """Invalidate the sessions of clients (opcode 9)."""
        for connection in self._connected(shard):
            connection.closed_by_server = True
            if not resumable:
                self._end_session(connection)
                connection.session = None  # the client may identify anew on this connection
            connection.send_op(Op.INVALID_SESSION, resumable)

    def freeze(self, *, shard: int | None = None) -> None:
        """Keep the sockets open but neither send nor process anything on them."""
        for connection in self._connected(shard):
            connection.frozen = True

    def disturb(self, *, duplicates: float = 0.0, window: float = 0.02, rng: random.Random) -> None:
        """Duplicate reaction events with a probability and reorder them across users within `window` seconds."""
        self.disorder = EventDisorder(self._deliver, duplicates=duplicates, window=window, rng=rng)

    def calm(self) -> None:
        """End the disorder and deliver the events it buffered."""
        if self.disorder is not None:
            self.disorder.release()
            self.disorder = None

    def withhold(self, name: str, *, user: Identified | None = None) -> WithheldEvents:
        """Deliver events of this name, and of this user if given, only when they are released: after later ones."""
        withheld = WithheldEvents(self._deliver, name, user.id if user is not None else None)
        self._withheld.append(withheld)
        return withheld

    def replay(self, name: str, *, user: Identified | None = None) -> None:
        """Deliver the last event of this name, and of this user if given, again. Raises LookupError without one."""
        user_id = user.id if user is not None else None
        event = next((event for event in reversed(self._told) if is_about(event, name, user_id)), None)
        if event is None:
            raise LookupError(f"no {name} was delivered")
        self._deliver(event)

    def send_raw(self, name: str, payload: str) -> None:
        """Deliver an event whose payload is this text, even if it is no JSON.

        A lone surrogate in it is sent as the bytes that are no UTF-8; write `\\ud800` for a JSON escape.
        """
        for session in self.sessions.values():
            session.push(name, payload)

    def _connected(self, shard: int | None) -> list[Connection]:
        return [
            connection
            for connection in self.connections
            if shard is None or (connection.session is not None and connection.session.shard[0] == shard)
        ]

    @property
    def presence(self) -> Json | None:
        """Return the presence that the bot last set, or None while it is not connected."""
        for connection in self.connections:
            if connection.session is not None and connection.session.presence is not None:
                return connection.session.presence
        return None

    # Connections

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve the WebSocket endpoint."""
        if self.refuses:
            return web.Response(status=503)
        encoding, compress = request.query.get("encoding", "json"), request.query.get("compress")
        for name, value, known in (("encoding", encoding, ("json",)), ("compress", compress, (None, "zlib-stream"))):
            if value not in known:
                return web.json_response(self._gaps.unsupported(f"gateway {name} {value!r}"), status=501)
        ws = web.WebSocketResponse(timeout=1.0, compress=False, max_msg_size=1 << 20, autoclose=False)
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
            if message.type is WSMsgType.CLOSE:
                await connection.ws.close(code=message.data or 1000, drain=False)  # a client may go by the echo
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
        if len(raw) > MAX_PAYLOAD_BYTES:
            raise malformed()
        try:
            message = json.loads(raw)
            number, payload = message["op"], message.get("d")
        except (ValueError, KeyError, TypeError, RecursionError):
            raise malformed() from None
        if not isinstance(number, int):
            raise malformed()
        try:
            op = Op(number)
        except ValueError:
            self._gaps.unsupported(f"gateway opcode {number}")
            raise Close(4001, "Unknown opcode.") from None
        self._obey(connection, op, payload)
        return op

    def _obey(self, connection: Connection, op: Op, payload: Any) -> None:
        if op is Op.HEARTBEAT:
            # Any real network is slower, and discord.py notes the time of its heartbeat only after sending it.
            asyncio.get_running_loop().call_later(ACK_DELAY_SECONDS, connection.send_op, Op.HEARTBEAT_ACK)
        elif not isinstance(payload, dict):
            raise malformed()
        elif op is Op.IDENTIFY:
            self._identify(connection, payload)
        elif op is Op.RESUME:
            self._resume(connection, payload)
        elif connection.session is None:
            raise Close(4003, "Not authenticated.")
        elif op is Op.PRESENCE:
            self._take_presence(connection.session, payload)
        elif op is Op.REQUEST_MEMBERS:
            for chunk in gateway_members.chunks(self.world, connection.session, payload, ignored=self._gaps.ignore):
                connection.session.push("GUILD_MEMBERS_CHUNK", encoded(chunk))
        else:
            self._gaps.unsupported(f"gateway opcode {op.value} ({op.name})")
            raise Close(4001, "Unknown opcode.")

    def _take_presence(self, session: Session, payload: Json) -> None:
        told = presences.checked(payload)
        self.presence_updates += 1
        if self._limited and not session.counts_presence(asyncio.get_running_loop().time()):
            self._gaps.ignore("presence updates beyond 5 in 20 seconds")
            return
        session.presence = told
        self.world.store.changed()

    def _identify(self, connection: Connection, payload: Json) -> None:
        if connection.session is not None:
            raise Close(4005, "Already authenticated.")
        if str(payload.get("token")).removeprefix("Bot ") != self.world.token:
            raise Close(4004, "Authentication failed.")
        bits = payload.get("intents")
        if isinstance(bits, bool) or not isinstance(bits, int) or bits & ~KNOWN_INTENTS:
            raise Close(4013, "Invalid intent(s).")
        intents = Intent(bits)
        if intents & ~self.allowed_intents:
            raise Close(4014, "Disallowed intent(s).")
        threshold, presence = payload.get("large_threshold"), payload.get("presence")
        if not isinstance(threshold, int | None) or not isinstance(presence, dict | None):
            raise malformed()
        session = Session(intents, _shard(payload.get("shard")), large_threshold=threshold)
        session.presence = presence if presence is None else presences.checked(presence)
        self.sessions[session.id] = session
        self._attach(connection, session)
        self.identified += 1
        self.world.sessions_left -= 1
        self._welcome(session)
        self.world.store.changed()

    def _welcome(self, session: Session) -> None:
        """Send READY with all guilds unavailable, then a GUILD_CREATE for each."""
        world = self.world
        shard, count = session.shard
        guilds = [
            guild
            for guild in world.store.guilds.values()
            if world.bot.id in guild.members and (guild.id >> 22) % count == shard
        ]
        ready: Json = {
            "v": 10,
            "user": serializers.own_user(world.bot),
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
        world.silenced.difference_update(guild.id for guild in guilds)
        if session.intents & Intent.GUILDS:
            for guild in guilds:
                if not guild.unavailable:
                    created = serializers.guild_create(guild, world.store, viewer=world.bot.id)
                    session.push("GUILD_CREATE", encoded(gateway_members.with_members(world, session, created)))

    def _resume(self, connection: Connection, payload: Json) -> None:
        if str(payload.get("token")).removeprefix("Bot ") != self.world.token:
            raise Close(4004, "Authentication failed.")
        self._forget_old_sessions()
        session = self.sessions.get(str(payload.get("session_id")))
        seq = payload.get("seq") or 0
        if not isinstance(seq, int):
            raise malformed()
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
        for frame in (*session.before(seq, self.repeat_on_resume), *missed):
            connection.send(frame)
        self._attach(connection, session)
        self.resumed += 1
        session.push("RESUMED", encoded({"_trace": []}))
        self.world.store.changed()

    def _attach(self, connection: Connection, session: Session) -> None:
        connection.session = session
        connection.closed_by_server = False
        session.connection = connection
        session.detached_at = None

    def _detach(self, connection: Connection) -> None:
        """Drop the connection. Its session can be resumed unless the client closed it with 1000 or 1001."""
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


def _shard(given: object) -> tuple[int, int]:
    """Return a shard's number and the number of shards. Raises Close 4010."""
    match given:
        case None:
            return 0, 1
        case [int() as shard, int() as count] if 0 <= shard < count:
            return shard, count
    raise Close(4010, "Invalid shard.")
