"""Days and instants."""

from tests.unit.duckdb_to_spark.constructs.tables import Construct

DAYS = [
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
        "weeks_of_an_expression",
        "select paid_on + to_weeks(1) as a, to_weeks(units) + paid_on as b, paid_on - interval '-1' day as c, "
        "paid_on + to_days(id) as d from t.sales",
        "CAST(paid_on AS TIMESTAMP_NTZ) + ((1) * 7 * INTERVAL '1' DAY)",
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
]
