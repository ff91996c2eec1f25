"""The handshake in memory and in virtual time, over links that lose and reorder."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.transports.dtls import HANDSHAKE_TIMEOUT, MTU, Certificate, DtlsEndpoint, Fingerprint
from media.transports.srtp import SrtpError, SrtpPair

SERVER = Certificate.generate()
CLIENT = Certificate.generate()
Link = Callable[[int, bytes], list[tuple[float, bytes]]]
"""Number of the datagram and the datagram -> copies with their delays, seconds."""


def good(number: int, datagram: bytes) -> list[tuple[float, bytes]]:
    return [(0.01, datagram)]


def losing(*lost: int) -> Link:
    return lambda number, datagram: [] if number in lost else good(number, datagram)


def endpoints(
    server_knows: list[Fingerprint] | None = None, client_knows: list[Fingerprint] | None = None
) -> tuple[DtlsEndpoint, DtlsEndpoint]:
    return (
        DtlsEndpoint(CLIENT, "client", client_knows or [("sha-256", SERVER.fingerprint)]),
        DtlsEndpoint(SERVER, "server", server_knows or [("sha-256", CLIENT.fingerprint)]),
    )


def run(client: DtlsEndpoint, server: DtlsEndpoint, link: Link, until: float = 60.0) -> float:
    """Carry datagrams in virtual time until both are at rest; return the time it took."""
    now, number = 0.0, 0
    flying: list[tuple[float, int, DtlsEndpoint, bytes]] = []

    def post() -> None:
        nonlocal number
        for sender, receiver in ((client, server), (server, client)):
            for datagram in sender.take():
                assert len(datagram) <= MTU
                for delay, copy in link(number, datagram):
                    flying.append((now + delay, number, receiver, copy))
                number += 1

    server.start(now)
    client.start(now)
    post()
    while now < until:
        deadlines = [d for e in (client, server) if (d := e.deadline()) is not None]
        arrivals = [at for at, *_ in flying]
        if not deadlines and not arrivals:
            break
        now = max(now, min(deadlines + arrivals))
        due = sorted((f for f in flying if f[0] <= now), key=lambda f: f[:2])
        flying = [f for f in flying if f[0] > now]
        for _, _, receiver, datagram in due:
            receiver.receive(datagram, now)
        for endpoint in (client, server):
            endpoint.advance(now)
        post()
    return now


def assert_they_understand_each_other(client: DtlsEndpoint, server: DtlsEndpoint) -> None:
    assert (client.state, server.state) == ("connected", "connected")
    assert client.keys is not None
    assert server.keys is not None
    packet = bytes.fromhex("80600001000000010000abcd") + b"picture"
    there, here = SrtpPair(client.keys), SrtpPair(server.keys)
    assert here.unprotect_rtp(there.protect_rtp(packet)) == packet
    assert there.unprotect_rtp(here.protect_rtp(packet)) == packet


def test_a_clean_line_connects_in_two_round_trips_with_gcm() -> None:
    client, server = endpoints()
    took = run(client, server, good)
    assert_they_understand_each_other(client, server)
    assert took < 0.05
    assert client.keys is not None
    assert client.keys.profile.name == "AEAD_AES_128_GCM"


@pytest.mark.parametrize("lost", range(6))
def test_any_one_lost_datagram_costs_less_than_half_a_second(lost: int) -> None:
    client, server = endpoints()
    assert run(client, server, losing(lost)) < 0.5
    assert_they_understand_each_other(client, server)


def test_a_lost_last_flight_is_sent_again_when_the_client_asks() -> None:
    client, server = endpoints()
    # 0 hello, 1 server's flight, 2 client's flight, then the server's last word, three times.
    seen_last = 0

    def link(number: int, datagram: bytes) -> list[tuple[float, bytes]]:
        nonlocal seen_last
        if server.state == "connected" and client.state == "connecting" and number >= 3:
            seen_last += 1
            if seen_last in (1, 3):
                return []
        return good(number, datagram)

    run(client, server, link)
    assert_they_understand_each_other(client, server)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_line_that_loses_a_third_and_reorders_still_connects(seed: int) -> None:
    dice = random.Random(seed)

    def link(number: int, datagram: bytes) -> list[tuple[float, bytes]]:
        copies = 0 if dice.random() < 0.3 else 2 if dice.random() < 0.1 else 1
        return [(dice.uniform(0.005, 0.25), datagram) for _ in range(copies)]

    client, server = endpoints()
    run(client, server, link, until=HANDSHAKE_TIMEOUT + 1)
    if client.state == "connected" and server.state == "connected":
        assert_they_understand_each_other(client, server)
    else:
        # Ten losses in a row happen; what must not happen is one side believing for ever.
        assert "failed" in (client.state, server.state)


def test_most_bad_lines_connect() -> None:
    connected = 0
    for seed in range(40):
        dice = random.Random(seed)
        client, server = endpoints()
        run(
            client,
            server,
            lambda number, datagram, dice=dice: (  # type: ignore[misc]
                [] if dice.random() < 0.2 else [(dice.uniform(0.02, 0.15), datagram)]
            ),
        )
        connected += client.state == "connected" == server.state
    assert connected == 40


def test_silence_fails_after_the_timeout() -> None:
    client, server = endpoints()
    took = run(client, server, lambda number, datagram: [])
    assert (client.state, server.state) == ("failed", "failed")
    assert took == pytest.approx(HANDSHAKE_TIMEOUT)
    assert "timed out" in client.failure


def test_a_wrong_fingerprint_fails() -> None:
    stranger = Certificate.generate().fingerprint
    client, server = endpoints(server_knows=[("sha-256", stranger)])
    run(client, server, good)
    assert server.state == "failed"
    assert server.keys is None


def test_only_unknown_hashes_fail() -> None:
    client, server = endpoints(server_knows=[("md5", "00:11")])
    run(client, server, good)
    assert server.state == "failed"


def test_hash_names_and_values_may_be_written_in_any_case() -> None:
    client, server = endpoints(
        server_knows=[("SHA-256", CLIENT.fingerprint.lower()), ("md2", "00")]
    )
    run(client, server, good)
    assert_they_understand_each_other(client, server)


def test_goodbye_closes_the_other_side() -> None:
    client, server = endpoints()
    run(client, server, good)
    client.close()
    client.close()
    for datagram in client.take():
        server.receive(datagram, 1.0)
    assert (client.state, server.state) == ("closed", "closed")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=5))
def test_garbage_after_the_handshake_changes_nothing(garbage: list[bytes]) -> None:
    client, server = endpoints()
    run(client, server, good)
    for datagram in garbage:
        server.receive(datagram, 1.0)
        server.receive(b"\x17\xfe\xfd\x00\x01" + datagram, 1.0)
    assert_they_understand_each_other(client, server)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=5), st.integers(0, 5))
def test_garbage_during_the_handshake_does_not_raise(garbage: list[bytes], when: int) -> None:
    client, server = endpoints()

    def link(number: int, datagram: bytes) -> list[tuple[float, bytes]]:
        if number == when:
            for waste in garbage:
                server.receive(waste, 0.0)
                client.receive(datagram[:11] + waste, 0.0)
        return good(number, datagram)

    run(client, server, link)


def test_a_hammering_peer_gets_few_copies_of_the_last_flight() -> None:
    client, server = endpoints()
    sent: list[bytes] = []

    def link(number: int, datagram: bytes) -> list[tuple[float, bytes]]:
        sent.append(datagram)
        return good(number, datagram)

    run(client, server, link)
    answers = 0
    for step in range(100):
        server.receive(sent[2], 1.0 + step / 1000)
        answers += len(server.take())
    assert answers <= 3


def test_keys_that_are_not_shared_are_refused() -> None:
    client, server = endpoints()
    run(client, server, good)
    other_client, other_server = endpoints()
    run(other_client, other_server, good)
    assert client.keys is not None
    assert other_server.keys is not None
    packet = SrtpPair(client.keys).protect_rtp(bytes(12) + b"x")
    with pytest.raises(SrtpError):
        SrtpPair(other_server.keys).unprotect_rtp(packet)
