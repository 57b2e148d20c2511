"""Random guilds and raids of the Node.js bot; the same seed makes the same ones."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from tests.ops.importer.legacy.model import (
    FLAT,
    LEMURIA_SIDES,
    MYTH_VANGUARD,
    VANGUARD,
    OldBot,
    OldGuild,
    OldRaid,
    OldRole,
    OldTemplate,
    Row,
)
from tests.ops.importer.legacy.schema import NEWEST, Release

NOW = datetime(2026, 3, 20, 18, 0, tzinfo=UTC)
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
COMMANDS = ("create", "raid", "raidsignup", "setchannel", "settings", "templates", "permissions", "recurring")
COMMANDS_TO_COME = ("poll", "stats_others")
ZONES = ("America/New_York", "Europe/Berlin", "Australia/Sydney", "Asia/Kolkata", "UTC")

_EMOJIS = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣", "🔟", "🇦", "🇧", "⚔️", "🛡️", "💚", "🔥", "❄️", "🌀", "⚡", "🐉")
_NAMES = ("Tank", "Healer", "Mob Pulling", "Storm 1", "Surge", "Purify", "Gate", "Flex", "*Jade* `x`", "Später | 火")
_OWN_NAMES = ("Five Boss Night", "Été — 火の夜", "Duel", "Dragon & Co")
_BUILTIN = (
    ("raid-0", "dragonspyre", "The Voracious Void Raid", "The vanguard plays triple storm. Be on time."),
    ("raid-1", "lemuria", "The Ghastly Conspiracy Raid", "Sides are given out."),
    ("raid-2", "polaris", "The Cabal's Revenge Raid", ""),
)


def random_bot(rng: Random, *, guilds: int, raids: int, release: Release = NEWEST) -> OldBot:
    """Return a bot with `guilds` guilds and `raids` raids of random kind and state, assigned to guilds at random."""
    return _Generator(rng, release).bot(guilds, raids)


class _Generator:
    def __init__(self, rng: Random, release: Release) -> None:
        self.rng = rng
        self.release = release
        self._last_id = 100_000_000_000_000_000
        self._codes: set[tuple[int, str]] = set()

    def bot(self, guilds: int, raids: int) -> OldBot:
        bot = OldBot(guilds=[self.guild() for _ in range(guilds)])
        bot.raids = [self.raid(self.rng.choice(bot.guilds)) for _ in range(raids)]
        self._count(bot)
        return bot

    def has(self, table: str, column: str | None = None) -> bool:
        return not self.release.lacks(table, column)

    def id(self) -> int:
        self._last_id += self.rng.randrange(1, 1 << 30)
        return self._last_id

    def ids(self, most: int) -> list[int]:
        return [self.id() for _ in range(self.rng.randint(0, most))]

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def guild(self) -> OldGuild:
        guild = OldGuild(
            id=self.id(),
            channels={kind: self.id() for kind in ("raid", "museum", "key", "challenge") if self.chance(0.6)},
            audit_channel=self.id() if self.chance(0.5) else None,
            debug_channel=self.id() if self.chance(0.2) else None,
            creator_seconds=self.rng.choice((0, 300, 600, 900, 1800, 3600)),
            participant_seconds=self.rng.choice((0, 300, 600, 900, 1800, 3600)),
            auto_close_seconds=self.rng.choice((0, 900, 1800, 3600, 7200, 28800, 86400)),
            creator_reminders=self.chance(0.8),
            participant_reminders=self.chance(0.8),
            leader_role=self.id() if self.chance(0.5) else None,
            threads=self.chance(0.4),
            archive_minutes=self.rng.choice((60, 1440, 4320, 10080)),
            zone=self.rng.choice(ZONES),
            admins=self.ids(3),
            commands={name: [self.id()] for name in (*COMMANDS, *COMMANDS_TO_COME) if self.chance(0.3)},
            raid_gate=self.ids(2),
            museum_gate=self.ids(2),
            templates=[self.custom(name) for name in self.rng.sample(_OWN_NAMES, self.rng.randint(0, 3))],
        )
        guild.rows = self.neighbours(guild)
        return _as_far_as_known(guild, self.has)

    def custom(self, name: str) -> OldTemplate:
        roles = self.roles(self.rng.randint(1, 8), many_seats=True)
        slug = "".join(character if character.isascii() and character.isalnum() else "-" for character in name.lower())
        return OldTemplate(
            id=f"custom-{self.id():x}",
            slug=slug,
            name=name,
            emoji=self.rng.choice(("⚔️", "🐉", "🔥")),
            colour=self.rng.choice(("#ff8800", "#00aa11")),
            roles=roles,
        )

    def builtin(self) -> OldTemplate:
        id_, slug, name, description = self.rng.choice(_BUILTIN)
        groups = (VANGUARD, VANGUARD, VANGUARD, VANGUARD, *("Support",) * 3, *("Gates",) * 5)
        roles = [replace(role, group=group) for role, group in zip(self.roles(12), groups, strict=True)]
        return OldTemplate(id=id_, slug=slug, name=name, description=description, roles=roles)

    def roles(self, number: int, *, many_seats: bool = False) -> list[OldRole]:
        return [
            OldRole(
                name=self.rng.choice(_NAMES),
                emoji=emoji,
                slots=self.rng.randint(1, 4) if many_seats else 1,
                group="Front" if index < number / 2 else "Back",
                icon="<:Storm:1430690317421776957>" if self.chance(0.3) else "",
            )
            for index, emoji in enumerate(_EMOJIS[:number])
        ]

    def raid(self, guild: OldGuild) -> OldRaid:
        kind = self.rng.choice(("raid", "raid", "museum", "key", "challenge"))
        starts_at = NOW + timedelta(minutes=self.rng.randint(-20_000, 40_000))
        raid = OldRaid(
            message=self.id(),
            code=self.code(guild),
            guild=guild.id,
            channel=self.id(),
            creator=self.id(),
            kind=kind,
            roles=[],
            starts_at=int(starts_at.timestamp()),
            created_at=int((starts_at - timedelta(days=3)).timestamp()),
            thread=self.id() if self.has("raids", "thread_id") and self.chance(0.3) else None,
            creator_reminded=self.chance(0.4),
        )
        raid.participants_reminded = raid.creator_reminded and self.chance(0.7)
        self.dress(raid, guild)
        self.people(raid)
        if self.has("raids", "closed_at") and self.chance(0.5):
            self.close(raid)
        return raid

    def code(self, guild: OldGuild) -> str:
        while True:
            code = "".join(self.rng.choices(ALPHABET, k=self.rng.choice((4, 6))))
            if (guild.id, code) not in self._codes:
                self._codes.add((guild.id, code))
                return code

    def dress(self, raid: OldRaid, guild: OldGuild) -> None:
        """Fill in the fields that the raid's kind has."""
        if raid.kind == "museum":
            raid.roles = [OldRole(name="Museum", emoji="✅", slots=self.rng.choice((12, 12, 3, 50)))]
        elif raid.kind == "raid":
            own = guild.templates if self.chance(0.4) else []
            raid.template = self.rng.choice(own) if own else self.builtin()
            raid.length = self.rng.choice(("1.5", "3"))
            raid.roles = [replace(role, users=[], waiting=[], sides={}) for role in raid.template.roles]
            if raid.template.slug == "dragonspyre" and self.has("raids", "strategy"):
                self.choose_strategy(raid)
        else:
            raid.subject = self.rng.choice((None, "Kraken", "The *Rat* — 火"))
            raid.counts = self.chance(0.7)
            numbers = range(1, self.rng.randint(1, 4) + 1)
            raid.roles = [OldRole(name=f"Team {n}", emoji=f"{n}\ufe0f\u20e3", slots=4) for n in numbers]
            if self.chance(0.15):
                raid.roles = [OldRole(name=name, emoji=emoji, slots=12) for name, emoji in (FLAT[raid.kind],)]

    def choose_strategy(self, raid: OldRaid) -> None:
        raid.strategy = self.rng.choice(("triple storm", "2 myth 1 storm"))
        if raid.strategy == "2 myth 1 storm":
            raid.roles[:4] = [
                OldRole(name=name, emoji=emoji, icon=icon, group=VANGUARD) for emoji, icon, name in MYTH_VANGUARD
            ]

    def people(self, raid: OldRaid) -> None:
        """Fill seats with ids in random order, some beyond the role's number; fill lines of full roles only."""
        for role in raid.roles:
            fewest = 1 if role.name in dict(FLAT.values()) else 0
            taken = role.slots if self.chance(0.5) else self.rng.randint(fewest, role.slots)
            taken += self.rng.randint(1, 2) if taken == role.slots and self.chance(0.1) else 0
            role.users = self.crowd(taken)
            if taken >= role.slots and self._can_wait(raid):
                role.waiting = self.crowd(self.rng.randint(0, 3))
        if raid.kind == "raid":
            self._also_wait(raid)
        if raid.has_sides and self.has("signups", "side_assignment"):
            for role in raid.roles:
                role.sides = {user: self.rng.choice(LEMURIA_SIDES) for user in role.users if self.chance(0.5)}

    def crowd(self, number: int) -> list[int]:
        people = [self.id() for _ in range(number)]
        self.rng.shuffle(people)
        return people

    def _can_wait(self, raid: OldRaid) -> bool:
        return raid.kind != "museum" or self.has("museum_waitlist")

    def _also_wait(self, raid: OldRaid) -> None:
        """Let some seated members wait for other roles as well, and some members wait for two."""
        full = [role for role in raid.roles if len(role.users) >= role.slots]
        for role in full:
            for other in raid.roles:
                if other is not role and other.users and self.chance(0.05):
                    role.waiting.append(other.users[0])
                elif other is not role and other in full and other.waiting and self.chance(0.05):
                    role.waiting.append(other.waiting[0])
            role.waiting = list(dict.fromkeys(user for user in role.waiting if user not in role.users))

    def close(self, raid: OldRaid) -> None:
        started = raid.starts_at <= NOW.timestamp()
        by_itself = {"raid": "auto", "museum": "museum_start"}.get(raid.kind, f"{raid.kind}_start")
        raid.closed_reason = self.rng.choice(("manual", by_itself)) if started else "manual"
        raid.closed_at = min(raid.starts_at, int(NOW.timestamp()) - 60)
        raid.closed_by = self.id() if raid.closed_reason == "manual" else None
        if not self.has("raid_attendance"):
            return
        for user in raid.members:
            if self.chance(0.1):
                raid.no_shows[user] = raid.creator
            elif self.chance(0.05):
                raid.came_after_all[user] = raid.creator

    def neighbours(self, guild: OldGuild) -> dict[str, list[Row]]:
        """Return the rows, by table, of features that this bot lacks or stores differently."""
        user, poll = str(self.id()), f"{self.rng.getrandbits(32):08x}"
        return {
            "availability": [
                {
                    "guild_id": str(guild.id),
                    "user_id": user,
                    "timezone": "EST",
                    "days": "Mon-Fri 7-10pm",
                    "windows": "[]",
                }
            ],
            "recurring_raids": [
                {
                    "id": f"rec-{self.id():x}",
                    "guild_id": str(guild.id),
                    "template_slug": "museum",
                    "schedule_type": "weekly",
                    "day_of_week": 5,
                    "time_of_day": "20:00",
                    "timezone": "America/New_York",
                    "creator_id": user,
                    "enabled": 1,
                    "next_scheduled_at": int(NOW.timestamp()) + 86_400,
                }
            ],
            "polls": [
                {
                    "id": poll,
                    "guild_id": str(guild.id),
                    "message_id": str(self.id()),
                    "title": "When?",
                    "options": json.dumps(["Fri 8pm", "Sat 8pm"]),
                }
            ],
            "poll_votes": [{"poll_id": poll, "user_id": user, "option_index": 1, "voted_at": int(NOW.timestamp())}],
            "template_overrides": [
                {
                    "guild_id": str(guild.id),
                    "template_id": "raid-2",
                    "name": "Polaris Night",
                    "emoji": "❄️",
                    "color": "#3498db",
                    "disabled": int(self.chance(0.3)),
                }
            ],
        }

    def _count(self, bot: OldBot) -> None:
        """Fill in the old bot's counters of closed raids, including some raids it no longer has."""
        counted: dict[tuple[int, int], list[OldRaid]] = {}
        for raid in bot.raids:
            if not raid.is_open and raid.counts:
                for user in raid.members:
                    counted.setdefault((raid.guild, user), []).append(raid)
        bot.rows = {"guild_user_stats": [], "user_stats": []}
        for (guild, user), raids in counted.items():
            row = self._counters(user, raids)
            bot.rows["guild_user_stats"].append({"guild_id": str(guild), **row})
            bot.rows["user_stats"].append(row)

    def _counters(self, user: int, raids: list[OldRaid]) -> Row:
        forgotten = self.rng.randint(0, 5)
        roles, labels = ["Forgotten"] * forgotten, ["An old raid"] * forgotten
        roles += [raid.role_keys[user] for raid in raids]
        labels += [raid.label for raid in raids]
        return {
            "user_id": str(user),
            "total_raids": forgotten + len(raids),
            "no_shows": sum(user in raid.no_shows for raid in raids),
            "role_counts": json.dumps({name: roles.count(name) for name in roles}, ensure_ascii=False),
            "template_counts": json.dumps({name: labels.count(name) for name in labels}, ensure_ascii=False),
            "weekday_counts": json.dumps({"5": forgotten + len(raids)}),
            "last_updated": int(NOW.timestamp() * 1000),
            "last_raid_at": max(raid.starts_at for raid in raids) * 1000,
        }


def _as_far_as_known(guild: OldGuild, has: Callable[[str, str | None], bool]) -> OldGuild:
    """Return the guild after resetting what its release has no table or column for."""
    blank = OldGuild(id=guild.id)
    columns = {
        "audit_channel": "audit_channel_id",
        "debug_channel": "debug_channel_id",
        "leader_role": "raid_leader_role_id",
        "threads": "threads_enabled",
        "archive_minutes": "thread_auto_archive_minutes",
        "zone": "default_timezone",
    }
    for name, column in columns.items():
        if not has("guilds", column):
            setattr(guild, name, getattr(blank, name))
    guild.channels = {kind: one for kind, one in guild.channels.items() if has("guilds", f"{kind}_channel_id")}
    if not has("custom_templates", None):
        guild.templates = []
    guild.rows = {table: rows for table, rows in guild.rows.items() if has(table, None)}
    return guild
