"""What the published version says in a few lines: for the end of a run, `funnelhouse status` and messages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb

from funnelhouse.publish import reader
from funnelhouse.publish.errors import NothingPublished
from funnelhouse.quality.evidence import harmless
from funnelhouse.settings import Settings
from funnelhouse.store.versions import current_manifest

WINDOW_DAYS = 30
"""Length of the recent window, ending with the day the tables speak of."""

CHANNELS = """
with by_channel as (
    select
        channel,
        sum(spend_reporting) as spend,
        sum(impressions) as impressions,
        sum(clicks) as clicks,
        sum(leads) as leads,
        sum(new_customers) as new_customers
    from marts.mart_channel_kpi_daily
    where date_day > data_as_of - {days}
    group by rollup (channel)
)
select coalesce(by_channel.channel, 'Total') as channel, by_channel.* exclude (channel)
from by_channel
left join marts.dim_channel as known using (channel)
where coalesce(spend, impressions, clicks, leads, new_customers) is not null
order by by_channel.channel is null, known.sort_order, channel
"""

FUNNEL = f"""
select
    stage,
    sum(entered) filter (where date_day > data_as_of - {WINDOW_DAYS}) as entered_30_days,
    sum(entered) as entered_to_date,
    sum(in_stage_at_end) filter (where date_day = data_as_of) as in_stage_now
from marts.mart_funnel_daily
group by stage, stage_order
order by stage_order
"""

GOALS = """
select
    goal_name as goal,
    concat_ws(' ', scope_type, nullif(scope, '')) as scope,
    metric,
    end_date as due,
    actual,
    target,
    100 * attainment as attainment_percent,
    replace(status, '_', ' ') as status
from marts.mart_goal_attainment
where is_latest
order by end_date, goal_name, goal_id
"""

FILES = """
select
    replace(outcome, '_', ' ') as outcome,
    count(*) as files,
    sum(rows_loaded) as rows_loaded,
    sum(rows_rejected) as rows_rejected
from marts.mart_file_outcome
group by outcome
order by outcome
"""

REFUSED = """
select file_name as file, reason, message
from marts.mart_file_outcome
where outcome = 'refused'
order by file_name, reason
"""

SECTIONS = {
    f"channels, last {WINDOW_DAYS} days": CHANNELS.format(days=WINDOW_DAYS),
    "channels, to date": CHANNELS.format(days=1_000_000),
    "funnel": FUNNEL,
    "goals": GOALS,
    "files": FILES,
    "refused files": REFUSED,
}
"""Titles and queries, in the order they are shown."""


def published_summary(settings: Settings) -> dict[str, Any]:
    """Lists of rows by section title, then facts of the version (`as_of`, `published_file`, ...), for people.

    A section whose table is not published is an empty list. Money is in the reporting currency, unrounded sums are
    rounded to two decimals. Raises NothingPublished.
    """
    with reader.connect(settings) as connection:
        summary: dict[str, Any] = {name: _rows(connection, sql) for name, sql in SECTIONS.items()}
    manifest = current_manifest(settings)
    if manifest is None:
        raise NothingPublished("The published version was removed meanwhile; try again.")
    summary.update(
        as_of=manifest["as_of"],
        reporting_currency=manifest["reporting_currency"],
        checks=_checks(manifest["gate"]),
        version=manifest["version"],
        published_file=str(settings.published_file),
    )
    return summary


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    try:
        cursor = connection.execute(sql)
    except (duckdb.CatalogException, duckdb.BinderException):
        return []  # the table is not part of this version
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, map(_shown, row), strict=True)) for row in cursor.fetchall()]


def _shown(value: Any) -> Any:
    """Sums of integers come as wide numbers and cells of files as strangers' text: both made harmless."""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, Decimal | float):
        return round(Decimal(str(value)), 2)
    return value


def _checks(gate: dict[str, Any]) -> str:
    broken = len(gate["broken"])
    if gate["status"] == "warn":
        return f"{gate['checks']} checks, {broken} broken: see reports/checks-raw.html and checks-marts.html"
    return f"{gate['checks']} checks, all critical ones and warnings passed" if gate["checks"] else str(gate["status"])
