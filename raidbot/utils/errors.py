"""The base class of refusals."""


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A request that was understood and declined; `str()` is the sentence shown to the person."""
