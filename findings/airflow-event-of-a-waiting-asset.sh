#!/usr/bin/env bash
# One would guess: a run that an asset triggers lists every event that came before it was created, so an event without a
#   run is one that no run has followed.
# True: of an asset that waits already, for a DAG whose run is still active for example, the queue keeps the moment of the
#   first event. The run that is created at last lists the events up to that moment and empties the queue; a second event is
#   in no run's list, though the run comes after it, until some later event makes another run, which lists it then.
# Version: apache-airflow 3.3.2.
# Why it matters here: a build is triggered by several channels, one build at a time. A watcher that waits until each event
#   has its run waits for ever after the last export of a day; what a build has to do must not be taken from its list either.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "apache-airflow==3.3.2"
export AIRFLOW_HOME="$folder/home" AIRFLOW__CORE__LOAD_EXAMPLES=False AIRFLOW__LOGGING__LOGGING_LEVEL=ERROR
export PATH="$folder/venv/bin:$PATH"
mkdir -p "$AIRFLOW_HOME/dags"
cat > "$AIRFLOW_HOME/dags/build.py" <<'PY'
from airflow.sdk import DAG, Asset
from airflow.providers.standard.operators.empty import EmptyOperator

with DAG("build", schedule=[Asset("numbers")], max_active_runs=1, is_paused_upon_creation=False):
    EmptyOperator(task_id="build")
PY
airflow db migrate >/dev/null 2>&1
airflow dags reserialize >/dev/null 2>&1
python - 2>/dev/null <<'PY'
import time

import airflow
from airflow.assets.manager import asset_manager
from airflow.jobs.job import Job
from airflow.jobs.scheduler_job_runner import SchedulerJobRunner
from airflow.models.asset import AssetDagRunQueue, AssetEvent
from airflow.models.dag import DagModel
from airflow.models.dagrun import DagRun
from airflow.sdk import Asset
from airflow.utils.session import create_session
from sqlalchemy import func, select


def event():
    with create_session() as session:
        asset_manager.register_asset_change(asset=Asset("numbers"), session=session)
    time.sleep(0.2)


def run():
    """What the scheduler does as soon as the DAG may have another run; the ids of the events of that run."""
    with create_session() as session:
        models = [session.get(DagModel, "build")]
        job = Job()
        session.add(job)
        session.flush()
        SchedulerJobRunner(job=job)._create_dag_runs_asset_triggered(dag_models=models, session=session)
    with create_session() as session:
        last = session.scalars(select(DagRun).order_by(DagRun.id.desc())).first()
        return sorted(one.id for one in last.consumed_asset_events)


def waiting():
    with create_session() as session:
        return session.scalar(select(func.count()).select_from(AssetDagRunQueue))


print("apache-airflow", airflow.__version__)
event(), event()
print("two events, waiting rows:", waiting())
first = run()
print("first run lists", first, "and leaves waiting rows:", waiting())
event()
second = run()
print("after a third event the second run lists", second)
with create_session() as session:
    assert session.scalar(select(func.count()).select_from(AssetEvent)) == 3
assert first == [1] and second == [2, 3] and waiting() == 0
PY
