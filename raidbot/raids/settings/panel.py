"""The descriptors of the settings on the panel of /settings: their names, their words, and what they mean."""

from enum import StrEnum

from raidbot.raids.reminders.leads import MAX_SERVER_LEADS, ReminderLead
from raidbot.raids.setting_kinds import (
    LeadTimes,
    NumberChoice,
    RoleChoice,
    Switch,
    Typed,
    WordChoice,
    spoken_minutes,
    spoken_years,
)
from raidbot.raids.times.zones import zone_named

PAGES = ("Time & reminders", "Signups", "Threads & messages", "History & statistics")
"""The titles of the pages, which descriptors count from 1."""
OFFERED_LEADS = (
    *(ReminderLead(minutes) for minutes in (5, 10, 15, 30, 60, 120, 360)),
    *(ReminderLead(days=n) for n in (1, 2, 3, 7)),
)
FULL_CLOSE_CHOICES_MINUTES = (0, 15, 30, 60, 120, 480, 1440)  # minutes
ARCHIVE_CHOICES_MINUTES = (
    60,
    1440,
    4320,
    10080,
)  # https://discord.com/developers/docs/resources/channel#thread-metadata-object
AUDIT_DAYS_CHOICES = (7, 30, 90, 180, 365, 730)
KEEP_RAIDS_CHOICES = (0, *(365 * years for years in (1, 2, 3, 5)))  # days; 0: for good
_LEADS_HINT = "1 day, 2 hours, 10 min · up to 5, or off"


class SignupStyle(StrEnum):
    """The controls under a board that members sign up with."""

    REACTIONS = "reactions"
    BUTTONS = "buttons"
    BOTH = "both"


ZONE = Typed(
    name="time zone",
    key="zone",
    title="Time zone",
    means="Times that people type are on this clock. On boards everybody sees their own.",
    page=1,
    place=1,
    form_title="Time zone of this server",
    hint="A city or region, such as Europe/London",
    max_length=64,
    parse=lambda text: zone_named(text).key,
)
LEADER_LEADS = LeadTimes(
    name="reminders to creator and leader",
    key="leader-leads",
    title="Reminders to creator and leader",
    means="A DM to whoever put up the raid, and to whoever leads it.",
    page=1,
    place=2,
    limit=MAX_SERVER_LEADS,
    offered=OFFERED_LEADS,
    form_title="When are creator and leader reminded?",
    hint=_LEADS_HINT,
)
MEMBER_LEADS = LeadTimes(
    name="reminders to participants",
    key="member-leads",
    title="Reminders to participants",
    means="A DM to everybody with a seat. With `/reminders` they choose times of their own.",
    page=1,
    place=3,
    limit=MAX_SERVER_LEADS,
    offered=OFFERED_LEADS,
    form_title="When are participants reminded?",
    hint=_LEADS_HINT,
)
REMIND_WAITING = Switch(
    name="reminders to people waiting",
    key="remind-waiting",
    title="Remind the waitlist",
    means="People in line get the participants’ reminders, too.",
    page=1,
    place=5,
    on="yes",
    off="no",
)
SIGNUP_STYLE = WordChoice(
    name="signing up",
    key="style",
    title="Signing up",
    means="What members press under a board: an emoji, a button, or either.",
    page=2,
    place=1,
    texts={
        SignupStyle.REACTIONS: "by reactions",
        SignupStyle.BUTTONS: "by buttons",
        SignupStyle.BOTH: "by reactions and buttons",
    },
)
FULL_CLOSE_MINUTES = NumberChoice(
    name="closing of full raids",
    key="closing",
    title="Full raids close",
    means="From then on nobody joins a full raid or its waitlist. Leaving stays possible.",
    page=2,
    place=2,
    numbers=FULL_CLOSE_CHOICES_MINUTES,
    say_number=lambda minutes: f"{spoken_minutes(minutes)} before" if minutes else "at their start",
)
LEADER_ROLE = RoleChoice(
    name="leader role",
    key="leader",
    title="Leader role",
    means="Boards show a ⭐ before the names of members with this role.",
    page=2,
    place=3,
    clear="No leader role",
)
SIGNUP_TEXT_BY_DM = Switch(
    name="sign-up text by DM",
    key="signup-text",
    title="Sign-up text by DM",
    means="Some raids have a text for whoever signs up. Buttons show it at once; after a reaction I can only DM it.",
    page=2,
    place=4,
    on="once per raid",
    off="no",
)
THREADS = NumberChoice(
    name="discussion threads",
    key="threads",
    title="Discussion threads",
    means="A thread for each raid, opened under its board.",
    page=3,
    place=1,
    numbers=(0, *ARCHIVE_CHOICES_MINUTES),
    say_number=lambda minutes: f"archived after {spoken_minutes(minutes)}",
    switch="threads",
)
THREAD_MEMBERS = Switch(
    name="members in threads",
    key="thread-members",
    title="Add signups to the thread",
    means="Whoever signs up sees the thread in their list, and Discord notifies them of it.",
    page=3,
    place=2,
    on="yes",
    off="no",
)
REFUSAL_NOTICES = Switch(
    name="refusals in threads",
    key="notices",
    title="If DMs are closed",
    means="When I can’t tell somebody by DM why they couldn’t sign up.",
    page=3,
    place=3,
    on="explain in the thread",
    off="stay silent",
)
UNREACHED_MENTIONS = Switch(
    name="mentions if DMs are closed",
    key="unreached",
    title="Other messages if DMs are closed",
    means="Reminders, changes and cancellations I can’t send by DM: a mention in the raid’s thread or channel instead.",
    page=3,
    place=4,
    on="mention them",
    off="stay silent",
)
AUDIT_DAYS = NumberChoice(
    name="keeping of the audit",
    key="audit",
    title="Keep history",
    means="Who did what, on this server and to each raid.",
    page=4,
    place=1,
    numbers=AUDIT_DAYS_CHOICES,
    say_number=lambda days: f"{days} days",
)
KEEP_RAIDS_DAYS = NumberChoice(
    name="keeping of raids",
    key="keep",
    title="Keep raids that are over",
    means="With their rosters. Older ones are deleted a day later, and no longer count in statistics.",
    page=4,
    place=2,
    numbers=KEEP_RAIDS_CHOICES,
    say_number=spoken_years,
)
STATS_FOR_EVERYONE = Switch(
    name="statistics for everyone",
    key="stats",
    title="Server statistics",
    means="Who may open `/stats server`, `/stats weekly` and `/stats monthly`.",
    page=4,
    place=3,
    on="for everyone",
    off="for managers only",
)
LEADERBOARDS = Switch(
    name="leaderboards",
    key="leaderboards",
    title="Leaderboards",
    means="`/leaderboard` ranks members by the raids they came to; everybody may open it.",
    page=4,
    place=4,
    on="on",
    off="off",
)
CALENDAR_FEEDS = Switch(
    name="calendar feeds",
    key="feeds",
    title="Calendar feeds",
    means="`/calendar` gives members an address for their calendar app. Off ends all addresses.",
    page=4,
    place=5,
    on="on",
    off="off",
)
