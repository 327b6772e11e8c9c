#!/usr/bin/env bash
# One would guess: Airflow's Celery provider works with every Celery that its metadata allow (celery[redis]>=5.5.0,<6).
# True: with Celery 5.7 its executor cannot be imported, because the name `retry` is gone from celery.backends.database;
#   `airflow celery worker` then says that a function of Airflow 2.8 is missing, whatever Airflow is installed.
# Version: apache-airflow-providers-celery 3.26.0, celery 5.6.3 (works), celery 5.7.0 (does not).
# Why it matters here: a fresh resolution of the extra `scale` takes the newest Celery; no worker would start. The group
#   in pyproject.toml therefore says celery<5.7.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install -q uv
export AIRFLOW_HOME="$folder/airflow" UV_SYSTEM_CERTS=1
for expected in "5.6.3 imports" "5.7.0 fails"; do
  read -r version outcome <<< "$expected"
  "$folder/tools/bin/uv" venv -q "$folder/$version"
  "$folder/tools/bin/uv" pip install -q --python "$folder/$version/bin/python" \
    "apache-airflow-core==3.3.2" "apache-airflow-providers-celery==3.26.0" "celery==$version"
  import="from airflow.providers.celery.executors.celery_executor import CeleryExecutor"
  if said="$("$folder/$version/bin/python" -c "$import" 2>&1)"; then found=imports; else found=fails; fi
  echo "celery $version: the executor $found"
  [ "$found" = imports ] || grep ImportError <<< "$said"
  [ "$found" = "$outcome" ] || { echo "another behaviour than before"; exit 1; }
done
