"""When else: times near the wanted one at which nobody and nothing is taken. Pure."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.directory.model import Device
from scheduler.meetings.public_days import PublicDays
from scheduler.meetings.recurrence import at_local, local_day
from scheduler.planning.busy import Busy, at, clashes

EARLIEST, LATEST_END = time(8), time(21, 30)
STEP = timedelta(minutes=30)
LATER_DAYS = 7
MOST = 6


def free_times(
    planned: Sequence[Busy],
    others: Collection[Busy],
    devices: Collection[Device],
    public: PublicDays,
    now: datetime,
    zone: ZoneInfo,
) -> tuple[datetime, ...]:
    """Return other starts for the first of the planned meetings, nearest first.

    One meeting may also go to the same time of one of the next working days. A series keeps its
    days: a time is offered when it is free on all of them.
    """
    if not planned:
        return ()
    first = planned[0]
    wanted = first.start.astimezone(zone).time()
    day = local_day(first.start, zone)
    same_days = [
        start
        for start in _starts(day, first.end - first.start, zone)
        if start > now and _is_free(_all_at(planned, start, zone), others, devices)
    ]
    near = sorted(same_days, key=lambda start: (abs(start - first.start), start))
    later: list[datetime] = []
    if len(planned) == 1:
        days = [day + timedelta(days=number) for number in range(1, LATER_DAYS + 1)]
        later = [
            start
            for start in (at_local(one, wanted, zone) for one in days if public.is_working(one))
            if start > now and _is_free([at(first, start)], others, devices)
        ]
    kept = near[: MOST - min(len(later), MOST // 2)]
    return tuple(sorted([*kept, *later[: MOST - len(kept)]]))


def _starts(day: date, length: timedelta, zone: ZoneInfo) -> list[datetime]:
    begin, end = at_local(day, EARLIEST, zone), at_local(day, LATEST_END, zone)
    steps = int((end - begin) / STEP)
    starts = [begin + number * STEP for number in range(steps + 1)]
    return [start for start in starts if start + length <= end]


def _all_at(planned: Sequence[Busy], start: datetime, zone: ZoneInfo) -> list[Busy]:
    clock = start.astimezone(zone).time()
    return [at(one, at_local(local_day(one.start, zone), clock, zone)) for one in planned]


def _is_free(
    planned: Sequence[Busy], others: Collection[Busy], devices: Collection[Device]
) -> bool:
    return not clashes(planned, others, devices)
