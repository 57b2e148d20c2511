"""Members and managers who act at random on one raid and check every answer against its states."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from discord_sandbox import SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from discord_sandbox.store import Json, Message
from raidbot.raids.model import MemberId, RaidCode
from tests.e2e.random_play.claims import Claims, statements
from tests.e2e.random_play.commit_checker import CommitChecker

TEAMS = {"1️⃣": "team-1", "2️⃣": "team-2", "3️⃣": "team-3", "4️⃣": "team-4"}
Deed = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class PlayedRaid:
    """The raid that everybody acts on; `lies` collects false answers, one line each."""

    guild: SandboxGuild
    board: Message
    code: RaidCode
    checker: CommitChecker
    claims: Claims
    rng: random.Random
    lies: list[str] = field(default_factory=list)

    async def hold(
        self, asked: Awaitable[PersonResponse], about: MemberId, *, since: int | None = None
    ) -> PersonResponse:
        """Await and return the answer; note every statement that no state since the question makes true."""
        first = len(self.checker.states) - 1 if since is None else since
        answer = await asked
        if answer.failed or answer.thinking or answer.is_deferred:
            self.lies.append(f"no answer: {answer.interaction.payload}")
        known = answer.modal is not None
        for said in statements(answer):
            facts = self.claims.of(said, about)
            known = known or bool(facts)
            if facts and not any(all(fact(raid) for fact in facts) for raid in self.checker.states[first:]):
                self.lies.append(f"not true for {answer.person.name}: {said}")
        if not known:
            self.lies.append(f"nothing known in: {answer.text()[:300]}")
        return answer


@dataclass(slots=True)
class Member:
    """A member who signs up, moves and leaves in every possible way."""

    person: Person
    place: PlayedRaid

    async def act(self) -> None:
        if self._asking() and self.place.rng.random() < 0.6:
            await self._reply()
            return
        deeds: list[tuple[Deed, int]] = [(self._press, 5), (self._react, 4), (self._from_list, 3)]
        (deed,) = self.place.rng.choices([deed for deed, _ in deeds], [weight for _, weight in deeds])
        await deed()

    @property
    def me(self) -> MemberId:
        return MemberId(self.person.id)

    async def _press(self) -> None:
        rng = self.place.rng
        wanted = rng.choice([*(f"join:{rng.choice(list(TEAMS.values()))}" for _ in range(4)), "leave", "place"])
        button = {"type": 2, "custom_id": f"board:{wanted}"}  # possibly one that a redraw has removed
        await self.place.hold(self.person.use(self.place.board, button), self.me)

    async def _react(self) -> None:
        board, emoji = self.place.board, self.place.rng.choice(list(TEAMS))
        await (self.person.unreact if self.person.id in board.reactors(emoji) else self.person.react)(board, emoji)

    async def _from_list(self) -> None:
        """Open /mysignups and use one of the actions it offers."""
        listed = await self.person.slash(board_channel(self.place), "mysignups")
        if not listed.components:
            return
        opened = await self.place.hold(listed.select("Leave or change which one?", [self.place.code]), self.me)
        offered = [one for one in _components(opened) if _action(one) in ("take", "stop", "leave")]
        for wanted in self.place.rng.sample(offered, min(1, len(offered))):
            await self.place.hold(_use(opened, wanted, self.place.rng), self.me)

    def _asking(self) -> list[Message]:
        """Return the DMs that ask a question, or if there are none, those with an offer to drop out."""
        asking = [message for message in self.person.dms if message.components]
        return [message for message in asking if len(message.components[0]["components"]) > 1] or asking

    async def _reply(self) -> None:
        message = self.place.rng.choice(self._asking())
        button = self.place.rng.choice(message.components[0]["components"])
        await self.place.hold(self.person.use(message, button), self.me)


@dataclass(slots=True)
class Manager:
    """A manager who edits the roster by command and on the panel."""

    person: Person
    place: PlayedRaid
    members: list[Person]

    async def act(self) -> None:
        deeds: list[tuple[Deed, int]] = [
            (self._command, 5),
            (self._roster, 5),
            (self._close_and_reopen, 1),
            (self._change, 2),
            (self._undo, 2),
            (self._substitute, 2),
        ]
        (deed,) = self.place.rng.choices([deed for deed, _ in deeds], [weight for _, weight in deeds])
        await deed()

    async def _command(self) -> None:
        rng, whom = self.place.rng, self._somebody()
        options: dict[str, Any] = {"raid": self.place.code, "member": whom}
        name = rng.choice(("assign", "remove", "waitlist"))
        if name != "remove":
            options["role"] = rng.choice(list(TEAMS.values()))
        if name == "assign":
            options["force"] = rng.random() < 0.2
        asked = self.person.slash(board_channel(self.place), f"raidsignup {name}", **options)
        await self.place.hold(asked, MemberId(whom.id))

    async def _roster(self) -> None:
        """Choose a member on the roster page and use one of the actions it offers."""
        rng, whom = self.place.rng, self._somebody()
        panel = await self._panel()
        await self.place.hold(panel.click("Roster"), self._me)
        page = await self.place.hold(panel.select("Or choose somebody else", [whom]), MemberId(whom.id))
        offered = [one for one in _components(page) if _action(one) in ("seat", "ask-line", "take-off")]
        since = len(self.place.checker.states) - 1
        done = await self.place.hold(_use(page, rng.choice(offered), rng), MemberId(whom.id), since=since)
        further = [one for one in _components(done) if _action(one) in ("force", "line")]
        if further:
            await self.place.hold(_use(done, rng.choice(further), rng), MemberId(whom.id))

    async def _close_and_reopen(self) -> None:
        panel = await self._panel()
        for label in ("Close signups", "Fill free seats", "Reopen signups"):
            if any(one.get("label") == label for one in _components(panel)):
                await self.place.hold(panel.click(label), self._me)

    async def _change(self) -> None:
        """Change the text, the leader or the time."""
        rng, panel = self.place.rng, await self._panel()
        match rng.choice(("text", "leader", "time")):
            case "text":
                form = await panel.click("Change text")
                await self.place.hold(form.submit(title=f"Evening {rng.randrange(100)}"), self._me)
            case "leader":
                await panel.click("Leader")
                await self.place.hold(panel.select("Who leads this raid?", [self._somebody()]), self._me)
            case _:
                form = await panel.click("Change time")
                await self.place.hold(form.submit(when=f"in {rng.randrange(5, 20)} hours"), self._me)

    async def _undo(self) -> None:
        panel = await self._panel()
        for button in [one for one in _components(panel) if _action(one) == "undo"]:
            await self.place.hold(_use(panel, button, self.place.rng), self._me)

    async def _substitute(self) -> None:
        """Ask members to substitute if there is a free seat."""
        rng, panel = self.place.rng, await self._panel()
        if not any(_action(one) == "sub" for one in _components(panel)):
            return
        page = await self.place.hold(panel.click("Find substitute"), self._me)
        for wanted in ("sub-role", "sub-ask"):
            offered = [one for one in _components(page) if _action(one) == wanted]
            if not offered:
                continue
            if offered[-1]["type"] == 5:
                some = rng.sample(self.members, 3)
                page = await self.place.hold(self.person.use(_message(page), offered[-1], some), self._me)
            else:
                page = await self.place.hold(_use(page, offered[-1], rng), self._me)

    async def _panel(self) -> PersonResponse:
        asked = self.person.slash(board_channel(self.place), "raid", code=self.place.code)
        return await self.place.hold(asked, self._me)

    @property
    def _me(self) -> MemberId:
        return MemberId(self.person.id)

    def _somebody(self) -> Person:
        return self.place.rng.choice(self.members)


def board_channel(place: PlayedRaid) -> int:
    return place.board.channel_id


def _components(answer: PersonResponse) -> list[Json]:
    """Return the answer's enabled components that have a custom id."""
    every = [one for row in answer.components for one in row["components"]]
    return [one for one in every if "custom_id" in one and not one.get("disabled")]


def _action(component: Json) -> str:
    panel, *parts = component["custom_id"].split(":")
    return str(parts[1] if panel == "raid" else parts[0])


def _message(answer: PersonResponse) -> Message:
    assert answer.message is not None
    return answer.message


async def _use(answer: PersonResponse, component: Json, rng: random.Random) -> PersonResponse:
    """Press the component, or choose one of its options."""
    picked = [rng.choice(component["options"])["value"]] if component.get("options") else []
    return await answer.person.use(_message(answer), component, picked)
