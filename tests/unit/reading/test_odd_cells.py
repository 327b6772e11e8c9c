"""Odd cells in SQL mean what `one_cell.py` says, cell by cell, however hostile they are."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from funnelhouse.reading.cells.numbers import SPACES, number_text
from funnelhouse.reading.cells.odd_cells import once
from funnelhouse.reading.cells.sql_values import number, prepare, seconds_in, whole
from funnelhouse.sql import sql_list
from tests.unit.reading import one_cell

PIECES = [
    *"0123456789" * 2, *"..,,--++%%()'’`eE:::[]\"=<>", *SPACES, "−", "USD", "EUR", "kr", "đ", "zł", "z", "$", "€",
    "US$", "R$", "12", "123", "1234", "000", "1e", "E+", "e-", "E17", ".5", "5.", ",5", "A", "a", "٣", "²", "é", "n/a",
    "(1", "1)", '="', "\n", "0" * 20, "9" * 20,
]  # fmt: skip
_FAR = re.compile(r"[eE][-+]?\d{7,}")


def _number(cell: str, style: str) -> str | None:
    """The text of the number; an exponent alone is none, the engine's cast refuses it."""
    text = number_text(cell, style)
    return text if text and re.match(r"[-+]?\.?\d", text) else None


WAYS: dict[str, tuple[Callable[[str], str], Callable[[str, str], Any]]] = {
    "number": (lambda style: f"fh_{style}(x)", _number),
    "whole": (lambda style: f"fh_whole(fh_{style}(x))", one_cell.whole),
    "rate": (
        lambda style: once(f"fh_{style}(x)", "n", "fh_rate(x, n, false)"),
        lambda cell, style: one_cell.rate(cell, style, False),
    ),
    "points": (
        lambda style: once(f"fh_{style}(x)", "n", "fh_rate(x, n, true)"),
        lambda cell, style: one_cell.rate(cell, style, True),
    ),
    "seconds": (lambda style: seconds_in("x", style, 60), lambda cell, style: one_cell.seconds(cell, style, 60)),
    "id": (lambda style: "fh_id(x)", lambda cell, style: one_cell.bare_id(cell)),
}


@pytest.fixture(scope="module")
def hostile() -> duckdb.DuckDBPyConnection:
    """A connection with a table `hostile` of odd cells."""
    chance = random.Random(11)
    cells = {"".join(chance.choice(PIECES) for _ in range(chance.randrange(1, 10))) for _ in range(15_000)}
    cells |= {"7" * 100, "7" * 101, "1:02:03", "12.5%", "< 10%", "-$5", "1.2E+17", "1e-3", "10e-1", "0e9"}
    connection = duckdb.connect()
    prepare(connection, b"k" * 32)
    # Decimal itself fails beyond such exponents; SQL gives NULL.
    kept = sorted(cell for cell in cells if not _FAR.search(re.sub("[^0-9eE+-]", "", cell)))
    connection.execute(f"create temp table hostile as select unnest({sql_list(kept, 'varchar')}) as x")
    return connection


@pytest.mark.parametrize("style", ["dot", "comma"])
@pytest.mark.parametrize("way", WAYS)
def test_sql_reads_odd_cells_as_one_cell_does(hostile: duckdb.DuckDBPyConnection, way: str, style: str) -> None:
    sql, meaning = WAYS[way]
    found = hostile.execute(f"select x, {sql(style)} from hostile").fetchall()
    assert [(cell, value) for cell, value in found if value != meaning(cell, style)] == []
    assert sum(value is not None for _, value in found) > 500


def test_a_number_beyond_all_bounds_is_none(hostile: duckdb.DuckDBPyConnection) -> None:
    cell = "1e99999999999999999999"
    found = hostile.execute(f"select fh_whole(fh_dot('{cell}')), fh_rate('{cell}', fh_dot('{cell}'), true)").fetchone()
    assert found == (None, None)


@pytest.mark.parametrize("style", ["dot", "comma"])
@pytest.mark.parametrize("cell", ["1_000", "1_000.5", "1_0e1_0"])
def test_a_number_with_a_line_in_it_is_none_though_the_engine_reads_it(cell: str, style: str) -> None:
    with duckdb.connect() as connection:
        prepare(connection, b"k" * 32)
        connection.execute("create table cells as select ? as cell", [cell])
        for sql in (number("cell", "decimal(18, 6)", style), whole("cell", style)):
            assert connection.execute(f"select {sql} from cells").fetchone() == (None,)
