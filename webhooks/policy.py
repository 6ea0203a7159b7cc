"""The rules of webhooks: which addresses are public, when to try again, what is signed."""

import hashlib
import hmac
import ipaddress
from collections.abc import Collection
from datetime import timedelta
from urllib.parse import urlsplit

DELAYS = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 12 * 60, 24 * 60)
)
"""How long after each failed try the next one comes; after the last the delivery fails."""
PATIENCE = timedelta(days=3)
"""For how long an endpoint may fail before it is switched off."""
BOTH_SECRETS = timedelta(hours=24)
"""For how long after a rotation the former secret still signs beside the new one."""
LONGEST_URL = 300
HTTPS = 443
FIRST_FREE_PORT = 1024
_TUNNELS = tuple(
    ipaddress.ip_network(network) for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")
)
"""Addresses that carry another one inside."""


class AddressRefused(ValueError):
    """An address that we do not write to; the message says what to do."""


def is_public(address: str) -> bool:
    """Tell whether an IP address, as a resolver gives it, belongs to the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(ip, "ipv4_mapped", None)
    ip = inner or ip
    if any(ip.version == net.version and ip in net for net in _TUNNELS):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def require_url(url: str, *, allowed: Collection[str] = ()) -> tuple[str, str, int]:
    """Return scheme, host and port of a receiver. Raises: AddressRefused.

    `allowed` are the receivers beside the public internet, as host:port.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or HTTPS
    except ValueError as wrong:
        raise AddressRefused("Write an address such as https://example.com/hooks.") from wrong
    host = parts.hostname or ""
    if f"{host}:{port}" in allowed:
        return parts.scheme, host, port
    if parts.scheme != "https" or not host:
        raise AddressRefused("Write an address that begins with https://.")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("Leave name and password out of the address.")
    if len(url) > LONGEST_URL or not url.isascii() or any(sign.isspace() for sign in url):
        raise AddressRefused("Write an address of at most 300 plain characters, without spaces.")
    if port != HTTPS and port < FIRST_FREE_PORT:
        raise AddressRefused("Choose port 443, or one from 1024 on.")
    return parts.scheme, host, port


def signature(secrets: Collection[str], *, timestamp: int, body: bytes) -> str:
    """Return the header that proves who wrote a body and when: one `v1` for each secret."""
    signed = f"{timestamp}.".encode() + body
    digests = [hmac.new(s.encode(), signed, hashlib.sha256).hexdigest() for s in secrets]
    return ",".join([f"t={timestamp}", *(f"v1={digest}" for digest in digests)])
