"""How many were in a meeting at one time (到会), which is what its quorum asks for. Pure.

A meeting that had enough voting members together at some moment had its quorum, though some of
them left before its end; who counts as present (实到) at the end is another number. A vote keeps
its own numbers, those of the moment at which it was held.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from scheduler.attendance.counts import CAME
from scheduler.attendance.evidence import Evidence
from scheduler.attendance.fold import Frame, fold, frame_of
from scheduler.attendance.intervals import Intervals
from scheduler.attendance.model import Attended, Correction, FactKind, Interval, MarkKind

_CAME_OR_GONE: Final = CAME | {Attended.LEFT_EARLY}


def most_together(stays: Iterable[Intervals]) -> int:
    """Return the largest number of persons there at one time; `stays` are the intervals of each,
    none of which overlap. Who comes at the moment at which another goes was not there with them."""
    steps = sorted(
        step
        for intervals in stays
        for stay in intervals
        if stay.start < stay.end
        for step in ((stay.end, -1), (stay.start, 1))
    )
    most = here = 0
    for _, step in steps:
        here += step
        most = max(most, here)
    return most


def stays_of(
    evidence: Evidence, now: datetime, main_site: str | None = None
) -> Mapping[str, Intervals]:
    """Return when each person was there, from the beginning to the real end: the merged intervals
    of devices and roll calls, and what corrections put in their place.

    Whoever sent a substitute was not there, and the substitute takes part without a vote. With
    `main_site`, only what happened at that site counts.
    """
    evidence = _without_substitutes(evidence)
    if main_site is not None:
        evidence = _at_site(evidence, main_site)
    frame = frame_of(evidence.occurrence, now)
    frame = replace(frame, end=max(frame.start, frame.until))  # past its scheduled end too
    folded = fold(frame, evidence.roster, evidence.facts, evidence.marks)
    found = {one.person: one.intervals for one in folded.persons}
    for person, corrections in evidence.corrections.items():
        if main_site is None or found.get(person):
            found[person] = _corrected(found.get(person, ()), corrections, frame)
    return found


def together(stays: Mapping[str, Intervals], persons: Collection[str]) -> int:
    """Return how many of the persons were there at one time, the most of all moments."""
    return most_together(stays.get(person, ()) for person in persons)


def _corrected(known: Intervals, corrections: Collection[Correction], frame: Frame) -> Intervals:
    """Return what the last correction says. It knows no times: who was present is taken to have
    been there all the time, and who left early from the beginning, unless facts say when."""
    state, minutes = Attended.ABSENT, None
    for one in corrections:
        state, minutes = one.state, one.minutes if one.minutes is not None else minutes
    if state not in _CAME_OR_GONE:
        return ()
    if state is Attended.LEFT_EARLY:
        if known or minutes is None:
            return known
        until = min(frame.end, frame.start + timedelta(minutes=minutes))
        return (Interval(frame.start, max(frame.start, until)),)
    return (Interval(frame.start, frame.end),)


def _without_substitutes(evidence: Evidence) -> Evidence:
    marks = tuple(
        mark if mark.substitute is None else replace(mark, mark=MarkKind.ABSENT, substitute=None)
        for mark in evidence.marks
    )
    return replace(evidence, marks=marks)


def _at_site(evidence: Evidence, site: str) -> Evidence:
    there = {
        fact.presence
        for fact in evidence.facts
        if fact.kind is FactKind.JOINED and fact.site == site
    }
    return replace(
        evidence,
        facts=tuple(fact for fact in evidence.facts if fact.presence in there),
        marks=tuple(mark for mark in evidence.marks if mark.site == site),
    )
