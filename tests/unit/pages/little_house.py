"""A published version with three marts full of what strangers type into the names of campaigns and files."""

from __future__ import annotations

from funnelhouse.publish.publisher import publish
from funnelhouse.settings import Settings
from tests.unit.publish.publish_factory import change_build, small_build

HOSTILE = (
    "<script>alert(1)</script>", "</script><script>alert(2)</script>", '"><img src=x onerror=alert(3)>',
    "=cmd|' /C calc'!A0", "@SUM(1+1)", "{{ 7 * 7 }}", "{name} %(x)s",
    "'; drop table marts.mart_campaign_scorecard; --", "a\u2028b\u202ec",
)  # fmt: skip
SCORES = """
    create or replace table marts.mart_campaign_scorecard as
    select
        campaign_name, 'linear' as model, 'ads' as campaign_type, date '2026-10-01' as started_on,
        cast(10 as bigint) as leads, cast(2 as bigint) as won_deals,
        cast(1234.5 as decimal(18, 2)) as revenue_reporting, cast(800 as decimal(18, 2)) as margin,
        cast(300 as decimal(18, 2)) as cost_reporting,
        cast(400 as decimal(18, 2)) as budget_reporting, cast(-100 as decimal(18, 2)) as overspend,
        cast(500 + place as decimal(18, 2)) as profit, 0.5 as roi, 0.1 as roi_low, 0.9 as roi_high,
        'success' as verdict, campaign_name as verdict_reason, cast(4 as bigint) as opportunities,
        30.0 as cost_per_lead,
        150.0 as cost_per_won, 0.2 as lead_to_won_rate, cast(3 as bigint) as decided_influenced,
        'c' || place as campaign_id
    from (select unnest($names) as campaign_name, unnest(range(len($names))) as place)
"""
FILES = """
    create or replace table marts.mart_file_outcome as
    select
        name as file_name, 'google_ads' as sources, 'loaded' as outcome, 'suspended' as standing,
        name as standing_reason, name as message, 3 as rows_in, 3 as rows_loaded,
        0 as rows_rejected, 0 as rows_kept_aside
    from (select unnest($names) as name)
"""
SOURCES = """
    create or replace table marts.mart_source_freshness as
    select
        'paid_ads' as channel_kind, name as source, 'A1' as account_id, date '2026-10-01' as last_data_on,
        30 as days_behind, timestamp '2026-10-02' as last_exported_at, 1 as file_count, 1 as suspended_file_count,
        3 as rows_loaded, date '2026-11-01' as data_as_of
    from (select unnest($names) as name)
"""


def published(settings: Settings, names: tuple[str, ...] = HOSTILE) -> None:
    """Publish it. Every name is a campaign, a file, a source and a reason."""
    small_build(settings)
    listed = "[" + ", ".join("'" + name.replace("'", "''") + "'" for name in names) + "]"
    for statement in (SCORES, FILES, SOURCES):
        change_build(settings, statement.replace("$names", listed))
    publish(settings)
