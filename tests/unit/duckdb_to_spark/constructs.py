"""One small query per construct that is rewritten: what it has to become, and tables to run it over on both engines.

The rows are ordinary, with what decides: halves, NULLs, an empty text, accents, the last day of a month, equal values.
"""

from __future__ import annotations

from typing import NamedTuple

TABLES = {
    "sales": """
        select * from (values
            (1, 'a', 10.25::decimal(18, 2), date '2026-01-31', timestamp '2026-01-31 23:59:58.5', 0.285e0, 7, true,
             'Café Zoë', ['x', 'y']),
            (2, 'a', -2.50, date '2026-02-28', timestamp '2026-02-28 00:00:00', 2.5e0, -7, false, 'fixed: 5%', ['z']),
            (3, 'b', 3.50, date '2026-03-01', timestamp '2026-03-01 12:30:00', 1.005e0, 5, true, '', []),
            (4, 'b', null, null, null, null, null, null, null, null),
            (5, 'c', 0.05, date '2025-12-31', timestamp '2025-12-31 12:30:00', -3.5e0, 3, false, 'a|b|c', ['x'])
        ) as t (id, key, amount, paid_on, paid_at, share, units, is_won, note, tags)
    """,
    "rates": """
        select * from (values
            ('a', timestamp '2026-01-01 00:00:00', 1.1::decimal(9, 4)), ('a', timestamp '2026-02-01 00:00:00', 1.2),
            ('b', timestamp '2026-03-01 12:30:00', 2.0)
        ) as t (key, valid_from, rate)
    """,
}


class Construct(NamedTuple):
    """A query of DuckDB's, and a part of the text it has to become."""

    name: str
    sql: str
    becomes: str


CONSTRUCTS = [
    # Stars and unions
    Construct("star_exclude", "select * exclude (note, tags) from t.sales", "SELECT id, key, amount"),
    Construct(
        "star_replace",
        "select id, s.* exclude (id, tags) replace (upper(key) as key) from t.sales as s",
        "SELECT id, UPPER(key) AS key, amount",
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
    # Queries in queries
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
    # Numbers
    Construct(
        "quotient", "select id, amount / 3 as a, units / 2 as b, 1 / 4 as c from t.sales", "CAST(amount AS DOUBLE)"
    ),
    Construct(
        "quotient_of_whole_numbers", "select units // 2 as a, units % 3 as b, -7 // 2 as c from t.sales", "units DIV 2"
    ),
    Construct(
        "double_to_integer",
        "select cast(share as bigint) as a, share::integer as b from t.sales",
        "CAST(RINT(share) AS BIGINT)",
    ),
    Construct("decimal_to_integer", "select cast(amount as integer) as a from t.sales", "CAST(ROUND(amount) AS INT)"),
    Construct(
        "text_to_integer",
        "select try_cast(x as integer) as a from (values ('12'), ('2.5'), ('1e3'), ('five')) as v(x)",
        "TRY_CAST(ROUND(TRY_CAST(x AS DECIMAL(38, 10))) AS INT)",
    ),
    Construct(
        "text_to_double",
        "select try_cast(x as double) as a from (values ('5'), ('5d'), ('1.5f'), (' 2 ')) as v(x)",
        "RLIKE '[0-9.][dDfF]",
    ),
    Construct(
        "double_to_decimal",
        "select cast(share as decimal(18, 2)) as a from t.sales",
        "CAST(ROUND(share * 1E2D) / 1E2D AS DECIMAL(18, 2))",
    ),
    Construct(
        "round_of_a_double",
        "select round(share, 2) as a, round(share) as b from t.sales",
        "(ROUND(share * 1E2D) / 1E2D)",
    ),
    Construct(
        "round_of_a_decimal", "select round(amount, 1) as a, round(amount) as b from t.sales", "ROUND(amount, 1)"
    ),
    Construct(
        "trunc_floor_ceil",
        "select trunc(share) as a, trunc(amount) as b, floor(share) as c, ceil(amount) as d from t.sales",
        "CAST(FLOOR(share) AS DOUBLE)",
    ),
    Construct(
        "sign_times_a_decimal", "select sign(units) * amount as a from t.sales", "CAST(SIGN(units) AS INT) * amount"
    ),
    Construct("hugeint", "select cast(units as hugeint) * 1000000000000000000 as a from t.sales", "AS DECIMAL(38, 0))"),
    Construct(
        "sum_beyond_64_bits",
        "select sum(x) * 3 as a from (values (4000000000000000000::bigint)) as v(x)",
        "CAST(SUM(x) AS DECIMAL(38, 0))",
    ),
    Construct(
        "product_of_decimals",
        "select cast(amount as decimal(18, 6)) * cast(0.123456789012 as decimal(28, 12)) as a from t.sales",
        " * ",
    ),
    # Days and instants
    Construct(
        "days_between",
        "select paid_on - date '2026-01-01' as a, paid_on - 1 as b, paid_on + 1 as c from t.sales",
        "CAST(DATEDIFF(paid_on, CAST('2026-01-01' AS DATE)) AS BIGINT)",
    ),
    Construct(
        "day_plus_interval",
        "select paid_on + interval 1 month as a, paid_on + interval 1 day as b from t.sales",
        "CAST(paid_on AS TIMESTAMP_NTZ) + INTERVAL '1' MONTH",
    ),
    Construct(
        "interval_of_an_expression",
        "select paid_at + interval (units) day as a, paid_on + to_months(units) as b from t.sales",
        "((units) * INTERVAL '1' DAY)",
    ),
    Construct(
        "quarters_and_weeks",
        "select paid_on + interval 1 quarter as a, paid_on - interval 2 week as b from t.sales",
        "INTERVAL '3' MONTH",
    ),
    Construct(
        "epoch_of_a_difference",
        "select epoch(paid_at - timestamp '2026-01-01') as a, epoch(paid_at) as b from t.sales",
        "UNIX_MICROS",
    ),
    Construct(
        "date_trunc",
        "select date_trunc('month', paid_on) as a, date_trunc('week', paid_at) as b from t.sales",
        "CAST(DATE_TRUNC('MONTH', paid_on) AS TIMESTAMP_NTZ)",
    ),
    Construct(
        "borders_between",
        "select date_diff('month', date '2026-01-31', paid_on) as a, "
        "date_diff('year', paid_on, date '2026-01-01') as b, "
        "date_diff('hour', timestamp '2026-01-01 00:59:00', paid_at) as c, date_diff('day', paid_at, timestamp "
        "'2026-03-01') as d, date_diff('quarter', date '2025-12-31', paid_on) as e from t.sales",
        "* 12 + MONTH(",
    ),
    Construct(
        "parts_of_a_date",
        "select date_part('isodow', paid_on) as a, extract(year from paid_on) as b, "
        "date_part('isoyear', paid_on) as c, "
        "date_part('week', paid_on) as d, year(paid_on) as e, isodow(paid_on) as f from t.sales",
        "'DAYOFWEEK_ISO'",
    ),
    Construct("last_day", "select last_day(paid_on) as a from t.sales", "LAST_DAY(paid_on)"),
    Construct(
        "from_one_clock_to_another",
        "select timezone('Asia/Ho_Chi_Minh', timezone('UTC', paid_at)) as a from t.sales",
        "CONVERT_TIMEZONE('UTC', 'Asia/Ho_Chi_Minh'",
    ),
    Construct("strftime", "select strftime(paid_on, '%Y-%m is %d') as a from t.sales", "DATE_FORMAT(paid_on"),
    Construct(
        "days_of_a_span",
        "select d.day from unnest(generate_series(date '2026-01-01', date '2026-01-03', interval 1 day)) as d(day)",
        "FROM EXPLODE(IF(",
    ),
    Construct("span_that_ends_before_it_starts", "select unnest(generate_series(1, 0)) as a", "SEQUENCE"),
    Construct("range_leaves_its_end_out", "select unnest(range(1, 4)) as a", "CAST(4 AS BIGINT) - 1"),
    # Aggregates
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
        "quantiles",
        "select median(units) as a, quantile_cont(share, 0.75) as b, quantile_disc(units, 0.5) as c, "
        "median(amount) filter (where id <> 1) as d from t.sales",
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
        "row_in_a_query",
        "select id from t.sales where (key, id) in (select (key, id) from t.sales where units > 0)",
        "(key, id) IN (SELECT key, id FROM",
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
    # Texts
    Construct(
        "full_match",
        "select regexp_full_match(note, 'fixed.*|') as a from t.sales",
        "RLIKE '(?d)\\\\A(?:fixed.*|)\\\\z'",
    ),
    Construct(
        "full_match_of_a_column",
        "select regexp_full_match(key, p) as a from t.sales cross join (select 'a|b' as p)",
        "CONCAT(",
    ),
    Construct(
        "end_of_text",
        "select regexp_matches('abc' || chr(10), 'abc$') as a, regexp_matches(note, 'a|c$') as b from t.sales".replace(
            "chr(10)", "'\n'"
        ),
        "\\\\z",
    ),
    Construct(
        "word_border",
        r"select regexp_matches(x, '\bst') as a from (values ('st x'), ('ést x'), ('est x')) as v(x)",
        "(?<=[0-9A-Za-z_])",
    ),
    Construct("first_match_only", "select regexp_replace(note, '[aeé]', '*') as a from t.sales", "'$1*'"),
    Construct("all_matches", "select regexp_replace(note, '([aeé])', '<\\1>', 'g') as a from t.sales", "'<$1>'"),
    Construct(
        "first_match_at_the_start",
        "select regexp_replace(key || note, '^' || key, '$') as a from t.sales",
        "REGEXP_REPLACE(",
    ),
    Construct(
        "extract",
        r"select regexp_extract(note, '(\w+): (\d)', 2) as a, regexp_extract(note, '[ab]') as b from t.sales",
        "REGEXP_EXTRACT(",
    ),
    Construct(
        "case_is_ignored", "select regexp_matches(x, 'ZOË', 'i') as a from (values ('zoë'), ('zoe')) as v(x)", "(?iu)"
    ),
    Construct("bracket_in_a_class", "select regexp_replace('a[b&&c', '[[&]', '_', 'g') as a", "[\\\\[&]"),
    Construct("strip_accents", "select strip_accents(note) as a from t.sales", "TRANSLATE(note, "),
    Construct(
        "split",
        "select string_split(note, '|') as a, split_part(note, '|', 2) as b from t.sales",
        "SPLIT(note, '\\\\|')",
    ),
    Construct("split_by_a_pattern", r"select string_split_regex(note, '[|:]\s*') as a from t.sales", "SPLIT(note, "),
    Construct(
        "contained_in_a_split",
        "select list_contains(string_split(note, '|'), 'b') as a from t.sales",
        "ARRAY_CONTAINS(",
    ),
    Construct(
        "format",
        "select format('{:,.0f} and {:.1f} % of {}', 1234.5, 12.25, id) as a from t.sales",
        "FORMAT_STRING('%,.0f and %.1f %% of %s'",
    ),
    Construct(
        "concat_skips_nulls",
        "select concat(key, note, 'x') as a, key || note as b, concat_ws('-', key, id, note) as c from t.sales",
        "CONCAT_WS('-', key, CAST(id AS STRING), note)",
    ),
    Construct(
        "like_with_escape", r"select note like '%\%' escape '\' as a, note like 'a|%' as b from t.sales", "ESCAPE"
    ),
    Construct(
        "position_and_length",
        "select strpos(note, 'b') as a, length(note) as b, len(tags) as c from t.sales",
        "CAST(SIZE(tags) AS BIGINT)",
    ),
    Construct(
        "likeness", "select jaro_winkler_similarity(note, 'Cafe Zoe') as a from t.sales", "JARO_WINKLER_SIMILARITY("
    ),
    Construct(
        "decimals_as_text",
        "select cast(amount as varchar) as a, cast(paid_at as varchar) as b from t.sales",
        "AS STRING)",
    ),
    Construct("texts_with_quotes_and_backslashes", r"select 'it''s a \ here' as a, length('\n') as b", "\\\\"),
    # Lists
    Construct("unnest", "select id, unnest(tags) as tag from t.sales", "SELECT id, EXPLODE(tags) AS tag"),
    Construct(
        "unnest_inside", "select id, 'tag ' || unnest(tags) as tag from t.sales", "CROSS JOIN LATERAL EXPLODE(tags)"
    ),
    Construct(
        "unnest_side_by_side", "select id, unnest(tags) as tag, unnest([1, 2]) as n from t.sales", "INLINE(ARRAYS_ZIP("
    ),
    Construct(
        "unnest_structs",
        "select id, unnest([{'what': 'id', 'n': id}, {'what': 'units', 'n': id + 1}], recursive := true) from t.sales",
        "LATERAL INLINE(ARRAY(",
    ),
    Construct(
        "unnest_in_from",
        "select s.id, u.tag from t.sales as s, unnest(s.tags) as u(tag)",
        "LATERAL EXPLODE(s.tags) AS u(tag)",
    ),
    Construct(
        "subscripts", "select id, unnest(tags) as tag, generate_subscripts(tags, 1) as n from t.sales", "SEQUENCE"
    ),
    Construct(
        "element_and_slice",
        "select tags[1] as a, tags[2] as b, tags[id] as c, tags[2:] as d from t.sales",
        "GET(tags, 0)",
    ),
    Construct(
        "list_functions",
        "select list_transform(tags, lambda t: upper(t)) as a, list_filter(tags, lambda t: t <> 'x') as b from t.sales",
        "TRANSFORM(tags, t -> UPPER(t))",
    ),
    Construct(
        "zip_and_sum",
        "select list_transform(list_zip([1, 2], [3, 4]), lambda p: p[1] * p[2]) as a, list_sum([1, 2, 3]) as b, "
        "list_reverse_sort([1, 3, 2]) as c",
        "NAMED_STRUCT('_1', x, '_2', y)",
    ),
    Construct(
        "comprehension", "select [t || '!' for t in tags if t <> 'x'] as a from t.sales", "TRANSFORM(FILTER(tags, t ->"
    ),
    Construct(
        "sorted_structs",
        "select list_sort(list({'u': coalesce(units, 0), 'i': id})) as a from t.sales",
        "ARRAY_SORT(COLLECT_LIST(",
    ),
    Construct(
        "json",
        """select j ->> '/a' as a, json_keys(j) as b, json_valid(j) as c from (select '{"a": "x", "b": 1}' as j)""",
        "FROM_JSON(",
    ),
    Construct("row_as_json", "select to_json(r) ->> 'key' as a from t.rates as r", "TO_JSON(STRUCT(r.*)"),
]
