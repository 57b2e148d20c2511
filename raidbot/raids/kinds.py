"""Board defaults and /create questions of the kinds that need no template."""

from dataclasses import dataclass
from functools import cache

from raidbot.raids.model import Kind

KIND_NAMES = {Kind.RAID: "raid", Kind.MUSEUM: "museum", Kind.KEY: "key boss", Kind.CHALLENGE: "challenge"}


@dataclass(frozen=True, slots=True)
class KindInfo:
    """Board title, emoji and colour (0xRRGGBB). `asks` names the draft fields to fill in besides the time."""

    title: str
    emoji: str
    colour: int
    asks: frozenset[str]


@cache
def kind_infos() -> dict[Kind, KindInfo]:
    teams = frozenset({"teams", "team_size", "subject", "counts"})
    return {
        Kind.MUSEUM: KindInfo("Museum Signup", "🏛️", 0x5865F2, frozenset({"seats"})),
        Kind.KEY: KindInfo("Gold Key Boss", "🔑", 0xFFD700, teams),
        Kind.CHALLENGE: KindInfo("Challenge Mode", "🏆", 0xFF0000, teams),
    }
