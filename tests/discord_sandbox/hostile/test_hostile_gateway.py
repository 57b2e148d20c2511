"""No message makes the gateway fail: a client that sends nonsense is closed with one of Discord's codes."""

import pytest

from discord_sandbox import Sandbox
from tests.discord_sandbox.raw_gateway import ALL_INTENTS, raw_gateway

DECODE_ERROR, INVALID_SHARD, NOT_AUTHENTICATED = 4002, 4010, 4003
NONSENSE: list[object] = [None, 3, "x", [], [None], True]
MEMBERS = {"guild_id": "1", "query": "", "limit": 0}


@pytest.mark.parametrize(
    "frame",
    ["", "{", "[]", "3", '"x"', "[" * 4000, "[" * 30_000, "{}", '{"op":[]}', '{"op":"2"}', '{"op":null}', '{"op":2.5}'],
)
async def test_what_is_no_message_is_a_decode_error(sandbox: Sandbox, frame: str) -> None:
    async with raw_gateway(sandbox) as gateway:
        await gateway.ws.send_str(frame)

        assert await gateway.closed() == DECODE_ERROR


@pytest.mark.parametrize("op", [2, 6])
@pytest.mark.parametrize("payload", NONSENSE)
async def test_a_login_that_is_no_object_is_a_decode_error(sandbox: Sandbox, op: int, payload: object) -> None:
    async with raw_gateway(sandbox) as gateway:
        await gateway.send(op, payload)

        assert await gateway.closed() == DECODE_ERROR


@pytest.mark.parametrize("shard", ["x", 3, [], [0], [0, 0], ["0", "1"], [0, 1, 2], [-1, 1], {}])
async def test_a_malformed_shard_is_refused(sandbox: Sandbox, shard: object) -> None:
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox, shard=shard)

        assert await gateway.closed() == INVALID_SHARD


@pytest.mark.parametrize("changes", [{"presence": 3}, {"presence": []}, {"large_threshold": "x"}])
async def test_a_malformed_login_is_a_decode_error(sandbox: Sandbox, changes: dict[str, object]) -> None:
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox, **changes)

        assert await gateway.closed() == DECODE_ERROR


@pytest.mark.parametrize("token", [None, 3, [], {}])
async def test_a_token_that_is_no_text_is_a_wrong_one(sandbox: Sandbox, token: object) -> None:
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox, token=token)

        assert await gateway.closed() == 4004


@pytest.mark.parametrize("session_id", [None, 3, [], {}, "x"])
async def test_a_session_that_is_unknown_is_invalid(sandbox: Sandbox, session_id: object) -> None:
    async with raw_gateway(sandbox) as gateway:
        await gateway.send(6, {"token": sandbox.token, "session_id": session_id, "seq": 1})

        answer = await gateway.receive()

    assert answer is not None
    assert (answer["op"], answer["d"]) == (9, False)


@pytest.mark.parametrize(
    "payload",
    [
        *NONSENSE,
        {},
        MEMBERS | {"guild_id": "x"},
        MEMBERS | {"guild_id": []},
        MEMBERS | {"guild_id": {}},
        MEMBERS | {"guild_id": "9" * 3000},
        MEMBERS | {"query": 3},
        MEMBERS | {"limit": "x"},
        MEMBERS | {"limit": -1},
        MEMBERS | {"user_ids": ["x"]},
        MEMBERS | {"user_ids": {"x": 1}},
    ],
)
async def test_a_malformed_question_for_members_is_a_decode_error(sandbox: Sandbox, payload: object) -> None:
    guild = sandbox.add_guild("Night Owls")
    asked = payload | {"guild_id": str(guild.id)} if isinstance(payload, dict) and "1" in payload.values() else payload
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox)
        await gateway.expect("GUILD_CREATE")
        await gateway.send(8, asked)

        assert await gateway.closed() == DECODE_ERROR


async def test_a_nonce_that_is_too_long_is_ignored(sandbox: Sandbox) -> None:
    guild = sandbox.add_guild("Night Owls")
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox, intents=ALL_INTENTS)
        for nonce in ("x" * 32, "x" * 33):
            await gateway.send(8, {"guild_id": str(guild.id), "query": "", "limit": 0, "nonce": nonce})
        short, long = [await gateway.expect("GUILD_MEMBERS_CHUNK") for _ in range(2)]

    assert (short.get("nonce"), long.get("nonce")) == ("x" * 32, None)
