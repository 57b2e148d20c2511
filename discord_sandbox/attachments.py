"""Files of messages as Discord's JSON shows them: beside the text, or in embeds."""

from urllib.parse import quote

from discord_sandbox.store import Attachment, Json, Message

PICTURES = (("image", "url"), ("thumbnail", "url"), ("author", "icon_url"), ("footer", "icon_url"))
"""The parts of an embed that show a picture, each with the key of its address."""
ATTACHED = "attachment://"


def attachment_path(of: Attachment, channel_id: int) -> str:
    """Return the path of a message's or command's file on the sandbox's server."""
    return f"/attachments/{channel_id}/{of.id}/{quote(of.filename, safe='', errors='replace')}"


def attachment(of: Attachment, channel_id: int, base_url: str) -> Json:
    url = base_url + attachment_path(of, channel_id)
    body: Json = {"id": str(of.id), "filename": of.filename, "size": len(of.content), "url": url, "proxy_url": url}
    if of.content_type is not None:
        body["content_type"] = of.content_type
    if of.description is not None:
        body["description"] = of.description
    return body


def with_files(given: Json, of: Message, base_url: str) -> Json:
    """Return an embed with the addresses of the message's files in place of `attachment://` and their names."""
    files = {f"{ATTACHED}{file.filename}": file for file in of.attachments}
    shown: Json = dict(given)
    for part, key in PICTURES:
        file = files.get(str(given.get(part, {}).get(key, "")))
        if file is not None:
            url = base_url + attachment_path(file, of.channel_id)
            shown[part] = given[part] | {key: url} | ({"description": file.description} if file.description else {})
    return shown


def unembedded(of: Message) -> list[Attachment]:
    """Return the files that no embed shows: https://github.com/discord/discord-api-docs/issues/1340"""
    addresses = {str(given.get(part, {}).get(key, "")) for given in of.embeds for part, key in PICTURES}
    return [file for file in of.attachments if f"{ATTACHED}{file.filename}" not in addresses]
