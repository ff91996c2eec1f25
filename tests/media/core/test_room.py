"""A room as its people see it: who is shown and heard, through joining, speaking and leaving."""

import json
from dataclasses import replace

from media.core.outputs import SlotsChanged, SlotState, SpeakerChanged
from tests.media.core.building import receiving
from tests.media.core.meeting import Meeting

TALK = 35


def meeting_of(*names: str) -> Meeting:
    meeting = Meeting()
    for name in names:
        meeting.join(name)
    meeting.run(1)
    return meeting


def test_two_see_and_hear_each_other_within_half_a_second() -> None:
    meeting = Meeting()
    meeting.join("a")
    meeting.join("b")
    meeting.run(0.5)
    assert meeting.shown("a")[0] == "b"
    assert meeting.heard("a") == {"b"}
    assert meeting.frames("a")[0].begins_keyframe
    assert len(meeting.frames("a")) > 10
    assert meeting.viewers["a"].of(1000)
    meeting.check()


def test_who_is_alone_sees_nobody() -> None:
    meeting = meeting_of("a")
    assert meeting.shown("a") == [None] * 5
    assert meeting.heard("a") == set()


def test_the_main_picture_follows_the_speaker_without_a_stop() -> None:
    meeting = meeting_of("a", "b", "c")
    meeting.levels["b"] = TALK
    meeting.run(3)
    assert meeting.shown("a")[0] == meeting.shown("c")[0] == "b"
    before = len(meeting.frames("a"))
    meeting.levels.update(b=127, c=TALK)
    begun = meeting.now
    meeting.run(2)
    assert meeting.shown("a")[0] == "c"
    changed = [at for at, out in meeting.outputs if out == SpeakerChanged("c")]
    assert changed[0] - begun < 1.5
    # The last of the frames are c's, and none of the 25 a second is missing on the way.
    assert meeting.frames("a")[-1].source[0] == 31
    assert len(meeting.frames("a")) - before >= 2 * 2 * 25 - 4
    assert meeting.viewers["a"].missing(2000) == []
    meeting.check()


def test_the_speaker_sees_whoever_spoke_before() -> None:
    meeting = meeting_of("a", "b", "c")
    for name in "abc":
        meeting.levels.update(a=127, b=127, c=127)
        meeting.levels[name] = TALK
        meeting.run(2)
    assert meeting.shown("c")[0] == "b"
    assert meeting.shown("a")[0] == meeting.shown("b")[0] == "c"


def test_small_pictures_do_not_repeat_the_main_one_nor_the_viewer() -> None:
    meeting = meeting_of(*"abcdefgh")
    for speaker in "fg":
        meeting.levels[speaker] = TALK
        meeting.run(2)
        meeting.levels[speaker] = 127
        for viewer in "abcdefgh":
            shown = meeting.shown(viewer)
            assert viewer not in shown
            assert None not in shown
            assert len(set(shown)) == 5


def test_a_new_speaker_moves_one_small_picture_only() -> None:
    meeting = meeting_of(*"abcdefgh")
    meeting.levels["b"] = TALK
    meeting.run(2)
    before = meeting.shown("a")
    meeting.levels.update(b=127, c=TALK)
    meeting.run(2)
    after = meeting.shown("a")
    assert (before[0], after[0]) == ("b", "c")
    assert sum(old != new for old, new in zip(before[1:], after[1:], strict=True)) == 1
    assert "b" in after[1:]


def test_the_floor_is_shown_to_everybody_but_its_holder() -> None:
    meeting = meeting_of("a", "b", "c")
    meeting.levels["b"] = TALK
    meeting.run(2)
    meeting.router.give_floor("c", meeting.now)
    meeting.run(0.5)
    assert meeting.shown("a")[0] == meeting.shown("b")[0] == "c"
    assert meeting.shown("c")[0] == "b"
    assert meeting.frames("a")[-1].source[0] == 31
    meeting.router.give_floor(None, meeting.now)
    meeting.run(0.5)
    assert meeting.shown("a")[0] == "b"
    meeting.check()


def test_the_floor_of_someone_without_a_picture_is_shown_as_paused() -> None:
    meeting = meeting_of("a", "b")
    meeting.join("c", video=False)
    meeting.router.give_floor("c", meeting.now)
    assert SlotState(0, "video", "c", paused=True) in meeting.router.slots("a")
    frames = len(meeting.frames("a"))
    meeting.run(0.5)
    assert len(meeting.frames("a")) == frames


def test_the_floor_waits_for_who_comes_back() -> None:
    meeting = meeting_of("a", "b", "c")
    meeting.router.give_floor("c", meeting.now)
    meeting.leave("c")
    meeting.run(0.5)
    meeting.join("c")
    meeting.run(0.5)
    assert meeting.shown("a")[0] == "c"


def test_three_loudest_voices_are_heard_and_nobody_hears_itself() -> None:
    meeting = meeting_of(*"abcdef")
    meeting.levels.update(a=TALK, b=TALK, c=TALK, d=TALK)
    meeting.run(2)
    for name in "abcdef":
        assert name not in meeting.heard(name)
        assert len(meeting.heard(name)) == 3
        assert meeting.heard(name) <= set("abcd")


def test_who_mutes_is_neither_heard_nor_the_speaker() -> None:
    meeting = meeting_of("a", "b", "c")
    meeting.levels["b"] = TALK
    meeting.run(2)
    meeting.router.set_muted("b", audio=True, video=False, now=meeting.now)
    meeting.run(0.2)
    heard = len(meeting.viewers["a"].of(1000))
    meeting.run(1)
    assert "b" not in meeting.heard("a")
    assert meeting.said(SpeakerChanged)[-1] == SpeakerChanged(None)
    assert len(meeting.viewers["a"].of(1000)) - heard < 10
    assert meeting.shown("a")[0] == "b"
    meeting.router.set_muted("b", audio=False, video=False, now=meeting.now)
    meeting.run(1)
    assert meeting.said(SpeakerChanged)[-1] == SpeakerChanged("b")


def test_muted_is_muted_at_once_and_a_long_silence_does_no_harm() -> None:
    meeting = meeting_of("a", "b", "c", "d", "e")
    meeting.levels["b"] = TALK
    meeting.run(2)
    meeting.delay = 0.0
    meeting.run(0.1)
    meeting.router.set_muted("b", audio=True, video=True, now=meeting.now)
    for _ in range(40_000):  # more than half of all sequence numbers
        assert meeting.arrive("b", meeting.microphones["b"].packet(TALK)) is None
    assert meeting.arrive("b", meeting.cameras["b"][0].frame(key=True)[0]) is None
    meeting.router.set_muted("b", audio=False, video=False, now=meeting.now)
    meeting.run(1)
    assert "b" in meeting.heard("a")
    assert any(meeting.viewers["a"].of(1000 + slot)[-1].source[0] == 20 for slot in range(3))
    meeting.check()


def test_a_muted_camera_makes_room_and_comes_back_with_a_key_frame() -> None:
    meeting = meeting_of("a", "b")
    meeting.router.set_muted("b", audio=False, video=True, now=meeting.now)
    frames = len(meeting.frames("a"))
    meeting.run(2)
    assert meeting.shown("a") == [None] * 5
    assert len(meeting.frames("a")) == frames
    meeting.router.set_muted("b", audio=False, video=False, now=meeting.now)
    meeting.run(0.5)
    assert meeting.shown("a")[0] == "b"
    back = meeting.frames("a")[frames]
    assert back.begins_keyframe
    assert meeting.viewers["a"].missing(2000) == []
    meeting.check()


def test_a_camera_that_dies_is_taken_off_the_screen() -> None:
    meeting = meeting_of("a", "b", "c")
    assert meeting.shown("a")[0] == "b"
    meeting.dead_layers.add(21)
    meeting.run(5)
    assert meeting.shown("a") == ["c", None, None, None, None]


def test_whoever_leaves_takes_everything_along() -> None:
    meeting = meeting_of("a", "b", "c")
    meeting.levels["b"] = TALK
    meeting.run(2)
    meeting.leave("b")
    meeting.run(1)
    assert meeting.shown("a") == ["c", None, None, None, None]
    assert meeting.heard("a") == {"c"}
    assert SpeakerChanged(None) in meeting.said(SpeakerChanged)
    meeting.leave("c")
    meeting.leave("a")
    assert meeting.router.deadline() is None
    stats = meeting.router.stats()
    assert (stats["transports"], stats["streams"], stats["rows"]) == (0, 0, 0)
    meeting.router.advance(meeting.now + 10)
    meeting.check()


def test_whoever_leaves_is_forgotten_with_news_still_to_be_told() -> None:
    meeting = meeting_of("a", "b", "c")
    meeting.levels["b"] = TALK
    meeting.run(2)
    meeting.join("d")
    meeting.arrive("d", meeting.microphones["d"].packet(TALK))  # now everybody hears d
    meeting.leave("b")
    meeting.leave("a")
    meeting.run(0.3)
    dump = meeting.router.dump()
    assert dump["spoken"] == []
    assert "b" not in str(dump["pictures"]) + str(dump["heard"])
    told = {out.transport for at, out in meeting.outputs[-50:] if isinstance(out, SlotsChanged)}
    assert "d" in told


def test_packets_of_someone_who_left_are_counted_and_dropped() -> None:
    meeting = meeting_of("a", "b")
    meeting.router.remove_transport("a", meeting.now)
    meeting.run(0.2)
    drops = meeting.router.stats()["drops"]
    assert isinstance(drops, dict)
    assert drops["unknown_transport"] > 0


def test_a_second_offer_keeps_the_place_and_the_picture() -> None:
    meeting = meeting_of("a", "b", "c")
    meeting.router.set_muted("a", audio=True, video=False, now=meeting.now)
    meeting.viewers["a"].received.clear()
    meeting.join("a", slots=receiving(video=9))
    meeting.run(1)
    assert meeting.shown("a")[:2] == ["b", "c"]
    assert len(meeting.shown("a")) == 9
    assert meeting.shown("c")[0] == "a"
    assert meeting.frames("c")[-1].source[0] in {41}
    assert meeting.router.dump()["transports"]["a"]["muted"]["audio"]  # type: ignore[index]
    meeting.check()


def test_changes_are_told_once_and_completely() -> None:
    meeting = meeting_of("a", "b", "c")
    told = [out for out in meeting.said(SlotsChanged) if isinstance(out, SlotsChanged)]
    for name in "abc":
        last = [out for out in told if out.transport == name][-1]
        assert last.slots == meeting.router.slots(name)
        assert [slot.kind for slot in last.slots] == ["audio"] * 3 + ["video"] * 5
    count = len(told)
    meeting.run(5)
    assert len(meeting.said(SlotsChanged)) == count


def test_voices_that_come_and_go_are_heard_at_once_and_told_calmly() -> None:
    meeting = meeting_of(*"abcdefgh")
    meeting.run(3)
    begun, heard_late = len(meeting.said(SlotsChanged)), 0
    for turn in range(60):
        for name in "bcdefgh":
            meeting.levels[name] = TALK if name == "bcdefgh"[turn % 7] else 127
        meeting.run(0.2)
        heard_late += "bcdefgh"[turn % 7] not in meeting.heard("a")
    told = [o for o in meeting.said(SlotsChanged)[begun:] if isinstance(o, SlotsChanged)]
    pictures = {tuple(s for s in o.slots if s.kind == "video") for o in told if o.transport == "a"}
    assert heard_late <= 2
    assert len([o for o in told if o.transport == "a"]) <= 13 + len(pictures)
    meeting.run(2)
    last = [o for o in meeting.said(SlotsChanged) if isinstance(o, SlotsChanged)]
    assert [o.slots for o in last if o.transport == "a"][-1] == meeting.router.slots("a")


def test_a_viewer_may_send_nothing_at_all() -> None:
    meeting = meeting_of("a", "b")
    meeting.router.add_transport("tv", [], receiving(audio=1, video=1), meeting.now)
    meeting.viewers["tv"] = type(meeting.viewers["a"])()
    meeting.run(1)
    assert meeting.shown("tv") == ["a"]
    assert meeting.frames("tv")[0].begins_keyframe


def test_nothing_is_sent_before_a_connection_is_up_nor_while_it_is_away() -> None:
    meeting = meeting_of("a", "b")
    meeting.join("c", video=False, ready=False)
    meeting.run(1)
    assert meeting.shown("c")[0] == "a"
    assert meeting.heard("c") == {"a", "b"}
    assert meeting.viewers["c"].received == {}
    meeting.router.set_ready("c", True, meeting.now)
    meeting.run(0.6)
    assert meeting.frames("c")[0].begins_keyframe
    assert meeting.viewers["c"].of(1000)
    meeting.router.set_ready("c", False, meeting.now)
    meeting.run(0.1)
    before = len(meeting.frames("c"))
    meeting.run(1)
    assert len(meeting.frames("c")) == before
    meeting.router.set_ready("c", True, meeting.now)
    meeting.run(0.6)
    assert meeting.frames("c")[before].begins_keyframe
    assert meeting.viewers["c"].missing(2000) == []
    meeting.check()


def test_a_slot_is_never_fed_with_another_codec() -> None:
    meeting = meeting_of("a", "b")
    slots = [replace(spec, codec="h264") for spec in receiving(audio=0, video=1)]
    meeting.join("c", video=False, slots=slots)
    meeting.run(1)
    assert meeting.viewers["c"].received == {}


def test_the_state_is_plain_json() -> None:
    meeting = meeting_of("a", "b", "c")
    meeting.run(1)
    dump = json.loads(json.dumps([meeting.router.dump(), meeting.router.stats()]))
    assert dump[0]["pictures"] == ["a", "b", "c"]
    assert dump[1]["streams"] == 6
