"""Reports as files to keep: CSV and XLSX."""

import asyncio
from typing import Final
from urllib.parse import quote

from aiohttp import hdrs, web

from scheduler.attendance.export import to_csv, to_xlsx
from scheduler.attendance.model import OccurrenceReport, PeriodReport
from scheduler.attendance.sheet import Sheet, occurrence_sheet, period_sheet
from signaling import keys
from signaling.http.call import Call

CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def download(
    call: Call, report: OccurrenceReport | PeriodReport, media_type: str
) -> web.Response:
    """Answer with the report as a file; it is written outside the event loop."""
    zone = call.part(keys.ZONE)
    if isinstance(report, OccurrenceReport):
        sheet = occurrence_sheet(report, zone)
        day = report.scheduled_start.astimezone(zone).date()
        name, plain = f"{report.title}-{day}-考勤", f"attendance-{day}"
    else:
        sheet = period_sheet(report)
        name = f"考勤汇总-{report.first}-{report.last}"
        plain = f"attendance-{report.first}-{report.last}"
    return await as_file(sheet, name, plain, media_type)


async def as_file(sheet: Sheet, name: str, plain: str, media_type: str) -> web.Response:
    """Answer with the sheet as a file of this type; it is written outside the event loop."""
    write, suffix = (to_csv, "csv") if media_type == CSV else (to_xlsx, "xlsx")
    content = await asyncio.to_thread(write, sheet)
    return web.Response(
        body=content,
        headers={
            hdrs.CONTENT_TYPE: f"{CSV}; charset=utf-8" if media_type == CSV else media_type,
            hdrs.CONTENT_DISPOSITION: disposition(name, plain, suffix),
        },
    )


def disposition(name: str, plain: str, suffix: str) -> str:
    """Return Content-Disposition with the name in full and one for old browsers (RFC 6266)."""
    full = quote(f"{name}.{suffix}", safe="")
    return f"attachment; filename=\"{plain}.{suffix}\"; filename*=UTF-8''{full}"
