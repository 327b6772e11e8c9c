"""Receive exports: every file in the inbox goes to the archive or to quarantine.

**Trigger** every three minutes, or by hand (parameter `inbox`: another folder, which is only read).
**Produces** `archive/<channel>` for each channel that got a file.
**If it fails** nothing is lost: files leave the inbox only after their bytes are safe in the archive. Read the task's
log for the file and the reason; a full disk or missing permission is the usual cause. Run it again at any time.
A file that landed in `quarantine/` is not a failure: the reason is beside it and in `marts.mart_file_outcome`.
"""

from datetime import UTC, datetime, timedelta

from airflow.sdk import Param, dag, task

from funnelhouse import dag_parts


def receive_exports(house: dag_parts.House) -> None:
    @dag(
        dag_id=house.dag_id("receive_exports"),
        schedule=timedelta(minutes=house.receive_minutes),
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        default_args=dag_parts.DEFAULT_ARGUMENTS,
        params={"inbox": Param(None, type=["null", "string"], description="Folder to read instead of the home inbox")},
        tags=house.tags(dag_parts.Tag.RECEIVE),
        doc_md=__doc__,
    )
    def tasks():
        @task(outlets=[house.assets.archived])
        def receive(*, outlet_events, params):
            return dag_parts.receive(house.tenant, params["inbox"], outlet_events)

        receive()

    tasks()


dag_parts.for_each_house(receive_exports)
