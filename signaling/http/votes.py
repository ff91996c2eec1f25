"""Quorum, votes, exclusions from E and presence checks of one meeting."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from scheduler.errors import NotFound
from scheduler.meetings.model import Exclusion, ExclusionReason
from scheduler.rules.model import VoteKind
from scheduler.votes.model import Choice, StopReason, VoteState
from scheduler.votes.model import VoteView as Stored
from signaling import keys
from signaling.floor import FLOOR
from signaling.http.call import Call
from signaling.http.models import Id, Input, Text
from signaling.http.routing import Routes
from signaling.protocol.codec import Frame
from signaling.protocol.server import PresenceChecked
from signaling.roles import Permission

ROUTES = Routes("votes")
Number = Annotated[int, Field(ge=0, le=100_000)]


class Quorum(BaseModel):
    """应到 and those of them with a vote (E), who is there of each (after the meeting the most who
    were there at one time), and what is needed; `needed` and `reached` are null for meetings
    without a quorum."""

    expected_total: int
    expected_voting: int
    present_total: int
    present_voting: int
    needed: int | None
    reached: bool | None


class TallyView(BaseModel):
    in_favour: int
    against: int
    abstain: int


class SiteCountView(BaseModel):
    """What was counted by hand at a site; `voters` there have not voted by device."""

    site: str
    voters: int
    counted: TallyView | None
    counted_by: str | None
    counted_at: datetime | None


class VoteDetail(BaseModel):
    """One vote. What was chosen is null while the vote is open; `adopted` is null until it was
    closed with its quorum."""

    id: str
    agenda_item: str | None
    title: str
    kind: VoteKind
    candidate: str | None
    secret: bool
    state: VoteState
    ballot: int
    opened_at: datetime | None
    ended_at: datetime | None
    stopped_reason: StopReason | None
    expected_total: int
    expected_voting: int
    present_total: int
    present_voting: int
    needed: int
    votes_needed: int
    cast: int
    result: TallyView | None
    written: int | None
    sites: tuple[SiteCountView, ...]
    adopted: bool | None


class VoteList(BaseModel):
    votes: tuple[VoteDetail, ...]


class VoteInput(Input):
    """A question to vote on; an admission or a probation names its one candidate."""

    title: Text
    kind: VoteKind = VoteKind.GENERAL
    agenda_item: Id | None = None
    candidate: Text | None = None


class OpinionInput(Input):
    """The opinion an absentee lodged in writing."""

    person: Id
    choice: Choice


class CountInput(Input):
    """Hands counted at a site."""

    site: Id
    in_favour: Number
    against: Number
    abstain: Number


class ExclusionInput(Input):
    """A member taken out of E, or (`stands` false) back: a code, and who approved it when."""

    person: Id
    reason: ExclusionReason
    approved_by: Text
    approved_on: date
    stands: bool = True


class ExclusionView(BaseModel):
    person: str
    name: str
    reason: ExclusionReason
    approved_by: str
    approved_on: date
    stands: bool
    at: datetime
    by: str | None


class Exclusions(BaseModel):
    exclusions: tuple[ExclusionView, ...]


class AnswerView(BaseModel):
    person: str
    name: str
    at: datetime


class PresenceCheckView(BaseModel):
    id: str
    at: datetime
    by: str | None
    answers: tuple[AnswerView, ...]


class PresenceCheckList(BaseModel):
    checks: tuple[PresenceCheckView, ...]


@ROUTES.get("/api/occurrences/{occurrence}/quorum", needs=Permission.ATTENDANCE_READ)
async def get_quorum(call: Call) -> Quorum:
    """Count both denominators: who is there now, or who came after the meeting."""
    view = await call.part(keys.QUORUMS).of(call.occurrence.id)
    return Quorum.model_validate(view, from_attributes=True)


@ROUTES.get("/api/occurrences/{occurrence}/votes", needs=Permission.ATTENDANCE_READ)
async def list_votes(call: Call) -> VoteList:
    """List the votes of a meeting, also those withdrawn."""
    found = await call.part(keys.VOTES).of(call.occurrence.id)
    return VoteList(votes=tuple(vote_detail(vote) for vote in found))


@ROUTES.post("/api/occurrences/{occurrence}/votes", needs=Permission.MEETINGS_RUN, status=201)
async def prepare_vote(call: Call, body: VoteInput) -> VoteDetail:
    """Put a question on the list."""
    vote = await call.part(keys.VOTES).prepare(
        call.occurrence.id,
        body.title,
        body.kind,
        call.author,
        agenda_item=body.agenda_item,
        candidate=body.candidate,
    )
    return await _told(call, vote)


@ROUTES.post("/api/occurrences/{occurrence}/votes/{vote}/open", needs=Permission.MEETINGS_RUN)
async def open_vote(call: Call) -> VoteDetail:
    """Open a vote; refused without its quorum, and for a secret one over video."""
    return await _told(call, await call.part(keys.VOTES).open(await _vote(call), call.author))


@ROUTES.post("/api/occurrences/{occurrence}/votes/{vote}/close", needs=Permission.MEETINGS_RUN)
async def close_vote(call: Call) -> VoteDetail:
    """Close a vote and decide it; without its quorum it is stopped instead."""
    return await _told(call, await call.part(keys.VOTES).close(await _vote(call), call.author))


@ROUTES.post("/api/occurrences/{occurrence}/votes/{vote}/withdraw", needs=Permission.MEETINGS_RUN)
async def withdraw_vote(call: Call) -> VoteDetail:
    """Take a question off the list that was not decided."""
    return await _told(call, await call.part(keys.VOTES).withdraw(await _vote(call), call.author))


@ROUTES.post(
    "/api/occurrences/{occurrence}/votes/{vote}/opinions",
    needs=Permission.MEETINGS_RUN,
    status=204,
)
async def lodge_opinion(call: Call, body: OpinionInput) -> None:
    """Lodge the written opinion of somebody who will be absent, before the meeting."""
    vote = await _vote(call)
    await call.part(keys.VOTES).lodge(vote, body.person, body.choice, call.author)


@ROUTES.post("/api/occurrences/{occurrence}/votes/{vote}/count", needs=Permission.ROLL_CALL)
async def count_hands(call: Call, body: CountInput) -> VoteDetail:
    """Write down the hands counted at a site; checked against who is there."""
    await call.require(occurrence=call.occurrence, site=body.site)
    vote = await call.part(keys.VOTES).count(
        await _vote(call), body.site, body.in_favour, body.against, body.abstain, call.author
    )
    return await _told(call, vote)


@ROUTES.get("/api/occurrences/{occurrence}/exclusions", needs=Permission.ATTENDANCE_READ)
async def list_exclusions(call: Call) -> Exclusions:
    """List who was taken out of the expected voting members, and back, oldest first."""
    found = await call.part(keys.MEETINGS).exclusions(call.occurrence.id)
    return Exclusions(exclusions=await _exclusion_views(call, found))


@ROUTES.post(
    "/api/occurrences/{occurrence}/exclusions", needs=Permission.MEETINGS_SCHEDULE, status=201
)
async def exclude(call: Call, body: ExclusionInput) -> ExclusionView:
    """Record an exclusion from the expected voting members, or its withdrawal."""
    exclusion = await call.part(keys.MEETINGS).exclude(
        call.occurrence.id,
        body.person,
        body.reason,
        body.approved_by,
        body.approved_on,
        call.author,
        stands=body.stands,
    )
    await call.part(FLOOR).hub.refresh(call.occurrence.id)
    [view] = await _exclusion_views(call, (exclusion,))
    return view


@ROUTES.get("/api/occurrences/{occurrence}/presence-checks", needs=Permission.ATTENDANCE_READ)
async def list_presence_checks(call: Call) -> PresenceCheckList:
    """List when it was asked who is there, and who answered."""
    found = await call.part(keys.PRESENCE_CHECKS).of(call.occurrence.id)
    persons = {answer.person for check in found for answer in check.answers}
    names = await call.part(keys.DIRECTORY).persons(persons)
    return PresenceCheckList(
        checks=tuple(
            PresenceCheckView(
                id=check.id,
                at=check.at,
                by=check.by,
                answers=tuple(
                    AnswerView(person=one.person, name=names[one.person].name, at=one.at)
                    for one in check.answers
                ),
            )
            for check in found
        )
    )


@ROUTES.post(
    "/api/occurrences/{occurrence}/presence-checks", needs=Permission.MEETINGS_RUN, status=201
)
async def ask_who_is_there(call: Call) -> PresenceCheckView:
    """Ask everybody in the meeting to tap once; nothing follows from an answer or none."""
    check = await call.part(keys.PRESENCE_CHECKS).ask(call.occurrence.id, call.author)
    hub = call.part(FLOOR).hub
    event = PresenceChecked(occurrence=call.occurrence.id, check=check.id, at=check.at, answered=0)
    room = hub.live(call.occurrence.id)
    if room is not None:
        room.broadcast(event)
    hub.watching.tell(call.occurrence.id, Frame.event(event))
    return PresenceCheckView(id=check.id, at=check.at, by=check.by, answers=())


async def _exclusion_views(call: Call, found: tuple[Exclusion, ...]) -> tuple[ExclusionView, ...]:
    names = await call.part(keys.DIRECTORY).persons({one.person for one in found})
    return tuple(
        ExclusionView(
            person=one.person,
            name=names[one.person].name,
            reason=one.reason,
            approved_by=one.approved_by,
            approved_on=one.approved_on,
            stands=one.stands,
            at=one.at,
            by=one.by,
        )
        for one in found
    )


async def _vote(call: Call) -> str:
    """Return the vote of the path; raise NotFound for one of another meeting."""
    vote = call.request.match_info["vote"]
    if await call.part(keys.VOTES).meeting_of(vote) != call.occurrence.id:
        raise NotFound("unknown_vote", vote[:64])
    return vote


async def _told(call: Call, vote: Stored) -> VoteDetail:
    """Tell the room what became of its votes, and answer."""
    await call.part(FLOOR).hub.votes_changed(call.occurrence.id)
    return vote_detail(vote)


def vote_detail(vote: Stored) -> VoteDetail:
    """Describe a vote."""
    running = vote.state is VoteState.OPEN
    plain = {
        name: getattr(vote, name)
        for name in VoteDetail.model_fields
        if name not in {"cast", "result", "written", "sites"}
    }
    return VoteDetail(
        **plain,
        cast=vote.for_ + vote.against + vote.abstain,
        result=None
        if running
        else TallyView(in_favour=vote.for_, against=vote.against, abstain=vote.abstain),
        written=None if running else vote.written,
        sites=tuple(
            SiteCountView(
                site=one.site,
                voters=one.voters,
                counted=TallyView(
                    in_favour=one.for_, against=one.against or 0, abstain=one.abstain or 0
                )
                if one.for_ is not None
                else None,
                counted_by=one.counted_by,
                counted_at=one.counted_at,
            )
            for one in vote.sites
        ),
    )
