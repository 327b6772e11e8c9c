#!/usr/bin/env bash
# One would guess: after a symbolic link was moved to another file, opening the link gives that file. So does every
#   program that opens files.
# True: up to DuckDB 1.4 a process that still has any connection under the link's name gets the old database again,
#   silently, however often it opens the link; only another process, or the last connection's close, gives the new one.
#   From 1.5 on the link is resolved first, and the same program reads the new file.
# Version: duckdb 1.4.5 (old data), 1.5.6 (new data).
# Why it matters here: published versions are switched by moving one link, and BI tools bundle old engines. A dashboard
#   with a pool of connections would show the old version for ever; such readers must open the link's real path.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cat > "$folder/read.py" <<'PY'
import os
import sys

import duckdb

print("duckdb", duckdb.__version__)
os.chdir(sys.argv[1])
for number in (1, 2):
    with duckdb.connect(f"version{number}.duckdb") as connection:
        connection.execute(f"create table sales as select {number} as version")


def read(path):
    connection = duckdb.connect(path, read_only=True)
    return connection, connection.sql("from sales").fetchall()[0][0]


os.symlink("version1.duckdb", "current.duckdb")
pooled, first = read("current.duckdb")
os.symlink("version2.duckdb", "next")
os.replace("next", "current.duckdb")
again, second = read("current.duckdb")
_, real = read(os.path.realpath("current.duckdb"))
print("before the link moved:", first, "- after it:", second, "- by its real path:", real)
assert (first, second, real) == (1, int(sys.argv[2]), 2), "another behaviour than before"
PY
for expected in "1.4.5 1" "1.5.6 2"; do
  read -r version data <<< "$expected"
  python3 -m venv "$folder/$version"
  "$folder/$version/bin/pip" install -q "duckdb==$version"
  mkdir "$folder/data-$version"
  "$folder/$version/bin/python" "$folder/read.py" "$folder/data-$version" "$data"
done
