"""The first rows of a big workbook as a workbook of their own: what kind it is shows there, at a part of the cost.

Its sheets are cut behind their first rows; everything else is as it was. Nothing is ever loaded from it.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

ROWS = 100
"""Rows that are kept of each sheet: more than are looked at for a header."""
BIG_BYTES = 2 << 20
"""Sheets up to this size are not worth the trouble."""
_PIECE = 1 << 20
_ROW_END = re.compile(rb"</((?:\w+:)?)row>")


def head_of_workbook(path: Path, target: Path) -> bool:
    """Write the head of the xlsx at `path` to `target`; False if it has no big sheet or cannot be cut."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            big = {part.filename for part in parts if _is_sheet(part.filename) and part.file_size > BIG_BYTES}
            if not big or len({part.filename for part in parts}) < len(parts):
                return False
            with zipfile.ZipFile(target, "w") as head:
                for part in parts:
                    content = _cut(archive, part) if part.filename in big else archive.read(part)
                    if content is None:
                        return False
                    head.writestr(part.filename, content)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError):
        return False  # whoever reads the whole file says what is wrong with it
    return True


def _is_sheet(name: str) -> bool:
    return "worksheets/" in name.lower() and name.lower().endswith(".xml")


def _cut(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes | None:
    """The sheet up to the end of its last kept row, closed again; None if its first piece ends before that."""
    with archive.open(part) as source:
        piece = source.read(_PIECE)
    ends = [match for _, match in zip(range(ROWS), _ROW_END.finditer(piece), strict=False)]
    if len(ends) < ROWS:
        return None
    last = ends[-1]
    prefix = last[1]
    return piece[: last.end()] + b"</" + prefix + b"sheetData></" + prefix + b"worksheet>"
