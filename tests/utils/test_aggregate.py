"""A value kept per key, on a store that can fail."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from raidbot.utils.aggregate import Aggregate, Stale
from raidbot.utils.errors import Refusal

Step = Callable[[int], Awaitable[int | None]]


class Store:
    """The numbers as they are saved, and how often each was loaded."""

    def __init__(self, **numbers: int) -> None:
        self.numbers = numbers
        self.loads: list[str] = []
        self.saving = asyncio.Event()
        self.may_save = asyncio.Event()
        self.may_save.set()

    async def load(self, key: str) -> int:
        self.loads.append(key)
        await asyncio.sleep(0)
        return self.numbers[key]

    def adding(self, amount: int, *, to: str = "a") -> Step:
        async def step(before: int) -> int:
            self.saving.set()
            await self.may_save.wait()
            self.numbers[to] = before + amount
            return before + amount

        return step


def kept(
    store: Store, *, capacity: int = 10, versioned: bool = False, on_store: Callable[[int], None] | None = None
) -> Aggregate[str, int, int]:
    return Aggregate(
        "number",
        store.load,
        value_of=lambda result: result,
        capacity=capacity,
        versioned=versioned,
        on_store=on_store,
    )


async def test_a_value_is_loaded_once_however_many_ask_at_once() -> None:
    store = Store(a=1)
    numbers = kept(store)

    assert await asyncio.gather(*(numbers.get("a") for _ in range(5))) == [1] * 5
    assert store.loads == ["a"]


async def test_changes_of_one_key_come_one_after_the_other() -> None:
    store = Store(a=0)
    numbers = kept(store)

    await asyncio.gather(*(numbers.change("a", store.adding(1)) for _ in range(50)))

    assert await numbers.get("a") == store.numbers["a"] == 50
    assert len(numbers._locks) == 0


async def test_listeners_hear_of_a_change_once_it_is_saved() -> None:
    store = Store(a=1)
    numbers = kept(store)
    heard: list[tuple[int, int, int]] = []
    numbers.listen(lambda before, after: heard.append((before, after, store.numbers["a"])))

    assert await numbers.change("a", store.adding(2)) == (1, 3)

    assert heard == [(1, 3, 3)]


async def test_nobody_hears_of_a_change_that_changes_nothing() -> None:
    numbers = kept(Store(a=1))
    heard: list[int] = []
    numbers.listen(lambda _, after: heard.append(after))

    async def nothing(_: int) -> None:
        return None

    assert await numbers.change("a", nothing) == (1, None)
    assert heard == []


async def test_a_failing_listener_keeps_nobody_from_hearing() -> None:
    store = Store(a=1)
    numbers = kept(store)
    heard: list[int] = []

    def fail(_before: int, _after: int) -> None:
        raise RuntimeError

    numbers.listen(fail)
    numbers.listen(lambda _, after: heard.append(after))

    assert await numbers.change("a", store.adding(1)) == (1, 2)
    assert heard == [2]


async def test_a_refusal_reaches_the_caller_and_changes_nothing() -> None:
    store = Store(a=1)
    numbers = kept(store)
    await numbers.get("a")

    async def refuse(_: int) -> int:
        raise Refusal("no")

    with pytest.raises(Refusal):
        await numbers.change("a", refuse)

    assert await numbers.get("a") == 1
    assert store.loads == ["a"]


async def test_a_stale_copy_is_loaded_again_and_the_change_made_on_the_new_one() -> None:
    store = Store(a=1)
    numbers = kept(store)
    await numbers.get("a")
    store.numbers["a"] = 10

    async def step(before: int) -> int:
        if before != store.numbers["a"]:
            raise Stale
        return before + 1

    assert await numbers.change("a", step) == (10, 11)


async def test_a_copy_that_stays_stale_is_given_up() -> None:
    async def step(_: int) -> int:
        raise Stale

    with pytest.raises(Stale):
        await kept(Store(a=1)).change("a", step)


@pytest.mark.parametrize(("versioned", "read"), [(False, 2), (True, 1)])
async def test_after_a_failed_save_a_value_without_version_is_read_again(versioned: bool, read: int) -> None:
    store = Store(a=1)
    numbers = kept(store, versioned=versioned)
    await numbers.get("a")

    async def step(before: int) -> int:
        store.numbers["a"] = before + 1  # saved, but the answer was lost
        raise OSError

    with pytest.raises(OSError):
        await numbers.change("a", step)

    assert await numbers.get("a") == read


async def test_a_change_ends_though_its_caller_is_cancelled() -> None:
    store = Store(a=1)
    numbers = kept(store)
    store.may_save.clear()
    caller = asyncio.create_task(numbers.change("a", store.adding(1)))
    await store.saving.wait()
    caller.cancel()
    store.may_save.set()

    await numbers.wait_for_writes()

    assert await numbers.get("a") == store.numbers["a"] == 2
    with pytest.raises(asyncio.CancelledError):
        await caller


async def test_a_created_value_is_kept_and_announced() -> None:
    store = Store()
    numbers = kept(store)
    heard: list[tuple[int, int]] = []
    numbers.listen(lambda before, after: heard.append((before, after)))

    async def create() -> tuple[str, int]:
        return "a", 5

    assert await numbers.create(create) == 5
    assert await numbers.get("a") == 5
    assert heard == [(5, 5)]
    assert store.loads == []


async def test_every_value_that_is_kept_is_named_once() -> None:
    store, named = Store(a=1), list[int]()
    numbers = kept(store, on_store=named.append)

    await numbers.get("a")
    await numbers.get("a")
    await numbers.change("a", store.adding(1))

    assert named == [1, 2]


async def test_only_so_many_are_kept() -> None:
    numbers = kept(Store(**dict.fromkeys("abcdef", 1)), capacity=2)

    for name in "abcdef":
        await numbers.get(name)

    assert len(numbers) == 2


async def test_an_amended_value_is_cached_and_announced_to_nobody() -> None:
    store = Store(a=1)
    numbers = kept(store)
    heard: list[tuple[int, int]] = []
    numbers.listen(lambda before, after: heard.append((before, after)))
    given: list[int | None] = []

    async def double(cached: int | None) -> int | None:
        given.append(cached)
        return None if cached is None else 2 * cached

    await numbers.amend("a", double)
    await numbers.get("a")
    await numbers.amend("a", double)

    assert given == [None, 1]
    assert await numbers.get("a") == 2
    assert store.loads == ["a"]
    assert heard == []


async def test_an_amendment_waits_for_the_change_under_way() -> None:
    store = Store(a=1)
    numbers = kept(store)
    store.may_save.clear()
    change = asyncio.create_task(numbers.change("a", store.adding(5)))
    await store.saving.wait()

    async def double(cached: int | None) -> int | None:
        return 2 * (cached or 0)

    amendment = asyncio.create_task(numbers.amend("a", double))
    store.may_save.set()
    await asyncio.gather(change, amendment)

    assert await numbers.get("a") == 12
