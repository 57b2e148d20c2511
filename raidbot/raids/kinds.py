"""Board defaults and /create questions of the kinds that need no template."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from raidbot.raids.model import Kind

KIND_NAMES = {Kind.RAID: "raid", Kind.MUSEUM: "museum", Kind.KEY: "key boss", Kind.CHALLENGE: "challenge"}


_WIZARD101 = "Wizard101"


@dataclass(frozen=True, slots=True)
class KindInfo:
    """Board title, emoji and colour (0xRRGGBB), and the game it is a part of.

    `asks` names the draft fields to fill in besides the time.
    """

    title: str
    emoji: str
    colour: int
    asks: frozenset[str]
    game: str


@cache
def kind_infos() -> dict[Kind, KindInfo]:
    teams = frozenset({"teams", "team_size", "subject", "counts"})
    return {
        Kind.MUSEUM: KindInfo("Museum Signup", "🏛️", 0x5865F2, frozenset({"seats"}), _WIZARD101),
        Kind.KEY: KindInfo("Gold Key Boss", "🔑", 0xFFD700, teams, _WIZARD101),
        Kind.CHALLENGE: KindInfo("Challenge Mode", "🏆", 0xFF0000, teams, _WIZARD101),
    }


def offered_kinds(games: Mapping[str, bool], *, games_chosen: bool, kept: Collection[Kind] = ()) -> tuple[Kind, ...]:
    """Return the kinds that menus offer, raids among them; everything as long as nobody chose the games.

    `games` says which games are enabled. `kept` are kinds that stay, because something of them can still be unset.
    """
    infos = kind_infos()
    return tuple(
        kind
        for kind in Kind
        if not games_chosen or kind not in infos or kind in kept or games.get(infos[kind].game, False)
    )
