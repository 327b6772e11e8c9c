"""Stars, unions, and queries in queries."""

from tests.unit.duckdb_to_spark.constructs.tables import Construct

QUERIES = [
    Construct("star_exclude", "select * exclude (note, tags) from t.sales", "SELECT id, key, amount"),
    Construct(
        "star_replace",
        "select id, s.* exclude (id, tags) replace (key || '!' as key) from t.sales as s",
        "SELECT id, key || '!' AS key, amount",
    ),
    Construct(
        "star_of_a_using_join", "select * exclude (tags) from t.sales join t.rates using (key)", "SELECT sales.id, key"
    ),
    Construct(
        "union_by_name",
        "select id, key from t.sales union all by name select rate, key from t.rates",
        "SELECT NULL AS id, key, rate FROM (SELECT rate, key",
    ),
    Construct(
        "hash_of_columns",
        "select count(distinct hash(*columns(s.* exclude (id)))) as n from t.sales as s",
        "XXHASH64(key IS NULL, key",
    ),
    Construct(
        "hash_tells_nulls_apart",
        "select hash('a', null) = hash(null, 'a') as same, hash('a', null) = hash('a', null) as equal",
        "XXHASH64",
    ),
    Construct(
        "columns_named_in_a_text",
        r"select columns(lambda name: regexp_matches('id or amount', '\b' || name || '\b')) from t.sales",
        "SELECT id, amount FROM",
    ),
    Construct(
        "nested_cte_of_one_name",
        "with a as (with b as (select 1 as x) select x from b), c as (with b as (select 2 as x) select x from b) "
        "select a.x as x, c.x as y from a cross join c",
        "WITH a AS (WITH b AS (SELECT 1 AS x)",
    ),
    Construct("materialized", "with a as materialized (select id from t.sales) select * from a", "WITH a AS (SELECT"),
    Construct(
        "recursive",
        "with recursive r(n) as (select 1 as n union all select n + 1 from r where n < (select count(*) from t.sales)) "
        "select n from r",
        "WITH RECURSIVE r(n)",
    ),
    Construct("sum_in_an_order", "select sum(share order by id) as a from t.sales", "SUM(share)"),
    Construct(
        "qualify",
        "select id, key from t.sales qualify row_number() over (partition by key order by id desc) = 1",
        "QUALIFY CAST(ROW_NUMBER() OVER",
    ),
    Construct(
        "qualify_of_groups",
        "select key, sum(units) as n from t.sales group by key qualify rank() over (order by max(id) desc) <= 2",
        "AS _is_kept FROM t.sales GROUP BY key) AS grouped WHERE _is_kept",
    ),
    Construct(
        "frame_on_a_named_window",
        "select id, sum(units) over (w rows unbounded preceding) as n from t.sales window w as (order by id)",
        "OVER (ORDER BY id NULLS LAST rows BETWEEN UNBOUNDED",
    ),
    Construct(
        "rank_over_a_window_with_a_frame",
        "select id, row_number() over w as n, last_value(id) over w as l from t.sales "
        "window w as (order by id rows between unbounded preceding and unbounded following)",
        "ROW_NUMBER() OVER (ORDER BY id NULLS LAST)",
    ),
    Construct(
        "nulls_are_last",
        "select id, row_number() over (order by units desc, id) as n from t.sales",
        "ORDER BY units DESC, id NULLS LAST",
    ),
    Construct(
        "alias_used_at_once", "select units * 2 as twice, twice / 4 as half from t.sales", "CAST(twice AS DOUBLE)"
    ),
    Construct(
        "asof_join",
        "select s.id, r.rate from t.sales as s asof join t.rates as r on s.key = r.key and s.paid_at >= r.valid_from",
        "LEAD(valid_from) OVER (PARTITION BY key",
    ),
    Construct(
        "asof_left_join_strictly_before",
        "select s.id, r.rate from t.sales as s asof left join t.rates as r "
        "on s.key = r.key and s.paid_at > r.valid_from",
        "<= r._valid_until",
    ),
    Construct(
        "column_of_the_select_around",
        "select id, (select units / 2 from t.rates as r where r.key = s.key limit 1) as a from t.sales as s",
        "CAST(units AS DOUBLE) / CAST(2 AS DOUBLE)",
    ),
    Construct(
        "values_that_are_computed",
        "select a, b from (values (20.0 / 90, 1), (1.0 / 3, 7 // 2)) as t (a, b)",
        "CAST(20.0 AS DOUBLE) / CAST(90 AS DOUBLE)",
    ),
]
