"""News leave together, by every way there is, and again until one takes them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from raidbot.db.database import Database
from raidbot.ops.alerts.book import Book
from raidbot.ops.alerts.model import Alert, Finding, Key
from raidbot.ops.alerts.sinks import NotDeliveredError
from raidbot.ops.alerts.telling import Telling
from raidbot.utils.words import say
from tests.suite.new_database import put_new

NOW = datetime(2026, 3, 18, 20, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
MEMORY, RAIDS = Key(Alert.MEMORY), Key(Alert.RAIDS)


class Paper:
    """Takes what is sent, unless it `refuses`."""

    name = say("Paper")

    def __init__(self) -> None:
        self.refuses = False
        self.tried: list[tuple[str, str]] = []
        self.taken: list[str] = []

    async def send(self, text: str, nonce: str, /) -> None:
        self.tried.append((text, nonce))
        if self.refuses:
            raise NotDeliveredError(say("it is full"))
        self.taken.append(text)


@pytest.fixture
async def book(tmp_path: Path) -> AsyncIterator[Book]:
    path = tmp_path / "raidbot.db"
    put_new(path)
    db = await Database.open(path)
    yield Book(db)
    await db.close()


def wrong(book: Book, key: Key, now: datetime, words: str = "Trouble.") -> None:
    book.observe(Finding(key, say("{words}", words=words)), now)


async def test_what_waited_for_discord_is_tried_when_it_answers_again(book: Book) -> None:
    """After an hour of attempts the next one would be ten minutes away."""
    paper = Paper()
    paper.refuses = True
    telling = Telling(book, [paper])
    wrong(book, MEMORY, NOW)
    for minutes in range(60):
        await telling.tell(NOW + minutes * MINUTE)
    paper.refuses = False

    await telling.tell(NOW + 60 * MINUTE)
    assert paper.taken == []
    telling.try_at_once()
    await telling.tell(NOW + 60 * MINUTE)

    assert len(paper.taken) == 1


async def test_what_is_owed_together_is_one_message(book: Book) -> None:
    paper = Paper()
    wrong(book, MEMORY, NOW, "Much memory.")
    wrong(book, RAIDS, NOW + SECOND, "Many raids.")

    await Telling(book, [paper]).tell(NOW + SECOND)

    assert paper.taken == ["Much memory.\nMany raids."]


async def test_what_fits_into_no_message_is_several(book: Book) -> None:
    paper = Paper()
    for number in range(30):
        wrong(book, Key(Alert.JOB, f"job {number:02}"), NOW, 150 * "x")

    await Telling(book, [paper]).tell(NOW)

    assert len(paper.taken) == 3
    assert max(map(len, paper.taken)) <= 2000
    assert sum(text.count("\n") + 1 for text in paper.taken) == 30


async def test_one_that_takes_it_is_enough(book: Book) -> None:
    full, other = Paper(), Paper()
    full.refuses = True
    wrong(book, MEMORY, NOW)
    telling = Telling(book, [full, other])

    await telling.tell(NOW)
    await telling.tell(NOW + 10 * MINUTE)

    assert len(full.tried) == len(other.taken) == 1


async def test_it_is_tried_ever_more_rarely(book: Book) -> None:
    paper = Paper()
    paper.refuses = True
    wrong(book, MEMORY, NOW)
    telling = Telling(book, [paper])
    tried = []
    with capture_logs() as logs:
        for second in range(0, 3600, 5):
            before = len(paper.tried)
            await telling.tell(NOW + second * SECOND)
            if len(paper.tried) > before:
                tried.append(second)

    assert tried == [0, 15, 45, 105, 225, 465, 945, 1545, 2145, 2745, 3345]
    assert [entry["event"] for entry in logs] == ["alert", "alert not delivered"]
    assert logs[1]["text"] == "Trouble."

    paper.refuses = False
    await telling.tell(NOW + 2 * timedelta(hours=1))
    assert len(paper.taken) == 1


async def test_a_message_that_may_have_arrived_is_tried_as_it_was(book: Book) -> None:
    paper = Paper()
    paper.refuses = True
    wrong(book, MEMORY, NOW)
    telling = Telling(book, [paper])
    await telling.tell(NOW)

    wrong(book, RAIDS, NOW + SECOND)
    paper.refuses = False
    await telling.tell(NOW + 20 * SECOND)

    (_, first), (_, again), (_, other) = paper.tried
    assert first == again != other
    assert paper.taken == ["Trouble.", "Trouble."]


async def test_after_a_kill_the_same_news_have_the_same_nonce(book: Book) -> None:
    papers = Paper(), Paper()
    wrong(book, MEMORY, NOW)
    await book.save()
    await Telling(book, [papers[0]]).tell(NOW)

    after = Book(book._db)
    await after.load()
    await Telling(after, [papers[1]]).tell(NOW + SECOND)

    assert papers[0].tried == papers[1].tried
    assert len(papers[0].tried[0][1]) < 26


async def test_without_any_way_the_log_has_it(book: Book) -> None:
    wrong(book, MEMORY, NOW)
    with capture_logs() as logs:
        telling = Telling(book, [])
        await telling.tell(NOW)
        await telling.tell(NOW + MINUTE)
        book.observe(Finding(MEMORY), NOW + 2 * MINUTE)
        await telling.tell(NOW + 2 * MINUTE)

    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("alert", "info"), ("alert is over", "info")]


async def test_a_clock_that_is_set_back_ends_a_wait(book: Book) -> None:
    paper = Paper()
    paper.refuses = True
    wrong(book, MEMORY, NOW)
    telling = Telling(book, [paper])
    await telling.tell(NOW)
    paper.refuses = False

    await telling.tell(NOW - timedelta(days=1))

    assert len(paper.taken) == 1
