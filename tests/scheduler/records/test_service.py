"""The way of a record from the draft to the archive, and what is written down on the way."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from scheduler.attendance.log import AttendanceLog
from scheduler.attendance.model import Attended
from scheduler.errors import Conflict, DomainError, Invalid, NotFound, Refused
from scheduler.meetings.model import Occurrence
from scheduler.meetings.service import Meetings
from scheduler.records.chain import EntryKind, check
from scheduler.records.content import Named, Quorum
from scheduler.records.desk import content_of
from scheduler.records.minutes import AbsenceReason, Minutes, Mode, Resolution
from scheduler.records.service import Records, Signer
from scheduler.records.states import RecordState
from scheduler.store.engine import Store
from scheduler.store.record_tables import record_entry
from tests.scheduler.records.builders import END, FULL, VotesKnown
from tests.support.clock import MovableClock
from tests.support.meetings import SEVEN, adhoc


async def version(records: Records, meeting: Occurrence) -> int:
    return (await records.view(meeting.id)).record.version


async def sign_both(records: Records, meeting: Occurrence) -> None:
    digest = (await records.view(meeting.id)).digest
    await records.sign(meeting.id, Signer.RECORDER, "p2", "2222", digest)
    await records.sign(meeting.id, Signer.HOST, "p1", "1111", digest)


def codes(error: pytest.ExceptionInfo[DomainError]) -> str:
    return error.value.code


async def test_the_draft_says_what_is_known(records: Records, held: Occurrence) -> None:
    view = await records.view(held.id)
    content = view.content
    assert view.record.state is RecordState.DRAFTING
    assert view.record.version == 0
    assert (content.branch.name, content.title) == ("第一网络党支部", "果树管理交流")
    assert content.scheduled_start == content.started_at == SEVEN
    assert content.ended_at == END
    assert content.host == Named(id="p1", name="示例一")
    assert content.recorder == Named(id="p2", name="示例二")
    assert content.place == "示范一村、示范二村、示范三村等 4 处"
    assert content.mode is Mode.VIDEO
    assert content.numbers.model_dump() == {
        "expected": 4,
        "present": 2,
        "late": 0,
        "left_early": 0,
        "on_leave": 1,
        "absent": 1,
        "exempt": 0,
        "non_voting": 1,
    }
    reasons = {line.person: line.reason for line in content.people}
    assert reasons["p4"] is AbsenceReason.FAMILY
    assert reasons["p3"] is None
    assert [line.title for line in content.agenda] == ["果树修剪", "下月安排"]
    assert [one.title for one in view.minutes.discussion] == ["果树修剪", "下月安排"]


async def test_the_recorder_writes_while_the_meeting_goes_on(
    meetings: Meetings, records: Records, clock: MovableClock
) -> None:
    created = await meetings.create_adhoc(adhoc(host="p1", recorder="p2"))
    with pytest.raises(NotFound) as error:
        await records.view(created.id)
    assert codes(error) == "record_not_begun"
    clock.advance(hours=7)
    await meetings.open(created.id)
    await records.write(created.id, FULL, 0, "p2")
    view = await records.view(created.id)
    assert view.content.resolutions == FULL.resolutions
    with pytest.raises(Conflict) as early:
        await records.sign(created.id, Signer.HOST, "p1", "1111", view.digest)
    assert codes(early) == "record_not_settled"


async def test_the_second_of_two_editors_is_told_and_the_first_text_stays(
    records: Records, held: Occurrence
) -> None:
    await records.write(held.id, FULL, 0, "p2")
    with pytest.raises(Conflict) as error:
        await records.write(held.id, Minutes(place="别处"), 0, "p1")
    assert codes(error) == "record_changed"
    assert (await records.view(held.id)).content.place == "市会议室"


async def test_two_signatures_make_it_signed(records: Records, written: Occurrence) -> None:
    digest = (await records.view(written.id)).digest
    await records.sign(written.id, Signer.HOST, "p1", "1111", digest)
    half = (await records.view(written.id)).record
    assert (half.state, half.host_signed, half.recorder_signed) == (
        RecordState.DRAFTING,
        True,
        False,
    )
    await records.sign(written.id, Signer.RECORDER, "p2", "2222", digest)
    view = await records.view(written.id)
    assert view.record.state is RecordState.SIGNED
    assert [entry.kind for entry in view.entries] == ["version", "signed", "signed"]
    assert [entry.author_name for entry in view.entries] == ["示例一", "示例一", "示例二"]
    assert view.entries[1].value() == {"role": "host", "version": 1, "digest": digest}
    check(view.entries)


async def test_nobody_signs_for_another_nor_without_the_pin(
    records: Records, written: Occurrence
) -> None:
    digest = (await records.view(written.id)).digest
    for signer, person, pin, code in (
        (Signer.HOST, "p1", "9999", "pin_wrong"),
        (Signer.HOST, "p2", "2222", "record_not_signer"),
        (Signer.RECORDER, "p1", "1111", "record_not_signer"),
        (Signer.HOST, "p6", "6666", "record_not_signer"),
    ):
        with pytest.raises(Refused) as error:
            await records.sign(written.id, signer, person, pin, digest)
        assert codes(error) == code
    assert (await records.view(written.id)).entries == ()


async def test_nobody_signs_what_they_did_not_see(records: Records, written: Occurrence) -> None:
    seen = (await records.view(written.id)).digest
    changed = FULL.model_copy(update={"resolutions": (Resolution(text="改为一月底。"),)})
    await records.write(written.id, changed, 1, "p2")
    with pytest.raises(Conflict) as error:
        await records.sign(written.id, Signer.HOST, "p1", "1111", seen)
    assert codes(error) == "record_changed"


async def test_a_text_does_not_change_under_a_signature(
    records: Records, written: Occurrence
) -> None:
    digest = (await records.view(written.id)).digest
    await records.sign(written.id, Signer.HOST, "p1", "1111", digest)
    at = await version(records, written)
    with pytest.raises(Conflict) as error:
        await records.write(written.id, FULL, at, "p2")
    assert codes(error) == "record_signed"
    with pytest.raises(Conflict):
        await records.sign(written.id, Signer.HOST, "p1", "1111", digest)
    await records.reopen(written.id, at, "p2", "漏写了一项")
    view = await records.view(written.id)
    assert (view.record.host_signed, view.record.signed_version) == (False, None)
    assert view.entries[-1].reason == "漏写了一项"
    await records.write(written.id, FULL, view.record.version, "p2")


async def test_it_is_returned_once_and_then_archived(
    records: Records, signed: Occurrence, clock: MovableClock
) -> None:
    await records.submit(signed.id, await version(records, signed), "p1")
    with pytest.raises(Refused) as own:
        await records.archive(signed.id, await version(records, signed), "p2")
    assert codes(own) == "record_own_review"
    await records.send_back(signed.id, await version(records, signed), "p6", "请补写讨论情况")
    returned = await records.view(signed.id)
    assert returned.record.state is RecordState.RETURNED
    assert returned.minutes.place == "市会议室"
    fuller = FULL.model_copy(update={"place": "市第一会议室"})
    await records.write(signed.id, fuller, returned.record.version, "p2")
    assert (await records.view(signed.id)).record.state is RecordState.DRAFTING
    await sign_both(records, signed)
    await records.submit(signed.id, await version(records, signed), "p2")
    await records.archive(signed.id, await version(records, signed), "p6")
    view = await records.view(signed.id)
    assert view.record.state is RecordState.ARCHIVED
    assert view.record.archived_at is not None
    assert view.intact
    versions = await records.versions(signed.id)
    assert [one.entry.kind for one in versions] == ["version", "version"]
    assert [(one.section, one.before, one.after) for one in versions[1].changes] == [
        ("place", "市会议室", "市第一会议室")
    ]


async def test_an_archived_record_is_corrected_beside_what_was_signed(
    records: Records, archived: Occurrence
) -> None:
    at = await version(records, archived)
    for act in (
        records.write(archived.id, FULL, at, "p2"),
        records.reopen(archived.id, at, "p2", "改"),
        records.submit(archived.id, at, "p2"),
    ):
        with pytest.raises(Conflict) as locked:
            await act
        assert codes(locked) == "record_archived"
    said = (await records.view(archived.id)).minutes
    right = said.model_copy(update={"resolutions": (Resolution(text="各村一月底前完成。"),)})
    with pytest.raises(Invalid):
        await records.correct(archived.id, right, at, "p2", " ")
    with pytest.raises(Conflict) as empty:
        await records.correct(archived.id, said, at, "p2", "没有变化")
    assert codes(empty) == "record_correction_empty"
    await records.correct(archived.id, right, at, "p2", "日期记错")
    with pytest.raises(Conflict) as second:
        await records.correct(archived.id, said, at, "p1", "另一个更正")
    assert codes(second) == "record_changed"
    view = await records.view(archived.id)
    assert view.record.state is RecordState.ARCHIVED
    assert view.content.resolutions[0].text == "各村一月底前完成。"
    last = (await records.versions(archived.id))[-1]
    assert (last.entry.author_name, last.entry.reason) == ("示例二", "日期记错")
    [change] = last.changes
    assert (change.before, change.after) == ("各村十二月底前完成冬剪。", "各村一月底前完成。")


async def test_a_correction_is_only_possible_after_the_archive(
    records: Records, signed: Occurrence
) -> None:
    with pytest.raises(Conflict) as error:
        await records.correct(signed.id, FULL, await version(records, signed), "p2", "更正")
    assert codes(error) == "record_not_archived"


async def test_attendance_is_frozen_at_signing_and_later_corrections_are_appended(
    records: Records, log: AttendanceLog, written: Occurrence
) -> None:
    await log.correct(written.id, "p3", Attended.ABSENT, None, "p1", "核实过")
    await sign_both(records, written)
    before = await records.view(written.id)
    await log.correct(written.id, "p3", Attended.PRESENT, 60, "p1", "设备故障")
    view = await records.view(written.id)
    again = await records.view(written.id)
    assert view.content == before.content
    assert again.entries == view.entries
    late = view.entries[-1]
    assert (late.kind, late.reason) == (EntryKind.ATTENDANCE_CORRECTED, "设备故障")
    assert late.value()["name"] == "示例三"
    assert late.value()["state"] == "present"
    assert len(view.entries) == len(before.entries) + 1
    check(view.entries)


async def test_a_record_taken_back_takes_up_the_corrected_attendance(
    records: Records, log: AttendanceLog, signed: Occurrence
) -> None:
    await log.correct(signed.id, "p3", Attended.PRESENT, 60, "p1", "设备故障")
    await records.reopen(signed.id, await version(records, signed), "p1", "考勤有更正")
    await sign_both(records, signed)
    view = await records.view(signed.id)
    assert view.content.numbers.present == 3
    kinds = [entry.kind for entry in view.entries]
    assert kinds.count(EntryKind.ATTENDANCE_CORRECTED) == 1


async def test_who_presided_and_who_writes_can_be_appointed_until_it_is_signed(
    records: Records, held: Occurrence
) -> None:
    with pytest.raises(NotFound):
        await records.appoint(held.id, "p1", "nobody", 0, "p1")
    await records.appoint(held.id, "p2", "p1", 0, "p1")
    content = (await records.view(held.id)).content
    assert content.host == Named(id="p2", name="示例二")
    await records.appoint(held.id, "p1", "p2", 1, "p1")
    await records.write(held.id, FULL, 2, "p2")
    await sign_both(records, held)
    with pytest.raises(Conflict):
        await records.appoint(held.id, "p2", "p1", await version(records, held), "p1")


async def test_what_the_law_demands_blocks_the_signing(
    records: Records, written: Occurrence, votes: VotesKnown
) -> None:
    votes.known = Quorum(expected_voting=4, present_voting=1, needed=2, reached=False)
    view = await records.view(written.id)
    assert {one.code for one in view.findings if one.blocking} == {"resolved_without_quorum"}
    with pytest.raises(Conflict) as error:
        await records.sign(written.id, Signer.HOST, "p1", "1111", view.digest)
    assert codes(error) == "record_has_blocking_findings"
    without = FULL.model_copy(update={"resolutions": ()})
    await records.write(written.id, without, 1, "p2")
    await sign_both(records, written)
    assert (await records.view(written.id)).record.quorum_met is False


async def test_lists_say_what_is_to_be_done_page_by_page(
    records: Records, archived: Occurrence, meetings: Meetings, clock: MovableClock
) -> None:
    second = await meetings.create_adhoc(adhoc(start=clock.now(), recorder="p3"))
    call = await meetings.create_adhoc(adhoc(start=clock.now()))
    empty = await meetings.create_adhoc(adhoc(start=clock.now() + timedelta(hours=1)))
    for meeting in (second, call, empty):
        await meetings.open(meeting.id)
    await meetings.close(empty.id)
    every = frozenset(RecordState)
    lines, counts = await records.listed(units=None, person=None, states=every)
    assert [line.occurrence for line in lines] == [second.id, archived.id]
    assert counts[RecordState.DRAFTING] == counts[RecordState.ARCHIVED] == 1
    [first], _ = await records.listed(units=None, person=None, states=every, limit=1)
    mark = (first.scheduled_start, first.occurrence)
    rest, _ = await records.listed(units=None, person=None, states=every, before=mark)
    assert [line.occurrence for line in rest] == [archived.id]
    mine, _ = await records.listed(units=(), person="p3", states=every)
    assert [line.occurrence for line in mine] == [second.id]
    assert await records.listed(units=["br1"], person="p6", states=every) == (
        (),
        dict.fromkeys(RecordState, 0),
    )
    drafts, _ = await records.listed(units=["net1"], person=None, states={RecordState.DRAFTING})
    assert [line.version for line in drafts] == [0]


async def test_the_signed_text_can_be_read_from_its_entry_alone(
    records: Records, signed: Occurrence
) -> None:
    view = await records.view(signed.id)
    assert content_of(view.entries[0]) == view.content


async def test_two_who_sign_at_once_sign_one_and_the_same_text(
    records: Records, written: Occurrence
) -> None:
    digest = (await records.view(written.id)).digest
    await asyncio.gather(
        records.sign(written.id, Signer.HOST, "p1", "1111", digest),
        records.sign(written.id, Signer.RECORDER, "p2", "2222", digest),
    )
    view = await records.view(written.id)
    assert view.record.state is RecordState.SIGNED
    assert [entry.kind for entry in view.entries] == ["version", "signed", "signed"]
    assert view.intact


async def test_a_chain_that_somebody_changed_in_the_store_is_noticed(
    records: Records, signed: Occurrence, store: Store
) -> None:
    assert (await records.view(signed.id)).intact
    async with store.begin() as connection:
        await connection.execute(
            update(record_entry).where(record_entry.c.seq == 2).values(author_name="别人")
        )
    assert not (await records.view(signed.id)).intact
