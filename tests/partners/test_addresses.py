"""Whose request a limit counts: what our own proxies saw, and nothing that was invented."""

import pytest
from django.test import RequestFactory

from partners.addresses import client_address


def asked(passed="", remote="10.0.0.1"):
    headers = {"X-Forwarded-For": passed} if passed else {}
    return RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote)


@pytest.mark.parametrize(
    ("proxies", "passed", "found"),
    [
        (0, "", "10.0.0.1"),
        (0, "192.0.2.7", "10.0.0.1"),
        (1, "192.0.2.7", "192.0.2.7"),
        (1, "198.51.100.9, 192.0.2.7", "192.0.2.7"),
        (2, "198.51.100.9, 192.0.2.7, 10.0.0.2", "192.0.2.7"),
        (2, "192.0.2.7", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "unknown", ""),
    ],
)
def test_an_address_is_what_the_outermost_of_our_proxies_saw(settings, proxies, passed, found):
    settings.TRUSTED_PROXIES = proxies
    assert client_address(asked(passed)) == found


@pytest.mark.parametrize(
    ("remote", "found"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
    ],
)
def test_an_ipv6_line_is_one_caller_however_many_addresses_it_has(remote, found):
    assert client_address(asked(remote=remote)) == found
