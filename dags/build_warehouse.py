"""Build the warehouse: raw batches become checked and published marts.

**Trigger** any `raw/<channel>` asset; several at once give one run.
**Produces** `warehouse/published`: a new version readers see at once, and never half.
**If it fails** readers keep the last good version.
`check_raw` or `check_marts` failed: the message names the check and shows rows; the full report is in `reports/`.
Task `digest` failed: the new version is published all the same, its page of news is the one before.
Task `build` failed: the message names the model or test, and a test says which rows break which rule. Correct the file
or the model, then clear the failed task: every task may be run again from any state. A build does what changed since
the last complete one; with the parameter `full` it does everything, in case somebody wrote into the build file by hand.
"""

from datetime import UTC, datetime

from airflow.sdk import Param, dag, task

from funnelhouse import dag_parts


def build_warehouse(house: dag_parts.House) -> None:
    @dag(
        dag_id=house.dag_id("build_warehouse"),
        schedule=house.assets.any_raw(),
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        default_args={**dag_parts.DEFAULT_ARGUMENTS, **house.writer},
        params={"full": Param(False, type="boolean", description="Build everything, also what nothing changed for")},
        tags=house.tags(dag_parts.Tag.BUILD),
        doc_md=__doc__,
    )
    def tasks():
        check_raw = task(task_id="check_raw")(dag_parts.check_raw)(house.tenant)

        @task
        def build(*, params):
            return dag_parts.build(house.tenant, params)

        check_marts = task(task_id="check_marts")(dag_parts.check_marts)(house.tenant)
        publish = task(task_id="publish", outlets=[house.assets.published])(dag_parts.publish)(house.tenant)
        digest = task(task_id="digest", **dag_parts.READER)(dag_parts.digest)(house.tenant)

        check_raw >> build() >> check_marts >> publish >> digest

    tasks()


dag_parts.for_each_house(build_warehouse)
