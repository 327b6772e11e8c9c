"""The extraction DAGs, one per channel: they differ in nothing but the channel, so they are made from one function."""

from datetime import UTC, datetime
from functools import partial

from airflow.sdk import Param, dag, task

from funnelhouse import dag_parts

EXPORTS = {
    "ads": "archived exports of ad platforms (Google, Meta, Microsoft, LinkedIn, ...)",
    "crm": "archived exports of the CRM and telephony",
    "email": "archived exports of e-mail platforms (Mailchimp, Klaviyo, ...)",
    "plans": "the company's costs, goals, benchmarks and exchange rates",
    "social": "archived exports of organic social (Meta, LinkedIn, ...)",
    "web": "archived exports of web analytics (GA4)",
}

DOC = """Extract {channel}: {exports} become typed Parquet batches.

**Trigger** new files in `archive/{channel}`, or by hand (`only`: sha256s of single files; `replay`: after a change of
contracts the affected files of this channel, see `replay_archive`).
**Produces** `raw/{channel}`, only when something new was loaded; the event carries files, rows and rejected rows.
**If it fails** the archive still has every byte: run it again, a batch that exists is not loaded twice. A refused file
is not a failure: see `quarantine/` and `marts.mart_file_outcome` for the row, the reason and what to do.
"""


def extract_channel(channel: str, house: dag_parts.House) -> None:
    @dag(
        dag_id=house.dag_id(f"extract_{channel}"),
        schedule=[house.assets.archive[channel]],
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
        doc_md=DOC.format(channel=channel, exports=EXPORTS[channel]),
    )
    def tasks():
        @task(outlets=[house.assets.extracted])
        def extract(*, outlet_events, params):
            return dag_parts.extract(house.tenant, channel, params, outlet_events)

        extract()

    tasks()


for name in EXPORTS:
    dag_parts.for_each_house(partial(extract_channel, name))
