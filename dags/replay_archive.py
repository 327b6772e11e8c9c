"""Replay the archive: read files again that today's contracts would read differently.

**Trigger** by hand after a change of contracts (parameters narrow it; `everything` reads also what nothing asks for),
or `airflow backfill create --dag-id replay_archive --from-date 2026-10-01 --to-date 2026-10-31`: one run per day, for
the files received on that day (UTC). The nightly run changes nothing: its log names the files that wait for a replay.
**Produces** `raw/<channel>` of each channel whose data changed, so that the build follows.
**If it fails** nothing is half done: a file has its old batches or its new ones. Run it again, it goes on where it was.
A broken contract of your own is named in the log with its field; `funnelhouse replay --dry-run` says the same.
"""

from datetime import UTC, datetime

from airflow.sdk import CronDataIntervalTimetable, Param, dag, task

from funnelhouse import dag_parts

TEXT = ["null", "string"]


def replay_archive(house: dag_parts.House) -> None:
    @dag(
        dag_id=house.dag_id("replay_archive"),
        schedule=CronDataIntervalTimetable("0 0 * * *", timezone="UTC"),
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        default_args=dag_parts.DEFAULT_ARGUMENTS,
        params={
            "channel": Param(None, type=TEXT, description="ads, email, social, web, crm or plans; default: all"),
            "source": Param(None, type=TEXT, description="Only files of this platform"),
            "contract": Param(None, type=TEXT, description="Only files this contract claims or claimed"),
            "files": Param(None, type=["null", "array"], description="sha256s, their beginnings, or patterns of names"),
            "since": Param(None, type=TEXT, description="Received on or after this day, ISO"),
            "everything": Param(False, type="boolean", description="Also files that nothing asks for"),
            "dry_run": Param(False, type="boolean", description="Only say what would be read again"),
        },
        tags=house.tags(dag_parts.Tag.EXTRACT),
        doc_md=__doc__,
    )
    def tasks():
        @task(outlets=[house.assets.extracted])
        def replay(*, outlet_events, params, dag_run, data_interval_start=None, data_interval_end=None):
            asked = dag_parts.replay_asked(dict(params), dag_run.run_type, data_interval_start, data_interval_end)
            return dag_parts.replay(house.tenant, asked, outlet_events)

        replay()

    tasks()


dag_parts.for_each_house(replay_archive)
