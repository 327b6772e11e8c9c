#!/usr/bin/env bash
# One would guess: a product of two DECIMAL(15,2) has room for its 30 digits, as in PostgreSQL and Spark, since a
#   DECIMAL of DuckDB may have 38; so squares of amounts (for a standard deviation) are safe up to there.
# True: as long as both factors have at most 18 digits, DuckDB keeps the product at 18, too: DECIMAL(18,4). Everyday
#   amounts square well, and the first amount of a hundred million or so ends the query with an overflow. One factor
#   of 19 digits makes the product DECIMAL(34,4). The sum of the same column is DECIMAL(38,2) without being asked.
# Version: duckdb 1.5.5.
# Why it matters here: how far daily revenue scatters is a sum of squares of money; amounts in dong or rupiah reach a
#   hundred million on an ordinary day. Factors are cast to DECIMAL(19,2) first.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "duckdb==1.5.5"
"$folder/venv/bin/python" - <<'PY'
import duckdb

print("duckdb", duckdb.__version__)
connection = duckdb.connect()
connection.execute("create table days (revenue decimal(15, 2)); insert into days values (1250.50), (415000000.00)")
narrow, wide, total = connection.execute(
    "select typeof(revenue * revenue), typeof(revenue::decimal(19, 2) * revenue), typeof(sum(revenue)) "
    "from days where revenue < 2000 group by revenue"
).fetchone()
print("product:", narrow, "| with one factor of 19 digits:", wide, "| sum:", total)
try:
    print(connection.execute("select revenue * revenue from days").fetchall())
    raise SystemExit("the square of an ordinary amount no longer overflows")
except duckdb.OutOfRangeException as error:
    print("square of 415000000.00:", str(error).split(". ")[0])
square = connection.execute("select max(revenue::decimal(19, 2) * revenue) from days").fetchone()[0]
print("square by a wider factor:", square)
assert (narrow, wide, total) == ("DECIMAL(18,4)", "DECIMAL(34,4)", "DECIMAL(38,2)")
assert str(square) == "172225000000000000.0000"
PY
