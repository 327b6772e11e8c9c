"""From one member (text or workbook) to the tables in it: decoded, header found, recognised, rows reachable."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from funnelhouse.contracts.reasons import Refused
from funnelhouse.contracts.schema import Contract
from funnelhouse.reading.bounds import check_columns
from funnelhouse.reading.cells.dates import names_two_days
from funnelhouse.reading.container.decoding import (
    CONTROLS,
    HEAD_BYTES,
    Encoding,
    count_open_bytes,
    decode_head,
    has_few_zeros,
    sniff_encoding,
    western,
    without_zeros,
    zero_bytes,
)
from funnelhouse.reading.container.members import Member
from funnelhouse.reading.container.normalise import text_rows, unwrapped
from funnelhouse.reading.facts import match_facts
from funnelhouse.reading.tables.blocks import split_blocks
from funnelhouse.reading.tables.head import Head, SawHead, unseen
from funnelhouse.reading.tables.recognition import (
    Binding,
    Names,
    bind_row,
    find_header,
    is_tie,
    key_value_header,
    matcher,
    ranked,
)
from funnelhouse.reading.tables.table import Direct, Table, missing_columns, table_name, tie, unknown_kind
from funnelhouse.reading.tables.workbooks import read_workbook
from funnelhouse.text import label_keys, plain

HEAD_ROWS = 60
TAIL_BYTES = 4096
"""How much of the end is looked at, for a signature below the rows."""
_SEP = re.compile(r'^"?sep=(?P<d>.|\\t)"?[\s,;]*$', re.IGNORECASE)


def read_member(
    member: Member, file_name: str, contracts: list[Contract], workspace: Path, source: str | None = None,
    saw: SawHead = unseen,
) -> Iterator[Table]:  # fmt: skip
    """Every recognised table of a member; `source` is the platform that a person named, `saw` is given every head.

    Raises Refused if it holds none, or is damaged.
    """
    inner = file_name[:-3] if file_name.lower().endswith(".gz") else file_name
    names = Names(file=inner, member=member.name, container=member.kind, source=source or "")
    if member.kind == "text":
        yield from _read_text(member, names, contracts, workspace, saw)
    else:
        yield from read_workbook(member, names, contracts, workspace, saw)


@dataclass
class _Look:
    """The head of a text under one delimiter."""

    delimiter: str
    rows: list[list[str]]
    ends: list[tuple[int, int]]  # characters and lines consumed after each row
    bindings: list[Binding]
    wrapped: str | None = None
    tried: dict[str, int] = field(default_factory=dict)  # delimiter -> cells of the widest row


def _read_text(
    member: Member, names: Names, contracts: list[Contract], workspace: Path, saw: SawHead
) -> Iterator[Table]:  # fmt: skip
    with member.path.open("rb") as handle:
        head = handle.read(HEAD_BYTES)
    whole = len(head) < HEAD_BYTES
    if not head.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise Refused("empty_file", f"{member.label} holds nothing but blanks; export it again")
    head, has_zeros = (head.replace(b"\0", b""), True) if has_few_zeros(head) else (head, False)
    encoding = sniff_encoding(head, whole=whole)
    guessed = encoding or Encoding(western(head) or "cp1252", 0, "not UTF-8")
    text = head.decode(guessed.name, "replace") if encoding is None else decode_head(head, guessed)
    names = replace(names, tail=_tail(member.path, guessed))
    look = _best_look(text, contracts, names, whole)
    saw(Head(names, look.rows, look.bindings, contracts, guessed, look.delimiter, look.tried, bool(look.wrapped)))
    if has_zeros and (not look.bindings or look.bindings[0].contract.reading.zero_bytes == "refuse"):
        raise zero_bytes()
    if not look.bindings:
        yield from _without_header(text, contracts, names, member)
        return
    if is_tie(look.bindings):
        raise tie(look.bindings)
    binding = _stacked_below(look, contracts, names) or look.bindings[0]
    contract = binding.contract
    _refuse_incomplete(contract, look, contracts, names)
    encoding = encoding or _fallback(contract, member, head)
    odd = []
    if contract.reading.zero_bytes == "drop" and encoding.name in ("utf-8", "cp1252"):
        clean, zeros = without_zeros(member.path, workspace / f"{member.path.name}.text")
        member = replace(member, path=clean)
        odd += [f"{zeros} zero bytes inside cells are left out"] if zeros else []
    if encoding.errors != "strict" and (count := count_open_bytes(member.path)):
        odd.append(f"{count} bytes that Windows-1252 leaves open are read as control characters")
    row = binding.header_row
    check_columns(len(binding.labels), member.label)
    direct = Direct(
        member.path, workspace, encoding, look.delimiter, look.ends[row][0], look.ends[row][1], look.wrapped,
        contract.reading.skip_after_header, contract.reading.ends_at_blank_row,
    )  # fmt: skip
    preamble = [" ".join(cell for cell in line if cell).strip() for line in look.rows[:row]]
    notes = [
        f"encoding: {encoding.name} ({encoding.evidence})",
        f"delimiter: {_shown(look.delimiter)}",
        f"header: row {row + 1}, language {binding.language}",
        *odd,
    ]
    if look.wrapped:
        notes.append("each row was one quoted cell (csv inside csv): parsed twice")
    table = Table(table_name(names), binding, names, preamble, notes=notes, packed_at=member.packed_at, direct=direct)
    if contract.reading.blocks == "stacked" or contract.reading.layout == "key_value":
        yield from split_blocks(direct.rows(0), table, contracts, workspace)
    else:
        yield table


def _stacked_below(look: _Look, contracts: list[Contract], names: Names) -> Binding | None:
    """The first block further down, if the table is the first of several below each other; else None."""
    first = look.bindings[0]
    source, is_single = first.contract.source, first.contract.reading.blocks == "single"
    stacked = [c for c in contracts if is_single and c.source == source and c.reading.blocks == "stacked"]
    for index in range(first.header_row + 2, len(look.rows) if stacked else 0):
        above = look.rows[index - 1]
        if any(cell.strip() for cell in above) and not above[0].startswith("#"):
            continue
        if found := ranked(bind_row(look.rows[index], 1, stacked, names)):
            found[0].header_row = index
            return found[0]
    return None


def _tail(path: Path, encoding: Encoding) -> str:
    """The last lines: some platforms sign there."""
    with path.open("rb") as handle:
        size = handle.seek(0, 2)
        handle.seek(max(encoding.mark, (size - TAIL_BYTES) // 4 * 4 + encoding.mark % 4))
        return handle.read().decode(encoding.name, "replace")


def _fallback(contract: Contract, member: Member, head: bytes) -> Encoding:
    name: str | None = contract.reading.fallback_encoding
    if name == "western":
        name = western(head)
    if name is None:
        raise Refused(
            "wrong_encoding",
            f"{member.label} is neither UTF-8 nor UTF-16: it was re-saved in an 8-bit encoding, letters may be lost; "
            "export it again without opening it in a spreadsheet",
        )
    guessed = contract.reading.fallback_encoding == "western"
    evidence = "not UTF-8; " + ("its letters read well so" if guessed else "the contract's fallback")
    return Encoding(name, 0, evidence, CONTROLS if name == "cp1252" and not guessed else "strict")


def _refuse_incomplete(contract: Contract, look: _Look, contracts: list[Contract], names: Names) -> None:
    """Raise Refused if a contract of last resort took a table that by its name is another kind without a column."""
    if contract.refuse is None or contract.refuse.reason != "not_used" or contract.detect.priority >= 0:
        return
    keys = {key for key in label_keys(look.bindings[0].labels) if key}
    for other in contracts:
        member = other.detect.member
        if other.refuse is None and other.source == contract.source and member and re.search(member, names.last):
            raise missing_columns(other, matcher(other).missing(keys))


def _best_look(text: str, contracts: list[Contract], names: Names, whole: bool) -> _Look:
    given = None
    offset = lines = 0
    first_line = next(io.StringIO(text[:1000], newline=""), "")
    if match := _SEP.match(first_line.rstrip("\r\n")):
        given = "\t" if match["d"] == "\\t" else match["d"]
        offset, lines = len(first_line), 1
        text = text[offset:]
    best: _Look | None = None
    tried: dict[str, int] = {}
    for delimiter in dict.fromkeys((given or ",", ",", "\t", ";", "|")):
        if delimiter not in text:
            continue
        if given and delimiter != given and best and best.bindings:
            break  # what the file says about itself wins if it leads anywhere
        look = _look(text, delimiter, contracts, names, whole)
        tried[delimiter] = max(map(len, look.rows), default=0)
        if look.bindings and (best is None or not best.bindings or look.bindings[0].score > best.bindings[0].score):
            best = look
        if best is None or (not best.bindings and sum(map(len, look.rows)) > sum(map(len, best.rows))):
            best = look
    if best is None:
        best = _look(text, ",", contracts, names, whole)
    best.tried = tried
    if offset:
        best.ends = [(characters + offset, count + lines) for characters, count in best.ends]
        best.rows.insert(0, [])
        best.ends.insert(0, (offset, lines))
        for binding in best.bindings:
            binding.header_row += 1
    return best


def _look(text: str, delimiter: str, contracts: list[Contract], names: Names, whole: bool) -> _Look:
    contracts = [contract for contract in contracts if contract.reading.delimiter in ("auto", delimiter)]
    rows, ends = _head_rows(text, delimiter, whole)
    bindings = find_header(rows, contracts, names) or key_value_header(rows, contracts, names)
    wrapped = None
    # A row that is one cell although it holds the delimiter was quoted as a whole.
    if any(delimiter in "".join(row) for row in rows[:30] if sum(map(bool, row)) == 1):
        inner = list(unwrapped(rows, delimiter))
        again = find_header(inner, contracts, names)
        if again and (not bindings or again[0].score > bindings[0].score):
            rows, bindings, wrapped = inner, again, delimiter
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


_NO_TABLES = {
    r"\s*<(!doctype html|html|head|table|div)": "a web page (a sign-in page, or a report that was saved as one)",
    r"\s*<\?xml": "XML",
    r"\s*(\{\s*\"|\[\s*\{)": "JSON",
    r"%PDF-": "a PDF",
}
"""What is mistaken for an export, by its beginning."""


def _without_header(text: str, contracts: list[Contract], names: Names, member: Member) -> Iterator[Table]:
    """No header: an export without rows (preamble only), or no export we know."""
    lines = [line.strip().strip('"') for line in text.splitlines()[:HEAD_ROWS] if line.strip()]
    first, *below = text.splitlines()[:HEAD_ROWS] or [""]
    tabular = _widest(first) > 3 or any(_is_table_row(line) for line in below)
    for contract in contracts if lines else ():
        detect = contract.detect
        # Its first line alone may be anybody's: where the kind states facts above the header, they must be there.
        is_its_own = not contract.preamble or match_facts(contract.preamble, [plain(line) for line in lines])
        is_titled = detect.preamble and len(lines) <= 12 and re.search(detect.preamble, lines[0]) and is_its_own
        if is_titled and (not tabular or _is_bare_header(below, contract)):
            binding = Binding(contract, 0, [], {}, "en")
            yield Table(table_name(names), binding, names, lines, is_preamble_only=True, packed_at=member.packed_at)
            return
    for form, name in _NO_TABLES.items():
        if re.match(form, text.lstrip("\ufeff"), re.IGNORECASE):
            raise Refused("unknown_kind", f"{member.label} is {name}, not a table; export the report as CSV or XLSX")
    rows: list[list[str]] = []
    for delimiter in (",", "\t", ";"):
        rows += _head_rows(text, delimiter, True)[0][:30]
    raise unknown_kind(member.label, rows, contracts, names.source)


def _is_bare_header(below: list[str], contract: Contract) -> bool:
    """True if the only table below the title is a header of known labels without rows: nothing was there to report."""
    filled = [line for line in below if line.strip()]
    tables = [line for line in filled if _is_table_row(line)]
    if len(tables) != 1 or tables[0] != filled[-1]:
        return False
    return any(
        2 * len(matcher(contract).columns(cells, label_keys(cells))[0]) >= len(cells) > 1 for cells in _cut(tables[0])
    )


def _is_table_row(line: str) -> bool:
    """True for a line of several cells that is not a `Key: value`, comment or range of days: there is a table below."""
    if line.lstrip(' "').startswith("#") or (names_two_days(line) and _widest(line) <= 3):
        return False
    return any(sum(map(bool, cells)) > 1 and ":" not in cells[0] for cells in _cut(line))


def _widest(line: str) -> int:
    """The most cells that any delimiter finds in a line; a title or a range of days has commas, too, but few."""
    return max(sum(map(bool, cells)) for cells in _cut(line))


def _cut(line: str) -> list[list[str]]:
    return [[cell.strip() for cell in next(csv.reader([line], delimiter=each), [])] for each in ("\t", ";", ",")]


def _shown(delimiter: str) -> str:
    return {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}.get(delimiter, repr(delimiter))
