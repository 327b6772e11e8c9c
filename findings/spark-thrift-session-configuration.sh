#!/usr/bin/env bash
# One would guess: the settings that a client hands over with a new session (PyHive's `configuration`, which is where
#   dbt-spark puts `server_side_parameters`) are those of the session on Spark's Thrift server.
# True: the server takes a session whose settings it leaves aside, without a word. Only keys that begin with
#   `set:hiveconf:` reach Spark's session.
# Version: pyspark 4.3.0 (needs Java 17), PyHive 0.7.0.
# Why it matters here: time zone, ANSI and digits of decimals decide numbers. The same profile gives one result in dbt's
#   own Spark session and another one on a server that was started without those settings.
set -euo pipefail
folder="$(mktemp -d)"
server=
finish() {
    [ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null || true; }
    rm -rf "$folder"
}
trap finish EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "pyspark==4.3.0" "PyHive==0.7.0" "thrift==0.22.0" "thrift-sasl==0.4.3" "pure-sasl==0.6.2"
spark="$("$folder/venv/bin/python" -c 'import os, pyspark; print(os.path.dirname(pyspark.__file__))')"
port="$("$folder/venv/bin/python" -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')"
cd "$folder"
SPARK_HOME="$spark" SPARK_LOCAL_IP=127.0.0.1 PYSPARK_PYTHON="$folder/venv/bin/python" "$spark/bin/spark-submit" \
    --master "local[1]" --conf spark.ui.enabled=false --conf spark.sql.session.timeZone=UTC \
    --class org.apache.spark.sql.hive.thriftserver.HiveThriftServer2 spark-internal \
    --hiveconf "hive.server2.thrift.port=$port" --hiveconf hive.server2.thrift.bind.host=127.0.0.1 > server.log 2>&1 &
server=$!
"$folder/venv/bin/python" - "$port" <<'PY'
import socket, sys, time
from importlib.metadata import version
from pyhive import hive

print("pyspark", version("pyspark"), "PyHive", version("PyHive"))
for _ in range(240):
    try:
        socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=2).close()
        break
    except OSError:
        time.sleep(0.5)
seen = {}
for key in ("spark.sql.session.timeZone", "set:hiveconf:spark.sql.session.timeZone"):
    with hive.connect("127.0.0.1", int(sys.argv[1]), configuration={key: "Asia/Tokyo"}) as connection:
        cursor = connection.cursor()
        cursor.execute("select current_timezone()")
        seen[key] = cursor.fetchone()[0]
    print(f"{key}=Asia/Tokyo: the session's time zone is {seen[key]}")
assert seen == {"spark.sql.session.timeZone": "UTC", "set:hiveconf:spark.sql.session.timeZone": "Asia/Tokyo"}
PY
