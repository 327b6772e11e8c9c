"""The same seeded rows as an export in each container: made once below `.bench/data`, read by every way."""

from __future__ import annotations

import csv
import io
import random
import shutil
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from tests.bench.measure import RESULTS

HEADER = ["Day", "Campaign", "Campaign ID", "Ad group", "Ad group ID", "Device", "Currency code", "Cost", "Impr.", "Clicks",
          "Conversions", "Conv. value"]  # fmt: skip
FIRST, DAYS = date(2025, 1, 1), 365
FOLDER = "google_ads/111-222-3333"
XLS_ROWS = 65_000
"""The format ends at 65,536 rows."""


def rows(megabytes: float) -> Iterator[list[str]]:
    """Rows of an ads report (12 columns) that fill about so many MB of CSV."""
    chance = random.Random(7)
    campaigns = [f"Campaign {n} | search | brand-{n % 7}" for n in range(200)]
    limit, written, row = megabytes * 1_000_000, 0, 0
    while written < limit:
        group, day = divmod(row, DAYS)
        campaign = group % len(campaigns)
        cost, views, clicks = chance.randrange(1, 900_00), chance.randrange(100, 90_000), chance.randrange(100)
        cells = [
            (FIRST + timedelta(days=day)).isoformat(), campaigns[campaign], str(10_000_000_000 + campaign),
            f"group {group}", str(20_000_000_000 + group), ("Mobile", "Computers", "Tablets")[row % 3], "USD",
            f"{cost / 100:.2f}", str(views), str(clicks), f"{clicks * 0.1:.2f}", f"{clicks * 3.5:.2f}",
        ]  # fmt: skip
        yield cells
        written += sum(map(len, cells)) + len(cells)
        row += 1


def export(kind: str, megabytes: float) -> tuple[Path, Path]:
    """Inbox with the export of a kind, and the same rows as clean CSV for the references."""
    root = RESULTS / "data" / f"{kind.replace(' ', '-')}-{megabytes:g}"
    folder = root / "inbox" / FOLDER
    clean = root / "clean.csv"
    if not (root / "done").exists():
        shutil.rmtree(root, ignore_errors=True)
        folder.mkdir(parents=True)
        KINDS[kind](folder, clean, megabytes)
        (root / "done").touch()
    return root / "inbox", clean


def _clean(folder: Path, clean: Path, megabytes: float) -> None:
    with (folder / "daily.csv").open("w", encoding="utf-8", newline="") as sink:
        _write(sink, [HEADER], rows(megabytes))
    clean.hardlink_to(folder / "daily.csv")


def _mess(folder: Path, clean: Path, megabytes: float) -> None:
    """Every hundredth row: grouped thousands, blanks and null tokens; a total row and three unreadable ones."""

    def messy() -> Iterator[list[str]]:
        for number, cells in enumerate(rows(megabytes)):
            if number % 100 == 7:
                cells[1], cells[10], cells[11] = f" {cells[1]} ", "--", f"{float(cells[11]) + 1000:,.2f}"
            if number in (500, 5000, 50_000):
                cells[7] = "unknown"
            yield cells

    with (folder / "daily.csv").open("w", encoding="utf-8", newline="") as sink:
        _write(sink, [HEADER], messy())
        _write(sink, [_total(megabytes)], [])
    _reference(clean, megabytes)


def _utf16(folder: Path, clean: Path, megabytes: float) -> None:
    """As the interface downloads it: UTF-16, tabs, title and range above the header, totals below the rows."""
    with (folder / "daily.csv").open("w", encoding="utf-16", newline="") as sink:
        sink.write('Daily report\n"January 1, 2025 - December 31, 2025"\n')
        _write(sink, [HEADER], rows(megabytes), "\t")
        _write(sink, [_total(megabytes)], [], "\t")
    _reference(clean, megabytes)


def _zip(folder: Path, clean: Path, megabytes: float) -> None:
    """Four CSVs in one zip."""
    pieces = [io.StringIO(newline="") for _ in range(4)]
    for piece in pieces:
        _write(piece, [HEADER], [])
    writers = [csv.writer(piece, lineterminator="\n") for piece in pieces]
    for number, cells in enumerate(rows(megabytes)):
        writers[number // DAYS % 4].writerow(cells)
    with zipfile.ZipFile(folder / "export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number, piece in enumerate(pieces):
            archive.writestr(f"part-{number}.csv", piece.getvalue())
    _reference(clean, megabytes)


def _xlsx(folder: Path, clean: Path, megabytes: float) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(folder / "daily.xlsx"), {"constant_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet("Report")
    sheet.write_row(0, 0, HEADER)
    for number, cells in enumerate(rows(megabytes), 1):
        sheet.write_row(number, 0, [*cells[:7], *map(float, cells[7:])])
    book.close()
    _reference(clean, megabytes)


def _xls(folder: Path, clean: Path, megabytes: float) -> None:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("Report")
    for number, cells in enumerate([HEADER, *rows(megabytes)]):
        if number > XLS_ROWS:
            break
        for index, cell in enumerate(cells):
            sheet.write(number, index, float(cell) if number and index > 6 else cell)
    book.save(str(folder / "daily.xls"))
    _reference(clean, megabytes)


def small_files(count: int) -> Path:
    """An inbox with so many files of twenty rows each."""
    root = RESULTS / "data" / f"small-{count}"
    if not (root / "done").exists():
        shutil.rmtree(root, ignore_errors=True)
        (root / "inbox" / FOLDER).mkdir(parents=True)
        stream = rows(1_000)
        for number in range(count):
            with (root / "inbox" / FOLDER / f"part {number}.csv").open("w", encoding="utf-8", newline="") as sink:
                _write(sink, [HEADER], (next(stream) for _ in range(20)))
        (root / "done").touch()
    return root / "inbox"


def _total(megabytes: float) -> list[str]:
    cents = views = clicks = 0
    for cells in rows(megabytes):
        cents, views, clicks = cents + round(float(cells[7]) * 100), views + int(cells[8]), clicks + int(cells[9])
    return ["Total: Account", "", "", "", "", "", "USD", f"{cents / 100:.2f}", str(views), str(clicks), "", ""]


def _reference(clean: Path, megabytes: float) -> None:
    with clean.open("w", encoding="utf-8", newline="") as sink:
        _write(sink, [HEADER], rows(megabytes))


def _write(
    sink: io.TextIOBase, first: list[list[str]], rest: Iterator[list[str]] | list[list[str]], by: str = ","
) -> None:
    writer = csv.writer(sink, delimiter=by, lineterminator="\n")
    writer.writerows(first)
    writer.writerows(rest)


KINDS = {"clean CSV": _clean, "CSV with mess": _mess, "UTF-16 with preamble and totals": _utf16, "zip of CSVs": _zip,
         "xlsx": _xlsx, "xls": _xls}  # fmt: skip
