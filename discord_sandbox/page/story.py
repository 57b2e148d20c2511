"""A story for newcomers: a card on the page that says what this is and what to try."""

from dataclasses import dataclass

from discord_sandbox.store import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something to try: `how` says how to, as the user `person` in `channel`, if the step needs them.

    With `moves_clock` the card offers the button that moves the clock to the next event.
    """

    name: str
    title: str
    how: str
    person: int | None = None
    channel: int | None = None
    moves_clock: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The texts of the card. The status bar's `done` lists the names of the steps that happened."""

    title: str
    about: str
    steps: tuple[Step, ...]
    ending: str


def as_json(story: Story) -> Json:
    steps = [
        {
            "name": step.name,
            "title": step.title,
            "how": step.how,
            "person": None if step.person is None else str(step.person),
            "channel": None if step.channel is None else str(step.channel),
            "moves_clock": step.moves_clock,
        }
        for step in story.steps
    ]
    return {"title": story.title, "about": story.about, "steps": steps, "ending": story.ending}
