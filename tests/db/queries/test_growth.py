"""Calls cost no more when a guild's history is longer, counted in steps of SQLite's virtual machine.

A plan says by which index a statement searches, and not how much it finds there.
"""

from raidbot.raids.model import RaidId
from tests.db.memory_database import memory_database
from tests.db.queries.calls import calls
from tests.db.queries.long_history import UPCOMING, Size, fill, queue
from tests.db.queries.steps import steps_of

SHORT = Size(raids=800, sent=2_000)
LONG = Size(raids=4 * SHORT.raids, sent=4 * SHORT.sent)
GROWTH = 1.25
"""Most by which a call may cost more with four times the history: indexes become deeper."""
GROWING = {
    "absences.delete_guild": "once per server, 30 days after it removed the bot",
    "activity.last_activity": "reads every attendance of the server",
    "announcements.unheard_mentions": "only `raidbot check` asks",
    "audit.happened": "only the demo asks",
    "audit.roster_changes": "only the demo asks",
    "health.damages": "only `raidbot check` asks",
    "health.dangling": "only `raidbot check` asks",
    "aging.idle_names": "reads every raid of the server for names that nothing else needs",
    "forgetting.note_old_reactions": "once for each member who is forgotten",
    "leaderboards.all_time": "counts every attendance of the server",
    "leaderboards.all_time_in_role": "counts every attendance of the server",
    "leaderboards.role_names": "counts every raid of the server",
    "leaderboards.nights": "reads the raids that the member ever came to",
    "outbox.counts": "only the demo asks",
    "raid_listings.figures": "reads the attendance that the member ever had",
    "raid_listings.history": "reads the attendance and the seats that the member ever had",
    "raid_queries.coming_with_member": "reads the seats that the member ever had",
    "raid_queries.past_players": "stops after `_RAIDS`",
    "raids.all_ids": "only `raidbot check` asks",
    "raids.unreadable_rows": "only `raidbot check` asks",
    "raids.cancelled_boards": "once at start",
    "statistics.member_figures": "reads the attendance that the member ever had",
    "statistics.member_figures_everywhere": "reads the attendance that the member ever had",
    "statistics.server_figures": "sums up every attendance of the server",
}
"""Calls that cost more, and why they may."""


def test_no_call_reads_the_history() -> None:
    short, long = costs(SHORT), costs(LONG)

    assert {name for name in short if long[name] > GROWTH * short[name] + 20} == GROWING.keys()


def costs(size: Size) -> dict[str, int]:
    with memory_database() as connection:
        fill(connection, size)
        queue(connection, 20, targets=20)
        return {name: steps_of(connection, call) for name, call in calls(RaidId(size.raids - UPCOMING + 11))}
