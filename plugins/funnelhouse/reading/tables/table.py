"""A recognised table and the ways to its rows: read by DuckDB as they are, or normalised first."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from os import SEEK_END
from pathlib import Path

from funnelhouse.contracts.reasons import Refused
from funnelhouse.contracts.schema import Contract
from funnelhouse.reading.container.decoding import Encoding, check_zero_bytes, to_utf8
from funnelhouse.reading.container.normalise import CleanFile, Ending, lines_of, text_rows, unwrapped, write_rows
from funnelhouse.reading.tables.recognition import LIKENESS, Binding, Names, claimed, nearest, unproven
from funnelhouse.sql import sql_text
from funnelhouse.text import shown_name

BUFFER_BYTES = 32 << 20
"""What the engine reads at a time. Its own choice is sixteen times the longest line allowed: half a gigabyte each."""
LAST_BYTES = 64 << 10
"""Totals stand at the end: so much of it is looked at before a long text is read again."""
_BLANK_LINES = (b"\n", b"\r\n")


def _rows_of(lines: list[bytes]) -> list[bytes] | None:
    """The lines that are rows, if no cell may hold a line end."""
    text = b"".join(lines)
    if text.count(b"\r") and text.count(b"\r") != text.count(b"\r\n"):
        return None
    if b'"' in text and any([line.count(b'"') % 2 for line in lines]):
        return None
    has_blank = text.startswith(_BLANK_LINES) or b"\n\n" in text or b"\n\r\n" in text
    return [line for line in lines if line not in _BLANK_LINES] if has_blank else lines


def line_and_buffer(path: Path, longest: int = 16 << 20) -> str:
    """Options of `read_csv`: the longest line and the buffer, no larger than a small file needs."""
    size = path.stat().st_size + 1024
    return f"max_line_size = {min(size, longest)}, buffer_size = {min(2 * size, BUFFER_BYTES)}"


@dataclass
class Table:
    """One recognised table. `clean` is its normalised file, made on demand; `direct` lets DuckDB read the text."""

    name: str
    binding: Binding
    names: Names
    preamble: list[str]
    block_facts: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    packed_at: str | None = None
    direct: Direct | None = None
    clean: CleanFile | None = None
    make_clean: Callable[[], CleanFile] | None = None
    is_preamble_only: bool = False
    skipped: str = ""  # why a table of the file is not read, although the file is of a known kind
    is_hidden: bool = False
    beside: dict[str, str] = field(default_factory=dict)  # facts from other tables of the same file

    @property
    def contract(self) -> Contract:
        """Contract of the table."""
        return self.binding.contract

    @property
    def width(self) -> int:
        """Number of columns of the header."""
        return len(self.binding.labels)

    @property
    def cells(self) -> int:
        """Number of columns of its rows: a normalised file keeps the cells that a row may have beyond the header."""
        return self.clean.width if self.clean else self.width


@dataclass
class Direct:
    """A text that DuckDB may read: decoding and skipping are done when it is asked for."""

    member: Path
    workspace: Path
    encoding: Encoding
    delimiter: str
    body_start: int
    lines_before: int
    wrapped: str | None = None
    skip_after_header: int = 0
    ends_at_blank: bool = False
    ending: Ending = field(default_factory=Ending)
    _utf8: Path | None = None

    def relation(self, width: int) -> str | None:
        """SQL that reads the rows after the header as texts c0.., or None if only the normaliser can."""
        if self.wrapped or self.skip_after_header or self.ends_at_blank:  # blank lines vanish in the engine
            return None
        if self._is_as_it_stands:
            check_zero_bytes(self.member)
        return self._reading(self.text(), self._lines_above, width)

    def some_rows(self, width: int, count: int, wanted: list[int], target: Path) -> str | None:
        """SQL that reads the rows numbered `wanted` (ascending), as `relation` numbers them, from a copy at `target`.

        `count` is the number of all rows. None if a line up to the last of them may not be a row: a cell that holds a
        line end opens a quote in one line and closes it in another.
        """
        if width == 1:
            return None
        last = self._last_lines()
        if wanted[0] > count - len(last):
            found = [last[number - count - 1] for number in wanted]
        else:
            found = self._lines_of(wanted)
        if len(found) < len(wanted):
            return None
        target.write_bytes(b"".join(found))
        numbered = f"([{', '.join(map(str, wanted))}])[row_number() over ()] as rn, 'ok' as st"
        return f"(select {numbered}, * from {self._reading(target, 0, width)})"

    def _last_lines(self) -> list[bytes]:
        """The last rows, where totals stand; none if a cell there may hold a line end."""
        with self.text().open("rb") as text:
            text.seek(max(0, text.seek(0, SEEK_END) - LAST_BYTES))
            lines = text.readlines()[1:]
        return [] if any(b'"' in line for line in lines) else _rows_of(lines) or []

    def _lines_of(self, wanted: list[int]) -> list[bytes]:
        """The rows with these numbers; fewer if a cell before the last of them may hold a line end."""
        found: list[bytes] = []
        passed = 0
        with self.text().open("rb") as text:
            for _ in range(self._lines_above):
                text.readline()
            while len(found) < len(wanted) and (lines := text.readlines(1 << 20)):
                rows = _rows_of(lines)
                if rows is None:
                    break
                here = bisect_right(wanted, passed + len(rows), lo=len(found))
                found += [rows[number - passed - 1] for number in wanted[len(found) : here]]
                passed += len(rows)
        return found

    def _reading(self, path: Path, skip: int, width: int) -> str:
        columns = ", ".join(f"'c{index}': 'varchar'" for index in range(width))
        return (
            f"read_csv({sql_text(str(path))}, auto_detect = false, header = false, skip = {skip}, "
            f"delim = {sql_text(self.delimiter)}, quote = '\"', escape = '\"', "
            f"columns = {{{columns}}}, nullstr = '', strict_mode = true, {line_and_buffer(path)})"
        )

    @property
    def _is_as_it_stands(self) -> bool:
        return self.encoding.is_utf8 and self.lines_before == 1

    @property
    def _lines_above(self) -> int:
        """Lines of `text` above its first row."""
        return self.lines_before if self._is_as_it_stands else 0

    def text(self) -> Path:
        """A UTF-8 file that ends with the rows: the member itself, or the text after the header, made once."""
        return self.member if self._is_as_it_stands else self._body()

    def _body(self) -> Path:
        if self._utf8 is None:
            self._utf8 = self.workspace / f"{self.member.name}.utf8"
            to_utf8(self.member, self._utf8, self.encoding, skip_characters=self.body_start)
        return self._utf8

    def has_open_end(self) -> bool:
        """True if the last line has no line end."""
        with self.member.open("rb") as text:
            text.seek(max(0, text.seek(0, SEEK_END) - 8))
            return not text.read().replace(b"\0", b"").endswith((b"\n", b"\r"))

    def rows(self, preamble_rows: int) -> Iterator[list[str]]:
        """Rows after the header through the forgiving reader."""
        with lines_of(self.member, self.encoding.name, self.encoding.mark, self.encoding.errors) as stream:
            rows: Iterator[list[str]] = text_rows(_guarded(stream, self.encoding), self.delimiter, self.ending)
            if self.wrapped:
                rows = unwrapped(rows, self.wrapped)
            yield from islice(rows, preamble_rows, None)


def _guarded(stream: Iterable[str], encoding: Encoding) -> Iterator[str]:
    try:
        yield from stream
    except UnicodeDecodeError as error:
        raise Refused(
            "wrong_encoding",
            f"a byte ({error.object[error.start]:#04x}) is not {encoding.name}: the file was re-saved in another "
            "encoding or cut; export it again without opening it in a spreadsheet",
        ) from None


def normalised(table: Table) -> CleanFile:
    """The table's normalised file, made once."""
    if table.clean is None and table.make_clean is not None:
        table.clean = table.make_clean()
    if table.clean is None:
        assert table.direct is not None  # noqa: S101 (a table has one or the other)
        reading = table.contract.reading
        rows = without_first(table.direct.rows(table.binding.header_row + 1), reading.skip_after_header)
        target = table.direct.workspace / f"{table.direct.member.name}.clean"
        table.clean = write_rows(
            rows, target, table.width,
            delimiter=table.direct.wrapped or table.direct.delimiter, extra_cells=reading.extra_cells,
            ends_at_blank=reading.ends_at_blank_row,
        )  # fmt: skip
        table.clean.is_unclosed = table.direct.ending.is_unclosed
    return table.clean


def without_first(rows: Iterator[list[str]], count: int) -> Iterator[list[str]]:
    """The rows behind the first `count` that have content: blank lines do not count."""
    return _behind(rows, count) if count else rows


def _behind(rows: Iterator[list[str]], count: int) -> Iterator[list[str]]:
    for row in rows:
        if count and any(cell.strip() for cell in row):
            count -= 1
        elif not count:
            yield row


def table_name(names: Names, block: int = 0) -> str:
    """Name of a table inside its file: member, sheet and block."""
    name = names.member or "-"
    if names.sheet:
        name += f"!{names.sheet}"
    return shown_name(f"{name}[{block}]" if block else name)


def unknown_kind(label: str, rows: list[list[str]], contracts: list[Contract], source: str = "") -> Refused:
    """The refusal of a member that no contract claims, with the nearest contract's missing columns.

    `source` is the platform that a person named: its contracts come first.
    """
    advice = "`funnelhouse contract new FILE` drafts a contract for it, `funnelhouse contract check FILE` says why"
    if could := unproven(rows, contracts):
        titles = " or ".join(dict.fromkeys(repr(contract.title) for contract in could[:3]))
        folders = " or ".join(dict.fromkeys(f"inbox/{contract.source}/" for contract in could[:3]))
        return Refused(
            "unknown_kind",
            f"{label}: its columns could be those of {titles}, but nothing says whose export it is; put it into "
            f"{folders}, or name `source:` in a _manifest.yml beside it. If it is of another platform, {advice}",
        )
    named = [contract for contract in contracts if contract.source == source]
    claim = claimed(rows[:30], contracts)
    if not claim and (own := nearest(rows, named, LIKENESS)):
        return missing_columns(*own)
    near = (nearest(rows, named, 0) or nearest(rows, contracts)) if not claim else None
    if near:
        claim = f"it looks like {near[0].title!r}, but lacks the columns {', '.join(near[1])}"
    hint = f"{claim}. If it is another kind" if claim else "if it is an export"
    return Refused("unknown_kind", f"{label}: no known kind of export; {hint}, {advice}")


def missing_columns(contract: Contract, missing: list[str]) -> Refused:
    """The refusal of a table of a known kind that lacks columns; `missing` are their labels, quoted."""
    return Refused(
        "missing_columns",
        f"{contract.title}: the export lacks the columns {', '.join(missing)}; add them (the person who exports needs "
        "access to them) and export it again",
    )


def tie(found: list[Binding]) -> Refused:
    """The refusal of a table that two contracts fit equally well."""
    first, second = found[0].contract, found[1].contract
    return Refused(
        "ambiguous_kind",
        f"{first.contract} and {second.contract} fit equally well; put the file into inbox/{first.source}/ or "
        f"inbox/{second.source}/, or name `source:` in a _manifest.yml",
    )
