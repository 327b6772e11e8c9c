"""Lists, structs and JSON."""

from tests.unit.duckdb_to_spark.constructs.tables import Construct

LISTS = [
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
        "select tags[1] as a, tags[2] as b, tags[id] as c, tags[2:] as d, tags[0:] as e from t.sales",
        "GET(tags, 0)",
    ),
    Construct(
        "element_from_the_end",
        "select id, tags[-1] as a, tags[0] as b, tags[-id] as c, tags[len(tags)] as d, tags[id - 1] as e from t.sales",
        "WHEN -1 < 0 THEN SIZE(tags) + -1",
    ),
    Construct(
        "list_functions",
        "select list_transform(tags, lambda t: upper(t)) as a, list_filter(tags, lambda t: t <> 'x') as b from t.sales",
        "TRANSFORM(tags, t -> TRANSLATE(UPPER(",
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
        "ARRAY_SORT(TRANSFORM(NULLIF(COLLECT_LIST(",
    ),
    Construct(
        "list_of_no_rows",
        "select list({'i': id}) filter (where id > 9) as a, list_sort(list(coalesce(units, 0))) as b, "
        "list_sort(list(distinct coalesce(note, ''))) as c from t.sales",
        "NULLIF(COLLECT_LIST(STRUCT(id AS i)) FILTER(WHERE id > 9), ARRAY())",
    ),
    Construct(
        "lists_that_hold_nulls",
        "select list_contains(l, 2) as a, list_contains(l, 1) as b, list_contains(l, id) as c, "
        "list_bool_or(list_transform(l, lambda x: x > 5)) as d, "
        "list_bool_or(list_filter([true], lambda x: id > 1)) as e "
        "from (select id, [1, null] as l from t.sales where id < 3)",
        "ARRAY_CONTAINS(ARRAY_COMPACT(l), 2)",
    ),
    Construct(
        "list_as_text",
        "select id, array_to_string([key, note], ',') as a, array_to_string([note], ',') as b, "
        "array_to_string(list_filter([note], lambda x: id > 2), ',') as c from t.sales",
        "one -> one IS NOT NULL) THEN ARRAY_JOIN(",
    ),
    Construct(
        "json",
        """select j ->> '/a' as a, json_keys(j) as b, json_valid(j) as c from (select '{"a": "x", "b": 1}' as j)""",
        "FROM_JSON(",
    ),
    Construct("row_as_json", "select to_json(r) ->> 'key' as a from t.rates as r", "TO_JSON(STRUCT(r.*)"),
]
