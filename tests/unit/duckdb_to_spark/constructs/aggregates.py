"""Aggregates."""

from tests.unit.duckdb_to_spark.constructs.tables import Construct

AGGREGATES = [
    Construct(
        "arg_max_skips_nulls",
        "select key, arg_max(units, id) as a, min_by(note, (paid_on, id)) as b from t.sales group by key",
        "MAX_BY(units, CASE WHEN units IS NOT NULL THEN id END)",
    ),
    Construct(
        "arg_max_with_filter",
        "select arg_max(id, units) filter (where key = 'a') as a from t.sales",
        "END) FILTER(WHERE key = 'a')",
    ),
    Construct(
        "any_value",
        "select key, any_value(case when id in (2, 3, 5) then id end) as a from t.sales group by key",
        "ANY_VALUE(CASE WHEN",
    ),
    Construct(
        "any_value_with_filter", "select any_value(id) filter (where id = 3) as a from t.sales", ", TRUE) FILTER("
    ),
    Construct("avg_of_decimals", "select avg(amount) as a from t.sales", "AVG(CAST(amount AS DOUBLE))"),
    Construct(
        "avg_of_sums",
        "select avg(s) as a, avg(distinct units) as b, sum(distinct units) as c, "
        "avg(distinct amount::decimal(9, 2)) as d from (select *, sum(id) over (order by id) as s from t.sales)",
        "AVG(CAST(s AS DOUBLE))",
    ),
    Construct(
        "quantiles",
        "select median(units) as a, quantile_cont(share, 0.75) as b, quantile_disc(units, 0.5) as c, "
        "median(amount::double) filter (where id <> 1) as d from t.sales",
        "PERCENTILE_DISC(0.5) WITHIN GROUP",
    ),
    Construct(
        "median_over", "select id, median(units) over (partition by is_won) as a from t.sales", "MEDIAN(units) OVER"
    ),
    Construct(
        "string_agg",
        "select string_agg(key, '|' order by id desc) filter (where id < 4) as a from t.sales",
        "LISTAGG(key, '|') WITHIN GROUP (ORDER BY id DESC",
    ),
    Construct(
        "string_agg_distinct",
        "select string_agg(distinct key, ', ' order by key) as a, count(*) as n from t.sales",
        "COLLECT_SET(key)",
    ),
    Construct(
        "different_values_in_a_window",
        "select id, count(distinct key) over (partition by is_won) as n from t.sales",
        "CAST(SIZE(COLLECT_SET(key) OVER (PARTITION BY is_won)) AS BIGINT)",
    ),
    Construct(
        "date_trunc_to_a_unit_in_a_column",
        "select id, date_trunc(u.unit, s.paid_on) as a from t.sales as s "
        "cross join (values ('month'), ('week')) as u (unit)",
        "DATE_TRUNC(u.unit, s.paid_on)",
    ),
    Construct(
        "cents_beside_counts",
        "select sum(amount) as a from t.sales union all select sum(units) from t.sales",
        "UNION ALL",
    ),
    Construct(
        "product", "select product(units) as a from t.sales", "AGGREGATE(NULLIF(COLLECT_LIST(CAST(units AS DOUBLE))"
    ),
    Construct(
        "filter_over",
        "select id, count(*) filter (where is_won) over (order by id) as a, bool_or(is_won) over () as b from t.sales",
        "FILTER(WHERE is_won) OVER",
    ),
    Construct(
        "ignore_nulls", "select id, last_value(units ignore nulls) over (order by id) as a from t.sales", "IGNORE NULLS"
    ),
    Construct(
        "grouping_sets",
        "select key, is_won, count(*) as n, grouping(key) as g from t.sales "
        "group by grouping sets ((key), (is_won), ())",
        "GROUPING SETS",
    ),
    Construct(
        "rollup",
        "select key, grouping(key) as is_total, sum(units) as n from t.sales group by rollup (key)",
        "GROUP BY ROLLUP (key)",
    ),
]
