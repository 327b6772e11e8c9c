#!/usr/bin/env bash
# One would guess: a LEFT JOIN on `events.kind = 'deal' and events.id = deals.id` is a hash join on the ids, whatever else the
#   condition says of the left row; an INNER JOIN is one.
# True: the condition on the left row alone makes the whole join one that compares every row with every row. The same said in
#   the key, `case when events.kind = 'deal' then events.id end = deals.id`, is a hash join with the same rows.
# Version: duckdb 1.5.5.
# Why it matters here: marts join names and deals to rows of several kinds that way. Twenty models did; with ten times the
#   data they took a third of the build, with fifty times they did not end.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "duckdb==1.5.5"
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import duckdb

print("duckdb", duckdb.__version__)
con = duckdb.connect()
con.execute("create table events as select i % 20000 as id, if(i % 3 = 0, 'deal', 'lead') as kind from range(60000) t (i)")
con.execute("create table deals as select i as id, i * 10 as amount from range(20000) t (i)")
conditions = {
    "inner join": ("inner", "events.kind = 'deal' and events.id = deals.id"),
    "left join": ("left", "events.kind = 'deal' and events.id = deals.id"),
    "left join, in the key": ("left", "case when events.kind = 'deal' then events.id end = deals.id"),
}
seen, sums = {}, {}
for name, (kind, on) in conditions.items():
    query = f"select count(*), sum(amount) from events {kind} join deals on {on}"
    plan = con.execute("explain " + query).fetchall()[0][1]
    seen[name] = next(join for join in ("BLOCKWISE_NL_JOIN", "NESTED_LOOP_JOIN", "HASH_JOIN") if join in plan)
    sums[name] = con.execute(query).fetchone()
    print(f"{name}: {seen[name]}, rows and sum {sums[name]}")
assert seen == {"inner join": "HASH_JOIN", "left join": "BLOCKWISE_NL_JOIN", "left join, in the key": "HASH_JOIN"}
assert sums["left join"] == sums["left join, in the key"]
PY
