"""Validate embeds, one by one and all of a message together."""

from collections.abc import Iterator
from typing import Any

from discord_sandbox.store import Json
from discord_sandbox.validation.form import Form, anything, boolean, integer, listing, moment, shape, text, url

MAX_EMBED_LENGTH = 6000  # https://discord.com/developers/docs/resources/message#embed-object-embed-limits
_SAID_BY_DISCORD = dict.fromkeys(
    ("proxy_url", "proxy_icon_url", "height", "width", "content_type", "placeholder", "placeholder_version", "flags"),
    anything,
)
_web = url("http", "https")
_picture = url("http", "https", "attachment")
_media = shape("an embed's media", {"url": _picture, "description": text(most=1024), **_SAID_BY_DISCORD})


def _has_something(form: Form, embed: Json) -> None:
    if not any(embed.get(part) for part in embed if part not in ("type", "color", "timestamp", "flags", "url")):
        form.at("description").missing()


embed_shape = shape(
    "an embed",
    {
        "type": text(most=32),
        "title": text(most=256),
        "description": text(most=4096),
        "url": _web,
        "timestamp": moment,
        "color": integer(least=0, most=0xFFFFFF),
        "footer": shape(
            "a footer",
            {"text": text(most=2048, required=True), "icon_url": _picture, **_SAID_BY_DISCORD},
            required=["text"],
        ),
        "author": shape(
            "an author",
            {"name": text(most=256, required=True), "url": _web, "icon_url": _picture, **_SAID_BY_DISCORD},
            required=["name"],
        ),
        "image": _media,
        "thumbnail": _media,
        "video": anything,
        "provider": anything,
        "flags": anything,
        "content_scan_version": anything,
        "fields": listing(
            shape(
                "a field",
                {
                    "name": text(most=256, required=True),
                    "value": text(most=1024, required=True),
                    "inline": boolean,
                },
                required=["name", "value"],
            ),
            most=25,
        ),
    },
    then=_has_something,
)
_listed = listing(embed_shape, most=10)


def _counted(embed: Json) -> Iterator[str]:
    yield from (embed.get("title") or "", embed.get("description") or "")
    yield (embed.get("footer") or {}).get("text") or ""
    yield (embed.get("author") or {}).get("name") or ""
    for one in embed.get("fields") or ():
        yield from (one.get("name") or "", one.get("value") or "")


def size(embeds: list[Json]) -> int:
    """Return the number of characters that count towards the limit of 6000 for all embeds of a message."""
    return sum(len(part) for embed in embeds for part in _counted(embed))


def embeds(form: Form, value: Any) -> None:
    before = len(form.found)
    _listed(form, value)
    if len(form.found) == before and size(value) > MAX_EMBED_LENGTH:
        form.wrong("MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {MAX_EMBED_LENGTH}")
