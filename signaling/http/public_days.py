"""The table of public holidays and working weekends."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from scheduler.meetings.public_days import DayKind, PublicDay
from signaling import keys
from signaling.http.call import Call
from signaling.http.models import Input
from signaling.http.routing import Routes
from signaling.roles import Permission

ROUTES = Routes("public days")


class PublicDayView(BaseModel):
    """A day. `edited` tells that somebody entered it and it is not as published."""

    day: date
    kind: DayKind
    name: str
    edited: bool


class PublicYearView(BaseModel):
    """The days of a year. While `published` is false no holiday is known but what was entered."""

    year: int
    published: bool
    days: tuple[PublicDayView, ...]


class YearQuery(Input):
    year: Annotated[int, Field(ge=2000, le=2200)]


class PublicDayInput(Input):
    """What a day is; `ordinary` makes it as its weekday says."""

    day: date
    kind: DayKind
    name: Annotated[str, Field(max_length=200)] = ""


@ROUTES.get("/api/public-days", needs=Permission.MEETINGS_READ)
async def list_public_days(call: Call, query: YearQuery) -> PublicYearView:
    """List the public holidays and working weekends of a year."""
    found = await call.part(keys.MEETINGS).public_year(query.year)
    return PublicYearView(
        year=found.year,
        published=found.published,
        days=tuple(_view(one) for one in found.days),
    )


@ROUTES.put("/api/public-days", needs=Permission.HOLIDAYS_EDIT)
async def set_public_day(call: Call, body: PublicDayInput) -> PublicDayView:
    """Say what a day is; meetings of series that give way to holidays follow."""
    return _view(
        await call.part(keys.MEETINGS).set_public_day(body.day, body.kind, body.name, call.author)
    )


def _view(one: PublicDay) -> PublicDayView:
    return PublicDayView(
        day=one.day, kind=one.kind, name=one.name, edited=one.edited_by is not None
    )
