"""The words about a raid that cannot be read, for its board and for those responsible for it."""

from raidbot.utils.words import Code, Text, paragraph, say


def paused() -> Text:
    """Return the line on the board of a raid that cannot be read."""
    return say("Signups are paused: I can’t read this raid in my database. Ask whoever runs me to mend it.")


def cannot_be_read(code: str) -> Text:
    """Return what the creator and the leader of a raid are told once."""
    return paragraph(
        say("I can’t read your raid {code} in my database, so its signups are paused.", code=Code(code)),
        say("Ask whoever runs me to mend it: their log and `raidbot check` say what is wrong."),
        say("If it can’t wait, put up a new raid with `/create`."),
    )
