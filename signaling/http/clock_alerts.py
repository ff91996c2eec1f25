"""Alerts of the clock of the branches, for those who see the statistics of a unit."""

from collections.abc import Mapping
from datetime import date, datetime

from pydantic import BaseModel

from scheduler.branch_clock.alert_model import Alert, AlertKind
from scheduler.errors import Refused
from scheduler.meetings.model import MeetingType
from signaling import keys
from signaling.http.call import Call
from signaling.http.models import Id, Input, Text
from signaling.http.routing import Routes
from signaling.roles import Permission

ROUTES = Routes("branch clock")


class AlertView(BaseModel):
    """`first` to `last` is the period, or since when the person is absent; `number` counts the
    meetings that are missing or were missed."""

    key: str
    kind: AlertKind
    unit: str
    unit_name: str
    type: MeetingType | None
    person: str | None
    person_name: str | None
    first: date
    last: date | None
    number: int
    raised_at: datetime
    seen_at: datetime | None


class AlertsView(BaseModel):
    alerts: tuple[AlertView, ...]


class AlertQuery(Input):
    unit: Id | None = None


class SeenInput(Input):
    key: Text


@ROUTES.get("/api/clock/alerts", needs=Permission.STATISTICS_READ)
async def list_alerts(call: Call, query: AlertQuery) -> AlertsView:
    """List what should be looked at, in one unit with all below it or in all of mine."""
    units: frozenset[str] | None = await call.units()
    directory = call.part(keys.DIRECTORY)
    if query.unit is not None:
        await call.require(unit=query.unit)
        units = await directory.subtree(query.unit)
    elif units is not None and not units:
        raise Refused("not_allowed", call.needs.value)
    found = await call.part(keys.ALERTS).standing(units)
    names = {one.id: one.name for one in await directory.units(ids={one.unit for one in found})}
    known = await directory.persons({one.person for one in found if one.person})
    return alerts_view(found, names, {one.id: one.name for one in known.values()})


@ROUTES.post("/api/clock/alerts/seen", needs=Permission.STATISTICS_READ)
async def see_alert(call: Call, body: SeenInput) -> None:
    """Write down that somebody looked at an alert."""
    alerts = call.part(keys.ALERTS)
    await call.require(unit=await alerts.unit_of(body.key))
    await alerts.see(body.key, call.author)


def alerts_view(
    alerts: tuple[Alert, ...], units: Mapping[str, str], persons: Mapping[str, str]
) -> AlertsView:
    """Describe alerts, with the names of units and persons by id."""
    return AlertsView(
        alerts=tuple(
            AlertView(
                key=one.key,
                kind=AlertKind(one.kind),
                unit=one.unit,
                unit_name=units[one.unit],
                type=MeetingType(one.type) if one.type else None,
                person=one.person,
                person_name=persons[one.person] if one.person else None,
                first=one.first,
                last=one.last,
                number=one.number,
                raised_at=one.raised_at,
                seen_at=one.seen_at,
            )
            for one in alerts
        )
    )
