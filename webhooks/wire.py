"""Writing to an address that somebody else chose: looked up once, checked, and held to.

The name is resolved, every address it gives is checked, and the connection goes to one of
those that were checked, never to what the name says a moment later. Redirects are not
followed, and what a receiver answers is not read beyond its status.
"""

import contextlib
import http.client
import socket
import ssl
import threading
from urllib.parse import urlsplit

from django.conf import settings

from webhooks.policy import AddressRefused, is_public, require_url

TIMEOUT = 5.0
"""Seconds for each step of a connection."""
LONGEST = 10.0
"""Seconds for all of it: a receiver that answers a byte at a time is cut off."""


def addresses_of(host: str, port: int) -> list[str]:
    """Return what a name stands for. Raises: AddressRefused unless all of it is public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as unknown:
        raise AddressRefused(f"{host} is not found. Compare the address.") from unknown
    addresses = [str(entry[4][0]) for entry in found]
    if f"{host}:{port}" in settings.WEBHOOK_LOCAL_RECEIVERS:
        return addresses
    if not addresses or not all(is_public(address) for address in addresses):
        raise AddressRefused(f"{host} is not a public address. Choose one that is.")
    return addresses


class _PinnedConnection(http.client.HTTPConnection):
    """A connection to one address that was checked, under the name it was checked for."""

    def __init__(self, host: str, port: int, *, address: str, is_secure: bool) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self.address, self.is_secure = address, is_secure

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), TIMEOUT)
        if self.is_secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        """End the connection from another thread."""
        if self.sock is not None:
            with contextlib.suppress(OSError):  # it has ended by itself
                self.sock.shutdown(socket.SHUT_RDWR)


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Send a body and return the status of the answer. Raises: AddressRefused; OSError."""
    scheme, host, port = require_url(url, allowed=settings.WEBHOOK_LOCAL_RECEIVERS)
    address = addresses_of(host, port)[0]
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _PinnedConnection(host, port, address=address, is_secure=scheme == "https")
    watch = threading.Timer(LONGEST, connection.cut)
    watch.start()
    try:
        connection.request("POST", target, body=body, headers=headers)
        return connection.getresponse().status
    except http.client.HTTPException as strange:
        raise OSError(f"The answer is no HTTP: {strange!r}") from strange
    finally:
        watch.cancel()
        connection.close()
