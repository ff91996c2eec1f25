"""What the State Council published of holidays and working weekends, by chinesecalendar."""

from chinese_calendar import constants

from scheduler.meetings.public_days import DayKind, PublicDay


def published(year: int) -> tuple[PublicDay, ...]:
    """Return the days of a year in order; none where the year is not published yet.

    The package raises NotImplementedError for such a year; its tables simply end.
    """
    tables = ((constants.holidays, DayKind.HOLIDAY), (constants.workdays, DayKind.WORKDAY))
    found = [
        PublicDay(day=day, kind=kind, name=_name(name, kind))
        for table, kind in tables
        for day, name in table.items()
        if day.year == year
    ]
    return tuple(sorted(found, key=lambda one: one.day))


def _name(english: str, kind: DayKind) -> str:
    chinese: str = constants.Holiday(english).chinese
    return chinese if kind is DayKind.HOLIDAY else f"{chinese}调休上班"
