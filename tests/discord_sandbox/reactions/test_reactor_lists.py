"""Lists of reactors that are empty, short, or change while they are read."""

import asyncio

import aiohttp
import discord

from discord_sandbox.faults import LIST_REACTORS
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from tests.discord_sandbox.scene import Scene


async def crowded_board(scene: Scene, people: int) -> tuple[Message, list[Person]]:
    """Return a message and those who reacted to it with ✅, in order of their ids."""
    fact = scene.channel.messages[(await scene.here.send("board")).id]
    crowd = [scene.guild.add_member(f"member{number}") for number in range(people)]
    for person in crowd:
        await person.react(fact, "✅")
    return fact, crowd


async def count_and_list(scene: Scene, fact: Message) -> tuple[int, list[int]]:
    shown = (await scene.here.fetch_message(fact.id)).reactions[0]
    return shown.count, sorted([user.id async for user in shown.users()])


async def test_a_list_may_be_empty_while_the_count_is_right(scene: Scene) -> None:
    fact, crowd = await crowded_board(scene, 3)
    fault = scene.sandbox.faults.shorten_reactors(about=(fact, "✅"), calls=1)

    assert await count_and_list(scene, fact) == (3, [])
    assert await count_and_list(scene, fact) == (3, [person.id for person in crowd])
    assert fault.met == 1


async def test_a_list_may_be_short(scene: Scene) -> None:
    fact, crowd = await crowded_board(scene, 4)
    first, second, third, fourth = (person.id for person in crowd)

    short = scene.sandbox.faults.shorten_reactors(2, about=fact)
    assert await count_and_list(scene, fact) == (4, [first, second])
    short.lift()
    scene.sandbox.faults.shorten_reactors(None, hidden=[crowd[1]])
    assert await count_and_list(scene, fact) == (4, [first, third, fourth])


async def test_only_one_emoji_of_one_message_is_short(scene: Scene) -> None:
    fact, crowd = await crowded_board(scene, 1)
    other, others = await crowded_board(scene, 1)
    await crowd[0].react(fact, "❌")
    scene.sandbox.faults.shorten_reactors(about=(fact, "✅"))

    shown = (await scene.here.fetch_message(fact.id)).reactions

    assert [[user.id async for user in reaction.users()] for reaction in shown] == [[], [crowd[0].id]]
    assert await count_and_list(scene, other) == (1, [others[0].id])


async def test_a_list_may_stay_short_over_its_pages(scene: Scene) -> None:
    fact, crowd = await crowded_board(scene, 130)
    scene.sandbox.faults.shorten_reactors(120)

    count, listed = await count_and_list(scene, fact)

    assert count == 130
    assert listed == [person.id for person in crowd[:120]]


async def test_who_comes_and_goes_between_two_pages_shifts_them(scene: Scene, http: aiohttp.ClientSession) -> None:
    newcomer = scene.guild.add_member("newcomer")
    fact, crowd = await crowded_board(scene, 110)
    address = f"{scene.sandbox.api_url}/channels/{scene.channel.id}/messages/{fact.id}/reactions/✅"

    async with http.get(address, params={"limit": "100"}) as answer:
        first = [int(user["id"]) for user in await answer.json()]
    await newcomer.react(fact, "✅")
    await crowd[105].unreact(fact, "✅")
    async with http.get(address, params={"limit": "100", "after": str(first[-1])}) as answer:
        second = [int(user["id"]) for user in await answer.json()]

    assert first == [person.id for person in crowd[:100]]
    assert second == [person.id for person in (*crowd[100:105], *crowd[106:])]
    assert newcomer.id < crowd[0].id
    assert fact.reactions["✅"].count == len(first) + len(second) + 1


async def test_a_test_can_act_between_the_count_and_the_list(scene: Scene) -> None:
    fact, crowd = await crowded_board(scene, 2)
    late = scene.guild.add_member("late")
    held = scene.sandbox.faults.hold(route=LIST_REACTORS, about=fact, calls=1)

    reading = asyncio.create_task(count_and_list(scene, fact))
    await scene.sandbox.until(lambda: held.met)
    await late.react(fact, "✅")
    await crowd[0].unreact(fact, "✅")
    held.lift()

    assert await reading == (2, [crowd[1].id, late.id])


async def test_short_lists_keep_the_types_apart(scene: Scene) -> None:
    fact, crowd = await crowded_board(scene, 2)
    await crowd[0].react(fact, "✅", burst=True)
    scene.sandbox.faults.shorten_reactors(None, hidden=[crowd[0]], calls=1)

    shown = (await scene.here.fetch_message(fact.id)).reactions[0]
    normal = [user.id async for user in shown.users(type=discord.ReactionType.normal)]
    burst = [user.id async for user in shown.users(type=discord.ReactionType.burst)]

    assert (normal, burst) == ([crowd[1].id], [crowd[0].id])
