"""Interactions as any client gets and answers them, read from the wire."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.command_input import NotPossible
from discord_sandbox.people import Person
from discord_sandbox.store import Channel
from tests.discord_sandbox.raw_app import RawApp, raw_app


@pytest.fixture
def guild(sandbox: Sandbox) -> SandboxGuild:
    return sandbox.add_guild("Night Owls")


@pytest.fixture
def channel(guild: SandboxGuild) -> Channel:
    return guild.add_channel("raids")


@pytest.fixture
def alice(guild: SandboxGuild, channel: Channel) -> Person:
    return guild.add_member("alice")


@pytest.fixture
async def app(sandbox: Sandbox, alice: Person) -> AsyncIterator[RawApp]:
    async with raw_app(sandbox) as app:
        await app.command("plan")
        yield app


FORM = {
    "custom_id": "plan",
    "title": "Plan a raid",
    "components": [
        {"type": 1, "components": [{"type": 4, "custom_id": "name", "style": 1, "label": "Name"}]},
        {"type": 10, "content": "Choose a role."},
        {
            "type": 18,
            "id": 1,
            "label": "Role",
            "component": {
                "type": 3,
                "custom_id": "role",
                "options": [{"label": "Tank", "value": "tank"}],
            },
        },
    ],
}


async def test_every_component_of_a_submitted_form_has_its_id(app: RawApp, alice: Person, channel: Channel) -> None:
    asking = asyncio.create_task(alice.slash(channel, "plan"))
    await app.answer(await app.asked(), 9, FORM)
    opened = await asking

    submitting = asyncio.create_task(opened.submit(name="Molten Core", role=["Tank"]))
    asked = await app.asked()
    await app.answer(asked, 4, {"content": "Planned"})
    await submitting

    assert asked["data"]["components"] == [
        {
            "type": 1,
            "id": 2,
            "components": [{"type": 4, "id": 3, "custom_id": "name", "value": "Molten Core"}],
        },
        {"type": 10, "id": 4},
        {"type": 18, "id": 1, "component": {"type": 3, "id": 5, "custom_id": "role", "values": ["tank"]}},
    ]


@pytest.mark.parametrize("flags", [0, 64])
async def test_a_deferral_may_hold_more_than_flags(app: RawApp, alice: Person, channel: Channel, flags: int) -> None:
    asking = asyncio.create_task(alice.slash(channel, "plan"))
    asked = await app.asked()
    said = {"flags": flags, "allowed_mentions": {"parse": []}, "tts": False, "embeds": [], "content": "unseen"}

    status, answer = await app.answer(asked, 5, said)
    await app.follow_up(asked, {"content": "Planned"})
    seen = await asking

    assert (status, answer["interaction"]["response_message_ephemeral"]) == (200, bool(flags))
    assert (seen.content, seen.ephemeral) == ("Planned", bool(flags))


async def test_a_deferral_is_checked_as_a_message_is(app: RawApp, alice: Person, channel: Channel) -> None:
    asking = asyncio.create_task(alice.slash(channel, "plan"))
    asked = await app.asked()

    status, answer = await app.answer(asked, 5, {"content": "x" * 2001})
    await app.answer(asked, 5)
    await app.follow_up(asked, {"content": "Planned"})
    await asking

    assert (status, answer["code"]) == (400, 50035)
    assert list(answer["errors"]["data"]) == ["content"]


CODE = {"type": 3, "name": "code", "description": "The raid's code", "autocomplete": True, "required": True}
SEATS = {"type": 4, "name": "seats", "description": "How many", "autocomplete": True}
NOTE = {"type": 3, "name": "note", "description": "A note"}


@pytest.mark.parametrize(
    ("given", "value"), [({}, ""), ({"code": ""}, ""), ({"code": "AB"}, "AB"), ({"note": "late"}, "")]
)
async def test_an_option_is_suggested_for_before_anything_is_typed(
    app: RawApp, alice: Person, channel: Channel, given: dict[str, str], value: str
) -> None:
    await app.command("join", CODE, SEATS, NOTE)
    asking = asyncio.create_task(alice.autocomplete(channel, "join", given, focused="code"))
    asked = await app.asked()

    await app.answer(asked, 8, {"choices": [{"name": "Molten Core", "value": "ABC234"}]})

    assert [choice.value for choice in await asking] == ["ABC234"]
    assert asked["data"]["options"][0] == {"type": 3, "name": "code", "value": value, "focused": True}
    assert [option["name"] for option in asked["data"]["options"]] == ["code", *(given.keys() - {"code"})]


async def test_a_number_is_suggested_for_as_text(app: RawApp, alice: Person, channel: Channel) -> None:
    await app.command("join", CODE, SEATS)
    asking = asyncio.create_task(alice.autocomplete(channel, "join", {"seats": "1x"}, focused="seats"))
    asked = await app.asked()

    await app.answer(asked, 8, {"choices": []})

    assert await asking == []
    assert asked["data"]["options"] == [{"type": 4, "name": "seats", "value": "1x", "focused": True}]


@pytest.mark.parametrize("focused", ["note", "nothing"])
async def test_nothing_is_suggested_for_other_options(
    app: RawApp, alice: Person, channel: Channel, focused: str
) -> None:
    await app.command("join", CODE, NOTE)

    with pytest.raises(NotPossible, match="suggests nothing"):
        await alice.autocomplete(channel, "join", {}, focused=focused)


async def test_an_answer_of_discord_s_that_is_not_modelled_is_a_gap(
    sandbox: Sandbox, app: RawApp, alice: Person, channel: Channel
) -> None:
    asking = asyncio.create_task(alice.slash(channel, "plan"))
    asked = await app.asked()

    launched, _ = await app.answer(asked, 12)
    unknown, _ = await app.answer(asked, 99)
    await app.answer(asked, 4, {"content": "Planned"})
    await asking

    assert (launched, unknown, sandbox.unsupported) == (501, 400, ["interaction callback type 12"])
    sandbox.unsupported.clear()
