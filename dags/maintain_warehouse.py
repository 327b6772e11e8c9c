"""Maintain the warehouse: prove that what is published can be trusted and restored, and keep the house small.

**Trigger** every night at 03:30 UTC, or by hand.
**Produces** nothing new; removes leftovers of killed processes and old reports.
**If it fails** it can wait for working hours. `verify_archive` names each archived file whose bytes changed (restore it
from a backup, or delete its folder to get it from the object store); `verify_batches` compares each raw batch with its
digest and makes damaged ones again from the archive, and fails if the archive cannot give one back; `restore_drill`
failed: the current version does not open or does not match its manifest (roll back: `funnelhouse publish --rollback`);
`freshness` names the sources whose newest export is too old.
"""

from datetime import UTC, datetime

from airflow.sdk import CronTriggerTimetable, dag, task

from funnelhouse import dag_parts


def maintain_warehouse(house: dag_parts.House) -> None:
    @dag(
        dag_id=house.dag_id("maintain_warehouse"),
        # 03:30 UTC: after the European night's exports, before Asia's afternoon.
        schedule=CronTriggerTimetable("30 3 * * *", timezone="UTC"),
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        default_args=dag_parts.DEFAULT_ARGUMENTS,
        tags=house.tags(dag_parts.Tag.MAINTAIN),
        doc_md=__doc__,
    )
    def tasks():
        task(task_id="verify_archive")(dag_parts.verify_archive)(house.tenant)
        task(task_id="verify_batches", **house.writer)(dag_parts.verify_batches)(house.tenant)
        task(task_id="restore_drill")(dag_parts.restore_drill)(house.tenant)
        task(task_id="freshness")(dag_parts.freshness)(house.tenant)
        task(task_id="remove_leftovers", **house.writer)(dag_parts.remove_leftovers)(house.tenant)

    tasks()


dag_parts.for_each_house(maintain_warehouse)
