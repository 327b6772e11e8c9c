"""From a received file to the texts and sheets inside it, within limits and without ever trusting a name.

Members are never written under their own names, so a path inside a zip can reach nothing.
"""

from __future__ import annotations

import errno
import gzip
import io
import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from funnelhouse.contracts.reasons import Refused
from funnelhouse.limits import Limits, raise_it
from funnelhouse.reading.bounds import check_sheet, check_time
from funnelhouse.reading.container.filled import filled_extent
from funnelhouse.reading.container.records import is_record_list, write_table
from funnelhouse.text import shown_name

HEAD = 4096
"""Bytes that tell what a file is."""
FREE_BYTES = 32 << 20
"""Up to here no ratio is looked at: small files pack as well as they like."""


@dataclass
class Budget:
    """What the file has cost so far; raises Refused beyond the limits."""

    limits: Limits = field(default_factory=Limits)
    received: int = 0
    members: int = 0
    total: int = 0
    is_checked: bool = False
    """The file, if it is a workbook, was checked when it arrived: by this code, under these limits."""
    damaged: list[tuple[str, Refused]] = field(default_factory=list)
    """Members of archives that cannot be unpacked; the others are read."""

    def announced(self, members: int, count: int, name: str) -> None:
        """What an archive says it holds: refused before anything of it is loaded. It may lie, so all is counted too."""
        self._check_members(self.members + members, name)
        self._check_total(self.total + count, name)

    def member(self, name: str) -> None:
        """Count one member."""
        self.members += 1
        self._check_members(self.members, name)

    def _check_members(self, count: int, name: str) -> None:
        if count > self.limits.members:
            raise Refused(
                "too_large",
                f"{name}: {count:,} files inside, the limit is {self.limits.members:,}; split the archive, or "
                f"{raise_it('members')}",
            )

    def _check_total(self, count: int, name: str) -> None:
        if count > self.limits.total_bytes:
            raise Refused(
                "too_large",
                f"{name}: {count >> 20:,} MB unpacked from one file, the limit is {self.limits.total_mb:,} MB; export "
                f"less at once, or {raise_it('total_mb')}",
            )

    def spend(self, count: int, name: str) -> None:
        """Count unpacked bytes, over all archives inside archives, and look at the clock."""
        self.total += count
        self._check_total(self.total, name)
        # An archive inside an archive multiplies its ratio, overlapping members share bytes: only the sum shows it.
        _check_ratio(self.total, self.received, name, self.limits)
        check_time()

    def dive(self, depth: int, name: str) -> None:
        """Go into an archive inside `depth` others."""
        if depth >= self.limits.nesting:
            raise Refused(
                "too_large",
                f"{name or 'the file'}: archives inside archives, {depth + 1} deep, the limit is "
                f"{self.limits.nesting}; unpack it first, or {raise_it('nesting')}",
            )


@dataclass(frozen=True)
class Member:
    """One text or workbook. `name` is the path inside the file, empty for the file itself; `kind` as sniffed."""

    name: str
    kind: str
    path: Path
    packed_at: str | None = None
    is_checked: bool = False
    """A workbook that was found to be safe already, by this code and under these limits."""

    @property
    def label(self) -> str:
        """Name for messages."""
        return self.name or "the file"


def sniff(head: bytes) -> str:
    """Container by content: zip, xlsx (a zip, too; separated later), xls, gzip or text."""
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
        return "zip"
    if head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return "xls"
    if head[:2] == b"\x1f\x8b":
        return "gzip"
    return "text"


def members(path: Path, workspace: Path, budget: Budget) -> Iterator[Member]:
    """Every text and workbook in the file, unpacked into `workspace` (a fresh folder) as they are asked for."""
    try:
        with path.open("rb") as handle:
            head = handle.read(8)
    except OSError as error:
        raise Refused(
            "unreadable", f"the file cannot be opened ({error.strerror or error}); check its permissions"
        ) from None
    budget.received = path.stat().st_size
    if not head:
        raise Refused("empty_file", "the file is empty (0 bytes); export it again")
    yield from _open(path, "", workspace, budget, 0)


def _open(
    path: Path, name: str, workspace: Path, budget: Budget, depth: int, packed_at: str | None = None
) -> Iterator[Member]:
    with path.open("rb") as handle:
        kind = sniff(head := handle.read(HEAD))
    if kind == "zip":
        yield from _open_zip(path, name, workspace, budget, depth, packed_at)
    elif kind == "gzip":
        budget.dive(depth, name)
        inner = workspace / f"m{budget.members}"
        budget.member(name)
        with gzip.open(path, "rb") as source:
            _copy(source, inner, name or "the file", path.stat().st_size, budget)
        yield from _open(inner, name.removesuffix(".gz"), workspace, budget, depth + 1, packed_at)
    else:
        _check_size(path.stat().st_size, name or "the file", budget.limits)
        if kind == "text" and is_record_list(head):
            table = workspace / f"m{budget.members}"
            budget.member(name)
            write_table(path, table, name or "the file")
            path = table
        yield Member(name, kind, path, packed_at, is_checked=not name and budget.is_checked)


def _open_zip(
    path: Path, name: str, workspace: Path, budget: Budget, depth: int, packed_at: str | None
) -> Iterator[Member]:
    budget.dive(depth, name)
    with _reading_zip(name or "the file"), zipfile.ZipFile(path) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        names = {info.filename for info in infos}
        if "[Content_Types].xml" in names:
            if name or not budget.is_checked:
                check_workbook(archive, budget.limits)
            yield Member(name, "xlsx", path, packed_at, is_checked=True)
            return
        for info in infos:
            _check_info(info, budget)
        budget.announced(len(infos), sum(info.file_size for info in infos), name or "the file")
        seen: dict[str, int] = {}
        for info in sorted(infos, key=lambda info: info.filename):
            if _is_noise(info.filename) or info.file_size == 0:
                continue
            budget.member(info.filename)
            target = workspace / f"m{budget.members}"
            inner_name = shown_name(f"{name}/{info.filename}" if name else info.filename)
            seen[inner_name] = seen.get(inner_name, 0) + 1
            if seen[inner_name] > 1:  # two members of one name are two tables
                inner_name = f"{inner_name} ({seen[inner_name]})"
            try:
                with _reading_zip(inner_name), archive.open(info) as source:
                    _copy(source, target, inner_name, info.compress_size, budget)
            except Refused as refusal:
                target.unlink(missing_ok=True)
                if refusal.reason != "damaged_zip":  # a limit is the whole file's
                    raise
                budget.damaged.append((inner_name, refusal))
                continue
            yield from _open(target, inner_name, workspace, budget, depth + 1, _packed_at(info))
            target.unlink(missing_ok=True)


def _packed_at(info: zipfile.ZipInfo) -> str | None:
    """Time in the zip's directory, unless it is the format's zero."""
    year, month, day, hour, minute, second = info.date_time
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None
    return moment.strftime("%Y-%m-%dT%H:%M:%S") if year > 1980 else None


_BROKEN = (
    zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError,
    KeyError, IndexError, ValueError, OverflowError,
)  # fmt: skip
"""What the readers of archives raise for damaged ones."""


@contextmanager
def _reading_zip(label: str) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise Refused("damaged_zip", f"{label}: the archive is damaged ({error}); download it again") from None
    except OSError as error:
        # A directory that points before the beginning of the file; bzip2 has no error of its own, nor a number.
        if error.errno not in (None, errno.EINVAL):
            raise
        raise Refused("damaged_zip", f"{label}: the archive is damaged ({error}); download it again") from None
    except RuntimeError as error:
        if "password" not in str(error) and "encrypted" not in str(error):
            raise
        raise _locked(label) from None


def _locked(label: str) -> Refused:
    return Refused(
        "encrypted", f"{label}: the archive is protected by a password; unpack it and put the files into the inbox"
    )


def _is_noise(name: str) -> bool:
    last = name.rsplit("/", 1)[-1]
    return name.startswith("__MACOSX/") or last.startswith(".") or last.lower() in {"thumbs.db", "desktop.ini"}


def _check_info(info: zipfile.ZipInfo, budget: Budget) -> None:
    # `orig_filename` is the name as stored: ZipFile cuts `filename` at a NUL and turns backslashes on some systems.
    name = info.orig_filename.replace("\\", "/")
    shown = shown_name(info.orig_filename)
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/") or "\0" in name:
        raise Refused("unsafe_path", f"the zip holds the name {shown!r}, which leaves the folder")
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        raise Refused("unsafe_path", f"the zip holds {shown!r}, which is a link or a device, not a file")
    if len(name) > LONGEST_NAME:
        raise Refused(
            "unsafe_path", f"the zip holds a name of {len(name):,} characters, more than {LONGEST_NAME}: {shown!r}"
        )
    if info.flag_bits & 0x1:
        raise _locked(shown)
    _check_ratio(info.file_size, info.compress_size, shown, budget.limits)
    _check_size(info.file_size, shown, budget.limits)


def _check_size(size: int, name: str, limits: Limits) -> None:
    if size > limits.file_bytes:
        raise Refused(
            "too_large",
            f"{name}: {size >> 20:,} MB, the limit is {limits.file_mb:,} MB; export a shorter period, or "
            f"{raise_it('file_mb')}",
        )


def _check_ratio(unpacked: int, packed: int, name: str, limits: Limits) -> None:
    if unpacked > FREE_BYTES and unpacked > limits.ratio * max(packed, 1):
        raise Refused(
            "too_large",
            f"{name}: {unpacked >> 20:,} MB from {packed >> 10:,} KB packed, {unpacked // max(packed, 1):,} times; "
            f"the limit is {limits.ratio} times and no export is; {raise_it('ratio')}",
        )


def _copy(source: IO[bytes] | io.BufferedIOBase, target: Path, name: str, packed: int, budget: Budget) -> None:
    """Unpack a stream, counting what really comes out: the sizes in the directory may lie."""
    written = 0
    with _reading_zip(name), target.open("wb") as sink:
        while chunk := source.read(1 << 20):
            written += len(chunk)
            budget.spend(len(chunk), name)
            _check_ratio(written, packed, name, budget.limits)
            _check_size(written, name, budget.limits)
            sink.write(chunk)


LONGEST_NAME = 1_000
"""Characters of a name inside a zip, folders included."""

_DANGER = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")


def check_workbook(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Refuse a workbook that is more than values: formulas, macros, links to elsewhere, entities. Exports have none."""
    total = sum(info.file_size for info in archive.infolist())
    packed = sum(info.compress_size for info in archive.infolist())
    _check_ratio(total, packed, "the workbook", limits)
    if total > limits.workbook_bytes:
        raise Refused(
            "too_large",
            f"the workbook has {total >> 20:,} MB unpacked, the limit is {limits.workbook_mb:,} MB; export it as CSV, "
            f"or {raise_it('workbook_mb')}",
        )
    for info in archive.infolist():
        name = info.filename.lower()
        if "externallinks/" in name or name.endswith("vbaproject.bin"):
            raise Refused(
                "xlsx_unsafe", f"the workbook holds {info.filename}; save it again with values only, or export CSV"
            )
        if name.endswith((".xml", ".rels")):
            _check_part(archive, info)


def _check_part(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    is_sheet = "worksheets/" in info.filename.lower() and info.filename.lower().endswith(".xml")
    extent = _Extent()
    tail = b""
    with archive.open(info) as source:
        while chunk := source.read(1 << 20):
            check_time()
            window = tail + chunk
            if b"\0" in window[:64]:  # UTF-16 parts would hide what is searched here; no export has them
                raise Refused("xlsx_unsafe", f"{info.filename} is not UTF-8; save the workbook again, or export CSV")
            if b"<!" in window and _DANGER.search(window):
                raise Refused("xlsx_unsafe", f"{info.filename} declares entities; export the file again as CSV")
            is_sheet = is_sheet or b"sheetData" in window  # whatever the part is called
            if is_sheet:
                if (b"<f" in window or b":f" in window) and _FORMULA.search(window):
                    raise Refused(
                        "xlsx_unsafe", f"{info.filename} holds formulas, exports hold values; save as values, or CSV"
                    )
                extent.add(window)
            tail = window[-32:]
    if is_sheet:
        try:
            check_sheet(extent.rows, extent.columns, info.filename)
        except Refused:
            # What a workbook declares is often a million rows that were only coloured: they cost nothing to read.
            check_sheet(*filled_extent(archive, info), info.filename)


_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]{0,200}?\br\s*=\s*["'](\d{1,9})["']""")
_WIDE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{2,4})(\d{1,9})["']""")
_TALL = re.compile(rb"""\br\s*=\s*["'][A-Za-z](\d{6,9})["']""")
_PLAIN_ROW = re.compile(rb"""<row\s[^>]{0,200}?\br="(\d{1,9})\"""")
_PLAIN_FAR = re.compile(rb"""r="(?:([A-Za-z]{2,4})(\d{1,9})|[A-Za-z](\d{6,9}))\"""")
"""The same for attributes written `r="..."` and rows without a prefix: found ten times as fast."""
_OTHER_WRITINGS = (b"'", b" =", b"= ", b"\t", b"\r", b"\v", b"\f", b"=\n", b"\n=", b":row")


class _Extent:
    """The rectangle that a sheet's cells span. It is held in memory as a whole, so one far cell costs as much."""

    def __init__(self) -> None:
        self.rows = 1
        self.columns = 26  # one letter: not looked at cell by cell, which would cost more than reading them

    def add(self, window: bytes) -> None:
        """Take in a piece of the sheet's XML."""
        if any(writing in window for writing in _OTHER_WRITINGS):
            row, far = _ROW, [*_WIDE.finditer(window), *_TALL.finditer(window)]
        else:
            row, far = _PLAIN_ROW, [*_PLAIN_FAR.finditer(window)]
        found = {match.groups() for match in far if _begins_a_word(window, match.start())}
        cells = {(groups[0], groups[1]) for groups in found if len(groups) > 1 and groups[0]}
        rows = [int(number) for number in row.findall(window)]
        rows += [int(groups[-1]) for groups in found if groups[-1]]
        self.rows = max([self.rows, window.count(b"</row>"), *rows, *(int(number) for _, number in cells)])
        self.columns = max([self.columns, *(_column(letters) for letters in {letters for letters, _ in cells})])


def _begins_a_word(window: bytes, place: int) -> bool:
    before = window[place - 1 : place]
    return not (before.isalnum() or before == b"_")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
