"""A look at an old workbook (.xls) before it is read: what its reader would trust and must not.

The file is a small file system of chained sectors that holds a stream of records. A damaged byte can close a chain to
a ring, or announce a billion texts; the reader would follow until no memory is left.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path

from funnelhouse.contracts.reasons import Refused

_END, _FREE = 0xFFFFFFFE, 0xFFFFFFFF
_SMALL = 4096
"""Streams below this size lie in the sectors of another stream, 64 bytes each."""
ROWS, COLUMNS = 65_536, 256
"""What the format can hold."""
_CELLS = {0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E}
_SHARED_TEXTS, _DIMENSIONS, _FILE_PASS = 0x00FC, 0x0200, 0x002F


def check_compound(path: Path) -> None:
    """Raise Refused unless chains end, sizes fit into the file and cells into a sheet, and no password is needed.

    A locked .xlsx is no zip but a file of this kind, with the workbook as an encrypted stream.
    """
    try:
        with path.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as content:
            _Compound(content).check()
    except (struct.error, IndexError, _Broken) as error:
        raise Refused("damaged_file", f"the xls workbook is damaged ({error}); export it again, or as CSV") from None
    except _Locked:
        raise Refused(
            "encrypted",
            "the workbook is protected by a password; open it, remove the password (File, Info, Protect), save it and "
            "put that file into the inbox",
        ) from None


class _Broken(Exception):
    """The structure contradicts itself."""


class _Locked(Exception):
    """The content is encrypted."""


class _Compound:
    def __init__(self, content: mmap.mmap) -> None:
        self.content = content
        shift = _u16(content, 30)
        if shift not in (9, 12):
            raise _Broken(f"sectors of 2^{shift} bytes")
        self.size = 1 << shift
        self.count = -(-(len(content) - self.size) // self.size)
        self.table = self._table()

    def check(self) -> None:
        """Every chain that a reader may follow, and the records of the workbook."""
        directory = self._join(self.chain(_u32(self.content, 48)))
        small = self._words(self.chain(_u32(self.content, 60)))
        found: bytes | None = None
        container: list[int] = []
        for offset in range(0, len(directory) - 127, 128):
            entry = directory[offset : offset + 128]
            kind, start, size = entry[66], _u32(entry, 116), _u32(entry, 120)
            if kind not in (2, 5) or start >= _END:
                continue
            if size > len(self.content) or (self.size == 4096 and _u32(entry, 124)):
                raise _Broken(f"a stream of {size} bytes in a file of {len(self.content)}")
            if kind == 5:
                container = self.chain(start)
                continue
            is_small = size < _SMALL
            links = follow(start, small) if is_small else self.chain(start)
            name = entry[: max(0, _u16(entry, 64) - 2)].decode("utf-16-le", "replace").lower()
            if name == "encryptedpackage":
                raise _Locked
            if name in ("workbook", "book"):
                whole = self._small(container, links) if is_small else self._join(links)
                found = whole[:size]
        if found is None:
            raise _Broken("it holds no workbook")
        check_records(found)

    def _table(self) -> list[int]:
        """For every sector the next one of its chain."""
        sectors = [number for number in struct.unpack_from("<109I", self.content, 76) if number != _FREE]
        more, seen = _u32(self.content, 68), 0
        while more < _END - 2 and seen <= self.count:
            words = self._words([more])
            sectors += [number for number in words[:-1] if number != _FREE]
            more, seen = words[-1], seen + 1
        if seen > self.count or len(sectors) > self.count:
            raise _Broken("its table of sectors is longer than the file")
        return self._words(sectors)

    def chain(self, start: int) -> list[int]:
        """Numbers of the sectors of a chain."""
        links = follow(start, self.table)
        if any(number >= self.count for number in links):
            raise _Broken("a chain leaves the file")
        return links

    def _join(self, sectors: list[int]) -> bytes:
        return b"".join(self.content[(number + 1) * self.size : (number + 2) * self.size] for number in sectors)

    def _small(self, container: list[int], links: list[int]) -> bytes:
        whole = self._join(container)
        return b"".join(whole[number * 64 : number * 64 + 64] for number in links)

    def _words(self, sectors: list[int]) -> list[int]:
        if any(number >= self.count for number in sectors):
            raise _Broken("a chain leaves the file")
        joined = self._join(sectors)
        return list(struct.unpack_from(f"<{len(joined) // 4}I", joined))


def follow(start: int, table: list[int]) -> list[int]:
    """The links of a chain; raises if it is a ring or leaves the table."""
    links: list[int] = []
    while start < _END:
        if start >= len(table) or len(links) > len(table):
            raise _Broken("a chain has no end")
        links.append(start)
        start = table[start]
    return links


def check_records(stream: bytes) -> None:
    """Announced sizes and places of cells; raises if a sheet cannot hold them."""
    offset, end = 0, len(stream) - 4
    # A sheet has a record for every cell: kind, length, row and column are unpacked at once, also behind the end.
    padded, head = stream + bytes(4), struct.Struct("<HHHH").unpack_from
    while offset <= end:
        kind, length, _, column = head(padded, offset)
        body = offset + 4
        if kind == _FILE_PASS:
            raise _Locked
        if kind in _CELLS:
            if length >= 4 and (column >= COLUMNS or body > end):  # behind the end there is no column to be read
                raise _Broken(f"a cell in column {_u16(stream, body + 2)}")
        elif kind == _SHARED_TEXTS and length >= 8 and _u32(stream, body + 4) > len(stream):
            raise _Broken(f"{_u32(stream, body + 4)} texts announced")
        elif kind == _DIMENSIONS and length >= 14:
            _, rows, _, columns = struct.unpack_from("<IIHH", stream, body)
            if rows > ROWS or columns > COLUMNS:
                raise _Broken(f"a sheet of {rows} rows and {columns} columns")
        offset = body + length


def _u16(data: bytes | mmap.mmap, offset: int) -> int:
    return int(struct.unpack_from("<H", data, offset)[0])


def _u32(data: bytes | mmap.mmap, offset: int) -> int:
    return int(struct.unpack_from("<I", data, offset)[0])
