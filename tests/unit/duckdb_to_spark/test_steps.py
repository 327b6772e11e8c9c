"""What a model reads more than once becomes a table of its own on Spark, and its columns have DuckDB's types."""

from __future__ import annotations

from duckdb_to_spark import render_steps, steps

COLUMNS = {"id": "BIGINT", "key": "VARCHAR", "amount": "DECIMAL(18,2)"}


def rendered(sql: str) -> tuple[dict[str, str], str]:
    """Steps by name, and the query that is left."""
    made, query = render_steps(sql, lambda schema, table: COLUMNS, "marts_m")
    return {step.name: step.query for step in made}, query


def large(source: str) -> str:
    """A SELECT that is worth a table."""
    sums = ", ".join(f"sum(amount + {number}) as s{number}" for number in range(40))
    return f"select key, sum(amount) as amount, {sums} from {source} group by key"


def test_a_large_cte_that_is_read_twice_is_a_step() -> None:
    made, query = rendered(
        f"with sales as ({large('t.sales')}) select a.key from sales as a join sales as b on a.key = b.key"
    )
    assert list(made) == ["steps.marts_m__sales"]
    assert "WITH" not in query
    assert query.count("steps.marts_m__sales") == 2


def test_a_cte_that_is_read_once_or_is_small_stays_where_it_is() -> None:
    assert not rendered(f"with sales as ({large('t.sales')}) select key from sales")[0]
    small = "with sales as (select key from t.sales) select a.key from sales as a join sales as b on a.key = b.key"
    assert not rendered(small)[0]


def test_a_step_brings_what_it_reads_and_no_more() -> None:
    made, query = rendered(
        "with base as (select * from t.sales where id > 1), other as (select key from t.sales), "
        f"sales as ({large('base')}) "
        "select a.key from sales as a join sales as b on a.key = b.key join other on a.key = other.key"
    )
    (step,) = made.values()
    assert "base AS" in step and "other AS" not in step
    assert "other AS" in query and "sales AS (" not in query


def test_later_steps_read_earlier_ones() -> None:
    made, _ = rendered(
        f"with first as ({large('t.sales')}), second as ({large('first as x join first as y using (key, amount)')}) "
        "select a.key from second as a join second as b on a.key = b.key"
    )
    assert list(made) == ["steps.marts_m__first", "steps.marts_m__second"]
    assert "steps.marts_m__first" in made["steps.marts_m__second"]


def test_ctes_inside_of_a_cte_can_be_steps_and_keep_their_own_names() -> None:
    inner = f"with same as ({large('t.sales')}) select a.key, a.amount from same as a join same as b on a.key = b.key"
    made, query = rendered(
        f"with model as ({inner}), same as (select 'x' as key) select model.key from model join same on true"
    )
    assert list(made) == ["steps.marts_m__model__same"]
    assert "FROM steps.marts_m__model__same AS a" in query
    assert "'x' AS key" in query


def test_ctes_of_a_derived_table_can_be_steps() -> None:
    """Macros write `from (with ... select ...) as judged`; below a UNION and a join, too."""
    inner = f"with same as ({large('t.sales')}) select a.key from same as a join same as b on a.key = b.key"
    made, query = rendered(
        f"with one as (select judged.key from ({inner}) as judged union all "
        f"select t.key from t.sales as t join ({inner}) as other on other.key = t.key) select key from one"
    )
    assert list(made) == ["steps.marts_m__one__derived_1__same", "steps.marts_m__one__derived_2__same"]
    assert "FROM steps.marts_m__one__derived_2__same AS a" in query
    made, query = rendered(f"select judged.key from ({inner}) as judged")
    assert list(made) == ["steps.marts_m__derived_1__same"]


def test_a_derived_table_keeps_its_name_beside_a_cte_that_is_called_alike() -> None:
    inner = f"with same as ({large('t.sales')}) select a.key from same as a join same as b on a.key = b.key"
    _, query = rendered(
        f"with judged as (select 'x' as key), derived_1 as (select 'y' as key) select judged.key "
        f"from ({inner}) as judged join derived_1 on derived_1.key = judged.key"
    )
    assert "derived_2 AS judged" in query and "JOIN derived_1 ON" in query


def test_ctes_of_a_subquery_that_other_rows_decide_stay_with_it() -> None:
    inner = f"with same as ({large('t.sales')}) select max(a.key) from same as a join same as b on a.key = b.key"
    made, query = rendered(f"with s as (select t.id from t.sales as t where t.key = ({inner})) select id from s")
    assert not made and "same AS (" in query


def test_columns_have_the_types_of_duckdb() -> None:
    _, query = rendered(
        "select key, row_number() over (order by id) as place, sum(amount) as amount, null as nothing "
        "from t.sales group by key, id"
    )
    assert "CAST(`place` AS BIGINT) AS `place`" in query
    assert "CAST(`amount` AS DECIMAL(38, 2)) AS `amount`" in query
    assert "CAST(`nothing` AS INT) AS `nothing`" in query


def test_a_recursive_query_is_left_whole() -> None:
    sql = (
        f"with recursive sales as ({large('t.sales')}), up as (select key, 1 as n from sales union all "
        "select up.key, up.n + 1 from up join sales on up.key = sales.key where up.n < 3) select key from up"
    )
    assert not rendered(sql)[0]
    assert steps.SCHEMA not in rendered(sql)[1]
