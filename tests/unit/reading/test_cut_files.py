"""Downloads that were cut are noticed by their end; files that merely end in another way are not doubted.

Contracts of Google Ads fill up rows with fewer cells, because some downloads end a row early on purpose.
"""

from __future__ import annotations

import io
import random

import pytest

from tests.unit.reading.conftest import GOOD, HEADER, Home

MORE = GOOD + '2026-10-03,"Brand, new",101,EUR,30.00,700,6\n'
TOTAL = "Total: Account, --, --, EUR,1284.75,2200,23\n"


def doubts(home: Home, text: str) -> tuple[list[str], bool]:
    home.drop("report.csv", text).load()
    (batch,) = home.batches()
    return batch["doubts"], batch["has_open_end"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (MORE.rsplit(",", 3)[0], "its last row (3) has 4 of 7 cells"),
        (MORE.rsplit(",", 3)[0] + "\n", "its last row (3) has 4 of 7 cells"),
        (MORE[: MORE.index("Brand, new") + 4], "a quote that its last row opens is never closed"),
        (MORE + TOTAL[:30], "its last row (4) has 5 of 7 cells"),
    ],
)
def test_a_file_that_ends_within_a_row_is_doubted(home: Home, text: str, found: str) -> None:
    (doubt,), _ = doubts(home, text)
    assert doubt.startswith(found) and doubt.endswith("export it again")


@pytest.mark.parametrize(
    ("text", "is_open"),
    [
        (MORE, False),
        (MORE.rstrip("\n"), True),
        (MORE + TOTAL, False),
        (MORE.replace("Brand, new", 'Brand 3""'), False),
        (HEADER + "2026-10-01,Brand,101,EUR,1.50,10\n2026-10-02,Brand,101,EUR,2.25,20\n", False),
    ],
)
def test_a_file_that_is_whole_is_not_doubted(home: Home, text: str, is_open: bool) -> None:
    """With and without a line end, with a total, with quotes in a cell, and where every row ends early."""
    assert doubts(home, text) == ([], is_open)


def test_a_file_cut_anywhere_in_its_last_row_has_no_line_end_or_a_doubt(home: Home) -> None:
    start = MORE.index("2026-10-03")
    chance = random.Random(1)
    for number, end in enumerate(chance.sample(range(start + 1, len(MORE)), 12)):
        home.drop(f"report {number}.csv", MORE[:end])
    home.load()
    cut = [batch for batch in home.batches() if batch["file_name"].startswith("report")]
    assert cut
    assert all(batch["doubts"] or batch["has_open_end"] for batch in cut)


def test_a_hidden_sheet_is_not_read_and_the_outcome_says_so(home: Home) -> None:
    """The rows of another month, that somebody hid and forgot."""
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    for name, day, is_hidden in (("September", "2026-09-01", True), ("October", "2026-10-01", False)):
        sheet = book.add_worksheet(name)
        if is_hidden:
            sheet.hide()
        else:
            sheet.activate()
            sheet.set_first_sheet()
        for row, cells in enumerate((HEADER.strip().split(","), [day, "Brand", "101", "EUR", 20.25, 500, 5])):
            sheet.write_row(row, 0, cells)
    book.close()
    home.drop("book.xlsx", stream.getvalue()).load()
    assert home.rows("ads_performance", "date::varchar") == [("2026-10-01",)]
    assert "'September' is hidden" in home.ledger()["book.xlsx"]["message"]
