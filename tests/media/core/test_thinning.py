"""Receivers on thin lines get fewer frames, numbered as if there had never been more."""

from itertools import pairwise
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.core.thinning import Thinned
from tests.media.core.lines import Line, ThinMeeting
from tests.media.core.meeting import Meeting, Sent

PATTERN = (0, 2, 1, 2)


def pair() -> Meeting:
    """One camera with temporal layers, and a viewer that sees it."""
    meeting = Meeting()
    meeting.join("s")
    meeting.cameras["s"][0].pattern = PATTERN
    meeting.cameras["s"][0].fps = 25
    meeting.join("v", video=False)
    meeting.run(2)
    meeting.router._review_at = inf
    return meeting


def thin(meeting: Meeting, top: int | None) -> None:
    """Let the viewer's main slot make for the stream's part up to `top`, None = all of it."""
    consumer = meeting.router._transports["v"].video[0]
    producer = meeting.router._transports["s"].camera
    assert producer is not None
    stream = producer.streams[0]
    consumer.aim(stream if top is None else stream.branches[top], meeting.now)


def shown(meeting: Meeting, since: int) -> list[Sent]:
    return meeting.frames("v")[since:]


def hold(meeting: Meeting, top: int | None, seconds: float) -> None:
    """Make the choice, which nobody else does here, and let time pass."""
    thin(meeting, top)
    meeting.run(seconds)


@pytest.mark.parametrize(("top", "share"), [(0, 0.25), (1, 0.5)])
def test_frames_of_upper_layers_are_left_out_and_nothing_is_missing(top: int, share: float) -> None:
    meeting = pair()
    hold(meeting, top, 0.4)
    before = len(meeting.frames("v"))
    hold(meeting, top, 4)
    packets = shown(meeting, before)
    assert len(packets) == pytest.approx(share * 4 * 25 * 2, abs=6)
    assert meeting.viewers["v"].missing(2000) == []
    ids = [packet.picture_id for packet in packets if packet.picture_id is not None]
    steps = {(later - at) & 0x7FFF for at, later in pairwise(ids)}
    assert steps <= {0, 1}, "picture ids are closed up"
    meeting.check()


@pytest.mark.parametrize("turns", [(0, None), (1, None), (1, 0, 1, None), (0, 1, 0)])
def test_no_packet_is_sent_twice_where_the_frames_change(turns: tuple[int | None, ...]) -> None:
    meeting = pair()
    for top in turns:
        hold(meeting, top, 1)
    sources = [packet.source for packet in meeting.frames("v")]
    assert len(set(sources)) == len(sources)
    assert meeting.viewers["v"].missing(2000) == []
    meeting.check()


def test_thinning_begins_without_a_key_frame_and_ends_with_one() -> None:
    meeting = pair()
    asked = len(meeting.requests("s"))
    hold(meeting, 1, 1)
    hold(meeting, 0, 1)
    assert len(meeting.requests("s")) == asked
    hold(meeting, None, 1)
    assert len(meeting.requests("s")) == asked + 1
    before = len(meeting.frames("v"))
    hold(meeting, None, 2)
    assert len(shown(meeting, before)) == pytest.approx(2 * 25 * 2, abs=4)
    assert meeting.viewers["v"].missing(2000) == []
    meeting.check()


@pytest.mark.parametrize("loss", [0.02, 0.1])
def test_what_is_lost_on_the_way_comes_again_to_a_thinned_slot_too(loss: float) -> None:
    meeting = pair()
    hold(meeting, 1, 0.4)
    meeting.loss = loss
    for _ in range(40):
        hold(meeting, 1, 0.08)
        meeting.ask_again("v", 2000)
    meeting.loss = 0.0
    for _ in range(6):
        hold(meeting, 1, 0.12)
        meeting.ask_again("v", 2000)
    assert meeting.viewers["v"].missing(2000) == []
    meeting.check()


def test_a_late_packet_of_a_frame_left_out_fills_its_number_without_a_picture() -> None:
    meeting = pair()
    hold(meeting, 0, 0.6)
    meeting.delay = 0.0
    camera = meeting.cameras["s"][0]
    meeting.run(0.04)
    while camera.turn % 4 != 1:
        for packet in camera.frame():
            meeting.arrive("s", packet)
    first, second = camera.frame()
    before = len(meeting.frames("v"))
    meeting.arrive("s", second)
    assert len(meeting.frames("v")) == before
    late = meeting.arrive("s", first)
    assert late is not None
    part = late if late.rows and late.rows[0].transport == "v" else late.thinner
    assert part is not None
    assert part.payload_start == part.payload_end
    for _ in range(3):
        for packet in camera.frame():
            meeting.arrive("s", packet)
    assert meeting.viewers["v"].missing(2000) == []


def test_a_camera_without_temporal_layers_has_no_thinner_parts() -> None:
    meeting = Meeting()
    meeting.join("s")
    meeting.join("v", video=False)
    meeting.run(3)
    producer = meeting.router._transports["s"].camera
    assert producer is not None
    assert producer.rates[:2] == (None, None)
    assert all(isinstance(feed, Thinned) for feed in producer.feeds[:2])


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3)), min_size=1, max_size=60),
    st.lists(st.integers(0, 100), max_size=8),
    st.integers(0, 1),
)
@settings(deadline=None, max_examples=60)
def test_whatever_is_left_out_every_number_stands_for_one_packet(
    frames: list[tuple[int, int]], held_back: list[int], top: int
) -> None:
    meeting = pair()
    hold(meeting, top, 0.6)
    meeting.delay = 0.0
    camera = meeting.cameras["s"][0]
    packets: list[bytes] = []
    for layer, count in frames:
        camera.pattern, camera.per_frame = (layer,), count
        packets += camera.frame()
    late = [packets[n] for n in set(held_back) if n < len(packets)]
    for packet in [p for p in packets if p not in late] + late:
        meeting.arrive("s", packet)
    camera.pattern = (0,)
    for packet in camera.frame():
        meeting.arrive("s", packet)
    assert meeting.viewers["v"].missing(2000) == []


def test_a_thin_line_gets_fewer_frames_before_it_gets_no_picture() -> None:
    meeting = ThinMeeting(2)
    meeting.speakers(3)
    for layers in meeting.cameras.values():
        for layer in layers:
            layer.pattern = PATTERN
    meeting.run(2)
    meeting.at_line("v", Line(150_000))
    meeting.run(40)
    consumer = meeting.router._transports["v"].video[0]
    assert isinstance(consumer.feed, Thinned)
    assert not consumer.starved
    frames = meeting.frames("v")
    meeting.run(5)
    assert len(meeting.frames("v")) > len(frames) + 20
    meeting.check()
