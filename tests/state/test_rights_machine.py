"""Random members use whatever they may, and nobody ends with a right that neither they nor the giver held.

Rights are asked of the bot through its rules, on a real database, and held against a second, plain reading of its rows.
"""

import asyncio
import sqlite3
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import hypothesis.strategies as st
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from raidbot.commands.posting.post import post
from raidbot.db import drafts
from raidbot.db import undo as undo_rows
from raidbot.db.database import Database
from raidbot.raids import details, duplicate, lifecycle
from raidbot.raids.events import Change
from raidbot.raids.model import CancelReason, MemberId, MessageId, Raid, RaidId, Source
from raidbot.raids.permissions import Asker, Grants, Permission, allowed, check, check_may_restore, granted, targets
from raidbot.raids.rosters import undo
from raidbot.raids.settings import GuildSettings
from raidbot.raids.templates.catalogue import Catalogue, untouched
from raidbot.raids.templates.file_format import FileEntry
from raidbot.raids.templates.importing import import_templates, needed_for
from raidbot.state import Cause, State
from raidbot.utils.errors import Refusal
from tests.chaos import rounds
from tests.raids.builders import CHANNEL, GUILD, NOW, START, unposted_raid
from tests.suite.new_database import put_new

T = TypeVar("T")
ROLES = range(11, 15)
MEMBERS = range(1, 6)
OWNER = MemberId(1)
EVERYTHING = "everything"
members = st.sampled_from([MemberId(member) for member in MEMBERS])
others = st.sampled_from([MemberId(member) for member in MEMBERS if member != OWNER])
role_sets = st.frozensets(st.sampled_from(ROLES), max_size=2)
one_role = st.sampled_from([frozenset({role}) for role in ROLES])
RAID_RIGHTS = tuple(permission for permission in Permission if permission.value.startswith("raid."))
OFTEN = (
    "create",
    "raid",
    "raid.leader",
    "raid.undo",
    "raid.duplicate",
    "raid.cancel",
    "permissions",
    "templates.import",
)
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # making a failure smaller takes minutes
chosen_targets = st.one_of(st.sampled_from(OFTEN), st.sampled_from((EVERYTHING, *targets())))


@dataclass(frozen=True)
class Right:
    """A permission a member holds, everywhere or on one raid."""

    member: int
    permission: str
    raid: int | None


@dataclass(frozen=True)
class Rows:
    """Rights as the database has them, read without any code of the bot."""

    grants: dict[str, set[int]]
    raids: dict[int, tuple[int, int | None, str]]
    """Creator, leader and status by the raid's id."""

    @classmethod
    def read(cls, path: Path) -> "Rows":
        with closing(sqlite3.connect(path)) as connection:
            grants: dict[str, set[int]] = {}
            for target, role in connection.execute("SELECT target, role FROM grants"):
                grants.setdefault(str(target), set()).add(role)
            for (role,) in connection.execute("SELECT role FROM admin_roles"):
                grants.setdefault(EVERYTHING, set()).add(role)
            raids = {row[0]: row[1:] for row in connection.execute("SELECT id, creator, leader, status FROM raids")}
        return cls(grants, raids)

    def rights(self, roles: dict[int, frozenset[int]]) -> set[Right]:
        found: set[Right] = set()
        for member, own in roles.items():
            for permission in map(str, Permission):
                giving = (EVERYTHING, permission, permission.split(".")[0])
                if member == OWNER or any(own & self.grants.get(target, set()) for target in giving):
                    found.add(Right(member, permission, None))
            for number, (creator, leader, _) in self.raids.items():
                for permission in map(str, RAID_RIGHTS):
                    if member in (creator, leader) or Right(member, permission, None) in found:
                        found.add(Right(member, permission, number))
        return found


class RightsMachine(RuleBasedStateMachine):
    """Each rule is what one road of the bot does with what somebody asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "raids.db"
        self.guild = GUILD
        self.now = NOW
        self.posted = 0

    @initialize(
        roles=st.permutations([frozenset({role}) for role in (*ROLES, ROLES[0])]),
        grants=st.fixed_dictionaries(dict.fromkeys(OFTEN, one_role)),
        creator=members,
        leader=st.one_of(st.none(), others),
    )
    def begin(
        self,
        roles: list[frozenset[int]],
        grants: dict[str, frozenset[int]],
        creator: MemberId,
        leader: MemberId | None,
    ) -> None:
        """The owner has granted something, and there is a raid."""
        put_new(self.path)
        self.db = self.run(Database.open(self.path))
        self.state = State(self.db, lambda: self.now)
        self.roles = dict(zip(MEMBERS, roles, strict=True))

        given = Grants(roles=grants)
        by_owner = self.cause(OWNER)
        self.run(self.state.change_settings(self.guild, lambda before: replace(before, grants=given), by_owner))
        self.run(self._post(OWNER, unposted_raid(creator=creator, leader=leader)))

    def teardown(self) -> None:
        if hasattr(self, "db"):
            self.run(self.db.close())
        self.runner.close()
        self.folder.cleanup()

    def run(self, doing: Coroutine[object, object, T]) -> T:
        return self.runner.run(doing)

    # What a member asks for

    @rule(data=st.data(), subject=chosen_targets, roles=role_sets)
    def grant(self, data: st.DataObject, subject: str, roles: frozenset[int]) -> None:
        actor = self.somebody(data, Permission.PERMISSIONS)

        def give(before: GuildSettings) -> GuildSettings:
            target = None if subject == EVERYTHING else subject
            return replace(before, grants=granted(before.grants, target, roles, self.asker(actor)))

        self.attempt(actor, lambda: self.state.change_settings(self.guild, give, self.cause(actor)))

    @rule(actor=members)
    def create(self, actor: MemberId) -> None:
        self.attempt(actor, lambda: self._post(actor, unposted_raid(creator=actor)))

    @rule(data=st.data())
    def copy(self, data: st.DataObject) -> None:
        original = self.a_raid(data)
        actor = self.somebody(data, Permission.RAID_DUPLICATE, original)
        plan = duplicate.duplicate(
            original, by=actor, channel=CHANNEL, starts_at=START, zone="UTC", keeping=(), now=self.now
        )
        self.attempt(actor, lambda: self._post(actor, plan))

    @rule(leader=others, data=st.data())
    def choose_the_leader(self, leader: MemberId, data: st.DataObject) -> None:
        chosen = self.a_raid(data)
        actor = self.somebody(data, Permission.RAID_LEADER, chosen)
        grants = self.run(self.state.settings(self.guild)).grants
        asked = partial(details.appoint, leader=self.asker(leader), asker=self.asker(actor), grants=grants)
        self.attempt(actor, lambda: self._change(chosen, asked, actor))

    @rule(leader=others, another=others, data=st.data())
    def the_leader_changes_and_somebody_undoes_it(
        self, leader: MemberId, another: MemberId, data: st.DataObject
    ) -> None:
        self.choose_the_leader(leader, data)
        self.choose_the_leader(another, data)
        self.undo_the_last_step(data)

    @rule(data=st.data())
    def the_lead_is_taken_away_and_somebody_undoes_it(self, data: st.DataObject) -> None:
        self.choose_no_leader(data)
        self.undo_the_last_step(data)

    @rule(data=st.data())
    def a_raid_is_cancelled_and_somebody_undoes_it(self, data: st.DataObject) -> None:
        self.cancel(data)
        self.undo_the_last_step(data)

    @rule(data=st.data())
    def choose_no_leader(self, data: st.DataObject) -> None:
        chosen = self.a_raid(data)
        actor = self.somebody(data, Permission.RAID_LEADER, chosen)
        self.attempt(actor, lambda: self._change(chosen, partial(details.lead, leader=None), actor))

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        chosen = self.a_raid(data)
        actor = self.somebody(data, Permission.RAID_CANCEL, chosen)
        cancelled = partial(lifecycle.cancel, reason=CancelReason.MANUAL, by=actor, now=self.now)
        self.attempt(actor, lambda: self._change(chosen, cancelled, actor))

    @rule(data=st.data())
    def undo_the_last_step(self, data: st.DataObject) -> None:
        chosen = self.a_raid(data)
        step = self.run(self.state.db.read(partial(undo_rows.last, raid=chosen, now=self.now)))
        if step is None:
            return
        actor = self.somebody(data, Permission.RAID_UNDO, chosen)
        leader = None if step.before.leader is None else self.asker(step.before.leader)
        grants = self.run(self.state.settings(self.guild)).grants

        def put_back(now: Raid) -> Change:
            change = undo.undo(now, step, now=self.now)
            check_may_restore(now, change, asker=self.asker(actor), leader=leader, grants=grants)
            return change

        self.attempt(actor, lambda: self._change(chosen, put_back, actor, can_be_undone=False))

    @rule(data=st.data(), name=st.sampled_from(["Ember", "Void", ""]), own=st.booleans(), enabled=st.booleans())
    def take_templates_in(self, data: st.DataObject, name: str, own: bool, enabled: bool) -> None:
        actor = self.somebody(data, Permission.TEMPLATES_IMPORT)
        first = untouched().entries[0].template
        named = replace(first, name=name, label="") if name else first
        filed = (FileEntry(replace(named, key="custom-ember") if own and name else named, enabled),)
        grants = self.run(self.state.settings(self.guild)).grants

        def take_in(before: Catalogue) -> Catalogue:
            after = import_templates(before, filed, lambda: "custom-void")
            check(self.asker(actor), *needed_for(before, after), grants=grants)
            return after

        self.attempt(actor, lambda: self.state.change_templates(self.guild, take_in, self.cause(actor)))

    @rule(minutes=st.sampled_from([1, 1, 1, 20]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(member=others, roles=role_sets)
    def a_manager_of_roles_changes_somebody(self, member: MemberId, roles: frozenset[int]) -> None:
        self.roles[member] = roles

    @rule()
    def restart(self) -> None:
        self.run(self.db.close())
        self.db = self.run(Database.open(self.path))
        self.state = State(self.db, lambda: self.now)
        self.run(self.state.load())

    # What has to hold

    def attempt(self, actor: MemberId, ask: Callable[[], Coroutine[object, object, object]]) -> None:
        """Carry out what the actor asks for, unless it is refused, and look at who gained what."""
        before, templates = Rows.read(self.path), self.run(self.state.templates(self.guild))
        held = before.rights(self.roles)
        try:
            self.run(ask())
        except Refusal:
            assert Rows.read(self.path) == before
            assert self.run(self.state.templates(self.guild)) == templates
            return
        after = Rows.read(self.path)
        new_raids = after.raids.keys() - before.raids.keys()
        revived = [
            one for one, row in before.raids.items() if row[2] == "cancelled" and after.raids[one][2] != "cancelled"
        ]
        if new_raids or revived:
            assert Right(actor, "create", None) in held, "put up a raid without the right to create"
        for gained in after.rights(self.roles) - held:
            if gained.raid in new_raids:
                assert gained.member == actor or Right(gained.member, gained.permission, None) in held
            else:
                assert replace(gained, member=int(actor)) in held, f"{actor} gave {gained}, which they did not hold"
        self._check_templates(actor, templates, held)

    def _check_templates(self, actor: MemberId, before: Catalogue, held: set[Right]) -> None:
        after = self.run(self.state.templates(self.guild))
        was = {entry.key: entry for entry in before.entries}
        for entry in after.entries:
            old = was.get(entry.key)
            if old is None:
                assert Right(actor, "templates.create", None) in held
            elif old.template != entry.template:
                assert Right(actor, "templates.edit", None) in held
            if old is not None and old.enabled != entry.enabled:
                assert Right(actor, "templates.enable", None) in held

    @invariant()
    def the_bot_reads_the_rows_as_the_test_does(self) -> None:
        if not hasattr(self, "db"):
            return
        grants = self.run(self.state.settings(self.guild)).grants
        expected = Rows.read(self.path).rights(self.roles)
        said = {
            Right(member, str(permission), None)
            for member in MEMBERS
            for permission in Permission
            if allowed(self.asker(MemberId(member)), permission, grants)
        }
        assert said == {right for right in expected if right.raid is None}
        for number in range(1, self.posted + 1):
            stored = self.run(self.state.raid(RaidId(number)))
            on_it = {
                Right(member, str(permission), number)
                for member in MEMBERS
                for permission in RAID_RIGHTS
                if allowed(self.asker(MemberId(member)), permission, grants, stored)
            }
            assert on_it == {right for right in expected if right.raid == number}

    # How it is done

    async def _post(self, actor: MemberId, plan: Raid) -> None:
        add = partial(drafts.add, guild=self.guild, member=actor, payload={}, now=self.now)
        draft = await self.state.db.write(add)
        made = await post(self.state, plan, self.cause(actor), asker=self.asker(actor), draft=draft)
        self.posted = made.id
        on_board = partial(lifecycle.posted, message=MessageId(9_000 + made.id))
        await self.state.change(made.id, on_board, Cause(Source.DISCORD))

    async def _change(
        self, chosen: Raid, rule: Callable[[Raid], Change], actor: MemberId, *, can_be_undone: bool = True
    ) -> None:
        await self.state.change(chosen.id, rule, replace(self.cause(actor), can_be_undone=can_be_undone))

    def somebody(self, data: st.DataObject, permission: Permission, about: Raid | None = None) -> MemberId:
        """Draw one of those whom the command lets in: the owner only if there is nobody else."""
        grants = self.run(self.state.settings(self.guild)).grants
        let_in = [MemberId(one) for one in MEMBERS if allowed(self.asker(MemberId(one)), permission, grants, about)]
        return data.draw(st.sampled_from([one for one in let_in if one != OWNER] or [OWNER]))

    def asker(self, member: MemberId) -> Asker:
        return Asker(member=member, roles=self.roles[member], manages=member == OWNER)

    def cause(self, actor: MemberId) -> Cause:
        return Cause(Source.COMMAND, actor)

    def a_raid(self, data: st.DataObject) -> Raid:
        number = data.draw(st.integers(1, self.posted))
        found: Raid = self.run(self.state.raid(RaidId(number)))
        return found


TestRights = RightsMachine.TestCase
TestRights.settings = settings(max_examples=rounds(12, 1500), stateful_step_count=rounds(20, 60), phases=PHASES)
