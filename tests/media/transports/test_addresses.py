"""Socket addresses, and which of this machine's are told to browsers."""

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.transports.addresses import announced, interfaces, packed, readable

MACHINE = ["127.0.0.1", "192.0.2.2", "203.0.113.9", "169.254.3.4", "::1", "fd00::2", "fe80::1"]


@given(st.ip_addresses(v=4), st.integers(0, 65_535))
def test_an_ipv4_address_comes_back_from_its_packed_form(ip: object, port: int) -> None:
    assert readable(packed(socket.AF_INET, str(ip), port)) == (str(ip), port)


@given(st.ip_addresses(), st.integers(0, 65_535))
def test_an_ipv6_socket_carries_both_kinds(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int
) -> None:
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    assert readable(packed(socket.AF_INET6, str(ip), port)) == (str(mapped or ip), port)


def test_the_packed_form_is_the_kernels() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as there,
    ):
        there.bind(("127.0.0.1", 0))
        here.connect(there.getsockname())
        assert readable(packed(socket.AF_INET, *here.getpeername())) == there.getsockname()


def test_configured_addresses_are_told_as_they_are() -> None:
    assert announced("0.0.0.0", ["198.51.100.7", "127.0.0.1"], machine=MACHINE) == (
        "198.51.100.7",
        "127.0.0.1",
    )


def test_a_socket_bound_to_one_address_tells_that_one() -> None:
    assert announced("192.0.2.2", [], machine=MACHINE) == ("192.0.2.2",)


def test_a_socket_bound_to_all_tells_what_browsers_can_reach() -> None:
    found = announced("0.0.0.0", [], machine=MACHINE)
    assert set(found) == {"192.0.2.2", "203.0.113.9"}


def test_an_ipv6_socket_tells_both_kinds_ipv4_first() -> None:
    found = announced("::", [], machine=MACHINE)
    assert set(found) == {"192.0.2.2", "203.0.113.9", "fd00::2"}
    assert found[-1] == "fd00::2"


@pytest.mark.parametrize("machine", [["127.0.0.1", "::1"], []])
def test_a_machine_without_a_network_tells_loopback(machine: list[str]) -> None:
    assert announced("0.0.0.0", [], machine=machine) == ("127.0.0.1",)


def test_a_name_is_no_address() -> None:
    with pytest.raises(ValueError, match=r"media\.example"):
        announced("0.0.0.0", ["media.example"])


def test_the_interfaces_of_this_machine_are_addresses() -> None:
    assert "127.0.0.1" in [str(ipaddress.ip_address(text)) for text in interfaces()]
