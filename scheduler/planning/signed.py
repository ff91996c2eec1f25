"""What somebody signed stays: agenda and papers are part of the record."""

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.errors import Conflict
from scheduler.records.states import RecordState
from scheduler.store import record_rows


async def require_unsigned(connection: AsyncConnection, occurrence: str) -> None:
    """Return while nobody has signed the record of a meeting; raise Conflict("record_signed" |
    "record_archived"). The transaction must have locked the meeting, as signing does."""
    record = await record_rows.read(connection, occurrence)
    if record is None:
        return
    if record.state is RecordState.ARCHIVED:
        raise Conflict("record_archived", occurrence)
    if record.host_signed or record.recorder_signed:
        raise Conflict("record_signed", occurrence)
