"""The sample company's ground truth equals the published marts: what really happened is what readers see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from funnelhouse.settings import Settings
from tests.truth import assert_equal_rows, both_sides

pytestmark = pytest.mark.slow

# name: what the truth says, what the marts say. Both are compared as sets of rows, in both directions.
COMPARISONS = {
    "spend, impressions, clicks, conversions by day and campaign": (
        """select date::date, source, account_id, campaign_name, currency, sum(spend_native::decimal(18, 2)),
            sum(spend_usd::decimal(18, 6)), sum(impressions::bigint), sum(clicks::bigint),
            sum(conversions::decimal(18, 2))
        from ad_spend_daily group by all""",
        """select date_day, source, account_id, campaign_name, currency, sum(spend_native)::decimal(18, 2),
            sum(spend_reporting)::decimal(18, 6), sum(impressions)::bigint, sum(clicks)::bigint,
            coalesce(sum(conversions), 0)::decimal(18, 2)
        from marts.fct_ad_performance group by all""",
    ),
    "spend by day in the channel KPIs": (
        "select date::date, sum(spend_usd::decimal(18, 6)) as spend from ad_spend_daily group by all having spend <> 0",
        """select date_day, sum(spend_reporting)::decimal(18, 6) from marts.mart_channel_kpi_daily group by all
        having sum(spend_reporting) <> 0""",
    ),
    "won revenue by day, product, region, distribution channel, rep and team": (
        """select close_date::date, product, region, distribution_channel, rep, team, sum(amount_usd::decimal(18, 2))
        from won_lines group by all having sum(amount_usd::decimal(18, 2)) <> 0""",
        """select date_day, product_name, region, distribution_channel, rep_name, team, sum(revenue)::decimal(18, 2)
        from marts.mart_sales_results group by all having sum(revenue) <> 0""",
    ),
    "native amounts of won deals": (
        """select source || ':' || opportunity_id, currency, sum(amount_native::decimal(18, 3))
        from won_lines group by all""",
        "select opportunity_id, currency, sum(amount_native)::decimal(18, 3) from marts.fct_sales_line group by all",
    ),
    "leads, MQLs, opportunities, won and lost per month": (
        """select month::date, leads::bigint, mqls::bigint, sals::bigint, opportunities::bigint, won::bigint,
            lost::bigint from funnel_monthly""",
        """select date_trunc('month', date_day)::date, {stages}
        from marts.mart_funnel_daily where {in_truth} group by 1""",
    ),
    "inquiries per month": (
        "select month::date, inquiries::bigint from funnel_monthly where inquiries::bigint > 0",
        """select date_trunc('month', date_day)::date, sum(entered)::bigint
        from marts.mart_funnel_daily where stage = 'Inquiry' and {in_truth} group by 1 having sum(entered) > 0""",
    ),
    "calls by day and rep": (
        """select date::date, coalesce(rep, ''), sum(calls::bigint), sum(outbound::bigint),
            sum(answered::bigint), sum(talk_seconds::bigint), sum(over_4h::bigint)
        from (
            select * from calls_daily
            union all by name
            select called_at::timestamp::date::varchar as date, rep, '1' as calls, '1' as outbound,
                (talk_seconds <> '0')::int::varchar as answered, talk_seconds, '0' as over_4h from task_calls
        ) group by all""",
        """select date_day, case rep_name when 'Unknown' then '' else rep_name end, sum(calls)::bigint,
            sum(calls_outbound)::bigint, sum(calls_answered)::bigint, sum(talk_seconds)::bigint,
            sum(calls_over_4h)::bigint from marts.mart_call_daily group by all""",
    ),
    "final counters of every e-mail send": (
        """select source, campaign_name, recipients::bigint, delivered::bigint, bounces::bigint, opens::bigint,
            clicks::bigint, unsubscribes::bigint, complaints::bigint from email_campaigns""",
        """select source, send_name, sent, delivered, bounces, opens_reported, clicks_unique, unsubscribes, complaints
        from marts.fct_email_campaign""",
    ),
    "sessions by day, property and channel": (
        """select date::date, account_id, channel_group, sum(sessions::bigint), sum(engaged_sessions::bigint)
        from web_daily group by all""",
        """select date_day, account_id, source_channel_group, sum(sessions)::bigint, sum(engaged_sessions)::bigint
        from marts.fct_web_traffic group by all""",
    ),
    "costs that no ad platform reports": (
        """select cost_id, kind, category, currency, amount::decimal(18, 2) from costs""",
        """select cost_id, kind, category, currency, sum(amount_native)::decimal(18, 2) from marts.fct_cost
        where cost_origin = 'cost_export' group by all""",
    ),
    "opportunities with owner, region, distribution channel, stage and campaign": (
        """select source || ':' || opportunity_id, created_on::date, is_closed::boolean, is_won::boolean, currency,
            amount_native::decimal(18, 3), coalesce(region, 'Unknown'), coalesce(distribution_channel, 'Unknown'),
            coalesce(owner, ''), coalesce(campaign, '')
        from opportunities""",
        """select opportunity_id, created_on, status in ('won', 'lost'), status = 'won', currency,
            amount_native::decimal(18, 3), region, distribution_channel, coalesce(rep_name, ''),
            coalesce(campaign_name, '')
        from marts.fct_opportunity left join published.marts.dim_campaign on origin_campaign_id = campaign_id""",
    ),
}
COMPARISONS["revenue and orders of the sends of each campaign, tested halves included"] = (
    """select regexp_extract(lower(replace(campaign_name, '_', ' ')), '^[^|]*[^| ]'), count(*),
        sum(revenue::decimal(18, 2))
    from email_campaigns group by all""",
    """select lower(replace(campaign_name, '_', ' ')), count(*), sum(revenue_native)::decimal(18, 2)
    from marts.fct_email_campaign inner join published.marts.dim_campaign using (campaign_id) group by all""",
)
COMPARISONS["what a page reports in the channel KPIs, once"] = (
    """select date::date, source, sum(impressions_organic::bigint), sum(clicks_organic::bigint)
    from social_page_daily group by all""",
    """select date_day, source, sum(social_impressions_organic), sum(social_clicks_organic)
    from marts.mart_channel_kpi_daily where source in (select source from social_page_daily)
    group by all having sum(social_impressions_organic) is not null""",
)
COMPARISONS["every step of every deal in fct_stage_interval"] = (
    """select source || ':' || record_id, case stage
            when 'Proposal/Price Quote' then 'Proposal' when 'Negotiation/Review' then 'Negotiation'
            when 'Negociación' then 'Negotiation' when 'Closed Won' then 'Won' when 'Closed Lost' then 'Lost'
            when 'Appointment Scheduled' then 'Prospecting' when 'Qualified To Buy' then 'Qualification'
            when 'Presentation Scheduled' then 'Needs Analysis' when 'Decision Maker Bought-In' then 'Proposal'
            when 'Contract Sent' then 'Negotiation' else stage end, entered_at::timestamp
        from stage_entries where object = 'opportunity'""",
    """select entity_id, stage, entered_at from marts.fct_stage_interval
        where entity_type = 'opportunity' and not is_imputed""",
)
COMPARISONS["recurring revenue of every customer and month, and what moved it"] = (
    """select month::date, customer, movement, mrr_start::decimal(18, 2), mrr_end::decimal(18, 2),
        mrr_in_grace::decimal(18, 2) from mrr_monthly""",
    "select month_start, customer_id, movement, mrr_start, mrr_end, mrr_in_grace from marts.mart_mrr",
)
_VALUES = [f"{what}_{window}" for window in ("to_date", "30d", "90d", "180d", "365d") for what in ("revenue", "profit")]
COMPARISONS["revenue and profit of every customer to date and after so many days"] = (
    f"""select customer, first_purchase_on::date, purchases::bigint,
        {", ".join(f"{name}::decimal(18, 2)" for name in _VALUES)} from customer_value""",
    f"""select customer_id, first_purchase_on, purchases, {", ".join(_VALUES)} from marts.mart_customer_value
    where first_purchase_on is not null""",
)
_COSTS = ("media", "production", "tools", "people", "other")
_RETURNS = {"marketing_roi": "marketing_roi_blended", "sales_roi": "sales_roi", "combined_roi": "combined_roi"}
COMPARISONS["what each month cost, earned and returned"] = (
    f"""select month::date, {", ".join(f"{name}::decimal(18, 6)" for name in _COSTS)},
        marketing_cost::decimal(18, 6), sales_cost::decimal(18, 6), revenue::decimal(18, 2),
        revenue_with_cost::decimal(18, 2), gross_margin::decimal(18, 2), won_deals::bigint, margin::decimal(18, 2),
        {", ".join(f"round({name}::double, 9)" for name in _RETURNS)} from roi_monthly""",
    f"""select period_start, {", ".join(f"cost_{name}" for name in _COSTS)}, marketing_cost, sales_cost, revenue,
        coalesce(revenue_with_cost, 0), coalesce(gross_margin, 0), won_deals, margin,
        {", ".join(f"round({name}, 9)" for name in _RETURNS.values())} from marts.mart_roi
    where basis = 'activity' and period_grain = 'month' and dimension_type = 'total'
        and period_start in (select month::date from roi_monthly)""",
)
COMPARISONS["who bears a month's shared costs: campaigns by spend, sales teams evenly"] = (
    "select month::date, cost_id, target, amount_usd::decimal(18, 2) from cost_shares",
    """select date_trunc('month', date_day)::date, cost_id, coalesce(campaign_name, team),
        sum(amount_reporting)::decimal(18, 2)
    from marts.fct_cost left join published.marts.dim_campaign using (campaign_id)
    where allocation = 'allocated' and cost_id in (select cost_id from cost_shares) group by all""",
)
COMPARISONS["what each step on the way to the sale costs a month"] = (
    "select month::date, sales_step, amount_usd::decimal(18, 6) from cost_steps",
    """select period_start, sales_step, total_cost from marts.mart_sales_step_cost
    where period_grain = 'month' and total_cost <> 0""",
)
COMPARISONS["what first touch, last touch and linear credit the campaigns of each won deal with"] = (
    """select 'salesforce:' || opportunity_id, model, campaign, channel, sum(amount_usd::decimal(18, 2))
    from touch_credits group by all""",
    """select conversion_id, model, coalesce(campaign_name, '(none)'), channel, sum(amount_reporting)::decimal(18, 2)
    from marts.fct_attribution left join published.marts.dim_campaign using (campaign_id)
    where stage = 'Won' and model in ('first_touch', 'last_touch', 'linear')
        and conversion_id in (select 'salesforce:' || opportunity_id from touch_credits)
    group by all""",
)
COMPARISONS["what the CRM itself gives its campaigns of each won deal"] = (
    """select 'salesforce:' || opportunity_id, campaign, 1::decimal(10, 9), amount_native::decimal(18, 4)
    from crm_influence""",
    """select opportunity_id, campaign_name, crm_weight, crm_amount_native
    from marts.mart_crm_influence where status = 'won' and seen_by <> 'touches_only'""",
)
COMPARISONS["leads of each month and channel, and how many were MQLs within 30 days and ever"] = (
    """select date_trunc('month', created_on::date)::date, channel, count(*),
        count(*) filter (mql_at::date - created_on::date <= 30), count(mql_at) from leads group by all""",
    """select month_start, channel, count(*), count(*) filter (is_converted_30), count(*) filter (is_converted_ever)
    from marts.fct_funnel_member where metric = 'lead_to_mql' group by all""",
)
COMPARISONS["won deals of each month and region"] = (
    """select date_trunc('month', close_date::date)::date, region, count(*), sum(amount_usd::decimal(18, 2))
    from opportunities where is_won = '1' group by all""",
    """select month_start, dimension_value, entered, entered_amount from marts.mart_funnel_monthly
    where stage = 'Won' and dimension_type = 'region' and entered > 0""",
)
COMPARISONS["inquiries of each month to all campaigns"] = (
    "select month::date, inquiries::bigint from funnel_monthly where inquiries::bigint > 0",
    """select period_start, inquiries from marts.mart_program_cycle
    where program_kind = 'all' and period_grain = 'month' and inquiries > 0""",
)
# A deal that was lost and opened again is not lost in the end, but left a step as lost once, without a reason.
COMPARISONS["reasons of lost deals by month"] = (
    """select date_trunc('month', close_date::date)::date, loss_reason, count(*) from opportunities
    where is_closed = '1' and is_won = '0' and loss_reason <> '' group by all""",
    """select month_start, reason, sum(exits)::bigint from marts.mart_exit_reason
    where entity_type = 'opportunity' and dimension_type = 'all' and reason <> 'Unspecified' group by all""",
)
COMPARISONS["visitors of each day, property and channel"] = (
    "select date::date, account_id, channel_group, users::bigint, sessions::bigint from web_daily",
    """select period_start, account_id, cut_value, users, sessions from marts.mart_visitor
    where period_grain = 'day' and cut_by = 'channel group'""",
)
COMPARISONS["MQLs handed to sales per week, those that came back once more"] = (
    """select date_trunc('week', passed_on)::date, count(*)
    from (
        select entered_at::date as passed_on from stage_entries where object = 'lead' and stage = 'MQL'
        union all
        select mql_at::date from leads where mql_at is not null and mql_recorded_at is null
    ) group by all""",
    "select week_start, sum(mqls)::bigint from marts.mart_handoff group by all",
)
COMPARISONS["conversions that Meta and LinkedIn claim beside the leads of paid social media, per month"] = (
    """select date_trunc('month', date::date)::date, case source when 'meta_ads' then 'Meta' else 'LinkedIn' end,
        sum(conversions::decimal(18, 6)) from ad_spend_daily
    where source in ('meta_ads', 'linkedin_ads') group by all
    union all
    select date_trunc('month', created_on::date)::date, 'CRM', count(*) from leads
    where channel = 'Paid Social' group by all""",
    """select month_start, network, sum(platform_conversions)::decimal(18, 6) from marts.mart_social_conversion
    where channel = 'Paid Social' and platform_clicks is not null group by all
    union all
    select month_start, 'CRM', sum(crm_leads) from marts.mart_social_conversion
    where channel = 'Paid Social' group by all having sum(crm_leads) > 0""",
)
COMPARISONS["leads without a campaign by day"] = (
    "select created_on::date, count(*) from leads where campaign is null group by all",
    """select since, count(*) from marts.mart_unmatched_record
    where problem = 'lead_without_campaign' group by all""",
)
_STAGES = ("Lead", "MQL", "SAL", "Opportunity", "Won", "Lost")


@pytest.fixture(scope="module")
def both(sample_house: Settings, sample_folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with both_sides(sample_house, sample_folder / "truth") as connection:
        yield connection


@pytest.mark.parametrize("name", COMPARISONS)
def test_the_marts_say_what_happened(both: duckdb.DuckDBPyConnection, name: str) -> None:
    truth, marts = COMPARISONS[name]
    stages = ", ".join(f"coalesce(sum(entered) filter (where stage = '{stage}'), 0)::bigint" for stage in _STAGES)
    in_truth = "date_trunc('month', date_day)::date in (select month::date from funnel_monthly)"
    marts = marts.format(stages=stages, in_truth=in_truth).replace("from marts.", "from published.marts.")
    assert_equal_rows(both, truth, marts)


def test_every_file_of_the_sample_has_the_outcome_that_was_meant(
    both: duckdb.DuckDBPyConnection, sample_folder: Path
) -> None:
    import json

    written = json.loads((sample_folder / "truth" / "counts.json").read_text(encoding="utf-8"))["written"]
    refused = {Path(file["path"]).name for file in written if file["note"].startswith(("damaged", "wrong", "unknown"))}
    outcomes = both.execute("select file_name, outcome, reason from published.marts.mart_file_outcome").fetchall()
    assert {name for name, outcome, _ in outcomes if outcome == "refused"} == refused
    assert all(reason for _, outcome, reason in outcomes if outcome == "refused")
    assert len(outcomes) == len([file for file in written if not file["note"].startswith("duplicate")])
