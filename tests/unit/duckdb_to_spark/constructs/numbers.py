"""Numbers."""

from tests.unit.duckdb_to_spark.constructs.tables import Construct

NUMBERS = [
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
]
