"""From which address a request comes, as far as that can be known."""

from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

HOUSEHOLD = 64
"""How many bits of an IPv6 address name the line; the rest its owner picks at will."""


def client_address(request: HttpRequest) -> str:
    """Return the address that limits count: who called, seen from our outermost proxy.

    Without `TRUSTED_PROXIES` that is whoever opened the connection, and no header
    changes it. With N of them it is the N-th entry of X-Forwarded-For from the right,
    which the outermost one wrote; what stands left of it anybody may have invented.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        header = request.META.get("HTTP_X_FORWARDED_FOR", "")
        passed = header.split(",") if header else []
        if len(passed) >= settings.TRUSTED_PROXIES:
            address = passed[-settings.TRUSTED_PROXIES]
    return _line(address.strip())


def _line(address: str) -> str:
    """Return the address, an IPv6 one as its first half; nothing where it is none."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> HOUSEHOLD << HOUSEHOLD))
