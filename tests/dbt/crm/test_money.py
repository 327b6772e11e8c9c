"""Sales and costs in dong and yen, taken back after their month was closed and sold by two: one story, worked by hand.

Business time zone Asia/Ho_Chi_Minh, reporting currency USD, reporting day 31 March 2026. A dong is 1/25000 USD, from
March 1/20000; a yen 0.0067, from March 0.0070.

    V1  30,000,001 VND on 10 February  1200.00   20,000,000 for 2 of P, the rest is Unallocated
    J1     150,001 JPY on 20 February  1005.01   1005.0067
    V2  -3,000,000 VND on 5 March      -150.00   at March's rate, though it takes back a part of V1
    J2          -1 JPY on 31 March       -0.01   0.007, rounded
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.bare_build import BareBuild
from tests.conftest import once
from tests.dbt.crm.conftest import new_factory
from tests.raw_factory import RawFactory

pytestmark = pytest.mark.slow

Row = dict[str, Any]
AT = "2026-03-31T12:00:00"
TABLES = (
    "fct_cost", "fct_sales_line", "mart_sales_results", "mart_sales_by_dimension", "mart_roi", "mart_customer_value",
    "mart_customer_value_cohort", "mart_cost_overlap", "mart_conversion_reconciliation", "mart_pipeline_value",
    "mart_pareto", "mart_funnel_daily", "mart_funnel_conversion", "dim_account",
)  # fmt: skip


def deal(name: str, account: str, amount: int, currency: str, close: str, **more: Any) -> Row:
    """A won record of Dana's."""
    return {"record_id": name, "crm_account_id": account, "opportunity_name": name, "amount": amount,
            "stage": "Closed Won", "currency": currency, "created_at": "2026-02-01T03:00:00",
            "close_date": close, "is_closed": True, "is_won": True, "owner_id": "U1", **more}  # fmt: skip


STORY: dict[str, list[Row]] = {
    "crm_users": [
        {"record_id": "U1", "first_name": "Dana", "last_name": "Whitfield", "role_id": "R1", "is_active": True},
        {"record_id": "U2", "first_name": "Jonas", "last_name": "Krämer", "role_id": "R2", "is_active": True},
    ],
    "crm_user_roles": [
        {"record_id": "R1", "role_name": "Sales AMER"},
        {"record_id": "R2", "role_name": "Sales EMEA"},
    ],
    "crm_accounts": [{"record_id": "A1", "account_name": "Acme"}, {"record_id": "A2", "account_name": "Globex"}],
    "crm_opportunities": [
        deal("V1", "A1", 30_000_001, "VND", "2026-02-10", lead_source="Cold Call"),
        deal("J1", "A2", 150_001, "JPY", "2026-02-20"),
        deal("V2", "A1", -3_000_000, "VND", "2026-03-05", lead_source="Cold Call"),
        deal("J2", "A2", -1, "JPY", "2026-03-31"),
    ],
    "crm_opportunity_lines": [
        {"record_id": "N1", "opportunity_id": "V1", "product_id": "P", "quantity": 2, "total_price": 20_000_000},
    ],
    "crm_opportunity_splits": [
        {"record_id": "S1", "opportunity_id": "V1", "owner_id": "U1", "split_rate": 0.6667},
        {"record_id": "S2", "opportunity_id": "V1", "owner_id": "U2", "split_rate": 0.3333},
    ],
    "crm_products": [{"record_id": "P", "product_name": "Suite", "unit_cost": 4_000_000, "currency": "VND"}],
    "marketing_costs": [
        # 112.00004: four dollars a day, and 100,000 dong with one more on one day.
        {"cost_id": "salary", "period_start": "2026-02-01", "period_end": "2026-02-28", "category": "people",
         "department": "marketing", "amount": 2_800_001, "currency": "VND", "kind": "actual"},
        {"cost_id": "calls", "period_start": "2026-02-27", "period_end": "2026-02-27", "category": "production",
         "department": "marketing", "channel": "Outbound Sales", "amount": 10_000, "currency": "JPY", "kind": "actual"},
        {"cost_id": "dialler", "period_start": "2026-03-01", "period_end": "2026-03-31", "category": "tools",
         "department": "sales", "amount": 3_100, "currency": "JPY", "kind": "actual"},
    ],
    "fx_rates": [
        {"rate_date": "2026-01-01", "from_currency": "USD", "to_currency": "VND", "rate": "25000"},
        {"rate_date": "2026-03-01", "from_currency": "USD", "to_currency": "VND", "rate": "20000"},
        {"rate_date": "2026-01-01", "from_currency": "JPY", "to_currency": "USD", "rate": "0.0067"},
        {"rate_date": "2026-03-01", "from_currency": "JPY", "to_currency": "USD", "rate": "0.0070"},
    ],
}  # fmt: skip


def load(home: Path, batches: Iterable[tuple[str, list[Row]]], bare_build: BareBuild) -> RawFactory:
    """The tables of money made of the batches, in the order given."""
    raw = new_factory(home)
    for entity, rows in batches:
        source = "salesforce" if entity.startswith("crm_") else "plans"
        raw.add(entity, rows, source=source, account_id="HQ", restatement="full", scope=entity, exported_at=AT)
    bare_build.build(raw.settings, TABLES)
    return raw


@pytest.fixture(scope="module")
def money(tmp_path_factory: pytest.TempPathFactory, bare_build: BareBuild) -> RawFactory:
    """The story's tables."""

    def make(folder: Path) -> None:
        load(folder / "home", STORY.items(), bare_build)

    home = once(tmp_path_factory, "money", make)
    return new_factory(home / "home")


def values(raw: RawFactory, query: str) -> list[tuple[Any, ...]]:
    """Rows of a query, numbers as floats."""
    found = [tuple(row.values()) for row in raw.rows(query)]
    return [tuple(float(cell) if isinstance(cell, Decimal) else cell for cell in row) for row in found]


def test_a_refund_counts_in_its_own_month_at_its_own_rate(money: RawFactory) -> None:
    """February stays what it was when it was closed."""
    found = values(
        money,
        "select period_start::text, revenue, bookings, refunds, won_deals, refund_count "
        "from marts.mart_sales_by_dimension where dimension_type = 'total' and period_grain = 'month' order by 1",
    )
    assert found == [
        ("2026-02-01", 2205.01, 2205.01, 0.0, 2, 0),
        ("2026-03-01", -150.01, 0.0, -150.01, 0, 2),
    ]


def test_a_refund_is_no_deal_of_the_funnel(money: RawFactory) -> None:
    """Two deals were opened and won, for what was booked; nothing was opened, closed or won in March."""
    volumes = (
        "select stage, sum(entered)::int, sum(entered_amount) from marts.mart_funnel_daily "
        "where stage in ('Opportunity', 'Won') group by 1 order by 1"
    )
    assert values(money, volumes) == [("Opportunity", 2, 2205.01), ("Won", 2, 2205.01)]
    closed = (
        "select month_start::text, numerator, denominator, numerator_amount from marts.mart_funnel_conversion "
        "where metric = 'win_rate' and dimension_type = 'all'"
    )
    assert values(money, closed) == [("2026-02-01", 2, 2, 2205.01)]
    stands = (
        "select entity_id, max(stage) filter (where is_current) from marts.fct_stage_interval "
        "where entity_type = 'opportunity' group by 1 order by 1"
    )
    assert values(money, stands) == [("salesforce:J1", "Won"), ("salesforce:V1", "Won")]
    wins = "select account_id, won_deals from marts.dim_account order by 1"
    assert values(money, wins) == [("salesforce:A1", 1), ("salesforce:A2", 1)]


def test_lines_are_headers_are_the_ledger_are_the_credit(money: RawFactory) -> None:
    deals = values(money, "select opportunity_id, amount_reporting from marts.fct_opportunity order by 1")
    assert deals == [
        ("salesforce:J1", 1005.01),
        ("salesforce:J2", -0.01),
        ("salesforce:V1", 1200.0),
        ("salesforce:V2", -150.0),
    ]
    lines = "select opportunity_id, sum(amount_reporting) from marts.fct_sales_line group by 1 order by 1"
    assert values(money, lines) == deals
    # V1: 800.00 is 533.36 + 266.64, 400.00 is 266.68 + 133.32.
    by_rep = "select rep_name, sum(revenue) from marts.mart_sales_results group by 1 order by 1"
    assert values(money, by_rep) == [("Dana Whitfield", 1655.04), ("Jonas Krämer", 399.96)]
    for table, column, where in (
        ("mart_sales_results", "revenue", "true"),
        ("mart_sales_by_dimension", "revenue", "dimension_type = 'rep' and period_grain = 'day'"),
        ("mart_roi", "revenue", "basis = 'activity' and period_grain = 'month' and dimension_type = 'team'"),
        ("mart_pareto", "value", "dimension = 'rep' and period_grain = 'all'"),
        ("mart_customer_value", "revenue_to_date", "true"),
    ):
        assert values(money, f"select sum({column}) from marts.{table} where {where}") == [(2055.0,)], table


def test_costs_in_dong_and_yen_are_whole_by_the_day_and_exact_in_all(money: RawFactory) -> None:
    found = values(
        money,
        "select cost_id, count(*), sum(amount_native), sum(amount_reporting), "
        "count(*) filter (where amount_native <> trunc(amount_native)) from marts.fct_cost group by 1 order by 1",
    )
    assert found == [
        ("calls", 1, 10_000.0, 67.0, 0),
        ("dialler", 31, 3_100.0, 21.7, 0),
        ("salary", 28, 2_800_001.0, 112.0, 0),
    ]


def test_returns_and_costs_of_a_customer_stand_on_them(money: RawFactory) -> None:
    """A known cost of 800.00 of the 2,205.01 is too little for a margin. Two were won for 112 + 67."""
    found = values(
        money,
        "select period_start::text, marketing_cost, sales_cost, revenue, won_deals, new_customers, cac_blended, margin "
        "from marts.mart_roi where basis = 'activity' and period_grain = 'month' and dimension_type = 'total' "
        "order by 1",
    )
    assert found == [
        ("2026-02-01", 179.0, 0.0, 2205.01, 2, 2, 89.5, None),
        ("2026-03-01", 0.0, 21.7, -150.01, 0, 0, None, None),
    ]
    # Acme came by the calls' channel: 67 and half of what belongs to no channel; nobody knows how Globex came.
    customers = (
        "select account_id, revenue_to_date, revenue_30d, acquisition_cost from marts.mart_customer_value order by 1"
    )
    assert values(money, customers) == [
        ("salesforce:A1", 1050.0, 1050.0, 123.0),
        ("salesforce:A2", 1005.0, 1005.01, None),
    ]


def test_order_and_parts_change_no_figure_of_money(money: RawFactory, bare_build: BareBuild, tmp_path: Path) -> None:
    parts = [(entity, part) for entity, rows in STORY.items() for part in (rows[::2], rows[1::2]) if part]
    other = load(tmp_path / "home", parts[::-1], bare_build)
    for table in TABLES:
        first, second = (
            sorted(str(tuple(row.values())) for row in raw.rows(f"select * from marts.{table}"))
            for raw in (money, other)
        )
        assert first == second, table


# February: Paid Search spent 60.00 (Brand) and 30.00 (Generic) and brought no lead, Paid Social 10.00 and one; two
# leads came by Events and one by Partner. In March one lead came from nobody knows where, nobody spent anything; in
# January nothing happened. Four channels were at work in February, none that is known in March.
SHARED: dict[str, list[Row]] = {
    "ads_performance": [
        {"date": "2026-02-03", "level": "campaign", "campaign_id": campaign, "campaign_name": name,
         "campaign_type": "Search", "spend": spend, "currency": "USD", "impressions": 100}
        for campaign, name, spend in (("C1", "Brand", 60), ("C2", "Generic", 30))
    ],
    "crm_leads": [
        {"record_id": f"L{number}", "status": "New", "created_at": f"2026-{day}T05:00:00", "lead_source": source}
        for number, (day, source) in enumerate((
            ("02-05", "Events"), ("02-20", "Events"), ("02-21", "Partner"), ("02-28", "Paid Social"), ("03-02", None),
        ))
    ],
    "crm_activities": [{"record_id": "T1", "activity_kind": "task", "activity_type": "Call", "is_closed": True,
                        "who_id": "L0", "activity_at": "2026-03-05T03:00:00"}],
    "marketing_costs": [
        {"cost_id": name, "period_start": f"2026-{first}", "period_end": f"2026-{last}", "category": "people",
         "department": "marketing", "amount": amount, "currency": currency, "kind": "actual", "allocation_key": key,
         "sales_step": step}
        for name, first, last, amount, currency, key, step in (
            ("even", "02-10", "02-10", 100.01, "USD", "even", None),
            ("even back", "02-11", "02-11", -0.02, "USD", "even", None),
            ("even idle", "03-10", "03-10", 7, "USD", "even", "compares offers"),
            ("leads", "02-12", "02-14", 1, "USD", "leads", "Talks with us"),
            ("leads dong", "02-15", "02-15", 1_000_001, "VND", "leads", None),
            ("leads unknown", "03-10", "03-10", 5, "USD", "leads", None),
            ("leads none", "01-10", "01-10", 5, "USD", "leads", "Proposel"),
            ("spend", "02-10", "02-10", 10, "USD", "spend", None),
            ("fixed", "02-10", "02-10", 10, "USD", "fixed: Events 33.3%, Paid Search 0.5", None),
        )
    ],
    "fx_rates": STORY["fx_rates"],
}  # fmt: skip


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, bare_build: BareBuild) -> RawFactory:
    """The ledger of the costs that are shared out."""

    def make(folder: Path) -> None:
        raw = new_factory(folder / "home")
        of = {"ads_performance": "google_ads", "crm_leads": "salesforce", "crm_activities": "salesforce"}
        for entity, rows in SHARED.items():
            raw.add(entity, rows, source=of.get(entity, "plans"), account_id="HQ", scope=entity, exported_at=AT)
        raw.add("ads_performance", [{**SHARED["ads_performance"][0], "campaign_type": None, "campaign_id": "M1",
                                     "campaign_name": "Social", "spend": 10}],
                source="meta_ads", account_id="HQ", exported_at=AT)  # fmt: skip
        bare_build.build(raw.settings, ("fct_cost", "mart_sales_step_cost", "mart_pipeline_value"))

    return new_factory(once(tmp_path_factory, "shared_costs", make) / "home")


def test_shared_costs_go_by_each_key_to_the_last_cent(shared: RawFactory) -> None:
    """Whole minor units by largest remainder, ties by name, within each day."""
    found = values(
        shared,
        "select cost_id, target_id, sum(amount_native), sum(amount_reporting), min(unallocated_reason) "
        "from marts.fct_cost where cost_origin = 'cost_export' group by 1, 2 order by 1, 2",
    )
    brand, generic = "Paid Search | google_ads:C1", "Paid Search | google_ads:C2"
    social = "Paid Social | meta_ads:M1"
    assert found == [
        # 10,001 cents among four: 2,500 each and one left.
        ("even", "Events", 25.01, 25.01, None),
        ("even", "Paid Search", 25.0, 25.0, None),
        ("even", "Paid Social", 25.0, 25.0, None),
        ("even", "Partner", 25.0, 25.0, None),
        ("even back", "Events", -0.01, -0.01, None),
        ("even back", "Paid Search", -0.01, -0.01, None),
        ("even back", "Paid Social", 0.0, 0.0, None),
        ("even back", "Partner", 0.0, 0.0, None),
        ("even idle", "(shared)", 7.0, 7.0, "no_basis"),
        # 333.3 parts of 1,000; Paid Search has half and 16.7 % is nobody's.
        ("fixed", "(shared)", 1.67, 1.67, "no_share"),
        ("fixed", "Events", 3.33, 3.33, None),
        ("fixed", "Paid Search", 5.0, 5.0, None),
        # 33, 33 and 34 cents a day among 2 : 1 : 1. 33 is 16, 8 and 8, the one left goes to Events (half a cent over);
        # 34 is 17, 8.5 and 8.5, the one left to Paid Social by name. Paid Search brought none and bears none.
        ("leads", "Events", 0.51, 0.51, None),
        ("leads", "Paid Social", 0.25, 0.25, None),
        ("leads", "Partner", 0.24, 0.24, None),
        # 500,000.5, 250,000.25, 250,000.25; 40.00 USD is 20, 10 and 10.
        ("leads dong", "Events", 500_001.0, 20.0, None),
        ("leads dong", "Paid Social", 250_000.0, 10.0, None),
        ("leads dong", "Partner", 250_000.0, 10.0, None),
        ("leads none", "(shared)", 5.0, 5.0, "no_basis"),
        ("leads unknown", "Unknown", 5.0, 5.0, None),
        ("spend", brand, 6.0, 6.0, None),
        ("spend", generic, 3.0, 3.0, None),
        ("spend", social, 1.0, 1.0, None),
    ]


def test_each_step_to_the_sale_bears_what_names_it_and_the_rest_is_shown(shared: RawFactory) -> None:
    found = values(
        shared,
        "select sales_step, total_cost, unknown_name_cost, entered, cost_per_entry, period_cost, new_customers "
        "from marts.mart_sales_step_cost where period_grain = 'all' order by step_order nulls last",
    )
    # Ads 100.00, shared out to channels and campaigns: 100.01 - 0.02 + 40.00 + 5.00 + 10.00 + 8.33 of the fixed.
    assert found == [
        ("Lead", 263.32, 0.0, 5, 52.664, 277.99, 0),
        ("Contacted", 1.0, 0.0, 1, 1.0, 277.99, 0),
        ("Proposal", 7.0, 0.0, None, None, 277.99, 0),
        ("(unassigned)", 6.67, 5.0, None, None, 277.99, 0),
    ]


def test_a_lead_that_sales_addressed_and_that_has_no_deal_is_open_business(shared: RawFactory) -> None:
    """What it is worth nobody can say yet: nothing was ever sold, and the contact is younger than 90 days."""
    found = values(
        shared,
        "select dimension_type, dimension_key, pipeline, stage, open_count, open_without_amount, stage_win_rate "
        "from marts.mart_pipeline_value order by 1",
    )
    row = ("(contacts)", "Contacted", 1, 1, None)
    assert found == [("channel", "Events", *row), ("team", "Unknown", *row), ("total", "All", *row)]
