"""What happened at the small firm on HubSpot equals the published marts, in its own currency and time zone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from funnelhouse.settings import Settings
from tests.truth import assert_equal_rows, both_sides

pytestmark = pytest.mark.slow

# A person with a filled form is named by it, being a lead record; else by the CRM's contact.
PERSON = "case when form_lead_id <> '' then 'meta_ads:' || form_lead_id else 'hubspot:' || record_id end"
# What the firm's own rule says (fixture firm_house).
CHANNEL = "case channel when 'Offline' then 'Events' else channel end"
# name: what the truth says, what the marts say.
COMPARISONS = {
    "leads with the firm's day and their channel, people who were entered twice once": (
        f"select {PERSON}, created_on::date, {CHANNEL} from leads",
        "select person_id, lead_created_on, channel from marts.dim_person where lead_created_on is not null",
    ),
    "leads and MQLs by day": (
        """select created_on::date, 'Lead', count(*) from leads group by all
        union all select mql_on::date, 'MQL', count(*) from leads where mql_on is not null group by all""",
        """select date_day, stage, sum(entered)::bigint from marts.mart_funnel_daily
        where stage in ('Lead', 'MQL') group by all having sum(entered) > 0""",
    ),
    "deals with state, days, money, owner, company, contact and reason of loss, merged copies nowhere": (
        f"""select 'hubspot:' || record_id, created_on::date, status, closed_on::date, amount::decimal(18, 3), owner,
            'hubspot:' || company, person, loss_reason
        from deals left join (select record_id as contact, {PERSON} as person from leads) as persons using (contact)""",
        """select opportunity_id, created_on, status, closed_on, amount_native::decimal(18, 3), rep_name, account_id,
            person_id, loss_reason from marts.fct_opportunity""",
    ),
    "MQLs handed to sales per week and how many it accepted": (
        """select date_trunc('week', mql_on::date)::date, count(*), count(sql_on) from leads
        where mql_on is not null group by all""",
        """select week_start, sum(mqls)::bigint, coalesce(sum(mqls) filter (where result = 'accepted'), 0)::bigint
        from marts.mart_handoff group by all""",
    ),
    "deals without a contact, with what they are worth": (
        "select 'hubspot:' || record_id, amount::decimal(18, 2) from deals where coalesce(contact, '') = ''",
        """select record_id, amount_reporting from marts.mart_unmatched_record
        where problem = 'deal_without_contact'""",
    ),
    "tickets with customer, days, category, agent and minutes": (
        """select 'hubspot:' || record_id, 'hubspot:' || company, created_on::date, closed_on::date, category, agent,
            minutes::decimal(18, 6) from tickets""",
        """select ticket_id, customer_id, created_on, closed_on, category, agent_name, minutes
        from marts.fct_support_ticket where kind = 'ticket'""",
    ),
    "what serving each customer cost since the first purchase": (
        """select 'hubspot:' || company, sum(maintenance.amount::decimal(18, 6)) from maintenance
        inner join (
            select company, min(closed_on::date) as first_on from deals where status = 'won' group by company
        ) using (company)
        where date::date >= first_on group by all""",
        """select customer_id, service_cost_to_date from marts.mart_customer_value
        where service_cost_to_date <> 0""",
    ),
    "customers by how often they asked for help in their first 90 days": (
        """with firsts as (
            select company, min(closed_on::date) as first_on from deals where status = 'won' group by company
        )
        select 'hubspot:' || company, count(*) from tickets inner join firsts using (company)
        where created_on::date - first_on between 0 and 90 group by all""",
        """select customer_id, count(*) from marts.fct_support_ticket where is_first_90_days group by all""",
    ),
    "every step of every deal": (
        """select 'hubspot:' || record_id, case stage
                when 'Appointment Scheduled' then 'Prospecting' when 'Qualified To Buy' then 'Qualification'
                when 'Presentation Scheduled' then 'Needs Analysis' when 'Contract Sent' then 'Negotiation'
                when 'Closed Won' then 'Won' when 'Closed Lost' then 'Lost' end, entered_at::timestamp
        from deal_steps""",
        """select entity_id, stage, entered_at from marts.fct_stage_interval
        where entity_type = 'opportunity' and not is_imputed""",
    ),
    "won revenue by day": (
        "select closed_on::date, sum(amount::decimal(18, 2)) from deals where status = 'won' group by all",
        """select date_day, sum(revenue)::decimal(18, 2) from marts.mart_sales_results
        group by all having sum(revenue) <> 0""",
    ),
    "calls by day and rep, though two systems wrote each down": (
        """select date::date, rep, calls::bigint, outbound::bigint, answered::bigint, talk_seconds::bigint
        from calls_daily""",
        """select date_day, rep_name, sum(calls)::bigint, sum(calls_outbound)::bigint, sum(calls_answered)::bigint,
            sum(talk_seconds)::bigint from marts.mart_call_daily group by all""",
    ),
    "spend, impressions and clicks of the German ad exports by day and campaign": (
        """select date::date, source, campaign, spend::decimal(18, 2), impressions::bigint, clicks::bigint
        from ads_daily""",
        """select date_day, source, campaign_name, sum(spend_reporting)::decimal(18, 2), sum(impressions)::bigint,
            sum(clicks)::bigint from marts.fct_ad_performance group by all""",
    ),
    "newsletters counted from their recipients: people, not openings by machines": (
        """select name, sent::bigint, delivered::bigint, bounces::bigint, human_openers::bigint, clickers::bigint,
            unsubscribed::bigint from sends""",
        """select send_name, sent, delivered, bounces, opens_human, clicks_unique, unsubscribes
        from marts.fct_email_campaign where source = 'brevo'""",
    ),
    "tested invitations, both halves one campaign": (
        """select lower(name), count(*), sum(sent::bigint), sum(delivered::bigint), sum(opens::bigint),
            sum(clicks::bigint)
        from tested_sends group by all""",
        """select lower(campaign_name), count(*), sum(sent), sum(delivered), sum(opens_reported), sum(clicks_unique)
        from marts.fct_email_campaign inner join published.marts.dim_campaign using (campaign_id)
        where fct_email_campaign.source = 'mailchimp' group by all""",
    ),
    "filled lead forms by campaign and day": (
        """select created_on::date, form_campaign, count(*) from leads where form_campaign <> '' group by all""",
        """select responded_on, campaign_name, count(*) from marts.fct_campaign_response group by all""",
    ),
    "visits by landing page, channel and day": (
        """select date::date, page, channel, sessions::bigint, engaged::bigint, key_events::decimal(18, 2)
        from landing_pages""",
        """select period_start, landing_page, channel, sessions, engaged_sessions, key_events::decimal(18, 2)
        from marts.mart_landing_page where period_kind = 'day' and sessions is not null""",
    ),
    "leads by their first page, channel and month": (
        f"select date_trunc('month', created_on::date)::date, page, {CHANNEL}, count(*) from first_pages group by all",
        """select period_start, landing_page, channel, leads from marts.mart_landing_page
        where period_kind = 'month' and leads > 0""",
    ),
    "searches by day, rare ones included": (
        "select date::date, sum(clicks::bigint), sum(impressions::bigint) from searches group by all",
        """select date_day, clicks, impressions from marts.fct_search_performance
        where cut = 'site' and filters is null""",
    ),
    "positions in searches, which the platform rounds to hundredths": (
        "select distinct date::date, true from searches",
        """select date_day, abs(average_position - exact) <= 0.005001 from marts.fct_search_performance
        inner join (
            select date::date as date_day,
                sum(position::double * impressions::bigint) / sum(impressions::bigint) as exact
            from searches group by all
        ) using (date_day)
        where cut = 'site' and filters is null""",
    ),
    "searches by query, page, country and device of each month": (
        """with cells as (
            unpivot (select date_trunc('month', date::date)::date as month, nullif(query, '') as "query", page, country,
                    case device when 'Computer' then 'desktop' when 'Mobil' then 'mobile' else 'tablet' end as device,
                    clicks::bigint as clicks, impressions::bigint as impressions from searches)
            on "query", page, country, device into name cut value what
        )
        select month, cut, what, sum(clicks), sum(impressions) from cells group by all""",
        """select period_start, cut, coalesce(query, page, country, device), clicks, impressions
        from marts.fct_search_performance
        where not is_daily and filters is null and cut <> 'search_appearance'""",
    ),
    "searches abroad, from the report that was narrowed to one country": (
        """select date::date, sum(clicks::bigint), sum(impressions::bigint) from searches
        where country = 'Österreich' and date::date >= (select date_trunc('month', max(date::date)) from searches)
        group by all""",
        """select date_day, clicks, impressions from marts.fct_search_performance
        where cut = 'site' and filters = 'Land: Österreich'""",
    ),
    "the firm's own costs": (
        "select month::date, category, department, sum(amount::decimal(18, 2)) from costs group by all",
        """select date_trunc('month', date_day)::date, category, lower(department),
            sum(amount_reporting)::decimal(18, 2)
        from marts.fct_cost where cost_origin = 'cost_export' and kind = 'actual' group by all""",
    ),
    "what campaigns may cost by day, those without an end until today": (
        "select date::date, campaign, amount::decimal(18, 2) from budget_days",
        """select date_day, campaign_name, amount_reporting::decimal(18, 2)
        from marts.fct_cost inner join published.marts.dim_campaign using (campaign_id) where kind = 'planned'""",
    ),
    "what each campaign may cost and did cost in a month": (
        """select month, campaign, planned, coalesce(spent, 0) from (
            select date_trunc('month', date::date)::date as month, campaign, sum(amount::decimal(18, 2)) as planned
            from budget_days group by all
        ) left join (
            select date_trunc('month', date::date)::date as month, campaign, sum(spend::decimal(18, 2)) as spent
            from ads_daily group by all
        ) using (month, campaign)""",
        """select period_start, campaign_name, planned_cost::decimal(18, 2), cost_under_plan::decimal(18, 2)
        from marts.mart_roi inner join published.marts.dim_campaign on dimension_key = campaign_id
        where dimension_type = 'campaign' and period_grain = 'month' and basis = 'activity'
            and planned_cost is not null""",
    ),
}


@pytest.fixture(scope="module")
def both(firm_house: Settings, firm_folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published marts of the firm and the truth in one connection."""
    with both_sides(firm_house, firm_folder / "truth") as connection:
        yield connection


@pytest.mark.parametrize("name", COMPARISONS)
def test_the_marts_say_what_happened(both: duckdb.DuckDBPyConnection, name: str) -> None:
    truth, marts = COMPARISONS[name]
    assert_equal_rows(both, truth, marts.replace("from marts.", "from published.marts."))


def test_every_file_is_loaded(both: duckdb.DuckDBPyConnection) -> None:
    refused = "select file_name, outcome, reason from published.marts.mart_file_outcome where outcome <> 'loaded'"
    assert both.execute(refused).fetchall() == []
