"""Layers and sources change under a slot, and its receiver does not notice."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from media.core import rtcp_build
from tests.media.core.building import receiving
from tests.media.core.meeting import Meeting

RIDS = ("q", "h", "f")


def simulcast(*names: str) -> Meeting:
    meeting = Meeting()
    for name in names:
        meeting.join(name, rids=RIDS)
    meeting.run(2)
    return meeting


def layer_of(meeting: Meeting, viewer: str, slot: int = 0) -> int:
    return meeting.frames(viewer, slot)[-1].source[0] % 10 - 1


def test_the_main_slot_gets_the_highest_layer_and_small_ones_the_lowest() -> None:
    meeting = simulcast("a", "b", "c")
    assert layer_of(meeting, "a", 0) == 2
    assert layer_of(meeting, "a", 1) == 0
    meeting.check()


def test_a_layer_that_stops_is_replaced_and_taken_again_when_it_is_back() -> None:
    meeting = simulcast("a", "b")
    meeting.dead_layers.add(23)
    meeting.run(2)
    assert layer_of(meeting, "a") == 1
    gap = [frame.timestamp for frame in meeting.frames("a")]
    assert max((b - a) & 0xFFFFFFFF for a, b in itertools.pairwise(gap)) < 1.6 * 90_000
    meeting.dead_layers.clear()
    meeting.run(3)
    assert layer_of(meeting, "a") == 2
    assert meeting.viewers["a"].missing(2000) == []
    meeting.check()


def test_a_full_line_gets_a_lower_layer_and_later_the_higher_one_again() -> None:
    meeting = simulcast("a", "b", "c")
    other = len(meeting.frames("c"))
    for bps in (3_000_000, 300_000):
        meeting.router.inbound_rtcp("a", rtcp_build.remb(9, bps, [2000]), meeting.now)
        meeting.run(0.5)
    meeting.run(2)
    assert layer_of(meeting, "a") < 2
    assert layer_of(meeting, "c") == 2
    meeting.router.inbound_rtcp("a", rtcp_build.remb(9, 10**7, [2000]), meeting.now)
    meeting.run(24)
    assert layer_of(meeting, "a") == 2
    assert len(meeting.frames("c")) > other
    meeting.check()


def test_nothing_of_a_new_source_is_sent_before_its_key_frame() -> None:
    meeting = simulcast("a", "b", "c")
    meeting.router.give_floor("c", meeting.now)
    meeting.run(0.04)
    assert meeting.frames("a")[-1].source[0] == 23
    meeting.run(0.5)
    sources = [frame.source[0] for frame in meeting.frames("a")]
    assert sources[-1] == 33
    first = meeting.frames("a")[sources.index(33)]
    assert first.begins_keyframe
    meeting.check()


def test_many_receivers_that_switch_cost_the_sender_one_key_frame() -> None:
    meeting = simulcast("a", "b", "c")
    for number in range(40):
        meeting.join(f"v{number}", video=False, slots=receiving(video=1))
    meeting.run(1)
    before = len(meeting.requests("c"))
    meeting.router.give_floor("c", meeting.now)
    meeting.run(1)
    assert len(meeting.requests("c")) - before == 1
    meeting.check()


def test_a_key_frame_is_asked_for_until_it_comes() -> None:
    meeting = simulcast("a", "b", "c")
    meeting.cameras["c"][2].per_frame = 2
    meeting.router.give_floor("c", meeting.now)
    begun = meeting.now
    for _ in range(300):
        meeting.key_wanted.discard("c")
        meeting.run(0.01)
        meeting.key_wanted.discard("c")
    asked = [at - begun for at in meeting.requests("c") if at >= begun]
    assert 4 <= len(asked) <= 8
    assert meeting.frames("a")[-1].source[0] == 23, "the old picture goes on"
    meeting.run(3)
    assert meeting.frames("a")[-1].source[0] == 33
    meeting.check()


def test_a_picture_that_a_receiver_lost_is_asked_for_once() -> None:
    meeting = simulcast("a", "b", "c", "d")
    meeting.run(1)
    before = len(meeting.requests("b"))
    for viewer in "acd":
        main = meeting.router.slots(viewer)[3]
        ssrc = 2000 if main.transport == "b" else 2001
        if ssrc == 2000:
            meeting.router.inbound_rtcp(viewer, rtcp_build.pli(9, ssrc), meeting.now)
            meeting.router.inbound_rtcp(viewer, rtcp_build.fir(9, ssrc, 1), meeting.now)
    meeting.run(1)
    assert len(meeting.requests("b")) - before == 1


def test_a_packet_overtaken_by_the_switch_is_not_sent_to_those_who_switched() -> None:
    meeting = simulcast("a", "b", "c")
    meeting.delay = 0.0
    meeting.run(0.2)
    early, late = meeting.cameras["c"][2].frame()
    meeting.arrive("c", early)
    meeting.router.give_floor("c", meeting.now)
    key = meeting.cameras["c"][2].frame(key=True)
    sent = [meeting.arrive("c", packet) for packet in key]
    receivers = {(row.transport, row.slot) for row in sent[0].rows} if sent[0] else set()
    assert ("a", 0) in receivers
    assert meeting.arrive("c", late) is None
    drops = meeting.router.stats()["drops"]
    assert isinstance(drops, dict)
    assert drops["before_start"] == 1
    meeting.check()


def test_rows_are_the_same_object_until_something_changes() -> None:
    meeting = simulcast("a", "b", "c")
    meeting.delay = 0.0
    meeting.join("v", video=False)
    meeting.router.give_floor("b", meeting.now)
    meeting.run(4)
    layer = meeting.cameras["b"][2]
    seen = [meeting.arrive("b", packet) for _ in range(3) for packet in layer.frame()]
    assert len({id(forward.rows) for forward in seen if forward}) == 1
    meeting.leave("v")
    changed = meeting.arrive("b", layer.frame()[0])
    assert changed is not None
    assert seen[0] is not None
    assert changed.rows is not seen[0].rows


events = st.lists(
    st.one_of(
        st.tuples(st.just("floor"), st.sampled_from(["a", "b", "c", None])),
        st.tuples(st.just("talk"), st.sampled_from(["a", "b", "c", None])),
        st.tuples(st.just("mute"), st.sampled_from(["b", "c"])),
        st.tuples(st.just("unmute"), st.sampled_from(["b", "c"])),
        st.tuples(st.just("dead"), st.sampled_from([21, 22, 23, 31, 33])),
        st.tuples(st.just("alive"), st.just(None)),
        st.tuples(st.just("rejoin"), st.sampled_from(["b", "c"])),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, deadline=None)
@given(events, st.integers(0, 1000), st.sampled_from([0.0, 0.02, 0.1]), st.sampled_from([0.0, 0.1]))
def test_whatever_happens_every_slot_looks_like_one_source(
    happened: list[tuple[str, str | int | None]], seed: int, loss: float, reordering: float
) -> None:
    meeting = Meeting(seed)
    meeting.loss, meeting.reordering = loss, reordering
    for name in "abc":
        meeting.join(name, rids=RIDS)
    meeting.run(0.5)
    for what, who in happened:
        if what == "floor":
            assert not isinstance(who, int)
            meeting.router.give_floor(who, meeting.now)
        elif what == "talk":
            meeting.levels.update(dict.fromkeys("abc", 127))
            if isinstance(who, str):
                meeting.levels[who] = 35
        elif what in {"mute", "unmute"}:
            meeting.router.set_muted(str(who), what == "mute", what == "mute", meeting.now)
        elif what == "dead" and isinstance(who, int):
            meeting.dead_layers.add(who)
        elif what == "alive":
            meeting.dead_layers.clear()
        elif what == "rejoin":
            viewer = meeting.viewers[str(who)]
            meeting.leave(str(who))
            meeting.run(0.2)
            del meeting.viewers[str(who)]
            meeting.join(str(who), rids=RIDS)
            assert viewer is not meeting.viewers[str(who)]
        meeting.run(0.7)
        if loss:
            for ssrc in (2000, 2001):
                meeting.ask_again("a", ssrc)
    meeting.check()
