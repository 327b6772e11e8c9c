"""An unknown export as a table of texts: container, encoding, delimiter, header row, the rows at its beginning."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from funnelhouse.contracts.reasons import Refused
from funnelhouse.limits import Limits
from funnelhouse.reading.container.decoding import HEAD_BYTES, Encoding, decode_head, sniff_encoding
from funnelhouse.reading.container.members import Budget, Member, members
from funnelhouse.reading.container.normalise import text_rows
from funnelhouse.reading.container.sheets import open_sheet, open_workbook, sheet_rows
from funnelhouse.reading.explanation.header import header_row
from funnelhouse.text import label_key

MAX_ROWS = 5_000
MAX_MEMBERS = 20
DELIMITERS = (",", ";", "\t", "|")


@dataclass
class Look:
    """The table a draft is made for. `rows` start below the header; `whole` says they are all of it."""

    member: str
    sheet: str
    container: str
    encoding: Encoding | None
    delimiter: str | None
    header: int
    labels: list[str]
    above: list[str]
    rows: list[list[str]]
    whole: bool
    others: list[str]


def look_at(path: Path, workspace: Path, known: set[str], limits: Limits | None = None) -> Look:
    """The widest table of the file that has a header. Raises Refused if no part of the file has one."""
    looks: list[Look] = []
    refused: list[Refused] = []
    for member in islice(members(path, workspace, Budget(limits or Limits())), MAX_MEMBERS):
        try:
            looks += _in_member(member, known)
        except Refused as refusal:
            refused.append(refusal)
    if not looks:
        if refused and refused[0].reason != "unknown_kind":
            raise refused[0]
        raise Refused(
            "unknown_kind",
            "no row looks like column labels (two or more different texts above rows of numbers, days or addresses); "
            "a contract needs them: export with the header row",
        )
    best = max(looks, key=lambda look: (len(known.intersection(_keys(look.labels))), len(look.labels), len(look.rows)))
    best.others = [_name(look) for look in looks if look is not best]
    return best


def _keys(labels: list[str]) -> set[str]:
    return {label_key(label) for label in labels}


def _name(look: Look) -> str:
    return "!".join(part for part in (look.member, look.sheet) if part) or "another table"


def _in_member(member: Member, known: set[str]) -> Iterator[Look]:
    if member.kind == "text":
        look = _text(member, known)
        if look is not None:
            yield look
        return
    workbook = open_workbook(member.path, member.kind)
    for sheet in workbook.sheet_names[:MAX_MEMBERS]:
        rows = list(islice(sheet_rows(open_sheet(workbook, sheet)), MAX_ROWS + 1))
        look = _table(member, rows, known, whole=len(rows) <= MAX_ROWS)
        if look is not None:
            look.sheet = sheet
            yield look


def _text(member: Member, known: set[str]) -> Look | None:
    with member.path.open("rb") as handle:
        head = handle.read(HEAD_BYTES)
    whole = len(head) < HEAD_BYTES
    if not head.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise Refused("empty_file", f"{member.label} holds nothing but blanks; export it again")
    encoding = sniff_encoding(head, whole=whole)
    guessed = encoding or Encoding("cp1252", 0, "neither UTF-8 nor UTF-16")
    text = head.decode("cp1252", "replace") if encoding is None else decode_head(head, guessed)
    first = text.partition("\n")[0].strip().strip('"')
    if first.lower().startswith("sep="):
        text = text.partition("\n")[2]
    looks = []
    for delimiter in DELIMITERS:
        if delimiter not in text:
            continue
        rows = _rows(text, delimiter, whole)
        if look := _table(member, rows, known, whole=whole and len(rows) <= MAX_ROWS):
            look.encoding, look.delimiter = guessed, delimiter
            looks.append(look)
    return max(looks, key=lambda look: len(look.labels) * _share_of_width(look), default=None)


def _share_of_width(look: Look) -> float:
    """Share of the rows that are as wide as the header: the right delimiter cuts nearly all of them so."""
    if not look.rows:
        return 0.5
    return sum(len(row) == len(look.labels) for row in look.rows) / len(look.rows)


def _rows(text: str, delimiter: str, whole: bool) -> list[list[str]]:
    rows: list[list[str]] = []
    with contextlib.suppress(Refused):  # quoting gone wrong under this delimiter: what was read so far must do
        rows.extend(islice(text_rows(io.StringIO(text, newline=""), delimiter), MAX_ROWS + 1))
    return rows if whole else rows[:-1]


def _table(member: Member, rows: list[list[str]], known: set[str], *, whole: bool) -> Look | None:
    index = header_row(rows, known)
    if index is None:
        index = _header_of_texts(rows)
    if index is None:
        return None
    labels = [cell.strip() for cell in rows[index]]
    while labels and not labels[-1]:
        labels.pop()
    above = [" ".join(cell for cell in row if cell.strip()) for row in rows[:index]]
    body = [row for row in rows[index + 1 :] if any(cell.strip() for cell in row)]
    return Look(
        member.name, "", member.kind, None, None, index, labels, [line for line in above if line], body, whole, []
    )


def _header_of_texts(rows: list[list[str]]) -> int | None:
    """The first row of a table of nothing but texts: short labels of their own, no value that comes again below it."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if len(filled) < 3 or {len(row) for row in filled} != {len(filled[0])} or len(filled[0]) < 2:
        return None
    labels = [label_key(cell) for cell in filled[0]]
    if len(set(labels)) < len(labels) or not all(0 < len(label) <= 40 for label in labels):
        return None
    below = {label_key(cell) for row in filled[1:] for cell in row}
    return None if below.intersection(labels) else rows.index(filled[0])
