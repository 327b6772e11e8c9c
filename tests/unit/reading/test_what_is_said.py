"""What is read otherwise than one may think is named: locked files, hidden sheets, double headers, NaN, late days."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from typer.testing import CliRunner

from funnelhouse.cli import app
from tests.unit.reading.conftest import GOOD, HEADER, Home
from tests.unit.reading.test_bad_input import zipped

CELLS = [
    ["Day", "Campaign", "Campaign ID", "Currency code", "Cost", "Impr.", "Clicks"],
    ["2026-10-01", "Brand", "101", "EUR", 1234.5, 1000, 12],
    ["2026-10-02", "Brand", "101", "EUR", 20.25, 500, 5],
]


def _workbook(sheets: dict[str, list[list[Any]]], hidden: tuple[str, ...] = (), very: tuple[str, ...] = ()) -> bytes:
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if name in hidden:
                sheet.hide()
            if name in very:
                sheet.very_hidden()
    return sink.getvalue()


def _notes(home: Home) -> list[str]:
    return [note for batch in home.batches() for note in batch["notes"]]


# --- passwords ---


def _compound(stream: str, content: bytes = b"\0" * 4096) -> bytes:
    """A compound file with one stream, as Excel writes the workbook that it has locked."""

    def entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        return (text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
                + b"\0" * 36 + struct.pack("<III", start, size, 0))  # fmt: skip

    sectors = -(-len(content) // 512)
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    directory = entry("Root Entry", 5, 0xFFFFFFFE, 0, 1) + entry(stream, 2, 2, len(content)) + b"\0" * 256
    body = struct.pack(f"<{len(table)}I", *table).ljust(512, b"\xff") + directory + content.ljust(sectors * 512, b"\0")
    return head + body


def _locked_zip() -> bytes:
    """A zip whose member is marked as encrypted, in its own header and in the directory."""
    content = bytearray(zipped({"report.csv": GOOD.encode()}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


LOCKED = {
    "locked.xlsx": lambda: _compound("EncryptedPackage"),
    "locked.xls": lambda: _compound("Workbook", struct.pack("<HHHH", 0x002F, 4, 1, 0).ljust(4096, b"\0")),
    "locked.zip": _locked_zip,
}


@pytest.mark.parametrize("name", LOCKED)
def test_what_is_protected_by_a_password_is_named_as_such(home: Home, name: str) -> None:
    home.drop(name, LOCKED[name]()).load()
    assert home.outcomes() == {name: ("refused", "encrypted")}
    assert "protected by a password" in home.ledger()[name]["message"]


# --- sheets ---


@pytest.mark.parametrize("how", ["hidden", "very"])
def test_a_hidden_sheet_is_not_read_and_that_is_said(home: Home, how: str) -> None:
    old = [CELLS[0], ["2026-09-01", "Old", "99", "EUR", 5.5, 10, 1]]
    book = _workbook({"Report": CELLS, "Old": old}, **{how: ("Old",)})
    home.drop("book.xlsx", book).load()
    assert [float(spend) for (spend,) in home.rows("ads_performance", "spend")] == [20.25, 1234.5]
    dry = CliRunner().invoke(app, ["extract", "--dry-run", "--json", "--home", str(home.settings.home),
                                   str(_written(home, "book.xlsx", book))])  # fmt: skip
    assert "the sheet 'Old' is hidden; show it" in dry.output


def _written(home: Home, name: str, content: bytes) -> Path:
    path = home.settings.home.parent / name
    path.write_bytes(content)
    return path


def test_a_workbook_whose_only_table_is_hidden_says_so(home: Home) -> None:
    home.drop("book.xlsx", _workbook({"Cover": [["Thanks"]], "Report": CELLS}, hidden=("Report",))).load()
    (entry,) = home.ledger().values()
    assert (entry["outcome"], entry["reason"]) == ("refused", "not_used")
    assert "the sheet 'Report' is hidden; show it" in entry["message"]


def _with_empty_rows(count: int, cell: str = '<c r="{c}{r}" s="0"/>', prefix: str = "") -> bytes:
    """The good workbook with rows that hold only styled, empty cells below and far to the right."""
    book = _workbook({"Report": CELLS})
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename.startswith("xl/worksheets/sheet"):
                rows = "".join(
                    f'<row r="{r}" s="0" customFormat="1">{cell.format(c="AZ", r=r)}</row>' for r in range(4, 4 + count)
                )
                content = content.replace(b"</sheetData>", rows.encode() + b"</sheetData>")
            target.writestr(info.filename, content)
    return sink.getvalue()


def test_a_million_empty_rows_do_not_refuse_the_real_ones(home: Home) -> None:
    home.drop("book.xlsx", _with_empty_rows(1_000_000)).load()
    assert home.outcomes() == {"book.xlsx": ("loaded", None)}
    assert len(home.rows("ads_performance", "spend")) == 2


def test_a_million_filled_rows_are_still_refused(home: Home) -> None:
    home.drop("book.xlsx", _with_empty_rows(1_000_000, '<c r="{c}{r}"><v>1</v></c>')).load()
    assert home.outcomes() == {"book.xlsx": ("refused", "too_large")}


# --- headers and cells ---


def test_of_a_doubled_header_it_is_said_which_column_won(home: Home) -> None:
    lines = GOOD.splitlines()
    doubled = "\n".join([lines[0] + ",Clicks", lines[1] + ",99", lines[2] + ",98"]) + "\n"
    home.drop("google.csv", doubled).load()
    assert [clicks for (clicks,) in home.rows("ads_performance", "clicks")] == [5, 12]
    assert any("'Clicks' stands over columns 7, 8: column 7 is read as clicks" in note for note in _notes(home))


def test_without_a_doubled_header_nothing_is_said(home: Home) -> None:
    home.drop("google.csv", GOOD).load()
    assert not [note for note in _notes(home) if "stands over" in note or "NaN" in note or "dated after" in note]


@pytest.mark.parametrize("word", ["NaN", "nan", "NAN"])
@pytest.mark.parametrize("filler", [0, 60_000], ids=["small", "big"])
def test_nan_is_said(home: Home, word: str, filler: int) -> None:
    rows = "".join(f"2026-{1 + n % 9:02}-{1 + n % 28:02},C{n},{1000 + n},EUR,1.5,10,1\n" for n in range(filler))
    home.drop("google.csv", GOOD + rows + f"2026-10-03,Brand,101,EUR,{word},7,{word}\n").load()
    assert home.outcomes() == {"google.csv": ("loaded", None)}
    assert "cells that say NaN are read as empty: spend 1, clicks 1" in _notes(home)


def test_rows_dated_after_the_export_are_said(home: Home) -> None:
    home.drop("_manifest.yml", "exported_at: 2026-10-03T08:00:00Z\n")
    late = "2026-11-05,Brand,101,EUR,1.5,7,1\n2026-12-01,Brand,101,EUR,1.5,7,1\n"
    home.drop("google.csv", GOOD + late).load()
    (said,) = [note for note in _notes(home) if "dated after" in note]
    assert said.startswith("2 rows are dated after the export of 2026-10-03 (up to 2026-12-01)")


# --- archives of which only a part loads ---


def test_a_zip_of_which_a_member_is_refused_says_so_everywhere(home: Home) -> None:
    content = zipped(
        {"a.csv": GOOD.encode(), "b.csv": HEADER.encode() + b"x" * 3000, "c.csv": GOOD.replace("Brand", "C").encode()}
    )
    damaged = bytearray(content)
    place = damaged.index(b"b.csv") + 20
    damaged[place] ^= 0xFF
    home.drop("three.zip", bytes(damaged)).load()
    assert home.outcomes() == {"three.zip": ("loaded_with_rejects", "damaged_zip")}
    message = home.ledger()["three.zip"]["message"]
    assert message.startswith("1 of its tables or files could not be loaded") and "b.csv" in message
    # The member behind the damaged one is read, too.
    assert {name for (name,) in home.rows("ads_performance", "campaign_name")} == {"Brand", "C"}
    said = CliRunner().invoke(app, ["status", "--home", str(home.settings.home)], env={"COLUMNS": "300"})
    assert "files loaded in part: three.zip: 1 of its tables or files could not be loaded" in said.output
