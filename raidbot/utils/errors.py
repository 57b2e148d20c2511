"""What is understood and declined."""


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """Understood and declined; `str()` is the sentence the person reads."""
