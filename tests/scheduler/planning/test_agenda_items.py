"""The agenda of a meeting: begins as that of its series, keeps identities, refuses nonsense."""

from dataclasses import replace

import pytest

from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.meetings.model import AgendaLine
from scheduler.meetings.service import Meetings
from scheduler.planning.agenda_items import AgendaItems
from scheduler.store.agenda_item_rows import lines_of
from tests.support.meetings import adhoc, weekly

REPORTS = AgendaLine(title="各村汇报", speaker="示例一", minutes=30)
FRUIT = AgendaLine(title="果树管理", minutes=20)


async def of_series(meetings: Meetings, series: str) -> list[str]:
    found = await meetings.occurrences(meetings._clock.now(), meetings._horizon(), units=["net1"])
    return [one.id for one in found if one.series == series]


async def test_new_meetings_of_a_series_begin_with_its_agenda(
    meetings: Meetings, agendas: AgendaItems
) -> None:
    series = await meetings.create_series(weekly(agenda=(REPORTS, FRUIT)))
    laid_out = await of_series(meetings, series.id)
    assert len(laid_out) >= 4
    for one in laid_out:
        assert lines_of(await agendas.of(one)) == (REPORTS, FRUIT)


async def test_a_changed_agenda_of_a_series_reaches_the_meetings_nobody_changed_it_in(
    meetings: Meetings, agendas: AgendaItems
) -> None:
    series = await meetings.create_series(weekly(agenda=(REPORTS,)))
    first, second, *_ = await of_series(meetings, series.id)
    await agendas.replace(first, [REPORTS, AgendaLine(title="防火")])
    await meetings.change_series(series.id, weekly(agenda=(FRUIT,)))
    assert [item.title for item in await agendas.of(first)] == ["各村汇报", "防火"]
    assert lines_of(await agendas.of(second)) == (FRUIT,)


async def test_a_change_that_says_nothing_of_the_agenda_leaves_it(
    meetings: Meetings, agendas: AgendaItems
) -> None:
    series = await meetings.create_series(weekly(agenda=(REPORTS,)))
    await meetings.change_series(series.id, weekly(title="例会"))
    assert await agendas.of_series(series.id) == (REPORTS,)


async def test_items_that_stay_keep_their_identity(
    meetings: Meetings, agendas: AgendaItems
) -> None:
    meeting = await meetings.create_adhoc(adhoc(agenda=(REPORTS, FRUIT)))
    reports, fruit = await agendas.of(meeting.id)
    await agendas.replace(meeting.id, [replace(fruit, minutes=45), reports])
    after = await agendas.of(meeting.id)
    assert [(item.id, item.minutes) for item in after] == [(fruit.id, 45), (reports.id, 30)]


async def test_the_second_of_two_editors_is_told(meetings: Meetings, agendas: AgendaItems) -> None:
    meeting = await meetings.create_adhoc(adhoc())
    changed = await agendas.replace(meeting.id, [REPORTS], meeting.version)
    assert changed.version == meeting.version + 1
    with pytest.raises(Conflict, match="occurrence_changed"):
        await agendas.replace(meeting.id, [FRUIT], meeting.version)
    assert lines_of(await agendas.of(meeting.id)) == (REPORTS,)


@pytest.mark.parametrize(
    "line",
    [
        AgendaLine(title="  "),
        AgendaLine(title="长" * 201),
        AgendaLine(title="议", speaker="人" * 201),
        AgendaLine(title="议", minutes=0),
        AgendaLine(title="议", minutes=1441),
        AgendaLine(title="议\0"),
    ],
)
async def test_nonsense_is_refused(
    meetings: Meetings, agendas: AgendaItems, line: AgendaLine
) -> None:
    meeting = await meetings.create_adhoc(adhoc())
    with pytest.raises(Invalid, match="agenda_item_invalid"):
        await agendas.replace(meeting.id, [line])


async def test_an_item_of_another_meeting_is_not_taken_over(
    meetings: Meetings, agendas: AgendaItems
) -> None:
    meeting = await meetings.create_adhoc(adhoc())
    other = await meetings.create_adhoc(adhoc(agenda=(FRUIT,)))
    with pytest.raises(Invalid, match="unknown_agenda_item"):
        await agendas.replace(meeting.id, await agendas.of(other.id))


async def test_a_cancelled_or_unknown_meeting_gets_no_agenda(
    meetings: Meetings, agendas: AgendaItems
) -> None:
    meeting = await meetings.create_adhoc(adhoc())
    await meetings.cancel(meeting.id, None, "下雪")
    with pytest.raises(Conflict, match="occurrence_cancelled"):
        await agendas.replace(meeting.id, [FRUIT])
    with pytest.raises(NotFound, match="unknown_occurrence"):
        await agendas.of("none")
