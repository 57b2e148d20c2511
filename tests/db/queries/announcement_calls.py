"""Calls of the functions about announcements, templates, defaults and pictures, for `calls.py`."""

import random
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

from raidbot.db import (
    activity_defaults,
    announcement_posts,
    announcements,
    outbox,
    pictures,
    raids,
    templates,
)
from raidbot.db.activity_defaults import ActivityDefaults
from raidbot.raids.announcements.model import Announcement, Moment, Owner, OwnerKind, Ping
from raidbot.raids.audit.announcement_entries import Failure
from raidbot.raids.events import Cause
from raidbot.raids.model import Raid, RaidId, Source, Status
from raidbot.raids.templates import catalogue
from tests.raids.builders import CHANNEL, GUILD, MANAGER, NOW

Call = Callable[[sqlite3.Connection], object]


def announcement_calls(raid: RaidId) -> Iterator[tuple[str, Call]]:
    of_raid = Owner(OwnerKind.RAID, str(raid))
    first = Announcement(moment=Moment(0, -15), ping=Ping.ROLE, role=1)

    def changed(tx: sqlite3.Connection, owner: Owner, *after: Announcement) -> announcements.Announcements:
        return announcements.change(tx, GUILD, owner, lambda _: after, Cause(Source.COMMAND, MANAGER), NOW)

    def change_one(tx: sqlite3.Connection) -> None:
        (one,) = changed(tx, of_raid, first)
        changed(tx, of_raid, replace(one, text="never"))

    def announce(tx: sqlite3.Connection) -> None:
        starts_at = _stored(tx, raid).starts_at
        announcements.announce(tx, raid, now=starts_at - timedelta(minutes=15))
        announcements.follow(tx, None, _stored(tx, raid), NOW)
        announcements.announce(tx, raid, now=starts_at + timedelta(days=1))

    def send(tx: sqlite3.Connection) -> None:
        late = NOW + timedelta(days=800)
        announcement_posts.note_expired(tx, late)
        for row in outbox.claim(tx, kind="post", limit=500, now=late):
            announcement_posts.brought_up_to_date(tx, row)
            announcement_posts.note_failed(tx, row, Failure.REFUSED, NOW)

    yield "change (raid)", change_one
    yield "change (template)", lambda tx: changed(tx, Owner(OwnerKind.TEMPLATE, "test"), first)
    yield "change (series)", lambda tx: changed(tx, Owner.of_series(1), first)
    yield "due", partial(announcements.due, now=NOW)
    yield "look_again", partial(announcements.look_again, now=NOW)
    yield "announce", announce
    yield "owners_of", lambda tx: announcements.owners_of(tx, replace(_stored(tx, raid), series=1))
    copy = partial(announcements.copy, guild=GUILD, source=Owner.of_series(1), to=Owner.of_series(2), name="later")
    yield "copy", partial(copy, cause=Cause(Source.COMMAND, MANAGER), now=NOW)
    yield "pinged_roles", partial(announcements.pinged_roles, guild=GUILD)
    yield "send", send
    yield "unheard_mentions", announcements.unheard_mentions
    yield "change (none)", partial(changed, owner=of_raid)
    yield "follow", lambda tx: announcements.follow(tx, None, replace(_stored(tx, raid), status=Status.CANCELLED), NOW)
    yield "forget", partial(announcements.forget, guild=GUILD, owners=[of_raid])


def _stored(tx: sqlite3.Connection, raid: RaidId) -> Raid:
    found = raids.load(tx, raid)
    assert found is not None
    return found


def template_calls() -> Iterator[tuple[str, Call]]:
    builtin = catalogue.untouched()
    first = builtin.entries[0].key
    own = catalogue.duplicate(builtin, first, catalogue.new_key(random.Random(1)))
    yield "save", partial(templates.save, guild=GUILD, before=builtin, after=own)
    yield "catalogue", partial(templates.catalogue, guild=GUILD)
    yield "save (back)", partial(templates.save, guild=GUILD, before=own, after=builtin)


def default_calls() -> Iterator[tuple[str, Call]]:
    chosen = ActivityDefaults(channel=CHANNEL, mention_role=506, length_minutes=90)
    yield "note", partial(activity_defaults.note, guild=GUILD, activity="dungeon-5", chosen=chosen, now=NOW)
    yield "load", partial(activity_defaults.load, guild=GUILD, activity="dungeon-5")
    yield "uses", partial(activity_defaults.uses, guild=GUILD)


def picture_calls() -> Iterator[tuple[str, Call]]:
    yield "add", partial(pictures.add, guild=GUILD, content=b"GIF89a", now=NOW)
    yield "load", partial(pictures.load, guild=GUILD, picture=1)
    yield "has", partial(pictures.has, guild=GUILD, picture=1)
    yield "touch", partial(pictures.touch, guild=GUILD, picture=1, now=NOW)
    yield "unused", partial(pictures.unused, after=0, before=NOW, started_before=NOW, window=20)
    yield "delete", partial(pictures.delete, files=[1], before=NOW)
