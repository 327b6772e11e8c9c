"""Every construct that is rewritten: its text, and where Spark is installed, its rows on both engines."""

from __future__ import annotations

import importlib.util
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from duckdb_to_spark import UnknownConstruct, render, unknown_constructs
from tests.spark.compare import differences
from tests.unit.duckdb_to_spark.constructs import CONSTRUCTS
from tests.unit.duckdb_to_spark.constructs.tables import TABLES, Construct


@pytest.fixture(scope="module")
def tables() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("create schema t")
    for name, query in TABLES.items():
        connection.execute(f"create table t.{name} as {query}")
    return connection


def rendered(tables: duckdb.DuckDBPyConnection, sql: str) -> str:
    def columns_of(schema: str, table: str) -> dict[str, str]:
        relation = tables.table(f"{schema}.{table}")
        return dict(zip(relation.columns, map(str, relation.types), strict=True))

    return render(sql, columns_of)


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda one: one.name)
def test_text(tables: duckdb.DuckDBPyConnection, construct: Construct):
    assert unknown_constructs(construct.sql) == []
    assert construct.becomes in rendered(tables, construct.sql)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select cast(share as varchar) from t.sales", "texts of doubles differ"),
        ("select 'n ' || share from t.sales", "Cast to a DECIMAL first"),
        ("select string_agg(key, ',') from t.sales", "Add ORDER BY"),
        ("select list(units order by id) from t.sales", "lists have no order"),
        ("select list(units) from t.sales", "leaves NULLs out"),
        ("select list(coalesce(units, id)) from t.sales", "coalesce(.., ..) that ends with a literal"),
        ("select list(distinct units) from t.sales", "leaves NULLs out"),
        ("select list_transform(tags, lambda x, i: i) from t.sales", "places count from 1"),
        ("select [x for x, i in tags] from t.sales", "places count from 1"),
        ("select key in tags from t.sales", "write list_contains"),
        ("select format('{}', share) from t.sales", "texts of doubles differ"),
        ("select string_agg(share, ',' order by id) from t.sales", "texts of doubles differ"),
        ("select cast(tags as varchar) from t.sales", "texts of a LIST differ"),
        ("select cast({'i': id} as varchar) from t.sales", "texts of a STRUCT differ"),
        ("select cast(paid_at - paid_at as varchar) from t.sales", "texts of a INTERVAL differ"),
        ("select share // 2 from t.sales", "// of other than integers"),
        ("select try_cast(note as date) from t.sales", "reads other texts as DATE"),
        ("select (select cast(share as varchar)) from t.sales", "texts of doubles differ"),
        ("select paid_on + interval '1.5' day from t.sales", "a part of a unit"),
        ("select paid_on + interval (share) day from t.sales", "DOUBLE times a unit"),
        ("select sum(id) over (order by id rows 1 preceding exclude current row) from t.sales", "EXCLUDE in the frame"),
        ("select sum(id) over (order by id groups 1 preceding) from t.sales", "GROUPS in the frame"),
        ("select distinct on (key) id from t.sales", "DISTINCT ON"),
        ("select left(note, strpos(note, 'x') - 1) from t.sales", "may be negative"),
        ("select right(note, -1) from t.sales", "may be negative"),
        ("select substring(note, units) from t.sales", "may be below 1"),
        ("select substring(note, 0, 2) from t.sales", "may be below 1"),
        ("select split_part(note, key, 1) from t.sales", "write the separator as a text"),
        ("select split_part(note, '|', units) from t.sales", "count parts from 1"),
        ("select median(paid_on) from t.sales", "a quantile of DATE"),
        ("select id, unnest(tags), row_number() over () from t.sales", "beside a window function"),
        ("select median(amount) from t.sales", "Cast it to double"),
        ("select quantile_cont(amount, 0.9) from t.sales", "Cast it to double"),
        ("select avg(paid_at) from t.sales", "the mean of TIMESTAMP"),
        ("select avg(distinct amount) from t.sales", "values of 18 digits may become one"),
        ("select strftime(paid_on, '%B') from t.sales", "%B. Known:"),
        ("select date_part('dow', paid_on) from t.sales", "part dow of a date"),
        ("select regexp_replace(note, key, 'x') from t.sales", "replace all"),
        ("select s.id from t.sales as s asof join t.rates as r on s.paid_at < r.valid_from", "ASOF JOIN other than"),
        ("select date_diff('week', paid_on, paid_on) from t.sales", "date_diff in weeks"),
        ("select to_json(units) from t.sales", "to_json of other than a whole row"),
        ("select arg_max(id, units, 2) from t.sales", "the first n"),
        ("select max(units, 2) from t.sales", "the first n"),
        ("select (id, units) between (1, 1) and (2, 2) from t.sales", "of rows: compare them with <"),
        ("select (id, key) in (select id, key from t.sales) from t.sales", "Write (select (a, b) ..)"),
        ("select max(tags) from t.sales", "lists with NULLs are ordered otherwise"),
        ("select max((id, (units, 1))) from t.sales", "write the fields of what is inside"),
        ("select list_sort(tags, 'asc', 'nulls first') from t.sales", "NULLs first"),
        ("select tags[share] from t.sales", "a place in a list that is not an integer"),
        ("with recursive r(a) as (select 1 union select a from r) select a from r", "Spark needs UNION ALL"),
        ("with recursive r(a) using key (a) as (select 1 union select a from r) select a from r", "USING KEY"),
    ],
)
def test_refused(tables: duckdb.DuckDBPyConnection, sql: str, said: str):
    with pytest.raises(UnknownConstruct, match=re.escape(said)):
        rendered(tables, sql)


@pytest.fixture(scope="module")
def spark(tables: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("Spark is not installed: make setup EXTRAS=spark")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java 17 or newer")
    from tests.spark.alone import session

    folder = tmp_path_factory.mktemp("tables")
    session_ = session(folder)
    session_.sql("create database t")
    for name in TABLES:
        tables.execute(f"copy t.{name} to '{folder}/{name}.parquet'")
        session_.sql(f"create table t.{name} using parquet location '{folder}/{name}.parquet'")
    yield session_
    session_.stop()


@pytest.mark.slow
@pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda one: one.name)
def test_rows(tables: duckdb.DuckDBPyConnection, spark: Any, construct: Construct, tmp_path: Path):
    spark.sql(rendered(tables, construct.sql)).write.parquet(str(tmp_path / "rows"))
    assert differences(tables.sql(construct.sql), tmp_path / "rows") == []
