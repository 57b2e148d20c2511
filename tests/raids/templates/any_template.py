"""A Hypothesis strategy for templates of every shape, many of them with unusual text."""

from dataclasses import replace

from hypothesis import strategies as st

from raidbot.raids.model import Role, RoleKey
from raidbot.raids.schedules.model import Lead
from raidbot.raids.templates.model import Strategy, Template

CUSTOM = f"<a:{'e' * 32}:123456789012345{{:04d}}>"

odd_text = st.text(
    st.sampled_from("*_~`|<>@#[]()\\:-+. 12aé😀\u200b\u202e\u0301\n\ufe0fZ") | st.characters(), min_size=1, max_size=100
)
repeated_text = st.sampled_from(["x", "*", "😀", "W "]).flatmap(
    lambda char: st.integers(1, 100).map(lambda n: char * n)
)
any_text = st.just("Some words") | odd_text | repeated_text
icons = st.sampled_from(["", "⚔️", CUSTOM.format(9999)])


@st.composite
def any_template(draw: st.DrawFn) -> Template:
    custom = draw(st.booleans())
    groups = draw(st.lists(st.just("") | any_text, min_size=1, max_size=26))
    seats = draw(st.sampled_from([1, 2, 5, 12, 50]))
    name = draw(any_text)
    roles = tuple(
        Role(
            key=RoleKey(f"role-{number}"),
            name=name,
            emoji=CUSTOM.format(number) if custom else chr(0x1F400 + number),
            seats=seats,
            group=groups[number % len(groups)],
            icon=draw(icons) if number < 3 else "",
            specs=("Frost", draw(any_text)[:41]) if number < 2 else (),
        )
        for number in range(draw(st.integers(1, 52)))
    )
    strategies = tuple(
        Strategy(
            f"{number}{draw(any_text)}"[:100],
            draw(st.just("") | any_text),
            tuple(replace(r, name="X") for r in roles[:2]),
        )
        for number in range(draw(st.integers(0, 3)))
    )
    return Template(
        key="custom-any",
        name=draw(any_text),
        label=draw(st.just("") | any_text),
        game=draw(st.just("") | any_text),
        emoji=draw(icons),
        description=draw(st.just("") | any_text.map(lambda text: text * 15)),
        colour=draw(st.integers(0, 0xFFFFFF)),
        roles=roles,
        lengths=tuple(draw(st.lists(st.integers(0, 1441), max_size=26))),
        signup_lead=draw(st.none() | st.builds(Lead, days=st.integers(0, 30), minutes=st.integers(0, 1440))),
        signup_text=draw(st.just("") | any_text.map(lambda text: text * 6)),
        strategies=strategies,
        sides=tuple(f"{number}{draw(any_text)}"[:101] for number in range(draw(st.sampled_from([0, 1, 4, 24, 25])))),
    )
