"""Reports as files to keep: CSV and XLSX."""

from typing import Final

from aiohttp import web

from scheduler.attendance.model import OccurrenceReport, PeriodReport
from signaling.http.call import Call

CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def download(
    call: Call, report: OccurrenceReport | PeriodReport, media_type: str
) -> web.Response:
    """Answer with the report as a file; a table is written outside the event loop."""
    raise NotImplementedError
