"""Who is told what: the difference between what a person knows and what holds."""

from datetime import timedelta

from scheduler.meetings.service import Meetings
from scheduler.notices.model import Channel, NoticeKind, NoticeState
from scheduler.notices.service import Notices
from scheduler.store.engine import Store
from tests.scheduler.notices.conftest import notices_over
from tests.support.clock import MovableClock
from tests.support.meetings import SEVEN, adhoc, weekly

Told = list[tuple[str, str, int]]


async def told(notices: Notices, occurrence: str) -> Told:
    """Return (person, kind, sequence) of what is due, and take it as sent."""
    await notices.write()
    found = []
    for one in await notices.take(timedelta(minutes=1), 100):
        await notices.finish(one, NoticeState.SENT)
        if one.occurrence == occurrence:
            found.append((one.person, one.kind.value, one.sequence))
    return sorted(found)


async def test_who_is_on_the_roster_and_has_an_address_is_invited_once(
    meetings: Meetings, by_mail: Notices
) -> None:
    meeting = await meetings.create_adhoc(adhoc())
    assert await told(by_mail, meeting.id) == [("p1", "invitation", 0), ("p2", "invitation", 0)]
    assert await told(by_mail, meeting.id) == []


async def test_of_a_series_only_the_meetings_that_are_near_are_told(
    meetings: Meetings, by_mail: Notices, clock: MovableClock
) -> None:
    await meetings.create_series(weekly())
    assert await by_mail.write() == 2 * 2  # this Monday and the next
    assert await by_mail.write() == 0
    clock.advance(days=7)
    assert await by_mail.write() == 2


async def test_a_moved_meeting_is_told_again_with_a_higher_sequence(
    meetings: Meetings, by_mail: Notices
) -> None:
    meeting = await meetings.create_adhoc(adhoc())
    await told(by_mail, meeting.id)
    later = SEVEN + timedelta(hours=1)
    await meetings.move(meeting.id, later, 3600, None)
    assert await told(by_mail, meeting.id) == [("p1", "change", 1), ("p2", "change", 1)]


async def test_a_meeting_moved_beyond_the_time_of_invitations_is_still_told(
    meetings: Meetings, by_mail: Notices
) -> None:
    meeting = await meetings.create_adhoc(adhoc())
    await told(by_mail, meeting.id)
    later = SEVEN + timedelta(days=20)
    await meetings.move(meeting.id, later, 3600, None)
    assert [kind for _, kind, _ in await told(by_mail, meeting.id)] == ["change", "change"]


async def test_a_cancelled_meeting_is_called_off_for_those_who_know_of_it(
    meetings: Meetings, by_mail: Notices
) -> None:
    meeting = await meetings.create_adhoc(adhoc())
    unknown = await meetings.create_adhoc(adhoc(title="没有通知过的会"))
    await told(by_mail, meeting.id)
    await meetings.cancel(meeting.id, None, "下大雨")
    await meetings.cancel(unknown.id, None, "下大雨")
    assert await told(by_mail, meeting.id) == [("p1", "cancellation", 1), ("p2", "cancellation", 1)]
    assert await told(by_mail, meeting.id) == []


async def test_what_was_called_off_before_anybody_was_told_is_never_mentioned(
    meetings: Meetings, by_mail: Notices
) -> None:
    meeting = await meetings.create_adhoc(adhoc())
    await meetings.cancel(meeting.id, None, "下大雨")
    assert await told(by_mail, meeting.id) == []


async def test_who_is_taken_off_the_roster_is_told_and_who_comes_back_is_invited_again(
    meetings: Meetings, by_mail: Notices
) -> None:
    meeting = await meetings.create_adhoc(adhoc())
    await told(by_mail, meeting.id)
    await meetings.remove_person(meeting.id, "p2", None, "调离")
    assert await told(by_mail, meeting.id) == [("p2", "cancellation", 1)]
    await meetings.add_person(meeting.id, "p2", None, "调回")
    assert await told(by_mail, meeting.id) == [("p2", "invitation", 2)]


async def test_what_happened_while_nobody_looked_is_told_as_one_difference(
    meetings: Meetings, by_mail: Notices, clock: MovableClock
) -> None:
    meeting = await meetings.create_adhoc(adhoc(start=SEVEN + timedelta(days=3)))
    await told(by_mail, meeting.id)
    for hours in (1, 2, 3):
        start = SEVEN + timedelta(days=3, hours=hours)
        await meetings.move(meeting.id, start, 3600, None)
    clock.advance(days=2)
    assert await told(by_mail, meeting.id) == [("p1", "change", 1), ("p2", "change", 1)]


async def test_a_meeting_that_has_begun_is_told_to_nobody(
    meetings: Meetings, by_mail: Notices, clock: MovableClock
) -> None:
    meeting = await meetings.create_adhoc(adhoc())
    clock.advance(hours=7, minutes=1)
    assert await told(by_mail, meeting.id) == []


async def test_sms_reminds_once_before_the_meeting_but_not_whose_leave_was_approved(
    meetings: Meetings, store: Store, clock: MovableClock
) -> None:
    by_sms = notices_over(store, clock, Channel.SMS)
    meeting = await meetings.create_adhoc(adhoc())
    assert await told(by_sms, meeting.id) == [("p1", "invitation", 0), ("p3", "invitation", 0)]
    await meetings.request_leave(meeting.id, "p3", "work", "p3")
    await meetings.approve_leave(meeting.id, "p3", None, "p1")
    clock.advance(hours=5, minutes=1)
    assert await told(by_sms, meeting.id) == [("p1", "reminder", 0)]
    assert await told(by_sms, meeting.id) == []


async def test_who_is_invited_shortly_before_is_not_reminded_on_top(
    meetings: Meetings, store: Store, clock: MovableClock
) -> None:
    by_sms = notices_over(store, clock, Channel.SMS)
    clock.advance(hours=6)
    meeting = await meetings.create_adhoc(adhoc())
    assert await told(by_sms, meeting.id) == [("p1", "invitation", 0), ("p3", "invitation", 0)]
    assert await told(by_sms, meeting.id) == []


async def test_the_webhook_is_told_of_everybody(
    meetings: Meetings, store: Store, clock: MovableClock
) -> None:
    by_webhook = notices_over(store, clock, Channel.WEBHOOK)
    meeting = await meetings.create_adhoc(adhoc())
    assert [person for person, _, _ in await told(by_webhook, meeting.id)] == [
        f"p{number}" for number in range(1, 6)
    ]


async def test_a_taken_notice_comes_again_when_its_lease_ran_out(
    meetings: Meetings, by_mail: Notices, clock: MovableClock
) -> None:
    await meetings.create_adhoc(adhoc())
    await by_mail.write()
    first = await by_mail.take(timedelta(minutes=1), 100)
    assert await by_mail.take(timedelta(minutes=1), 100) == ()
    clock.advance(minutes=2)
    again = await by_mail.take(timedelta(minutes=1), 100)
    assert [one.id for one in again] == [one.id for one in first]
    await by_mail.finish(first[0], NoticeState.SENT)  # the lease is no longer this one's
    states = {one.state for one in await by_mail.of(first[0].occurrence)}
    assert states == {NoticeState.DUE}
    assert {one.kind for one in first} == {NoticeKind.INVITATION}
