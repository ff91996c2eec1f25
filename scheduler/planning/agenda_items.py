"""The agenda (议程) of a meeting: what is spoken about, by whom, for how long."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

from sqlalchemy.exc import IntegrityError

from scheduler.clock import Clock
from scheduler.errors import Conflict, Invalid
from scheduler.meetings import drafts
from scheduler.meetings.base import existing
from scheduler.meetings.model import AgendaItem, AgendaLine, Occurrence, State
from scheduler.planning.signed import require_unsigned
from scheduler.store import agenda_item_rows, occurrence_rows
from scheduler.store.engine import Store

__all__ = ["AgendaItem", "AgendaItems", "AgendaLine"]


class AgendaItems:
    """The agendas of meetings. A new meeting of a series begins with the agenda of its series."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def of(self, occurrence: str) -> tuple[AgendaItem, ...]:
        """Return the agenda of a meeting in order; raise NotFound("unknown_occurrence")."""
        async with self._store.read() as connection:
            await existing(connection, occurrence)
            return await agenda_item_rows.of(connection, occurrence)

    async def of_series(self, series: str) -> tuple[AgendaLine, ...]:
        """Return the agenda that the meetings of a series begin with."""
        async with self._store.read() as connection:
            return await agenda_item_rows.of_series(connection, series)

    async def replace(
        self,
        occurrence: str,
        lines: Sequence[AgendaLine | AgendaItem],
        version: int | None = None,
    ) -> Occurrence:
        """Write the agenda of a meeting; items given with their id keep it.

        Return the meeting with its new version. Raise NotFound, Invalid("agenda_item_invalid" |
        "too_many_agenda_items" | "unknown_agenda_item"), and Conflict: "occurrence_changed" when
        `version` is not the stored one, "occurrence_cancelled", "agenda_item_in_use" when an item
        that shall go was voted on, "record_signed" | "record_archived".
        """
        checked = drafts.agenda(lines)
        try:
            async with self._store.begin() as connection:
                old = await existing(connection, occurrence, lock=True, version=version)
                if old.state is State.CANCELLED:
                    raise Conflict("occurrence_cancelled", occurrence)
                await require_unsigned(connection, occurrence)
                known = {item.id for item in await agenda_item_rows.of(connection, occurrence)}
                items = [_item(line, position) for position, line in enumerate(checked)]
                given = [line.id for line in checked if isinstance(line, AgendaItem)]
                if set(given) - known or len(set(given)) != len(given):
                    raise Invalid("unknown_agenda_item", occurrence)
                await agenda_item_rows.replace(connection, occurrence, items)
                return await occurrence_rows.change(connection, old, self._clock.now())
        except IntegrityError as error:
            raise Conflict("agenda_item_in_use", occurrence) from error


def _item(line: AgendaLine, position: int) -> AgendaItem:
    if isinstance(line, AgendaItem):
        return replace(line, position=position)
    return AgendaItem(
        id=uuid4().hex,
        position=position,
        title=line.title,
        speaker=line.speaker,
        minutes=line.minutes,
    )
