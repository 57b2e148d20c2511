"""Lines of /stats as they are shown."""

from raidbot.commands.stats import inactive_views, parts
from raidbot.delivery.members.listing import MemberList
from raidbot.raids.model import MemberId
from raidbot.raids.statistics.figures import Standing, Top
from raidbot.raids.statistics.inactive import Inactivity, Question
from tests.raids.builders import NOW


def test_a_shared_place_is_no_list_that_discord_numbers_anew() -> None:
    ties = [Standing(place, MemberId(number), name, 3) for number, (place, name) in enumerate(((1, "Ana"), (1, "Ben")))]

    assert [str(line) for line in parts.top_lines(Top(tuple(ties)))] == ["**1.** Ana – 3 raids", "**1.** Ben – 3 raids"]


def test_of_newcomers_nobody_says_that_they_came() -> None:
    found = Inactivity(absentees=(), looked_at=2, newcomers=2)

    shown = inactive_views.embed(found, MemberList(members=(), at=NOW, is_whole=True, is_old=False), Question(), 0)

    assert "2 newcomers" in str(shown.description)
    assert "came" not in str(shown.description)
