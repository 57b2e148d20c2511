"""Redraw posted things when they change."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import discord
import structlog

from raidbot.db.database import Unwritable
from raidbot.delivery.boards.edits.budget import EditPace
from raidbot.delivery.boards.edits.reaction_room import make_room
from raidbot.delivery.boards.edits.turns import EditTurns
from raidbot.delivery.boards.posted import Place, PostedKey, PostedKinds, PostedThing, loss_of
from raidbot.delivery.boards.snapshot import Snapshot
from raidbot.delivery.boards.uploads.shown_picture import PictureGone, is_about_pictures, lose_refused, to_edit
from raidbot.delivery.discord_api import UNKNOWN_EMOJI, DiscordApi, Family, NoResponse
from raidbot.delivery.drawing.board import Board
from raidbot.delivery.drawing.components import with_controls
from raidbot.delivery.keyed_workers import KeyedWorkers
from raidbot.delivery.pacing import Pacer
from raidbot.delivery.report_once import ReportOnce
from raidbot.raids.emoji import model as emoji
from raidbot.utils.clock import utc_now

log = structlog.get_logger(__name__)

_OTHER_AUTHOR = 50005
_TOO_MANY_REACTIONS = 30010
_MAX_BACKOFF_SECONDS = 60.0
_OLD = timedelta(hours=1)  # Discord allows fewer edits of messages older than this (30046)
_READ_AT_ONCE = 1000
"""Snapshots read at the start before something else has its turn."""
_AT_ONCE_AT_START = 200
"""Boards looked at together at the start: all of 20,000 at once would hold up everything else."""
_EDITS_A_SECOND_AT_START = 20  # an update may change all boards, and Discord allows 50 calls a second for everything


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A thing's last drawn board, which is the same for as long as the thing has this `look`."""

    look: object
    board: Board
    fingerprint: str


class Boards:
    """Redraws stale boards, with one worker per board: a quiet board at once, busy ones as their channel's edits allow.

    `lost` is called with things whose message is said to be deleted. `turns` hears the answers of Discord if its
    `heard` is in the client's trace.
    """

    def __init__(
        self,
        kinds: PostedKinds,
        client: discord.Client,
        api: DiscordApi,
        *,
        lost: Callable[[PostedKey], None],
        now: Callable[[], datetime] = utc_now,
        pace: EditPace | None = None,
        first_retry: float = 2.0,
        slow_retry: float = 300.0,
    ) -> None:
        self._kinds = kinds
        self._client = client
        self._api = api
        self._lost = lost
        self._now = now
        self._gap = (pace or EditPace()).gap
        self.turns = EditTurns(pace or EditPace())
        self._slow_retry = slow_retry
        self._shown: dict[PostedKey, Snapshot] = {}
        self._drawings: dict[PostedKey, _Drawing] = {}
        """Those of boards that are being updated."""
        self._barred: set[PostedKey] = set()
        self._lacking: dict[PostedKey, dict[str, int]] = {}
        self._untold: dict[PostedKey, dict[str, int]] = {}
        self._retries: dict[PostedKey, asyncio.TimerHandle] = {}
        self._reports: ReportOnce[PostedKey] = ReportOnce()
        self._held: dict[PostedKey, bool] = {}
        self._due_at_start: set[PostedKey] = set()  # not drawn since, nor changed by anybody
        self._pacer: Pacer[None] = Pacer(1 / _EDITS_A_SECOND_AT_START, burst=_EDITS_A_SECOND_AT_START)
        self._hurry: Callable[[PostedKey], None] = self.mark
        self._workers: KeyedWorkers[PostedKey] = KeyedWorkers(
            self._work, first_retry=first_retry, max_retry_seconds=_MAX_BACKOFF_SECONDS
        )
        api.circuits.listen(self._workers.circuit_changed)

    async def start(self) -> None:
        """Redraw boards that differ from what they showed last, and follow changes."""
        for kind in self._kinds:
            for number, (thing, text) in enumerate(await kind.snapshots(), start=1):
                self._shown.setdefault(PostedKey(kind.name, thing), Snapshot.read(text))
                if number % _READ_AT_ONCE == 0:
                    await asyncio.sleep(0)
        self._workers.start()
        for kind in self._kinds:
            drawn = {key.id for key, shown in self._shown.items() if key.kind == kind.name and shown.fingerprint}
            due = [PostedKey(kind.name, thing) for thing in await kind.to_draw(drawn)]
            self._due_at_start.update(due)
            self._held.update((key, True) for key in due if key in self._held)
            await self._workers.wake_in_turn((key for key in due if key not in self._held), at_once=_AT_ONCE_AT_START)

    def set_own_reactions(self, key: PostedKey, emojis: Iterable[str]) -> None:
        """Record that the bot's own reactions on the board are exactly these, unless they are known."""
        shown = self._shown.get(key, Snapshot())
        if shown.reactions is None:
            self._shown[key] = Snapshot(shown.fingerprint, tuple(emojis))

    async def stop(self, timeout: float) -> None:
        """Redraw stale boards for at most `timeout` seconds; the next start redraws the rest."""
        self.turns.hurry()
        try:
            async with asyncio.timeout(timeout):
                await self.idle()
        except TimeoutError:
            log.info("boards left stale", boards=len(self._workers))
        await self._workers.stop(0)
        for kind in self._kinds:
            await kind.stop()

    async def idle(self) -> None:
        """Wait until no board is being redrawn; boards waiting for a retry do not count."""
        await self._workers.idle()

    def mark(self, key: PostedKey) -> None:
        """Mark the board as stale and redraw it in the background. Cheap to call often."""
        self._due_at_start.discard(key)
        if key in self._held:
            self._held[key] = True
            self._hurry(key)
            return
        self.turns.changed(key)
        self._workers.wake(key)

    def hold(self, keys: Iterable[PostedKey], *, hurry: Callable[[PostedKey], None]) -> None:
        """Draw these boards only after `release`; call `hurry` with those that change meanwhile."""
        self._hurry = hurry
        for key in keys:
            self._held.setdefault(key, False)

    def release(self, keys: Iterable[PostedKey] | None = None) -> None:
        """Draw those of these boards (None: of all) that were held and are stale."""
        for key in list(self._held if keys is None else keys):
            if self._held.pop(key, False):
                self.turns.changed(key)
                self._workers.wake(key)

    def redraw(self, key: PostedKey) -> None:
        """Draw the board anew: its message shows something else than what was noted."""
        self._shown[key] = Snapshot("", self._shown.get(key, Snapshot()).reactions)
        self.mark(key)

    def forget(self, key: PostedKey) -> None:
        """Forget what the message showed, because it is gone, shows its last state or is drawn rarely from now on."""
        for kept in (self._shown, self._lacking, self._untold):
            kept.pop(key, None)
        self.turns.forget(key)

    async def posted(self, key: PostedKey, fingerprint: str) -> None:
        """Record the fingerprint of a board just sent, so that it is not redrawn."""
        await self._note(key, Snapshot(fingerprint))

    def reactions_gone(self, key: PostedKey, emojis: Iterable[str] | None = None) -> None:
        """Put back the bot's own reactions after they were removed: all, or only `emojis`."""
        shown = self._shown.get(key)
        if shown is None or not shown.reactions:
            return
        gone = None if emojis is None else {emoji.key_of(one) for one in emojis}
        left = () if gone is None else tuple(one for one in shown.reactions if emoji.key_of(one) not in gone)
        if left != shown.reactions:
            self._shown[key] = Snapshot(shown.fingerprint, left or None)
            self._workers.wake(key)

    async def _work(self, key: PostedKey) -> float | None:
        """Update the board; return the delay in seconds until a retry, or None if there is none."""
        try:
            return await self._follow(key)
        except NoResponse as none:
            return self._workers.wait_out(key, none)
        except sqlite3.Error as error:
            backoff = self._workers.backoff(key)
            if not backoff.failures and not isinstance(error, Unwritable):
                log.exception("board not updated while the database fails", **key.fields)
            return backoff.next()
        except Exception:
            log.exception("board cannot be redrawn", **key.fields)
            return self._slow_retry
        finally:
            self._drawings.pop(key, None)
            self._due_at_start.discard(key)

    async def _follow(self, key: PostedKey) -> float | None:
        """Bring the message up to date, step by step."""
        if key not in self._shown and (text := await self._kinds.of(key).snapshot(key.id)):
            self._shown.setdefault(key, Snapshot.read(text))
        while True:
            thing = await self._kinds.of(key).posted(key.id)
            if thing is None:
                self.forget(key)
                return None
            try:
                if not await self._step(key, thing):
                    return None
            except PictureGone:
                continue
            except discord.HTTPException as refusal:
                if not await self._goes_without_picture(key, thing, refusal):
                    return await self._refused(key, refusal)

    async def _goes_without_picture(self, key: PostedKey, thing: PostedThing, refusal: discord.HTTPException) -> bool:
        """Upload the picture again if Discord does not find it; let the thing go without it if it does not take it."""
        shown, guild = self._shown.get(key, Snapshot()), self._client.get_guild(thing.place.guild)
        if shown.file is not None and is_about_pictures(refusal):
            self._shown[key] = Snapshot("", shown.reactions)
            return True
        return await lose_refused(thing.picture, refusal, guild and guild.get_channel(thing.place.channel))

    async def _step(self, key: PostedKey, thing: PostedThing) -> bool:
        """Update the message's content, then its reactions; return False if nothing is left to do."""
        shown = self._shown.get(key, Snapshot())
        if self._may_differ(key, thing, shown):
            await self._redraw_when_due(key, thing, shown)
            return True
        self.turns.shown(key)
        if not shown.has_all_of(thing.reactions):
            if key in self._barred:
                return False
            await self._update_reactions(key, thing, shown)
            return True
        if thing.is_final:
            await self._kinds.of(key).save_final(key.id)
            self.forget(key)
        elif thing.place.message not in self._kinds.of(key).messages:
            self.forget(key)
        self._reports.forget(key)
        return False

    def _may_differ(self, key: PostedKey, thing: PostedThing, shown: Snapshot) -> bool:
        """Return False if the message surely shows the thing's board; a board that changes often is not drawn here."""
        last = self._drawings.get(key)
        if last is not None and last.look != thing.look:
            return True
        return self._drawn(key, thing).fingerprint != shown.fingerprint

    def _drawn(self, key: PostedKey, thing: PostedThing) -> _Drawing:
        last = self._drawings.get(key)
        if last is None or last.look != thing.look:
            board = thing.draw()
            last = self._drawings[key] = _Drawing(thing.look, board, board.fingerprint)
        return last

    async def _redraw_when_due(self, key: PostedKey, thing: PostedThing, shown: Snapshot) -> None:
        """Edit the message when it is its turn; until then put the bot's own reactions."""
        is_old = self._now() - discord.utils.snowflake_time(thing.place.message) > _OLD
        is_urgent = thing.is_final or bool(shown.reactions and not thing.reactions)
        lacks = thing.reactions and shown.lacks(thing.reactions) and key not in self._barred
        if lacks and not self.turns.is_now(key, thing.place, is_old=is_old, is_urgent=is_urgent):
            await self._update_reactions(key, thing, shown)
            return
        if key in self._due_at_start and not is_urgent:
            await self._pacer.turn(None)
        is_quiet = key in self._due_at_start
        async with self.turns.turn(key, thing.place, is_old=is_old, is_urgent=is_urgent, is_quiet=is_quiet) as turn:
            turn.made = await self._edit(key, thing.place)

    async def _edit(self, key: PostedKey, place: Place) -> bool:
        """Edit the message to the thing's current state; return False if it shows that already."""
        self._workers.caught_up(key)
        thing = await self._kinds.of(key).posted(key.id)
        shown = self._shown.get(key, Snapshot())
        if thing is None or thing.place != place:
            return False
        drawn = self._drawn(key, thing)
        if drawn.fingerprint == shown.fingerprint:
            return False
        board, message, attachments = drawn.board, place.message_of(self._client), await to_edit(thing.picture, shown)
        await with_controls(
            self._api,
            board.controls,
            lambda controls: message.edit(embed=board.embed(), view=controls, attachments=attachments()),
            Family.BOARDS,
            place.guild,
        )
        await self._note(key, Snapshot(drawn.fingerprint, self._shown.get(key, Snapshot()).reactions))
        return True

    async def _update_reactions(self, key: PostedKey, thing: PostedThing, shown: Snapshot) -> None:
        """Take one step: add the next reaction, or clear all reactions of a board that needs none."""
        if not thing.reactions:
            self._lacking.pop(key, None)
            await self._sweep(key, thing.place)
            await self._note(key, Snapshot(shown.fingerprint, ()))
            return
        if shown.reactions == ():
            await self._note(key, Snapshot(shown.fingerprint))  # noted first: a crash may come in between
        missing = shown.lacks(thing.reactions)
        if missing and not await self._put(key, thing, missing[0]):
            self._bar(key)
            return
        standing = self._shown.get(key, Snapshot()).reactions or ()
        after = Snapshot(shown.fingerprint, (*standing, *missing[:1]))
        self._shown[key] = after
        if after.has_all_of(thing.reactions):
            await self._note(key, after)
            if untold := self._untold.pop(key, None):  # in one message, however many there are
                await self._kinds.of(key).reactions_lacking(key.id, untold)
        if missing and missing[0] not in self._lacking.get(key, {}):
            await self._kinds.of(key).reaction_put(key.id, missing[0])

    async def _put(self, key: PostedKey, thing: PostedThing, one: str) -> bool:
        """Add a reaction; return False if the bot lacks permission. One that Discord refuses is tried again later."""
        message = thing.place.message_of(self._client)
        reaction = emoji.parse_emoji(one).for_reaction
        try:
            try:
                await self._api.call(lambda: message.add_reaction(reaction), Family.REACTIONS, thing.place.guild)
            except discord.HTTPException as refusal:
                if refusal.code != _TOO_MANY_REACTIONS or not await make_room(self._api, self._client, thing):
                    raise
                await self._api.call(lambda: message.add_reaction(reaction), Family.REACTIONS, thing.place.guild)
        except discord.HTTPException as refusal:
            if refusal.status == 404 and refusal.code != UNKNOWN_EMOJI:
                raise
            self._report(key, refusal, "reaction cannot be put on board", emoji=one)
            if refusal.status == 403:
                return False
            self._lacks(key, one, refusal.code)
            return True
        self._lacking.get(key, {}).pop(one, None)
        return True

    def _lacks(self, key: PostedKey, one: str, code: int) -> None:
        """Note a reaction that cannot be put, and try it again now and then, or when another reaction goes."""
        lacking = self._lacking.setdefault(key, {})
        lacking[one] = code
        if key not in self._retries:
            self._retries[key] = asyncio.get_running_loop().call_later(self._slow_retry, self._put_lacking, key)
        self._untold.setdefault(key, {})[one] = code

    def room_made(self, key: PostedKey) -> None:
        """Put soon what found no room: somebody's reaction is gone."""
        retry = self._retries.get(key)
        if retry is not None and _TOO_MANY_REACTIONS in self._lacking.get(key, {}).values():
            retry.cancel()
            self._retries[key] = asyncio.get_running_loop().call_later(self._gap, self._put_lacking, key)

    def _put_lacking(self, key: PostedKey) -> None:
        self._retries.pop(key, None)
        if lacking := self._lacking.get(key):
            self.reactions_gone(key, list(lacking))

    def _bar(self, key: PostedKey) -> None:
        """Add no reactions to this board for `slow_retry` seconds; its content is still updated."""

        def lift() -> None:
            self._barred.discard(key)
            self._workers.wake(key)

        self._barred.add(key)
        asyncio.get_running_loop().call_later(self._slow_retry, lift)

    async def _sweep(self, key: PostedKey, place: Place) -> None:
        kind = self._kinds.of(key)
        await kind.before_clearing(key.id)
        marks = await kind.marks(key.id)
        try:
            await self._api.call(place.message_of(self._client).clear_reactions, Family.REACTIONS, place.guild)
        except discord.HTTPException as refusal:
            if refusal.status == 404:
                raise
            self._report(key, refusal, "reactions cannot be cleared")
            return
        await kind.forget_marks(key.id, marks)

    async def _note(self, key: PostedKey, shown: Snapshot) -> None:
        self._shown[key] = shown
        await self._kinds.of(key).save_snapshot(key.id, shown.written())

    async def _refused(self, key: PostedKey, refusal: discord.HTTPException) -> float | None:
        if loss_of(refusal) is not None:
            self._reports.forget(key)
            self._lost(key)
            return None
        if refusal.code == _OTHER_AUTHOR:
            await self._kinds.of(key).foreign(key.id)
        self._report(key, refusal, "board cannot be redrawn")
        return None if refusal.code == _OTHER_AUTHOR else self._slow_retry

    def _report(self, key: PostedKey, refusal: discord.HTTPException, what: str, **more: str) -> None:
        """Log a refusal once per board and error code."""
        if self._reports.is_new(key, refusal.code):
            log.warning(what, **key.fields, status=refusal.status, code=refusal.code, error=refusal.text, **more)
