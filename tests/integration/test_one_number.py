"""What several marts publish under one meaning is one number, in every company.

The list below is complete: `test_every_count_of_a_mart_stands_here` finds a count that is not compared.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from funnelhouse.settings import Settings

pytestmark = pytest.mark.slow

COHORT = "basis = 'cohort' and window_days is null and dimension_type = 'all'"
WHOLE = f"metric = 'lead_to_customer' and {COHORT}"
PROGRAMS = "program_kind = 'all'"
CYCLE = "program_kind = 'all' and period_grain = 'all'"
FROM_LEAD = "entity_type = 'person' and stage = 'Lead'"
YEARS = "period_grain = 'year' and dimension_type = 'total'"
RETURNS = f"{YEARS} and basis = 'activity'"
PERIODS = "period_type = 'year'"
ONE_STEP = "period_grain = 'year' and sales_step = (select min(sales_step) from marts.mart_sales_step_cost)"
CREDIT = "model = 'linear' and dimension_type = 'channel'"
# Meaning -> mart, what it says of it, of which rows.
NUMBERS: dict[str, list[tuple[str, str, str]]] = {
    "leads": [
        ("dim_person", "count(*)", "is_lead"),
        ("mart_lead_daily", "sum(leads)", "true"),
        ("mart_lead_journey", "count(*)", "true"),
        ("mart_funnel_daily", "sum(entered)", "stage = 'Lead'"),
        ("mart_program_funnel", "sum(leads)", PROGRAMS),
        ("mart_program_cycle", "sum(leads)", CYCLE),
        ("mart_channel_kpi_daily", "sum(leads)", "true"),
        ("mart_channel_kpi_period", "sum(leads)", PERIODS),
        ("mart_conversion_reconciliation", "sum(crm_leads)", "true"),
        ("mart_roi", "sum(leads)", RETURNS),
        ("mart_funnel_conversion", "sum(denominator)", WHOLE),
        ("mart_attribution", "sum(leads)", CREDIT),
    ],
    "MQLs": [
        ("mart_lead_journey", "count(mql_at)", "true"),
        ("mart_funnel_daily", "sum(entered)", "stage = 'MQL'"),
        ("mart_program_funnel", "sum(mqls)", PROGRAMS),
        ("mart_program_cycle", "sum(mqls)", CYCLE),
        ("mart_funnel_conversion", "sum(numerator)", f"metric = 'lead_to_mql' and {COHORT}"),
        ("mart_attribution", "sum(mqls)", CREDIT),
    ],
    "SALs": [
        ("mart_lead_journey", "count(sal_at)", "true"),
        ("mart_funnel_daily", "sum(entered)", "stage = 'SAL'"),
        ("mart_program_funnel", "sum(sals)", PROGRAMS),
        ("mart_program_cycle", "sum(sals)", CYCLE),
        ("mart_attribution", "sum(sals)", CREDIT),
    ],
    "inquiries": [
        ("fct_campaign_response", "count(*)", "true"),
        ("mart_funnel_daily", "sum(entered)", "stage = 'Inquiry'"),
        ("mart_program_cycle", "sum(inquiries)", CYCLE),
    ],
    "customers with a lead": [
        ("mart_lead_journey", "count(customer_at)", "true"),
        ("mart_lead_daily", "sum(leads_won)", "true"),
        ("mart_program_funnel", "sum(customers)", PROGRAMS),
        ("mart_program_cycle", "sum(customers)", CYCLE),
        ("mart_funnel_conversion", "sum(numerator)", WHOLE),
        ("mart_moment_of_truth", "sum(n_won)", FROM_LEAD),
    ],
    "won deals": [
        ("fct_opportunity", "count(*)", "status = 'won' and not is_refund and sale_kind = 'deal'"),
        ("dim_account", "sum(won_deals)", "true"),
        ("mart_sales_by_dimension", "sum(won_deals)", YEARS),
        ("mart_sales_results", "sum(won_deals)", "true"),
        ("mart_roi", "sum(won_deals)", RETURNS),
        ("mart_funnel_daily", "sum(entered)", "stage = 'Won'"),
    ],
    "new customers": [
        ("fct_opportunity", "count(*)", "is_new_account"),
        ("mart_sales_results", "sum(new_accounts)", "true"),
        ("mart_sales_by_dimension", "sum(new_accounts)", YEARS),
        ("mart_channel_kpi_daily", "sum(new_customers)", "true"),
        ("mart_channel_kpi_period", "sum(new_customers)", PERIODS),
        ("mart_conversion_reconciliation", "sum(crm_new_customers)", "true"),
        ("mart_roi", "sum(new_customers)", RETURNS),
        ("mart_sales_step_cost", "sum(new_customers)", ONE_STEP),
    ],
    "customers who ever bought": [
        ("fct_opportunity", "count(distinct customer_id)", "is_purchase"),
        ("mart_customer_value", "count(*)", "first_purchase_on is not null"),
    ],
    "revenue": [
        ("fct_sales_line", "sum(amount_reporting)", "true"),
        ("mart_sales_by_dimension", "sum(revenue)", YEARS),
        ("mart_sales_by_dimension", "sum(revenue)", "period_grain = 'day' and dimension_type = 'rep'"),
        ("mart_sales_results", "sum(revenue)", "true"),
        ("mart_customer_value", "sum(revenue_to_date)", "true"),
        ("mart_roi", "sum(revenue)", RETURNS),
    ],
    "ad spend": [
        ("fct_ad_performance", "sum(spend_reporting)", "true"),
        ("mart_channel_kpi_daily", "sum(spend_reporting)", "true"),
        ("mart_channel_kpi_period", "sum(spend_reporting)", PERIODS),
        ("mart_conversion_reconciliation", "sum(spend_reporting)", "true"),
        ("mart_roi", "sum(ad_spend)", RETURNS),
    ],
}
# What each company has none of, as its story says: the shop has no CRM.
NOTHING = {"shop": {"leads", "MQLs", "SALs", "inquiries", "customers with a lead", "won deals"}}

# Columns of these names mean what the list above says, unless they are of other rows than all.
COUNTED = {"leads", "mqls", "sals", "customers", "won_deals", "new_customers", "new_accounts", "revenue", "ad_spend",
           "spend_reporting", "crm_leads", "crm_new_customers"}  # fmt: skip
OTHER_ROWS = {
    "mart_attribution": "its sales are won deals and orders together; its other counts are compared",
    "mart_campaign_scorecard": "credits of campaigns only, as of one model",
    "mart_channel_ranking": "credits as of every model",
    "mart_attribution_share": "credits as of every model",
    "mart_fit_grade": "leads by each of several grades of fit",
    "mart_handoff": "an MQL that comes back is passed again",
    "mart_social_conversion": "leads of social media only",
    "mart_visitor": "leads that did not come in offline",
    "mart_campaign_week": "whole weeks of campaigns with ads",
    "mart_spend_response": "mature weeks",
    "mart_budget_plan": "a week of the last four",
    "mart_tracking_gap": "leads that lack something",
    "mart_landing_page": "leads whose first page is known",
    "mart_expansion": "customers of a month's beginning",
    "mart_customer_value_cohort": "customers of a cohort, for each of its horizons",
    "mart_retention_cohort": "customers of a cohort, for each of its months",
    "fct_ad_performance": "leads as the platform counts them",
    "fct_ad_performance_version": "all that exports ever said",
}


def test_every_count_of_a_mart_stands_here(sample_house: Settings) -> None:
    """Whoever publishes another count of leads, customers or revenue compares it with those there are."""
    with duckdb.connect(str(sample_house.published_file.resolve()), read_only=True) as connection:
        columns = connection.execute("select table_name, column_name from duckdb_columns()").fetchall()
    compared = {
        (mart, name) for rows in NUMBERS.values() for mart, said, _ in rows for name in re.findall(r"\w+", said)
    }
    missing = [
        f"{mart}.{name}"
        for mart, name in columns
        if name in COUNTED and (mart, name) not in compared and mart not in OTHER_ROWS
    ]
    assert missing == []


@pytest.mark.parametrize("company", ["sample", "firm", "shop"])
@pytest.mark.parametrize("meaning", NUMBERS)
def test_a_count_of_several_marts_is_one_number(request: pytest.FixtureRequest, company: str, meaning: str) -> None:
    house: Settings = request.getfixturevalue(f"{company}_house")
    with duckdb.connect(str(house.published_file.resolve()), read_only=True) as connection:
        found: list[tuple[str, Any]] = []
        for mart, said, rows in NUMBERS[meaning]:
            row = connection.execute(f"select round(coalesce({said}, 0), 2) from marts.{mart} where {rows}").fetchone()
            found.append((mart, Decimal(str(row[0])) if row else None))
    numbers = {number for _, number in found}
    assert len(numbers) == 1, found
    assert bool(numbers.pop()) == (meaning not in NOTHING.get(company, set())), found
