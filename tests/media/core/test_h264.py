"""Rooms in H.264 behave like those in VP8: after loss, at a switch, on a thin line."""

from dataclasses import replace
from itertools import pairwise

import pytest

from media.core.sections import SlotSpec, Source
from tests.media.core import building, lines, meeting
from tests.media.core.lines import Line, ThinMeeting
from tests.media.core.meeting import Meeting

MAIN = 2000
FRAME_S = 1 / ThinMeeting.FPS
PARAMETERS = bytes.fromhex("78 0004 67424001 0002 68ce 0006 65")
"""A STAP-A of SPS, PPS and the beginning of an IDR slice, as browsers begin a key frame."""


def h264_payload(
    picture_id: int, tl0: int, *, first: bool, key: bool, rest: bytes = b"x", layer: int = 0
) -> bytes:
    """The same packet as `building.vp8_payload` makes; H.264 has neither numbers nor layers."""
    if first and key:
        return PARAMETERS + rest
    return (b"\x41" if first else b"\x7c\x41") + rest


def _camera(mid: str = "1", rids: tuple[str, ...] = ()) -> Source:
    return replace(building.camera(mid, rids), codec="h264")


def _receiving() -> list[SlotSpec]:
    return [
        replace(slot, codec="h264") if slot.kind == "video" else slot
        for slot in building.receiving()
    ]


@pytest.fixture(autouse=True)
def cameras_of_h264(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "vp8_payload", h264_payload)
    monkeypatch.setattr(meeting, "camera", _camera)
    monkeypatch.setattr(meeting, "receiving", _receiving)
    monkeypatch.setattr(lines, "receiving", _receiving)


def watching(line: Line) -> ThinMeeting:
    thin = ThinMeeting()
    thin.speakers(5)
    thin.run(2)
    thin.at_line("v", line).asks = True
    thin.run(5)
    return thin


@pytest.mark.parametrize("loss", [0.05, 0.2])
def test_a_lost_packet_is_there_within_a_round_trip_and_a_half_and_a_frame(loss: float) -> None:
    line = Line(20_000_000, 0.05)
    thin = watching(line)
    line.loss = loss
    browser = thin.browsers["v"]
    browser.healed.clear()
    thin.run(10)
    times = [missing for _, missing in browser.healed]
    assert times
    too_late = sum(missing > 1.5 * 2 * line.delay + FRAME_S for missing in times)
    assert too_late <= 1.3 * loss * len(times) + 2
    line.loss = 0.0
    thin.run(1)
    viewer = thin.viewers["v"]
    assert [n for n in viewer.missing(MAIN) if n < viewer.highest[MAIN] - 20] == []


def test_a_switch_begins_with_the_parameters_and_costs_no_number_and_no_time() -> None:
    room = Meeting()
    for name in ("a", "b", "c"):
        room.join(name, rids=("q", "h", "f"))
    room.run(2)
    for speaker in ("a", "b", "c", "a"):
        room.levels = dict.fromkeys("abc", 127) | {speaker: 20}
        room.run(2.5)
    for viewer in ("a", "b", "c"):
        frames = room.frames(viewer)
        assert room.viewers[viewer].missing(MAIN) == []
        assert frames[0].begins_keyframe
        switches = [new for old, new in pairwise(frames) if old.source[0] != new.source[0]]
        assert switches
        assert all(packet.begins_keyframe for packet in switches)
        assert all(packet.picture_id is None for packet in frames)
    room.check()


def test_many_who_switch_at_once_cost_the_sender_one_key_frame() -> None:
    room = Meeting()
    room.join("a", rids=("q", "h", "f"))
    room.run(2)
    asked = len(room.requests("a"))
    for number in range(20):
        room.join(f"v{number}", video=False)
    room.run(2)
    assert len(room.requests("a")) - asked <= 3  # one for each layer
    assert all(room.frames(f"v{number}") for number in range(20))


def test_a_thin_line_gets_the_lowest_layer_and_the_rest_is_told_as_paused() -> None:
    thin = watching(Line(200_000, 0.05))
    thin.run(8)
    assert thin.layers("v")[0] == 0
    assert thin.layers("v")[1:] == [None] * 4
    states = [slot for slot in thin.router.slots("v") if slot.kind == "video"]
    assert [slot.paused for slot in states] == [False, True, True, True, True]
