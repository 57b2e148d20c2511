"""Raids: their life, their rosters, and what happens to them by the clock."""

from raidbot.utils.metrics.registry import counter, gauge

LIFE = ("created", "posted", "filled", "closed", "reopened", "cancelled", "not_held", "revived")
ROSTER = ("joined", "moved", "waitlisted", "left", "stopped_waiting", "assigned", "removed", "substituted")

EVENTS = counter("raid_events", "Events in the life of raids", event=LIFE)
SIGNUPS = counter("signups", "Changes of places in raids that members or managers asked for", change=ROSTER)
PROMOTIONS = counter("promotions", "Seats that went to the first in line")
OPEN = gauge("raids_open", "Raids that are open for signups, at the time of the scrape")
PARTICIPANTS = gauge("participants", "Members with a seat in open raids, once for each raid, at the time of the scrape")

SERIES_OUTCOMES = ("posted", "late", "missed", "troubled")
SERIES = counter(
    "series_raids",
    "Raids of series: posted in time, posted late, missed, or not posted for a reason (troubled)",
    outcome=SERIES_OUTCOMES,
)
SERIES_POSTED, SERIES_LATE, SERIES_MISSED, SERIES_TROUBLED = (SERIES.labels(outcome) for outcome in SERIES_OUTCOMES)

BY_THE_CLOCK = ("due", "missed")
REMINDERS = counter(
    "reminders",
    "Reminders that became due, or were missed while the bot was away, one per member",
    outcome=BY_THE_CLOCK,
)
REMINDERS_DUE, REMINDERS_MISSED = (REMINDERS.labels(outcome) for outcome in BY_THE_CLOCK)
ANNOUNCEMENTS = counter("announcements", "Announcements that became due, or were missed", outcome=BY_THE_CLOCK)
ANNOUNCEMENTS_DUE, ANNOUNCEMENTS_MISSED = (ANNOUNCEMENTS.labels(outcome) for outcome in BY_THE_CLOCK)

AUDIT_NEWEST = gauge("audit_newest_entry", "Number of the newest entry of the audit, which counts all ever written")
AUDIT_PENDING = gauge("audit_pending", "Entries of the audit that wait for their log channel", feed=("audit", "live"))
