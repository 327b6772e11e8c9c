"""Where the files go, what is noted about each, and the containers whose bytes depend on nothing but content."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

from sample_company.company import Account

MANIFEST = "_manifest.yml"
_FIXED = (2020, 1, 1, 0, 0, 0)
_CHUNK = 1 << 20
_CELL_END = "\x1f"


@dataclass(frozen=True)
class WrittenFile:
    """One export file: path below the folder, data rows, bytes, and what it is there for."""

    path: str
    rows: int
    bytes: int
    note: str


@dataclass
class Output:
    """The inbox being filled."""

    root: Path
    files: list[WrittenFile] = field(default_factory=list)

    def folder(
        self,
        account: Account,
        dated: datetime | None = None,
        *,
        facts: dict[str, str] | None = None,
        has_currency: bool = True,
    ) -> Path:
        """The folder of an account's export with its manifest; `dated` puts it in a folder of that export day.

        `facts` adds manifest fields, `has_currency` False leaves the currency out (it is in the file).
        """
        folder = self.root / account.source / account.account_id
        manifest = {
            "source": account.source,
            "account_id": account.account_id,
            "account_name": account.name,
            "timezone": account.timezone,
        }
        if has_currency:
            manifest["currency"] = account.currency
        if dated is not None:
            folder = folder / f"{dated:%Y-%m-%d}"
            manifest["exported_at"] = f"{dated:%Y-%m-%dT%H:%M:%SZ}"
        manifest.update(facts or {})
        folder.mkdir(parents=True, exist_ok=True)
        lines = "".join(f'{name}: "{value}"\n' for name, value in manifest.items())
        (folder / MANIFEST).write_text(lines, encoding="utf-8", newline="\n")
        return folder

    @contextmanager
    def writing(self, path: Path, *, exported: datetime, note: str = "") -> Iterator[Counted]:
        """Open `path` for bytes; its rows are counted by the caller and its mtime is the export's instant."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as handle:
            counted = Counted(handle)
            yield counted
        self.note(path, counted.rows, exported, note)

    def write(self, path: Path, content: bytes, *, rows: int, exported: datetime, note: str = "") -> None:
        """Write a small file at once."""
        with self.writing(path, exported=exported, note=note) as target:
            target.handle.write(content)
            target.rows = rows

    def note(self, path: Path, rows: int, exported: datetime, note: str = "") -> None:
        """Remember a file that is finished and date it."""
        stamp = exported.timestamp()
        os.utime(path, (stamp, stamp))
        relative = path.relative_to(self.root).as_posix()
        self.files.append(WrittenFile(relative, rows, path.stat().st_size, note))


@dataclass
class Counted:
    """An open file and the number of data rows in it."""

    handle: IO[bytes]
    rows: int = 0

    def text(self, text: str, encoding: str = "utf-8") -> None:
        """Write text as it is."""
        self.handle.write(text.encode(encoding))

    def row(self, line: str, encoding: str = "utf-8") -> None:
        """Write a data row that already ends in its line end."""
        self.handle.write(line.encode(encoding))
        self.rows += 1


def csv_line(cells: Sequence[str], delimiter: str = ",", end: str = "\n") -> str:
    """One CSV line; cells are quoted only where they must be."""
    joined = delimiter.join(cells)
    if len(cells) > 1 and joined.count(delimiter) == len(cells) - 1 and not any(mark in joined for mark in '"\r\n'):
        return joined + end
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator=end).writerow(cells)
    return buffer.getvalue()


def quoted_line(cells: Iterable[str], end: str = "\n") -> str:
    """One CSV line with every cell quoted."""
    joined = _CELL_END.join(cells)
    if '"' in joined:
        joined = joined.replace('"', '""')
    return '"' + joined.replace(_CELL_END, '","') + '"' + end


def spaced_line(cells: Iterable[object], end: str = "\n") -> str:
    """One CSV line quoting the cells that hold a space or anything else that needs it."""
    return ",".join(_quote_if_needed(str(cell)) for cell in cells) + end


def _quote_if_needed(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ' ,"\n') else cell


def zip_files(target: Path, members: Iterable[tuple[str, bytes | Path]], made: datetime) -> None:
    """Pack members uncompressed, dated `made`: compressors differ between machines, stored bytes do not."""
    stamp = (made.year, made.month, made.day, made.hour, made.minute, made.second)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name, stamp)
            info.create_system = 0
            info.external_attr = 0
            if isinstance(content, bytes):
                info.file_size = len(content)
                with archive.open(info, "w") as member:
                    member.write(content)
                continue
            info.file_size = content.stat().st_size
            with archive.open(info, "w") as member, content.open("rb") as source:
                while chunk := source.read(_CHUNK):
                    member.write(chunk)


def repack(content: bytes) -> bytes:
    """The same zip container (an .xlsx) with stored members and fixed dates."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in source.namelist():
            info = zipfile.ZipInfo(name, _FIXED)
            info.create_system = 0
            archive.writestr(info, source.read(name))
    return out.getvalue()


def grouped(value: object) -> str:
    """A number with thousands separators as the English interfaces write it."""
    return f"{value:,}"
