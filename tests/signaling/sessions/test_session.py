"""Events are numbered without a gap and replayed to a device that was away."""

import json

from hypothesis import given
from hypothesis import strategies as st

from signaling.protocol.codec import Frame
from signaling.protocol.server import Speaker
from tests.signaling.builders import RecordedLine, session

WELCOME = Frame.answer(0, None)


def test_events_count_from_one() -> None:
    it, line = session(), RecordedLine()
    it.attach(line, WELCOME, 0)
    for name in ("a", "b"):
        it.post(Speaker(peer=name))
    assert [(e["seq"], e["peer"]) for e in line.sent[1:]] == [(1, "a"), (2, "b")]


def test_a_device_that_was_away_gets_what_it_missed_after_its_welcome() -> None:
    it, before, after = session(), RecordedLine(), RecordedLine()
    it.attach(before, WELCOME, 0)
    it.post(Speaker(peer="a"))
    it.line = None
    it.post(Speaker(peer="b"))
    it.post(Speaker(peer="c"))
    assert it.covers(1)
    it.attach(after, WELCOME, 1)
    assert after.types()[0] == "ok"
    assert [(e["seq"], e["peer"]) for e in after.sent[1:]] == [(2, "b"), (3, "c")]


def test_more_missed_than_kept_is_not_covered() -> None:
    it = session(kept=4)
    for _ in range(10):
        it.post(Speaker(peer=None))
    assert [seq for seq in range(12) if it.covers(seq)] == [6, 7, 8, 9, 10]


@given(
    kept=st.integers(1, 8),
    before=st.integers(0, 20),
    missed=st.integers(0, 20),
    after=st.integers(0, 5),
)
def test_what_a_device_sees_over_two_lines_has_no_gap(
    kept: int, before: int, missed: int, after: int
) -> None:
    it, first, second = session(kept=kept), RecordedLine(), RecordedLine()
    it.attach(first, WELCOME, 0)
    for number in range(before):
        it.post(Speaker(peer=str(number + 1)))
    it.line = None
    for number in range(missed):
        it.post(Speaker(peer=str(before + number + 1)))
    seen = before
    assert it.covers(seen) == (missed <= kept)
    if not it.covers(seen):
        seen = it.seq
    it.attach(second, WELCOME, seen)
    for number in range(after):
        it.post(Speaker(peer=str(before + missed + number + 1)))
    events = second.sent[1:]
    assert [e["seq"] for e in events] == list(range(seen + 1, before + missed + after + 1))
    assert all(e["peer"] == str(e["seq"]) for e in events)


def test_a_frame_posted_to_many_keeps_one_body() -> None:
    frame, lines = Frame.event(Speaker(peer="a")), [RecordedLine(), RecordedLine()]
    first, second = session(), session()
    for it, line in zip((first, second), lines, strict=True):
        it.attach(line, WELCOME, 0)
    first.post(frame)
    first.post(frame)
    second.post(frame)
    assert [[e["seq"] for e in line.sent[1:]] for line in lines] == [[1, 2], [1]]
    assert json.loads(b"{" + frame.body) == {"type": "speaker", "peer": "a"}
