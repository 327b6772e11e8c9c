"""Damage of every kind. Each function takes a random generator and a file and gives its new name and bytes.

Nothing here keeps the meaning: a mutated file may load, in part or not at all, but never raise, hang, lose a row or
load a value that it does not say. `dresses.py` keeps the meaning.
"""

from __future__ import annotations

import csv
import io
import random
import zipfile
import zlib
from collections.abc import Callable

from tests.fuzz.corpus import Original
from tests.fuzz.dress import MARKS, one_line, zipped

Mutation = Callable[[random.Random, str, bytes, Original], tuple[str, bytes]]
NONSENSE = (
    "", " ", "-", "--", "n/a", "NaN", "Infinity", "-inf", "1e999", "1E+17", "1.20253E+17", "٣٤٥", "１２３", "½", "Ⅳ",
    "1,234", "1.234", "1,2,3", "1.2.3", "1.234,56", "1,234.56", "1'234", "0x1F", "1_000", "+5", "--5", "5-", "(5)",
    "(5", "$", "€5", "5 EUR", "EUR", "99999999999999999999", "9" * 60, "0." + "1" * 60, "-0", ".5", "5.", ",5", "5,",
    "12.5%", "%", "< 10%", "100%%", "2026-02-30", "2026-13-01", "0000-00-00", "9999-12-31", "1899-12-31", "31/12/2026",
    "12/31/2026", "13/13/2026", "20260230", "Feb 30, 2026", "2026-10-01T25:61:61", "2026-10-01T10:00:00+99:99",
    "2026-10-01 10:00:00 Mars/Phobos", "17.юни", "tomorrow", "46000", "-46000", "1e308", "true", "maybe", "=1+1",
    "=cmd|' /C calc'!A0", "+1", "@x", "\u202e2026\u202c", "\u200f12", "12\u200b3", "\ufeff5", "\x0b7", "\x00",
    "\x1b[31m", "'; drop x;", "{{ 1 }}", "%s%n", "a@b.example", '"', "'", "\\", "\n", "\r", "\t", ";", ",", "|",
    "\x1f", "Total", "Total: Campaigns", "TOTAL of 2 results", "24:00", "1:99:99", "999999:00:00", "null", "undefined",
)  # fmt: skip


# --- bytes ------------------------------------------------------------------------------------------------------------


def flip_bytes(rng: random.Random, name: str, content: bytes, _: Original) -> tuple[str, bytes]:
    data = bytearray(content or b"\0")
    for _place in range(rng.choice((1, 1, 2, 8, 64))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return name, bytes(data)


def random_bytes(rng: random.Random, name: str, content: bytes, _: Original) -> tuple[str, bytes]:
    place = rng.randint(0, len(content))
    return name, content[:place] + rng.randbytes(rng.choice((1, 2, 3, 50, 1000))) + content[place:]


def only_random_bytes(rng: random.Random, name: str, content: bytes, _: Original) -> tuple[str, bytes]:
    head = rng.choice(
        (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x1f\x8b", b"\xff\xfe", b"\xef\xbb\xbf")
    )
    return name, head + rng.randbytes(rng.choice((0, 1, 7, 100, 5000)))


def truncate(rng: random.Random, name: str, content: bytes, _: Original) -> tuple[str, bytes]:
    return name, content[: rng.randint(0, len(content))]


def cut_the_head(rng: random.Random, name: str, content: bytes, _: Original) -> tuple[str, bytes]:
    return name, content[rng.randint(0, len(content)) :]


def remove_a_piece(rng: random.Random, name: str, content: bytes, _: Original) -> tuple[str, bytes]:
    start = rng.randint(0, len(content))
    return name, content[:start] + content[start + rng.randint(1, 40) :]


def nul_bytes(rng: random.Random, name: str, content: bytes, _: Original) -> tuple[str, bytes]:
    place = rng.randint(0, len(content))
    return name, content[:place] + b"\0" * rng.choice((1, 2, 100)) + content[place:]


def wrong_mark(rng: random.Random, name: str, content: bytes, _: Original) -> tuple[str, bytes]:
    return name, rng.choice((*MARKS.values(), b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"\xef\xbb")) + content


def wrong_encoding(rng: random.Random, name: str, content: bytes, original: Original) -> tuple[str, bytes]:
    text = content.decode(original.table.encoding if original.table else "utf-8", "replace")
    return name, text.encode(rng.choice(("cp1252", "cp1251", "mac_roman", "utf-16", "utf-32", "utf-7")), "replace")


def eight_bit_letters(rng: random.Random, name: str, content: bytes, _: Original) -> tuple[str, bytes]:
    place = rng.randint(0, len(content))
    return name, content[:place] + rng.choice((b"\xe4", b"\xff", b"\x80", b"\xc3\x28", b"\xed\xa0\x80")) + content[
        place:
    ]


def repeat_the_file(_rng: random.Random, name: str, content: bytes, _: Original) -> tuple[str, bytes]:
    return name, content + content


def wrong_extension(rng: random.Random, name: str, content: bytes, _: Original) -> tuple[str, bytes]:
    return name.rpartition(".")[0] + rng.choice(
        (".xlsx", ".csv", ".xls", ".zip", ".txt", "", ".csv.xls", ".gz")
    ), content


def odd_name(rng: random.Random, name: str, content: bytes, _: Original) -> tuple[str, bytes]:
    odd = (
        "20269999.csv",
        "\u202evsc.x",
        "a" * 200 + ".csv",
        "=1+1.csv",
        "'; drop.csv",
        "2026-02-30.csv",
        ".csv",
        "名.csv",
    )
    return rng.choice(odd), content


# --- text -------------------------------------------------------------------------------------------------------------


def _lines(content: bytes, original: Original) -> tuple[list[list[str]], str, str]:
    """Records, delimiter and encoding; of a text that is not a known table, a guess."""
    from tests.fuzz.driver import read_lines

    table = original.table
    encoding = table.encoding if table else "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    delimiter = (table.delimiter if table else "") or ","
    try:
        return read_lines(content, encoding, delimiter), delimiter, encoding
    except (UnicodeError, csv.Error, IndexError):
        return [line.split(delimiter) for line in content.decode("latin-1").splitlines()], delimiter, "latin-1"


def _joined(rows: list[list[str]], delimiter: str, encoding: str) -> bytes:
    text = "".join(one_line(row, delimiter) + "\n" for row in rows)
    mark = MARKS.get(encoding, b"") if encoding.startswith("utf-16-") else b""
    return mark + text.encode(encoding, "replace")


def _on_rows(change: Callable[[random.Random, list[list[str]], int], None]) -> Mutation:
    """A mutation of the records; `change` works in place and gets the index of the header."""

    def mutate(rng: random.Random, name: str, content: bytes, original: Original) -> tuple[str, bytes]:
        if content[:2] == b"PK" or content[:4] == b"\xd0\xcf\x11\xe0":
            return flip_bytes(rng, name, content, original)
        rows, delimiter, encoding = _lines(content, original)
        if rows:
            change(rng, rows, min(original.table.header if original.table else 0, len(rows) - 1))
        return name, _joined(rows, delimiter, encoding)

    return mutate


def _cell(rng: random.Random, rows: list[list[str]], header: int) -> tuple[int, int] | None:
    filled = [index for index in range(header + 1, len(rows)) if rows[index]]
    if not filled:
        return None
    row = rng.choice(filled)
    return row, rng.randrange(len(rows[row]))


def _nonsense_cells(rng: random.Random, rows: list[list[str]], header: int) -> None:
    for _ in range(rng.choice((1, 1, 2, 5))):
        if place := _cell(rng, rows, header):
            rows[place[0]][place[1]] = rng.choice(NONSENSE)


def _nonsense_column(rng: random.Random, rows: list[list[str]], header: int) -> None:
    if place := _cell(rng, rows, header):
        for row in rows[header + 1 :]:
            if len(row) > place[1]:
                row[place[1]] = rng.choice(NONSENSE)


def _remove_lines(rng: random.Random, rows: list[list[str]], _: int) -> None:
    for _ in range(rng.choice((1, 1, 2))):
        if rows:
            del rows[rng.randrange(len(rows))]


def _repeat_lines(rng: random.Random, rows: list[list[str]], _: int) -> None:
    rows.insert(rng.randint(0, len(rows)), list(rng.choice(rows)))


def _strange_lines(rng: random.Random, rows: list[list[str]], _: int) -> None:
    line = rng.choice(([], [""], ["Total"], ["", ""], ["# note"], ["No data available."], ["a"] * 300, ["sep=,"],
                       ["© 2026 Microsoft Corporation. All rights reserved."], [rng.choice(NONSENSE)] * 3))  # fmt: skip
    rows.insert(rng.randint(0, len(rows)), list(line))


def _shuffle_lines(rng: random.Random, rows: list[list[str]], _: int) -> None:
    rng.shuffle(rows)


def _remove_cells(rng: random.Random, rows: list[list[str]], header: int) -> None:
    if (place := _cell(rng, rows, header)) and len(rows[place[0]]) > 1:
        del rows[place[0]][place[1] : place[1] + rng.choice((1, 1, 3))]


def _insert_cells(rng: random.Random, rows: list[list[str]], header: int) -> None:
    if place := _cell(rng, rows, header):
        rows[place[0]][place[1] : place[1]] = [rng.choice(NONSENSE) for _ in range(rng.choice((1, 1, 3, 50)))]


def _remove_column(rng: random.Random, rows: list[list[str]], header: int) -> None:
    if rows[header]:
        index = rng.randrange(len(rows[header]))
        for row in rows[header:]:
            del row[index : index + 1]


def _repeat_column(rng: random.Random, rows: list[list[str]], header: int) -> None:
    if rows[header]:
        index = rng.randrange(len(rows[header]))
        for row in rows[header:]:
            if len(row) > index:
                row.append(row[index])


def _swap_cells(rng: random.Random, rows: list[list[str]], header: int) -> None:
    if place := _cell(rng, rows, header):
        row = rows[place[0]]
        other = rng.randrange(len(row))
        row[place[1]], row[other] = row[other], row[place[1]]


def _change_labels(rng: random.Random, rows: list[list[str]], header: int) -> None:
    labels = rows[header]
    for _ in range(rng.choice((1, 1, 3))):
        if labels:
            index = rng.randrange(len(labels))
            label = labels[index]
            cases = (label + "!", label[::-1], "", "x" * 5000, label.replace(" ", ""), "Cost", "date", label + " (USD)",
                     rng.choice(labels), rng.choice(NONSENSE))  # fmt: skip
            labels[index] = rng.choice(cases)


def _shuffle_labels(rng: random.Random, rows: list[list[str]], header: int) -> None:
    rng.shuffle(rows[header])


def _huge_cell(rng: random.Random, rows: list[list[str]], header: int) -> None:
    if place := _cell(rng, rows, header):
        rows[place[0]][place[1]] = rng.choice(("x", "9", ",", '"', "é", "=")) * rng.choice((5_000, 70_000, 1_500_000))


def _controls(rng: random.Random, rows: list[list[str]], header: int) -> None:
    marks = ("\u202e", "\u200f", "\u200b", "\u0007", "\x1b", "\u00a0", "\u2028", "\ufeff", "\x7f", "\U0001f600", "\x85")
    for row in rows:
        for index, cell in enumerate(row):
            if rng.random() < 0.1:
                place = rng.randint(0, len(cell))
                row[index] = cell[:place] + rng.choice(marks) + cell[place:]


def mixed_delimiters(rng: random.Random, name: str, content: bytes, original: Original) -> tuple[str, bytes]:
    rows, delimiter, encoding = _lines(content, original)
    others = [mark for mark in (",", ";", "\t", "|") if mark != delimiter]
    text = "".join(one_line(row, rng.choice((delimiter, rng.choice(others)))) + "\n" for row in rows)
    return name, text.encode(encoding, "replace")


def damaged_quotes(rng: random.Random, name: str, content: bytes, _: Original) -> tuple[str, bytes]:
    data = content
    for _place in range(rng.choice((1, 1, 3))):
        if data.count(b'"') and rng.random() < 0.5:
            data = data.replace(b'"', b"", 1) if rng.random() < 0.5 else data[::-1].replace(b'"', b"", 1)[::-1]
        else:
            place = rng.randint(0, len(data))
            data = data[:place] + rng.choice((b'"', b'""', b'"""', b"'", b'\\"')) + data[place:]
    return name, data


def unquoted(_rng: random.Random, name: str, content: bytes, _: Original) -> tuple[str, bytes]:
    return name, content.replace(b'"', b"")


def other_delimiter_in_place(rng: random.Random, name: str, content: bytes, original: Original) -> tuple[str, bytes]:
    """As a careless search and replace does it: numbers and texts are cut too."""
    delimiter = (original.table.delimiter if original.table else ",") or ","
    return name, content.replace(delimiter.encode(), rng.choice((b";", b"\t", b"|", b":", b",", b", ", b" ")))


def line_ends(rng: random.Random, name: str, content: bytes, _: Original) -> tuple[str, bytes]:
    data = content.replace(b"\r\n", b"\n")
    return name, b"".join(line + rng.choice((b"\n", b"\r\n", b"\r", b"\n\r", b"\r\r\n")) for line in data.split(b"\n"))


def decimal_damage(rng: random.Random, name: str, content: bytes, _: Original) -> tuple[str, bytes]:
    """Points and commas changed for each other in the middle of the file."""
    place = rng.randint(0, len(content))
    swap = bytes.maketrans(b".,", b",.")
    return name, content[:place] + content[place:].translate(swap)


# --- containers -------------------------------------------------------------------------------------------------------


def nested(rng: random.Random, name: str, content: bytes, _: Original) -> tuple[str, bytes]:
    inner = name
    for _level in range(rng.choice((1, 2, 3, 4, 9))):
        content, inner = zipped({inner: content}), "inner.zip"
    return name + ".zip", content


def odd_zip(rng: random.Random, name: str, content: bytes, _: Original) -> tuple[str, bytes]:
    members = {
        rng.choice((name, "../" + name, "/" + name, "C:\\" + name, "a/b/" + name, "x\0y.csv", "名/" + name)): content,
        rng.choice(("readme.txt", ".hidden", "__MACOSX/._x", "empty.csv", "noise.bin")): rng.randbytes(20),
    }
    return name + ".zip", zipped(members)


def broken_zip(rng: random.Random, name: str, content: bytes, original: Original) -> tuple[str, bytes]:
    packed = content if content[:2] == b"PK" else zipped({name: content})
    return rng.choice((flip_bytes, truncate, remove_a_piece, random_bytes))(rng, name + ".zip", packed, original)


def broken_gzip(rng: random.Random, name: str, content: bytes, original: Original) -> tuple[str, bytes]:
    import gzip

    return rng.choice((flip_bytes, truncate, random_bytes))(
        rng, name + ".gz", gzip.compress(content, mtime=0), original
    )


def _as_workbook(rng: random.Random, name: str, content: bytes, original: Original, kind: str) -> tuple[str, bytes]:
    from tests.fuzz.dress import _workbook

    if content[:2] == b"PK" or content[:4] == b"\xd0\xcf\x11\xe0":
        return name, content
    rows, _, _ = _lines(content, original)
    clean = [["".join(c for c in cell if c in "\t\n" or c >= " ")[:30_000] for cell in row][:250] for row in rows[:500]]
    return _workbook(clean, kind, name)


def broken_xls(rng: random.Random, name: str, content: bytes, original: Original) -> tuple[str, bytes]:
    made = _as_workbook(rng, name, content, original, "xls")
    return rng.choice((flip_bytes, truncate, remove_a_piece, random_bytes))(rng, *made, original)


def broken_xlsx(rng: random.Random, name: str, content: bytes, original: Original) -> tuple[str, bytes]:
    made = _as_workbook(rng, name, content, original, "xlsx")
    return rng.choice((flip_bytes, truncate, remove_a_piece, random_bytes))(rng, *made, original)


def xlsx_parts(rng: random.Random, name: str, content: bytes, original: Original) -> tuple[str, bytes]:
    """Damage inside one part of a workbook whose zip is sound."""
    name, packed = _as_workbook(rng, name, content, original, "xlsx")
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            parts = {info.filename: archive.read(info) for info in archive.infolist()}
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError):
        return name, packed
    if not parts:
        return name, packed
    chosen = rng.choice(sorted(parts))
    way = rng.randrange(6)
    if way == 0:
        del parts[chosen]
    elif way == 1:
        parts[chosen] = b""
    elif way == 2:
        parts[chosen] = parts[chosen][: rng.randint(0, len(parts[chosen]))]
    elif way == 3:
        parts[chosen] = flip_bytes(rng, "", parts[chosen], original)[1]
    elif way == 4:
        parts[chosen] = parts[chosen].replace(b't="s"', b't="n"').replace(b"<v>", b"<v>9", 2)
    else:
        parts["xl/worksheets/sheet1.xml"] = parts.get("xl/worksheets/sheet1.xml", b"").replace(
            b"<c ",
            rng.choice((b"<c t='e' ", b"<c t='b' ", b'<c t="inlineStr" ', b"<f>1+1</f><c ", b"<!DOCTYPE x><c ")),
            1,
        )
    return name, zipped(parts)


MUTATIONS: dict[str, Mutation] = {
    function.__name__: function
    for function in (
        flip_bytes, random_bytes, only_random_bytes, truncate, cut_the_head, remove_a_piece, nul_bytes, wrong_mark,
        wrong_encoding, eight_bit_letters, repeat_the_file, wrong_extension, odd_name, mixed_delimiters,
        damaged_quotes, unquoted, other_delimiter_in_place, line_ends, decimal_damage, nested, odd_zip, broken_zip,
        broken_gzip, broken_xls, broken_xlsx, xlsx_parts,
    )
} | {
    function.__name__.removeprefix("_"): _on_rows(function)
    for function in (
        _nonsense_cells, _nonsense_column, _remove_lines, _repeat_lines, _strange_lines, _shuffle_lines, _remove_cells,
        _insert_cells, _remove_column, _repeat_column, _swap_cells, _change_labels, _shuffle_labels, _huge_cell,
        _controls,
    )
}  # fmt: skip
"""Every mutation by name."""


def mutate(rng: random.Random, original: Original) -> tuple[str, bytes, list[str]]:
    """A mutated file and the names of what was done to it: mostly one thing, at times three."""
    chosen = rng.choices(sorted(MUTATIONS), k=rng.choice((1, 1, 1, 2, 3)))
    name, content = original.name, original.content
    for mutation in chosen:
        name, content = MUTATIONS[mutation](rng, name, content, original)
    return name, content, chosen
