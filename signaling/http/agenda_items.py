"""The agenda of a meeting and the one that the meetings of a series begin with."""

from typing import Annotated

from pydantic import BaseModel, Field

from scheduler.meetings.model import AgendaItem, AgendaLine
from signaling import keys
from signaling.floor import FLOOR
from signaling.http.call import Call
from signaling.http.models import Id, Input, Text
from signaling.http.routing import Routes
from signaling.http.versions import expected_version, telling_what_changed
from signaling.roles import Permission

ROUTES = Routes("agenda")


class AgendaLineInput(Input):
    """What is spoken about; `speaker` in words."""

    title: Text
    speaker: Annotated[str | None, Field(max_length=200)] = None
    minutes: Annotated[int | None, Field(ge=1, le=1440)] = None

    def line(self) -> AgendaLine:
        return AgendaLine(title=self.title, speaker=self.speaker, minutes=self.minutes)


class AgendaItemInput(AgendaLineInput):
    """With its `id` an item stays the one it was, also for the votes on it."""

    id: Id | None = None

    def line(self) -> AgendaLine:
        if self.id is None:
            return super().line()
        return AgendaItem(
            id=self.id,
            position=0,
            title=self.title,
            speaker=self.speaker,
            minutes=self.minutes,
        )


class AgendaItemView(BaseModel):
    id: str
    title: str
    speaker: str | None
    minutes: int | None


class AgendaView(BaseModel):
    """`version` is that of the meeting."""

    version: int
    items: tuple[AgendaItemView, ...]


class AgendaInput(Input):
    items: Annotated[tuple[AgendaItemInput, ...], Field(max_length=50)]


class AgendaLineView(BaseModel):
    title: str
    speaker: str | None
    minutes: int | None


class SeriesAgendaView(BaseModel):
    items: tuple[AgendaLineView, ...]


@ROUTES.get("/api/occurrences/{occurrence}/agenda", needs=Permission.MEETINGS_READ)
async def get_agenda(call: Call) -> AgendaView:
    """Show the agenda of a meeting."""
    return await _shown(call)


@ROUTES.put("/api/occurrences/{occurrence}/agenda", needs=Permission.MEETINGS_RUN, conditional=True)
async def set_agenda(call: Call, body: AgendaInput) -> AgendaView:
    """Write the agenda of a meeting."""
    agendas = call.part(keys.AGENDA_ITEMS)
    lines = [item.line() for item in body.items]
    async with telling_what_changed(call.request, lambda: _shown(call)):
        await agendas.replace(call.occurrence.id, lines, expected_version(call.request))
    call.part(FLOOR).hub.papers_changed(call.occurrence.id)
    return await _shown(call)


@ROUTES.get("/api/series/{series}/agenda", needs=Permission.MEETINGS_SCHEDULE)
async def get_series_agenda(call: Call) -> SeriesAgendaView:
    """Show the agenda that the meetings of a series begin with."""
    lines = await call.part(keys.AGENDA_ITEMS).of_series(call.series.id)
    return SeriesAgendaView(
        items=tuple(
            AgendaLineView(title=one.title, speaker=one.speaker, minutes=one.minutes)
            for one in lines
        )
    )


async def _shown(call: Call) -> AgendaView:
    meeting = await call.part(keys.MEETINGS).occurrence(call.occurrence.id)
    items = await call.part(keys.AGENDA_ITEMS).of(meeting.id)
    return AgendaView(
        version=meeting.version,
        items=tuple(
            AgendaItemView(id=one.id, title=one.title, speaker=one.speaker, minutes=one.minutes)
            for one in items
        ),
    )
