"""From one member (text or workbook) to the tables in it: decoded, header found, contract recognised, rows reachable."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from funnelhouse.contracts.schema import Contract
from funnelhouse.extract.containers import Member
from funnelhouse.extract.decoding import HEAD_BYTES, Encoding, decode_head, sniff_encoding, to_utf8
from funnelhouse.extract.facts import match_facts
from funnelhouse.extract.normalise import CleanFile, lines_of, text_rows, unwrapped, write_rows
from funnelhouse.extract.outcomes import Refused
from funnelhouse.extract.recognise import (
    Binding,
    Names,
    bind_row,
    find_header,
    is_tie,
    key_value_header,
    nearest,
    ranked,
)
from funnelhouse.extract.sheets import open_workbook, sheet_rows
from funnelhouse.extract.text import sql_text

HEAD_ROWS = 60
_SEP = re.compile(r'^"?sep=(?P<d>.|\\t)"?[\s,;]*$', re.IGNORECASE)


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

    @property
    def contract(self) -> Contract:
        """Contract of the table."""
        return self.binding.contract

    @property
    def width(self) -> int:
        """Number of columns of the header."""
        return len(self.binding.labels)


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
    _utf8: Path | None = None

    def relation(self, width: int) -> str | None:
        """SQL that reads the rows after the header as texts c0.., or None if only the normaliser can."""
        if self.wrapped or self.skip_after_header:
            return None
        path, skip = self.member, self.lines_before
        if not self.encoding.is_utf8 or skip != 1:
            path, skip = self._body(), 0
        columns = ", ".join(f"'c{index}': 'varchar'" for index in range(width))
        return (
            f"read_csv({sql_text(str(path))}, auto_detect = false, header = false, skip = {skip}, "
            f"delim = {sql_text(self.delimiter)}, quote = '\"', escape = '\"', "
            f"columns = {{{columns}}}, nullstr = '', strict_mode = true, max_line_size = 16777216)"
        )

    def _body(self) -> Path:
        """The text after the header as a UTF-8 file, made once."""
        if self._utf8 is None:
            self._utf8 = self.workspace / f"{self.member.name}.utf8"
            to_utf8(self.member, self._utf8, self.encoding, skip_characters=self.body_start)
        return self._utf8

    def rows(self, preamble_rows: int) -> Iterator[list[str]]:
        """Rows after the header through the forgiving reader."""
        with lines_of(self.member, self.encoding.name, self.encoding.mark) as stream:
            rows: Iterator[list[str]] = text_rows(_guarded(stream, self.encoding), self.delimiter)
            if self.wrapped:
                rows = unwrapped(rows, self.wrapped)
            yield from islice(rows, preamble_rows, None)


def _guarded(stream: Iterable[str], encoding: Encoding) -> Iterator[str]:
    try:
        yield from stream
    except UnicodeDecodeError as error:
        raise Refused(
            "wrong_encoding",
            f"a byte ({error.object[error.start]:#04x}) is not {encoding.name}: the file was re-saved in another encoding or "
            "cut; export it again without opening it in a spreadsheet",
        ) from None


def read_member(member: Member, file_name: str, contracts: list[Contract], workspace: Path) -> Iterator[Table]:
    """Every recognised table of a member. Raises Refused if it holds none, or is damaged."""
    names = Names(file=file_name, member=member.name, container=member.kind)
    if member.kind == "text":
        yield from _read_text(member, names, contracts, workspace)
    else:
        yield from _read_workbook(member, names, contracts, workspace)


# --- text ---------------------------------------------------------------------------------------------------------


@dataclass
class _Look:
    """The head of a text under one delimiter."""

    delimiter: str
    rows: list[list[str]]
    ends: list[tuple[int, int]]  # characters and lines consumed after each row
    bindings: list[Binding]
    wrapped: str | None = None


def _read_text(member: Member, names: Names, contracts: list[Contract], workspace: Path) -> Iterator[Table]:
    with member.path.open("rb") as handle:
        head = handle.read(HEAD_BYTES)
    whole = len(head) < HEAD_BYTES
    if not head.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise Refused("empty_file", f"{member.label} holds nothing but blanks; export it again")
    encoding = sniff_encoding(head, whole=whole)
    guessed = encoding or Encoding("cp1252", 0, "not UTF-8")
    text = head.decode("cp1252", "replace") if encoding is None else decode_head(head, guessed)
    look = _best_look(text, contracts, names, whole)
    if look is None or not look.bindings:
        yield from _without_header(text, contracts, names, member)
        return
    if is_tie(look.bindings):
        raise _tie(look.bindings)
    contract = look.bindings[0].contract
    encoding = encoding or _fallback(contract, member)
    binding = look.bindings[0]
    row = binding.header_row
    direct = Direct(
        member.path, workspace, encoding, look.delimiter, look.ends[row][0], look.ends[row][1], look.wrapped,
        contract.reading.skip_after_header,
    )  # fmt: skip
    preamble = [" ".join(cell for cell in line if cell).strip() for line in look.rows[:row]]
    notes = [
        f"encoding: {encoding.name} ({encoding.evidence})",
        f"delimiter: {_shown(look.delimiter)}",
        f"header: row {row + 1}, language {binding.language}",
    ]
    if look.wrapped:
        notes.append("each row was one quoted cell (csv inside csv): parsed twice")
    table = Table(_table_name(names), binding, names, preamble, notes=notes, packed_at=member.packed_at, direct=direct)
    if contract.reading.blocks == "stacked" or contract.reading.layout == "key_value":
        yield from _blocks(direct.rows(0), table, contracts, workspace)
    else:
        yield table


def _fallback(contract: Contract, member: Member) -> Encoding:
    name = contract.reading.fallback_encoding
    if name is None:
        raise Refused(
            "wrong_encoding",
            f"{member.label} is neither UTF-8 nor UTF-16: it was re-saved in an 8-bit encoding, letters may be lost; "
            "export it again without opening it in a spreadsheet",
        )
    return Encoding(name, 0, "not UTF-8; the contract's fallback")


def _best_look(text: str, contracts: list[Contract], names: Names, whole: bool) -> _Look | None:
    given = None
    offset = lines = 0
    first_line = text.partition("\n")[0]
    if match := _SEP.match(first_line.rstrip("\r")):
        given = "\t" if match["d"] == "\\t" else match["d"]
        offset, lines = len(first_line) + 1, 1
        text = text[offset:]
    best: _Look | None = None
    for delimiter in (given,) if given else (",", "\t", ";", "|"):
        if delimiter not in text:
            continue
        look = _look(text, delimiter, contracts, names, whole)
        if look.bindings and (best is None or not best.bindings or look.bindings[0].score > best.bindings[0].score):
            best = look
        best = best or look
    if best is None:
        best = _look(text, ",", contracts, names, whole)
    if offset:
        best.ends = [(characters + offset, count + lines) for characters, count in best.ends]
        best.rows.insert(0, [])
        best.ends.insert(0, (offset, lines))
        for binding in best.bindings:
            binding.header_row += 1
    return best


def _look(text: str, delimiter: str, contracts: list[Contract], names: Names, whole: bool) -> _Look:
    rows, ends = _head_rows(text, delimiter, whole)
    bindings = find_header(rows, contracts, names) or key_value_header(rows, contracts, names)
    wrapped = None
    if not bindings and any(len(row) >= 1 and '"' in row[0] and "," in row[0] for row in rows[:30]):
        inner = list(unwrapped(rows, ","))
        if bindings := find_header(inner, contracts, names):
            rows, wrapped = inner, ","
    return _Look(delimiter, rows, ends, bindings, wrapped)


def _head_rows(text: str, delimiter: str, whole: bool) -> tuple[list[list[str]], list[tuple[int, int]]]:
    """First rows, and how many characters and lines were read after each."""
    consumed = [0, 0]

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            consumed[0] += len(line)
            consumed[1] += 1
            yield line

    rows: list[list[str]] = []
    ends: list[tuple[int, int]] = []
    try:
        for row in islice(text_rows(lines(), delimiter), HEAD_ROWS):
            if not whole and consumed[0] >= len(text):
                break  # the head may end inside this row
            rows.append(row)
            ends.append((consumed[0], consumed[1]))
    except Refused:
        pass  # quoting gone wrong under this delimiter: what was read so far must do
    return rows, ends


def _without_header(text: str, contracts: list[Contract], names: Names, member: Member) -> Iterator[Table]:
    """No header: an export without rows (preamble only), or no export we know."""
    lines = [line.strip().strip('"') for line in text.splitlines()[:HEAD_ROWS] if line.strip()]
    for contract in contracts:
        detect = contract.detect
        if detect.preamble and len(lines) <= 12 and any(re.search(detect.preamble, line) for line in lines[:1]):
            binding = Binding(contract, 0, [], {}, "en")
            yield Table(_table_name(names), binding, names, lines, is_preamble_only=True, packed_at=member.packed_at)
            return
    rows: list[list[str]] = []
    for delimiter in (",", "\t", ";"):
        rows += _head_rows(text, delimiter, True)[0][:30]
    raise _unknown(member.label, rows, contracts)


def _unknown(label: str, rows: list[list[str]], contracts: list[Contract]) -> Refused:
    near = nearest(rows, contracts)
    hint = near or "compare its header with docs/contracts.md, or write a contract of your own"
    return Refused("unknown_kind", f"{label}: no known kind of export; {hint}")


def _tie(found: list[Binding]) -> Refused:
    first, second = found[0].contract, found[1].contract
    return Refused(
        "ambiguous_kind",
        f"{first.contract} and {second.contract} fit equally well; put the file into inbox/{first.source}/ or "
        f"inbox/{second.source}/, or name `source:` in a _manifest.yml",
    )


def _table_name(names: Names, block: int = 0) -> str:
    name = names.member or "-"
    if names.sheet:
        name += f"!{names.sheet}"
    return f"{name}[{block}]" if block else name


def _shown(delimiter: str) -> str:
    return {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}.get(delimiter, repr(delimiter))


# --- workbooks ----------------------------------------------------------------------------------------------------


def _read_workbook(member: Member, names: Names, contracts: list[Contract], workspace: Path) -> Iterator[Table]:
    workbook = open_workbook(member.path, member.kind)
    found = 0
    heads: list[list[str]] = []
    for number, sheet in enumerate(workbook.sheet_names):
        here = Names(names.file, names.member, sheet, member.kind)
        head = list(islice(sheet_rows(workbook, sheet), HEAD_ROWS))
        bindings = find_header(head, contracts, here)
        if not bindings:
            heads += head[:30]
            continue
        if is_tie(bindings):
            raise _tie(bindings)
        found += 1
        binding = bindings[0]
        preamble = [" ".join(cell for cell in line if cell).strip() for line in head[: binding.header_row]]
        notes = [
            f"sheet: {sheet!r} of a {member.kind} workbook",
            f"header: row {binding.header_row + 1}, language {binding.language}",
        ]
        table = Table(_table_name(here), binding, here, preamble, notes=notes, packed_at=member.packed_at)
        reading = binding.contract.reading
        if reading.blocks == "stacked":
            yield from _blocks(sheet_rows(workbook, sheet), table, contracts, workspace)
            continue
        target = workspace / f"{member.path.name}.s{number}.csv"
        table.make_clean = partial(_write_sheet, workbook, sheet, table, target)
        yield table
    if not found:
        raise _unknown(member.label, heads, contracts)


def _write_sheet(workbook: Any, sheet: str, table: Table, target: Path) -> CleanFile:
    reading = table.contract.reading
    rows = islice(sheet_rows(workbook, sheet), table.binding.header_row + 1 + reading.skip_after_header, None)
    return write_rows(rows, target, table.width, extra_cells=reading.extra_cells)


# --- stacked blocks and key-value files -----------------------------------------------------------------------------


def normalised(table: Table) -> CleanFile:
    """The table's normalised file, made once."""
    if table.clean is None and table.make_clean is not None:
        table.clean = table.make_clean()
    if table.clean is None:
        assert table.direct is not None  # noqa: S101 (a table has one or the other)
        reading = table.contract.reading
        rows = table.direct.rows(table.binding.header_row + 1 + reading.skip_after_header)
        target = table.direct.workspace / f"{table.direct.member.name}.clean"
        table.clean = write_rows(
            rows, target, table.width,
            delimiter=table.direct.wrapped or table.direct.delimiter, extra_cells=reading.extra_cells,
        )  # fmt: skip
    return table.clean


def _blocks(rows: Iterable[list[str]], first: Table, contracts: list[Contract], workspace: Path) -> Iterator[Table]:
    """One table per recognised block."""
    if first.contract.reading.layout == "key_value":
        yield _key_value(rows, first, workspace)
        return
    mine = [contract for contract in contracts if contract.reading.blocks == "stacked"]
    number = 0
    lines: list[str] = []
    stream = iter(rows)
    for index, row in enumerate(stream):
        filled = [cell for cell in row if cell.strip()]
        bindings = ranked(bind_row(row, min(index, 1), mine, first.names)) if len(filled) > 1 else []
        if not bindings:
            lines.append(" ".join(filled).strip())
            continue
        binding = bindings[0]
        number += 1
        facts = _title_facts(binding.contract, lines)
        above = list(reversed(lines))
        target = workspace / f"block{id(first)}_{number}.csv"
        width = len(row)
        clean = write_rows(_until_gap(stream, lines, width), target, width)
        if facts is None:
            first.notes.append(f"block {number} skipped: no wanted title")
            continue
        yield Table(
            _table_name(first.names, number), binding, first.names, above, facts,
            [*first.notes, f"block {number}: {above[0] if above else ''}"], first.packed_at, clean=clean,
        )  # fmt: skip


def _title_facts(contract: Contract, lines: list[str]) -> dict[str, str] | None:
    """Facts of the nearest title above a block; None if titles are asked for and none matches."""
    if not contract.reading.block_titles:
        return {}
    for line in reversed(lines):
        if found := match_facts(contract.reading.block_titles, [line]):
            return found
        if any(re.search(item.pattern, line) for item in contract.reading.block_titles):
            return {}
    return None


def _until_gap(stream: Iterator[list[str]], lines: list[str], width: int) -> Iterator[list[str]]:
    """Rows of a block: up to a blank row or a lone title cell, which starts the next block's lines."""
    for row in stream:
        filled = [cell for cell in row if cell.strip()]
        if not filled:
            break
        if len(filled) == 1 and len(row) == 1 and width > 1:
            lines.append(filled[0].strip())
            break
        yield row


def _key_value(rows: Iterable[list[str]], first: Table, workspace: Path) -> Table:
    """A file of `label, value` rows as a table of one row."""
    labels: list[str] = []
    values: list[str] = []
    for row in rows:
        if len(row) >= 2 and row[0].strip():
            labels.append(row[0].rstrip(": "))
            values.append(row[1])
    rebound = find_header([labels], [_as_table(first.contract)], first.names)
    if rebound:
        first.binding = rebound[0]
        first.binding.contract = first.contract
    first.binding.labels = labels
    first.clean = write_rows([values], workspace / f"kv{id(first)}.csv", len(labels))
    return first


def _as_table(contract: Contract) -> Contract:
    return contract.model_copy(update={"reading": contract.reading.model_copy(update={"layout": "table"})})
