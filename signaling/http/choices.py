"""Choosing whom to invite: by unit, role, neighbourhood, by hand; and why somebody is invited."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, Field

from scheduler.directory.model import ROLE_SCOPES
from scheduler.errors import Invalid
from scheduler.meetings.choosing import Reason
from scheduler.meetings.model import Choice, ChoiceKind, Standing
from signaling import keys
from signaling.http.call import Call
from signaling.http.models import Id, Input
from signaling.http.routing import Routes
from signaling.roles import Permission

ROUTES = Routes("invitations")


class ChoiceInput(Input):
    """One choice: `subject` is a unit, a role, a village, a site or a person, by `kind`."""

    kind: ChoiceKind
    subject: Id
    within: Id | None = None
    below: bool = False
    standing: Standing = Standing.EXPECTED

    def choice(self) -> Choice:
        return Choice(**{name: getattr(self, name) for name in ChoiceInput.model_fields})


class ChoicesInput(Input):
    choices: Annotated[tuple[ChoiceInput, ...], Field(max_length=200)]


class ChoiceView(BaseModel):
    """A choice with the name of its subject; a role is named by its id."""

    kind: ChoiceKind
    subject: str
    name: str
    within: str | None
    below: bool
    standing: Standing


class ReasonView(BaseModel):
    kind: ChoiceKind
    subject: str
    name: str


class InvitedPerson(BaseModel):
    """A person with the reasons; without any somebody named the person by hand."""

    id: str
    name: str
    standing: Standing
    reasons: tuple[ReasonView, ...]


class InvitedSite(BaseModel):
    id: str
    name: str
    reasons: tuple[ReasonView, ...]


class InvitationView(BaseModel):
    """Who and which sites are invited, and why."""

    choices: tuple[ChoiceView, ...]
    persons: tuple[InvitedPerson, ...]
    sites: tuple[InvitedSite, ...]


async def require_choices(call: Call, choices: Iterable[Choice]) -> None:
    """Check that who asks may invite by each of these; raise Refused("not_allowed"), Invalid.

    Units and villages are those over which the permission is held. Persons and sites are named by
    hand and known to who names them.
    """
    for one in choices:
        match one.kind:
            case ChoiceKind.PERSON | ChoiceKind.SITE:
                continue
            case ChoiceKind.ROLE:
                if one.subject not in ROLE_SCOPES:
                    raise Invalid("unknown_role", one.subject)
                if one.within is not None:
                    await call.require(unit=one.within)
                elif await call.units() is not None:
                    raise Invalid("role_without_unit", one.subject)
            case _:
                await call.require(unit=one.subject)


@ROUTES.post("/api/invitations/resolve", needs=Permission.MEETINGS_SCHEDULE)
async def resolve_choices(call: Call, body: ChoicesInput) -> InvitationView:
    """Tell whom choices mean, and why, without inviting anybody."""
    choices = tuple(one.choice() for one in body.choices)
    await require_choices(call, choices)
    chosen = await call.part(keys.MEETINGS).choose(choices)
    standing = dict.fromkeys(chosen.persons, Standing.EXPECTED)
    standing |= dict.fromkeys(chosen.non_voting, Standing.NON_VOTING)
    return await invitation(call, choices, standing, chosen.sites, chosen.reasons)


@ROUTES.get("/api/series/{series}/invitation", needs=Permission.MEETINGS_SCHEDULE)
async def get_series_invitation(call: Call) -> InvitationView:
    """Show whom a series invites and by what choices."""
    meetings = call.part(keys.MEETINGS)
    choices = await meetings.choices_of(series=call.series.id)
    reasons = (await meetings.choose(choices)).reasons
    standing = dict.fromkeys(call.series.persons, Standing.EXPECTED)
    standing |= dict.fromkeys(call.series.non_voting, Standing.NON_VOTING)
    return await invitation(call, choices, standing, call.series.sites, reasons)


@ROUTES.get("/api/occurrences/{occurrence}/invitation", needs=Permission.ATTENDANCE_READ)
async def get_invitation(call: Call) -> InvitationView:
    """Show who is invited to a meeting, and why."""
    meetings = call.part(keys.MEETINGS)
    roster = await meetings.roster(call.occurrence.id)
    reasons = await meetings.why_invited(call.occurrence.id)
    choices = await meetings.choices_of(occurrence=call.occurrence.id)
    standing = {entry.person: Standing(entry.standing) for entry in roster.persons}
    return await invitation(call, choices, standing, roster.sites, reasons)


async def invitation(
    call: Call,
    choices: Sequence[Choice],
    standing: Mapping[str, Standing],
    sites: Sequence[str],
    reasons: Mapping[str, Sequence[Reason]],
) -> InvitationView:
    """Describe the invited by name."""
    directory = call.part(keys.DIRECTORY)
    subjects = {one.subject for one in choices} | {
        subject for found in reasons.values() for _, subject in found
    }
    persons = await directory.persons({*standing, *subjects})
    places = await directory.sites({*sites, *subjects})
    units = {unit.id: unit.name for unit in await directory.units(ids=subjects)}

    def name(kind: ChoiceKind, subject: str) -> str:
        if kind is ChoiceKind.PERSON and subject in persons:
            return persons[subject].name
        if kind is ChoiceKind.SITE and subject in places:
            return places[subject].name
        return units.get(subject, subject)

    def why(invited: str) -> tuple[ReasonView, ...]:
        return tuple(
            ReasonView(kind=kind, subject=subject, name=name(kind, subject))
            for kind, subject in reasons.get(invited, ())
        )

    return InvitationView(
        choices=tuple(
            ChoiceView(
                kind=one.kind,
                subject=one.subject,
                name=name(one.kind, one.subject),
                within=one.within,
                below=one.below,
                standing=one.standing,
            )
            for one in choices
        ),
        persons=tuple(
            InvitedPerson(id=one, name=persons[one].name, standing=stands, reasons=why(one))
            for one, stands in standing.items()
            if one in persons
        ),
        sites=tuple(
            InvitedSite(id=one, name=places[one].name, reasons=why(one))
            for one in sites
            if one in places
        ),
    )
