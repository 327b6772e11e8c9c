"""The adapter knows the columns of what it renders, and asks Spark where it does not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

spark = pytest.importorskip("dbt.adapters.spark", reason="Spark is not installed: make setup EXTRAS=spark")


@pytest.fixture
def adapter(monkeypatch: pytest.MonkeyPatch) -> Any:
    """An adapter without a connection; `asked` holds what Spark was asked for."""
    from dbt.adapters.duckspark.impl import DuckSparkAdapter, DuckSparkColumn, _Cast

    made = object.__new__(DuckSparkAdapter)
    made._columns, made._steps, made._cast, made.asked = (
        {("raw", "t"): {"n": "INTEGER", "l": "DOUBLE[]"}},
        {},
        _Cast(),
        [],
    )

    def ask(_: Any, sql: str) -> list[Any]:
        made.asked.append(sql)
        return [DuckSparkColumn.create("n", "int")]

    monkeypatch.setattr(spark.SparkAdapter, "get_column_schema_from_query", ask)
    return made


MODEL = SimpleNamespace(schema="marts", identifier="m")


def schema(adapter: Any, query: str) -> dict[str, str]:
    """Names and types as dbt compares them for a contract."""
    columns = adapter.get_column_schema_from_query(f"select * from ({query}) as q where false limit 0")
    return {column.column: column.dtype for column in columns}


def test_a_contract_is_compared_without_asking_spark(adapter: Any) -> None:
    made = adapter.rendered_table(
        "select n, sum(n) as total, cast(1 as decimal(9, 2)) as rate from raw.t group by n", MODEL
    )
    assert schema(adapter, made) == {"n": "int", "total": "decimal(38,0)", "rate": "decimal(9,2)"}
    contract = adapter.rendered_contract("select cast(null as integer) as n, cast(null as hugeint) as total")
    assert schema(adapter, contract) == {"n": "int", "total": "decimal(38,0)"}
    assert adapter.asked == []


def test_columns_of_a_table_are_known_to_what_reads_it(adapter: Any) -> None:
    adapter.rendered_table("select n, count(*) as rows from raw.t group by n", MODEL)
    assert adapter._columns_of("marts", "m") == {"n": "INT", "rows": "BIGINT"}
    # A unit test of the model has columns of its own, which are nobody else's.
    adapter.rendered_model("select n, 'expected' as actual_or_expected from raw.t", MODEL)
    assert ("marts", "m") not in adapter._columns


def test_spark_is_asked_for_what_the_query_does_not_cast(adapter: Any) -> None:
    made = adapter.rendered_table("select n, l from raw.t", MODEL)
    contract = adapter.rendered_contract("select cast(null as integer) as n")
    schema(adapter, made), schema(adapter, contract)
    assert len(adapter.asked) == 2
    assert ("marts", "m") not in adapter._columns
