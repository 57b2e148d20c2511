"""Leaderboards: members by the number of raids they came to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2s

from raidbot.raids.model import MemberId
from raidbot.raids.statistics.places import places
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip
from raidbot.utils.words import Listed, Name, say

_MAX_NAMED = 10
_MAX_SHOWN = 80


class UnknownRoleName(Refusal):
    def __init__(self, typed: str) -> None:
        super().__init__(
            say(
                "Nobody came as “{role}” here. Choose a role from the list that opens as you type.",
                role=Name(clip(typed, _MAX_SHOWN)),
            )
        )


class SeveralRoles(Refusal):
    def __init__(self, typed: str, found: Sequence[str]) -> None:
        super().__init__(
            say(
                "“{role}” may be {found}. Choose one from the list that opens as you type.",
                role=Name(clip(typed, _MAX_SHOWN)),
                found=Listed(tuple(map(Name, found[:_MAX_NAMED])), "or", limit=1000),
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A member and the raids they came to, of which `carried` are from an opening balance.

    `name` is None for members who were forgotten or whose name was never known.
    """

    member: MemberId
    raids: int
    carried: int = 0
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A line of a leaderboard. `place` is shared by all with as many raids."""

    place: int
    count: Count


@dataclass(frozen=True, slots=True)
class Board:
    """Everybody who came at least once, most raids first. `is_carried` is True if opening balances are part of it."""

    standings: tuple[Standing, ...] = ()
    is_carried: bool = False

    def number_of(self, member: MemberId) -> int | None:
        """Return the number of the member's line, from 0; None if they have none."""
        return next((number for number, one in enumerate(self.standings) if one.count.member == member), None)


def board_of(counts: Iterable[Count]) -> Board:
    """Return the leaderboard. Members who share a place are in the order of their names, those without one last."""
    ranked = sorted((one for one in counts if one.raids > 0), key=_rank)
    placed = places(one.raids for one in ranked)
    return Board(tuple(map(Standing, placed, ranked)), any(one.carried for one in ranked))


def _rank(count: Count) -> tuple[int, bool, str, int]:
    return -count.raids, count.name is None, (count.name or "").casefold(), count.member


def role_named(typed: str, known: Sequence[str]) -> str:
    """Return the only known role that the text names, in full or in part, in small or capital letters.

    Raises UnknownRoleName or SeveralRoles.
    """
    wanted = typed.strip()
    folded = wanted.casefold()
    for found in (
        [name for name in known if name == wanted],
        [name for name in known if name.casefold() == folded],
        [name for name in known if folded and folded in name.casefold()],
    ):
        if len(found) == 1:
            return found[0]
        if found:
            raise SeveralRoles(wanted, found)
    raise UnknownRoleName(wanted)


def role_tag(name: str) -> str:
    """Return a short stand-in for a role's name, which may be longer than what a button can carry."""
    return blake2s(name.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
