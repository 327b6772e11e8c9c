"""Types that the renderer tells of arithmetic, against those that DuckDB gives: Spark's tables are cast to them."""

from __future__ import annotations

import re

import duckdb
import pytest

from duckdb_to_spark import render_steps

COLUMNS = {
    "amount": "DECIMAL(18,4)", "rate": "DECIMAL(18,6)", "small": "DECIMAL(10,2)", "wide": "DECIMAL(28,6)",
    "place": "INTEGER", "units": "BIGINT",
}  # fmt: skip

EXPRESSIONS = [
    "amount + rate", "amount * rate", "small + small", "small * small", "amount * wide", "amount + wide", "small + 1",
    "amount + 1", "small * 2", "amount + place", "small * place", "amount * units", "small + units", "wide * 2",
    "wide * wide", "amount - units", "100 * small", "amount % 3", "rate * 1.5", "small + small + small",
    "coalesce(small, units)", "case when place > 0 then small else wide end", "greatest(small, amount)",
    "round(amount * rate, 2)", "abs(small + 1)", "-amount", "sum(small) + 1", "sum(units)", "sum(amount)",
]  # fmt: skip


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_decimal_has_the_digits_that_duckdb_gives_it(expression: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"create table t ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})")
        row = connection.execute(f"describe select {expression} as x from t").fetchone()
    assert row
    _, query = render_steps(f"select {expression} as x from s.t", lambda schema, table: COLUMNS, "m")
    told = re.search(r"AS ([A-Z]+(?:\(\d+, \d+\))?)\) AS `x`", query)
    assert told and told[1].replace(" ", "") == str(row[1]).replace("HUGEINT", "DECIMAL(38,0)")
