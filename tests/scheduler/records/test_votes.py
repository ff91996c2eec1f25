"""The votes of an assembly and its quorum stand in its record as they ended."""

from config.settings import Planning, Rules
from scheduler.attendance.log import AttendanceLog
from scheduler.attendance.model import Cause, How
from scheduler.attendance.reports import Reports
from scheduler.directory.service import Directory
from scheduler.planning.agenda_items import AgendaItems
from scheduler.planning.attachments import Attachments
from scheduler.records.content import Quorum
from scheduler.records.drafting import draft
from scheduler.records.findings import findings
from scheduler.records.minutes import Minutes, Resolution
from scheduler.records.sources import FactSource
from scheduler.records.votes import RecordedVotes
from scheduler.records.words import quorum_line, vote_line
from scheduler.store.engine import Store
from scheduler.votes.quorum import Quorums
from scheduler.votes.service import Votes
from tests.support.assembly import assembly, found_voting_branch
from tests.support.clock import MovableClock
from tests.support.meetings import SHANGHAI, meetings_of


async def test_an_adopted_and_a_rejected_vote_are_taken_down(
    store: Store, clock: MovableClock
) -> None:
    await found_voting_branch(store)
    meetings, log = meetings_of(store, clock), AttendanceLog(store, clock, "node", "boot")
    votes = Votes(store, clock, SHANGHAI, Rules())
    one = await meetings.create_adhoc(assembly(host="p1", recorder="p2"))
    clock.advance(hours=7)
    await meetings.open(one.id)
    for person in ("p1", "p2", "p3"):
        await log.joined(one.id, f"at-{person}", f"phone{person[1]}", None)
        await log.signed_in(one.id, f"at-{person}", person, How.PIN)
    ended = []
    for title, choices in (("修缮村道", "for for for"), ("另一方案", "for against abstain")):
        vote = await votes.prepare(one.id, title, "general", "p1")
        await votes.open(vote.id, "p1")
        for person, choice in zip(("p1", "p2", "p3"), choices.split(), strict=True):
            await votes.cast(vote.id, person, choice, f"at-{person}")
        ended.append((await votes.close(vote.id, "p1")).id)
    await votes.prepare(one.id, "没有表决的", "general", "p1")
    clock.advance(minutes=60)
    for person in ("p1", "p2", "p3"):
        await log.left(one.id, f"at-{person}", Cause.CLOSED)
    await meetings.close(one.id)
    await meetings.settle(one.id)

    source = FactSource(
        meetings=meetings,
        reports=Reports(store, clock, SHANGHAI),
        directory=Directory(store, clock, SHANGHAI),
        agenda=AgendaItems(store, clock),
        attachments=Attachments(store, clock, Planning()),
        votes=RecordedVotes(votes, Quorums(store, clock, SHANGHAI, Rules())),
    )
    facts = await source.facts(one.id)
    content = draft(facts, Minutes(resolutions=(Resolution(text="修缮村道", vote=ended[0]),)))
    assert [(vote.title, vote.adopted) for vote in content.votes] == [
        ("修缮村道", True),
        ("另一方案", False),
    ]
    assert vote_line(content.votes[1]) == (
        "另一方案（一般事项表决）：应到有表决权 5 人，实到有表决权 3 人；"
        "赞成 1 票，反对 1 票，弃权 1 票；未通过"
    )
    assert content.quorum == Quorum(
        expected_voting=5, present_voting=3, together=3, needed=3, reached=True
    )
    assert quorum_line(content.quorum).endswith("须到 3 人，达到规定人数")
    assert not any(finding.blocking for finding in findings(content))

    against = draft(facts, Minutes(resolutions=(Resolution(text="另一方案", vote=ended[1]),)))
    blocking = [finding.code for finding in findings(against) if finding.blocking]
    assert blocking == ["resolved_against_vote"]
