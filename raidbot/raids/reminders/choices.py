"""A member's choice of reminders and messages on a server."""

from dataclasses import dataclass, replace
from datetime import datetime

from raidbot.raids.messages.kinds import MessageKind
from raidbot.raids.reminders.leads import Leads


@dataclass(frozen=True, slots=True)
class Choices:
    """A member's own `leads`, chosen at `leads_since` (UTC), or None: the server's. `unwanted` kinds are not sent."""

    leads: Leads | None = None
    leads_since: datetime | None = None
    unwanted: frozenset[MessageKind] = frozenset()

    def with_leads(self, leads: Leads | None, now: datetime) -> "Choices":
        """Return the choices with these leads from now on; instants that have passed do not remind anew."""
        since = None if leads is None else now
        return self if leads == self.leads else replace(self, leads=leads, leads_since=since)

    def wanting(self, wanted: frozenset[MessageKind]) -> "Choices":
        """Return the choices with these kinds on and all others off."""
        return replace(self, unwanted=frozenset(MessageKind) - wanted)

    @property
    def is_silent(self) -> bool:
        """True if no unasked message is wanted."""
        return self.unwanted == frozenset(MessageKind)
