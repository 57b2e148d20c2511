"""Settings of alerts and of the daily report."""

from dataclasses import dataclass, field

from raidbot.ops.alerts.daily_report import ReportTime
from raidbot.ops.alerts.model import PACE, Pace, Thresholds
from raidbot.raids.model import MemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertOptions:
    """Whom to tell, above which limits, and when. Without owner and webhook only the log has alerts."""

    owner: MemberId | None = None
    webhook: str | None = None
    webhook_private: bool = False
    """The webhook may have an address of a private network."""
    limits: Thresholds = field(default_factory=Thresholds)
    pace: Pace = PACE
    report: ReportTime | None = None
    seconds: float = 15.0
    """The time between two looks."""
