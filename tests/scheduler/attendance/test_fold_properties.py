"""What holds for the fold whatever happened."""

import random
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.attendance.counts import rate
from scheduler.attendance.fold import Frame, fold
from scheduler.attendance.model import Attended, Fact, FactKind, Mark, MarkKind
from scheduler.meetings.model import RosterPerson, Standing
from tests.scheduler.attendance.builders import at, expected, hour

PERSONS = ("p1", "p2", "p3")
SITES = ("hall", "v1")
quarter_minutes = st.integers(-40, 300).map(lambda quarter: quarter / 4)


@st.composite
def facts(draw: st.DrawFn) -> list[Fact]:
    """Facts of a few presences, also broken ones: ends without beginnings, several ends."""
    kinds = st.sampled_from([*FactKind])
    return [
        Fact(
            kind=draw(kinds),
            presence=draw(st.sampled_from(["a", "b", "c", "d"])),
            at=at(draw(quarter_minutes)),
            site=draw(st.none() | st.sampled_from(SITES)),
            room=draw(st.booleans()),
            person=draw(st.none() | st.sampled_from([*PERSONS, "guest"])),
            known_until=draw(st.none() | quarter_minutes.map(at)),
        )
        for _ in range(draw(st.integers(0, 12)))
    ]


@st.composite
def marks(draw: st.DrawFn) -> list[Mark]:
    return [
        Mark(
            site=draw(st.sampled_from(SITES)),
            person=draw(st.sampled_from(PERSONS)),
            mark=draw(st.sampled_from([*MarkKind])),
            at=at(draw(quarter_minutes)),
            substitute=draw(st.none() | st.sampled_from([*PERSONS, "guest"])),
        )
        for _ in range(draw(st.integers(0, 5)))
    ]


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    until = draw(quarter_minutes)
    return hour(
        end=at(min(60.0, until)),
        until=at(until),
        live=draw(st.booleans()),
        grace=timedelta(seconds=draw(st.integers(0, 600))),
        late_after=timedelta(seconds=draw(st.integers(0, 1200))),
        present_percent=draw(st.integers(1, 100)),
    )


rosters = st.lists(
    st.builds(
        expected,
        st.sampled_from(PERSONS),
        exempt=st.booleans(),
        leave=st.booleans(),
        standing=st.sampled_from([*Standing]),
    ),
    unique_by=lambda entry: entry.person,
)


@settings(deadline=None)
@given(frames(), rosters, facts(), marks(), st.randoms(use_true_random=False))
def test_neither_the_order_nor_the_repetition_of_facts_matters(
    frame: Frame,
    roster: list[RosterPerson],
    known: list[Fact],
    ticks: list[Mark],
    chance: random.Random,
) -> None:
    once = fold(frame, roster, known, ticks)
    again = [*known, *chance.sample(known, len(known) // 2)]
    ticks_again = [*ticks, *chance.sample(ticks, len(ticks) // 2)]
    chance.shuffle(again)
    chance.shuffle(ticks_again)
    assert fold(frame, roster, again, ticks_again) == once
    assert fold(frame, roster, known, ticks) == once


@settings(deadline=None)
@given(frames(), rosters, facts(), marks())
def test_nobody_has_more_minutes_than_the_meeting_had(
    frame: Frame, roster: list[RosterPerson], known: list[Fact], ticks: list[Mark]
) -> None:
    for one in fold(frame, roster, known, ticks).persons:
        assert timedelta(0) <= one.attended <= frame.planned
        assert one.attended == sum((i.length for i in one.intervals), timedelta(0))
        for earlier, later in zip(one.intervals, one.intervals[1:], strict=False):
            assert later.start - earlier.end >= frame.grace
        if one.intervals:
            assert one.intervals[0].start >= frame.start
            assert one.intervals[-1].end <= frame.end


@settings(deadline=None)
@given(frames(), rosters, facts(), marks())
def test_everybody_on_the_roster_has_one_row_and_one_state(
    frame: Frame, roster: list[RosterPerson], known: list[Fact], ticks: list[Mark]
) -> None:
    rows = fold(frame, roster, known, ticks).persons
    assert [row.person for row in rows[: len(roster)]] == [entry.person for entry in roster]
    assert len({row.person for row in rows}) == len(rows)
    for row in rows:
        came = row.attended > timedelta(0) or row.present_now
        stayed_away = (Attended.ABSENT, Attended.LEAVE, Attended.EXEMPT)
        assert came == (row.state not in stayed_away)
        if row.standing is not Standing.EXPECTED and came:
            assert row.state is Attended.NON_VOTING


@settings(deadline=None)
@given(frames(), facts())
def test_another_device_never_takes_minutes_away(frame: Frame, known: list[Fact]) -> None:
    roster = [expected(person) for person in PERSONS]
    phone = Fact(kind=FactKind.JOINED, presence="more", at=at(10), person="p1")
    before = fold(frame, roster, known, [])
    after = fold(frame, roster, [*known, phone], [])
    for one, other in zip(before.persons, after.persons, strict=False):
        if one.person == other.person:
            assert other.attended >= one.attended


@settings(deadline=None)
@given(st.integers(0, 50), st.integers(0, 50))
def test_a_rate_lies_between_nothing_and_one_or_is_null(came: int, others: int) -> None:
    found = rate(came, came + others)
    assert found is None if came + others == 0 else 0 <= found <= 1  # type: ignore[operator]
