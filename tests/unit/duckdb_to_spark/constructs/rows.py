"""Tuples and structs in an order: a field that is NULL is the largest."""

from tests.unit.duckdb_to_spark.constructs.tables import Construct

_ROWS = "(values (1, null::int, 5), (2, 7, 3), (3, 7, null), (4, 1, 1), (null, 1, 0)) as t (v, a, b)"

ROWS = [
    Construct(
        "arg_max_by_a_tuple_with_nulls",
        "select arg_max(v, (a, b)) as a, arg_min(v, (b, a)) as b, max_by(v, (a, b)) filter (where v > 1) as c, "
        f"min_by(v, {{'x': a, 'y': b}}) as d from {_ROWS}",
        "MAX_BY(v, CASE WHEN v IS NOT NULL THEN STRUCT(a IS NULL, a, b IS NULL, b) END)",
    ),
    Construct(
        "largest_struct",
        "select max(s).x as a, min(s).y as b, arg_max(v, s) as c from "
        f"(select v, {{'x': a, 'y': b}} as s from {_ROWS})",
        "MAX_BY(s, CASE WHEN s IS NOT NULL THEN STRUCT(s.`x` IS NULL, s.`x`, s.`y` IS NULL, s.`y`) END)",
    ),
    Construct(
        "largest_tuple_of_a_window",
        f"select v, max({{'x': a, 'y': b}}) over (order by v) as a from {_ROWS}",
        "MAX_BY(STRUCT(a AS x, b AS y), STRUCT(a IS NULL, a, b IS NULL, b)) OVER (",
    ),
    Construct(
        "compared_tuples",
        f"select v, (a, b) < (7, 3) as a, (a, b) >= (7, 3) as b, (a, b) = (b, a) as c from {_ROWS}",
        "< STRUCT(7 IS NULL, 7, 3 IS NULL, 3)",
    ),
    Construct(
        "ordered_by_a_tuple",
        "select v, row_number() over (order by (a, b)) as a, row_number() over (order by (b, a) desc) as b "
        f"from {_ROWS}",
        "ORDER BY STRUCT(a IS NULL, a, b IS NULL, b)",
    ),
    Construct(
        "sorted_list_of_structs",
        "select list_sort([{'a': null::int, 'b': 1}, null, {'a': 2, 'b': 3}]) as a, "
        "list_reverse_sort([{'a': null::int, 'b': 1}, null, {'a': 2, 'b': 3}]) as b, "
        "list_sort([2, null, 1], 'desc') as c",
        "STRUCT(one IS NOT NULL, STRUCT(one.`a` IS NULL, one.`a`",
    ),
    Construct(
        "row_in_a_query",
        "select id, (key, units) in (select (key, units) from t.sales where id in (1, 4)) as a, "
        "(key, units) not in (select (key, max(units)) from t.sales where id in (1, 4) group by key) as b, "
        "(key, units) in (select (key, 7) from t.sales union all select (key, null) from t.rates) as c from t.sales",
        "NAMED_STRUCT('_1', key, '_2', units) IN (SELECT (key, units) FROM",
    ),
    Construct(
        "rows_not_in_a_query",
        "select id from t.sales where (key, units) not in (select (key, units) from t.sales where id in (1, 4))",
        "NOT NAMED_STRUCT(",
    ),
]
