"""Documents of Word, Excel and PowerPoint (and WPS) as PDF, by LibreOffice where there is one."""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Final

from scheduler.papers.fence import SYSTEM, Fence, behind
from scheduler.papers.processes import Failed, run

MEBIBYTE: Final = 1024 * 1024
SECONDS: Final = 90.0
LARGEST_PDF: Final = 100 * MEBIBYTE
_SETTING: Final = (
    '<item oor:path="/org.openoffice.Office.Common/Security/Scripting">'
    '<prop oor:name="{}" oor:op="fuse"><value>true</value></prop></item>'
)
PROFILE: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    + "".join(
        _SETTING.format(name) for name in ("DisableMacrosExecution", "BlockUntrustedRefererLinks")
    )
    + "</oor:items>"
)
"""Nothing in a document runs, and no picture is fetched from where it points."""


def find(program: str) -> Path | None:
    """Return the LibreOffice a setting names, by path or by name; None where there is none."""
    found = shutil.which(program) if program else None
    return None if found is None else Path(found).resolve()


async def to_pdf(soffice: Path, content: bytes, suffix: str, within: Path) -> bytes:
    """Convert a document in a folder and a profile of its own below `within`, which go again.

    Raise Failed or TooSlow.
    """
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="office-", dir=within))
    try:
        await asyncio.to_thread(_lay, folder, content, suffix)
        fence = Fence(
            cpu_s=60,
            memory_bytes=4096 * MEBIBYTE,  # most of which LibreOffice reserves and never uses
            file_bytes=LARGEST_PDF,
            writable=(str(folder),),
            sockets=("/tmp",),  # by which a second LibreOffice would find the first
            readable=(*SYSTEM, str(soffice.parents[1])),
        )
        await run(
            behind(
                fence,
                [
                    str(soffice),
                    f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                    *("--headless", "--norestore", "--nolockcheck"),
                    *("--convert-to", "pdf", "--outdir", str(folder), f"paper.{suffix}"),
                ],
            ),
            b"",
            folder=folder,
            seconds=SECONDS,
            most_bytes=MEBIBYTE,
        )
        return await asyncio.to_thread(_result, folder / "paper.pdf")
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _lay(folder: Path, content: bytes, suffix: str) -> None:
    (folder / f"paper.{suffix}").write_bytes(content)
    user = folder / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(PROFILE, encoding="utf-8")


def _result(pdf: Path) -> bytes:
    if not pdf.is_file() or pdf.is_symlink():
        raise Failed("no PDF was written")
    return pdf.read_bytes()
