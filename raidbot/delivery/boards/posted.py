"""Posted things, known by their `PostedKey`, and their kinds: messages with reactions that the bot keeps up to date."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

import discord

from raidbot.delivery.boards.uploads.shown_picture import ShownPicture
from raidbot.delivery.discord_api import UNKNOWN_CHANNEL, UNKNOWN_MESSAGE
from raidbot.delivery.drawing.board import Board
from raidbot.raids.model import ChannelId, GuildId, MemberId, MessageId


class PostedKey(NamedTuple):
    """A thing: the name of its kind, and its id within the kind."""

    kind: str
    id: int

    @property
    def fields(self) -> dict[str, object]:
        """The field of the log that names the thing, such as `raid=7`."""
        return {self.kind: self.id}


class Loss(StrEnum):
    """The reason why a message is gone."""

    MESSAGE_DELETED = "message_deleted"
    CHANNEL_DELETED = "channel_deleted"


def loss_of(refusal: discord.HTTPException) -> Loss | None:
    """Return the loss that Discord's refusal shows, or None if the message may still be there."""
    losses = {UNKNOWN_MESSAGE: Loss.MESSAGE_DELETED, UNKNOWN_CHANNEL: Loss.CHANNEL_DELETED}
    return losses.get(refusal.code) if refusal.status == 404 else None


@dataclass(frozen=True, slots=True)
class Place:
    """The message of a thing."""

    guild: GuildId
    channel: ChannelId
    message: MessageId

    def message_of(self, client: discord.Client) -> discord.PartialMessage:
        channel = client.get_partial_messageable(self.channel, guild_id=self.guild)
        return channel.get_partial_message(self.message)


@dataclass(frozen=True, slots=True)
class PostedThing:
    """A posted thing as it stands now; if `is_final`, it is not drawn again. `reactions` are those of the board.

    `draw` returns what its message has to show, and works for long: things with equal `look` have equal boards.
    """

    place: Place
    reactions: tuple[str, ...]
    look: object
    draw: Callable[[], Board]
    is_final: bool = False
    picture: ShownPicture | None = None


@dataclass(frozen=True, slots=True)
class UnpostedThing:
    """A thing to post. `nonce` has at most 17 characters; it is unique among all things and all postings of one."""

    guild: GuildId
    channel: ChannelId
    board: Board
    nonce: str
    picture: ShownPicture | None = None


@dataclass(frozen=True, slots=True)
class StrayThing:
    """A thing that was over before it was posted. Its message, if any, has such a footer and came after `since`."""

    guild: GuildId
    channel: ChannelId
    footer: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Unwanted:
    """A member's reaction to remove: the one that stands for this option of the thing."""

    key: PostedKey
    member: MemberId
    option: str


@dataclass(frozen=True, slots=True)
class Reaction:
    """A member's reaction on a posted thing, from the gateway's event."""

    key: PostedKey
    guild: GuildId
    member: MemberId
    name: str
    emoji_key: str
    roles: frozenset[int]


@dataclass(frozen=True, slots=True)
class Comparable:
    """A thing to compare; `is_recent` if it changed shortly before events were missed, or later."""

    place: Place
    is_recent: bool


@dataclass(frozen=True, slots=True)
class Option:
    """A meaning that reactions with this emoji have; `marked` is the number of them that the bot has acted on."""

    key: str
    emoji: str
    marked: int


@dataclass(frozen=True, slots=True)
class OptionReactions:
    """Members who reacted with an option's emoji, by id (Discord gives no times); `ours` if the bot did, too.

    Only if `complete` it proves that members who are not listed have not reacted.
    """

    option: Option
    members: tuple[MemberId, ...]
    ours: bool
    complete: bool


@dataclass(slots=True, eq=False)
class Comparison:
    """The comparison of a thing that is under way; there is at most one.

    `touched` members acted since it began: what was read about them is stale; about all if reactions were `cleared`.
    If `left_alone`, a change was skipped for that, and another comparison must follow. `own` is its latest own change.
    """

    touched: set[MemberId] = field(default_factory=set)
    cleared: bool = False
    left_alone: bool = False
    own: object = None

    def may_change(self, member: MemberId) -> bool:
        """Return True if what was read about the member still holds."""
        stale = self.cleared or member in self.touched
        self.left_alone |= stale
        return not stale

    def heard(self, member: MemberId | None) -> None:
        """Note an event about a member, or about everybody."""
        if member is None:
            self.cleared = True
        else:
            self.touched.add(member)


class ThingComparison(Protocol):
    """A kind's side of one comparison: acts on the differences between the reactions and what the bot knows.

    Each change asks `Comparison.may_change` under the thing's lock. `restores_reactions` is True if the bot's own
    reactions have to stand on the message.
    """

    place: Place
    options: tuple[Option, ...]
    restores_reactions: bool

    def saw(self, own: Set[str], *, any_reactions: bool) -> None:
        """Note with which emoji (by `key_of`) the bot itself reacted, and whether there are reactions at all."""

    async def drop_missing(self, seen: OptionReactions) -> None:
        """Act on reactions that are gone; `seen` is complete. If `ours` is gone too, somebody cleared the emoji."""

    async def add_new(self, seen: OptionReactions) -> None:
        """Act on reactions that came."""

    async def finish(self, *, in_full: bool) -> bool:
        """All differences found were acted on. `in_full` if equal counts were not taken for equal members.

        Return True if names that are asked for just now should be on the board when it is drawn. `Boards.release` is
        called when they are there.
        """

    def fail(self) -> None:
        """Discord refused: this comparison cannot be made for now."""


class PostedKind(Protocol):
    """One kind of posted things, with ids of its own. Methods that only return are for kinds that need them."""

    name: str

    @property
    def messages(self) -> Mapping[MessageId, int]:
        """All messages whose reactions and deletion matter, with the ids of their things."""

    async def find_old(self, _message: MessageId, /) -> int | None:
        """Return the thing of a message that is not in `messages` any more: reactions on it are answered."""
        return None

    # Drawing

    async def snapshots(self) -> Iterable[tuple[int, str]]:
        """Return the stored snapshots of things that are in `messages`."""

    async def snapshot(self, _thing: int, /) -> str:
        """Return the stored snapshot of a thing that is not in `messages` any more."""
        return ""

    async def to_draw(self, drawn: Set[int], /) -> Collection[int]:
        """Return the things that may have to be redrawn at the start; `drawn` are those with a snapshot."""

    async def posted(self, thing: int, /) -> PostedThing | None:
        """Return the thing as it stands now, or None if it has no message."""

    async def save_snapshot(self, thing: int, snapshot: str, /) -> None:
        """Store the snapshot of a message just drawn."""

    async def save_final(self, thing: int, /) -> None:
        """Note that the thing is over and drawn so; it need not be drawn at the next start."""

    async def foreign(self, _thing: int, /) -> None:
        """Another bot sent the message, so it cannot be edited."""
        return

    async def lost(self, thing: int, loss: Loss, message: MessageId, /) -> bool:
        """Record that this message of the thing is gone for good; return True if the thing is over."""

    async def stop(self) -> None:
        """End what the kind does in the background."""
        return

    # Posting

    async def unposted(self) -> Collection[int]:
        """Return things left unposted, or without their `follow_up`, by an earlier run."""

    async def to_post(self, thing: int, /) -> UnpostedThing | None:
        """Return the thing if it waits for being posted."""

    async def claim_post(self, thing: int, now: datetime, /) -> datetime | None:
        """Record that the thing is about to be sent. Return None, or the time of the first attempt on later ones."""

    async def note_posted(self, thing: int, message: MessageId, /) -> bool:
        """Record the thing's message; return False if it must not stay, because the thing is over."""

    async def mention_unheard(self, _thing: int, _role: int, /) -> None:
        """The message mentions this role, and Discord notified nobody."""
        return

    async def refused(self, thing: int, lacking: tuple[str, ...], /) -> None:
        """Discord refuses to post the thing; `lacking` are the names of permissions that the bot lacks there."""

    async def stray(self, _thing: int, /) -> "StrayThing | None":
        """Return the thing if it was over before it was posted, and its message may stand all the same."""
        return None

    async def taken_down(self, _thing: int, /) -> None:
        """No message of the thing is left: it need not be looked for again."""
        return

    async def follow_up(self, _thing: int, /) -> None:
        """Do what comes after posting, if something is left. Raises NoResponse to be called again."""
        return

    # Reactions

    def has_meaning(self, _thing: int, _emoji_key: str, /) -> bool:
        """Return False if reactions with this emoji surely mean nothing. Called for every reaction; it is cheap."""
        return True

    async def marks(self, thing: int, /) -> Set[tuple[MemberId, str]]:
        """Return the (member, option) of all reactions that the bot has acted on."""

    async def before_clearing(self, _thing: int, /) -> None:
        """The bot is about to clear all reactions: whoever reacted unheard can be found now or never."""
        return

    async def forget_marks(self, thing: int, marks: Set[tuple[MemberId, str]], /) -> None:
        """The bot cleared these reactions; they meant nothing any more."""

    async def cleared(self, thing: int, emoji_key: str | None, /) -> None:
        """Somebody cleared all reactions, or all with this emoji."""

    async def reactions_lacking(self, _thing: int, _codes: Mapping[str, int], /) -> None:
        """The bot's own reactions are not there, or cannot be read: of each emoji Discord's error code says why."""
        return

    async def reaction_put(self, _thing: int, _emoji: str, /) -> None:
        """The bot's own reaction is there."""
        return

    async def unproven(self, _thing: int, _emojis: Collection[str], /) -> None:
        """The reactions with these emoji could not be read in full for a while."""
        return

    async def unwanted(self) -> Collection[tuple[ChannelId, Unwanted]]:
        """Return the reactions that were to be removed when the bot stopped."""

    async def find_unwanted(self, unwanted: Unwanted, /, *, refused: bool) -> tuple[Place, str] | None:
        """Return the message and the emoji of the reaction, or None if it may stay. `refused`: there is no mark."""

    async def note_removed(self, unwanted: Unwanted, /) -> None:
        """Discord says that there is no such reaction."""

    # Comparing

    async def comparable(
        self, concerns: Callable[[GuildId], bool], since: datetime | None, /
    ) -> Mapping[int, Comparable]:
        """Return the things in these guilds to compare after events were missed `since` that instant (None: now)."""

    async def compare(self, thing: int, comparison: Comparison, /) -> ThingComparison | None:
        """Begin a comparison; return None if reactions mean nothing at present."""

    async def after_comparing(self, _concerns: Callable[[GuildId], bool], /) -> None:
        """The things of these guilds were compared."""
        return

    # Guild events

    async def within(self, guild: GuildId, channel: ChannelId, /) -> Collection[int]:
        """Return the things in the channel that are not over."""

    def member_changed(self, _thing: int, /) -> None:
        """A member on the thing has a new name or role."""
        return


class ReactionHandler(Protocol):
    """Acts on the reactions of members. The calls about a thing come in the order of the gateway's events.

    A call that raises Unwritable is repeated, before any other call about the thing.
    """

    async def added(self, reaction: Reaction, /) -> None: ...

    async def added_together(self, _reactions: Sequence[Reaction], /) -> int:
        """Handle the first of these in one step; return how many, `added` gets the next. An error changes nothing."""
        return 0

    async def delayed(self, reaction: Reaction, /) -> None:
        """The database cannot be written, so `added` is called again when it can."""

    async def too_fast(self, reaction: Reaction, tell: bool, /) -> None:
        """The member reacts faster than allowed; `tell` for the first such reaction in a while."""

    async def removed(self, key: PostedKey, member: MemberId, emoji_key: str, /) -> None: ...


class PostedKinds:
    """The kinds of posted things. A kind is registered before the parts start."""

    def __init__(self) -> None:
        self._kinds: dict[str, PostedKind] = {}
        self._messages: list[tuple[str, Mapping[MessageId, int]]] = []
        self._handlers: dict[str, ReactionHandler] = {}

    def register(self, kind: PostedKind) -> None:
        self._kinds[kind.name] = kind
        self._messages.append((kind.name, kind.messages))

    def handle_reactions(self, kind: str, handler: ReactionHandler) -> None:
        self._handlers[kind] = handler

    def __iter__(self) -> Iterator[PostedKind]:
        return iter(self._kinds.values())

    def of(self, key: PostedKey) -> PostedKind:
        return self._kinds[key.kind]

    def handler_of(self, key: PostedKey) -> ReactionHandler:
        return self._handlers[key.kind]

    def find(self, message: int) -> PostedKey | None:
        """Return the thing that this message shows. Called for every reaction on a server, so it must be cheap."""
        for kind, messages in self._messages:
            if (thing := messages.get(MessageId(message))) is not None:
                return PostedKey(kind, thing)
        return None

    async def find_old(self, message: int) -> PostedKey | None:
        """Return the thing of a message that `find` does not know any more. Asks the database."""
        for kind in self:
            if (thing := await kind.find_old(MessageId(message))) is not None:
                return PostedKey(kind.name, thing)
        return None
