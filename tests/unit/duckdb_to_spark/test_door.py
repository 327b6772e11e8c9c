"""What the package offers: rendering with known columns, refusing by name, settings of the session."""

from __future__ import annotations

import pytest
import sqlglot

from duckdb_to_spark import SESSION, UnknownConstruct, render, unknown_constructs
from duckdb_to_spark.writer import write

COLUMNS = {("sales", "orders"): {"id": "INTEGER", "amount": "DECIMAL(18,2)", "paid_on": "DATE", "name": "VARCHAR"}}


def columns_of(schema: str, table: str) -> dict[str, str]:
    return COLUMNS[schema, table]


def test_only_columns_of_tables_that_are_read_are_asked_for():
    asked = []

    def asking(schema: str, table: str) -> dict[str, str]:
        asked.append((schema, table))
        return COLUMNS[schema, table]

    render('with o as (select * from "db"."sales"."orders") select * from o join o as p on o.id = p.id', asking)
    assert asked == [("sales", "orders")]


def test_the_name_of_the_duckdb_file_is_left_out():
    assert render('select id from "db"."sales"."orders"', columns_of) == "SELECT id FROM `sales`.`orders`"


def test_a_table_without_columns_is_refused():
    with pytest.raises(UnknownConstruct, match=r"Table sales\.orders has no known columns"):
        render("select id from sales.orders", lambda schema, table: {})


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select levenshtein(a, b) from t.u", "Function levenshtein() is not known to be the same in Spark."),
        ("select my_function(a) from t.u", "Function my_function() is not known to be the same in Spark."),
        ("select mode(a) from t.u", "Function mode() is not known to be the same in Spark: which of several"),
        ("select columns(lambda c: c like 'a%') from t.u", "COLUMNS(lambda ..) chooses columns"),
        ("select * from t.u positional join t.v", "POSITIONAL JOIN is not known to Spark."),
        ("select from where", "SQL that the parser does not know"),
        ("drop table t.u", "Not a single query"),
    ],
)
def test_what_is_not_on_the_list_is_named(sql, said):
    assert said in " ".join(unknown_constructs(sql))
    with pytest.raises(UnknownConstruct) as refused:
        render(sql, columns_of)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select strftime(d, '%B') from t.u", "%B. Known:"),
        ("select a from t.u where a in (select string_agg(b, ',') from t.v)", "Add ORDER BY"),
        ("select date_diff('week', a, b) from t.u", "date_diff in weeks"),
        ("with c as (select list(k order by i) as l from t.u) select l from c", "lists have no order"),
        ("select sum(d + interval '1.5' day) over () from t.u", "a part of a unit"),
        ("select date_trunc('decade', d) from t.u", "date_trunc to decade"),
        ("select 1 union all select left(a, -1) from t.u", "may be negative"),
        ("select unnest(a), row_number() over () from t.u", "beside a window function"),
        ("select *, count(*) from t.u group by all qualify count(*) > 1", "name the columns"),
        ("select cast(1e0 as varchar)", "texts of doubles differ"),
    ],
)
def test_what_no_type_of_a_column_can_change_is_named_without_columns(sql, said):
    assert said in " ".join(unknown_constructs(sql))


def test_what_depends_on_the_types_of_columns_is_not_named_without_them():
    sql = "select cast(a as varchar), a[1], len(a), median(a), a // b, to_json(u), b + to_days(a) from t.u"
    assert unknown_constructs(sql) == []


def test_what_the_generator_would_leave_out_is_refused():
    frame = "rows between 1 preceding and current row exclude current row"
    tree = sqlglot.parse_one(f"select sum(a) over (order by a {frame}) from t.u", dialect="duckdb")
    with pytest.raises(UnknownConstruct, match="EXCLUDE"):
        write(tree)
    assert write(sqlglot.parse_one("select a from t.u")) == "SELECT a FROM t.u"


def test_what_is_on_the_list_is_not_named():
    assert unknown_constructs("select max_by(name, paid_on) from sales.orders group by all") == []


def test_settings_are_texts():
    assert SESSION["spark.sql.session.timeZone"] == "UTC"
    assert all(isinstance(value, str) for value in SESSION.values())
