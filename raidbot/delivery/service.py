"""Build the parts of delivery, start each with retries and stop them in order."""

import asyncio
from typing import Protocol, TypeVar

import discord

from raidbot.delivery.audit_log.feed import AuditFeed
from raidbot.delivery.boards.damaged_boards import DamagedBoards
from raidbot.delivery.boards.lost_boards import LostBoards
from raidbot.delivery.boards.posted import PostedKey, PostedKinds
from raidbot.delivery.boards.posting import Posting
from raidbot.delivery.boards.raid_boards import RaidBoards
from raidbot.delivery.boards.raid_comparison import MaySignUp
from raidbot.delivery.boards.reaction_reading import ReactionReader
from raidbot.delivery.boards.reaction_removal import ReactionRemover
from raidbot.delivery.boards.reconcile import Reconcile
from raidbot.delivery.boards.updater import Boards
from raidbot.delivery.discord_api import DiscordApi
from raidbot.delivery.event_queue import EventQueue
from raidbot.delivery.forgetting.old_reactions import OldReactions
from raidbot.delivery.forgetting.service import Forgetting
from raidbot.delivery.members.departures import Departures
from raidbot.delivery.members.listing import MemberLists
from raidbot.delivery.members.names import MemberNames
from raidbot.delivery.members.questions import MemberQuestions
from raidbot.delivery.members.tags import MemberTags
from raidbot.delivery.messages.best_effort_dm import BestEffortDms
from raidbot.delivery.messages.outbox import Outbox
from raidbot.delivery.messages.refusal_notices import RefusalNotices
from raidbot.delivery.messages.unreached_mentions import UnreachedMentions
from raidbot.delivery.presence import Presence
from raidbot.delivery.series.old_boards import OldBoards
from raidbot.delivery.series.posting_places import PostingPlaces
from raidbot.delivery.threads import Threads
from raidbot.delivery.token_sharing.watch import TokenSharing
from raidbot.delivery.unhandled_reactions import UnhandledReactions
from raidbot.state import State
from raidbot.utils.tasks import TaskSet, retry_until_done


class Part(Protocol):
    """A part that works in the background."""

    async def start(self) -> None:
        """Begin to work. May be called again after it raised."""

    async def stop(self, timeout: float, /) -> None:
        """Stop within about `timeout` seconds, whether it was started or not."""


PartT = TypeVar("PartT", bound=Part)


class DeliveryService:
    """Holds the parts of delivery. A part is listed once, with the name that the log has for it."""

    def __init__(
        self,
        state: State,
        client: discord.Client,
        api: DiscordApi,
        *,
        may_sign_up: MaySignUp,
        dm_batch: int,
        dm_pause_seconds: float,
        dm_opening_seconds: float,
        second_look_seconds: float,
        presence_seconds: float,
    ) -> None:
        self._parts: dict[str, Part] = {}
        self._starting = TaskSet()
        self.posted_kinds = kinds = PostedKinds()
        self.event_queue = events = EventQueue()
        self.unhandled_reactions = UnhandledReactions(state.db, events)
        self.reaction_reader = reader = ReactionReader(client)
        self.boards = self._add("boards", Boards(kinds, client, api, lost=self._suspect, now=state.now))
        self.lost_boards = self._add(
            "lost boards", LostBoards(state, kinds, client, api, self.boards, delay=second_look_seconds)
        )
        outbox = Outbox(state, client, api, batch=dm_batch, pause=dm_pause_seconds, opening_gap=dm_opening_seconds)
        self.outbox = self._add("outbox", outbox)
        outbox.on_unreached = self._add("unreached members", UnreachedMentions(state)).wake
        self.audit_feed = self._add("log channels", AuditFeed(state, client))
        self.reaction_remover = self._add(
            "reaction removal", ReactionRemover(kinds, client, reader, api, events=events)
        )
        self.threads = self._add("threads", Threads(state, client, api))
        best_effort = BestEffortDms(client, api, conversations=outbox.conversations, server_names=outbox.server_names)
        self.best_effort_dms = self._add("best-effort dms", best_effort)
        self.refusal_notices = RefusalNotices(state, self.best_effort_dms)
        self._add_members(state, client, api)
        self.reconcile = self._add(
            "later reconciling",
            Reconcile(kinds, reader, api, self.boards, events=events, lost=self.lost_boards.suspect),
        )
        self.damaged_boards = DamagedBoards(state, client, api, self.boards)
        self.posting = self._add(
            "posting", Posting(state, kinds, client, api, self.boards, catch_up=self.reconcile.compare)
        )
        self.raid_boards = RaidBoards(
            state,
            self.boards,
            self.reaction_remover,
            self.reconcile,
            self.posting,
            self.threads,
            self.member_names,
            self.departures,
            self.refusal_notices,
            may_sign_up=may_sign_up,
        )
        self._add_forgetting(state)
        self.presence = self._add("presence", Presence(state, client, gap=presence_seconds))
        kinds.register(self.raid_boards)
        self.old_boards = self._add("old boards", OldBoards(state, client, api, redraw=self.raid_boards.mark))
        self.posting_places = PostingPlaces(client, may_sign_up)

    def _add_members(self, state: State, client: discord.Client, api: DiscordApi) -> None:
        self.token_sharing = self._add("token sharing", TokenSharing(state.db, client, api))
        self.questions = questions = MemberQuestions(client, api)
        self.member_names = self._add(
            "names", MemberNames(state, client, questions, redraw=lambda raid: self.raid_boards.named(raid))
        )
        self.member_lists = self._add("member lists", MemberLists(state, client, api, questions))
        departures = Departures(
            state,
            client,
            api,
            questions,
            redraw=lambda raid: self.raid_boards.member_changed(raid),
            stays=lambda guild: self.reconcile.rounds.catch_up(guild),
        )
        self.departures = self._add("departures", departures)

    def _add_forgetting(self, state: State) -> None:
        tags = MemberTags(state.db.path)
        self.old_reactions = self.raid_boards.comparing.old_reactions = OldReactions(state, tags)
        forgetting = Forgetting(
            state, tags, self.old_reactions, self.reaction_remover, redraw=lambda raid: self.raid_boards.mark(raid)
        )
        self.forgetting = self._add("forgetting", forgetting)

    def _suspect(self, key: PostedKey) -> None:
        self.lost_boards.suspect(key)

    def _add(self, name: str, part: PartT) -> PartT:
        self._parts[name] = part
        return part

    def start(self) -> None:
        """Start every part in the background; one that fails is tried again and holds up no other."""
        for name, part in self._parts.items():
            self._starting.spawn(retry_until_done(name, part.start), name=name)

    async def stop(self, timeout: float) -> None:
        """Stop all parts together, but first the feed of the log channels: it fills the outbox."""
        await self._starting.cancel_all()
        await self.audit_feed.stop(timeout)
        others = [part for part in self._parts.values() if part is not self.audit_feed]
        await asyncio.gather(*(part.stop(timeout) for part in others))
