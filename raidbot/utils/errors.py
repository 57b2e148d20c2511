"""The base class of refusals, and the error of a library that cannot be used."""

from collections.abc import Sequence

from raidbot.utils.words import Raw, Text, render, say


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A request that was understood and declined; `str()` is the sentence shown to the person, in English.

    New refusals pass a Text. A `str` is shown as it is: what a person wrote in it is escaped already.
    """

    def __init__(self, text: Text | str) -> None:
        super().__init__(text)
        self.text = text if isinstance(text, Text) else say("{text}", text=Raw(text))

    def __str__(self) -> str:
        return render(self.text)


class UnusableLibraryError(Exception):
    """A library lacks undocumented parts without which the bot cannot run; `str()` says what to do."""

    def __init__(self, library: str, version: str, missing: Sequence[str]) -> None:
        super().__init__(
            f"RaidBot cannot use {library} {version}: it has no {' and no '.join(missing)}. Install the versions that "
            "RaidBot was tested with: pip install --require-hashes -r requirements/run.txt"
        )
