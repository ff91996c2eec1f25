"""Attendance per person over a period, as far as who asks may see it."""

from datetime import date
from typing import Annotated

from aiohttp import web
from pydantic import Field

from scheduler.attendance.model import PeriodReport
from scheduler.errors import Invalid
from signaling import keys
from signaling.http.attendance_views import PeriodReportView, period_report_view
from signaling.http.call import Call
from signaling.http.downloads import CSV, XLSX, download
from signaling.http.models import Id, Input
from signaling.http.routing import Routes
from signaling.roles import Permission

ROUTES = Routes("attendance")
LONGEST_DAYS = 800


class Period(Input):
    """Local days from `from` to `to`, both included; `unit` with all below it."""

    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    unit: Id | None = None
    person: Id | None = None


@ROUTES.get("/api/attendance", needs=Permission.STATISTICS_READ)
async def get_statistics(call: Call, query: Period) -> PeriodReportView:
    """Report persons over a period; without rights over a unit only who asks."""
    return period_report_view(await _report(call, query))


@ROUTES.get("/api/attendance.csv", needs=Permission.STATISTICS_READ, media_type=CSV)
async def get_statistics_csv(call: Call, query: Period) -> web.Response:
    """The report of a period as CSV."""
    return await download(call, await _report(call, query), CSV)


@ROUTES.get("/api/attendance.xlsx", needs=Permission.STATISTICS_READ, media_type=XLSX)
async def get_statistics_xlsx(call: Call, query: Period) -> web.Response:
    """The report of a period as XLSX."""
    return await download(call, await _report(call, query), XLSX)


async def _report(call: Call, query: Period) -> PeriodReport:
    if query.last < query.first:
        raise Invalid("period_reversed")
    if (query.last - query.first).days > LONGEST_DAYS:
        raise Invalid("period_too_long")
    units: frozenset[str] | None = await call.units()
    persons = [query.person] if query.person is not None else None
    if query.unit is not None:
        await call.require(unit=query.unit)
        below = await call.part(keys.DIRECTORY).subtree(query.unit)
        units = below if units is None else units & below
    elif (units is not None and not units) or _asks_for_oneself(call, query):
        own = call.identity.person
        persons = [own.id] if own is not None else []
        if query.person not in (None, *persons):
            await call.require(person=query.person)
        units = None
    return await call.part(keys.REPORTS).period(
        query.first, query.last, units=units, persons=persons
    )


def _asks_for_oneself(call: Call, query: Period) -> bool:
    return call.identity.person is not None and query.person == call.identity.person.id
