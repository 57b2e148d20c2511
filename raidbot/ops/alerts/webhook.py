"""Send an alert to a webhook, at a public address only unless others are allowed."""

import ipaddress
import socket
import ssl

import aiohttp

from raidbot.ops.alerts.sinks import NotDeliveredError
from raidbot.utils.words import Name, Text, say

_TIMEOUT_SECONDS = 10.0
_READ_BYTES = 1024
"""More of an answer is not read."""
_MAX_LENGTH = 2000
"""Of Discord's messages: https://discord.com/developers/docs/resources/webhook#execute-webhook"""
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
"""IPv6 addresses that a gateway makes IPv4 ones of."""
_TAKEN, _REDIRECTS, _ERRORS = 200, 300, 400


class NotPublicError(OSError):
    def __init__(self) -> None:
        super().__init__("not a public address")


class Webhook:
    """Sends what a Discord webhook takes. It follows no redirects, and uses no proxy."""

    name = say("Webhook")

    def __init__(self, url: str, *, private: bool = False, timeout: float = _TIMEOUT_SECONDS) -> None:
        self._url = url
        self._private = private
        self._timeout = aiohttp.ClientTimeout(total=timeout)

    async def send(self, text: str, _nonce: str) -> None:
        """Send the text. Raises NotDeliveredError."""
        message = {"content": text[:_MAX_LENGTH], "allowed_mentions": {"parse": []}}
        connector = aiohttp.TCPConnector(socket_factory=self._socket, force_close=True)
        try:
            async with (
                aiohttp.ClientSession(connector=connector, timeout=self._timeout) as session,
                session.post(self._url, json=message, allow_redirects=False) as response,
            ):
                await response.content.read(_READ_BYTES)
                status = response.status
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NotDeliveredError(_reason(error)) from error
        if not _TAKEN <= status < _REDIRECTS:
            raise NotDeliveredError(_refusal(status))

    def _socket(self, address: aiohttp.AddrInfoType) -> socket.socket:
        """Make the socket for a connection. This is the address that is connected to, whatever a name said before."""
        family, kind, protocol, _, target = address
        if not self._private and not is_public(str(target[0])):
            raise NotPublicError
        return socket.socket(family, kind, protocol)


def is_public(text: str) -> bool:
    """Return True for an address that anybody in the Internet reaches."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(str(address.ipv4_mapped))
        if address.sixtofour or address.teredo or any(address in network for network in _TRANSLATED):
            return False
    return address.is_global and not address.is_multicast


def _reason(error: Exception) -> Text:
    """Return why there was no answer. The error's own words may hold the address, which is a secret."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    match cause:
        case NotPublicError():
            return say("its address is not public (`RAIDBOT_ALERT_WEBHOOK_PRIVATE=on` allows others)")
        case TimeoutError():
            return say("it did not answer in time")
        case ssl.SSLError() | aiohttp.ClientSSLError():
            return say("its certificate is not valid")
        case ConnectionRefusedError():
            return say("nothing answers at its address")
        case socket.gaierror():
            return say("its name is not known")
        case _:
            return say("it cannot be reached ({error})", error=Name(type(cause).__name__))


def _refusal(status: int) -> Text:
    if _REDIRECTS <= status < _ERRORS:
        return say("it redirects to another address (status {status}), which I do not follow", status=status)
    return say("it answered with status {status}", status=status)
