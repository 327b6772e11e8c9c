"""Shortcuts of reading and typing say what the long way says."""

from __future__ import annotations

import io
import random
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import xlsxwriter
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funnelhouse.contracts.loader import load_contracts
from funnelhouse.contracts.reasons import Refused
from funnelhouse.reading import recognise_file as recognition
from funnelhouse.reading.cells.numbers import SPACES
from funnelhouse.reading.cells.sql_values import NULLS, prepare
from funnelhouse.reading.container import members as containers
from funnelhouse.reading.container import workbook_head
from funnelhouse.reading.container.sheets import _Numbers, cell_text, open_sheet, open_workbook, sheet_rows
from funnelhouse.reading.recognise_file import recognise_file
from funnelhouse.reading.rows.profile import _MARKS, _POINTED, DECIMAL_TESTS
from funnelhouse.sql import sql_list, sql_text
from tests.unit.reading.conftest import HEADER, Home

LOOK = """
import sys
from funnelhouse.extract.extraction import extract_channel
from funnelhouse.receive.front_door import receive_exports
from funnelhouse.settings import load_settings
known = load_settings(sys.argv[1])
receive_exports(known)
assert extract_channel(known, "ads").rejected_rows == 1
assert not {"numpy", "pandas", "pydantic", "yaml", "babel", "airflow", "dbt"} & set(sys.modules), sys.modules.keys()
"""


def test_loading_a_file_with_a_rejected_row_imports_no_heavy_package(home: Home, contract_cache: Path) -> None:
    row = "2026-10-01,Brand,101,EUR,1.25,10,1\n"
    home.drop("google_ads/111/a.csv", HEADER + row * 3 + "2026-10-01,Brand,101,EUR,lots,10,1\n")
    load_contracts(cache=contract_cache)
    done = subprocess.run([sys.executable, "-c", LOOK, str(home.settings.home)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


COMMAND = """
import sys
from funnelhouse.cli import main
try:
    main(["extract", "--dry-run", "--json", "--home", sys.argv[1], sys.argv[2]])
except SystemExit as end:
    assert not end.code, end.code
assert not {"numpy", "pandas", "pydantic", "yaml", "airflow", "dbt"} & set(sys.modules), sys.modules.keys()
"""


def test_the_command_that_explains_a_file_imports_no_heavy_package(home: Home, contract_cache: Path) -> None:
    home.drop("google_ads/111/a.csv", HEADER + "2026-10-01,Brand,101,EUR,1.25,10,1\n")
    file = home.settings.inbox / "google_ads/111/a.csv"
    load_contracts(cache=contract_cache)
    command = [sys.executable, "-c", COMMAND, str(home.settings.home), str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert '"outcome": "loaded"' in done.stdout


@pytest.fixture
def contract_cache(home: Home) -> Path:
    return home.settings.cache


# --- workbooks ---


@pytest.fixture(scope="module")
def big_workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """30,000 rows of an ads report; its sheet has more than two MB."""
    path = tmp_path_factory.mktemp("big") / "daily.xlsx"
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("Report")
    sheet.write_row(0, 0, HEADER.strip().split(","))
    for number in range(1, 30_000):
        sheet.write_row(number, 0, ["2026-10-01", f"Brand {number}", "101", "EUR", number / 4, number, 1])
    book.close()
    return path


def test_the_head_of_a_workbook_has_its_first_rows(big_workbook: Path, tmp_path: Path) -> None:
    head = tmp_path / "head.xlsx"
    assert workbook_head.head_of_workbook(big_workbook, head)
    first, whole = (
        list(sheet_rows(open_sheet(open_workbook(path, "xlsx"), "Report"))) for path in (head, big_workbook)
    )
    assert first == whole[: workbook_head.ROWS]
    assert len(whole) == 30_000


def test_a_workbook_is_recognised_by_its_head_as_by_all_of_it(
    big_workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contracts = load_contracts()
    by_head = recognise_file(big_workbook, "daily.xlsx", None, contracts, tmp_path)
    monkeypatch.setattr(recognition, "head_of_workbook", lambda path, target: False)
    assert recognise_file(big_workbook, "daily.xlsx", None, contracts, tmp_path) == by_head


def test_a_small_or_damaged_workbook_has_no_head(big_workbook: Path, tmp_path: Path) -> None:
    small = tmp_path / "small.xlsx"
    book = xlsxwriter.Workbook(str(small))
    book.add_worksheet("Report").write_row(0, 0, HEADER.strip().split(","))
    book.close()
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(big_workbook.read_bytes()[:-2_000])
    assert not workbook_head.head_of_workbook(small, tmp_path / "head")
    assert not workbook_head.head_of_workbook(cut, tmp_path / "head")


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**17), 10**17).map(float)))
def test_remembered_numbers_have_the_text_of_the_cell(number: float) -> None:
    known = _Numbers()
    assert [known[number], known[number]] == [cell_text(number)] * 2
    if number == int(number):
        assert known[int(number)] == cell_text(int(number))


PIECES = [
    '<row r="7">', '<row spans="1:2" r="12">', "<row r='9'>", '<x:row r="31">', '<row\tr="8">', "</row>", "\n", " ",
    '<c r="AB7">', '<c r="A1234567"/>', '<c r="B2">', '<c xr="ZZ9">', '<c r = "CA4">', "<c r='DD5'>", "<v>7</v>", "é",
    '<c r="xfd1048576"/>', 'r="', "AAA9", '"', "_",
]  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_the_extent_of_a_sheet_is_what_the_general_patterns_find(pieces: list[str]) -> None:
    window = "".join(pieces).encode()
    found = containers._Extent()
    found.add(window)
    wide = containers._WIDE.findall(window)
    rows = [*containers._ROW.findall(window), *containers._TALL.findall(window), *(row for _, row in wide)]
    assert found.rows == max([1, window.count(b"</row>"), *map(int, rows)])
    assert found.columns == max([26, *(containers._column(letters) for letters, _ in wide)])


def test_what_the_reader_of_old_workbooks_prints_stays_off_the_screen(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    book, sink = xlwt.Workbook(), io.BytesIO()
    book.add_sheet("A").write(0, 0, "Day")
    book.save(sink)
    content = bytearray(sink.getvalue())
    sheet_record = content.index(b"\x85\x00", 512)
    content[sheet_record + 4 : sheet_record + 8] = (1 << 26).to_bytes(
        4, "little"
    )  # the sheet begins far behind the end
    path = tmp_path / "cut.xls"
    path.write_bytes(content)
    with pytest.raises(Refused, match="cannot be read"):
        open_workbook(path, "xls")
    assert capfd.readouterr().err == ""


# --- cells ---


@pytest.fixture(scope="module")
def engine() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    prepare(connection, b"k" * 32)
    return connection


def test_null_tokens_are_told_whatever_their_case_and_spaces(engine: duckdb.DuckDBPyConnection) -> None:
    chance = random.Random(3)
    parts = [*SPACES, *NULLS, "N", "A", "x", "0", "\x1f", "É"]
    cells = ["".join(chance.choice(parts) for _ in range(chance.randrange(5))) for _ in range(2_000)]
    listed = sql_text("\x1f".join(NULLS))
    found = engine.execute(f"select v, fh_is_null(v, {listed}) from (select unnest({sql_list(cells, 'varchar')}) as v)")
    assert all(is_null == (cell.strip(SPACES).lower() in NULLS) for cell, is_null in found.fetchall())


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text("0123456789.,’' -%€a", max_size=12), max_size=60))
def test_a_cell_without_the_mark_of_a_decimal_test_fails_it(
    engine: duckdb.DuckDBPyConnection, cells: list[str]
) -> None:
    source = f"(select unnest({sql_list(cells, 'varchar')}) as v)"
    for name, mark in _MARKS.items():
        query = f"select count(*) from {source} where regexp_matches(v, '{DECIMAL_TESTS[name]}')"
        assert all(engine.execute(f"{query} and not contains(v, '{one}')").fetchone() == (0,) for one in mark)
        pointed = f"{query} and regexp_full_match(v, '{_POINTED}')"
        plain = f"select count(*) from {source} where regexp_full_match(v, '{_POINTED}')"
        expected = engine.execute(plain).fetchone() if name == "dot" else (0,)
        assert engine.execute(pointed).fetchone() == expected
