"""ZIP files of one content have one form: no time of writing, no order by chance."""

import io
import zipfile
from collections.abc import Mapping
from typing import Final

FIXED_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment a ZIP file can name."""

_REGULAR_FILE: Final = 0o100644 << 16


def zipped(files: Mapping[str, bytes], *, compress: bool) -> bytes:
    """Return a ZIP file of these files in this order. Stored files have the same bytes with every
    library; compressed ones may differ between versions of zlib."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, FIXED_DATE)
            entry.external_attr = _REGULAR_FILE
            entry.create_system = 3
            entry.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
            archive.writestr(entry, content)
    return out.getvalue()


def with_fixed_dates(content: bytes) -> bytes:
    """Return a ZIP file (a DOCX, an XLSX) with the dates of its parts fixed, in the same order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return zipped(files, compress=True)
