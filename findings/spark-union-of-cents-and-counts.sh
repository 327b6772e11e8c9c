#!/usr/bin/env bash
# One would guess: where sums of money stand above sums of counts in a UNION ALL, the common type keeps the cents, or the
#   query ends with an error: ANSI mode is on, and DECIMAL(38,2) holds both.
# True: Spark's common type of DECIMAL(28,2) and DECIMAL(38,0) is DECIMAL(38,0). It wants 40 digits, has 38, and takes the
#   two away behind the point, so 10.75 is read as 11, without error or warning. The same in CASE and coalesce().
#   The setting spark.sql.legacy.decimal.retainFractionDigitsOnTruncate=true takes them away in front.
# Version: pyspark 4.3.0 (needs Java 17).
# Why it matters here: goals are counted in money and in deals, one UNION of both, and a sum of BIGINT is written as
#   DECIMAL(38,0) for Spark. Progress of every goal was rounded to whole currency units, and only a comparison told.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "pyspark==4.3.0"
cd "$folder"
SPARK_LOCAL_IP=127.0.0.1 "$folder/venv/bin/python" - 2>/dev/null <<'PY'
import pyspark
from pyspark.sql import SparkSession

print("pyspark", pyspark.__version__)
spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
spark.sql("create or replace temp view sales as select cast(10.75 as decimal(18, 2)) as amount")
query = (
    "select 'revenue' as metric, sum(amount) as total from sales "
    "union all select 'deals', cast(count(*) as decimal(38, 0)) from sales"
)
seen = {}
for setting in ("false", "true"):
    spark.conf.set("spark.sql.legacy.decimal.retainFractionDigitsOnTruncate", setting)
    frame = spark.sql(query)
    seen[setting] = (frame.schema["total"].dataType.simpleString(), {row.metric: str(row.total) for row in frame.collect()})
    print(f"ansi {spark.conf.get('spark.sql.ansi.enabled')}, retainFractionDigitsOnTruncate {setting}:", *seen[setting])
assert seen["false"] == ("decimal(38,0)", {"revenue": "11", "deals": "1"})
assert seen["true"] == ("decimal(38,2)", {"revenue": "10.75", "deals": "1.00"})
PY
