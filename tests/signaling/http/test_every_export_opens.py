"""Whatever the API gives as a file is opened by LibreOffice and says what it should, in Chinese."""

import asyncio
import os
import re
import shutil
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from scheduler.attendance.model import Cause
from scheduler.meetings.model import AdhocDraft, MeetingType
from signaling import keys
from signaling.app import TABLES
from tests.support.meetings import SHANGHAI
from tests.support.server import RunningServer

CITY, HOST = "org001", "fs001"
SHEETS = {
    "/api/occurrences/{occurrence}/attendance": ("第四季度党课", "示例书记001", "到会", "缺席"),
    "/api/attendance": ("示例书记002", "到会率", "应到"),
    "/api/clock": ("中共汝州市委员会", "完成率", "第六网络党支部"),
    "/api/units/{unit}/clock": ("第一网络党支部", "网络支部例会", "逾期"),
    "/api/study-hours": ("学时", "示例书记001", "听课次数"),
}
"""What stands in each sheet, the same as CSV and as XLSX; a CSV is the table alone."""
ONLY_IN_XLSX = {"第四季度党课", "中共汝州市委员会", "第一网络党支部"}
LOOK = os.environ.get("LOOK_AT")
"""A folder for the files as PDF, to be looked at."""


async def lecture(server: RunningServer) -> str:
    """Hold a lecture of the first network branch: one came, one did not."""
    meetings, log = server.part(keys.MEETINGS), server.part(keys.ATTENDANCE)
    called = await meetings.create_adhoc(
        AdhocDraft(
            unit="p-net-1",
            type=MeetingType.PARTY_LECTURE,
            title="第四季度党课",
            start=server.clock.now(),
            duration_s=3600,
            host=HOST,
            persons=(HOST, "fs002"),
        )
    )
    await meetings.open(called.id)
    await log.joined(called.id, "phone", None, HOST)
    server.clock.advance(minutes=60)
    await log.left(called.id, "phone", Cause.CLOSED)
    await meetings.close(called.id)
    await meetings.settle(called.id)
    return called.id


COMMAS_QUOTES_UTF_8 = "CSV:44,34,76,1"
"""What its dialog offers for a file with a byte order mark; without a window it has to be said."""


async def as_pdf(folder: Path, files: Iterable[Path], *options: str) -> None:
    """Let LibreOffice turn the files into PDF beside them."""
    office = await asyncio.create_subprocess_exec(
        "soffice",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        *("--headless", "--convert-to", "pdf", "--outdir", str(folder), *options),
        *map(str, files),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(120):
        assert await office.wait() == 0


async def text_of(pdf: Path) -> str:
    """Return its text without white space, which line breaks put anywhere."""
    reader = await asyncio.create_subprocess_exec(
        "pdftotext", "-layout", str(pdf), "-", stdout=asyncio.subprocess.PIPE
    )
    said, _ = await reader.communicate()
    return re.sub(r"\s", "", said.decode())


async def test_every_sheet_opens(ruzhou: RunningServer, tmp_path: Path) -> None:
    today = ruzhou.clock.now().astimezone(SHANGHAI).date()
    span = f"?from={today - timedelta(days=1)}&to={today + timedelta(days=1)}"
    known = {"occurrence": await lecture(ruzhou), "unit": "p-net-1"}
    templates = [route.template for table in TABLES for route in table.routes]
    offered = {path for path in templates if path.endswith((".csv", ".xlsx"))}
    assert offered == {path + ending for path in SHEETS for ending in (".csv", ".xlsx")}
    files: dict[Path, set[str]] = {}
    async with ruzhou.http(await ruzhou.token_of_person(CITY)) as http:
        for path in sorted(offered):
            template, _, ending = path.rpartition(".")
            query = span if template == "/api/attendance" else f"?year={today.year}"
            async with http.get(path.format(**known) + query) as answer:
                assert answer.status == 200, (path, await answer.text())
                file = tmp_path / f"{len(files)}.{ending}"
                file.write_bytes(await answer.read())
            said = set(SHEETS[template])
            files[file] = said - ONLY_IN_XLSX if ending == "csv" else said
    sheets = [file for file in files if file.suffix == ".xlsx"]
    await as_pdf(tmp_path, sheets)
    await as_pdf(tmp_path, files.keys() - set(sheets), f"--infilter={COMMAS_QUOTES_UTF_8}")
    for file, said in files.items():
        pdf = file.with_suffix(".pdf")
        if LOOK:
            shutil.copy(pdf, LOOK)
        text = await text_of(pdf)
        assert {word for word in said if word not in text} == set(), (file.name, text[:400])
        assert "Err:" not in text
        assert "�" not in text
