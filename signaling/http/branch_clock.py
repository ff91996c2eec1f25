"""The clock of the branches: what is due, held and late, as far as who asks may see it."""

from datetime import date
from typing import Annotated

from aiohttp import web
from pydantic import Field

from scheduler.branch_clock.model import Overview
from scheduler.branch_clock.sheets import branch_sheet, overview_sheet
from scheduler.errors import Refused
from scheduler.rules.model import TypeRule
from scheduler.rules.rulebook import rules_on
from signaling import keys
from signaling.http.branch_clock_views import (
    BranchClockView,
    LifeView,
    OverviewView,
    branch_clock_view,
    overview_view,
)
from signaling.http.call import Call
from signaling.http.downloads import CSV, XLSX, as_file
from signaling.http.models import Id, Input
from signaling.http.routing import Routes
from signaling.roles import Permission

ROUTES = Routes("branch clock")


class ClockQuery(Input):
    """A year; `unit` with all below it, left out for all units of who asks."""

    year: Annotated[int, Field(ge=2000, le=2200)]
    unit: Id | None = None


class BranchQuery(Input):
    year: Annotated[int, Field(ge=2000, le=2200)]


class LifeInput(Input):
    """The first and the last day of a branch; null: always, not yet."""

    founded: date | None = None
    dissolved: date | None = None


@ROUTES.get("/api/clock", needs=Permission.STATISTICS_READ)
async def get_clock(call: Call, query: ClockQuery) -> OverviewView:
    """Tell what is due, held and late in a year, with the attendance, by unit."""
    found = await _overview(call, query)
    return overview_view(found, _rules(call, found.year))


@ROUTES.get("/api/clock.csv", needs=Permission.STATISTICS_READ, media_type=CSV)
async def get_clock_csv(call: Call, query: ClockQuery) -> web.Response:
    """The overview of a year as CSV."""
    return await _overview_file(call, query, CSV)


@ROUTES.get("/api/clock.xlsx", needs=Permission.STATISTICS_READ, media_type=XLSX)
async def get_clock_xlsx(call: Call, query: ClockQuery) -> web.Response:
    """The overview of a year as XLSX."""
    return await _overview_file(call, query, XLSX)


@ROUTES.get("/api/units/{unit}/clock", needs=Permission.STATISTICS_READ)
async def get_branch_clock(call: Call, query: BranchQuery) -> BranchClockView:
    """Tell of one unit by itself: its periods and its meetings."""
    found = await call.part(keys.BRANCH_CLOCK).branch(query.year, _unit(call))
    return branch_clock_view(found, _rules(call, found.year))


@ROUTES.get("/api/units/{unit}/clock.csv", needs=Permission.STATISTICS_READ, media_type=CSV)
async def get_branch_clock_csv(call: Call, query: BranchQuery) -> web.Response:
    """The periods of one unit as CSV."""
    return await _branch_file(call, query, CSV)


@ROUTES.get("/api/units/{unit}/clock.xlsx", needs=Permission.STATISTICS_READ, media_type=XLSX)
async def get_branch_clock_xlsx(call: Call, query: BranchQuery) -> web.Response:
    """The periods of one unit as XLSX."""
    return await _branch_file(call, query, XLSX)


@ROUTES.put("/api/units/{unit}/life", needs=Permission.BRANCHES_EDIT)
async def set_life(call: Call, body: LifeInput) -> LifeView:
    """Write down when a branch was founded or dissolved; what it owes follows."""
    unit = _unit(call)
    await call.part(keys.BRANCH_CLOCK).set_life(unit, body.founded, body.dissolved, call.author)
    return LifeView(unit=unit, founded=body.founded, dissolved=body.dissolved)


async def _overview(call: Call, query: ClockQuery) -> Overview:
    clock, mine = call.part(keys.BRANCH_CLOCK), await call.units()
    if query.unit is not None:
        await call.require(unit=query.unit)
        return await clock.overview(query.year, {query.unit})
    if mine is not None and not mine:  # a member has figures of their own, and no unit's
        raise Refused("not_allowed", call.needs.value)
    return await clock.overview(query.year, mine)


async def _overview_file(call: Call, query: ClockQuery, media_type: str) -> web.Response:
    found = await _overview(call, query)
    name = f"支部时钟-{found.name or '汇总'}-{found.year}"
    return await as_file(overview_sheet(found), name, f"clock-{found.year}", media_type)


async def _branch_file(call: Call, query: BranchQuery, media_type: str) -> web.Response:
    found = await call.part(keys.BRANCH_CLOCK).branch(query.year, _unit(call))
    name = f"支部时钟-{found.row.name}-{found.year}"
    return await as_file(branch_sheet(found), name, f"clock-{found.year}", media_type)


def _unit(call: Call) -> str:
    return call.request.match_info["unit"]


def _rules(call: Call, year: int) -> dict[str, TypeRule]:
    """Return the rules as they are at the end of a year."""
    return dict(rules_on(date(year, 12, 31), call.part(keys.SETTINGS).rules))
