"""What several marts publish under one meaning is one number, on the sample company."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from funnelhouse.settings import Settings

pytestmark = pytest.mark.slow

WHOLE = "metric = 'lead_to_customer' and basis = 'cohort' and window_days is null and dimension_type = 'all'"
ALL = "program_kind = 'all'"
FROM_LEAD = "entity_type = 'person' and stage = 'Lead'"
# Meaning -> mart, what it says of it, of which rows.
NUMBERS: dict[str, list[tuple[str, str, str]]] = {
    "leads": [
        ("dim_person", "count(*)", "is_lead"),
        ("mart_lead_daily", "sum(leads)", "true"),
        ("mart_lead_journey", "count(*)", "true"),
        ("mart_program_funnel", "sum(leads)", ALL),
        ("mart_channel_kpi_daily", "sum(leads)", "true"),
        ("mart_funnel_conversion", "sum(denominator)", WHOLE),
    ],
    "customers with a lead": [
        ("mart_lead_journey", "count(customer_at)", "true"),
        ("mart_program_funnel", "sum(customers)", ALL),
        ("mart_funnel_conversion", "sum(numerator)", WHOLE),
        ("mart_moment_of_truth", "sum(n_won)", FROM_LEAD),
    ],
    "won deals": [
        ("fct_opportunity", "count(*)", "status = 'won' and not is_refund"),
        ("mart_sales_by_dimension", "sum(won_deals)", "period_grain = 'year' and dimension_type = 'total'"),
    ],
    "revenue": [
        ("fct_sales_line", "sum(amount_reporting)::decimal(18, 2)", "true"),
        ("mart_sales_by_dimension", "sum(revenue)", "period_grain = 'year' and dimension_type = 'total'"),
        ("mart_sales_by_dimension", "sum(revenue)", "period_grain = 'day' and dimension_type = 'rep'"),
    ],
    "spend": [
        ("fct_ad_performance", "sum(spend_reporting)::decimal(18, 2)", "true"),
        ("mart_channel_kpi_daily", "sum(spend_reporting)::decimal(18, 2)", "true"),
    ],
}


@pytest.mark.parametrize("meaning", NUMBERS)
def test_a_count_of_several_marts_is_one_number(sample_house: Settings, meaning: str) -> None:
    with duckdb.connect(str(sample_house.published_file.resolve()), read_only=True) as connection:
        found: list[tuple[str, Any]] = [
            (mart, (connection.execute(f"select {said} from marts.{mart} where {rows}").fetchone() or [None])[0])
            for mart, said, rows in NUMBERS[meaning]
        ]
    assert len({number for _, number in found}) == 1 and found[0][1], found
