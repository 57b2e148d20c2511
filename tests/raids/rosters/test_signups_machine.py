"""Random sequences of the signup rules; every invariant of the roster holds after every step."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from raidbot.raids import events as ev
from raidbot.raids import lifecycle, notifications
from raidbot.raids.model import CancelReason, CloseReason, Kind, MemberId, Presence, Raid, Role, RoleKey, Source
from raidbot.raids.reminders.due import Wishes, due, remind
from raidbot.raids.rosters import attendance, manager_edits, signups
from raidbot.raids.settings import GuildSettings
from raidbot.utils.errors import Refusal
from tests.chaos import rounds
from tests.raids.builders import CREATOR, GUILD, MANAGER, NOW, START, open_raid
from tests.raids.rosters.reference_roster import ReferenceRoster, Refused
from tests.raids.rosters.replay import replayed, returned_to, roster_of

MEMBERS = st.integers(1, 7).map(MemberId)
SETTINGS = GuildSettings(guild=GUILD, full_close_minutes=60)
WISHES = Wishes(settings=SETTINGS)
SECOND = timedelta(seconds=1)


class SignupMachine(RuleBasedStateMachine):
    @initialize(
        kind=st.sampled_from(Kind), seats=st.lists(st.sampled_from([1, 1, 1, 2, 2, 3, 4]), min_size=1, max_size=6)
    )
    def begin(self, kind: Kind, seats: list[int]) -> None:
        roles = tuple(
            Role(key=RoleKey(f"r{n}"), name="Storm", emoji=chr(0x1F7E0 + n), seats=number)
            for n, number in enumerate(seats)
        )
        self.raid = open_raid(kind, roles)
        self.plain = ReferenceRoster({role.key: role.seats for role in roles}, START, lambda: self.now)
        self.now = NOW
        self.told: set[str] = set()

    def key(self, number: int) -> RoleKey:
        return self.raid.roles[number % len(self.raid.roles)].key

    def step(self, apply: Callable[[Raid], ev.Change], predict: Callable[[], None]) -> ev.Change:
        """Apply a rule as `State.change` does; check the result against the prediction, its events and its DMs."""
        self.now += timedelta(seconds=1)
        before = self.raid
        try:
            change = apply(before)
        except Refusal:
            refused, change = True, ev.Change(before)
        else:
            refused = False
        try:
            predict()
        except Refused:
            assert refused
        else:
            assert not refused
        if change.events:
            change = replace(change, raid=replace(change.raid, version=before.version + 1))
        self.raid = change.raid
        self._check_told(before, change)
        _check_kept(before, change)
        return change

    def _check_told(self, before: Raid, change: ev.Change) -> None:
        if not change.events:
            assert change.raid == before
        assert replayed(before, change.events) == roster_of(change.raid)
        owed = notifications.notices(change)
        keys = {notice.key for notice in owed}
        assert len(keys) == len(owed)
        assert not keys & self.told
        self.told |= keys
        assert sorted(notice.member for notice in owed) == sorted(_owed_to(change))

    numbers = st.integers(0, 5)

    @rule(member=MEMBERS, number=numbers)
    def react(self, member: MemberId, number: int) -> None:
        self.react_role(member, self.key(number))

    def react_role(self, member: MemberId, key: RoleKey) -> None:
        held, waited = self.raid.seat_of(member), self.raid.is_waiting(member, key)
        change = self.step(
            lambda raid: signups.react(raid, member, key, now=self.now),
            lambda: self.plain.react(member, key),
        )
        if waited or (held is not None and held.role == key):
            assert set(change.events) <= {ev.MarksChanged()}

    @rule(asked=st.lists(st.tuples(MEMBERS, numbers), min_size=4, max_size=10))
    def crowd_reacts(self, asked: list[tuple[MemberId, int]]) -> None:
        for member, number in asked:
            self.react_role(member, self.key(number))

    @rule(member=MEMBERS, number=numbers)
    def unreact(self, member: MemberId, number: int) -> None:
        self.unreact_role(member, self.key(number))

    def unreact_role(self, member: MemberId, key: RoleKey) -> None:
        self.step(
            lambda raid: signups.unreact(raid, member, key, now=self.now), lambda: self.plain.unreact(member, key)
        )

    @precondition(lambda self: any(self.raid.seated(wait.role) for wait in self.raid.waits))
    @rule(data=st.data(), waiter=st.booleans(), returns=st.booleans())
    def somebody_where_others_wait_takes_the_reaction_off(
        self, data: st.DataObject, waiter: bool, returns: bool
    ) -> None:
        wait = data.draw(st.sampled_from([wait for wait in self.raid.waits if self.raid.seated(wait.role)]))
        sitting = data.draw(st.sampled_from(self.raid.seated(wait.role)))
        leaver = wait.member if waiter else sitting.member
        self.unreact_role(leaver, wait.role)
        if returns:
            self.react_role(leaver, wait.role)

    @precondition(lambda self: self.raid.is_live and self.raid.waits)
    @rule(data=st.data(), everywhere=st.booleans())
    def the_leader_fills_free_seats(self, data: st.DataObject, everywhere: bool) -> None:
        role = data.draw(st.sampled_from(self.raid.waits)).role
        self.step(
            lambda raid: manager_edits.fill(raid, now=self.now, key=None if everywhere else role),
            lambda: self.plain.fill(list(self.plain.seats) if everywhere else [role]),
        )

    @precondition(lambda self: any(mark.unwanted for mark in self.raid.marks))
    @rule(data=st.data())
    def whose_reaction_is_to_go_asks_by_button(self, data: st.DataObject) -> None:
        mark = data.draw(st.sampled_from([mark for mark in self.raid.marks if mark.unwanted]))
        self.press_role(mark.member, mark.role)

    @precondition(lambda self: self.raid.marks)
    @rule(data=st.data())
    def bot_has_taken_a_reaction_away(self, data: st.DataObject) -> None:
        mark = data.draw(st.sampled_from(self.raid.marks))
        before = roster_of(self.raid)
        self.step(
            lambda raid: signups.forget_mark(raid, mark.member, mark.role),
            lambda: self.plain.forget_reaction(mark.member, mark.role),
        )
        assert roster_of(self.raid) == before

    @precondition(lambda self: any(mark.unwanted for mark in self.raid.marks))
    @rule(data=st.data())
    def an_unwanted_reaction_disappears(self, data: st.DataObject) -> None:
        mark = data.draw(st.sampled_from([mark for mark in self.raid.marks if mark.unwanted]))
        before = roster_of(self.raid)
        self.unreact_role(mark.member, mark.role)
        assert roster_of(self.raid) == before
        assert self.raid.mark_of(mark.member, mark.role) is None

    @rule(member=MEMBERS, number=numbers)
    def press(self, member: MemberId, number: int) -> None:
        self.press_role(member, self.key(number))

    def press_role(self, member: MemberId, key: RoleKey) -> None:
        self.step(
            lambda raid: signups.join(raid, member, key, now=self.now, source=Source.BUTTON),
            lambda: self.plain.join(member, key),
        )

    @rule(member=MEMBERS)
    def leave(self, member: MemberId) -> None:
        self.step(lambda raid: signups.leave(raid, member, now=self.now), lambda: self.plain.leave(member))

    @rule(member=MEMBERS)
    def depart(self, member: MemberId) -> None:
        self.step(lambda raid: signups.depart(raid, member, now=self.now), lambda: self.plain.depart(member))
        stays = self.raid.status == "cancelled" or self.raid.is_frozen(self.now)
        assert member not in set(self.raid.members()) or stays

    @rule(member=MEMBERS, number=numbers, force=st.booleans())
    def assign(self, member: MemberId, number: int, force: bool) -> None:
        key = self.key(number)
        self.step(
            lambda raid: manager_edits.assign(raid, member, key, now=self.now, force=force),
            lambda: self.plain.assign(member, key, force=force),
        )

    @rule(member=MEMBERS)
    def remove(self, member: MemberId) -> None:
        self.step(lambda raid: manager_edits.remove(raid, member, now=self.now), lambda: self.plain.remove(member))

    @rule(member=MEMBERS, number=numbers)
    def send_to_wait(self, member: MemberId, number: int) -> None:
        key = self.key(number)
        change = self.step(
            lambda raid: manager_edits.send_to_wait(raid, member, key, now=self.now),
            lambda: self.plain.send_to_wait(member, key),
        )
        assert all(event.member != member for event in change.events if isinstance(event, ev.Promoted))

    @rule()
    def close(self) -> None:
        self.step(
            lambda raid: lifecycle.close(raid, reason=CloseReason.MANUAL, by=MANAGER, now=self.now), self.plain.close
        )

    @precondition(lambda self: self.raid.status == "closed")
    @rule()
    def reopen(self) -> None:
        self.step(lambda raid: lifecycle.reopen(raid, by=MANAGER, now=self.now), self.plain.reopen)
        assert lifecycle.due_closing(self.raid, full_lead=timedelta(days=9), now=self.raid.starts_at - SECOND) is None

    @precondition(lambda self: self.raid.is_live and self.now < self.raid.starts_at)
    @rule()
    def it_begins(self) -> None:
        self.now = self.raid.starts_at
        self._remind()
        self._close_by_the_clock()

    @precondition(lambda self: self.raid.attendance)
    @rule(data=st.data(), of_everybody=st.booleans())
    def the_leader_marks_who_came(self, data: st.DataObject, of_everybody: bool) -> None:
        listed = st.sampled_from([row.member for row in self.raid.attendance]) if of_everybody else MEMBERS
        presence = data.draw(st.sampled_from([Presence.PRESENT, Presence.LATE, Presence.NO_SHOW, Presence.EXCUSED]))
        chosen, page = data.draw(st.frozensets(listed)), data.draw(st.frozensets(listed))
        self.step(
            lambda raid: attendance.mark(raid, presence, chosen, among=page, by=MANAGER, now=self.now),
            lambda: self.plain.mark(presence, chosen, page),
        )

    @precondition(lambda self: self.raid.seats)
    @rule(data=st.data())
    def the_leader_says_who_came(self, data: st.DataObject) -> None:
        listed = st.frozensets(st.sampled_from([seat.member for seat in self.raid.seats]))
        came, page = data.draw(listed), data.draw(listed)
        self.step(
            lambda raid: attendance.only_came(raid, came, among=page, by=MANAGER, now=self.now),
            lambda: self.plain.say_who_came(came, page),
        )

    @precondition(lambda self: self.raid.attendance)
    @rule()
    def the_leader_says_that_everybody_came(self) -> None:
        self.step(lambda raid: attendance.everybody_came(raid, by=MANAGER, now=self.now), self.plain.say_all_came)

    @precondition(lambda self: len(self.told) > 25)
    @rule()
    def cancel(self) -> None:
        self.step(
            lambda raid: lifecycle.cancel(raid, reason=CancelReason.MANUAL, by=MANAGER, now=self.now), self.plain.cancel
        )

    @precondition(lambda self: self.raid.took_place(self.now))
    @rule()
    def did_not_take_place(self) -> None:
        before = len(self.told)
        self.step(
            lambda raid: lifecycle.did_not_take_place(raid, by=MANAGER, now=self.now), self.plain.did_not_take_place
        )
        assert len(self.told) == before

    @rule(hours=st.integers(1, 3), zone=st.sampled_from(["UTC", "Europe/Berlin"]))
    def change_time(self, hours: int, zone: str) -> None:
        starts_at = START + timedelta(hours=hours)
        while starts_at <= self.now + timedelta(seconds=1):
            starts_at += timedelta(days=1)
        self.step(
            lambda raid: lifecycle.change_time(raid, starts_at, zone, now=self.now),
            lambda: self.plain.change_time(starts_at),
        )

    @rule(numbers=st.lists(numbers, max_size=3), everything=st.booleans())
    def sweep_reactions(self, numbers: list[int], everything: bool) -> None:
        keys = [role.key for role in self.raid.roles] if everything else [self.key(number) for number in numbers]
        self.step(
            lambda raid: signups.clear_marks(raid, None if everything else keys),
            lambda: self.plain.clear_reactions(keys),
        )

    @rule(hours=st.sampled_from([1, 6, 20, 40]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self._remind()
        self._close_by_the_clock()

    @precondition(lambda self: self.raid.is_live and self.now < self.raid.starts_at)
    @rule(minutes=st.sampled_from([5, 25]))
    def the_start_comes_near(self, minutes: int) -> None:
        self.now = max(self.now, self.raid.starts_at - timedelta(minutes=minutes))
        self._remind()

    def _remind(self) -> None:
        found = due(self.raid, WISHES, now=self.now)
        if found:
            self.step(lambda raid: remind(raid, found, now=self.now), lambda: None)
        assert due(self.raid, WISHES, now=self.now) == ()

    def _close_by_the_clock(self) -> None:
        reason = lifecycle.due_closing(self.raid, full_lead=SETTINGS.full_lead, now=self.now)
        if reason is not None:
            self.step(
                lambda raid: lifecycle.close(raid, reason=reason, by=None, now=self.now),
                lambda: self.plain.close(reason),
            )
        self.step(lambda raid: lifecycle.begin(raid, now=self.now), self.plain.begin)
        assert lifecycle.due_closing(self.raid, full_lead=SETTINGS.full_lead, now=self.now) is None

    @invariant()
    def the_plain_roster_agrees(self) -> None:
        assert self.plain.agrees_with(self.raid)

    @invariant()
    def one_seat_per_member_and_one_wait_per_role(self) -> None:
        seats = [seat.member for seat in self.raid.seats]
        waits = [(wait.member, wait.role) for wait in self.raid.waits]
        assert len(seats) == len(set(seats))
        assert len(waits) == len(set(waits))
        assert not {(seat.member, seat.role) for seat in self.raid.seats} & set(waits)

    @invariant()
    def beyond_the_number_only_by_force(self) -> None:
        for role in self.raid.roles:
            sitting = self.raid.seated(role.key)
            assert len(sitting) - role.seats <= sum(seat.forced for seat in sitting)

    @invariant()
    def no_free_seat_somebody_waits_for(self) -> None:
        if self.raid.is_open and not self.raid.is_frozen(self.now):
            assert not any(self.raid.has_room(role) and self.raid.waitlist(role.key) for role in self.raid.roles)

    @invariant()
    def places_are_in_order_of_arrival(self) -> None:
        places = [[seat.place for seat in self.raid.seats], [wait.place for wait in self.raid.waits]]
        assert all(listed == sorted(set(listed)) for listed in places)
        assert max([*places[0], *places[1], 0]) < self.raid.next_place

    @invariant()
    def standing_marks_speak_for_a_place(self) -> None:
        for mark in self.raid.marks:
            seat = self.raid.seat_of(mark.member)
            sits = seat is not None and seat.role == mark.role
            assert mark.unwanted or sits or self.raid.is_waiting(mark.member, mark.role)


def _check_kept(before: Raid, change: ev.Change) -> None:
    """Assert that members without an event keep their places, and that lines grow only at the end.

    Only whoever takes back the seat they just gave up stands before the others.
    """
    after = change.raid
    concerned = {event.member for event in change.events if isinstance(event, _OF_A_MEMBER)}
    assert [s for s in before.seats if s.member not in concerned] == [
        s for s in after.seats if s.member not in concerned
    ]
    for role in before.roles:
        was, becomes = before.waitlist(role.key), after.waitlist(role.key)
        stayed = [wait for wait in was if wait in becomes]
        back = returned_to(change, role.key)
        others = [wait for wait in becomes if wait.member not in back]
        assert others[: len(stayed)] == stayed
        assert all(wait in becomes for wait in was if wait.member not in concerned)


_TOLD_TO_THEIR_MEMBER = (
    ev.Waitlisted,
    ev.Promoted,
    ev.Moved,
    ev.WaitEnded,
    ev.Assigned,
    ev.Removed,
    ev.SentToWait,
)
_OF_A_MEMBER = (*_TOLD_TO_THEIR_MEMBER, ev.Joined, ev.Left, ev.StoppedWaiting)


def _decides(raid: Raid, event: ev.Left) -> bool:
    """Return True if the leader gives the seat to whoever waits for it."""
    return not raid.is_open and raid.has_room(raid.role(event.role)) and bool(raid.waitlist(event.role))


def _owed_to(change: ev.Change) -> set[MemberId]:
    """Return the members who must be notified of the change, each by one message."""
    people: list[MemberId] = []
    for event in change.events:
        if isinstance(event, _TOLD_TO_THEIR_MEMBER):
            people.append(event.member)
        elif isinstance(event, ev.Left):
            people += (
                [CREATOR] if event.called_off and (event.member != CREATOR or _decides(change.raid, event)) else []
            )
        elif isinstance(event, ev.Filled):
            people.append(CREATOR)
        elif isinstance(event, ev.Cancelled) or (isinstance(event, ev.TimeChanged) and event.before != event.after):
            people += {CREATOR, *change.raid.members()}
        elif isinstance(event, ev.Reminded):
            people += [CREATOR] if event.which == "creator" else [seat.member for seat in change.raid.seats]
    return set(people)


SignupMachine.TestCase.settings = settings(max_examples=rounds(50, 3000), stateful_step_count=40)
TestEvening = SignupMachine.TestCase
