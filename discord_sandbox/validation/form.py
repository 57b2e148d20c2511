"""Building blocks of payload checks, and Discord's tree of errors."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from discord_sandbox.api_errors import Unsupported, refused
from discord_sandbox.store import Json, read_id

_ignored: ContextVar[list[str] | None] = ContextVar("ignored", default=None)


@contextmanager
def noting_ignored() -> Iterator[list[str]]:
    """Collect what is ignored of the requests that are checked inside."""
    noted: list[str] = []
    token = _ignored.set(noted)
    try:
        yield noted
    finally:
        _ignored.reset(token)


def ignore(what: str) -> None:
    """Note a part of a request that Discord does not know and ignores."""
    if (noted := _ignored.get()) is not None:
        noted.append(what)


@dataclass(frozen=True, slots=True)
class Problem:
    path: tuple[str, ...]
    code: str
    message: str


def no_emoji(_emoji: int) -> bool:
    """Return False: no custom emoji exists."""
    return False


@dataclass(frozen=True, slots=True)
class Form:
    """One place in a request body; all places of a body share `found`."""

    has_emoji: Callable[[int], bool] = no_emoji
    path: tuple[str, ...] = ()
    found: list[Problem] = field(default_factory=list)

    def at(self, *path: str | int) -> "Form":
        return Form(self.has_emoji, self.path + tuple(map(str, path)), self.found)

    def wrong(self, code: str, message: str) -> None:
        self.found.append(Problem(self.path, code, message))

    def missing(self) -> None:
        self.wrong("BASE_TYPE_REQUIRED", "This field is required")

    def settle(self) -> None:
        """Raise ApiError 50035 with everything found, if anything was."""
        if self.found:
            raise refused(50035, tree(self.found))


def tree(problems: Collection[Problem]) -> Json:
    errors: Json = {}
    for problem in problems:
        node = errors
        for step in problem.path:
            node = node.setdefault(step, {})
        node.setdefault("_errors", []).append({"code": problem.code, "message": problem.message})
    return errors


Check = Callable[[Form, Any], None]


def text(*, least: int = 0, most: int, required: bool = False) -> Check:
    """Check for a string of `least` to `most` characters; with `required`, it must not be blank."""

    def check(form: Form, value: Any) -> None:
        if not isinstance(value, str):
            return form.wrong("STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')
        if required and not value.strip():
            return form.missing()
        if least <= len(value) <= most:
            return None
        if least > 1 or (least == 1 and most < 10_000):
            return form.wrong("BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
        return form.wrong("BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")

    return check


def integer(*, least: int = -(2**63), most: int = 2**63 - 1) -> Check:
    def check(form: Form, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            form.wrong("NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        elif value > most:
            form.wrong("NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.")
        elif value < least:
            form.wrong("NUMBER_TYPE_MIN", f"int value should be greater than or equal to {least}.")

    return check


def number(form: Form, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        form.wrong("NUMBER_TYPE_COERCE", f'Value "{value}" is not float.')


def boolean(form: Form, value: Any) -> None:
    if not isinstance(value, bool):
        form.wrong("BOOLEAN_TYPE_CONVERT", "Must be either true or false.")


def snowflake(form: Form, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, str | int) or read_id(str(value)) is None:
        form.wrong("NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')


def one_of(*choices: int | str) -> Check:
    def check(form: Form, value: Any) -> None:
        if value not in choices:
            listed = ", ".join(map(repr, choices))
            form.wrong("BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.")

    return check


def in_utc(text: str) -> datetime:
    """Return the time that a text in ISO 8601 means, without an offset in UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    try:
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text} lies outside the years 1 to 9999") from None


def moment(form: Form, value: Any) -> None:
    try:
        in_utc(value)
    except (TypeError, ValueError):
        form.wrong("DATE_TIME_TYPE_PARSE", f"Could not parse {value}. Should be ISO8601.")


def url(*schemes: str, most: int = 2048) -> Check:
    def check(form: Form, value: Any) -> None:
        text(most=most)(form, value)
        try:
            parts = urlsplit(str(value))
        except ValueError:
            return form.wrong("URL_TYPE_INVALID_URL", "Not a well formed URL.")
        if not parts.scheme or not (parts.netloc or parts.path):
            form.wrong("URL_TYPE_INVALID_URL", "Not a well formed URL.")
        elif parts.scheme not in schemes:
            allowed = ", ".join(map(repr, schemes))
            form.wrong(
                "URL_TYPE_INVALID_SCHEME",
                f'Scheme "{parts.scheme}" is not supported. Scheme must be one of ({allowed}).',
            )
        return None

    return check


def anything(_form: Form, _value: Any) -> None:
    """Accept any value, for fields that Discord ignores in requests."""


def listing(item: Check, *, least: int = 0, most: int) -> Check:
    def check(form: Form, value: Any) -> None:
        if not isinstance(value, list):
            return form.wrong("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        if len(value) > most:
            form.wrong("BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        elif len(value) < least:
            form.wrong("BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
        for index, one in enumerate(value):
            item(form.at(index), one)
        return None

    return check


def mapping(item: Check) -> Check:
    """Check the values of an object with free keys, such as translations by locale."""

    def check(form: Form, value: Any) -> None:
        if not isinstance(value, dict):
            return form.wrong("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        for key, one in value.items():
            item(form.at(key), one)
        return None

    return check


def shape(
    what: str,
    fields: Mapping[str, Check],
    *,
    required: Collection[str] = (),
    unmodelled: Collection[str] = (),
    then: Check = anything,
) -> Check:
    """Check for an object with these fields. Any other field is ignored: removed from the object and noted.

    A field of Discord that is `unmodelled` raises Unsupported unless it is empty. `then` checks the object as a whole
    once its fields are valid.
    """

    def check(form: Form, value: Any) -> None:
        if not isinstance(value, dict):
            return form.wrong("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        before = len(form.found)
        for name in [name for name in value if name not in fields]:
            unknown = f"field {'.'.join((*form.path, name))} of {what}"
            if name not in unmodelled:
                ignore(unknown)
            elif value[name]:
                raise Unsupported(unknown)
            del value[name]
        for name in required:
            if value.get(name) is None:
                form.at(name).missing()
        for name, one in present(value):
            fields[name](form.at(name), one)
        if len(form.found) == before:
            then(form, value)
        return None

    return check


def present(value: Json) -> Iterator[tuple[str, Any]]:
    """Return the fields that are not null; in nearly every request Discord treats null as absent."""
    return ((name, one) for name, one in value.items() if one is not None)


def unique(form: Form, values: Collection[tuple[tuple[str | int, ...], Any]], *, code: str, message: str) -> None:
    """Report every value that occurred before; values come with their path below `form`."""
    seen = set()
    for path, value in values:
        if value in seen:
            form.at(*path).wrong(code, message)
        seen.add(value)
