"""A room on several workers: to its participants it is one."""

from typing import Any

import pytest

from media.core.loudness import SPEECH
from media.core.outputs import SpeakerChanged
from media.core.pipe_messages import Here, Wants
from tests.media.core.spanning_meeting import Part, run, spread

LAYERS = ("q", "h", "f")
LOUD, SILENT = 20, 127


def speakers(part: Part) -> list[str | None]:
    return [o.transport for _, o in part.outputs if isinstance(o, SpeakerChanged)]


def a_meeting(count: int = 2, *, rids: tuple[str, ...] = ()) -> list[Part]:
    """`a0`, `a1` on the first part, `b0`, `b1` on the second, and so on; all with a camera."""
    parts = spread(count)
    for letter, part in zip("abcd", parts, strict=False):
        for number in range(2):
            part.join(f"{letter}{number}", rids=rids)
    return parts


def test_a_speaker_on_one_part_is_on_everybodys_main_picture() -> None:
    a, b = parts = a_meeting()
    a.levels["a0"] = LOUD
    run(parts, 3)
    assert a.shown("a1")[0] == b.shown("b0")[0] == b.shown("b1")[0] == "a0"
    assert "a0" in a.heard("a1") & b.heard("b0") & b.heard("b1")
    a.levels["a0"] = SILENT
    b.levels["b1"] = LOUD
    run(parts, 3)
    assert a.shown("a0")[0] == a.shown("a1")[0] == b.shown("b0")[0] == "b1"
    assert b.shown("b1")[0] == "a0"
    assert speakers(a) == ["a0", "b1"]
    assert speakers(b) == [], "only the leading part tells who speaks"


def test_what_comes_through_a_pipe_is_whole_and_unbroken_to_the_receiver() -> None:
    a, b = parts = a_meeting()
    a.levels["a0"] = LOUD
    run(parts, 2)
    b.levels["b1"], a.levels["a0"] = LOUD, SILENT
    run(parts, 2)
    a.levels["a0"], b.levels["b1"] = LOUD, SILENT
    run(parts, 2)
    for part in parts:
        part.check()
        for viewer in part.viewers.values():
            assert viewer.received
            assert [viewer.missing(ssrc) for ssrc in viewer.received] == [[]] * len(viewer.received)
    assert len(b.frames("b0")) > 5 * 25 * 2


def test_the_same_voices_are_heard_in_all_parts() -> None:
    a, b = parts = a_meeting()
    for part, tid, level in ((a, "a0", 30), (a, "a1", 35), (b, "b0", 25), (b, "b1", 60)):
        part.levels[tid] = level
    run(parts, 2)
    assert a.heard("a0") == {"a1", "b0", "b1"}
    assert b.heard("b0") == {"a0", "a1", "b1"}
    # Four sound: three places and one in reserve, for those who hold a place themselves.
    assert a.heard("a1") == {"a0", "b0", "b1"}
    assert b.heard("b1") == {"a0", "a1", "b0"}


def test_a_word_on_the_following_part_is_heard_on_the_other_within_a_moment() -> None:
    a, b = parts = a_meeting()
    for tid in ("a0", "a1"):
        a.levels[tid] = 70  # background
    b.levels["b1"] = 70
    run(parts, 2)
    before = sum(len(slot) for slot in a.viewers["a0"].received.values())
    assert before
    b.levels["b0"] = LOUD
    run(parts, 0.1)
    assert "b0" in a.heard("a0")
    assert "b0" in b.heard("b1")


def test_steady_noises_on_the_following_part_hide_no_voice_there() -> None:
    a, b = parts = a_meeting()
    for number in range(2, 7):
        b.join(f"b{number}")
    for tid in ("b0", "b1", "b2", "b3", "b4"):
        b.noises.add(tid)
        b.levels[tid] = LOUD
    run(parts, 5)
    assert speakers(a) == []
    b.levels["b6"] = LOUD + 20
    run(parts, 2)
    assert speakers(a) == ["b6"]
    assert "b6" in a.heard("a0") & b.heard("b5")
    assert a.shown("a0")[0] == b.shown("b5")[0] == "b6"
    a.noises.add("a0")
    a.levels["a0"] = LOUD
    run(parts, 5)
    assert speakers(a) == ["b6"]
    assert "b6" in a.heard("a1") & b.heard("b5")


def test_a_voice_on_the_following_part_is_not_taken_for_a_noise_when_it_is_even() -> None:
    a, b = parts = a_meeting()
    b.levels["b0"] = LOUD
    for _ in range(5):
        run(parts, 0.5)
        b.noises.add("b0")
        run(parts, 0.6)  # a long vowel
        b.noises.clear()
        assert speakers(a) == ["b0"]
        assert not a.router._transports["b0"].voice.foreground(a.now) < SPEECH


def test_a_pipe_carries_only_what_somebody_on_the_other_side_gets() -> None:
    a, b = parts = a_meeting(rids=LAYERS)
    a.levels["a0"] = LOUD
    run(parts, 6)
    heres = {said.tid: said for said in b.said if isinstance(said, Here)}
    voice, camera = heres["a0"].sources
    other_voice, other_camera = heres["a1"].sources
    b.sources_from("pipe1")
    run(parts, 1)
    # The speaker: sound and the highest layer. The other one: the lowest layer, and what little
    # sound it sends, for a free place is there for it.
    wanted = {voice.ssrcs[0], camera.ssrcs[2], other_voice.ssrcs[0], other_camera.ssrcs[0]}
    assert b.sources_from("pipe1") == wanted
    for tid in ("b0", "b1"):
        b.leave(tid)
    run(parts, 0.3)
    b.sources_from("pipe1")
    run(parts, 1)
    assert b.sources_from("pipe1") == set()


def test_a_key_frame_asked_on_one_part_reaches_the_camera_on_the_other() -> None:
    a, b = parts = a_meeting()
    a.levels["a0"] = LOUD
    run(parts, 2)
    asked = len(a.requests("a0"))
    b.join("b2")
    run(parts, 1)
    assert len(a.requests("a0")) == asked + 1
    assert b.frames("b2")[0].begins_keyframe
    b.check()


def test_what_a_pipe_loses_is_asked_again_from_the_part_before_it() -> None:
    a, b = parts = a_meeting()
    a.levels["a0"] = LOUD
    run(parts, 2)
    a.pipe_loss = 0.1
    run(parts, 2)
    a.pipe_loss = 0.0
    run(parts, 1)
    b.check()
    # Pictures come again; sound does not, and hides what little is missing.
    assert b.viewers["b0"].missing(2000) == []
    assert not [tid for tid in a.cameras if len(a.requests(tid)) > 6]


def test_the_floor_holds_on_all_parts() -> None:
    a, b = parts = a_meeting()
    b.levels["b1"] = LOUD
    run(parts, 2)
    a.router.give_floor("a1", a.now)
    run(parts, 0.5)
    assert {a.shown("a0")[0], b.shown("b0")[0], b.shown("b1")[0]} == {"a1"}
    a.router.give_floor(None, a.now)
    run(parts, 0.5)
    assert {a.shown("a0")[0], b.shown("b0")[0]} == {"b1"}


def test_a_muted_camera_is_shown_as_paused_on_the_other_part_and_comes_back() -> None:
    a, b = parts = a_meeting()
    a.levels["a0"] = LOUD
    run(parts, 2)
    a.router.set_muted("a0", True, True, a.now)
    camera, a.cameras["a0"] = a.cameras["a0"], []
    run(parts, 1)
    assert "a0" not in b.shown("b0")
    frames = len(b.frames("b0"))
    a.cameras["a0"] = camera
    a.router.set_muted("a0", False, False, a.now)
    run(parts, 3)
    assert b.shown("b0")[0] == "a0"
    assert len(b.frames("b0")) > frames + 40
    b.check()


def test_layers_that_only_the_other_part_watches_are_wanted_of_their_sender() -> None:
    a, b = parts = spread()
    a.join("a0", rids=LAYERS)
    for tid in ("b0", "b1"):
        b.join(tid, rids=LAYERS)
    b.levels["b0"] = LOUD
    run(parts, 15)
    # Nobody but the speaker has a0 on the main picture, and the speaker is on the other part.
    assert b.shown("b0")[0] in ("a0", "b1")
    a.router.give_floor("a0", a.now)
    run(parts, 1)
    producer = a.router.dump()["transports"]["a0"]["producers"][1]  # type: ignore[index]
    assert producer["wanted"] == [True, True, True]
    wants = [said for said in a.said if isinstance(said, Wants)]
    assert wants[-1].tops["a0"] > 0


def test_three_parts_hear_and_see_each_other_through_the_one_that_leads() -> None:
    a, b, c = parts = a_meeting(3)
    c.levels["c0"] = LOUD
    run(parts, 3)
    assert a.shown("a0")[0] == b.shown("b0")[0] == c.shown("c1")[0] == "c0"
    assert "c0" in b.heard("b0")
    assert len(b.frames("b0")) > 2 * 25 * 2 - 20
    for part in parts:
        part.check()
    c.leave("c0")
    run(parts, 1)
    assert "c0" not in b.shown("b0") + a.shown("a0")


def test_when_a_following_part_is_lost_the_others_go_on_without_its_people() -> None:
    a, _, c = parts = a_meeting(3)
    a.levels["a0"] = LOUD
    run(parts, 3)
    frames = len(c.frames("c0"))
    a.cut("pipe1")
    run([a, c], 2)
    assert set(c.shown("c0")) == {"a0", "a1", "c1", None}
    assert len(c.frames("c0")) == pytest.approx(frames + 2 * 25 * 2, abs=4)
    c.check()


def test_when_the_leading_part_is_lost_another_one_leads_on() -> None:
    a, b, c = parts = a_meeting(3)
    b.levels["b0"] = LOUD
    run(parts, 3)
    a.cut("pipe1")
    a.cut("pipe2")
    b.spanning.lead(b.now)
    c.join_with(b, "pipe3")
    run([b, c], 2)
    assert (b.spanning.leads, c.spanning.leads) == (True, False)
    assert c.shown("c0")[0] == c.shown("c1")[0] == b.shown("b1")[0] == "b0"
    assert speakers(b) == [], "it is the same speaker as before"
    c.levels["c1"], b.levels["b0"] = LOUD, SILENT
    run([b, c], 3)
    assert speakers(b) == ["c1"]
    assert b.shown("b0")[0] == "c1"
    b.check()
    c.check()


def test_a_former_pipe_that_goes_late_takes_nobody_away() -> None:
    a, b, c, d = parts = a_meeting(4)
    run(parts, 1)
    a.cut("pipe1")
    a.cut("pipe3")
    b.spanning.lead(b.now)
    d.join_with(b, "pipe4")
    run([b, c, d], 0.1)
    c.join_with(b, "pipe5")  # it has not heard yet that the pipe to the first part is gone
    run([b, c, d], 0.1)
    a.cut("pipe2")
    d.levels["d0"] = LOUD
    run([b, c, d], 3)
    assert b.shown("b0")[0] == c.shown("c0")[0] == "d0"
    assert speakers(b) == ["d0"]
    for part, name in ((b, "b0"), (c, "c0"), (d, "d0")):
        assert not {"a0", "a1"} & {*part.shown(name)}
        part.check()


def test_who_moves_to_another_part_is_seen_from_there_though_the_former_one_tells_it_late() -> None:
    a, b, c = parts = a_meeting(3)
    c.levels["c0"] = LOUD
    run(parts, 3)
    assert a.shown("a0")[0] == b.shown("b0")[0] == "c0"
    b.join("c0")
    run([a, b], 0.1)
    c.leave("c0")
    b.levels["c0"] = LOUD
    frames = len(a.frames("a0"))
    run(parts, 4)
    assert a.shown("a0")[0] == c.shown("c1")[0] == b.shown("b0")[0] == "c0"
    assert len(a.frames("a0")) > frames + 25
    for part in parts:
        part.check()


def test_a_participant_that_offers_again_is_new_to_the_other_part_too() -> None:
    a, b = parts = a_meeting()
    a.levels["a0"] = LOUD
    run(parts, 2)
    a.router.add_transport("a0", [], [], a.now)
    run(parts, 1)
    assert "a0" not in b.shown("b0")
    heres = [said for said in b.said if isinstance(said, Here) and said.tid == "a0"]
    assert [len(here.sources) for here in heres] == [2, 0]


def test_what_a_pipe_brings_is_counted_nowhere_as_sent_by_participants() -> None:
    a, b = parts = a_meeting()
    a.levels["a0"] = LOUD
    run(parts, 2)
    assert b.router.stats()["transports"] == 2
    assert set(b.router.dump()["transports"]) == {"b0", "b1"}  # type: ignore[call-overload]
    transports: Any = b.router.dump()["transports"]
    producers = [each for one in transports.values() for each in one["producers"]]
    sent = sum(stream["packets"] for each in producers for stream in each["streams"])
    assert b.router.stats()["packets"] == sent


def test_nonsense_out_of_a_pipe_is_dropped() -> None:
    a, b = a_meeting()
    assert b.spanning.inbound_piped("pipe1", b"", b.now) is None
    assert b.spanning.inbound_piped("pipe1", bytes(40), b.now) is None
    assert b.spanning.inbound_piped("other", bytes((0x80,)) + bytes(40), b.now) is None
    b.spanning.inbound_piped_rtcp("pipe1", b"\x80", b.now)
    b.spanning.pipe_said("other", Wants((1, 2)), b.now)
    b.spanning.pipe_said("pipe1", Wants((1, 2, 99999)), b.now)
    b.spanning.close_pipe("other", b.now)
    a.cut("pipe1")
    assert b.router.stats()["drops"] == {"unknown_transport": 4}
