"""An alert is told once while its trouble lasts, its end once, and a flapping value once per cooldown."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from raidbot.ops.alerts import standing
from raidbot.ops.alerts.model import COOLDOWNS, Alert, Key
from raidbot.ops.alerts.standing import News, Standing
from raidbot.utils.words import say

KEY = Key(Alert.LATENCY, "command")
SLOW = say("Slow answers.")
NOW = datetime(2026, 3, 18, 20, tzinfo=UTC)
COOLDOWN = COOLDOWNS[KEY.alert]
MINUTE = timedelta(minutes=1)


class Owner:
    """Looks at a value, and takes what is told while `is_reachable`."""

    def __init__(self) -> None:
        self.standing = Standing()
        self.heard: list[tuple[datetime, News]] = []
        self.is_reachable = True

    def look(self, now: datetime, *, wrong: bool) -> None:
        self.standing = standing.observe(self.standing, KEY, SLOW if wrong else None, now)
        while self.is_reachable and (told := standing.news(self.standing, KEY, now)):
            self.standing = standing.delivered(self.standing, told, now)
            self.heard.append((now, told))

    @property
    def alerts(self) -> list[datetime]:
        return [at for at, told in self.heard if not told.is_over]

    @property
    def ends(self) -> list[datetime]:
        return [at for at, told in self.heard if told.is_over]


def test_a_trouble_is_told_once_and_so_is_its_end() -> None:
    owner = Owner()

    for minute in range(120):
        owner.look(NOW + minute * MINUTE, wrong=minute < 60)

    assert owner.alerts == [NOW]
    assert owner.ends == [NOW + 60 * MINUTE]
    assert owner.heard[0][1].text == "Slow answers."
    assert owner.heard[1][1].text == "🟢 **Answers are fast again** (commands), after 1 hour."
    assert owner.standing.count == 1


def test_a_value_that_flaps_for_two_hours_alerts_once_per_cooldown() -> None:
    """G26: good and bad in turns of three minutes."""
    owner = Owner()

    for minute in range(121):
        owner.look(NOW + minute * MINUTE, wrong=minute % 6 < 3)

    gaps = [later - earlier for earlier, later in zip(owner.alerts, owner.alerts[1:], strict=False)]
    assert len(owner.alerts) in (7, 8)
    assert min(gaps) >= COOLDOWN
    assert max(gaps) <= COOLDOWN + 3 * MINUTE
    assert len(owner.ends) == len(owner.alerts)
    assert owner.standing.count == 21


def test_the_end_of_a_trouble_shortens_no_cooldown() -> None:
    owner = Owner()
    owner.look(NOW, wrong=True)
    owner.look(NOW + MINUTE, wrong=False)

    owner.look(NOW + 2 * MINUTE, wrong=True)
    assert owner.alerts == [NOW]

    owner.look(NOW + COOLDOWN, wrong=True)
    assert owner.alerts == [NOW, NOW + COOLDOWN]
    assert owner.heard[-1][1].text == f"Slow answers. Since <t:{int((NOW + 2 * MINUTE).timestamp())}:F>."


def test_trouble_within_a_cooldown_that_is_over_before_its_end_is_only_counted() -> None:
    owner = Owner()
    owner.look(NOW, wrong=True)
    owner.look(NOW + MINUTE, wrong=False)
    owner.look(NOW + 2 * MINUTE, wrong=True)
    owner.look(NOW + 3 * MINUTE, wrong=False)

    owner.look(NOW + 2 * COOLDOWN, wrong=False)

    assert (len(owner.alerts), len(owner.ends), owner.standing.count) == (1, 1, 2)


def test_a_cooldown_starts_when_the_alert_is_delivered() -> None:
    owner = Owner()
    owner.is_reachable = False
    owner.look(NOW, wrong=True)
    owner.look(NOW + 10 * MINUTE, wrong=True)
    owner.is_reachable = True
    owner.look(NOW + 11 * MINUTE, wrong=True)
    owner.look(NOW + 12 * MINUTE, wrong=False)

    owner.look(NOW + COOLDOWN + 2 * MINUTE, wrong=True)
    assert owner.alerts == [NOW + 11 * MINUTE]

    owner.look(NOW + COOLDOWN + 11 * MINUTE, wrong=True)
    assert len(owner.alerts) == 2


def test_what_was_over_before_anybody_could_be_told_is_told_with_its_end() -> None:
    owner = Owner()
    owner.is_reachable = False
    owner.look(NOW, wrong=True)
    owner.look(NOW + 4 * MINUTE, wrong=False)

    owner.is_reachable = True
    owner.look(NOW + 6 * MINUTE, wrong=False)
    owner.look(NOW + 7 * MINUTE, wrong=False)

    assert [told.text for _, told in owner.heard] == [
        f"Slow answers. Since <t:{int(NOW.timestamp())}:F>.",
        "🟢 **Answers are fast again** (commands), after 4 minutes.",
    ]


def test_trouble_that_comes_back_before_its_end_was_told_goes_on() -> None:
    owner = Owner()
    owner.look(NOW, wrong=True)
    owner.is_reachable = False
    owner.look(NOW + MINUTE, wrong=False)
    owner.look(NOW + 2 * MINUTE, wrong=True)

    owner.is_reachable = True
    owner.look(NOW + 3 * MINUTE, wrong=True)
    owner.look(NOW + 4 * MINUTE, wrong=False)

    assert (owner.alerts, owner.ends) == ([NOW], [NOW + 4 * MINUTE])
    assert owner.standing.count == 2


def test_a_clock_that_is_set_back_ends_a_cooldown() -> None:
    owner = Owner()
    owner.look(NOW, wrong=True)
    owner.look(NOW + MINUTE, wrong=False)

    owner.look(NOW - timedelta(days=30), wrong=True)

    assert owner.alerts == [NOW, NOW - timedelta(days=30)]


def test_nothing_wrong_is_nothing_to_tell() -> None:
    owner = Owner()

    owner.look(NOW, wrong=False)

    assert owner.heard == []
    assert owner.standing == replace(Standing())
