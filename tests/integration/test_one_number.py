"""What several marts publish under one meaning is one number, on the sample company."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from funnelhouse.settings import Settings

pytestmark = pytest.mark.slow

LEADS = {
    "dim_person": "select count(*) filter (where is_lead) from marts.dim_person",
    "mart_lead_daily": "select sum(leads) from marts.mart_lead_daily",
    "mart_lead_journey": "select count(*) from marts.mart_lead_journey",
    "mart_program_funnel": "select sum(leads) from marts.mart_program_funnel where program_kind = 'all'",
    "mart_channel_kpi_daily": "select sum(leads) from marts.mart_channel_kpi_daily",
    "mart_funnel_conversion": "select sum(denominator) from marts.mart_funnel_conversion where metric = 'lead_to_customer' "
    "and basis = 'cohort' and window_days is null and dimension_type = 'all'",
}
WON = {
    "fct_opportunity": "select count(*) from marts.fct_opportunity where is_won and not is_refund",
    "mart_sales_by_dimension": "select sum(won_deals) from marts.mart_sales_by_dimension where period_grain = 'year' and dimension_type = 'total'",
}
CUSTOMERS = {
    "mart_lead_journey": "select count(customer_at) from marts.mart_lead_journey",
    "mart_program_funnel": "select sum(customers) from marts.mart_program_funnel where program_kind = 'all'",
    "mart_funnel_conversion": "select sum(numerator) from marts.mart_funnel_conversion where metric = 'lead_to_customer' "
    "and basis = 'cohort' and window_days is null and dimension_type = 'all'",
    "mart_moment_of_truth": "select max(won) from (select sum(n_won) as won from marts.mart_moment_of_truth "
    "where entity_type = 'person' and stage = 'Lead')",
}
SPEND = {
    "fct_ad_performance": "select sum(spend_reporting)::decimal(18, 2) from marts.fct_ad_performance",
    "mart_channel_kpi_daily": "select sum(spend_reporting)::decimal(18, 2) from marts.mart_channel_kpi_daily",
}


@pytest.mark.parametrize("queries", [LEADS, WON, CUSTOMERS, SPEND], ids=["leads", "won", "customers", "spend"])
def test_a_count_of_several_marts_is_one_number(sample_house: Settings, queries: dict[str, str]) -> None:
    with duckdb.connect(str(sample_house.published_file.resolve()), read_only=True) as connection:
        found: dict[str, Any] = {mart: connection.execute(query).fetchone()[0] for mart, query in queries.items()}
    assert len(set(found.values())) == 1 and all(found.values()), found
