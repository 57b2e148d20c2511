"""Note beside the bot who reacts in which order, and check what the bot made of it."""

from collections import Counter
from itertools import pairwise

from discord_sandbox import Sandbox
from discord_sandbox.store import Message
from discord_sandbox.world import Dispatch
from raidbot.raids.emoji.model import key_of
from raidbot.raids.model import Role
from tests.e2e import database_facts
from tests.e2e.crowd import Crowd
from tests.e2e.database_facts import AuditReplay, DatabaseFacts, OutboxRow

NOT_WRITTEN = "I could not write down your reaction"
_ARRIVALS = {"joined", "moved", "waitlisted", "came back, first in line"}
Reaction = tuple[int, str]
"""A member's id and an emoji's key."""


class Ledger:
    """Numbers the reactions that stand on the board, in the order in which the gateway delivered them.

    A reaction has no number if the bot cannot know its place in the order: it came while the bot was not connected, a
    kill may have lost it, or the gateway delivered out of order. So does one that came again after the bot missed that
    it was taken back: the place of the earlier one is kept.
    """

    def __init__(self, sandbox: Sandbox, board: Message) -> None:
        self._sandbox = sandbox
        self._board = board
        self._delivered = 0
        self._numbers: dict[Reaction, int] = {}
        self._added: Counter[Reaction] = Counter()
        self._taken_back_unheard: set[Reaction] = set()
        self.is_dying = False
        """True while the bot is being killed, until the sandbox has noticed."""
        sandbox.world.listeners.append(self._note)

    def doubt_unwritten(self, facts: DatabaseFacts) -> None:
        """Forget the numbers of reactions that the killed bot had not written down, or not their taking back.

        The mark of a reaction that was taken back and put again may be that of the first one: what was delivered a
        moment before the kill was not handled, and a board shows neither how often nor when somebody reacted. The
        first place is right then. The bot has handled a later one if the audit has an arrival for each.
        """
        written = {(mark.member, key_of(facts.raid.role(mark.role).emoji)) for mark in facts.raid.marks}
        handled = _arrivals(facts)
        self._numbers = {
            reaction: number
            for reaction, number in self._numbers.items()
            if reaction in written and (self._added[reaction] == 1 or handled[reaction] >= self._added[reaction])
        }
        standing = {(user, key_of(one.name)) for one in self._board.reactions.values() for user in one.users}
        self._taken_back_unheard |= written - standing

    def number(self, member: int, role: Role) -> int | None:
        return self._numbers.get((member, key_of(role.emoji)))

    def _note(self, event: Dispatch) -> None:
        if event.user_id is None or event.payload.get("message_id") != str(self._board.id):
            return
        reaction = event.user_id, key_of(event.payload["emoji"]["name"])
        self._added[reaction] += event.name == "MESSAGE_REACTION_ADD"
        match event.name:
            case "MESSAGE_REACTION_REMOVE" if not self._is_connected():
                self._numbers.pop(reaction, None)
                self._taken_back_unheard.add(reaction)
            case "MESSAGE_REACTION_ADD" if self._is_orderly() and reaction not in self._taken_back_unheard:
                self._delivered += 1
                self._numbers[reaction] = self._delivered
            case "MESSAGE_REACTION_ADD" | "MESSAGE_REACTION_REMOVE":
                self._numbers.pop(reaction, None)

    def _is_orderly(self) -> bool:
        return self._is_connected() and self._sandbox.gateway.disorder is None

    def _is_connected(self) -> bool:
        return not self.is_dying and any(
            session.connection is not None for session in self._sandbox.gateway.sessions.values()
        )


def _arrivals(facts: DatabaseFacts) -> Counter[Reaction]:
    """Count how often each reaction brought its member to a role. Promotions are not due to a reaction."""
    emojis = {role.name: key_of(role.emoji) for role in facts.raid.roles}
    return Counter(
        (row.member, emojis[row.after.partition(" #")[0]])
        for row in facts.audit
        if row.member is not None and row.after is not None and row.action in _ARRIVALS
    )


def check_everything(ledger: Ledger, crowd: Crowd, board: Message, end: DatabaseFacts, left: set[int]) -> None:
    """Assert that nobody is lost, in a wrong order, or told twice. `left` are members who left the server."""
    placed, standing = database_facts.places(end.raid), database_facts.member_reactions(end.raid, board)
    wrong = [
        *(f"a reaction without a place: {one}" for one in standing - placed),
        *(f"a place without a reaction: {one}" for one in placed - standing),
        *(f"taken away without a reason: {one}" for one in crowd.unexplained() if one.member not in left),
        *wrong_order(ledger, end),
        *wrong_messages(crowd, end, left),
    ]
    assert not wrong, "\n".join(wrong)
    database_facts.check_rules(end.raid)
    AuditReplay(end.raid).hear(end.audit).check()


def wrong_order(ledger: Ledger, end: DatabaseFacts) -> list[str]:
    """Return a line for each two members of a role of whom the later one stands first.

    Members who came back a moment after they gave up their seat are first in line, whenever they came.
    """
    wrong, raid = [], end.raid
    returned = {row.member for row in end.audit if row.action == "came back, first in line"}
    for role in raid.roles:
        line = [wait for wait in raid.waitlist(role.key) if wait.member not in returned]
        waiting = [(wait.member, ledger.number(wait.member, role)) for wait in line]
        known = [(member, number) for member, number in waiting if number is not None]
        wrong += [
            f"{role.name}: {one} waits before {next_one}" for one, next_one in pairwise(known) if one[1] > next_one[1]
        ]
        for seat in raid.seated(role.key):
            if seat.member in returned:
                continue
            number = ledger.number(seat.member, role)
            wrong += [
                f"{role.name}: {seat.member} #{number} sits, {one} waits" for one in known if number and number > one[1]
            ]
    return wrong


def wrong_messages(crowd: Crowd, end: DatabaseFacts, left: set[int]) -> list[str]:
    """Return a line for each message that is missing, was sent twice, or was lost without a word.

    A member who left the server may have been told before, or cannot be told any more. During an outage of the database
    members are told once that their reaction is not written down yet, which no row says.
    """
    wrong = [f"not settled: {row}" for row in end.outbox if row.state not in ("sent", "refused", "expired")]
    wrong += [f"refused: {row}" for row in end.outbox if not _was_settled(row) and row.target not in left]
    for person in crowd.members:
        missing, surplus = end.message_differences(person)
        surplus -= Counter({text: 1 for text in surplus if text.startswith(NOT_WRITTEN)})
        if missing or surplus:
            wrong.append(f"{person}: got {surplus} more and {missing} less than was owed")
    return wrong


def _was_settled(row: OutboxRow) -> bool:
    return row.state == "sent" or row.was_overtaken
