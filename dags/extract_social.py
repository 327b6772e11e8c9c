"""Extract social: archived exports of organic social (Meta, LinkedIn, ...) become typed Parquet batches.

**Trigger** new files in `archive/social`, or by hand (`only`: sha256s of single files; `replay`: after a change of
contracts the affected files of this channel, see `replay_archive`).
**Produces** `raw/social`, only when something new was loaded; the event carries files, rows and rejected rows.
**If it fails** the archive still has every byte: run it again, a batch that exists is not loaded twice. A refused file
is not a failure: see `quarantine/` and `marts.mart_file_outcome` for the row, the reason and what to do.
"""

from datetime import UTC, datetime

from airflow.sdk import Param, dag, task

from funnelhouse import dag_parts


def extract_social(house: dag_parts.House) -> None:
    @dag(
        dag_id=house.dag_id("extract_social"),
        schedule=[house.assets.archive["social"]],
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        default_args=dag_parts.DEFAULT_ARGUMENTS,
        params={
            "only": Param(None, type=["null", "array"], description="sha256 of the files to extract; default: all new"),
            "replay": Param(
                False, type="boolean", description="Read files again that today's contracts read differently"
            ),
        },
        tags=house.tags(dag_parts.Tag.EXTRACT),
        doc_md=__doc__,
    )
    def tasks():
        @task(outlets=[house.assets.extracted])
        def extract(*, outlet_events, params):
            return dag_parts.extract(house.tenant, "social", params, outlet_events)

        extract()

    tasks()


dag_parts.for_each_house(extract_social)
