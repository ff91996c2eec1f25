"""Whom a wrong password is counted against: a device, also behind a proxy that is trusted."""

from ipaddress import ip_network

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from signaling.http.sources import Network, source_of

PROXIES: tuple[Network, ...] = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def asked(remote: str | None, *forwarded: str) -> web.Request:
    headers = CIMultiDict([("X-Forwarded-For", line) for line in forwarded])
    return make_mocked_request("POST", "/", headers=headers).clone(remote=remote or "")


@pytest.mark.parametrize("forwarded", [(), ("203.0.113.7",), ("10.0.0.9, 203.0.113.7",)])
def test_who_is_no_trusted_proxy_is_the_source_whatever_he_writes(
    forwarded: tuple[str, ...],
) -> None:
    assert source_of(asked("198.51.100.1", *forwarded), PROXIES) == "198.51.100.1"
    assert source_of(asked("10.0.0.1", *forwarded), ()) == "10.0.0.1"


def test_behind_a_trusted_proxy_the_address_it_saw_is_the_source() -> None:
    assert source_of(asked("10.0.0.1", "203.0.113.7"), PROXIES) == "203.0.113.7"
    assert source_of(asked("10.0.0.1", "203.0.113.7, 10.0.0.2"), PROXIES) == "203.0.113.7"
    assert source_of(asked("::ffff:10.0.0.1", "203.0.113.7"), PROXIES) == "203.0.113.7"
    assert source_of(asked("fd00::1", "2001:db8::7"), PROXIES) == "2001:db8::7"


def test_an_address_that_the_device_wrote_itself_is_not_believed() -> None:
    for invented in ("1.2.3.4", "10.0.0.5", "nonsense", ", ,", "a" * 5000):
        request = asked("10.0.0.1", f"{invented}, 203.0.113.7")
        assert source_of(request, PROXIES) == "203.0.113.7"
    assert source_of(asked("10.0.0.1", "1.2.3.4", "203.0.113.7"), PROXIES) == "203.0.113.7"


def test_what_cannot_be_read_ends_the_search() -> None:
    assert source_of(asked("10.0.0.1", "1.2.3.4, unknown"), PROXIES) == "10.0.0.1"
    assert source_of(asked("10.0.0.1"), PROXIES) == "10.0.0.1"
    assert source_of(asked("10.0.0.1", "10.0.0.2, 10.0.0.3"), PROXIES) == "10.0.0.2"
    assert source_of(asked(None, "1.2.3.4"), PROXIES) == ""
