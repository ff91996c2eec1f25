"""Neighbours: who lies near a village, and calling their first secretaries at once."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from scheduler.errors import Invalid
from scheduler.meetings.model import AdhocDraft, Choice, ChoiceKind
from scheduler.meetings.neighbours import Neighbourhood
from signaling import keys
from signaling.floor import FLOOR
from signaling.http.call import Call
from signaling.http.conflicts import AcknowledgementInput, Named, guarded
from signaling.http.models import Id, Input, Text
from signaling.http.occurrences import OccurrenceView, one
from signaling.http.routing import Routes
from signaling.roles import Permission

ROUTES = Routes("neighbours")


class NeighboursView(BaseModel):
    """The villages near one. `source` `township`: nobody named them, these are of the same
    township."""

    village: Named
    neighbours: tuple[Named, ...]
    source: Literal["table", "township"]


class NeighboursInput(Input):
    neighbours: Annotated[tuple[Id, ...], Field(max_length=60)]


class NearPerson(BaseModel):
    """A first secretary and the site where that person is reached."""

    id: str
    name: str
    site_name: str | None


class NearbyView(NeighboursView):
    """With the first secretaries of the village itself and of its neighbours."""

    persons: tuple[NearPerson, ...]


class NearbyMeetingInput(Input):
    """A meeting that begins now. Without `persons` all first secretaries nearby are called."""

    title: Text
    duration_s: Annotated[int, Field(ge=60, le=24 * 3600)] = 3600
    persons: Annotated[tuple[Id, ...] | None, Field(max_length=200)] = None
    acknowledged: AcknowledgementInput | None = None


@ROUTES.get("/api/units/{unit}/neighbours", needs=Permission.MEETINGS_SCHEDULE)
async def get_neighbours(call: Call) -> NeighboursView:
    """Show the neighbours of a village."""
    return _view(await call.part(keys.NEIGHBOURS).of(call.request.match_info["unit"]))


@ROUTES.put("/api/units/{unit}/neighbours", needs=Permission.MEETINGS_SCHEDULE)
async def set_neighbours(call: Call, body: NeighboursInput) -> NeighboursView:
    """Name the neighbours of a village; none means those of the township again."""
    return _view(
        await call.part(keys.NEIGHBOURS).name(
            call.request.match_info["unit"], body.neighbours, call.author
        )
    )


@ROUTES.get("/api/sites/{site}/nearby", needs=Permission.MEETINGS_CONVENE)
async def get_nearby(call: Call) -> NearbyView:
    """Show the first secretaries of a village and of those near it."""
    directory = call.part(keys.DIRECTORY)
    near, choice = await _near(call)
    chosen = await call.part(keys.MEETINGS).choose([choice])
    persons = await directory.persons(chosen.persons)
    homes = await directory.home_sites(chosen.persons)
    sites = await directory.sites(set(homes.values()))
    return NearbyView(
        **_view(near).model_dump(),
        persons=tuple(
            NearPerson(
                id=person,
                name=persons[person].name,
                site_name=sites[homes[person]].name if person in homes else None,
            )
            for person in chosen.persons
        ),
    )


@ROUTES.post("/api/sites/{site}/nearby/meeting", needs=Permission.MEETINGS_CONVENE, status=201)
async def call_nearby(call: Call, body: NearbyMeetingInput) -> OccurrenceView:
    """Call the first secretaries nearby to a meeting that begins now; their devices ring."""
    meetings, conflicts = call.part(keys.MEETINGS), call.part(keys.CONFLICTS)
    near, choice = await _near(call)
    choices: tuple[Choice, ...] = (choice,)
    if body.persons is not None:
        known = set((await meetings.choose(choices)).persons)
        if not set(body.persons) <= known or not body.persons:
            raise Invalid("not_nearby", near.village.id)
        choices = tuple(Choice(kind=ChoiceKind.PERSON, subject=one) for one in body.persons)
    person = call.identity.person
    draft = await meetings.with_chosen(
        AdhocDraft(
            unit=near.village.id,
            title=body.title,
            start=call.part(keys.CLOCK).now(),
            duration_s=body.duration_s,
            host=person.id if person is not None else None,
            choices=choices,
        )
    )
    async with guarded(call, lambda: conflicts.of_adhoc(draft), body) as saving:
        made = await meetings.create_adhoc(draft, call.author, saving=saving)
    await call.part(FLOOR).conductor.open(made.id, call.author)
    return await one(call, await meetings.occurrence(made.id))


async def _near(call: Call) -> tuple[Neighbourhood, Choice]:
    site = await call.part(keys.DIRECTORY).site(call.request.match_info["site"])
    near = await call.part(keys.NEIGHBOURS).of(site.unit)
    return near, Choice(kind=ChoiceKind.NEIGHBOURS, subject=site.unit)


def _view(near: Neighbourhood) -> NeighboursView:
    return NeighboursView(
        village=Named(id=near.village.id, name=near.village.name),
        neighbours=tuple(Named(id=unit.id, name=unit.name) for unit in near.neighbours),
        source=near.source,
    )
