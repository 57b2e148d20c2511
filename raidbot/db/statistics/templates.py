"""Numbers of raids by template, named as the raids themselves are: a deleted template keeps its name."""

from collections import Counter
from collections.abc import Iterable

from raidbot.raids.statistics.figures import NamedCount, most_first


def by_template(raids: Iterable[tuple[str, str, int]], carried: Counter[str]) -> tuple[NamedCount, ...]:
    """Return the numbers of raids, highest first.

    `raids` are a template's key, a title and how many raids have both. A template goes by the title that most of its
    raids have. `carried` are numbers by name from opening balances; they join the template of that name.
    """
    titles: dict[str, Counter[str]] = {}
    for template, title, number in raids:
        titles.setdefault(template, Counter())[title] += number
    counts = Counter(carried)
    for found in titles.values():
        label, _ = min(found.items(), key=lambda one: (-one[1], one[0]))
        counts[label] += found.total()
    return most_first(counts)
