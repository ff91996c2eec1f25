"""What a signed record holds, its agenda and its papers, is not changed behind the signatures."""

import pytest

from scheduler.errors import Conflict
from scheduler.meetings.model import AgendaLine, Occurrence
from scheduler.planning.agenda_items import AgendaItems
from scheduler.planning.attachments import Attachments

NEW = (AgendaLine(title="后加的"),)


async def test_until_somebody_signs_agenda_and_papers_may_be_completed(
    written: Occurrence, agenda: AgendaItems, attachments: Attachments
) -> None:
    await agenda.replace(written.id, NEW)
    await attachments.add(written.id, "后加.txt", "材料".encode(), None)


async def test_after_the_signatures_neither_changes(
    signed: Occurrence, agenda: AgendaItems, attachments: Attachments
) -> None:
    before = await agenda.of(signed.id)
    with pytest.raises(Conflict, match="record_signed"):
        await agenda.replace(signed.id, NEW)
    with pytest.raises(Conflict, match="record_signed"):
        await attachments.add(signed.id, "后加.txt", "材料".encode(), None)
    assert await agenda.of(signed.id) == before


async def test_an_archived_record_is_closed_for_good(
    archived: Occurrence, agenda: AgendaItems, attachments: Attachments
) -> None:
    with pytest.raises(Conflict, match="record_archived"):
        await agenda.replace(archived.id, NEW)
    with pytest.raises(Conflict, match="record_archived"):
        await attachments.add(archived.id, "后加.txt", "材料".encode(), None)
