"""Reports: how often they go, and that they go in groups: whoever waits for media waits for one
group at most."""

import struct
from collections import Counter
from typing import Any

import pytest

from media.core import rtcp
from media.core.outputs import RtcpOut
from media.core.reports import AT_ONCE, CALM_INTERVAL_S, CNAME, LOCAL_SSRC, MAX_SENDER_REPORTS
from tests.media.core.building import receiving
from tests.media.core.meeting import Meeting


@pytest.mark.parametrize("people", [5, 40, 150])
def test_those_who_came_together_are_not_reported_to_together(people: int) -> None:
    meeting = Meeting()
    meeting.join("speaker")
    meeting.levels["speaker"] = 20
    for number in range(people):
        meeting.join(f"p{number}", video=False)
    meeting.run(1.5)
    meeting.outputs.clear()
    meeting.run(10.0)
    reports = [
        (at, output.transport)
        for at, output in meeting.outputs
        if isinstance(output, RtcpOut) and output.transport.startswith("p")
    ]
    at_once = Counter(at for at, _ in reports)
    assert max(at_once.values()) <= max(AT_ONCE, (people + 1) // 10)
    by_person = Counter(transport for _, transport in reports)
    every = 10.0 / CALM_INTERVAL_S
    assert set(by_person.values()) <= {every - 1, every, every + 1}
    assert len(by_person) == people


def reported(meeting: Meeting, tid: str) -> list[float]:
    """Return when a participant was reported to."""
    return [
        at
        for at, output in meeting.outputs
        if isinstance(output, RtcpOut) and output.transport == tid
    ]


def test_who_only_speaks_is_reported_to_seldom_until_something_is_lost() -> None:
    meeting = Meeting()
    for tid in ("a", "b"):
        meeting.join(tid, video=False)
        meeting.levels[tid] = 20
    meeting.run(5)
    meeting.outputs.clear()
    meeting.run(10)
    assert 3 <= len(reported(meeting, "a")) <= 5
    meeting.loss = 0.2
    meeting.run(CALM_INTERVAL_S)
    meeting.outputs.clear()
    meeting.run(5)
    assert 4 <= len(reported(meeting, "a")) <= 6


def test_how_the_clock_of_a_new_stream_runs_is_told_soon() -> None:
    meeting = Meeting()
    meeting.join("listener", video=False)
    for tid, level in (("first", 20), ("second", 127)):
        meeting.join(tid)
        meeting.levels[tid] = level
    switched, before = list[float](), 0
    for step in range(1_300):
        if step % 330 == 0:
            levels = meeting.levels
            levels["first"], levels["second"] = levels["second"], levels["first"]
        meeting.run(0.01)
        switches = _switches(meeting.router.dump(), "listener")
        if switches != before:
            switched.append(meeting.now)
            before = switches
    assert len(switched) > 4
    told = reported(meeting, "listener")
    assert all(any(at < when <= at + 0.2 for when in told) for at in switched)


def test_nobody_is_reported_to_twice_at_one_time() -> None:
    """Not for two streams that begin together, and not for a connection that was replaced."""
    meeting = Meeting()
    meeting.join("speaker")
    meeting.levels["speaker"] = 20
    meeting.join("listener", video=False)
    for _ in range(4):
        meeting.run(1.3)
        meeting.join("listener", video=False)
    meeting.run(1)
    meeting.outputs.clear()
    meeting.run(10)
    told = reported(meeting, "listener")
    assert len(set(told)) == len(told)
    assert 3 <= len(told) <= 5


def parts(compound: bytes) -> list[bytes]:
    """Cut a compound into its packets."""
    cut = list[bytes]()
    while compound:
        size = 4 + 4 * int.from_bytes(compound[2:4], "big")
        cut.append(compound[:size])
        compound = compound[size:]
    return cut


def named(description: bytes) -> dict[int, bytes]:
    """Return the CNAME by SSRC from an SDES packet."""
    names, at = dict[int, bytes](), 4
    for _ in range(description[0] & 0x1F):
        ssrc, kind, size = struct.unpack_from("!IBB", description, at)
        assert kind == 1
        names[ssrc] = description[at + 6 : at + 6 + size]
        at += (6 + size) // 4 * 4 + 4
    assert at == len(description)
    return names


def test_every_stream_that_is_reported_on_has_the_name_of_who_sends_it() -> None:
    meeting = Meeting()
    meeting.join("viewer", slots=receiving(audio=3, video=40))
    for number in range(28):
        meeting.join(f"p{number}")
        meeting.levels[f"p{number}"] = 20
    meeting.run(5)
    meeting.outputs.clear()
    meeting.run(CALM_INTERVAL_S)
    compounds = [
        output.packet
        for _, output in meeting.outputs
        if isinstance(output, RtcpOut)
        and output.transport == "viewer"
        and output.packet[1] in (rtcp.SR, rtcp.RR)
    ]
    reported_on = set[int]()
    for compound in compounds:
        assert len(compound) < 1_100
        packets = parts(compound)
        senders = {int.from_bytes(p[4:8], "big") for p in packets if p[1] == rtcp.SR}
        (description,) = (packet for packet in packets if packet[1] == rtcp.SDES)
        assert named(description) == dict.fromkeys({LOCAL_SSRC, *senders}, CNAME.encode())
        reported_on |= senders
    assert len(reported_on) > MAX_SENDER_REPORTS  # more than one datagram holds


def _switches(dump: Any, tid: str) -> int:
    """Return how often a slot of somebody began with another stream."""
    return sum(consumer["switches"] for consumer in dump["transports"][tid]["consumers"])
