"""Stretches of time: joined over short gaps, clipped, measured. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from scheduler.attendance.model import Interval

Intervals = tuple[Interval, ...]


def merge(intervals: Iterable[Interval], grace: timedelta) -> Intervals:
    """Return the intervals in order, overlapping ones and gaps shorter than the grace joined."""
    merged: list[Interval] = []
    for interval in sorted(intervals):
        if merged and _joins(interval.start - merged[-1].end, grace):
            last = merged[-1]
            merged[-1] = Interval(last.start, max(last.end, interval.end))
        else:
            merged.append(interval)
    return tuple(merged)


def _joins(gap: timedelta, grace: timedelta) -> bool:
    return gap <= timedelta(0) or gap < grace


def clip(intervals: Iterable[Interval], start: datetime, end: datetime) -> Intervals:
    """Return the parts within [start, end]; what has no length there falls away."""
    parts = (Interval(max(i.start, start), min(i.end, end)) for i in intervals)
    return tuple(part for part in parts if part.start < part.end)


def total(intervals: Iterable[Interval]) -> timedelta:
    """Return the sum of the lengths; the intervals must not overlap."""
    return sum((interval.length for interval in intervals), timedelta(0))
