"""An audit entry of every kind: every event, every setting and every field of a template."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from raidbot.raids import events as ev
from raidbot.raids.announcements.model import Announcement, Moment, Ping, Place, PlannedPost
from raidbot.raids.audit import series_entries
from raidbot.raids.audit.announcement_entries import (
    Failure,
    change_entries,
    failed_entry,
    missed_entry,
    posted_entry,
    unheard_entry,
)
from raidbot.raids.audit.entry import Argument, AuditAction, Entry
from raidbot.raids.audit.raid_entries import entries
from raidbot.raids.audit.role_lists import EVERYONE
from raidbot.raids.audit.settings_entries import settings_entries
from raidbot.raids.audit.template_entries import template_entries
from raidbot.raids.events import Reminder
from raidbot.raids.model import (
    CancelReason,
    ChannelId,
    CloseReason,
    Kind,
    Picture,
    PictureLoss,
    Presence,
    RaidCode,
    Role,
    RoleKey,
    Seat,
)
from raidbot.raids.model import Source as From
from raidbot.raids.permissions import Grants, targets
from raidbot.raids.reminders.leads import ReminderLead
from raidbot.raids.schedules.model import Lead
from raidbot.raids.schedules.occurrences import occurrences
from raidbot.raids.series import rules
from raidbot.raids.series.brought import Noted, Remark
from raidbot.raids.series.model import Trouble, TroubleCode
from raidbot.raids.settings import GuildSettings, SignupStyle
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.templates.catalogue import Entry as Listed
from raidbot.raids.templates.model import Strategy, Template
from tests.raids.builders import ALICE, BOB, GUILD, HEALER, MANAGER, NOW, START, TANK, open_raid, roles
from tests.state.series.builders import SECOND as A_DATE
from tests.state.series.builders import everything as everything_of_a_series
from tests.state.series.builders import series

RAID = open_raid(of=roles(tank=1, healer=2), title="Molten *Core*")
SEAT = Seat(ALICE, HEALER, 1, NOW, From.COMMAND)
LATER = datetime(2026, 3, 21, 19, 30, tzinfo=UTC)

EVENTS: tuple[ev.Event, ...] = (
    ev.Joined(ALICE, TANK),
    ev.Moved(ALICE, TANK, HEALER),
    ev.Waitlisted(ALICE, TANK, 2),
    ev.Waitlisted(ALICE, TANK, 2, HEALER),
    ev.Waitlisted(ALICE, TANK, 1, HEALER, returned=True),
    ev.Promoted(ALICE, TANK),
    ev.Promoted(ALICE, TANK, HEALER),
    ev.Left(ALICE, TANK),
    ev.Left(ALICE, TANK, called_off=True),
    ev.StoppedWaiting(ALICE, TANK),
    ev.Assigned(ALICE, TANK, None, forced=False),
    ev.Assigned(ALICE, TANK, HEALER, forced=False),
    ev.Assigned(ALICE, TANK, None, forced=True),
    ev.Assigned(ALICE, TANK, HEALER, forced=True),
    ev.Removed(ALICE, SEAT),
    ev.Removed(ALICE, None),
    ev.SentToWait(ALICE, TANK, 1, None),
    ev.SentToWait(ALICE, TANK, 1, HEALER),
    ev.SideTaken(ALICE, None, "left"),
    ev.SideTaken(ALICE, "left", "right"),
    ev.SideTaken(ALICE, "right", None),
    ev.PlaceRestored(ALICE, None, ()),
    ev.PlaceRestored(ALICE, TANK, ()),
    ev.PlaceRestored(ALICE, TANK, (HEALER,)),
    ev.PlaceRestored(ALICE, None, (TANK, HEALER)),
    ev.SubstituteAsked(ALICE, TANK),
    ev.SubstituteCame(ALICE, TANK, None, MANAGER),
    ev.SubstituteCame(ALICE, TANK, HEALER, MANAGER),
    ev.AskDeclined(ALICE, TANK, MANAGER),
    ev.AskEnded(ALICE, TANK),
    ev.Created(),
    ev.Posted(),
    ev.Filled(),
    *(ev.Closed(reason, None) for reason in CloseReason),
    ev.Reopened(MANAGER),
    ev.Reopened(None),
    ev.Began(),
    ev.NotBegun(),
    ev.NotHeld(MANAGER),
    *(ev.Cancelled(reason, None) for reason in CancelReason),
    ev.Cancelled(CancelReason.NOT_POSTED, None, ("Send Messages", "Embed Links")),
    ev.Revived(),
    ev.TimeChanged(START, LATER),
    *(
        ev.Reworded(what, *change)
        for what in ("title", "subject", "description", "signup_text")
        for change in (("", "New *text* for <@&5>"), ("Old\ntext " * 30, "New text"), ("Old text", ""))
    ),
    ev.DeadlineChanged(None, Lead(minutes=120)),
    ev.DeadlineChanged(Lead(1, 30), Lead(2)),
    ev.LengthChanged(None, 60),
    ev.LengthChanged(0, 1),
    ev.LengthChanged(90, 100),
    ev.LeaderChanged(None, ALICE),
    ev.LeaderChanged(ALICE, None),
    ev.LeaderChanged(ALICE, BOB),
    ev.Duplicated(RaidCode("XYZ234")),
    ev.Undone(AuditAction.CLOSED, 3),
    ev.Undone(AuditAction.ASSIGNED_OVER_CAPACITY, 3),
    ev.PresenceMarked(ALICE, Presence.PRESENT, Presence.NO_SHOW),
    ev.PresenceMarked(ALICE, Presence.NO_SHOW, Presence.EXCUSED),
    ev.Reminded(Reminder.CREATOR, (MANAGER,)),
    ev.Reminded(Reminder.PARTICIPANTS, (ALICE, BOB)),
    ev.ReminderMissed(Reminder.CREATOR, (MANAGER,)),
    ev.ReminderMissed(Reminder.PARTICIPANTS, (ALICE, BOB)),
    ev.ThreadOpened(),
    ev.ThreadLost(),
    ev.MarksChanged(),
    ev.AskUndelivered(ALICE, TANK, MANAGER),
    ev.WaitEnded(ALICE, TANK),
    ev.Removed(ALICE, SEAT, "Too *late*, three times"),
    ev.PictureChanged(None, Picture(url="https://example.org/a.png")),
    ev.PictureChanged(Picture(url="https://example.org/a.png"), Picture(stored=7, file_type="png")),
    ev.PictureChanged(Picture(stored=7, file_type="png"), None),
    *(ev.PictureLost(why) for why in PictureLoss),
    ev.SpecChosen(ALICE, TANK, None, "Frost *Blood*"),
    ev.SpecChosen(ALICE, TANK, "Frost", "Blood"),
    ev.SpecChosen(ALICE, TANK, "Blood", None),
    ev.SeatsChanged(TANK, 1, 3),
    ev.Cancelled(CancelReason.MANUAL, MANAGER, note="Servers are *down*, <@5>"),
)

FIRST = GuildSettings(guild=GUILD, full_close_minutes=60)
SECOND = GuildSettings(
    guild=GUILD,
    zone="Asia/Tokyo",
    leader_leads=(),
    member_leads=(ReminderLead(days=1), ReminderLead(60)),
    remind_waiting=True,
    full_close_minutes=0,
    threads=True,
    thread_archive_minutes=4320,
    thread_members=True,
    refusal_notices_in_thread=True,
    signup_style=SignupStyle.BUTTONS,
    leader_role=7,
    channels={kind: ChannelId(number) for number, kind in enumerate(Kind, 20)},
    audit_channel=ChannelId(6),
    debug_channel=ChannelId(8),
    audit_days=7,
    signup_roles={kind: frozenset({8, GUILD, 12_345}) for kind in Kind},
    grants=Grants(frozenset({GUILD, 5}), {target: frozenset({10, 9}) for target in targets()}),
)
THIRD = replace(
    SECOND,
    leader_leads=(ReminderLead(30),),
    member_leads=(),
    full_close_minutes=480,
    thread_archive_minutes=60,
    signup_style=SignupStyle.BOTH,
    leader_role=GUILD,
    channels={Kind.KEY: ChannelId(5)},
    audit_days=730,
    signup_roles={Kind.KEY: frozenset({8})},
    grants=Grants(frozenset({5}), {"raid": frozenset({GUILD})}),
)

FISHER = Role(key=RoleKey("fisher"), name="Fisher", emoji="🎣", seats=2, group="Boat", icon="🐟")
COOK = Role(key=RoleKey("cook"), name="Cook", emoji="🍳", seats=1)
TRIP = Template(key="custom-fishing", name="Fishing Trip", roles=(FISHER, COOK))
FULL = replace(
    TRIP,
    label="Fishing",
    emoji="🎣",
    description="Bring *bait*; and rods.",
    colour=0x1234,
    lengths=(45, 90, 100),
    strategies=(
        Strategy("calm"),
        Strategy("storm", "Take cover."),
        Strategy("night", "", (replace(COOK, seats=3), FISHER)),
    ),
    sides=("Port", "Starboard"),
)
RENAMED = replace(FULL, name="Hunting", description="Bring bows.", colour=0xFF0000, lengths=(), emoji="🏹")
REORDERED = replace(
    FULL,
    roles=(COOK, replace(FISHER, seats=4), replace(COOK, key=RoleKey("baker"), name="Baker", emoji="🥐")),
    lengths=(100, 45, 90),
    strategies=(Strategy("storm", "Hide."), Strategy("calm")),
    sides=("Starboard", "Port"),
)
OTHER_KEY = replace(FULL, roles=(replace(FISHER, key=RoleKey("angler")), COOK))


def examples() -> Iterator[tuple[str, Entry]]:
    """Yield an entry of every kind, by the name of the change it is about."""
    for number, event in enumerate(EVENTS):
        for entry in entries(replace(RAID, title="Before"), ev.Change(RAID, (event,))):
            yield f"{number} {type(event).__name__}", entry
    for name, before, after in (("chosen", FIRST, SECOND), ("changed", SECOND, THIRD), ("taken back", THIRD, FIRST)):
        for number, entry in enumerate(settings_entries(before, after)):
            yield f"settings {name} {number}", entry
    for name, steps in _TEMPLATES.items():
        for number, entry in enumerate(template_entries(*steps)):
            yield f"template {name} {number}", entry
    yield from OTHERS.items()
    for number, entry in enumerate(_of_series()):
        yield f"{number} series", entry


def _of_series() -> Iterator[Entry]:
    whole, plain = everything_of_a_series(), replace(series(), name="Old *name*")
    dates = tuple(occurrences(plain.schedule, after=NOW, before=NOW + timedelta(weeks=12)))
    yield series_entries.created(whole)
    yield series_entries.deleted(plain)
    yield from series_entries.changes(plain, whole)
    yield from series_entries.changes(whole, plain)
    stopped = replace(plain, failures=5)
    yield from series_entries.changes(plain, stopped)
    yield from series_entries.changes(stopped, plain)
    away = rules.stay_away(whole, BOB, A_DATE, away=False)
    yield from series_entries.changes(whole, away)
    yield from series_entries.changes(away, whole)
    yield series_entries.dates_off((), whole.schedule.dates_off)
    yield series_entries.dates_off(whole.schedule.dates_off, ())
    yield series_entries.missed(plain, dates[:1], None)
    yield series_entries.missed(plain, dates, Trouble(TroubleCode.TEMPLATE_GONE))
    for code in TroubleCode:
        yield series_entries.failed(plain, Trouble(code, "Send Messages" if code is TroubleCode.LACKING else ""))
    yield series_entries.stopped(plain, Trouble(TroubleCode.CHANNEL_GONE))
    yield series_entries.brought(whole, [Noted(Remark.POSTED_AT_START, "24 hours"), Noted(Remark.STRATEGY)])
    yield from (series_entries.not_brought("id rec-1", Noted(remark, "Missing *Access*")) for remark in Remark)
    yield from series_entries.changes(whole, rules.note_roles(whole, ()))


def _catalogue(*templates: Template, enabled: bool = True) -> Catalogue:
    return Catalogue(tuple(Listed(template=template, enabled=enabled) for template in templates))


_TEMPLATES = {
    "added": (_catalogue(), _catalogue(TRIP)),
    "deleted": (_catalogue(TRIP), _catalogue()),
    "disabled": (_catalogue(TRIP), _catalogue(TRIP, enabled=False)),
    "enabled": (_catalogue(TRIP, enabled=False), _catalogue(TRIP)),
    "filled": (_catalogue(TRIP), _catalogue(FULL)),
    "emptied": (_catalogue(FULL), _catalogue(TRIP)),
    "renamed": (_catalogue(FULL), _catalogue(RENAMED)),
    "reordered": (_catalogue(FULL), _catalogue(REORDERED)),
    "keyed": (_catalogue(FULL), _catalogue(OTHER_KEY)),
}


def _refused(target: str | None, *roles: Argument) -> Entry:
    return Entry(AuditAction.GRANT_REFUSED, None, {"target": target, "roles": list(roles)})


ANNOUNCEMENT = Announcement(id=1, moment=Moment(0, -15), text="Be *there*")
LOUD = replace(ANNOUNCEMENT, moment=Moment(-1, 0), place=Place.CHANNEL, channel=ChannelId(5), ping=Ping.ROLE, role=6)
POST = PlannedPost(Moment(0, 10), ChannelId(5), "", seated=True, roles=(6,))
_ADDED, _MADE_LOUD, _REMOVED = (
    next(change_entries(*sides, name=name))
    for sides, name in (
        (((), (ANNOUNCEMENT,)), "Molten *Core*"),
        (((ANNOUNCEMENT,), (LOUD,)), None),
        (((LOUD,), ()), None),
    )
)
OTHERS = {
    "announcement added": _ADDED,
    "announcement changed": _MADE_LOUD,
    "announcement removed": _REMOVED,
    "announced": posted_entry(POST),
    "announcements missed": missed_entry([Moment(-1, -30), Moment()]),
    **{f"announcement failed, {why}": failed_entry(POST, why, "Missing *Access*") for why in Failure},
    "mention unheard": unheard_entry(6, 5),
    "foreign board": Entry(AuditAction.BOARD_FOREIGN),
    "reaction lacking": Entry(AuditAction.REACTION_LACKING, None, {"key": "t", "role": "Tank", "lack": "no_room"}),
    "reaction restored": Entry(AuditAction.REACTION_RESTORED, None, {"key": "t", "role": "Tank"}),
    "reactions unproven": Entry(AuditAction.REACTIONS_UNPROVEN, None, {"roles": ["Tank", "Healer"]}),
    "thread refused": Entry(AuditAction.THREAD_MEMBERS_REFUSED, None, {"code": 50001, "error": "Missing *Access*"}),
    "set aside": Entry(
        AuditAction.SET_ASIDE, None, {"table": "raids", "row": "7 (ABCD)", "why": "sides: '5' is no list"}
    ),
    "commands hidden": Entry(AuditAction.COMMANDS_HIDDEN, None, {"commands": ["setup", "templates"]}),
    "all refused": _refused(None, EVERYONE, 5),
    "command refused": _refused("raid"),
    "action refused": _refused("raid.close", 5),
    "settings refused": _refused("settings", 5),
}
