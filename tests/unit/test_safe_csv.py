"""No CSV of ours carries a cell that a spreadsheet would execute, and numbers in it stay numbers."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

import pytest
from rich.console import Console

from funnelhouse.commands.query import print_result
from funnelhouse.safe_csv import neutral, write_csv
from funnelhouse.settings import REPOSITORY


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "=cmd|' /C calc'!A0", "+1+2", "-1+cmd|x", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1+1", "\u00a0=1",
     "\ufeff=1", "＝1+1", "＋1+1", "－1+1", "＠SUM(A1)", "\u22121+1", "-5-3", "+", "-", "--1", "-2+3"],
)  # fmt: skip
def test_a_cell_that_would_run_is_a_text(cell: str) -> None:
    assert neutral(cell) == "'" + cell


@pytest.mark.parametrize(
    "cell",
    ["-5", "+5", "-5.25", "-1,234.50", "-1.234,50", "+49 170 1234567", "-3.5%", "-1e-7", "-.5", "-1'000", "", "plain",
     "a=1", "x+y", "user@example.com", "2026-10-01", "'quoted"],
)  # fmt: skip
def test_numbers_and_plain_texts_stay_as_they_are(cell: str) -> None:
    assert neutral(cell) == cell


@pytest.mark.parametrize("value", [-5, Decimal("-5.00"), -0.5, None, True])
def test_values_that_are_no_text_stay_as_they_are(value: object) -> None:
    assert neutral(value) is value


def test_headers_are_cells_too() -> None:
    sink = io.StringIO()
    write_csv(sink, ["=evil()", "spend"], [["@x", -5]])
    assert list(csv.reader(io.StringIO(sink.getvalue()))) == [["'=evil()", "spend"], ["'@x", "-5"]]


def test_the_query_command_prints_neutral_cells(capsys: pytest.CaptureFixture[str]) -> None:
    print_result(Console(), ["campaign", "spend"], [("=1+1", Decimal("-5.00"))], "csv")
    assert list(csv.reader(io.StringIO(capsys.readouterr().out))) == [["campaign", "spend"], ["'=1+1", "-5.00"]]


def test_every_writer_of_csv_or_workbooks_is_this_one() -> None:
    """Scratch files for the engine, and exports that the sample company pretends to have, are nobody's spreadsheet; the
    workbook of a version has writers of its own, whose cells tests/unit/publish/test_workbook.py holds to the same."""
    package = REPOSITORY / "plugins" / "funnelhouse"
    writes = re.compile(r"csv\.(Dict)?writer|to_csv|to_excel|xlsxwriter|openpyxl|\(\s*format\s+csv", re.IGNORECASE)
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if writes.search(path.read_text(encoding="utf-8")) and "sample" not in path.parts
    }
    assert found == {
        "safe_csv.py",
        "publish/workbook_cells.py",
        "reading/container/normalise.py",
        "reading/container/records.py",
    }
