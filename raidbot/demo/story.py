"""The story that the demo's page tells a newcomer, and what tells that its steps happened."""

from collections.abc import Collection, Mapping

from discord_sandbox.page.story import Step, Story
from discord_sandbox.store import Guild
from raidbot.demo import cast
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.model import Source

SIGN_UP, LEAD, REMIND, CREATE = "sign-up", "lead", "remind", "create"
_BY_HAND = (Source.REACTION, Source.BUTTON, Source.COMMAND, Source.MANAGER)
_FACTS: Mapping[str, tuple[tuple[AuditAction, ...], tuple[Source, ...]]] = {
    SIGN_UP: ((AuditAction.JOINED, AuditAction.WAITLISTED), (Source.REACTION, Source.BUTTON)),
    LEAD: ((AuditAction.TIME_CHANGED,), _BY_HAND),
    REMIND: ((AuditAction.REMINDED,), (Source.CLOCK,)),
    CREATE: ((AuditAction.CREATED,), _BY_HAND),
}
"""The entries of the audit, by action and source, of which one proves that a step was done."""


def story_of(guild: Guild) -> Story:
    """Return the story with the people of this server."""
    leader, newcomer = cast.leader(guild), cast.newcomer(guild)
    channel = cast.signups(guild)
    place = None if channel is None else channel.id
    who = {one: guild.members[one].display_name for one in (leader, newcomer, guild.owner_id)}
    return Story(
        title="Try RaidBot",
        about=(
            f"This is a Discord of your own with RaidBot in it. “{guild.name}” has a raid tonight. "
            "You can be anybody, and nothing leaves your computer."
        ),
        steps=(
            Step(
                name=SIGN_UP,
                title="Take a seat",
                how=f"As {who[newcomer]}, press ⚔️ below tonight’s raid. Press it again to leave.",
                person=newcomer,
                channel=place,
            ),
            Step(
                name=LEAD,
                title="Change the time",
                how=(
                    f"As {who[leader]}, who leads it, open “⋯” beside the raid (or right-click it), choose "
                    "“Apps › Manage raid” and press “Change time”. Everybody who signed up gets a message."
                ),
                person=leader,
                channel=place,
            ),
            Step(
                name=REMIND,
                title="Let the reminder come",
                how=(
                    f"Move the clock on. Half an hour before the start {who[leader]} is told who comes; "
                    "ten minutes before, everybody is reminded."
                ),
                moves_clock=True,
            ),
            Step(
                name=CREATE,
                title="Create a raid",
                how=(
                    f"As {who[guild.owner_id]}, type /create, choose what to play, "
                    "and write a time such as “tomorrow 8pm”."
                ),
                person=guild.owner_id,
                channel=place,
            ),
        ),
        ending="That’s the main thing. Everything else works here, too: type / to see all commands.",
    )


def done(happened: Collection[tuple[str, str]]) -> list[str]:
    """Return the names of the steps that pairs of action and source prove, in the order of the story."""
    proofs = {name: {(one, source) for one in actions for source in by} for name, (actions, by) in _FACTS.items()}
    return [name for name, proof in proofs.items() if not proof.isdisjoint(happened)]
