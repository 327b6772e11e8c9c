#!/usr/bin/env bash
# One would guess: regr_slope(revenue, spend) is NULL where every week has the same spend, as SQL:2003 says of a
#   regression whose x does not vary, and as PostgreSQL answers.
# True: DuckDB answers NaN, while regr_intercept of the same rows is NULL and regr_sxx an honest 0. NaN is not NULL:
#   coalesce() and "is not null" let it through, and it sorts above every number, so that a campaign with a steady
#   budget comes out with the best slope of all.
# Version: duckdb 1.5.5.
# Why it matters here: how revenue answers to spend is a regression a campaign, and steady budgets are the usual case.
#   The slope is regr_sxy / nullif(regr_sxx, 0) instead.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "duckdb==1.5.5"
"$folder/venv/bin/python" - <<'PY'
import math
import duckdb

print("duckdb", duckdb.__version__)
weeks = """(values ('steady', 100.0, 250.0), ('steady', 100.0, 310.0), ('steady', 100.0, 280.0),
    ('varied', 80.0, 240.0), ('varied', 100.0, 300.0), ('varied', 120.0, 330.0)) as weeks (campaign, spend, revenue)"""
rows = duckdb.sql(f"""
    select campaign, regr_slope(revenue, spend), regr_intercept(revenue, spend), regr_sxx(revenue, spend),
        regr_sxy(revenue, spend) / nullif(regr_sxx(revenue, spend), 0),
        coalesce(regr_slope(revenue, spend), -1)
    from {weeks} group by campaign order by regr_slope(revenue, spend) desc
""").fetchall()
for row in rows:
    print(*row)
best, other = rows
assert best[0] == "steady" and math.isnan(best[1]), "the slope of equal spend is no longer NaN"
assert best[2] is None and best[3] == 0 and best[4] is None, "what stands beside the slope has changed"
assert math.isnan(best[5]), "coalesce no longer lets it through"
assert other[1] == other[4] == 2.25
PY
